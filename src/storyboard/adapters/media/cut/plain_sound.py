"""The sound of a film made by moviepy alone: clips' own, and what is laid over them."""

import contextlib
from collections.abc import Callable, Mapping
from fractions import Fraction

import moviepy
import numpy as np
import numpy.typing as npt
from moviepy import afx
from moviepy.video.io.ffmpeg_reader import ffmpeg_parse_infos

from storyboard.adapters.media.container import DamagedClip
from storyboard.adapters.media.encoder import SOUND_RATE
from storyboard.cutting.joins import followed, going, shared
from storyboard.model.request import ClipKey
from storyboard.model.timeline import Caption, Event, Laid, Timeline

__all__ = ["plain_sound", "shut"]

Times = npt.NDArray[np.float64]

_FADE = Fraction(8, 1000)
"""Seconds of the short fade that keeps a join from clicking."""


def plain_sound(
    timeline: Timeline, clips: Mapping[ClipKey, str], readers: contextlib.ExitStack
) -> moviepy.AudioClip:
    """Return the film's sound, as long as its picture; DamagedClip where a file has none to read.

    What is opened is closed with `readers`.
    """
    length = float(timeline.length / timeline.fps)
    nothing = moviepy.AudioClip(
        lambda time: np.zeros((*np.shape(time), 2)), duration=length, fps=SOUND_RATE
    )
    own = [
        _own(event, after, timeline.fps, _opened(clips[event.clip], readers))
        for event, after in followed(timeline.events)
        if not event.mute and _facts(clips[event.clip])["audio_found"]
    ]
    laid = [_laid(each, timeline, _opened(each.path, readers)) for each in timeline.laid]
    return moviepy.CompositeAudioClip([nothing, *own, *laid]).with_duration(length)


def shut(clip: moviepy.VideoFileClip | moviepy.AudioFileClip) -> None:
    """Close a reader and its pipes: moviepy leaves those of a process that has ended open."""
    process = clip.reader.proc
    clip.close()
    for pipe in (process.stdout, process.stderr):
        pipe.close()


def _facts(path: str) -> dict[str, object]:
    """Ask before opening: a reader that fails to open complains once more when it is collected."""
    try:
        facts: dict[str, object] = ffmpeg_parse_infos(path)
    except (OSError, KeyError, ValueError, IndexError) as error:
        message = f"could not read the sound of {path}: moviepy cannot read it"
        raise DamagedClip(message) from error
    return facts


def _opened(path: str, readers: contextlib.ExitStack) -> moviepy.AudioFileClip:
    _facts(path)
    clip = moviepy.AudioFileClip(path, fps=SOUND_RATE)
    readers.callback(shut, clip)
    return clip


def _own(
    event: Event, after: Event | None, fps: Fraction, clip: moviepy.AudioFileClip
) -> moviepy.AudioClip:
    """Return a clip's own sound: it may lead and trail its picture, and at a cut runs on a bit."""
    fade = going(event, after)
    runs_on = 0 if after is None or shared(after) or fade else _FADE
    first = (event.source_in - event.lead * event.speed) / fps
    last = first + (event.lead + event.length - event.hold + event.trail) * event.speed / fps
    sound = clip.subclipped(max(0.0, float(first)), min(float(last + runs_on), clip.duration))
    if event.speed != 1:
        sound = sound.with_speed_scaled(factor=float(event.speed))
    fall = shared(after) or (fade.frames if fade and not event.trail else 0)
    effects = [
        afx.MultiplyVolume(_factor(event.gain)),
        afx.AudioFadeIn(float(event.overlap / fps or _FADE)),
        afx.AudioFadeOut(float(fall / fps or _FADE)),
    ]
    return sound.with_effects(effects).with_start(float((event.record_in - event.lead) / fps))


def _laid(laid: Laid, timeline: Timeline, clip: moviepy.AudioFileClip) -> moviepy.AudioClip:
    """Return a laid sound in its place; music goes round, and steps back while somebody speaks."""
    start, end = Fraction(laid.start, 1000), timeline.length / timeline.fps
    if laid.end is not None:
        length = min(end, Fraction(laid.end, 1000)) - start
        clip = _round(clip, float(laid.offset / 1000), float(length))
    effects = [afx.MultiplyVolume(_factor(laid.gain))]
    if laid.fade_in:
        effects.append(afx.AudioFadeIn(laid.fade_in / 1000))
    if laid.fade_out:
        effects.append(afx.AudioFadeOut(laid.fade_out / 1000))
    clip = clip.with_effects(effects)
    if laid.duck and timeline.captions:
        clip = _ducked(clip, laid, timeline.captions)
    return clip.with_start(float(start))


def _round(clip: moviepy.AudioFileClip, offset: float, length: float) -> moviepy.AudioClip:
    """Play from an offset on, and from the beginning again as often as it takes."""
    times = 1 + int(length / clip.duration + 1)
    first = clip.subclipped(offset % clip.duration)
    return moviepy.concatenate_audioclips([first, *[clip] * times]).with_duration(length)


def _ducked(
    clip: moviepy.AudioClip, laid: Laid, captions: tuple[Caption, ...]
) -> moviepy.AudioClip:
    """Change a sound by its `duck` while a caption is up, all at once: this is the plain way."""
    spoken = [
        ((each.start - laid.start) / 1000, (each.end - laid.start) / 1000) for each in captions
    ]

    def changed(sound: Callable[[Times], Times], time: Times) -> Times:
        speaks = np.any([(start <= time) & (time < end) for start, end in spoken], axis=0)
        return sound(time) * np.where(speaks, _factor(laid.duck), 1.0)[..., None]

    return clip.transform(changed, keep_duration=True)


def _factor(gain: float) -> float:
    return float(10 ** (gain / 20))
