"""Keeps the mix under a true peak, and leaves alone what is nowhere near it.

A true peak is what a converter makes between the samples, so it is looked for at four times the
rate. The gain starts down five milliseconds ahead of a peak, holds long enough not to follow the
waves of a bass, and comes back at an even rate. It depends on half a second of sound and is counted
in whole numbers, so it is the same to the bit wherever one begins to listen.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from storyboard.adapters.media.encoder import SOUND_RATE
from storyboard.adapters.media.sound.track import Samples, silence

__all__ = ["AFTER", "BEFORE", "DECIBEL", "Limiter", "Steps", "eased", "excess", "lowered"]

Steps: TypeAlias = npt.NDArray[np.int64]
"""Attenuation, in so many steps of a hundred-thousandth of a decibel."""

DECIBEL = 100_000
_AHEAD = SOUND_RATE * 5 // 1000
_HOLD = SOUND_RATE * 25 // 1000  # half a wave of 20 Hz: a bass is turned down, not bent
_RELEASE = 80 * DECIBEL // SOUND_RATE + 1  # steps a sample: 80 dB a second
_MOST = 40 * DECIBEL
_REACH = 16  # samples on either side that a value between two samples is made of
_GAP = 1024  # quiet samples that are looked at too, rather than begin anew
_BLOCK = SOUND_RATE

BEFORE = _MOST // _RELEASE + 1 + _HOLD + _AHEAD + _REACH
"""Samples before a place that decide on its gain."""
AFTER = _AHEAD + _REACH
"""Samples after a place that decide on its gain."""


def _between() -> npt.NDArray[np.float32]:
    """Return what makes the values at a quarter, half and three quarters between two samples."""
    places = np.arange(1 - _REACH, _REACH + 1)
    distances = places - np.array([[0.25], [0.5], [0.75]])
    taps = np.sinc(distances) * np.i0(8 * np.sqrt(1 - (distances / _REACH) ** 2))
    between: npt.NDArray[np.float32] = (taps / taps.sum(1, keepdims=True)).astype(np.float32)
    return between


_BETWEEN = _between()
_LARGEST = float(np.abs(_BETWEEN).sum(1).max())
"""How many times the samples around it a value between them may be at most."""


class Limiter:
    """A stream of sound under `ceiling`, read forward, made of one that began `BEFORE` earlier."""

    def __init__(self, read: Callable[[int], Samples], ceiling: float) -> None:
        self._read, self._ceiling = read, ceiling
        self._heard = read(BEFORE + AFTER)
        self._over = excess(self._heard, ceiling)
        self._ready = silence(0)

    def read(self, count: int) -> Samples:
        """Return the next `count` samples."""
        parts, ready = [self._ready], len(self._ready)
        while ready < count:
            # Much at a time: what is asked for may be as short as a picture.
            parts.append(self._next(_BLOCK))
            ready += _BLOCK
        samples = np.concatenate(parts)
        self._ready = samples[count:]
        return samples[:count]

    def _next(self, count: int) -> Samples:
        heard = np.concatenate([self._heard, self._read(count)])
        # What was last when it was looked at had nothing after it to make a peak with.
        known = len(self._heard) - _REACH
        news = excess(heard[known - _REACH :], self._ceiling)[_REACH:]
        over = np.concatenate([self._over[:known], news])
        self._heard, self._over = heard[count:], over[count:]
        kept = heard[BEFORE : BEFORE + count]
        if not over.any():
            return kept
        lower = lowered(kept, eased(over)[BEFORE : BEFORE + count])
        return np.clip(lower, -self._ceiling, self._ceiling)


def lowered(sound: Samples, steps: Steps) -> Samples:
    """Return sound turned down by so much at each sample."""
    gains = np.power(10, steps / (-20.0 * DECIBEL)).astype(np.float32)
    return sound * gains[:, None]


def excess(heard: Samples, ceiling: float) -> Steps:
    """Return by how much the sound around each sample is over the ceiling."""
    over = np.zeros(len(heard), np.int64)
    for start, end in _runs(_louder(heard) > ceiling / _LARGEST):
        peaks = _true_peaks(heard, start, end).astype(np.float64)
        needed = np.log10(np.maximum(peaks / ceiling, 1)) * (20 * DECIBEL)
        over[start:end] = np.minimum(np.ceil(needed), _MOST)
    return over


def _louder(heard: Samples) -> npt.NDArray[np.float32]:
    """Return the larger of the two channels at each sample."""
    return np.maximum(np.abs(heard[:, 0]), np.abs(heard[:, 1]))


def _runs(loud: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the stretches in which a peak is possible, from loud samples and some around them."""
    places = np.flatnonzero(loud)
    if not len(places):
        return []
    gaps = np.flatnonzero(np.diff(places) > _GAP)
    starts = places[np.concatenate([[0], gaps + 1])] - _REACH
    ends = places[np.concatenate([gaps, [-1]])] + _REACH + 1
    return list(zip(starts.clip(0).tolist(), ends.clip(None, len(loud)).tolist(), strict=True))


def _true_peaks(heard: Samples, start: int, end: int) -> npt.NDArray[np.float32]:
    """Return the largest value at each sample and up to the ones beside it, of both channels."""
    around = np.pad(heard, ((_REACH, _REACH), (0, 0)))[start : end + 2 * _REACH]
    peaks = _louder(heard[start:end])
    for channel in np.ascontiguousarray(around.T):
        for taps in _BETWEEN:
            between = np.abs(np.correlate(channel, taps, "valid"))
            peaks = np.maximum(peaks, np.maximum(between[:-1], between[1:]))
    return peaks


def eased(over: Steps) -> Steps:
    """Return the attenuation over time: down ahead of a peak, held, and back at an even rate."""
    held = _largest(over, _HOLD)
    slope = np.arange(len(held), dtype=np.int64) * _RELEASE
    coming_back = np.maximum.accumulate(held + slope) - slope
    early = _largest(coming_back[::-1], _AHEAD)[::-1]
    total = np.cumsum(np.concatenate([np.zeros(_AHEAD + 1, np.int64), early]))
    mean: Steps = (total[_AHEAD + 1 :] - total[: -_AHEAD - 1]) // (_AHEAD + 1)
    return mean


def _largest(steps: Steps, count: int) -> Steps:
    """Return the largest of each step and the `count` before it."""
    largest, reach = steps, 1
    while reach <= count:
        shift = min(reach, count + 1 - reach)
        later = np.maximum(largest[shift:], largest[:-shift])
        largest = np.concatenate([largest[:shift], later])
        reach += shift
    return largest
