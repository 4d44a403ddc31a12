"""The scratch track of a clip: its place, its effects, its music and its voices, roughly mixed."""

import numpy as np
import numpy.typing as npt

from storyboard.adapters.media.animatic.dialogue import Cue
from storyboard.adapters.media.animatic.order import Order
from storyboard.adapters.media.encoder import SOUND_RATE
from storyboard.adapters.media.scratch.ambience import ambience, music
from storyboard.adapters.media.scratch.foley import foley
from storyboard.adapters.media.scratch.synth import Mono, faded, levelled, placed
from storyboard.adapters.media.scratch.voice import murmur

__all__ = ["scratch_track"]

_LOUDEST = 0.89  # of full scale: a decibel is kept free


_BED = 40 * SOUND_RATE  # samples of a place that are made; a longer clip hears them again
_SEAM = SOUND_RATE // 2


def _level(decibels: float) -> np.float32:
    return np.float32(10 ** (decibels / 20))


_PLACE, _EFFECT, _MUSIC, _VOICE = _level(-36), _level(-24), _level(-32), _level(-20)
_ASIDE = _level(-4)  # a voice that is not in the picture is held back by this


def scratch_track(order: Order, heard: tuple[Cue, ...]) -> npt.NDArray[np.float32]:
    """Mix everything that is heard, as (samples, 2); the same order always sounds the same."""
    count = round(order.frames / order.fps * SOUND_RATE)
    draw = np.random.default_rng(list(order.seed))
    bed = min(count, _BED)
    sides = [_looped(_PLACE * ambience(order.ambience, draw, bed), count) for _ in range(2)]
    middle = _effects(order, draw, count) + _voices(heard, draw, count)
    if order.music:
        middle += _MUSIC * music(order.music, draw, count)
    pcm = np.stack([faded(side + middle) for side in sides], axis=1)
    loudest = float(np.abs(pcm).max(initial=0.0))
    return pcm * np.float32(_LOUDEST / loudest) if loudest > _LOUDEST else pcm


def _looped(bed: Mono, count: int) -> Mono:
    """Repeat a bed until it fills the count, each time crossing half a second into itself."""
    if len(bed) >= count:
        return bed
    track = np.zeros(count, np.float32)
    turn = faded(bed, _SEAM / SOUND_RATE)
    for start in range(0, count, len(bed) - _SEAM):
        part = turn[: count - start]
        track[start : start + len(part)] += part
    return track


def _effects(order: Order, draw: np.random.Generator, count: int) -> Mono:
    """Spread the effects over the clip: nobody has said when they happen."""
    track = np.zeros(count, np.float32)
    for number, words in enumerate(order.effects):
        second = order.seconds * (number + 0.5) / len(order.effects)
        placed(track, _EFFECT * foley(words, draw), second)
    return track


def _voices(heard: tuple[Cue, ...], draw: np.random.Generator, count: int) -> Mono:
    track = np.zeros(count, np.float32)
    for cue in heard:
        level = _VOICE if cue.line.delivery == "on-screen" else _VOICE * _ASIDE
        words = murmur(cue.line.text, cue.line.speaker, cue.end - cue.start, draw)
        placed(track, levelled(words, float(level)), cue.start)
    return track
