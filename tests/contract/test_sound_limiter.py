"""The limiter keeps true peaks under a ceiling, and nobody hears it where none is near."""

import numpy as np
import pytest

from fakes.sounds import RATE, noise, tone
from storyboard.adapters.media.sound.limiter import BEFORE, Limiter
from storyboard.adapters.media.sound.loudness import Meter

CEILING = 10 ** (-1 / 20)


def limited(pcm, *counts, ceiling=CEILING, first=0):
    """Send sound through from sample `first` on, in pieces of these lengths."""
    quiet = np.zeros((BEFORE, 2), np.float32)
    waiting = np.concatenate([quiet, pcm, np.zeros((3 * RATE, 2), np.float32)])[first:]

    def read(count):
        nonlocal waiting
        taken, waiting = waiting[:count], waiting[count:]
        return np.pad(taken, ((0, count - len(taken)), (0, 0)))

    limiter = Limiter(read, ceiling)
    return np.concatenate([limiter.read(count) for count in counts or (len(pcm) - first,)])


def true_peak(pcm):
    meter = Meter(peaks=True)
    meter.hear(pcm)
    return meter.loud().true_peak


FADED = np.minimum(1, np.minimum(np.arange(RATE), np.arange(RATE)[::-1]) / 480)[:, None]
HOT = {
    "noise": noise(RATE, 0.6),
    "tone": tone(RATE, 2.0, 440),
    "between the samples": (tone(RATE, 1.2, 11_999) * FADED).astype("f4"),
    "bass": tone(RATE, 2.0, 45),
    "ticks": np.where(np.arange(RATE)[:, None] % 9600 < 48, 3.0, 0).repeat(2, 1).astype("f4"),
}


@pytest.mark.parametrize("name", HOT)
def test_no_true_peak_is_over_the_ceiling(name):
    """Not between samples either, where a meter of samples sees nothing."""
    before, after = HOT[name], limited(HOT[name])
    assert true_peak(before) > 0
    assert true_peak(np.pad(after, ((0, RATE // 10), (0, 0)))) < -0.9


def test_what_is_under_the_ceiling_is_left_as_it_is():
    """To the bit: of a sound that has no peak near it not one sample is changed."""
    quiet = tone(RATE, 0.85, 440)
    assert np.array_equal(limited(quiet), quiet)


def test_away_from_a_peak_the_sound_is_left_as_it_is():
    """The gain is down some milliseconds before a peak, and back long before a second is over."""
    pcm = tone(2 * RATE, 0.5, 440)
    pcm[RATE : RATE + 20] *= 3
    changed = np.flatnonzero((limited(pcm) != pcm).any(1))
    assert RATE - RATE // 100 < changed[0] < RATE
    assert RATE + RATE // 20 < changed[-1] < RATE + RATE // 4


def test_a_bass_is_turned_down_and_not_bent():
    """A loud low tone keeps its shape: what is added to it is 40 dB under it."""
    pcm = limited(tone(2 * RATE, 1.8, 45))[RATE // 2 : RATE // 2 + RATE, 0]
    spectrum = np.abs(np.fft.rfft(pcm)) ** 2
    assert spectrum.argmax() == 45
    assert (spectrum.sum() - spectrum[45]) / spectrum[45] < 1e-4


def test_where_one_begins_to_listen_changes_nothing():
    """Whole or in pieces, from the beginning or from the middle, every bit is the same."""
    pcm = np.concatenate([HOT["noise"], tone(RATE, 0.3), HOT["ticks"]])
    whole = limited(pcm)
    pieces = (1, 999, 2000, 47_999, 48_001, 45_000)
    assert np.array_equal(limited(pcm, *pieces), whole)
    for first in (1, 777, 50_000, 100_001):
        assert np.array_equal(limited(pcm, first=first), whole[first:])


def test_both_sides_are_turned_down_alike():
    """A peak on the left does not move the picture of the sound."""
    pcm = np.stack([tone(RATE, 2.0)[:, 0], tone(RATE, 0.2)[:, 0]], 1)
    after = limited(pcm)[RATE // 10 : -RATE // 10]
    assert np.sqrt((after**2).mean(0))[0] / np.sqrt((after**2).mean(0))[1] == pytest.approx(
        10, 0.01
    )


def test_even_the_absurd_is_under_the_ceiling():
    """A fault a thousand times too loud is still no louder than anything else."""
    assert np.abs(limited(tone(RATE, 1000.0))).max() <= np.float32(CEILING)
