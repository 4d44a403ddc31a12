"""The film's sound: every clip's own, placed to the sample on the film's clock and joined.

At a straight cut the sound before runs on for eight milliseconds while the next comes up, so that a
join neither clicks nor dips. Under a dissolve or wipe the two cross at equal power; under a fade or
a dip the sound goes with the picture. Clips are opened when first heard and closed after.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from storyboard.adapters.media.cut.joins import going, shared
from storyboard.adapters.media.cut.sound import FADE, Samples, Soundtrack
from storyboard.adapters.media.encoder import SOUND_RATE
from storyboard.model.request import ClipKey
from storyboard.model.timeline import Event, Timeline

__all__ = ["Mix", "samples_before"]


def samples_before(frame: int, fps: Fraction) -> int:
    """Return the place of a frame on the sound's clock: the nearest sample."""
    return round(Fraction(frame * SOUND_RATE) / fps)


@dataclass(frozen=True, slots=True)
class _Ramp:
    """A rise over so many samples, even or at equal power; read backwards it is a fall."""

    samples: int
    equal_power: bool = False

    def gains(self, places: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """Return the gain at each place, counted from where the rise begins."""
        risen = np.clip((places + 0.5) / max(1, self.samples), 0, 1)
        gains = np.sin(risen * (np.pi / 2)) if self.equal_power else risen
        return gains.astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Cue:
    """One clip's sound from its sample `first`, heard from `start` to `end` of the film."""

    path: str
    first: int
    start: int
    end: int
    rise: _Ramp
    fall: _Ramp

    def gains(self, start: int, end: int) -> npt.NDArray[np.float32]:
        places = np.arange(start, end, dtype=np.int64)
        return self.rise.gains(places - self.start) * self.fall.gains(self.end - 1 - places)


class Mix:
    """The film's sound, read forward only; memory and open files do not grow with its length."""

    def __init__(self, timeline: Timeline, clips: Mapping[ClipKey, str]) -> None:
        self._cues = deque(_cues(timeline, clips))
        self._playing: list[tuple[_Cue, Soundtrack]] = []
        self._place = 0

    def read(self, count: int) -> Samples:
        """Return the next `count` samples of the film."""
        start, end = self._place, self._place + count
        while self._cues and self._cues[0].start < end:
            cue = self._cues.popleft()
            self._playing.append((cue, Soundtrack(cue.path, first=cue.first)))
        heard = np.zeros((count, 2), np.float32)
        for cue, track in self._playing:
            since, until = max(start, cue.start), min(end, cue.end)
            samples = track.read(until - since) * cue.gains(since, until)[:, None]
            heard[since - start : until - start] += samples
        self._place = end
        self._close_until(end)
        return heard

    def _close_until(self, place: int | None = None) -> None:
        for cue, track in self._playing:
            if place is None or cue.end <= place:
                track.close()
        self._playing = [
            each for each in self._playing if place is not None and each[0].end > place
        ]

    def close(self) -> None:
        """Close every clip that is still open."""
        self._close_until()


def _cues(timeline: Timeline, clips: Mapping[ClipKey, str]) -> list[_Cue]:
    events = timeline.events
    followers: list[Event | None] = [*events[1:], None]
    return [
        _cue(event, after, timeline.fps, clips[event.clip])
        for event, after in zip(events, followers, strict=True)
    ]


def _cue(event: Event, after: Event | None, fps: Fraction, path: str) -> _Cue:
    start, end = samples_before(event.record_in, fps), samples_before(event.record_out, fps)
    fall, runs_on = _fall(event, after, fps)
    return _Cue(
        path=path,
        first=samples_before(event.source_in, fps),
        start=start,
        end=end + runs_on,
        rise=_crossing(event, fps) if event.overlap else _Ramp(FADE),
        fall=fall,
    )


def _crossing(event: Event, fps: Fraction) -> _Ramp:
    """Return the rise under the transition into an event."""
    start = samples_before(event.record_in, fps)
    length = samples_before(event.record_in + event.overlap, fps) - start
    return _Ramp(length, equal_power=bool(shared(event)))


def _fall(event: Event, after: Event | None, fps: Fraction) -> tuple[_Ramp, int]:
    """Return how an event's sound goes, and how many samples it runs on past the picture."""
    if after is not None and shared(after):
        return _crossing(after, fps), 0
    if fade := going(event, after):
        end = samples_before(event.record_out, fps)
        return _Ramp(end - samples_before(event.record_out - fade.frames, fps)), 0
    return _Ramp(FADE), FADE if after is not None else 0
