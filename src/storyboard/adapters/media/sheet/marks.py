"""What stands on a sheet and where, before anything is painted: words, pictures, lines, boxes.

A block is a strip across the sheet. Places are in pixels from its upper left corner, whatever it is
painted on; a printer's page scales them.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["Block", "Box", "Colour", "Line", "Mark", "Picture", "View", "Words"]

Colour: TypeAlias = str
"""As `#rrggbb`."""
_Place: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Words:
    """Text on a line, its baseline beginning at `at`, in the font file `font` at `size` pixels."""

    at: _Place
    text: str
    font: str
    size: int
    colour: Colour


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line from one place to another."""

    start: _Place
    end: _Place
    colour: Colour
    width: int


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle."""

    at: _Place
    size: tuple[int, int]
    colour: Colour


@dataclass(frozen=True, slots=True)
class View:
    """What a picture shows: a still, or a clip's first or last frame; `path` is its file."""

    path: str
    part: Literal["still", "first", "last"]


@dataclass(frozen=True, slots=True)
class Picture:
    """A place for a picture; `alt` says in words what it shows."""

    at: tuple[int, int]
    size: tuple[int, int]
    view: View
    alt: str


Mark: TypeAlias = Words | Line | Box | Picture


@dataclass(frozen=True, slots=True)
class Block:
    """A strip of the sheet and what stands on it; under headings their scenes begin.

    `gap` is the room left between it and what comes below.
    """

    height: int
    marks: tuple[Mark, ...]
    gap: int = 40
    headings: tuple[str, ...] = ()
