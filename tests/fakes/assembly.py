"""Lays clips one after another as a Timeline, by hand or at random but always the same.

lay(Piece(0, 24), Piece(1, 30, kind="dissolve", overlap=8))
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random  # noqa: TID251  # seeded by whoever asks

from fakes.clapper import SIZE
from storyboard.model.money import Frames
from storyboard.model.post import Loudness
from storyboard.model.request import ClipKey
from storyboard.model.timeline import Event, Timeline

__all__ = ["Piece", "lay", "shuffled"]

_OVERLAPPING = ("dissolve", "wipe-left", "wipe-right", "wipe-up", "wipe-down")
_FADING = ("dip-to-black", "dip-to-white", "fade-in")


@dataclass(frozen=True, slots=True)
class Piece:
    """`length` frames of a clip from `start` on, and how they are joined to what came before."""

    clip: int
    length: int
    start: int = 0
    kind: str = "cut"
    overlap: int = 0
    fade_out: int = 0


def lay(
    *pieces: Piece, fps: Fraction = Fraction(24), size: tuple[int, int] = SIZE, available: int = 48
) -> Timeline:
    """Return a film of pieces in order; no loudness is set, so that a tone keeps its level."""
    events, end = [], 0
    for place, piece in enumerate(pieces):
        begin = end - (piece.overlap if piece.kind in _OVERLAPPING else 0)
        end = begin + piece.length
        events.append(
            Event(
                shot=f"shot-{place}",
                scene="scene",
                clip=ClipKey(str(piece.clip)),
                record_in=Frames(begin),
                record_out=Frames(end),
                source_in=Frames(piece.start),
                source_out=Frames(piece.start + piece.length),
                transition=piece.kind,
                overlap=Frames(piece.overlap),
                fade_out=Frames(piece.fade_out),
                available=Frames(available),
            )
        )
    return Timeline("A film", *size, fps, tuple(events), loudness=Loudness(None))


def shuffled(random: Random, joins: int, clips: int, available: int) -> Sequence[Piece]:
    """Return pieces with so many joins of every kind; the last shows a clip's second 1, alone."""
    kinds = [
        ("cut", *_OVERLAPPING, *_FADING)[min(8, int(random.expovariate(0.3)))] for _ in range(joins)
    ]
    overlaps = [0, *(0 if kind == "cut" else random.randint(3, 8) for kind in kinds), 0]
    pieces = []
    for place, kind in enumerate(["cut", *kinds]):
        is_last = place == joins
        taken = overlaps[place] + overlaps[place + 1]
        fade_out = random.choice([0, 0, 0, 4]) if kinds[place : place + 1] in ([], ["cut"]) else 0
        length = 30 if is_last else taken + fade_out + random.randint(6, 20)
        start = 8 if is_last else random.randint(0, available - length)
        pieces.append(
            Piece(random.randrange(clips), length, start, kind, overlaps[place], fade_out)
        )
    return pieces
