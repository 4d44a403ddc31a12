"""What a status holds: every shot as it stands, orders that no shot asks for, and sums."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storyboard.model.attempt import Attempt, Entry, Spending
from storyboard.model.job import Cause, Failed, Gone, Looked, LostTrack, Refused, State, Withdrawn
from storyboard.model.money import MicroUsd

__all__ = ["Condition", "Item", "Status", "condition_of"]


class Condition(StrEnum):
    """How a shot stands, as a film-maker sees it."""

    OWNED = "owned"
    IN_FLIGHT = "in flight"
    UNCLEAR = "unclear"
    FAILED = "failed"
    MISSING = "missing"


_CONDITIONS = {
    State.INTENT: Condition.IN_FLIGHT,
    State.UNKNOWN: Condition.UNCLEAR,
    State.SUBMITTED: Condition.IN_FLIGHT,
    State.READY: Condition.IN_FLIGHT,
    State.OWNED: Condition.MISSING,
    State.REFUSED: Condition.FAILED,
    State.WITHDRAWN: Condition.MISSING,
    State.FAILED: Condition.FAILED,
    State.REFUNDED: Condition.FAILED,
    State.LOST: Condition.FAILED,
    State.ABANDONED: Condition.MISSING,
}
_NEEDS_A_PERSON = frozenset(
    {Cause.MODERATION, Cause.ACCOUNT, Cause.CREDIT, Cause.MODEL, Cause.INPUT}
)
_NO_CLIP = frozenset({State.REFUSED, State.FAILED, State.REFUNDED})


def condition_of(state: State | None, *, held: bool) -> Condition:
    """Tell how a clip stands: by the store first, then by its newest attempt, if there is one."""
    if held:
        return Condition.OWNED
    return Condition.MISSING if state is None else _CONDITIONS[state]


@dataclass(frozen=True, slots=True)
class Item:
    """A shot, or an order that no shot asks for; `story` is what happened to its attempt.

    `build` is the command that goes on with it, as a shell takes it. `blocked` says why a build
    will not order the clip until a person says so, `suspect` what moderation likely objects to.
    `stands_in` is the older take that the film shows meanwhile, and `stale` whether that was made
    from something that the shot no longer asks for. `gone` is whether the take that is circled can
    neither be fetched nor be ordered again, `further` whether it is of a take that its shot asks
    for and the film does not show, `fetched` whether it was bought elsewhere, as the lock tells,
    and the provider may still have it.
    """

    shot: str
    model: str
    price: MicroUsd
    condition: Condition
    build: str
    attempt: Attempt | None = None
    story: tuple[Entry, ...] = ()
    blocked: str = ""
    suspect: str = ""
    stands_in: int | None = None
    stale: bool = False
    gone: bool = False
    further: bool = False
    fetched: bool = False

    @property
    def state(self) -> State | None:
        return None if self.attempt is None else self.attempt.job.state

    @property
    def prediction(self) -> str | None:
        return None if self.attempt is None else self.attempt.job.prediction

    @property
    def reason(self) -> str:
        """Why no clip came, or why nobody is sure, as it was written down last."""
        for entry in reversed(self.story):
            match entry.event:
                case Failed(reason) | Refused(reason) | Gone(reason) | Withdrawn(reason):
                    return reason
                case LostTrack(reason):
                    return reason
                case _:
                    continue
        return ""

    @property
    def cause(self) -> Cause:
        """What kind of failure it was."""
        for entry in reversed(self.story):
            match entry.event:
                case Failed(_, cause) | Refused(_, cause):
                    return Cause.of(cause)
                case _:
                    continue
        return Cause.OTHER

    @property
    def evidence(self) -> str:
        """What the last look in the provider's history found."""
        looks = (each.event.evidence for each in self.story if isinstance(each.event, Looked))
        return next(reversed(tuple(looks)), "")

    @property
    def needs_person(self) -> bool:
        """Whether running the same command again may not be enough."""
        if self.condition is Condition.OWNED:
            return False
        failed = self.state in _NO_CLIP and self.cause in _NEEDS_A_PERSON
        return bool(self.blocked) or failed or self.state in {State.UNKNOWN, State.LOST}


@dataclass(frozen=True, slots=True)
class Status:
    """How a film or a project stands at a moment.

    `film` is the film as commands name it, None for a project. `elsewhere` is the project's folder
    as commands must name it, empty where the command stands in it. `others` are a film's attempts
    that are not for what it shows, finished takes aside, or, of a project, those that are open.
    """

    film: str | None
    elsewhere: str
    rehearsal: str
    now: datetime
    spending: Spending
    shots: tuple[Item, ...] = ()
    others: tuple[Item, ...] = ()

    @property
    def items(self) -> Iterator[Item]:
        """Every item, an attempt that two shots share once."""
        seen: set[str] = set()
        for item in (*self.shots, *self.others):
            if item.attempt is None or item.attempt.id not in seen:
                yield item
            if item.attempt is not None:
                seen.add(item.attempt.id)

    @property
    def counts(self) -> Counter[Condition]:
        """How many shots stand how; of a project, how many of its open attempts."""
        return Counter(item.condition for item in (self.shots or self.others))

    @property
    def for_person(self) -> tuple[Item, ...]:
        """What somebody has to decide; an order that no shot asks for only while it is unclear."""
        return tuple(
            item
            for item in self.items
            if item.needs_person and (item in self.shots or item.state is State.UNKNOWN)
        )
