"""Title and credit cards as clips of the film's own format: lettering on black, and silence.

Composed with moviepy. They neither fade in nor out: the film's timeline does that to their events,
as to any other. Credits that do not fit stand a moment, roll, and stand again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import moviepy
import numpy as np
from PIL import Image, ImageDraw

from storyboard.adapters.media.colour import Planes, planes_from_rgb
from storyboard.adapters.media.encoder import ClipWriter
from storyboard.adapters.media.lettering import Face, face, set_lines
from storyboard.model.money import Frames, frames
from storyboard.model.post import Card, Credit

__all__ = ["card_identity", "render_card"]

_LOOK = 1  # counts changes of how cards look, so that no kept card is taken for a new one

_TITLE, _WORDS, _FAINT = "#f4f1ea", "#ece8df", "#a39e93"
_SAFE = 0.8  # of the frame's sides: nothing is written nearer to its edge
_STANDING = 0.25  # of a roll's time, shared by its beginning and its end
_SHRINKING = (0.8, 0.64, 0.5)


@dataclass(frozen=True, slots=True)
class _Set:
    """A line of type with its place, `x` by Pillow's anchor and `y` at the top of the line."""

    x: int
    y: int
    line: str
    words: Face
    colour: str
    anchor: str = "ma"


def card_identity(card: Card, size: tuple[int, int], fps: Fraction) -> str:
    """Return a text that says everything a card's clip is made from."""
    return repr((_LOOK, size, str(fps), card))


def render_card(card: Card, path: str, *, size: tuple[int, int], fps: Fraction) -> Frames:
    """Write a card's clip to `path` and return its frames, or raise EnvironmentFault."""
    count = max(Frames(1), frames(card.duration, fps))
    width, height = size
    with ClipWriter(
        path, width=width, height=height, fps=fps, parameter_sets=1, every=max(1, round(fps / 2))
    ) as clip:
        for picture in _pictures(_sheet(card, size), count, size, fps):
            clip.write_planes(picture.y, picture.u, picture.v)
    return count


def _pictures(
    sheet: Image.Image, count: int, size: tuple[int, int], fps: Fraction
) -> Iterator[Planes]:
    """Show a sheet as wide as the frame: as it is, or rolling where it is higher."""
    tops = _tops(sheet.height - size[1], count)
    ground = moviepy.ColorClip(size, (0, 0, 0), duration=float(count / fps))
    roll = moviepy.ImageClip(np.asarray(sheet), duration=ground.duration)
    roll = roll.with_position(lambda time: (0, -tops[min(count - 1, int(time * fps))]))
    shown = moviepy.CompositeVideoClip([ground, roll], size=size)
    picture: Planes | None = None
    for number, top in enumerate(tops):
        if picture is None or top != tops[number - 1]:
            picture = planes_from_rgb(shown.get_frame(float((number + Fraction(1, 2)) / fps)))
        yield picture


def _tops(way: int, count: int) -> list[int]:
    """Return how far a roll has gone at each frame, at a whole number of lines: it must not shake.

    What its speed leaves over of the time, it stands.
    """
    if way <= 0:
        return [0] * count
    speed = max(1, -(-way // max(1, round(count * (1 - _STANDING)))))
    standing = (count - way // speed) // 2
    return [min(way, max(0, (number - standing) * speed)) for number in range(count)]


def _sheet(card: Card, size: tuple[int, int]) -> Image.Image:
    """Draw all of a card on a sheet of the frame's size, or higher if it has to roll."""
    width, height = size
    lines = list(_credits(card, size) if card.credits else _title(card, size))
    bottom = max((each.y + each.words.leading for each in lines), default=0)
    tall = bottom if bottom <= height * _SAFE else bottom + round(height * (1 - _SAFE))
    tall = max(height, tall)
    sheet = Image.new("RGB", (width, tall))
    draw = ImageDraw.Draw(sheet)
    for each in lines:
        place = (each.x, each.y + (tall - bottom) // 2)
        draw.text(place, each.line, font=each.words.font, fill=each.colour, anchor=each.anchor)
    return sheet


def _title(card: Card, size: tuple[int, int]) -> Iterator[_Set]:
    """The heading large in the middle, the text small under it."""
    width, unit = size[0], min(size)
    y = 0
    for text, letters, weight, colour, most in (
        (card.heading, unit * 0.12, "Semibold", _TITLE, 3),
        (card.text, unit * 0.048, "Regular", _FAINT, 6),
    ):
        if text:
            words, lines = _fitted(text, letters, round(width * _SAFE), weight, most)
            y += round(words.leading * 0.8) if y else 0
            for line in lines:
                yield _Set(width // 2, y, line, words, colour)
                y += words.leading


def _fitted(
    text: str, letters: float, room: int, weight: str, most: int
) -> tuple[Face, tuple[str, ...]]:
    """Set a text in the largest letters that leave room for all of it, or in the smallest."""
    words, lines = _lines(text, letters, room, weight, most)
    for share in _SHRINKING:
        if lines[-1].endswith("…") and not text.endswith("…"):
            words, lines = _lines(text, letters * share, room, weight, most)
    return words, lines


def _lines(
    text: str, letters: float, room: int, weight: str, most: int
) -> tuple[Face, tuple[str, ...]]:
    words = face(text, round(letters), weight=weight)
    return words, set_lines(words, room, most=most)


def _credits(card: Card, size: tuple[int, int]) -> Iterator[_Set]:
    """The roll: role and name side by side, or one above the other in a narrow frame."""
    unit = min(size)
    y = 0
    if card.heading:
        words, lines = _fitted(card.heading, unit * 0.07, round(size[0] * _SAFE), "Semibold", 2)
        for line in lines:
            yield _Set(size[0] // 2, y, line, words, _TITLE)
            y += words.leading
        y += words.leading
    for credit in card.credits:
        block = tuple(_credit(credit, size, y))
        yield from block
        y = max(each.y + each.words.leading for each in block) + round(unit * 0.018)


def _credit(credit: Credit, size: tuple[int, int], y: int) -> Iterator[_Set]:
    middle, letters = size[0] // 2, round(min(size) * 0.048)
    beside = size[0] > size[1] and credit.role is not None
    room = round(size[0] * _SAFE / 2) - letters if beside else round(size[0] * _SAFE)
    if credit.role is not None:
        x, anchor, share = (middle - letters // 2, "ra", 1.0) if beside else (middle, "ma", 0.8)
        role = face(credit.role, round(letters * share), weight="Regular")
        for number, line in enumerate(set_lines(role, room)):
            yield _Set(x, y + number * role.leading, line, role, _FAINT, anchor)
        y += 0 if beside else role.leading * len(set_lines(role, room))
    name = face(credit.name, letters)
    x, anchor = (middle + letters // 2, "la") if beside else (middle, "ma")
    for number, line in enumerate(set_lines(name, room)):
        yield _Set(x, y + number * name.leading, line, name, _WORDS, anchor)
