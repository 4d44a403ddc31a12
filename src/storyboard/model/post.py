"""What is decided after shooting: how a shot's sound is used, music, loudness and cards."""

from dataclasses import dataclass
from typing import Literal

from storyboard.model.money import Millis

__all__ = ["Card", "Credit", "Loudness", "Mix", "Music", "Track"]


@dataclass(frozen=True, slots=True)
class Track:
    """A sound file laid over a shot, `at` so long after its picture comes; `gain` is in dB.

    `path` is as shown to people, relative to where the command runs; `role` is `voice-over` or
    `effect`.
    """

    path: str
    at: Millis = Millis(0)
    gain: float = 0.0
    role: Literal["voice-over", "effect"] = "effect"


@dataclass(frozen=True, slots=True)
class Mix:
    """What becomes of a shot's own sound in the film, and what is laid over it.

    It leads the picture by `lead` (a J-cut) and trails it by `trail` (an L-cut); `gain`, in dB, is
    on top of what evens the shots; `mute` leaves it out.
    """

    lead: Millis = Millis(0)
    trail: Millis = Millis(0)
    gain: float = 0.0
    mute: bool = False
    tracks: tuple[Track, ...] = ()


@dataclass(frozen=True, slots=True)
class Music:
    """The bed under the film: `gain` dB relative to its loudness, `duck` dB more under dialogue."""

    path: str
    gain: float = -14.0
    duck: float = -8.0
    offset: Millis = Millis(0)
    fade_in: Millis = Millis(500)
    fade_out: Millis = Millis(2000)


@dataclass(frozen=True, slots=True)
class Loudness:
    """How loud the film is, by EBU R128; `true_peak` in dBTP is never exceeded.

    `target` in LUFS is for each shot and for the whole; None leaves every sound as it came.
    """

    target: float | None = -16.0
    true_peak: float = -1.0


@dataclass(frozen=True, slots=True)
class Credit:
    """One line of the credits: who did what; `role` may be left out."""

    name: str
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A card in the film's own lettering: the title before the first shot, credits after the last.

    `id` is `title` or `credits`. It comes out of black and goes into black.
    """

    id: str
    duration: Millis
    heading: str | None = None
    text: str | None = None
    credits: tuple[Credit, ...] = ()
