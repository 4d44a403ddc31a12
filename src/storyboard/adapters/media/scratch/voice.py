"""A scratch voice that murmurs a line: its syllables, rhythm and melody, without its words.

Speech that can be understood needs a voice library; those that work offline are under the GPL or
bring hundreds of megabytes. A murmur is enough to time a cut by, and each speaker has a voice.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from storyboard.adapters.media.encoder import SOUND_RATE
from storyboard.adapters.media.scratch.synth import Mono, band, faded, levelled, placed

__all__ = ["murmur"]

_VOWELS = re.compile(r"[^aeiouy]*[aeiouy]+(?:[^aeiouy]*$)?", re.IGNORECASE)
_MARKS = re.compile(r"[\u0300-\u036f]")  # accents, once they stand apart from their letter
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
# The first three resonances of the mouth, in hertz, for the vowel each letter suggests.
_MOUTHS = {
    "a": (730, 1090, 2440),
    "e": (530, 1840, 2480),
    "i": (290, 2250, 3000),
    "o": (500, 900, 2410),
    "u": (320, 870, 2240),
    "y": (390, 1990, 2550),
}
_WIDTHS = (90.0, 120.0, 170.0)
_HISSES = frozenset("sfhxzcjtkpqç")
_HIGHEST = 4200.0  # hertz; above it a voice has little


@dataclass(frozen=True, slots=True)
class _Syllable:
    vowel: str
    hiss: bool
    starts_word: bool


@dataclass(frozen=True, slots=True)
class _Speaker:
    """Someone's pitch in hertz, and how much smaller than a man's their mouth is."""

    pitch: float
    mouth: float


def murmur(text: str, speaker: str | None, seconds: float, draw: np.random.Generator) -> Mono:
    """Speak a line in nonsense for so many seconds, of loudness 1 while it sounds."""
    count = max(1, round(seconds * SOUND_RATE))
    track = np.zeros(count, np.float32)
    syllables = _syllables(text)
    weights = np.array([1.35 if each.starts_word else 1.0 for each in syllables])
    times = np.concatenate(([0.0], np.cumsum(weights))) * seconds / weights.sum()
    who = _speaker(speaker)
    for number, syllable in enumerate(syllables):
        start, end = times[number], times[number + 1]
        if syllable.starts_word:
            start += (end - start) * 0.2
        pitch = who.pitch * _melody(number / len(syllables), text, draw)
        placed(track, _spoken(syllable, pitch, who.mouth, end - start, draw), float(start))
    return levelled(faded(track), 1.0)


def _syllables(text: str) -> list[_Syllable]:
    found = []
    plain = unicodedata.normalize("NFKD", text)
    for word in _WORD.findall(_MARKS.sub("", plain)):
        parts = _VOWELS.findall(word) or list(word[: max(1, len(word) // 2)])
        for number, part in enumerate(parts):
            vowel = next((letter for letter in part.lower() if letter in _MOUTHS), _any_vowel(part))
            found.append(_Syllable(vowel, part[0].lower() in _HISSES, number == 0))
    return found or [_Syllable("a", hiss=False, starts_word=True)]


def _any_vowel(part: str) -> str:
    """Choose for scripts whose letters say nothing to us: always the same for the same sign."""
    return "aeiouy"[ord(part[0]) % len(_MOUTHS)]


def _speaker(name: str | None) -> _Speaker:
    share = hashlib.sha256((name or "").casefold().encode()).digest()[0] / 255
    return _Speaker(pitch=105 * 2 ** (1.15 * share), mouth=1 + 0.22 * share)


def _melody(done: float, text: str, draw: np.random.Generator) -> float:
    """Fall a little through the line, as statements do; rise at the end of a question."""
    lively = 0.12 if "!" in text else 0.06
    rise = max(0.0, done - 0.6) * 0.9 if text.rstrip().endswith("?") else 0.0
    return 1.08 - 0.18 * done + rise + float(draw.uniform(-lively, lively))


def _spoken(
    syllable: _Syllable, pitch: float, mouth: float, seconds: float, draw: np.random.Generator
) -> Mono:
    count = max(64, round(seconds * SOUND_RATE))
    voiced = _sung(pitch, syllable.vowel, mouth, count)
    attack = min(0.03, seconds / 4)
    sound = faded(levelled(voiced, 1.0), attack) * np.linspace(1, 0.55, count, dtype=np.float32)
    if syllable.hiss:
        breath = min(count, round(0.045 * SOUND_RATE))
        sound[:breath] *= np.linspace(0, 1, breath, dtype=np.float32) ** 2
        sound[:breath] += 0.25 * faded(band(draw, breath, 2500, 7000), 0.012)
    return sound


def _sung(pitch: float, vowel: str, mouth: float, count: int) -> Mono:
    """Add up the overtones of a glottis, each as loud as the mouth lets it be."""
    time = np.arange(count) / SOUND_RATE
    bend = pitch * (1.03 - 0.06 * time / time[-1])
    turns: npt.NDArray[np.float64] = np.cumsum(bend) * (2 * np.pi / SOUND_RATE)
    sound = np.zeros(count)
    for overtone in range(1, int(_HIGHEST / pitch) + 1):
        gain = _resonance(overtone * pitch, vowel, mouth) / overtone**0.6
        sound += gain * np.sin(overtone * turns)
    return sound.astype(np.float32)


def _resonance(hertz: float, vowel: str, mouth: float) -> float:
    peaks = zip(_MOUTHS[vowel], _WIDTHS, (1.0, 0.5, 0.25), strict=True)
    return sum(
        gain / (1 + ((hertz - peak * mouth) / (width * mouth)) ** 2) for peak, width, gain in peaks
    )
