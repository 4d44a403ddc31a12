"""A process that dies at a chosen call to the outside: just before the call, or just after it.

    calls = count_calls(run)                    # run(process) wraps its ports by process.port(...)
    for point in points(calls):
        assert crashes(run, point)              # and once more, without a point, to go on

After a crash the process does nothing more: each of its calls crashes again, also in a `finally`.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from threading import RLock
from typing import Any, Final, TypeAlias, TypeVar, cast

__all__ = [
    "API_CALLS",
    "LEDGER_CALLS",
    "STORE_CALLS",
    "Crash",
    "Point",
    "Process",
    "Run",
    "Side",
    "count_calls",
    "crashes",
    "points",
]

Port = TypeVar("Port")

API_CALLS: Final = frozenset(
    {"submit", "look", "history", "upload", "download", "quote", "balance", "bills"}
)
LEDGER_CALLS: Final = frozenset({"reserve", "record", "remember_upload"})
STORE_CALLS: Final = frozenset({"find", "scratch", "keep"})


class Crash(BaseException):
    """The process is no more; nothing may catch this and go on."""


class Side(StrEnum):
    """Where a call is cut: before it is made, or after it took effect and before it returns."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Point:
    """A place to crash: one of a run's outside calls, from 0, and which side of it."""

    call: int
    side: Side


class Process:
    """One run's outside calls, in order, and the point at which it dies."""

    def __init__(self, point: Point | None = None) -> None:
        self.made: list[str] = []
        self.is_dead = False
        self._point = point
        self._turn = RLock()

    def port(self, port: Port, calls: frozenset[str] = frozenset()) -> Port:
        """Return the port as this process reaches it; `calls` are those it may die at."""
        return cast("Port", _Crashing(port, calls, self))

    def begin(self, name: str) -> Point:
        """Count a call that is about to be made, and return the point just after it."""
        with self._turn:
            number = len(self.made)
            self.made.append(name)
            self.reach(Point(number, Side.BEFORE))
            return Point(number, Side.AFTER)

    def reach(self, point: Point | None) -> None:
        """Die if this is the point; Crash too where the process is dead already."""
        with self._turn:
            self.is_dead = self.is_dead or (point is not None and point == self._point)
            if self.is_dead:
                raise Crash


Run: TypeAlias = Callable[[Process], object]


def count_calls(run: Run) -> int:
    """Return how many outside calls a run makes that nothing stops."""
    process = Process()
    run(process)
    return len(process.made)


def points(calls: int) -> tuple[Point, ...]:
    """Return every point at which a run with so many outside calls can die."""
    return tuple(Point(call, side) for call in range(calls) for side in Side)


def crashes(run: Run, point: Point | None = None) -> bool:
    """Run, and tell whether the process died; what it raised then is nobody's concern."""
    process = Process(point)
    try:
        run(process)
    except BaseException:
        if not process.is_dead:
            raise
    return process.is_dead


class _Crashing:
    """A port whose calls are counted and cut; what is not a call is handed through."""

    def __init__(self, port: Any, calls: frozenset[str], process: Process) -> None:
        self._port = port
        self._calls = calls
        self._process = process

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not callable(found):
            return found
        return _cut(found, name if name in self._calls else None, self._process)

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        return _cut(self._port, None, self._process)(*arguments, **options)


def _cut(call: Callable[..., Any], name: str | None, process: Process) -> Callable[..., Any]:
    """Let the process die around the call if it is named; refuse it where the process is dead."""

    def begin() -> Point | None:
        process.reach(None)
        return process.begin(name) if name else None

    @wraps(call)
    def plainly(*arguments: Any, **options: Any) -> Any:
        after = begin()
        try:
            return call(*arguments, **options)
        finally:
            process.reach(after)

    @wraps(call)
    async def in_turn(*arguments: Any, **options: Any) -> Any:
        after = begin()
        try:
            return await call(*arguments, **options)
        finally:
            process.reach(after)

    return in_turn if inspect.iscoroutinefunction(call) else plainly
