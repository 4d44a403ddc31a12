"""A clip measured against its order: what was asked for, what came, and what to think of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import log10
from typing import Final

from storyboard.model.money import Millis, show_seconds

__all__ = ["ClipMeasure", "Oddity", "Remark", "compare"]

_SQUARE: Final = Fraction(1)

_NORMAL: Final = Millis(500)  # off by this much nobody is to worry: clips often end 0.2 s late
_SAME_RATE: Final = Fraction(1, 200)  # 24 and 23.976 are one rate, 24 and 25 are two
_SAME_SHAPE: Final = Fraction(1, 100)  # the cut fills the film's frame with a shape this near
_SILENCE: Final = -60  # decibels of full scale
_MOST: Final = 0.5  # of a clip's time
_ALL: Final = 0.995


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
    what is black does not move either. `peak` is the sound's loudest sample from 0 to 1, None where
    there is no sound track. `pixel` is the shape of one pixel, width over height.
    """

    width: int
    height: int
    fps: Fraction
    length: Millis
    black: float
    frozen: float
    peak: float | None
    pixel: Fraction = _SQUARE

    @property
    def size(self) -> str:
        """The picture's size for people."""
        return f"{self.width}x{self.height}"

    @property
    def shape(self) -> Fraction:
        """The picture's width over its height, as it is shown."""
        return Fraction(self.width, self.height) * self.pixel


def compare(
    measure: ClipMeasure,
    *,
    ordered: Millis,
    sizes: Sequence[tuple[int, int]],
    rates: Sequence[Fraction],
    shape: Fraction,
    sound: bool,
    model: str,
) -> tuple[Remark, ...]:
    """Hold a clip against its order; return what is odd about it.

    `sizes` and `rates` are those that the model is known to make: where there are none, nothing is
    said of them. `shape` is the film's, and `sound` says that the order includes it.
    """
    return (
        *_length(measure, ordered),
        *_size(measure, sizes, shape, model),
        *_rate(measure, rates, model),
        *(_sound(measure, model) if sound else ()),
        *_picture(measure),
    )


def _length(measure: ClipMeasure, ordered: Millis) -> Iterator[Remark]:
    off = measure.length - ordered
    if abs(off) > _NORMAL:
        oddity = Oddity.LONG if off > 0 else Oddity.SHORT
        lasts, wanted = _tenths(measure.length), show_seconds(ordered)
        yield Remark(oddity, f"the clip lasts {lasts}, and {wanted} were ordered")


def _size(
    measure: ClipMeasure, sizes: Sequence[tuple[int, int]], shape: Fraction, model: str
) -> Iterator[Remark]:
    if sizes and (measure.width, measure.height) not in sizes:
        makes = _either([f"{width}x{height}" for width, height in sizes])
        yield _other_model(f"the clip is {measure.size}", f"{model} makes {makes}")
    elif abs(measure.shape / shape - 1) > _SAME_SHAPE:
        message = (
            f"the clip is {measure.size}, a shape of {_ratio(measure.shape)}, "
            f"and the film is {_ratio(shape)}"
        )
        yield Remark(Oddity.SIZE, message)


def _rate(measure: ClipMeasure, rates: Sequence[Fraction], model: str) -> Iterator[Remark]:
    if rates and all(abs(measure.fps / rate - 1) > _SAME_RATE for rate in rates):
        makes = _either([_number(rate) for rate in rates])
        runs = f"the clip has {_number(measure.fps)} frames a second"
        yield _other_model(runs, f"{model} makes {makes}")


def _other_model(came: str, makes: str) -> Remark:
    return Remark(Oddity.OTHER_MODEL, f"{came}; {makes}: probably another model made it")


def _sound(measure: ClipMeasure, model: str) -> Iterator[Remark]:
    if measure.peak is None:
        message = f"the clip has no sound track, and {model} makes clips with sound"
        yield Remark(Oddity.NO_SOUND, message)
    elif measure.peak <= 0:
        yield Remark(Oddity.SILENT, "the clip's sound track is silent: all of its samples are zero")
    elif (level := 20 * log10(measure.peak)) < _SILENCE:
        message = (
            f"the clip's sound track is silent: its peak is at {level:.1f} dBFS, "
            f"and nobody hears what stays under {_SILENCE}"
        )
        yield Remark(Oddity.SILENT, message)


def _picture(measure: ClipMeasure) -> Iterator[Remark]:
    """Say that a picture is black or else that it stands still: black always does."""
    if measure.black >= _MOST:
        yield Remark(Oddity.BLACK, f"the clip is black for {_part(measure, measure.black)}")
    elif measure.frozen >= _MOST:
        message = f"nothing moves in the clip for {_part(measure, measure.frozen)}"
        yield Remark(Oddity.FROZEN, message)


def _part(measure: ClipMeasure, share: float) -> str:
    whole = _tenths(measure.length)
    if share >= _ALL:
        return f"all of its {whole}"
    return f"{_tenths(Millis(round(measure.length * share)))} of its {whole}"


def _tenths(duration: Millis) -> str:
    return show_seconds(Millis(round(duration, -2)))


def _number(value: Fraction) -> str:
    return f"{float(value):.5g}"


def _ratio(shape: Fraction) -> str:
    return f"{float(shape):.3g}:1"


def _either(words: Sequence[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last
