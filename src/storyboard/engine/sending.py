"""Sends an order, once under each intent; what an answer leaves open is looked up, never repeated.

Only an order that surely was not taken goes out again: one that never left, one that the provider
put off, one that history shows absent.
"""

from typing import Final

from storyboard.engine.events import Stage, Staged, Submitted
from storyboard.engine.provider import NeverSent, PutOff, Refused, Taken, Unclear
from storyboard.engine.reconcile import Reconciler
from storyboard.engine.shop import NotBought, Shop
from storyboard.engine.told import failure, unclear
from storyboard.model import job
from storyboard.model.attempt import Attempt
from storyboard.model.errors import EnvironmentFault, ErrorCode
from storyboard.model.job import Cause, State

__all__ = ["Sender"]

_MOST_SENDS: Final = 8
_MINUTE: Final = 60.0
_LONGEST_WAIT: Final = 900.0
"""Seconds; a provider that asks for more is come back to by another run."""
_WAIT: Final = 5.0
"""Seconds before an order that never left is sent again; longer by as much each time."""
_ENDING: Final = {
    Cause.ACCOUNT: (
        ErrorCode.KEY_REFUSED,
        "check the key, and what its account may do: `storyboard doctor`",
    ),
    Cause.CREDIT: (ErrorCode.NO_CREDIT, "top the account up, then run the same command again"),
}
"""What ends all orders and not one alone: the word it is known by, and what to do."""


class Sender:
    """Brings attempts from INTENT to SUBMITTED, or to an end.

    `sent_at` is when the orders of this run were taken, by attempt and the clock's monotonic time.
    """

    def __init__(self, shop: Shop, reconciler: Reconciler) -> None:
        self._shop = shop
        self._reconciler = reconciler
        self.sent_at: dict[str, float] = {}

    async def send(self, attempt: Attempt) -> Attempt | NotBought:
        """Send an order that was reserved until it is taken, refused, or left to a person."""
        reason = ""
        for sends in range(1, _MOST_SENDS + 1):
            self._shop.tell(
                Staged(self._shop.called(attempt.order.key, attempt.order.shot), Stage.ORDERING)
            )
            answer = await self._shop.api.submit(attempt.order.model, attempt.order.payload)
            match answer:
                case Taken(prediction):
                    return await self._taken(attempt, prediction)
                case Refused(reason, cause):
                    return await self._refused(attempt, reason, cause)
                case Unclear(reason):
                    attempt = await self._looked_up(attempt, reason)
                case PutOff(reason, wait):
                    attempt = await self._put_off(attempt, reason, wait)
                case NeverSent(reason):
                    attempt = await self._shop.record(attempt, job.NotTaken(reason))
                    await self._shop.brake.lets(self._shop.clock.sleep(_WAIT * sends))
            if attempt.job.state is State.SUBMITTED:
                return attempt
            if attempt.job.state is State.UNKNOWN:
                return unclear(attempt)
            if not await self._may_go_again():
                return await self._withdrawn(attempt, self._shop.brake.reason)
        return await self._given_up(attempt, reason)

    async def _may_go_again(self) -> bool:
        brake = self._shop.brake
        return await brake.lets(self._shop.throttle.turn()) and not brake.pulled

    async def _taken(self, attempt: Attempt, prediction: str) -> Attempt:
        """Write the order's name down before anything else is done with it."""
        self.sent_at[attempt.id] = self._shop.clock.monotonic()
        attempt = await self._shop.record(attempt, job.Sent(prediction))
        self._shop.tell(
            Submitted(self._shop.called(attempt.order.key, attempt.order.shot), prediction)
        )
        return attempt

    async def _refused(self, attempt: Attempt, reason: str, cause: Cause) -> NotBought:
        await self._shop.record(attempt, job.Refused(reason, cause))
        if cause in _ENDING:
            # No other shot would fare better: the whole build stops here.
            code, hint = _ENDING[cause]
            self._shop.brake.pull(reason, EnvironmentFault(reason, hint=hint, code=code))
        return NotBought(failure(reason, cause), attempt.id, cause, unordered=cause in _ENDING)

    async def _looked_up(self, attempt: Attempt, reason: str) -> Attempt:
        attempt = await self._shop.record(attempt, job.LostTrack(reason))
        attempt = await self._reconciler.settle(attempt)
        if attempt.job.prediction is not None:
            self._shop.tell(
                Submitted(
                    self._shop.called(attempt.order.key, attempt.order.shot), attempt.job.prediction
                )
            )
        return attempt

    async def _put_off(self, attempt: Attempt, reason: str, wait: float | None) -> Attempt:
        """Wait as long as the provider asks, then make sure in history that it was not taken."""
        attempt = await self._shop.record(attempt, job.NotTaken(reason))
        seconds = _MINUTE if wait is None else wait
        if seconds > _LONGEST_WAIT:
            message = f"{reason}: the provider asks to wait for {seconds / 60:.0f} minutes"
            self._shop.brake.pull(message, EnvironmentFault(message, hint="run again after that"))
            return attempt
        self._shop.throttle.pause(seconds)
        self._shop.tell(
            Staged(self._shop.called(attempt.order.key, attempt.order.shot), Stage.WAITING, reason)
        )
        await self._shop.brake.lets(self._shop.clock.sleep(seconds))
        if await self._reconciler.listed(attempt):
            return await self._looked_up(attempt, "it was put off, and history lists it")
        return attempt

    async def _withdrawn(self, attempt: Attempt, reason: str) -> NotBought:
        await self._shop.record(attempt, job.Withdrawn(reason))
        return NotBought(f"not ordered: {reason}", unordered=True)

    async def _given_up(self, attempt: Attempt, reason: str) -> NotBought:
        """Stop ordering: what would not leave so often will not leave for the next shot either."""
        hint = "check the network; the same command goes on from here"
        fault = EnvironmentFault(reason, hint=hint, code=ErrorCode.UNREACHABLE)
        self._shop.brake.pull(reason, fault)
        return await self._withdrawn(attempt, reason)
