"""Plays a sound faster or slower at the pitch it had, for a shot whose speed was changed."""

import contextlib
from collections.abc import Iterator
from fractions import Fraction

import av
import numpy as np

from storyboard.adapters.media.encoder import SOUND_RATE
from storyboard.adapters.media.sound.track import Samples, Soundtrack, audio_frame, silence

__all__ = ["Stretched"]

_BLOCK = SOUND_RATE // 10
_FASTEST, _SLOWEST = Fraction(2), Fraction(1, 2)
"""What one pass of the filter does without leaving sound out; more takes several."""


class Stretched:
    """A soundtrack at another speed, read forward as it is."""

    def __init__(self, track: Soundtrack, speed: Fraction) -> None:
        self._track = track
        self._graph = _graph(speed)
        self._waiting = silence(0)
        self._place = 0

    def skip(self, count: int) -> None:
        """Leave out the next `count` samples."""
        while count > 0:
            count -= len(self.read(min(count, SOUND_RATE)))

    def read(self, count: int) -> Samples:
        """Return the next `count` samples, silence where there are none left."""
        parts = [self._waiting]
        while sum(map(len, parts)) < count:
            self._graph.push(audio_frame(self._track.read(_BLOCK), self._place))
            self._place += _BLOCK
            parts.extend(self._pulled())
        samples = np.concatenate(parts)
        self._waiting = samples[count:]
        return samples[:count]

    def _pulled(self) -> Iterator[Samples]:
        with contextlib.suppress(av.BlockingIOError):
            while True:
                frame = self._graph.pull()
                yield frame.to_ndarray().reshape(-1, 2).astype(np.float32, copy=False)

    def close(self) -> None:
        """Close the file."""
        self._track.close()


def _graph(speed: Fraction) -> av.filter.Graph:
    graph = av.filter.Graph()
    last = graph.add_abuffer(
        sample_rate=SOUND_RATE, format="fltp", layout="stereo", time_base=Fraction(1, SOUND_RATE)
    )
    steps = [graph.add("atempo", repr(float(each))) for each in _passes(speed)]
    for each in (*steps, graph.add("aformat", "flt"), graph.add("abuffersink")):
        last.link_to(each)
        last = each
    graph.configure()
    return graph


def _passes(speed: Fraction) -> Iterator[Fraction]:
    while not _SLOWEST <= speed <= _FASTEST:
        step = _FASTEST if speed > _FASTEST else _SLOWEST
        speed /= step
        yield step
    yield speed
