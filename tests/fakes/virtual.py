"""Time that jumps: an event loop that never waits, and a clock that tells its time.

    run_virtual(main)                   # an hour of sleeping takes as long as its work
    run_virtual(again, since=3600.0)    # a second run, an hour after the first began

When nothing is ready, the loop moves its time to the next timer. While a thread works for it
(`asyncio.to_thread`), time stands still and the loop waits for the thread. Where there is nothing
to wait for either, every task would wait for ever: Deadlock. Real sockets would be overtaken.
"""

import asyncio
import selectors
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from datetime import UTC, datetime, timedelta
from typing import Final, ParamSpec, TypeAlias, TypeVar, TypeVarTuple

from storyboard.engine.ports import Clock

__all__ = ["Deadlock", "VirtualClock", "VirtualLoop", "here", "run_virtual"]

P = ParamSpec("P")
T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_START: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)
_LONGEST: Final = 30 * 24 * 3600.0  # whoever still waits after a month waits for ever
_Ready: TypeAlias = list[tuple[selectors.SelectorKey, int]]


class Deadlock(RuntimeError):
    """Nothing is ready, nothing is due, and somebody waits."""


class _JumpingSelector(selectors.DefaultSelector):
    """Moves time by as much as it is asked to wait; `threads` work for the loop meanwhile."""

    def __init__(self, now: float) -> None:
        super().__init__()
        self.now = now
        self.threads = 0
        self._end = now + _LONGEST

    def select(self, timeout: float | None = None) -> _Ready:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if self.threads:
            return super().select(None)
        if timeout is None or self.now > self._end:
            message = "everything waits, and nothing will ever happen"
            raise Deadlock(message)
        self.now += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time is virtual."""

    def __init__(self, since: float = 0.0) -> None:
        self._jumping = _JumpingSelector(since)
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts
    ) -> asyncio.Future[T]:
        work = super().run_in_executor(executor, func, *args)
        self._jumping.threads += 1
        work.add_done_callback(self._thread_ended)
        return work

    async def shutdown_default_executor(self, *_: object) -> None:
        self._jumping.threads += 1  # one that waits for all the others
        try:
            await super().shutdown_default_executor()
        finally:
            self._jumping.threads -= 1

    def _thread_ended(self, _: object) -> None:
        self._jumping.threads -= 1


class VirtualClock:
    """Tells the time of the loop that runs."""

    def now(self) -> datetime:
        return _START + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def run_virtual(main: Callable[[], Awaitable[T]], *, since: float = 0.0) -> T:
    """Run a coroutine function to its end in virtual time, which begins at `since`."""

    async def run() -> T:
        return await main()

    with asyncio.Runner(loop_factory=lambda: VirtualLoop(since)) as runner:
        return runner.run(run())


async def here(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a blocking function in place; stands in for `asyncio.to_thread`."""
    return function(*args, **kwargs)


def _is_a_clock(fake: VirtualClock) -> Clock:
    return fake
