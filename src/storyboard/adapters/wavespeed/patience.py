"""Asking again where that costs nothing: a few times, ever more slowly, not all at once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_result,
    stop_after_attempt,
    wait_exponential,
    wait_random,
)

from storyboard.engine.ports import Clock

__all__ = ["TRIES", "Later", "persist"]

TRIES: Final = 6
_LONGEST: Final = 120.0  # seconds; a server that asks for an hour is asked no more in this call
_growing = wait_exponential(multiplier=0.5, max=20) + wait_random(0, 0.5)
_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class Later:
    """Nothing came of it this time; `wait` is for how many seconds the other side asked."""

    reason: str
    wait: float | None = None


async def persist(
    clock: Clock, attempt: Callable[[], Awaitable[_Found | Later]], tries: int = TRIES
) -> _Found | Later:
    """Return the first result that is not Later, or the last Later after all tries."""
    first = await attempt()
    if not isinstance(first, Later):
        return first  # as nearly always, and without the machinery
    tried = [first]
    retrying = AsyncRetrying(
        sleep=clock.sleep,
        stop=stop_after_attempt(tries),
        wait=_pause,
        retry=retry_if_result(lambda result: isinstance(result, Later)),
        retry_error_callback=_last,
    )

    async def once() -> _Found | Later:  # tenacity does not wait for what a lambda returns
        return tried.pop() if tried else await attempt()

    return await retrying(once)


def _pause(state: RetryCallState) -> float:
    last = _last(state)
    asked = last.wait if isinstance(last, Later) else None
    return max(_growing(state), min(asked or 0.0, _LONGEST))


def _last(state: RetryCallState) -> object:
    return state.outcome.result() if state.outcome else None
