"""The plan: a step per shot, its reason and price; `plan` prints it, `build` carries it out."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from storyboard.model.money import MicroUsd, Millis
from storyboard.model.request import ClipKey, ClipRequest

__all__ = [
    "Generate",
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


Step: TypeAlias = Reuse | Generate | Resume | Reconcile


def step_name(step: Step) -> str:
    """Return the step's word in JSON and on screen."""
    return type(step).__name__.lower()


@dataclass(frozen=True, slots=True)
class PlannedShot:
    """One shot of the plan: what happens, and the order it stands for."""

    id: str
    scene: str
    model: str
    step: Step
    wanted: Millis
    bought: Millis
    request: ClipRequest
    key: ClipKey

    @property
    def cost(self) -> MicroUsd:
        return self.step.cost if isinstance(self.step, Generate) else MicroUsd(0)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a build will do, priced.

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

    @property
    def cost(self) -> MicroUsd:
        return MicroUsd(sum(shot.cost for shot in self.shots))

    @property
    def over_budget(self) -> bool:
        return self.budget_cost is not None and self.cost > self.budget_cost

    def count(self, kind: type[Reuse | Generate | Resume | Reconcile]) -> int:
        """Count the shots whose step is of that kind."""
        return sum(isinstance(shot.step, kind) for shot in self.shots)

    def to_make(self) -> Iterator[PlannedShot]:
        """Yield the shots to generate, each clip once even when two shots share it."""
        seen: set[ClipKey] = set()
        for shot in self.shots:
            if isinstance(shot.step, Generate) and shot.key not in seen:
                seen.add(shot.key)
                yield shot
