"""Sounds laid over the film: voice-over and effects as they are, and music that steps back.

Music starts anew when its file ends, and goes under whoever speaks: on the screen, as the captions
have it, or in a voice-over.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from storyboard.adapters.media.encoder import SOUND_RATE
from storyboard.adapters.media.sound.cue import Cue, Duck, Ramp
from storyboard.adapters.media.sound.levels import LaidLevel, Levels
from storyboard.adapters.media.sound.track import FADE
from storyboard.model.timeline import Laid, Timeline

__all__ = ["laid_cues"]

_BREATH = SOUND_RATE
"""Music that could come back for less than this many samples between two lines stays back."""
_SHORTEST_ROUND = SOUND_RATE // 10  # what is shorter is no music to go round


def laid_cues(timeline: Timeline, levels: Levels, length: int) -> Iterator[Cue]:
    """Yield what is laid over a film of so many samples."""
    known = levels.laid or (LaidLevel(),) * len(timeline.laid)
    speech = _speech(timeline, known)
    for laid, level in zip(timeline.laid, known, strict=True):
        end = length if laid.end is None else min(length, _samples(laid.end))
        rounds = _rounds(laid, level, end) if laid.role == "music" else _once(laid, level, end)
        ducks = _ducks(laid, speech) if laid.role == "music" else ()
        for cue in rounds:
            gain = laid.gain + level.gain + levels.film
            yield replace(cue, gain=gain, changes=(*cue.changes, *_fades(laid, end), *ducks))


def _samples(millis: int) -> int:
    return millis * SOUND_RATE // 1000


def _once(laid: Laid, level: LaidLevel, end: int) -> Iterator[Cue]:
    """Yield the sound as long as it lasts, or until its end; there it fades, lest it click."""
    start, first = _samples(laid.start), _samples(laid.offset)
    lasts = end if level.samples is None else start + level.samples - first + FADE
    changes = (Ramp(end - FADE, FADE, falling=True),) if end < lasts else ()
    if start < min(end, lasts):
        yield Cue(laid.path, first, start, min(end, lasts), recording=True, changes=changes)


def _rounds(laid: Laid, level: LaidLevel, end: int) -> Iterator[Cue]:
    """Yield the sound once and again; a round fades in over what the one before fades out with."""
    if level.samples is None or level.samples < _SHORTEST_ROUND:
        yield from _once(laid, level, end)
        return
    start, first = _samples(laid.start), _samples(laid.offset) % level.samples
    changes: tuple[Ramp, ...] = ()
    while start < end:
        over = start + level.samples - first
        last = (Ramp(end - FADE, FADE, falling=True),) if end < over + FADE else ()
        until = min(end, over + FADE)
        yield Cue(laid.path, first, start, until, recording=True, changes=(*changes, *last))
        start, first, changes = over, 0, (Ramp(over, FADE),)


def _fades(laid: Laid, end: int) -> Iterator[Ramp]:
    if laid.fade_in:
        yield Ramp(_samples(laid.start), _samples(laid.fade_in))
    if laid.fade_out:
        fade = _samples(laid.fade_out)
        yield Ramp(end - fade, fade, falling=True)


def _ducks(laid: Laid, speech: Sequence[tuple[int, int]]) -> tuple[Duck, ...]:
    return tuple(Duck(start, end, laid.duck) for start, end in speech) if laid.duck else ()


def _speech(timeline: Timeline, known: Sequence[LaidLevel]) -> tuple[tuple[int, int], ...]:
    """Return from when to when somebody speaks, a breath between two lines counting as speech."""
    lines = [(_samples(line.start), _samples(line.end)) for line in timeline.captions]
    for laid, level in zip(timeline.laid, known, strict=True):
        if laid.role == "voice-over" and level.samples is not None:
            start = _samples(laid.start)
            lines.append((start, start + level.samples - _samples(laid.offset)))
    spans: list[tuple[int, int]] = []
    for start, end in sorted(lines):
        if spans and start - spans[-1][1] < _BREATH:
            spans[-1] = (spans[-1][0], max(spans[-1][1], end))
        else:
            spans.append((start, end))
    return tuple(spans)
