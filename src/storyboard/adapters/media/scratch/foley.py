"""Short effects by the words that describe them: steps, knocks, bells, crashes, whooshes."""

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
)

__all__ = ["foley"]

_Draw: TypeAlias = np.random.Generator
_Synth: TypeAlias = Callable[[_Draw], Mono]


def foley(words: str, draw: _Draw) -> Mono:
    """Make the effect the words describe, of loudness 1; a soft tap where they say nothing."""
    synth = next((synth for pattern, synth in _EFFECTS if pattern.search(words)), _tap)
    return levelled(faded(synth(draw)), 1.0)


def _hit(draw: _Draw, seconds: float, low: float, high: float, fall: float = 7.0) -> Mono:
    """Noise that is struck and dies away."""
    count = round(seconds * SOUND_RATE)
    fading = np.exp(-fall * np.arange(count) / count).astype(np.float32)
    return faded(band(draw, count, low, high) * fading, 0.002)


def _tap(draw: _Draw) -> Mono:
    return layered(_hit(draw, 0.12, 300, 1800), 0.5 * ping(320, 0.12))


def _repeated(sound: Callable[[], Mono], times: int, apart: float) -> Mono:
    track = np.zeros(round((times * apart + 0.4) * SOUND_RATE), np.float32)
    for number in range(times):
        placed(track, sound(), number * apart)
    return track


def _steps(draw: _Draw) -> Mono:
    return _repeated(lambda: layered(_hit(draw, 0.16, 90, 700), 0.6 * ping(85, 0.12)), 3, 0.42)


def _pats(draw: _Draw) -> Mono:
    return _repeated(lambda: _hit(draw, 0.09, 150, 900), 4, 0.2)


def _knocks(draw: _Draw) -> Mono:
    return _repeated(lambda: layered(_hit(draw, 0.1, 250, 1400), ping(210, 0.1)), 3, 0.24)


def _slam(draw: _Draw) -> Mono:
    return layered(_hit(draw, 0.5, 50, 900, 9.0), 1.2 * ping(62, 0.5))


def _bell(_draw: _Draw) -> Mono:
    return layered(ping(880, 1.4), 0.6 * ping(2217, 1.4, fall=9), 0.3 * ping(4310, 1.4, fall=14))


def _crash(draw: _Draw) -> Mono:
    shards = _repeated(lambda: ping(float(draw.uniform(2500, 6500)), 0.2), 5, 0.1)
    return layered(_hit(draw, 0.9, 1200, 9000, 6.0), shards)


def _whoosh(draw: _Draw) -> Mono:
    count = round(0.6 * SOUND_RATE)
    rush: Mono = band(draw, count, 300, 2500) * np.hanning(count).astype(np.float32)
    return rush


def _rustle(draw: _Draw) -> Mono:
    return _repeated(lambda: _hit(draw, 0.18, 2200, 8000, 4.0), 3, 0.19)


def _splash(draw: _Draw) -> Mono:
    return _hit(draw, 0.8, 400, 5000, 5.0)


def _boom(draw: _Draw) -> Mono:
    return _hit(draw, 1.6, 35, 240, 5.0)


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})", re.IGNORECASE)


_EFFECTS: tuple[tuple[re.Pattern[str], _Synth], ...] = (
    (_words("pat|paw|patter|tap"), _pats),
    (_words("step|foot|walk|heel|boot|run"), _steps),
    (_words("knock|rap\\b|hammer"), _knocks),
    (_words("slam|thud|thump|door|drop|fall|land|tumbl"), _slam),
    (_words("bell|ring|chime|ding|phone"), _bell),
    (_words("crash|smash|glass|shatter|break|clatter"), _crash),
    (_words("whoosh|swish|sweep|fly|swing|swoosh"), _whoosh),
    (_words("rustle|paper|cloth|leaf|leaves|page|fabric"), _rustle),
    (_words("splash|pour|drip|water"), _splash),
    (_words("boom|thunder|explo|rumble|shot|gun"), _boom),
)
