"""How each event of a timeline comes and goes, read off the transitions at its two ends."""

from dataclasses import dataclass

from storyboard.model.story import OVERLAPPING
from storyboard.model.timeline import Event

__all__ = ["Fade", "coming", "going", "shared"]

_BLACK = (0, 0, 0)
_COLOURS = {"dip-to-black": _BLACK, "dip-to-white": (255, 255, 255)}


@dataclass(frozen=True, slots=True)
class Fade:
    """So many frames between a flat RGB colour and the picture."""

    frames: int
    colour: tuple[int, int, int] = _BLACK


def shared(event: Event | None) -> int:
    """Return the frames an event shows together with the one before."""
    return event.overlap if event is not None and event.transition in OVERLAPPING else 0


def coming(event: Event) -> Fade | None:
    """Return the fade an event begins with."""
    if not event.overlap or event.transition in OVERLAPPING:
        return None
    return Fade(event.overlap, _COLOURS.get(event.transition, _BLACK))


def going(event: Event, after: Event | None) -> Fade | None:
    """Return the fade an event ends with: the first half of a dip, or its own."""
    if after is not None and after.transition in _COLOURS and after.overlap:
        return Fade(after.overlap, _COLOURS[after.transition])
    return Fade(event.fade_out) if event.fade_out else None
