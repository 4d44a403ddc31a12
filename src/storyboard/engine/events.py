"""What happens while a plan is carried out: progress, reports and pages listen to these."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from storyboard.model.measure import Remark
from storyboard.model.money import MicroUsd

__all__ = [
    "Finished",
    "Inspected",
    "Kept",
    "Money",
    "Noted",
    "RunEvent",
    "ShotFailed",
    "Stage",
    "Staged",
    "Started",
    "Submitted",
    "Working",
]


class Stage(StrEnum):
    """What is being done for a shot, in the words that people are shown."""

    WAITING = "waiting"  # for its turn, or for another shot's clip
    UPLOADING = "uploading"
    ORDERING = "ordering"
    UNCLEAR = "looking it up"  # nobody knows whether the order was taken
    MAKING = "being made"
    FETCHING = "fetching"
    CHECKING = "checking"


@dataclass(frozen=True, slots=True)
class Started:
    """The run begins: how many clips it will make or fetch, and what the new ones cost."""

    clips: int
    cost: MicroUsd


@dataclass(frozen=True, slots=True)
class Staged:
    """A shot has come to a stage; `detail` says more, where there is more to say."""

    shot: str
    stage: Stage
    detail: str = ""


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
class Inspected:
    """A kept clip was measured, and is not in all things what was ordered."""

    shot: str
    remarks: tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class ShotFailed:
    """A shot has no clip; the others go on. `unclear` where nobody knows what became of it."""

    shot: str
    reason: str
    unclear: bool = False

    @property
    def word(self) -> str:
        """What to call it."""
        return "unclear" if self.unclear else "failed"


@dataclass(frozen=True, slots=True)
class Money:
    """How this run stands: surely taken, taken or about to be, and still to be ordered."""

    spent: MicroUsd
    reserved: MicroUsd
    remaining: MicroUsd


@dataclass(frozen=True, slots=True)
class Noted:
    """Something about the run as a whole that a person should know, in one sentence."""

    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The run is over: clips kept and shots that failed."""

    kept: int
    failed: int


RunEvent: TypeAlias = (
    Started
    | Staged
    | Submitted
    | Working
    | Kept
    | Inspected
    | ShotFailed
    | Money
    | Noted
    | Finished
)
