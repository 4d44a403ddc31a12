"""Takes the film apart into the edits of an edit decision list, in frames.

A transition begins with the incoming shot's first frame, so nothing overlaps: the outgoing shot
ends there, and what it shows beyond is the list's business to know. A dip or a fade is a dissolve
to black and one out of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil

from storyboard.cutting.joins import coming, going, shared
from storyboard.model.timeline import Event

__all__ = ["BLACK", "WIPES", "Edit", "Side", "picture_edits", "sound_edits"]

BLACK = "BL"
WIPES = {"wipe-right": "W001", "wipe-left": "W101", "wipe-down": "W002", "wipe-up": "W102"}
"""SMPTE's numbers: 1 goes to the right, 2 goes down, a hundred more is the other way."""


@dataclass(frozen=True, slots=True)
class Side:
    """What an edit goes from, or to: a frame of an event's clip, or black where there is none."""

    event: Event | None = None
    source: int = 0


@dataclass(frozen=True, slots=True)
class Edit:
    """One event of the list: from what into what, how, on which channels, in frames.

    `length` is the transition's; `speed` is 0 for a frozen frame.
    """

    came: Side
    side: Side
    source_out: int
    record_in: int
    record_out: int
    channels: str = "V"
    kind: str = "cut"
    length: int = 0
    speed: Fraction = Fraction(1)


def picture_edits(events: Sequence[Event], *, with_sound: bool) -> Iterator[Edit]:
    """Yield the edits of the picture, in order; with each its own sound unless it is muted."""
    came = Side()
    for event, after in zip(events, [*events[1:], None], strict=False):
        channels = "AA/V" if with_sound and not event.mute else "V"
        fade = None if shared(after) else going(event, after)
        until = after.record_in if after is not None and shared(after) else event.record_out
        for edit in _shown(event, until - (fade.frames if fade else 0), came, channels):
            yield edit
            came = Side(event, edit.source_out)
        if fade:
            start = until - fade.frames
            kind = "dip-to-white" if fade.colour == "white" else "fade-out"
            yield Edit(came, Side(), fade.frames, start, until, channels, kind, fade.frames)
            came = Side(None, fade.frames)


def _shown(event: Event, until: int, came: Side, channels: str) -> Iterator[Edit]:
    """Yield an event until a frame of the film: as far as it moves, then what is held of it."""
    kind, spent = _way_in(event)
    if kind != "cut" and not shared(event):
        came = Side(None, came.source if came.event is None else 0)
    stop = event.record_out - event.hold
    if stop - event.record_in <= spent:
        stop = until  # the hold begins within the transition: one edit cannot be taken apart
    stop = min(stop, until)
    first = event.source_in
    last = first + ceil((stop - event.record_in) * event.speed)
    yield Edit(
        came, Side(event, first), last, event.record_in, stop, channels, kind, spent, event.speed
    )
    if until > stop:
        held = event.source_frame(event.length - 1)
        frozen, still = Side(event, held), Fraction(0)
        yield Edit(Side(), frozen, held + 1, stop, until, "V", speed=still)


def _way_in(event: Event) -> tuple[str, int]:
    if shared(event):
        return event.transition, event.overlap
    fade = coming(event)
    return ("cut", 0) if fade is None else (event.transition, fade.frames)


def sound_edits(events: Sequence[Event]) -> Iterator[Edit]:
    """Yield the sound by itself, for a film that cuts it elsewhere than the picture.

    One pair of channels holds one sound at a time: a lead ends the sound before, and a trail keeps
    the next from beginning.
    """
    audible = [event for event in events if not event.mute and event.scene]
    starts = [_start(before, event) for before, event in pairwise((None, *audible)) if event]
    for (event, start), end in zip(
        zip(audible, starts, strict=True), [*starts[1:], None], strict=False
    ):
        natural = event.record_out - event.hold if event.hold else event.record_out + event.trail
        until = natural if end is None else min(natural, end)
        if until > start:
            source = event.source_in + int((start - event.record_in) * event.speed)
            stop = source + ceil((until - start) * event.speed)
            side = Side(event, source)
            yield Edit(Side(), side, stop, start, until, "AA", speed=event.speed)


def _start(before: Event | None, event: Event) -> int:
    if event.lead or before is None:
        return max(0, event.record_in - event.lead)
    trailing = before.record_out + before.trail if before.trail else 0
    return max(event.record_in, trailing)
