"""The plan: a step per shot, its reason and price; `plan` prints it, `build` carries it out."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from storyboard.model.lock import Slate, Take
from storyboard.model.money import MicroUsd, Millis
from storyboard.model.request import ClipKey, ClipRequest

__all__ = [
    "Blocked",
    "Generate",
    "Offer",
    "Plan",
    "PlannedShot",
    "Reconcile",
    "Resume",
    "Reuse",
    "Step",
    "Why",
    "step_name",
]


class Why(StrEnum):
    """Why a clip has to be made."""

    NEW = "new"
    CHANGED = "changed"
    CLIP_MISSING = "clip-missing"
    FAILED_BEFORE = "failed-before"
    RETAKE = "retake"


@dataclass(frozen=True, slots=True)
class Reuse:
    """The clip is owned."""


@dataclass(frozen=True, slots=True)
class Generate:
    """The clip has to be made, and what that costs; `changed` names the inputs that differ."""

    why: Why
    cost: MicroUsd
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resume:
    """The clip is being made; its price was reserved before."""

    prediction: str


@dataclass(frozen=True, slots=True)
class Reconcile:
    """Nobody knows whether an attempt was taken; history has to tell."""

    attempt: str


@dataclass(frozen=True, slots=True)
class Blocked:
    """The clip will not be ordered until a person says so: refused as it is, or bought and lost."""

    reason: str
    cost: MicroUsd


Step: TypeAlias = Reuse | Generate | Resume | Reconcile | Blocked


def step_name(step: Step) -> str:
    """Return the step's word in JSON and on screen."""
    return type(step).__name__.lower()


@dataclass(frozen=True, slots=True)
class Offer:
    """One way to have a shot made: of which model, how long, at what price."""

    model: str
    bought: Millis
    request: ClipRequest
    key: ClipKey
    cost: MicroUsd


@dataclass(frozen=True, slots=True)
class PlannedShot:
    """One shot of the plan: what happens, and the order it stands for.

    `price` is what the order costs, whether it is for this build to spend or was reserved before.
    `fallbacks` are tried in turn, each only while no money is at stake with the one before. `base`
    is the key of the first take that the shot asks for, of its own model: what tells whether the
    shot, apart from how often it is taken, asks for what it asked for before. `asked` has every
    way to have any of the takes made that it asks for now. `slate` has the takes that the lock
    knows of the shot, under whatever id; `number` is this take's among them, None while it is not
    there, and `called` the number that it then will have. `stands_in` is the one that the shot
    keeps until its own is bought, as long as it has to be.
    """

    id: str
    scene: str
    model: str
    step: Step
    wanted: Millis
    bought: Millis
    request: ClipRequest
    key: ClipKey
    price: MicroUsd = MicroUsd(0)
    fallbacks: tuple[Offer, ...] = ()
    base: ClipKey = ClipKey("")
    asked: tuple[Offer, ...] = ()
    slate: Slate | None = None
    number: int | None = None
    called: int = 1
    stands_in: Take | None = None

    @property
    def stale(self) -> bool:
        """Whether what stands in was made from something that the shot no longer asks for."""
        asked = {offer.key for offer in self.asked}
        return self.stands_in is not None and self.stands_in.key not in asked

    @property
    def cost(self) -> MicroUsd:
        return self.step.cost if isinstance(self.step, Generate) else MicroUsd(0)

    @property
    def label(self) -> str:
        """What the order is called while it is made: takes of one shot are told apart."""
        return self.id if self.request.take == 1 else f"{self.id} (take {self.called})"

    @property
    def most(self) -> MicroUsd:
        """What the shot costs if the dearest of its fallbacks has to make it."""
        return max(self.cost, *(each.cost for each in self.fallbacks), MicroUsd(0))

    @property
    def offers(self) -> tuple[Offer, ...]:
        """Every way to have the shot made, the wanted one first."""
        own = Offer(self.model, self.bought, self.request, self.key, self.price)
        return (own, *self.fallbacks)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a build will do, priced.

    `shots` has one order for each shot, that of the take which is shown; `takes` are the orders
    for further takes of them. `spent` is what already counts against the film's budget: taken
    before, or reserved.
    `wall_clock` is None where a card does not know its model's latency; `pacing` is how long the
    account's limits alone make it.
    """

    film: str
    shots: tuple[PlannedShot, ...]
    runtime: Millis
    budget_cost: MicroUsd | None = None
    budget_runtime: Millis | None = None
    wall_clock: Millis | None = None
    pacing: Millis = Millis(0)
    account: str = "bronze"
    spent: MicroUsd = MicroUsd(0)
    takes: tuple[PlannedShot, ...] = ()

    @property
    def ids(self) -> frozenset[str]:
        """The ids of the shots."""
        return frozenset(shot.id for shot in self.shots)

    @property
    def orders(self) -> tuple[PlannedShot, ...]:
        """Every order: those of the takes that are shown, then those of the others."""
        return self.shots + self.takes

    @property
    def cost(self) -> MicroUsd:
        return MicroUsd(sum(order.cost for order in self.orders))

    @property
    def most(self) -> MicroUsd:
        """What the build costs at most: with every shot made by the dearest of its fallbacks."""
        return MicroUsd(sum(order.most for order in self.orders))

    @property
    def over_budget(self) -> bool:
        """Whether the film would have cost more than its budget, all builds taken together."""
        if self.budget_cost is None or not self.cost:
            return False
        return self.spent + self.cost > self.budget_cost

    def count(self, kind: type[Reuse | Generate | Resume | Reconcile | Blocked]) -> int:
        """Count the orders whose step is of that kind."""
        return sum(isinstance(order.step, kind) for order in self.orders)

    def to_make(self) -> Iterator[PlannedShot]:
        """Yield the orders to carry out, each clip once even when two shots share it."""
        seen: set[ClipKey] = set()
        for shot in self.orders:
            if isinstance(shot.step, Generate) and shot.key not in seen:
                seen.add(shot.key)
                yield shot
