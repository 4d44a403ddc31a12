"""Measures how loud a sound is, by EBU R128, with ffmpeg's own meter."""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np

from storyboard.adapters.media.encoder import SOUND_RATE
from storyboard.adapters.media.sound.track import (
    DamagedRecording,
    Samples,
    Soundtrack,
    audio_frame,
    silence,
)

__all__ = ["Loud", "Meter", "Recording", "measure_loudness", "measure_recording"]

_SILENT = -60.0
"""LUFS under which there is nothing to be made louder."""
_STEP = SOUND_RATE // 10
_GATE = 4 * _STEP
"""Samples of the shortest sound that the meter gives a loudness."""
_SECOND = SOUND_RATE


@dataclass(frozen=True, slots=True)
class Loud:
    """How loud a sound is: in LUFS, None when it is silent, and its true peak in dBTP if asked."""

    integrated: float | None
    true_peak: float | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """What the mix must know of a file laid over the film: length in samples, and LUFS if any."""

    samples: int
    loudness: float | None


class Meter:
    """Hears sound in pieces of any length and says how loud it is.

    `heard` counts samples. To look for `peaks` costs three times as much as all the rest.
    """

    def __init__(self, *, peaks: bool = False) -> None:
        options = "metadata=1:framelog=quiet" + (":peak=true" if peaks else "")
        self._graph = av.filter.Graph()
        source = self._graph.add_abuffer(
            sample_rate=SOUND_RATE,
            format="fltp",
            layout="stereo",
            time_base=Fraction(1, SOUND_RATE),
        )
        source.link_to(meter := self._graph.add("ebur128", options))
        meter.link_to(self._graph.add("abuffersink"))
        self._graph.configure()
        self.heard = 0
        self._start = silence(0)
        self._said: dict[str, str] = {}

    def hear(self, samples: Samples) -> None:
        """Take the next samples in."""
        if self.heard < _GATE:
            self._start = np.concatenate([self._start, samples[:_GATE]])
        if len(samples):
            self._graph.push(audio_frame(samples, self.heard))
            self.heard += len(samples)
            self._listen()

    def loud(self) -> Loud:
        """Return how loud it was; nothing can be heard any more."""
        while 0 < self.heard < _GATE:  # too short for the meter, so it hears it again and again
            self.hear(self._start[: _GATE - self.heard])
        said = float(self._said.get("lavfi.r128.I", "-inf"))
        self.hear(silence(-self.heard % _STEP))  # a peak may be in the last tenth of a second
        peak = self._said.get("lavfi.r128.true_peak")
        return Loud(said if said > _SILENT else None, None if peak is None else _decibels(peak))

    def _listen(self) -> None:
        with contextlib.suppress(av.BlockingIOError):
            while True:
                self._said = self._graph.pull().metadata or self._said


def _decibels(said: str) -> float:
    return 20 * float(np.log10(max(float(said), 1e-6)))


def measure_loudness(
    path: str, *, first: int = 0, count: int | None = None, peaks: bool = False
) -> Loud:
    """Measure a clip's sound, or `count` samples of it from `first` on; DamagedClip if it is none.

    A sound that is shorter than the 0.4 s that a loudness takes is measured as if it went on.
    """
    with contextlib.closing(Soundtrack(path, first=first)) as track:
        return _measured(track.rest() if count is None else _read(track, count), peaks=peaks)[1]


def measure_recording(path: str) -> Recording:
    """Measure a sound file that is laid over the film; raise DamagedRecording if it is none."""
    with contextlib.closing(Soundtrack(path, recording=True)) as track:
        samples, loud = _measured(track.rest())
    if not samples:
        message = f"there is no sound in {path}"
        raise DamagedRecording(message)
    return Recording(samples, loud.integrated)


def _read(track: Soundtrack, count: int) -> Iterator[Samples]:
    for start in range(0, count, _SECOND):
        yield track.read(min(_SECOND, count - start))


def _measured(sound: Iterable[Samples], *, peaks: bool = False) -> tuple[int, Loud]:
    """Return how many samples there are, and how loud they are."""
    meter = Meter(peaks=peaks)
    for samples in sound:
        meter.hear(samples)
    return meter.heard, meter.loud()
