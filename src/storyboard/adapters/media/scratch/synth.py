"""The few sounds that all scratch sound is made of: bands of noise, tones that fade, places."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from storyboard.adapters.media.encoder import SOUND_RATE

__all__ = [
    "Mono",
    "band",
    "faded",
    "layered",
    "levelled",
    "ping",
    "placed",
    "seconds_of",
    "swell",
    "tone",
]

Mono: TypeAlias = npt.NDArray[np.float32]


def seconds_of(count: int) -> npt.NDArray[np.float64]:
    """Return the time of each of `count` samples."""
    return np.arange(count) / SOUND_RATE


def band(
    draw: np.random.Generator, count: int, low: float, high: float, *, slope: float = 0.0
) -> Mono:
    """Make noise between two pitches, falling by `slope` powers of the pitch (1 is pink)."""
    length = 1 << max(10, (count - 1).bit_length())  # a power of two is quick to transform
    spectrum = np.fft.rfft(draw.standard_normal(length))
    pitch = np.fft.rfftfreq(length, 1 / SOUND_RATE)
    pitch[0] = pitch[1]
    gain = (pitch / low) ** (-slope / 2)
    # Twelve decibels an octave outside the band: no edge that rings.
    gain *= 1 / (1 + (low / pitch) ** 4) / (1 + (pitch / high) ** 4)
    sound: Mono = np.fft.irfft(spectrum * gain, length)[:count].astype(np.float32)
    return levelled(sound, 1.0)


def swell(draw: np.random.Generator, count: int, hertz: float, least: float) -> Mono:
    """Make a slow wave between `least` and 1, with a second, odd one in it so as not to repeat."""
    time, (first, second) = seconds_of(count), draw.random(2) * 2 * np.pi
    wave = 0.65 * np.sin(2 * np.pi * hertz * time + first)
    wave += 0.35 * np.sin(2 * np.pi * hertz * 1.73 * time + second)
    shape: Mono = (least + (1 - least) * (0.5 + 0.5 * wave)).astype(np.float32)
    return shape


def tone(hertz: npt.NDArray[np.float64] | float, count: int) -> Mono:
    """Make a sine of a pitch that may change from sample to sample."""
    steps = np.broadcast_to(np.asarray(hertz, np.float64), (count,))
    wave: Mono = np.sin(2 * np.pi * np.cumsum(steps) / SOUND_RATE).astype(np.float32)
    return wave


def ping(pitch: float, seconds: float, *, fall: float = 6.0) -> Mono:
    """Make a struck tone that dies away within `seconds`."""
    count = round(seconds * SOUND_RATE)
    fading = np.exp(-fall * seconds_of(count) / seconds).astype(np.float32)
    return faded(tone(pitch, count) * fading)


def placed(track: Mono, sound: Mono, second: float) -> None:
    """Add a sound to a track at a time; what reaches past its end is cut."""
    start = round(second * SOUND_RATE)
    if 0 <= start < len(track):
        part = sound[: len(track) - start]
        track[start : start + len(part)] += part


def layered(*sounds: Mono) -> Mono:
    """Sound several at once, from the same moment, as long as the longest."""
    track = np.zeros(max(len(sound) for sound in sounds), np.float32)
    for sound in sounds:
        track[: len(sound)] += sound
    return track


def faded(sound: Mono, seconds: float = 0.005) -> Mono:
    """Ramp both ends, so that neither clicks."""
    count = min(round(seconds * SOUND_RATE), len(sound) // 2)
    ramp = np.linspace(0, 1, count, endpoint=False, dtype=np.float32)
    sound = sound.copy()
    sound[:count] *= ramp
    sound[len(sound) - count :] *= ramp[::-1]
    return sound


def levelled(sound: Mono, level: float) -> Mono:
    """Bring the loudness (root mean square of what is not silent) to a level."""
    heard = sound[np.abs(sound) > 1e-6]  # noqa: PLR2004  # silence
    if not len(heard):
        return sound
    power = float(np.sqrt(np.mean(np.square(heard, dtype=np.float64))))
    return sound * np.float32(level / power)
