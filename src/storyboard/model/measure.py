"""A clip measured against its order: what was asked for, what came, and what to think of it."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from storyboard.model.money import Millis

__all__ = ["ClipMeasure", "Oddity", "Remark"]


class Oddity(StrEnum):
    """What may be wrong with a clip that a provider made and charged for."""

    SHORT = "clip-short"
    LONG = "clip-long"
    OTHER_MODEL = "other-model"  # a size or a rate that the ordered model does not make
    SIZE = "clip-size"  # another shape than the film's
    NO_SOUND = "clip-no-sound"
    SILENT = "clip-silent"
    BLACK = "clip-black"
    FROZEN = "clip-frozen"
    UNREADABLE = "clip-unreadable"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that is odd about a clip, and a sentence that says it with both figures."""

    oddity: Oddity
    message: str


@dataclass(frozen=True, slots=True)
class ClipMeasure:
    """What a clip is, measured from its own pictures and sound.

    `black` and `frozen` are the shares, from 0 to 1, of its time that show black or do not move;
    `peak` is the sound's loudest sample from 0 to 1, None where there is no sound track.
    """

    width: int
    height: int
    fps: Fraction
    length: Millis
    black: float
    frozen: float
    peak: float | None
