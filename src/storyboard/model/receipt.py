"""What a build that buys came to: which clips are owned now, which are not and why, what it cost.

Every shot of the plan is in exactly one of `kept`, `failed`, `unclear`, `in_flight` and
`not_ordered`, so that the counts add up to the film.
"""

from dataclasses import dataclass

from storyboard.model.measure import Remark
from storyboard.model.money import MicroUsd

__all__ = ["Receipt"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """The end of a run, by shot, and how its money stands.

    `kept` are the shots whose clip is owned, before this run or through it. `spent` and `reserved`
    are this run's; `refunds_awaited` was taken for clips that failed, and nobody saw it come back.
    `stopped` says why the run ended before its shots did, None where it did not.
    """

    kept: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]  # shot, reason
    unclear: tuple[tuple[str, str], ...]  # shot, attempt
    remarks: tuple[tuple[str, Remark], ...]
    spent: MicroUsd
    reserved: MicroUsd
    refunds_awaited: MicroUsd
    substitutes: tuple[tuple[str, str], ...]  # shot, the model that made it instead
    stopped: str | None
    in_flight: tuple[tuple[str, str], ...] = ()  # shot, prediction: paid, and still being made
    not_ordered: tuple[str, ...] = ()
    older: tuple[tuple[str, str], ...] = ()  # attempt, what is to be said of an order of no shot
    stuck: frozenset[str] = frozenset()  # of the failed: running again alone changes nothing

    @property
    def clips(self) -> int:
        """How many clips the film is made of."""
        ended = len(self.kept) + len(self.failed)
        return ended + len(self.unclear) + len(self.in_flight) + len(self.not_ordered)

    @property
    def resumable(self) -> bool:
        """Whether the same command, run again, may get further."""
        return not self.complete and len(self.stuck) < self.clips - len(self.kept)

    @property
    def complete(self) -> bool:
        """Whether every clip is owned."""
        return len(self.kept) == self.clips
