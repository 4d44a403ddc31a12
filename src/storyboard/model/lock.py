"""The lock: which clips are a film's, take by take, so that a clone knows what was bought.

It is kept in git beside the film. A take is written once and stays; what changes is which one is
circled.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from storyboard.model.money import MicroUsd, Millis
from storyboard.model.request import ClipKey

__all__ = ["Lock", "Slate", "Take"]


@dataclass(frozen=True, slots=True)
class Take:
    """One clip that was bought for a shot.

    `number` counts from 1 within the shot and is never given twice. `sha256` is that of the clip's
    bytes. `model` is the one that was asked, `seen` the one that the provider says has answered,
    None where it said nothing. `prediction` is the provider's name for the order, None where no
    ledger tells. `bought_at` is in UTC. `instead_of` is the order of the shot's own model whose
    place this one of a fallback took, as that one came to nothing.
    """

    number: int
    key: ClipKey
    sha256: str
    model: str
    length: Millis
    price: MicroUsd
    bought_at: datetime
    seen: str | None = None
    prediction: str | None = None
    instead_of: ClipKey | None = None


@dataclass(frozen=True, slots=True)
class Slate:
    """A shot's takes, by number; `circled` is the one that a person has chosen.

    `circled_for` is what the shot asked for when it was circled (`PlannedShot.base`): once the shot
    asks for something else, the circle has lapsed.
    """

    shot: str
    takes: tuple[Take, ...]
    circled: int | None = None
    circled_for: ClipKey | None = None

    def take(self, number: int) -> Take | None:
        return next((take for take in self.takes if take.number == number), None)

    def chosen(self, base: ClipKey) -> Take | None:
        """Return the circled take, if the shot still asks for what it did when it was circled."""
        if self.circled is None or self.circled_for != base:
            return None
        return self.take(self.circled)

    @property
    def newest(self) -> Take | None:
        return self.takes[-1] if self.takes else None


@dataclass(frozen=True, slots=True)
class Lock:
    """A film's slates, by the ids of its shots, in their alphabetical order."""

    slates: tuple[Slate, ...] = ()

    def slate(self, shot: str) -> Slate | None:
        return next((slate for slate in self.slates if slate.shot == shot), None)

    @property
    def takes(self) -> Iterator[tuple[str, Take]]:
        """Every take with its shot's id; one that two shots share comes twice."""
        for slate in self.slates:
            yield from ((slate.shot, take) for take in slate.takes)
