"""When each line of dialogue is heard, and the caption that shows it while it is."""

from dataclasses import dataclass

from storyboard.adapters.media.animatic.order import Order, Spoken
from storyboard.adapters.media.animatic.overlay import Overlay, overlay
from storyboard.adapters.media.lettering import boxed, face, set_lines

__all__ = ["Caption", "Cue", "captions", "cues"]

_WORDS_A_SECOND = 2.5
_WIDE_CHARACTERS_A_SECOND = 5.0  # scripts written without spaces
_LEAD = 1.0  # seconds before the first word
_SHORTEST = 0.8  # seconds a line lasts at least
_BREATH = 0.25  # seconds between lines
_LINGER = 0.35  # seconds a caption stays after its last word
_WIDE_FROM = "\u2e80"

_SAFE = 0.07  # of the frame's height, kept free below
_MARKS = {"v.o.": "V.O.", "o.s.": "O.S.", "o.c.": "O.C.", "pre-lap": "PRE-LAP"}
_SPEAKER_COLOUR = "#ffd479"
_WORD_COLOUR = "#ffffff"


@dataclass(frozen=True, slots=True)
class Cue:
    """A line of dialogue and when it is spoken, in seconds of the clip."""

    line: Spoken
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Caption:
    """A drawn caption, on screen from one frame up to another."""

    first: int
    after: int
    patch: Overlay


def cues(order: Order) -> tuple[Cue, ...]:
    """Share the clip among the lines: at reading pace if they fit, else all the faster."""
    if not order.dialogue:
        return ()
    lead = min(_LEAD, order.seconds / 8)
    wanted = [_spoken_seconds(line.text) + _BREATH for line in order.dialogue]
    pace = min(1.0, (order.seconds - lead) / sum(wanted))
    found, start = [], lead
    for line, seconds in zip(order.dialogue, wanted, strict=True):
        found.append(Cue(line, start, start + (seconds - _BREATH) * pace))
        start += seconds * pace
    return tuple(found)


def captions(order: Order, heard: tuple[Cue, ...]) -> tuple[Caption, ...]:
    """Draw each line's caption; it stays until just after its last word, or the next line."""
    found = []
    for number, cue in enumerate(heard, 1):
        latest = heard[number].start if number < len(heard) else order.seconds
        first = round(cue.start * order.fps)
        after = max(first + 1, round(min(cue.end + _LINGER, latest) * order.fps))
        found.append(Caption(first, after, _drawn(order, cue.line)))
    return tuple(found)


def _spoken_seconds(text: str) -> float:
    wide = sum(letter >= _WIDE_FROM for letter in text)
    narrow = "".join(" " if letter >= _WIDE_FROM else letter for letter in text)
    seconds = wide / _WIDE_CHARACTERS_A_SECOND + len(narrow.split()) / _WORDS_A_SECOND
    return max(_SHORTEST, seconds)


def _drawn(order: Order, line: Spoken) -> Overlay:
    # By the shorter side too: a vertical film's captions must not fill its width.
    size = round(min(order.height * 0.048, order.width * 0.05))
    words = face(line.text, size)
    blocks = [(words, set_lines(words, round(order.width * 0.8), most=4), _WORD_COLOUR)]
    if name := _speaker(line):
        small = face(name, round(size * 0.72), weight="Bold")
        blocks.insert(
            0, (small, set_lines(small, round(order.width * 0.8), most=1), _SPEAKER_COLOUR)
        )
    patch = boxed(tuple(blocks), shade=170)
    bottom = order.height - round(order.height * _SAFE)
    return overlay(patch, max(0, (order.width - patch.width) // 2), max(0, bottom - patch.height))


def _speaker(line: Spoken) -> str:
    mark = _MARKS.get(line.delivery.lower())
    name = (line.speaker or "").upper()
    return " ".join(part for part in (name, f"({mark})" if mark else "") if part)
