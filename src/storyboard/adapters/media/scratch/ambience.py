"""The sound of a place, by the words that describe it: clocks tick, rain falls, cities hum."""

import re
from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from storyboard.adapters.media.encoder import SOUND_RATE
from storyboard.adapters.media.scratch.synth import (
    Mono,
    band,
    faded,
    layered,
    levelled,
    ping,
    placed,
    seconds_of,
    swell,
    tone,
)

__all__ = ["ambience", "music"]

_Draw: TypeAlias = np.random.Generator
_Synth: TypeAlias = Callable[[_Draw, int], Mono]


def ambience(words: str | None, draw: _Draw, count: int) -> Mono:
    """Make the place the words describe, of loudness 1; where they say nothing, room tone."""
    found = [synth for pattern, synth in _PLACES if pattern.search(words or "")] or [_room]
    mixed = np.zeros(count, np.float32)
    for synth in found[:3]:
        mixed += levelled(synth(draw, count), 1.0)
    return levelled(mixed, 1.0)


def music(words: str, draw: _Draw, count: int) -> Mono:
    """Make a soft pad of slow chords, minor where the words are dark; of loudness 1."""
    chords = _MINOR if _DARK.search(words) else _MAJOR
    held = 4 * SOUND_RATE
    track = np.zeros(count, np.float32)
    for number in range(-(-count // held)):
        chord = chords[number % len(chords)]
        pad = sum((_voice(pitch, round(held * 1.3), draw) for pitch in chord), np.float32(0))
        placed(track, np.asarray(pad, np.float32), number * held / SOUND_RATE)
    return levelled(track, 1.0)


def _voice(pitch: float, count: int, draw: _Draw) -> Mono:
    """One held note: two strings a little out of tune, slow to come and to go."""
    drift = 1 + draw.uniform(0.001, 0.003)
    wave = tone(pitch, count) + tone(pitch * drift, count) + 0.3 * tone(2 * pitch, count)
    return faded(wave, 1.1)


def _room(draw: _Draw, count: int) -> Mono:
    return band(draw, count, 60, 900, slope=1.6)


def _clock(draw: _Draw, count: int) -> Mono:
    track = 0.12 * _room(draw, count)
    for beat in range(int(2 * count / SOUND_RATE) + 1):
        pitch = 2100 if beat % 2 else 1700
        tick = layered(ping(pitch, 0.03), 0.5 * ping(pitch * 2.4, 0.012), 0.8 * ping(420, 0.06))
        placed(track, tick, beat / 2 + 0.1)
    return track


def _rain(draw: _Draw, count: int) -> Mono:
    track = band(draw, count, 900, 9000, slope=0.6)
    for second in draw.uniform(0, count / SOUND_RATE, size=int(14 * count / SOUND_RATE)):
        drop = ping(draw.uniform(1800, 5200), 0.02)
        placed(track, np.float32(draw.uniform(0.5, 2)) * drop, second)
    return track


def _wind(draw: _Draw, count: int) -> Mono:
    low = band(draw, count, 90, 420, slope=0.8) * swell(draw, count, 0.13, 0.25)
    return low + 0.4 * band(draw, count, 400, 900) * swell(draw, count, 0.21, 0.05) ** 2


def _sea(draw: _Draw, count: int) -> Mono:
    wash = band(draw, count, 150, 3500, slope=1.0) * swell(draw, count, 0.11, 0.12) ** 2
    return wash + 0.3 * band(draw, count, 50, 200)


def _water(draw: _Draw, count: int) -> Mono:
    return band(draw, count, 500, 2600, slope=0.5) * swell(draw, count, 1.7, 0.6)


def _city(draw: _Draw, count: int) -> Mono:
    hum = band(draw, count, 40, 260, slope=1.2)
    passing = band(draw, count, 200, 1400, slope=1.0) * swell(draw, count, 0.09, 0.0) ** 3
    return hum + 0.8 * passing


def _birds(draw: _Draw, count: int) -> Mono:
    track = 0.15 * band(draw, count, 200, 2500, slope=1.2)
    second = float(draw.uniform(0.1, 0.6))
    while second < count / SOUND_RATE:
        pitch, notes = draw.uniform(2600, 4400), int(draw.integers(2, 6))
        for note in range(notes):
            placed(track, 0.9 * _chirp(pitch * draw.uniform(0.9, 1.15)), second + note * 0.11)
        second += draw.uniform(0.7, 1.9)
    return track


def _chirp(pitch: float) -> Mono:
    count = round(0.08 * SOUND_RATE)
    bend = pitch * (1 + 0.12 * np.sin(np.pi * seconds_of(count) / 0.08))
    return tone(bend, count) * np.hanning(count).astype(np.float32)


def _crickets(draw: _Draw, count: int) -> Mono:
    time = seconds_of(count)
    pulses = np.clip(np.sin(2 * np.pi * 15 * time), 0, 1) * (np.sin(2 * np.pi * 1.6 * time) > 0)
    song = tone(4300, count) * pulses.astype(np.float32)
    return song + 0.15 * band(draw, count, 100, 800, slope=1.2)


def _fire(draw: _Draw, count: int) -> Mono:
    track = 0.5 * band(draw, count, 60, 500, slope=1.0) * swell(draw, count, 0.7, 0.5)
    for second in draw.uniform(0, count / SOUND_RATE, size=int(11 * count / SOUND_RATE)):
        snap = band(draw, 600, 1500, 7000) * np.exp(-np.arange(600) / 90).astype(np.float32)
        placed(track, faded(snap, 0.0005) * np.float32(draw.uniform(0.5, 3)), second)
    return track


def _crowd(draw: _Draw, count: int) -> Mono:
    track = np.zeros(count, np.float32)
    for low in (180, 260, 380, 520, 700):
        talk = swell(draw, count, draw.uniform(2.5, 4.5), 0.15)
        track += band(draw, count, low, low * 2.2, slope=0.8) * talk
    return track


def _engine(draw: _Draw, count: int) -> Mono:
    throb = sum((tone(46.0 * part, count) / part for part in range(1, 7)), np.float32(0))
    return np.asarray(throb, np.float32) + 0.4 * band(draw, count, 60, 500, slope=1.0)


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})", re.IGNORECASE)


_PLACES: tuple[tuple[re.Pattern[str], _Synth], ...] = (
    (_words("clock|tick|watch\\b"), _clock),
    (_words("rain|drizzle|downpour|storm"), _rain),
    (_words("wind|breeze|gale|storm|draught"), _wind),
    (_words("sea|ocean|wave|surf|beach|shore"), _sea),
    (_words("stream|river|brook|water|fountain"), _water),
    (_words("traffic|city|street|road|cars?\\b|urban"), _city),
    (_words("bird|garden|forest|meadow|park|dawn"), _birds),
    (_words("cricket|cicada|night"), _crickets),
    (_words("fire|hearth|flame|crackl|candle"), _fire),
    (_words("crowd|murmur|caf|restaurant|bar\\b|market|walla|audience|party|people"), _crowd),
    (_words("engine|machine|motor|train|factory|generator|fridge|hum(?:s|ming)?\\b"), _engine),
)
_DARK = _words("minor|sad|dark|tense|fear|mournful|melanchol|eerie|ominous|sombre|grief|suspense")
_MAJOR = (
    (130.81, 164.81, 196.0),
    (110.0, 164.81, 220.0),
    (87.31, 174.61, 220.0),
    (98.0, 146.83, 246.94),
)
_MINOR = (
    (110.0, 130.81, 164.81),
    (87.31, 130.81, 174.61),
    (73.42, 146.83, 174.61),
    (82.41, 123.47, 164.81),
)
