"""Sets type on a sheet: texts broken into a column's lines, or at both ends of one line."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from PIL import ImageFont

from storyboard.adapters.media.lettering import Face, face, set_lines
from storyboard.adapters.media.sheet.marks import Colour, Words

__all__ = ["INK", "SOFT", "Text", "font_at", "set_centred", "set_column", "set_sides"]

INK: Colour = "#1d1d1f"
SOFT: Colour = "#5f5e5b"

_LINES = 3  # of each text
_BETWEEN = 14  # pixels between what stands at the two ends of a line
_OVERRIDES = dict.fromkeys(map(ord, "\u202d\u202e"))
"""Marks that turn all letters after them around: with one, a name could write another's words."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text and how it is set: its size in pixels, weight and colour."""

    text: str
    size: int
    weight: str = "Regular"
    colour: Colour = INK

    @property
    def face(self) -> Face:
        path, written = _found(self.text.translate(_OVERRIDES), self.size, self.weight)
        return Face(font_at(path, self.size), written)


@lru_cache(maxsize=32)
def font_at(path: str, size: int) -> ImageFont.FreeTypeFont:
    """Open a font file at a size in pixels."""
    return ImageFont.truetype(path, size)


@lru_cache(maxsize=4096)
def _found(text: str, size: int, weight: str) -> tuple[str, str]:
    """Find the font file that writes a text, and the text as it can be written; once for each."""
    found = face(text, size, weight=weight)
    return str(found.font.path), found.text


def set_column(
    texts: Sequence[Text], left: float, top: float, width: int
) -> tuple[tuple[Words, ...], int]:
    """Set texts under one another, each in a few lines at most; return also how high they stand."""
    marks, below = [], top
    for each in texts:
        words = each.face
        for line in _flowed(words, width):
            marks.append(_words(each, words, line, left, below + _ascent(words)))
            below += words.leading
    return tuple(marks), round(below - top)


def set_sides(
    left: Text, right: Text, at: tuple[float, float], width: int
) -> tuple[tuple[Words, ...], int]:
    """Set one text at each end of a line; the left one gives way. Return also the line's height."""
    opening, ending = left.face, right.face
    taken = ending.font.getlength(ending.text)
    baseline = at[1] + max(_ascent(opening), _ascent(ending))
    kept = _shortened(opening, width - taken - (_BETWEEN if ending.text else 0))
    marks = (
        _words(left, opening, kept, at[0], baseline),
        _words(right, ending, ending.text, at[0] + width - taken, baseline),
    )
    return tuple(mark for mark in marks if mark.text), max(opening.leading, ending.leading)


def set_centred(text: Text, middle: tuple[float, float]) -> tuple[Words, int]:
    """Set one line around a place; return also its length."""
    words = text.face
    length = words.font.getlength(words.text)
    below = _ascent(words) - words.leading / 2
    at = middle[0] - length / 2, middle[1] + below
    return _words(text, words, words.text, *at), round(length)


def _words(style: Text, words: Face, line: str, left: float, baseline: float) -> Words:
    return Words((left, baseline), line, str(words.font.path), style.size, style.colour)


def _ascent(words: Face) -> int:
    return words.font.getmetrics()[0]


def _flowed(words: Face, width: int) -> tuple[str, ...]:
    """Break a text into full lines; what does not fit ends in an ellipsis."""
    lines = set_lines(words, width, most=_LINES)
    if len(lines) == _LINES and lines[-1].endswith("…"):
        return (*lines[:-1], _shortened(Face(words.font, lines[-1]), width))
    return lines


def _shortened(words: Face, width: float) -> str:
    """Cut a text that is too wide for its line, with an ellipsis."""
    if words.font.getlength(words.text) <= width:
        return words.text
    kept = words.text.rstrip("…")
    while kept and words.font.getlength(kept + "…") > width:
        kept = kept[:-1]
    return kept.rstrip() + "…"
