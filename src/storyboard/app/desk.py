"""Asks the ledger from a loop that must not wait for a disk: what waits at once is written at once.

Each write is flushed to disk before its caller hears of it. Hundreds of shots side by side would
wait for hundreds of flushes; those that wait at the same time share one.
"""

import asyncio
import functools
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from storyboard.adapters.ledger.database import SqliteLedger

__all__ = ["Desk", "open_desk"]


@dataclass(frozen=True, slots=True)
class _Call:
    """Something to ask the ledger, and who waits for it."""

    ask: Callable[[], Any]
    answer: asyncio.Future[Any]


@dataclass(frozen=True, slots=True)
class _Told:
    """What a call returned, or raised."""

    value: Any = None
    error: BaseException | None = None


class Desk:
    """Runs calls on a ledger in a thread, in the order they came; implements the engine's Blocking.

    What a call returns or raises is told once it is on the disk, with all that shared its flush.
    """

    def __init__(self, ledger: SqliteLedger, thread: ThreadPoolExecutor) -> None:
        self._ledger = ledger
        self._thread = thread
        self._waiting: deque[_Call] = deque()
        self._busy = False

    async def __call__(self, function: Callable[..., Any], *arguments: object) -> Any:  # noqa: ANN401
        loop = asyncio.get_running_loop()
        call = _Call(functools.partial(function, *arguments), loop.create_future())
        self._waiting.append(call)
        if not self._busy:
            self._begin(loop)
        return await call.answer

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        calls = list(self._waiting)
        self._waiting.clear()
        self._busy = True
        self._thread.submit(self._work, calls, loop)

    def _work(self, calls: list[_Call], loop: asyncio.AbstractEventLoop) -> None:
        told = _carried_out(self._ledger, [call.ask for call in calls])
        with suppress(RuntimeError):  # the loop is gone, and with it everybody who waited
            loop.call_soon_threadsafe(self._tell, calls, told, loop)

    def _tell(self, calls: list[_Call], told: list[_Told], loop: asyncio.AbstractEventLoop) -> None:
        self._busy = False
        for call, each in zip(calls, told, strict=True):
            if call.answer.done():
                continue  # nobody waits any more
            if each.error is None:
                call.answer.set_result(each.value)
            else:
                call.answer.set_exception(each.error)
        if self._waiting:
            self._begin(loop)


def _carried_out(ledger: SqliteLedger, asks: list[Callable[[], Any]]) -> list[_Told]:
    """Carry calls out under one flush; where that fails, it failed for each of them."""
    try:
        with ledger.together():
            return [_asked(ask) for ask in asks]
    except Exception as error:  # noqa: BLE001  it is raised to everybody who waits
        return [_Told(error=error) for _ in asks]


def _asked(ask: Callable[[], Any]) -> _Told:
    try:
        return _Told(ask())
    except Exception as error:  # noqa: BLE001  it is raised to whoever waits
        return _Told(error=error)


@contextmanager
def open_desk(ledger: SqliteLedger) -> Iterator[Desk]:
    """Open a desk with a thread of its own; what was asked is carried out before it closes."""
    with ThreadPoolExecutor(1, "ledger") as thread:
        yield Desk(ledger, thread)
