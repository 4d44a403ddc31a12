"""The film's sound, summed from its cues and kept under its true peak, from any sample on.

Files are opened when first heard and closed after, so that neither memory nor the number of open
files grows with the film.
"""

import contextlib
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import replace

from storyboard.adapters.media.encoder import SOUND_RATE
from storyboard.adapters.media.sound.cue import Cue
from storyboard.adapters.media.sound.cue_sheet import cue_sheet, film_samples
from storyboard.adapters.media.sound.levels import NEAR, NEARER, Levels, off_target
from storyboard.adapters.media.sound.limiter import BEFORE, Limiter
from storyboard.adapters.media.sound.loudness import Meter
from storyboard.adapters.media.sound.stretch import Stretched
from storyboard.adapters.media.sound.track import Samples, Soundtrack, silence
from storyboard.model.timeline import Timeline

__all__ = ["Bus", "Mix", "ceiling", "set_whole"]

_MORE = 3
"""How often a film is listened to again, at most."""
_MARGIN = 1.0
"""Decibels by which AAC at 192 kbit/s may make a peak higher: of noise, of speech it is 0.3."""


class Mix:
    """The film's sound from sample `first` on, read forward only, under its true peak.

    `files` gives the file of each clip by its key, and may give one for a laid sound by its path.
    Raises DamagedClip or DamagedRecording, while reading too.
    """

    def __init__(
        self,
        timeline: Timeline,
        files: Mapping[str, str],
        levels: Levels | None = None,
        *,
        first: int = 0,
    ) -> None:
        cues = cue_sheet(timeline, levels or Levels())
        self._bus = Bus(cues, files, first - BEFORE)
        self._limiter = Limiter(self._bus.read, ceiling(timeline.loudness.true_peak))

    def read(self, count: int) -> Samples:
        """Return the next `count` samples of the film, silence after its end."""
        return self._limiter.read(count)

    def close(self) -> None:
        """Close every file that is still open."""
        self._bus.close()


def ceiling(true_peak: float) -> float:
    """Return what the mix may not be over for the encoded film to stay under a true peak in dB."""
    return float(10 ** ((true_peak - _MARGIN) / 20))


class Bus:
    """The sum of what is cued, as it is, from sample `first` of the cues' clock on."""

    def __init__(self, cues: Iterable[Cue], files: Mapping[str, str], first: int = 0) -> None:
        self._files = files
        self._cues = deque(cue for cue in cues if cue.end > first)
        self._playing: list[tuple[Cue, Soundtrack | Stretched]] = []
        self._place = first

    def read(self, count: int) -> Samples:
        """Return the next `count` samples."""
        start, end = self._place, self._place + count
        while self._cues and self._cues[0].start < end:
            self._open(self._cues.popleft())
        heard = silence(count)
        for cue, track in self._playing:
            since, until = max(start, cue.start), min(end, cue.end)
            samples = track.read(until - since) * cue.gains(since, until)[:, None]
            heard[since - start : until - start] += samples
        self._place = end
        self._close_until(end)
        return heard

    def _open(self, cue: Cue) -> None:
        # A laid sound may be read from a copy that is quicker to find a place in.
        is_copied = cue.source in self._files or not cue.recording
        path = self._files[cue.source] if is_copied else cue.source
        gone = max(0, self._place - cue.start)
        if cue.speed == 1:
            track: Soundtrack | Stretched = Soundtrack(
                path, first=cue.first + gone, recording=cue.recording
            )
        else:
            track = Stretched(Soundtrack(path, first=cue.first), cue.speed)
            track.skip(cue.skipped + gone)
        self._playing.append((cue, track))

    def _close_until(self, place: int | None = None) -> None:
        for cue, track in self._playing:
            if place is None or cue.end <= place:
                track.close()
        self._playing = [
            each for each in self._playing if place is not None and each[0].end > place
        ]

    def close(self) -> None:
        """Close every file that is still open."""
        self._close_until()


def set_whole(timeline: Timeline, files: Mapping[str, str], levels: Levels) -> Levels:
    """Return the levels with the gain that brings the film as a whole to its loudness.

    Shots that are even make a film that is; only where something else is laid over them, or one is
    meant to stand out, the film is listened to from beginning to end, and once more when that
    changed it: a limiter takes from what is louder.
    """
    target = timeline.loudness.target
    if target is None or not (timeline.laid or any(event.gain for event in timeline.events)):
        return levels
    for near in (NEAR, *[NEARER] * _MORE):
        gain = off_target(target, _loudness(timeline, files, levels), near)
        if not gain:
            break
        levels = replace(levels, film=round(levels.film + gain, 1))
    return levels


def _loudness(timeline: Timeline, files: Mapping[str, str], levels: Levels) -> float | None:
    meter, left = Meter(), film_samples(timeline)
    with contextlib.closing(Mix(timeline, files, levels)) as mix:
        while left > 0:
            meter.hear(mix.read(min(left, SOUND_RATE)))
            left -= SOUND_RATE
    return meter.loud().integrated
