"""What is due when, and a sleep until then that can be cut short."""

import asyncio
from collections.abc import Hashable
from heapq import heappop, heappush
from itertools import count
from typing import Generic, TypeVar

from storyboard.engine.ports import Clock

__all__ = ["Agenda", "Alarm"]

T = TypeVar("T", bound=Hashable)


class Agenda(Generic[T]):
    """Things with a time each; putting one in again moves it."""

    def __init__(self) -> None:
        # An entry holds while its number is the thing's own; removing one from a heap is dear.
        self._entries: list[tuple[float, int, T]] = []
        self._numbers: dict[T, int] = {}
        self._counter = count()

    def __contains__(self, thing: object) -> bool:
        return thing in self._numbers

    def put(self, thing: T, due: float) -> None:
        """Note when a thing is due; of those due together, the one noted first comes first."""
        self._numbers[thing] = number = next(self._counter)
        heappush(self._entries, (due, number, thing))

    def drop(self, thing: T) -> None:
        """Forget a thing, if it is there."""
        self._numbers.pop(thing, None)

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()
        self._numbers.clear()

    def next_due(self) -> float | None:
        """Return when the first thing is due."""
        while self._entries:
            due, number, thing = self._entries[0]
            if self._numbers.get(thing) == number:
                return due
            heappop(self._entries)
        return None

    def take(self, now: float) -> T | None:
        """Take out the first thing that is due by now."""
        due = self.next_due()
        if due is None or due > now:
            return None
        _, _, thing = heappop(self._entries)
        del self._numbers[thing]
        return thing


class Alarm:
    """Lets one task sleep. It has to look at all there is to do before it sleeps, in one go."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._nap: asyncio.Task[None] | None = None

    async def sleep_until(self, moment: float | None) -> None:
        """Sleep until then, or without end for None; return sooner when woken."""
        self._nap = nap = asyncio.create_task(self._sleep(moment))
        try:
            await asyncio.wait([nap])
        finally:
            nap.cancel()
        if not nap.cancelled():
            nap.result()  # raises what the clock may have raised

    def wake(self) -> None:
        """Wake the sleeper, if it sleeps."""
        if self._nap is not None:
            self._nap.cancel()

    async def _sleep(self, moment: float | None) -> None:
        if moment is None:
            await asyncio.get_running_loop().create_future()
        else:
            await self._clock.sleep(max(0.0, moment - self._clock.monotonic()))
