"""What has changed from one version of a film to another, shot by shot, and what that costs."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from storyboard.model.money import MicroUsd, Millis
from storyboard.model.plan import Step

__all__ = ["Change", "Difference", "FieldChange", "MaxIncrease", "ShotChange"]


class Change(StrEnum):
    """What became of a shot; one that is kept may have been renamed or moved, at no cost."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field's text before and after; None where it was not there."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class ShotChange:
    """What became of one shot.

    A shot is CHANGED when a field of it, or its order, is another; `remade` tells whether its
    order is, and so its clip has to be made anew. `renamed_from` is the id it had, `moved_from` the
    scene it was in, its own where it only changed places there. `prompt` are the lines of a unified
    diff of the compiled prompt, without its header. Prices are those of all its takes. `clips` is
    how many clips the new version asks for and the old one did not, and `cost` what they cost;
    `step` is what a build would do about the shot now.
    """

    id: str
    scene: str
    change: Change
    remade: bool = False
    renamed_from: str | None = None
    moved_from: str | None = None
    fields: tuple[FieldChange, ...] = ()
    prompt: tuple[str, ...] = ()
    price_before: MicroUsd | None = None
    price_after: MicroUsd | None = None
    runs_before: Millis | None = None
    runs_after: Millis | None = None
    clips: int = 0
    cost: MicroUsd = MicroUsd(0)
    step: Step | None = None

    @property
    def same(self) -> bool:
        """Whether the shot is in every way as it was."""
        return self.change is Change.KEPT and self.renamed_from is None and self.moved_from is None


@dataclass(frozen=True, slots=True)
class Difference:
    """All that has changed, every shot in film order; a removed one where it stood before.

    `film` is the film's file and `title` its title, None where that is not known. `before` and
    `after` name the versions. `fields` are the film's own that changed. Prices are those of all
    clips bought anew; `to_buy` is what a build would spend now, None where that is not known.
    """

    film: str
    before: str
    after: str
    shots: tuple[ShotChange, ...]
    fields: tuple[FieldChange, ...]
    price_before: MicroUsd
    price_after: MicroUsd
    runtime_before: Millis | None
    runtime_after: Millis | None
    to_buy: MicroUsd | None = None
    title: str | None = None

    @property
    def clips(self) -> int:
        """How many clips only the new version asks for, each once."""
        return sum(shot.clips for shot in self.shots)

    @property
    def cost(self) -> MicroUsd:
        """What the clips cost that only the new version asks for, each once."""
        return MicroUsd(sum(shot.cost for shot in self.shots))

    @property
    def same(self) -> bool:
        return not self.fields and all(shot.same for shot in self.shots)


@dataclass(frozen=True, slots=True)
class MaxIncrease:
    """The most that a change may cost: an amount, or a part of what the old film costs."""

    amount: MicroUsd | None = None
    share: Fraction = Fraction(0)

    def most(self, difference: Difference) -> MicroUsd:
        """Return the limit in money, rounded down."""
        if self.amount is not None:
            return self.amount
        return MicroUsd(int(difference.price_before * self.share))

    def exceeded(self, difference: Difference) -> bool:
        return difference.cost > self.most(difference)
