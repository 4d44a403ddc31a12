"""When each line of dialogue is heard, and the caption that shows it while it is."""

from dataclasses import dataclass

from storyboard.adapters.media.animatic.order import Order, Spoken
from storyboard.adapters.media.animatic.overlay import Overlay, overlay
from storyboard.adapters.media.lettering import boxed, face, set_lines
from storyboard.cutting.legible import speaker_label
from storyboard.model.pacing import LINGER, paced

__all__ = ["Caption", "Cue", "caption_patch", "captions", "cues"]

_MOST_LINES = 4
_SAFE = 0.07  # of the frame's height, kept free below
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
    """Share the clip among the lines."""
    spans = paced([line.text for line in order.dialogue], order.seconds)
    return tuple(Cue(line, *span) for line, span in zip(order.dialogue, spans, strict=True))


def captions(order: Order, heard: tuple[Cue, ...]) -> tuple[Caption, ...]:
    """Draw each line's caption; it stays until just after its last word, or the next line."""
    found = []
    for number, cue in enumerate(heard, 1):
        latest = heard[number].start if number < len(heard) else order.seconds
        first = round(cue.start * order.fps)
        after = max(first + 1, round(min(cue.end + LINGER, latest) * order.fps))
        label = speaker_label(cue.line.speaker, cue.line.delivery)
        patch = caption_patch(cue.line.text, label, (order.width, order.height))
        found.append(Caption(first, after, patch))
    return tuple(found)


def caption_patch(text: str, label: str, size: tuple[int, int]) -> Overlay:
    """Draw words, and who says them above, in a dark box low in a frame of that size."""
    width, height = size
    # By the shorter side too: a vertical film's captions must not fill its width.
    letters = round(min(height * 0.048, width * 0.05))
    room = round(width * 0.8)
    words = face(text, letters)
    lines = set_lines(words, room, most=_MOST_LINES)
    if len(lines) > len(text.splitlines()):  # its own lines do not fit: break it afresh
        words = face(" ".join(text.split()), letters)
        lines = set_lines(words, room, most=_MOST_LINES)
    blocks = [(words, lines, _WORD_COLOUR)]
    if label:
        small = face(label, round(letters * 0.72), weight="Bold")
        blocks.insert(0, (small, set_lines(small, room, most=1), _SPEAKER_COLOUR))
    patch = boxed(tuple(blocks), shade=170)
    bottom = height - round(height * _SAFE)
    return overlay(patch, max(0, (width - patch.width) // 2), max(0, bottom - patch.height))
