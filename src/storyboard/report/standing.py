"""How a run stands, put together from its events: what the bars draw and the plain lines sum up.

An event costs the same however many shots there are; what has to be summed is summed when somebody
looks. Times are what the caller's clock says, in seconds.
"""

from dataclasses import dataclass, replace

from storyboard.engine.events import (
    Finished,
    Inspected,
    Kept,
    Money,
    Noted,
    RunEvent,
    ShotFailed,
    Stage,
    Staged,
    Started,
    Submitted,
    Working,
)
from storyboard.model.money import MicroUsd

__all__ = ["InHand", "Standing"]


@dataclass(frozen=True, slots=True)
class InHand:
    """A shot that something is being done for: what, how far it is, and since when."""

    shot: str
    since: float
    stage: Stage = Stage.MAKING
    detail: str = ""
    done: float | None = None  # from 0 to 1, where the provider says it

    def left(self, now: float, usual: float | None) -> float | None:
        """Estimate the seconds to go, from how far it is or else from what a clip usually takes."""
        age = now - self.since
        if self.done:
            return age / self.done - age
        return None if usual is None else max(0.0, usual - age)


class Standing:
    """A run at a moment; `in_hand` has the shots under way, the longest-running first."""

    def __init__(self) -> None:
        self.clips = 0
        self.cost = MicroUsd(0)
        self.kept = 0
        self.failed = 0
        self.money: Money | None = None
        self.started = 0.0
        self.in_hand: dict[str, InHand] = {}
        self._took = 0.0  # seconds, by all kept clips together

    def see(self, event: RunEvent, now: float) -> None:
        """Take note of an event that happens now."""
        match event:
            case Started(clips, cost):
                self.clips, self.cost, self.started = clips, cost, now
            case Staged(shot, Stage.WAITING):
                self.in_hand.pop(shot, None)
            case Staged(shot, stage, detail):
                self._put(replace(self._shot(shot, now), stage=stage, detail=detail))
            case Submitted(shot, _):
                self._put(InHand(shot, self._shot(shot, now).since))
            case Working(shot, done):
                self._work(self._shot(shot, now), done)
            case Kept(shot):
                self._took += self.age(shot, now)
                self.kept += 1
                self.in_hand.pop(shot, None)
            case ShotFailed(shot, _):
                self.failed += 1
                self.in_hand.pop(shot, None)
            case Money():
                self.money = event
            case Inspected() | Noted() | Finished():
                pass

    def _shot(self, shot: str, now: float) -> InHand:
        return self.in_hand.get(shot) or InHand(shot, now)

    def _work(self, shot: InHand, done: float | None) -> None:
        known = shot.done if done is None else done
        self._put(replace(shot, stage=Stage.MAKING, detail="", done=known))

    def _put(self, shot: InHand) -> None:
        self.in_hand[shot.shot] = shot  # one that is there already keeps its place

    @property
    def buys(self) -> bool:
        """Whether there is money in the run."""
        return self.cost > 0 or self.money is not None

    @property
    def ended(self) -> int:
        """How many shots are kept or have failed."""
        return self.kept + self.failed

    @property
    def waiting(self) -> int:
        """How many shots nothing is being done for yet."""
        return max(0, self.clips - self.ended - len(self.in_hand))

    @property
    def share(self) -> float:
        """How much of the run is done, from 0 to 1; a half-made clip counts half."""
        under_way = sum(shot.done or 0.0 for shot in self.in_hand.values())
        return min(1.0, (self.ended + under_way) / max(1, self.clips))

    def age(self, shot: str, now: float) -> float:
        """Return for how many seconds a shot has been in hand; 0 where it is not."""
        found = self.in_hand.get(shot)
        return 0.0 if found is None else now - found.since

    def left(self, now: float) -> float | None:
        """Estimate the seconds to the end; None while nothing is known to reckon with.

        As many shots are taken to go on side by side as do now, each as long as the kept ones
        took; the run cannot end before the last of those in hand.
        """
        usual = self._usual(now)
        lefts = [shot.left(now, usual) for shot in self.in_hand.values()]
        known = [left for left in lefts if left is not None]
        if usual is None or not known:
            return None
        side_by_side = (sum(known) + self.waiting * usual) / len(known)
        return max(side_by_side, *known)

    def _usual(self, now: float) -> float | None:
        """Return what a clip takes: by those that are kept, else by those that say how far."""
        if self.kept:
            return self._took / self.kept
        guesses = [(now - shot.since) / shot.done for shot in self.in_hand.values() if shot.done]
        return sum(guesses) / len(guesses) if guesses else None
