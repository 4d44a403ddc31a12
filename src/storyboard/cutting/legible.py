"""Captions that can be read: clean text in at most two lines, a long text told in several captions.

Broadcasters agree on about 42 characters a line, and 16 in scripts whose characters are wide.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from storyboard.model.money import Millis
from storyboard.model.timeline import Caption

__all__ = ["clean", "labelled", "legible", "speaker_label"]

_WIDEST = 42
_WIDE = _WIDEST / 16
_MOST_LINES = 2
_SPACES = re.compile(" {2,}")
_MARKS = {"v.o.": "V.O.", "o.s.": "O.S.", "o.c.": "O.C.", "pre-lap": "PRE-LAP"}

# Chinese and Japanese break between any two characters, but not before a closing sign.
_HAN = "\u2e80-\ua4cf\uf900-\ufaff\uff00-\uff60"
_OPENING, _CLOSING = "「『（〈《【", "、。，．！？：；）」』】〉》…ーゃゅょっャュョッ"  # noqa: RUF001  # meant
_ATOM = re.compile(rf" *(?:[{_OPENING}]*[{_HAN}][{_CLOSING}]*|[^ {_HAN}]+[{_CLOSING}]*)")


def speaker_label(speaker: str | None, delivery: str) -> str:
    """Name who speaks as scripts do: `MIA`, `MIA (V.O.)`, `(O.S.)`, or nothing."""
    mark = _MARKS.get(delivery.lower())
    name = " ".join(clean(speaker or "").split()).upper()
    return " ".join(part for part in (name, f"({mark})" if mark else "") if part)


def clean(text: str) -> str:
    """Keep what can be printed: no control characters, no blank lines, no halves of characters."""
    lines = ("".join(map(_printed, line)).strip() for line in text.splitlines())
    return _SPACES.sub(" ", "\n".join(line for line in lines if line))


def _printed(letter: str) -> str:
    match unicodedata.category(letter):
        case "Cc":
            return " " if letter == "\t" else ""
        case "Cs":
            return "\ufffd"
        case _:
            return letter


def labelled(captions: Iterable[Caption]) -> Iterator[Caption]:
    """Write before each text who says it, where eyes cannot tell.

    As broadcasters do: the name stands where the speaker changes, and always with somebody unseen.
    """
    before: str | None = None
    for caption in captions:
        label = speaker_label(caption.speaker, caption.delivery)
        if not label or (label == before and not label.endswith(")")):
            yield caption
        elif clean(caption.text):
            colon = "" if label.startswith("(") else ":"
            yield replace(caption, text=f"{label}{colon} {caption.text}")
        before = label


def legible(captions: Iterable[Caption]) -> tuple[Caption, ...]:
    """Clean and break every text; a longer one becomes several captions, in proportion.

    A text whose own lines fit keeps them; one in which there is nothing to read is left out.
    """
    return tuple(
        part
        for caption in captions
        for part in _told(caption, _pairs(clean(caption.text)))
        if part.start < part.end
    )


def _told(caption: Caption, texts: Sequence[str]) -> Iterator[Caption]:
    """Share a caption's time among its texts by their length."""
    lasting, told = caption.end - caption.start, 0
    total = sum(map(len, texts))
    for text in texts:
        start, told = told, told + len(text)
        yield replace(
            caption,
            text=text,
            start=Millis(caption.start + lasting * start // total),
            end=Millis(caption.start + lasting * told // total),
        )


def _pairs(text: str) -> list[str]:
    """Break a text into balanced lines, two by two."""
    own = text.split("\n")
    if len(own) <= _MOST_LINES and all(_width(line) <= _WIDEST for line in own):
        return [text] if text else []
    atoms = [piece for atom in _ATOM.findall(" ".join(own)) for piece in _pieces(atom)]
    needed = len(_lines(atoms, _WIDEST))
    lines = _balanced(atoms, needed + needed % _MOST_LINES if needed > 1 else 1)
    return [
        "\n".join(lines[first : first + _MOST_LINES]) for first in range(0, len(lines), _MOST_LINES)
    ]


def _balanced(atoms: Sequence[str], most: int) -> list[str]:
    """Set the atoms as narrow as `most` lines allow."""
    low, high = 0, _WIDEST
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if len(_lines(atoms, middle)) <= most else (middle, high)
    return _lines(atoms, high)


def _lines(atoms: Sequence[str], limit: int) -> list[str]:
    lines = [""]
    for atom in atoms:
        if lines[-1] and _width(lines[-1] + atom) > limit:
            lines.append("")
        lines[-1] += atom if lines[-1] else atom.lstrip()
    return lines


def _pieces(atom: str) -> Iterator[str]:
    """Cut what is wider than a line by itself, a mark never from its letter."""
    piece = ""
    for letter in atom:
        if piece and _width(piece + letter) > _WIDEST:
            yield piece
            piece = ""
        piece += letter
    yield piece


def _width(text: str) -> float:
    return sum(map(_letter_width, text))


def _letter_width(letter: str) -> float:
    if unicodedata.category(letter) in {"Mn", "Me", "Cf"}:
        return 0.0
    return _WIDE if unicodedata.east_asian_width(letter) in "WF" else 1.0
