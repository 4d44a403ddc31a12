"""The film in frames: which part of which clip is shown when, what joins them, what is heard.

Times of pictures are whole frames; times of words and of laid sound are milliseconds of the film.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from fractions import Fraction

from storyboard.model.money import Frames, Millis
from storyboard.model.post import Loudness
from storyboard.model.request import ClipKey

__all__ = ["Caption", "Chapter", "Event", "Laid", "Timeline"]


@dataclass(frozen=True, slots=True)
class Event:
    """One shot (or card) in the film, half-open on both clocks.

    `record_in` to `record_out` is its place in the film, `source_in` to `source_out` the part of
    its clip that is shown, of the `available` frames that the clip has at the film's rate. Frame n
    of the event shows frame `source_frame(n)` of the clip: `speed` clip frames go by in one of the
    film, and the last `hold` frames repeat the last one.

    `transition` and `overlap` say how it is joined to the event before: for a dissolve or wipe the
    two share `overlap` frames (this event's first, the other's last); for a fade-in, or a dip,
    nothing is shared and `overlap` frames are spent getting out of the colour. A dip spends the
    same number of frames at the end of the event before.

    Sound: it is heard `lead` frames before the picture comes (a J-cut) and for `trail` frames
    after it went (an L-cut), which needs that much of the clip beside what is shown. `gain` is in
    dB, on top of what evens the shots; `mute` leaves the clip's own sound out.
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
    available: Frames = Frames(0)
    speed: Fraction = Fraction(1)
    hold: Frames = Frames(0)
    lead: Frames = Frames(0)
    trail: Frames = Frames(0)
    gain: float = 0.0
    mute: bool = False

    @property
    def length(self) -> Frames:
        return Frames(self.record_out - self.record_in)

    def source_frame(self, number: int) -> Frames:
        """Return which frame of the clip is shown at a frame counted from the event's first."""
        moving = min(number, self.length - self.hold - 1)
        return Frames(self.source_in + int(moving * self.speed))

    @property
    def is_plain(self) -> bool:
        """Whether the clip runs through at its own speed, frame for frame."""
        return self.speed == 1 and not self.hold


@dataclass(frozen=True, slots=True)
class Caption:
    """A line of dialogue and when it is read, in the film's time; a line break is a line break.

    `speaker` is a name for people; `delivery` is a word of the vocabulary (`on-screen`, `v.o.`,
    `o.s.`, …). What is `hidden` is spoken and not shown: the picture has it already, or nobody
    wants it.
    """

    start: Millis
    end: Millis
    text: str
    shot: str
    speaker: str | None = None
    delivery: str = "on-screen"
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Chapter:
    """A scene as players list it, half-open, in frames."""

    start: Frames
    end: Frames
    title: str


@dataclass(frozen=True, slots=True)
class Laid:
    """A sound file laid over the film from `start` on, as long as it lasts; `gain` is in dB.

    `role` is `voice-over`, `effect` or `music`. Music stands `gain` dB off the film's loudness (so
    a bed's gain is negative), starts `offset` into its file, begins anew when it ends, lasts until
    `end`, fades in and out, and is changed by `duck` dB more while somebody speaks. Other sounds
    are played as they are.
    """

    path: str
    start: Millis
    role: str
    gain: float = 0.0
    end: Millis | None = None
    offset: Millis = Millis(0)
    fade_in: Millis = Millis(0)
    fade_out: Millis = Millis(0)
    duck: float = 0.0


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole film: size in pixels, exact rate, events in order of `record_in`, sound, words.

    `language` is that of the words, a BCP 47 tag.
    """

    title: str
    width: int
    height: int
    fps: Fraction
    events: tuple[Event, ...]
    captions: tuple[Caption, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    laid: tuple[Laid, ...] = ()
    loudness: Loudness = Loudness()
    metadata: tuple[tuple[str, str], ...] = ()
    language: str = "en"

    @property
    def length(self) -> Frames:
        return self.events[-1].record_out if self.events else Frames(0)

    @property
    def shown_captions(self) -> tuple[Caption, ...]:
        """The captions that are to be seen."""
        return tuple(caption for caption in self.captions if not caption.hidden)

    def hiding(self, shots: Collection[str] | None = None) -> "Timeline":
        """Return the timeline with the captions of these shots hidden, or with all of them."""
        captions = (
            replace(each, hidden=True) if shots is None or each.shot in shots else each
            for each in self.captions
        )
        return replace(self, captions=tuple(captions))
