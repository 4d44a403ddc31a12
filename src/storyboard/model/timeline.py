"""The film in frames: which part of which clip is shown when, and what joins it to the next."""

from dataclasses import dataclass
from fractions import Fraction

from storyboard.model.money import Frames
from storyboard.model.request import ClipKey

__all__ = ["Event", "Timeline"]


@dataclass(frozen=True, slots=True)
class Event:
    """One shot in the film, half-open on both clocks.

    `record_in` to `record_out` is its place in the film, `source_in` to `source_out` in its
    clip; both are equally long. `transition` and `overlap` say how it is joined to the event
    before: for a dissolve or wipe the two share `overlap` frames (this event's first, the
    other's last); for a fade-in, or a dip, nothing is shared and `overlap` frames are spent
    getting out of the colour. A dip spends the same number of frames at the end of the event
    before.
    """

    shot: str
    scene: str
    clip: ClipKey
    record_in: Frames
    record_out: Frames
    source_in: Frames
    source_out: Frames
    transition: str = "cut"
    overlap: Frames = Frames(0)
    fade_out: Frames = Frames(0)

    @property
    def length(self) -> Frames:
        return Frames(self.record_out - self.record_in)


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole film: size in pixels, exact rate, and its events in order of `record_in`."""

    title: str
    width: int
    height: int
    fps: Fraction
    events: tuple[Event, ...]

    @property
    def length(self) -> Frames:
        return self.events[-1].record_out if self.events else Frames(0)
