"""All that buying stands on, in one value: the ports, the limits, and who is told of it."""

from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from storyboard.engine.billing import Blocking
from storyboard.engine.brake import Brake
from storyboard.engine.circuit import Circuit
from storyboard.engine.events import Money, RunEvent
from storyboard.engine.poller import Poller
from storyboard.engine.ports import Clip, ClipStore, Clock, Inspector, Ledger, Listener
from storyboard.engine.provider import PaidApi
from storyboard.engine.throttle import Throttle
from storyboard.model.attempt import Attempt, Caps
from storyboard.model.job import TAKEN, Cause, JobEvent
from storyboard.model.money import MicroUsd
from storyboard.model.plan import Offer
from storyboard.model.request import ClipKey, ClipRequest

__all__ = ["Bought", "NotBought", "Outcome", "Pictures", "Place", "Purchase", "Shop", "Till"]


class Pictures(Protocol):
    """Finds the pictures that orders start from."""

    def file(self, reference: str, request: ClipRequest, /) -> str:
        """Return the path of `sha256:…` or `clip:KEY#frame`; blocks.

        NotFetched where the picture is not there, or is not the one that was planned.
        """
        ...


@dataclass(frozen=True, slots=True)
class Purchase:
    """A clip to get: for which shot of which film, and every way to have it made, in turn."""

    shot: str
    film: str
    offers: tuple[Offer, ...]

    @property
    def key(self) -> ClipKey:
        """The clip that is wanted: the first offer's."""
        return self.offers[0].key


@dataclass(frozen=True, slots=True)
class Bought:
    """A clip that is kept, and the offer that made it; None for one that no shot asks for."""

    clip: Clip
    offer: Offer | None = None


@dataclass(frozen=True, slots=True)
class NotBought:
    """Why there is no clip.

    `attempt` is the one to look at; `unclear` where only a person can tell what became of it,
    `unordered` where the run stopped before its turn.
    """

    reason: str
    attempt: str | None = None
    cause: Cause = Cause.OTHER
    unclear: bool = False
    unordered: bool = False


Outcome: TypeAlias = Bought | NotBought


class Place:
    """A place among the orders being made at once; given back once, however often it is left."""

    def __init__(self, throttle: Throttle) -> None:
        self._throttle: Throttle | None = throttle

    def leave(self) -> None:
        if self._throttle is not None:
            self._throttle.leave()
            self._throttle = None


class Till:
    """What this run has spent, has reserved and has still to order, told whenever it changes.

    What an earlier run reserved is not this one's, though this one sees it through.
    """

    def __init__(self, listen: Listener) -> None:
        self.spent = MicroUsd(0)
        self.reserved = MicroUsd(0)
        self.remaining = MicroUsd(0)
        self._listen = listen
        self._attempts: dict[str, Attempt] = {}
        self._to_order: dict[ClipKey, MicroUsd] = {}

    def expect(self, key: ClipKey, price: MicroUsd) -> None:
        """Note what a clip will cost that has yet to be ordered."""
        self._to_order[key] = price
        self.remaining = MicroUsd(self.remaining + price)

    def drop(self, key: ClipKey) -> None:
        """Note that a clip will not be ordered any more."""
        self.remaining = MicroUsd(self.remaining - self._to_order.pop(key, MicroUsd(0)))
        self._tell()

    def begin(self, attempt: Attempt) -> None:
        """Take in an attempt that this run has reserved."""
        self._add(attempt, 1)
        self._attempts[attempt.id] = attempt
        self.drop(attempt.order.key)

    def note(self, attempt: Attempt) -> None:
        """Take in how an attempt of this run stands now."""
        before = self._attempts.get(attempt.id)
        if before is not None:
            self._add(before, -1)
            self.begin(attempt)

    def _add(self, attempt: Attempt, sign: int) -> None:
        if _taken(attempt):
            self.spent = MicroUsd(self.spent + sign * attempt.counted)
        else:
            self.reserved = MicroUsd(self.reserved + sign * attempt.counted)

    def _tell(self) -> None:
        self._listen(Money(self.spent, self.reserved, self.remaining))


def _taken(attempt: Attempt) -> bool:
    return attempt.job.state in TAKEN


@dataclass(frozen=True, slots=True)
class Shop:
    """What one run buys with.

    `books` runs what asks the ledger, in order; `decoding` what keeps a core busy; `blocking` what
    waits for the disk. `labels` are what clips are called while they are made, where that is not
    the shot's id: takes of one shot are told apart.
    """

    api: PaidApi
    ledger: Ledger
    store: ClipStore
    clock: Clock
    pictures: Pictures
    inspect: Inspector
    caps: Caps
    listen: Listener
    poller: Poller
    throttle: Throttle
    books: Blocking
    blocking: Blocking
    decoding: Blocking
    till: Till
    brake: Brake = field(default_factory=Brake)
    circuit: Circuit = field(default_factory=Circuit)
    labels: dict[ClipKey, str] = field(default_factory=dict)

    def called(self, key: ClipKey, shot: str) -> str:
        """Return what a shot's clip is called while it is made."""
        return self.labels.get(key, shot)

    async def record(self, attempt: Attempt, event: JobEvent) -> Attempt:
        """Write down what happened to an attempt; it is on the disk when this returns."""
        after: Attempt = await self.books(self.ledger.record, attempt.id, event)
        self.till.note(after)
        return after

    def tell(self, event: RunEvent) -> None:
        self.listen(event)
