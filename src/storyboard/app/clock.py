"""The machine's own clock, behind the engine's port."""

import asyncio
import time

__all__ = ["SystemClock"]


class SystemClock:
    """Real time."""

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
