"""A clip's sound as 48 kHz stereo, read forward sample by sample and never running dry.

Where a clip has no sound, or ends early, its reader goes on with silence. A sound that stops in the
middle of a wave would click, so the last milliseconds are played once more backwards while they
fade: at a join the same few samples let a sound without a handle be crossfaded into the next.
"""

from collections.abc import Generator
from fractions import Fraction
from typing import TypeAlias

import av
import numpy as np
import numpy.typing as npt
from av.container import InputContainer

from storyboard.adapters.media.container import opened
from storyboard.adapters.media.encoder import SOUND_RATE

__all__ = ["FADE", "Samples", "Soundtrack", "linear"]

Samples: TypeAlias = npt.NDArray[np.float32]
"""Sound as (samples, 2), left and right."""

FADE = SOUND_RATE * 8 // 1000
"""Samples in the short fade that keeps a join from clicking: 8 ms, which nobody hears as a dip."""


class Soundtrack:
    """One open clip's sound, read forward only from `first` samples after its first picture."""

    def __init__(self, path: str, *, first: int = 0) -> None:
        self._chunks = _decoded(path)
        self._waiting: list[Samples] = []
        self._count = 0
        self._last = _silence(0)
        self._ended = False
        self.read(first)

    def read(self, count: int) -> Samples:
        """Return the next `count` samples, silence where there are none left."""
        while self._count < count:
            self._fetch(count)
        samples = np.concatenate([*self._waiting, _silence(0)])
        self._waiting, self._count = [samples[count:]], len(samples) - count
        return samples[:count]

    def _fetch(self, count: int) -> None:
        chunk = next(self._chunks, None)
        if chunk is not None:
            self._last = np.concatenate([self._last, chunk])[-FADE:]
        elif not self._ended:
            self._ended = True
            chunk = self._last[::-1] * linear(len(self._last))[::-1, None]
        else:
            chunk = _silence(count - self._count)
        self._waiting.append(chunk)
        self._count += len(chunk)

    def close(self) -> None:
        """Close the file; from here on there is only silence."""
        self._chunks.close()


def linear(count: int) -> npt.NDArray[np.float32]:
    """Return `count` gains that rise evenly from 0 to 1, reaching neither."""
    return ((np.arange(count, dtype=np.float32) + np.float32(0.5)) / max(1, count)).astype(
        np.float32
    )


def _silence(count: int) -> Samples:
    return np.zeros((count, 2), np.float32)


def _decoded(path: str) -> Generator[Samples, None, None]:
    """Yield the sound from the moment of the first picture to the end its header states."""
    with opened(path) as container:
        if not container.streams.audio:
            return
        early, left = _early(container), _stated(container)
        for chunk in _resampled(container):
            if early < 0:
                yield _silence(-early)
                early = 0
            dropped = min(early, len(chunk))
            early -= dropped
            kept = chunk[dropped : max(dropped, min(len(chunk), left))]
            left -= len(chunk)
            if len(kept):
                yield kept


def _stated(container: InputContainer) -> int:
    """Return the samples the header states; an encoder pads its last packet beyond them."""
    stream = container.streams.audio[0]
    if stream.duration is None or stream.time_base is None:
        return 1 << 62
    return round(stream.duration * stream.time_base * SOUND_RATE)


def _early(container: InputContainer) -> int:
    """Return how many samples sound begins before the picture; negative when it begins after."""
    starts = [
        (stream.start_time or 0) * (stream.time_base or Fraction(1))
        for stream in (*container.streams.video[:1], container.streams.audio[0])
    ]
    return round((starts[0] - starts[-1]) * SOUND_RATE)


def _resampled(container: InputContainer) -> Generator[Samples, None, None]:
    stream = container.streams.audio[0]
    # One channel is doubled here: the library would take 3 dB off it.
    layout = "mono" if stream.channels == 1 else "stereo"
    resampler = av.AudioResampler("fltp", layout, SOUND_RATE)
    for frame in container.decode(stream):
        for resampled in resampler.resample(frame):
            yield _stereo(resampled)
    for resampled in resampler.resample(None):
        yield _stereo(resampled)


def _stereo(frame: av.AudioFrame) -> Samples:
    planes = frame.to_ndarray().astype(np.float32, copy=False)
    return np.repeat(planes, 2, axis=0).T if len(planes) == 1 else planes.T
