"""How each event of a timeline comes and goes, read off the transitions at its two ends."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

from storyboard.model.story import OVERLAPPING
from storyboard.model.timeline import Event

__all__ = ["Fade", "alone", "coming", "followed", "going", "seen_in", "shared"]

_COLOURS: dict[str, Literal["black", "white"]] = {"dip-to-black": "black", "dip-to-white": "white"}


@dataclass(frozen=True, slots=True)
class Fade:
    """So many frames between a flat colour and the picture."""

    frames: int
    colour: Literal["black", "white"] = "black"


def shared(event: Event | None) -> int:
    """Return the frames an event shows together with the one before."""
    return event.overlap if event is not None and event.transition in OVERLAPPING else 0


def coming(event: Event) -> Fade | None:
    """Return the fade an event begins with."""
    if not event.overlap or event.transition in OVERLAPPING:
        return None
    return Fade(event.overlap, _COLOURS.get(event.transition, "black"))


def going(event: Event, after: Event | None) -> Fade | None:
    """Return the fade an event ends with: the first half of a dip, or its own."""
    if after is not None and after.transition in _COLOURS and after.overlap:
        return Fade(after.overlap, _COLOURS[after.transition])
    return Fade(event.fade_out) if event.fade_out else None


def alone(event: Event, after: Event | None) -> tuple[int, int]:
    """Return the frames of the film, half-open, in which an event is seen by itself and as it is.

    Where its fades and overlaps meet there are none, and the first is not before the second.
    """
    rising, falling = coming(event), going(event, after)
    first = event.record_in + max(shared(event), rising.frames if rising else 0)
    until = event.record_out - max(shared(after), falling.frames if falling else 0)
    return first, until


def followed(events: Sequence[Event]) -> Iterator[tuple[Event, Event | None]]:
    """Yield every event with the one after it, the last with None."""
    return zip_longest(events, events[1:])


def seen_in(wanted: range, events: Sequence[Event]) -> tuple[tuple[Event, Event | None], ...]:
    """Return the events that are seen in these frames, each with the one after it in the film."""
    return tuple(
        (event, after)
        for event, after in followed(events)
        if event.record_in < wanted.stop and wanted.start < event.record_out
    )
