"""Why a build would do what it does about a shot: what a person wants to know before paying."""

from dataclasses import dataclass

from storyboard.model.lock import Take
from storyboard.model.money import MicroUsd
from storyboard.model.plan import PlannedShot

__all__ = ["InputChange", "Reason"]


@dataclass(frozen=True, slots=True)
class InputChange:
    """An input of the order that differs from the clip's that the shot had; None where not set.

    `path` is the file of a picture today, and the sizes are those of the pictures, as far as they
    are known. `start` is the shot that a frame comes from.
    """

    name: str
    before: str | None
    after: str | None
    path: str | None = None
    size_before: str | None = None
    size_after: str | None = None
    start: str | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """What a build would do about one shot, and why.

    `why` is a sentence. `against` is the take that the shot is held against, or of one that is
    owned that take; `recorded` tells whether this machine knows what it was made from. `prompt` are
    the lines of a unified diff. `renamed_from` is the id that the lock knows the shot by. `takes`
    are what is to be done about further takes.
    """

    shot: PlannedShot
    why: str
    against: Take | None = None
    recorded: bool = True
    inputs: tuple[InputChange, ...] = ()
    prompt: tuple[str, ...] = ()
    renamed_from: str | None = None
    takes: tuple[PlannedShot, ...] = ()

    @property
    def cost(self) -> MicroUsd:
        """What a build would spend on the shot, with its further takes."""
        return MicroUsd(self.shot.cost + sum(take.cost for take in self.takes))
