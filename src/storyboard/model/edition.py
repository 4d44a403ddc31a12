"""A film as it stands in one version: what two versions are compared by."""

from collections.abc import Mapping
from dataclasses import dataclass

from storyboard.model.money import MicroUsd, Millis
from storyboard.model.request import ClipKey
from storyboard.model.tree import Plain

__all__ = ["Edition", "EditionShot"]


@dataclass(frozen=True, slots=True)
class EditionShot:
    """One shown shot, as one version has it.

    `base` names what it asks for, apart from how often (`PlannedShot.base`), and `further` its
    other clips: those of the takes after the first or, of a lock, of all takes that were bought.
    `made_from` is what its order holds, by input: the model, the duration in seconds, the prompt,
    pictures by content; None where only the key is known. `fields` are those of the language as
    they hold for the shot, inherited ones and the descriptions of its characters and location
    among them, by their path (`camera.size`) as text; None where the source is not known. `price`
    is that of one take, and `runs` how long the shot is on screen, None where it is not known.
    """

    id: str
    scene: str
    base: ClipKey
    model: str
    bought: Millis
    price: MicroUsd
    takes: int = 1
    runs: Millis | None = None
    made_from: Mapping[str, Plain] | None = None
    fields: Mapping[str, str] | None = None
    further: tuple[ClipKey, ...] = ()

    @property
    def clips(self) -> tuple[ClipKey, ...]:
        """The clips that are the shot's in this version: one that asks for any of them has it."""
        return (self.base, *self.further)

    @property
    def cost(self) -> MicroUsd:
        """What all of its takes cost, bought anew."""
        return MicroUsd(self.price * self.takes)


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of a film: its shown shots in film order, and the fields that are the film's own.

    `name` is what people call the version: `HEAD~1`, a saved plan's file, `the work tree`. One that
    is not `ordered` knows neither scenes nor film order, as a lock does not.
    """

    name: str
    shots: tuple[EditionShot, ...]
    fields: Mapping[str, str] | None = None
    runtime: Millis | None = None
    ordered: bool = True

    @property
    def price(self) -> MicroUsd:
        """What all of its clips cost, bought anew; one that two shots share is bought once."""
        costs: dict[ClipKey, int] = {}
        for shot in self.shots:
            costs[shot.base] = max(costs.get(shot.base, 0), shot.cost)
        return MicroUsd(sum(costs.values()))
