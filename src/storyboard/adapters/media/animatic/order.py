"""A request for the animatic as typed fields: what to show, hear and write over it."""

import hashlib
from dataclasses import dataclass
from fractions import Fraction

from storyboard.model.errors import InvalidStoryboard
from storyboard.model.money import frames
from storyboard.model.request import ClipRequest, clip_key
from storyboard.model.tree import Plain

__all__ = ["Order", "Spoken", "read_order"]


@dataclass(frozen=True, slots=True)
class Spoken:
    """One line of dialogue; `speaker` is None when nobody is named."""

    speaker: str | None
    text: str
    delivery: str


@dataclass(frozen=True, slots=True)
class Order:
    """Everything that decides an animatic clip; `seed` is drawn from all of it."""

    width: int
    height: int
    fps: Fraction
    frames: int
    still: str | None
    still_sha256: str | None
    action: str | None
    move: str
    speed: str | None
    support: str | None
    dialogue: tuple[Spoken, ...]
    ambience: str | None
    effects: tuple[str, ...]
    music: str | None
    label: str | None
    burn_in: bool
    seed: bytes

    @property
    def seconds(self) -> float:
        return float(self.frames / self.fps)


def read_order(request: ClipRequest) -> Order:
    """Read a request's inputs; InvalidStoryboard where one is not what the animatic takes."""
    inputs = dict(request.inputs)
    try:
        fps = _rate(inputs.get("fps"))
        still = request.stills[0] if inputs.get("image") and request.stills else None
        return Order(
            width=_even(inputs["width"]),
            height=_even(inputs["height"]),
            fps=fps,
            frames=max(1, frames(request.length, fps)),
            still=still.path if still is not None else None,
            still_sha256=still.sha256 if still is not None else None,
            action=_text(inputs.get("action")),
            move=_text(inputs.get("move")) or "static",
            speed=_text(inputs.get("speed")),
            support=_text(inputs.get("support")),
            dialogue=_dialogue(inputs.get("dialogue")),
            ambience=_text(inputs.get("ambience")),
            effects=tuple(str(effect) for effect in _list(inputs.get("effects"))),
            music=_text(inputs.get("music")),
            label=_text(inputs.get("label")),
            burn_in=inputs.get("burn_in") is True,
            seed=hashlib.sha256(clip_key(request).encode()).digest(),
        )
    except (KeyError, TypeError, ValueError, ZeroDivisionError) as error:
        message = f"the animatic cannot take this order: {error}"
        raise InvalidStoryboard(message) from error


def _text(value: Plain) -> str | None:
    return str(value).strip() or None if value is not None else None


def _list(value: Plain) -> list[Plain]:
    if value is None:
        return []
    if not isinstance(value, list):
        message = f"a list is wanted, not {value!r}"
        raise TypeError(message)
    return value


def _rate(value: Plain) -> Fraction:
    rate = Fraction(str(value or 24))
    if rate <= 0:
        message = f"a frame rate must be more than nothing, not {value!r}"
        raise ValueError(message)
    return rate


def _even(value: Plain) -> int:
    """Read a side of the picture: video stores colour for pairs of pixels."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 2 or value % 2:  # noqa: PLR2004
        message = f"a side of the picture must be an even number of pixels, not {value!r}"
        raise ValueError(message)
    return value


def _dialogue(value: Plain) -> tuple[Spoken, ...]:
    lines = []
    for line in _list(value):
        if not isinstance(line, dict):
            message = f"a line of dialogue is a mapping, not {line!r}"
            raise TypeError(message)
        text = _text(line.get("text"))
        if text:
            delivery = _text(line.get("delivery")) or "on-screen"
            lines.append(Spoken(_text(line.get("speaker")), text, delivery))
    return tuple(lines)
