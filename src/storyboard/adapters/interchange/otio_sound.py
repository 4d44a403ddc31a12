"""Lays the film's sound on OpenTimelineIO tracks: what the shots bring, and what is laid over it.

Sounds that overlap, as under a dissolve or a J-cut, stand on tracks of their own, as a mixer has
them. A fade is a dissolve out of a gap, or into one.
"""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import PurePosixPath

import opentimelineio as otio

from storyboard.adapters.interchange.otio_parts import TRACKS, Parts, media_facts, reference, under
from storyboard.cutting.interchange import Join, Sounding, laid_place, lanes, sounds
from storyboard.model.money import Frames, frames
from storyboard.model.timeline import Laid

__all__ = ["laid_tracks", "sound_tracks"]


def sound_tracks(parts: Parts) -> Iterator[otio.schema.Track]:
    """Yield tracks with the clips' own sound."""
    audible = [each for each in sounds(parts.film.events) if not parts.is_blank(each.event)]
    for sharing in lanes(audible, lambda each: (each.record, each.end)):
        track = otio.schema.Track(TRACKS["sound"], kind=otio.schema.TrackKind.Audio)
        for each in sharing:
            _lay_sound(track, each, parts)
        yield track


def _lay_sound(track: otio.schema.Track, sound: Sounding, parts: Parts) -> None:
    idle = _idle(track, sound.record)
    if idle or (sound.rise and len(track)):
        track.append(parts.gap(idle))
    if sound.rise:
        track.append(parts.transition(Join("fade-in", Frames(0), sound.rise)))
    track.append(parts.clip(sound.event, parts.range(sound.source, sound.end - sound.record)))
    if sound.fall:
        track.append(parts.transition(Join("fade-out", sound.fall, Frames(0))))
        track.append(parts.gap(0))


def _idle(track: otio.schema.Track, start: int) -> int:
    """Return how long a track has to be silent until then."""
    return start - int(track.duration().value)


def laid_tracks(parts: Parts) -> Iterator[otio.schema.Track]:
    """Yield tracks with voice-overs, effects and music, as many of each as overlap."""
    for role in ("voice-over", "effect", "music"):
        laid = [(number, each) for number, each in enumerate(parts.film.laid) if each.role == role]
        laid.sort(key=lambda each: each[1].start)
        for sharing in lanes(laid, lambda each: _place(each[1], parts)):
            track = otio.schema.Track(TRACKS[role], kind=otio.schema.TrackKind.Audio)
            for number, each in sharing:
                start, _ = _place(each, parts)
                idle = _idle(track, start)
                track.extend([parts.gap(idle)] if idle else [])
                track.append(_laid_clip(number, each, parts))
            yield track


def _place(laid: Laid, parts: Parts) -> tuple[int, int]:
    return laid_place(laid, parts.film, parts.told(laid.path))


def _laid_clip(number: int, laid: Laid, parts: Parts) -> otio.schema.Clip:
    start, end = _place(laid, parts)
    told = parts.told(laid.path)
    named = {"laid": number, **asdict(laid), **media_facts(told)}
    shown = parts.range(frames(laid.offset, parts.film.fps), end - start)
    name = PurePosixPath(laid.path).name
    return otio.schema.Clip(name, reference(told, name, None), shown, under(named))
