"""What happens while a plan is carried out: progress, reports and pages listen to these."""

from dataclasses import dataclass
from typing import TypeAlias

from storyboard.model.money import MicroUsd

__all__ = ["Finished", "Kept", "RunEvent", "ShotFailed", "Started", "Submitted", "Working"]


@dataclass(frozen=True, slots=True)
class Started:
    """The run begins: how many clips it will make, and what they cost together."""

    clips: int
    cost: MicroUsd


@dataclass(frozen=True, slots=True)
class Submitted:
    """A shot's order was taken, under the provider's own name for it."""

    shot: str
    prediction: str


@dataclass(frozen=True, slots=True)
class Working:
    """A shot is being made; `done` is from 0 to 1, or None where the provider does not say."""

    shot: str
    done: float | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A shot's clip is in the store."""

    shot: str


@dataclass(frozen=True, slots=True)
class ShotFailed:
    """A shot failed; the others go on."""

    shot: str
    reason: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The run is over: clips kept and shots that failed."""

    kept: int
    failed: int


RunEvent: TypeAlias = Started | Submitted | Working | Kept | ShotFailed | Finished
