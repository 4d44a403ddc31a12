"""An account's two limits: so many orders made at once, so many taken in a minute.

A place is held for as long as an order is being made; a turn is taken for each request to order.
"""

import asyncio
from collections import deque
from heapq import heappop, heappush
from itertools import count
from typing import Final, TypeAlias

from storyboard.engine.ports import Clock

__all__ = ["Throttle"]

_WINDOW: Final = 61.0  # a minute, and what the ways of two orders may differ by
_Waiter: TypeAlias = tuple[float, int, asyncio.Future[None]]


class Throttle:
    """Lets no more through than an account may have."""

    def __init__(self, at_once: int, per_minute: int, clock: Clock) -> None:
        if at_once < 1 or per_minute < 1:
            message = f"nothing gets through {at_once} at once and {per_minute} a minute"
            raise ValueError(message)
        self._at_once = at_once
        self._per_minute = per_minute
        self._clock = clock
        self._taken = 0
        self._waiters: list[_Waiter] = []
        self._arrivals = count()
        self._turns: deque[float] = deque()
        self._queue = asyncio.Lock()  # fair: whoever came first has it first
        self._paused_until = float("-inf")

    async def place(self, priority: float = 0.0) -> None:
        """Wait for a place: the highest priority gets one first, then who came first."""
        loop = asyncio.get_running_loop()
        mine = loop.create_future()
        heappush(self._waiters, (-priority, next(self._arrivals), mine))
        # Not at once, even where a place is free: of all that arrive together the first has no
        # better claim than the most urgent.
        loop.call_soon(self._hand_out)
        try:
            await mine
        except asyncio.CancelledError:
            if not mine.cancelled():  # it was given a place and was cancelled before it knew
                self.leave()
            raise

    def occupy(self) -> None:
        """Take a place without waiting, for an order that is being made already."""
        self._taken += 1

    def leave(self) -> None:
        """Give a place back."""
        if not self._taken:
            message = "a place was given back that nobody had"
            raise RuntimeError(message)
        self._taken -= 1
        self._hand_out()

    def _hand_out(self) -> None:
        while self._waiters and self._taken < self._at_once:
            _, _, waiter = heappop(self._waiters)
            if not waiter.done():
                self._taken += 1
                waiter.set_result(None)

    async def turn(self) -> None:
        """Wait, in order of arrival, until one more in this minute is allowed; count it."""
        async with self._queue:
            while (wait := self._until_next_turn()) > 0:
                await self._clock.sleep(wait)
            self._turns.append(self._clock.monotonic())

    def pause(self, seconds: float) -> None:
        """Give no turn for so long, nor shorten a pause there is."""
        self._paused_until = max(self._paused_until, self._clock.monotonic() + seconds)

    def _until_next_turn(self) -> float:
        now = self._clock.monotonic()
        while self._turns and self._turns[0] + _WINDOW <= now:
            self._turns.popleft()
        full = len(self._turns) >= self._per_minute
        allowed = self._turns[0] + _WINDOW if full else now
        return max(allowed, self._paused_until) - now
