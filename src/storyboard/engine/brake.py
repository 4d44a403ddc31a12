"""What stops a build from ordering more: one place for an interrupt, a cap, a refused key.

What was ordered before is always seen through; the brake is only for what has not left yet.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from storyboard.model.errors import StoryboardError

__all__ = ["Brake"]


class Brake:
    """Pulled once and for all; the first reason stays."""

    def __init__(self) -> None:
        self.pulled = False
        self.reason = ""
        self.error: StoryboardError | None = None
        self._waiting: set[asyncio.Future[None]] = set()

    def pull(self, reason: str, error: StoryboardError | None = None) -> None:
        """Order nothing more; `error` is what the run ends with, if not with its shots' own."""
        if self.pulled:
            return
        self.pulled, self.reason, self.error = True, reason, error
        for each in self._waiting:
            _wake(each)

    async def lets(self, turn: Coroutine[Any, Any, None]) -> bool:
        """Wait for a turn or for the brake; tell whether the turn came first."""
        if self.pulled:
            turn.close()
            return False
        task = asyncio.ensure_future(turn)
        waiter = asyncio.get_running_loop().create_future()
        task.add_done_callback(lambda _: _wake(waiter))
        self._waiting.add(waiter)
        try:
            await waiter
        finally:
            self._waiting.discard(waiter)
            if not task.done():
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
        return not task.cancelled() and task.result() is None


def _wake(waiter: "asyncio.Future[None]") -> None:
    if not waiter.done():
        waiter.set_result(None)
