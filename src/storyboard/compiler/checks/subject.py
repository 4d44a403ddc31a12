"""What the checks look at: the film, the models it may use, and the stills that were found."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from storyboard.model.card import ModelCard
from storyboard.model.placement import Placement, placements
from storyboard.model.request import Still
from storyboard.model.source import Span
from storyboard.model.story import Film, Shot

__all__ = ["Subject"]


@dataclass(frozen=True)
class Subject:
    """A film beside everything it refers to; `stills` holds the pictures that could be read."""

    film: Film
    cards: Mapping[str, ModelCard]
    stills: Mapping[str, Still]

    @cached_property
    def placed(self) -> tuple[Placement, ...]:
        """Every shot and card that is shown, in its place; worked out once for all checks."""
        return placements(self.film)

    def card(self, shot: Shot) -> ModelCard | None:
        """Return the card of the model the shot asks for; None when there is none."""
        return self.cards.get(shot.model)

    def place(self, shot: Shot, field: str) -> Span:
        """Return where the field was written; for one left to its default, the shot's id."""
        return shot.origin.at(field) if shot.origin.has(field) else shot.origin.at("id")
