"""What stops a build from ordering more: one place for an interrupt, a cap, a refused key.

What was ordered before is always seen through; the brake is only for what has not left yet.
"""

import asyncio
from collections.abc import Awaitable

from storyboard.model.errors import StoryboardError

__all__ = ["Brake"]


class Brake:
    """Pulled once and for all; the first reason stays."""

    def __init__(self) -> None:
        self.reason = ""
        self.error: StoryboardError | None = None
        self._pulled = asyncio.Event()

    @property
    def pulled(self) -> bool:
        return self._pulled.is_set()

    def pull(self, reason: str, error: StoryboardError | None = None) -> None:
        """Order nothing more; `error` is what the run ends with, if not with its shots' own."""
        if not self.pulled:
            self.reason, self.error = reason, error
            self._pulled.set()

    async def lets(self, waiting: Awaitable[None]) -> bool:
        """Wait for a turn or for the brake; tell whether the turn came first."""
        turn = asyncio.ensure_future(waiting)
        pulled = asyncio.ensure_future(self._pulled.wait())
        try:
            await asyncio.wait({turn, pulled}, return_when=asyncio.FIRST_COMPLETED)
            if turn.done():
                turn.result()
                return True
            return False
        finally:
            turn.cancel()
            pulled.cancel()
            await asyncio.gather(turn, pulled, return_exceptions=True)
