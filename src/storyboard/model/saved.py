"""A saved plan: what a later build needs to carry it out, and to tell whether it still may."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from storyboard.model.edition import Edition
from storyboard.model.money import MicroUsd
from storyboard.model.request import ClipKey

__all__ = ["Basis", "Part", "SavedOptions", "SavedOrder", "SavedPlan"]


class Part(NamedTuple):
    """What an order is for: a take of a shot, counted from 1."""

    shot: str
    take: int

    def __str__(self) -> str:
        return self.shot if self.take == 1 else f"{self.shot} (take {self.take})"


@dataclass(frozen=True, slots=True)
class Basis:
    """All that a plan was made from.

    `stills` and `sounds` have the SHA-256 of each file by its path from the film's folder, `cards`
    by model what its card says of what is ordered, each field as text.
    """

    edition: Edition
    stills: Mapping[str, str] = field(default_factory=dict)
    sounds: Mapping[str, str] = field(default_factory=dict)
    cards: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SavedOrder:
    """One order of a saved plan: its step's word, and by model what it may cost to carry it out.

    `keys` are the clips that it may bring, the wanted model's first; `starts_from` those that its
    pictures are frames of.
    """

    part: Part
    step: str
    prices: Mapping[str, MicroUsd]
    keys: tuple[ClipKey, ...]
    starts_from: tuple[ClipKey, ...] = ()

    @property
    def to_make(self) -> bool:
        return self.step == "generate"


@dataclass(frozen=True, slots=True)
class SavedOptions:
    """The options that a plan was saved with, as they were written on the command line."""

    variant: str | None = None
    settings: tuple[tuple[str, str], ...] = ()
    only: tuple[str, ...] = ()
    retake: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A plan as a file holds it. `film` is the film's path from the project's root.

    `chosen` are the shots that `--only` chose, none without it; `retakes` those of which one more
    take was wanted.
    """

    path: str
    film: str
    options: SavedOptions
    basis: Basis
    orders: tuple[SavedOrder, ...]
    chosen: tuple[str, ...] = ()
    retakes: tuple[str, ...] = ()
