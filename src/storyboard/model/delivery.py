"""What a film is handed over as: its shape on the screen, and the presets it can be written in."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from storyboard.model.story import Format

__all__ = ["ASPECTS", "PRESETS", "Delivery", "Framing", "picture_size", "reframed"]

ASPECTS: Final = ("16:9", "9:16", "1:1", "4:5")
"""The shapes that screens and platforms ask for."""


@dataclass(frozen=True, slots=True)
class Framing:
    """How a clip of another shape fills the film's picture.

    `cover` fills it and loses what is furthest from `focus`, a point from 0 to 1 rightwards and
    downwards. `contain` shows the whole clip, over itself, blurred and darkened.
    """

    fit: Literal["cover", "contain"] = "cover"
    focus: tuple[float, float] = (0.5, 0.5)

    @property
    def name(self) -> str:
        """A word for file names, another for every framing: `cover-0.5-0.25`."""
        return "-".join([self.fit, *(f"{each:.4g}" for each in self.focus)])


@dataclass(frozen=True, slots=True)
class Delivery:
    """One way to write a film; `web` is the master, with what can be copied copied.

    The picture is scaled by `scale`, then so that its shorter side has at most `short_side` pixels.
    `preset` and `crf` are x264's, `profile` is ProRes's own.
    """

    name: str
    suffix: str = ".mp4"
    codec: Literal["h264", "prores"] = "h264"
    scale: float = 1.0
    short_side: int | None = None
    preset: str = "veryfast"
    crf: int = 16
    profile: str = "standard"

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Return the size, in even pixels, at which a film of this size is written."""
        short = min(width, height)
        shrink = min(self.scale, (self.short_side or short) / short)
        return _even(width * shrink), _even(height * shrink)


PRESETS: Final = {
    each.name: each
    for each in (
        Delivery("web"),
        Delivery("review", scale=0.5, crf=26),
        Delivery("draft", short_side=360, preset="ultrafast", crf=30),
        Delivery("prores", suffix=".mov", codec="prores"),
    )
}
"""What can be asked for, by name."""


def picture_size(aspect: str, resolution: str) -> tuple[int, int]:
    """Work out the picture's size: the resolution is the short side, both sides are even."""
    across, down = (Fraction(part) for part in aspect.split(":"))
    short = int(resolution.removesuffix("p"))
    long_side = _even(max(across, down) / min(across, down) * short)
    return (long_side, short) if across >= down else (short, long_side)


def reframed(film: Format, aspect: str) -> Format:
    """Return the format of a film in another shape, its resolution and rate as they are."""
    return Format(*picture_size(aspect, film.resolution), film.fps, aspect, film.resolution)


def _even(side: Fraction | float) -> int:
    return max(2, round(side / 2) * 2)
