"""A clock that only moves when somebody sleeps, and knows how long everybody slept."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final

from storyboard.engine.ports import Clock

__all__ = ["FakeClock"]

_START: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)


class FakeClock:
    """Stands still between sleeps; `slept` holds the seconds of each, in order."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        return _START + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return self.passed

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.passed += seconds
        await asyncio.sleep(0)


def _is_a_clock(fake: FakeClock) -> Clock:
    return fake
