"""A clock that only moves when somebody sleeps, and knows how long everybody slept."""

import asyncio

from storyboard.engine.ports import Clock

__all__ = ["FakeClock"]


class FakeClock:
    """Stands still between sleeps; `slept` holds the seconds of each, in order."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


def _is_a_clock(fake: FakeClock) -> Clock:
    return fake
