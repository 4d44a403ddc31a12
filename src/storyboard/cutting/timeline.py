"""The assembly: every shown shot of a film in its place, counted in whole frames.

This is the seam of the cutting room. A `Timeline` says what the film shows at each frame, and
nothing about how the file is made: today an adapter decodes and encodes all of it, later a splice
plan made from the same value says which spans are copied and which are rendered. Captions, chapters
and interchange files read it too.

Two rules keep it exact. A boundary is the rounded sum of exact times, never a sum of rounded
lengths, so nothing drifts however many shots there are; and both sides of a join round the same
number, so there is neither a gap nor a doubled frame.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

from storyboard.model.diagnostic import Outcome
from storyboard.model.money import Frames, Millis, frames
from storyboard.model.request import ClipKey
from storyboard.model.story import OVERLAPPING, Film, Shot
from storyboard.model.timeline import Event, Timeline

__all__ = ["make_timeline"]

_DIPS = frozenset({"dip-to-black", "dip-to-white"})
_STRAIGHT = frozenset({"cut", "smash", "match"})
_SHORTFALL = Millis(500)
"""How much shorter than ordered a clip may be: models round; its last frame is then held."""


def make_timeline(film: Film, clips: Mapping[str, tuple[ClipKey, Millis]]) -> Outcome[Timeline]:
    """Place every shown shot's clip, given by shot id with its length, on the film's clock.

    Films that contradict themselves were found by an earlier phase, so a contradiction here is a
    bug and raises ValueError. `smash` and `match` are straight cuts. A dip spends half of its
    duration on either side of the join. A `fade-out` is the end of its own shot: a cut leads into
    it. The first shot has nothing to overlap, so its dissolve or wipe is a fade-in.
    """
    shown, rate = film.shown, film.format.fps
    starts = _starts(shown)
    events = tuple(
        _event(shot, start, rate, clips[shot.id], first=not place)
        for place, (shot, start) in enumerate(zip(shown, starts, strict=True))
    )
    _verify(events, frames(film.runtime, rate))
    return Outcome(Timeline(film.title, film.format.width, film.format.height, rate, events))


def _starts(shown: Sequence[Shot]) -> list[Millis]:
    starts, clock = [], 0
    for place, shot in enumerate(shown):
        if place and shot.transition.kind in OVERLAPPING:
            clock -= shot.transition.duration
        starts.append(Millis(clock))
        clock += shot.screen_time
    return starts


def _event(
    shot: Shot, start: Millis, rate: Fraction, clip: tuple[ClipKey, Millis], *, first: bool
) -> Event:
    key, clip_length = clip
    end = Millis(start + shot.screen_time)
    record_in, record_out = frames(start, rate), frames(end, rate)
    source_in = _source_in(shot, rate, clip_length, record_out - record_in)
    kind, spent = _way_in(shot, first=first)
    overlap = _frames_between(start, start + spent, rate)
    fading = shot.transition.duration if shot.transition.kind == "fade-out" else 0
    return Event(
        shot=shot.id,
        scene=shot.scene,
        clip=key,
        record_in=record_in,
        record_out=record_out,
        source_in=source_in,
        source_out=Frames(source_in + record_out - record_in),
        transition=kind if overlap else "cut",
        overlap=overlap,
        fade_out=_frames_between(end - fading, end, rate),
    )


def _frames_between(start: Fraction | int, end: Fraction | int, rate: Fraction) -> Frames:
    """Count frames between two times in milliseconds as their rounded boundaries leave them."""
    return Frames(round(Fraction(end) * rate / 1000) - round(Fraction(start) * rate / 1000))


def _way_in(shot: Shot, *, first: bool) -> tuple[str, Fraction]:
    """Return the kind of the join before a shot, and the milliseconds it takes of this shot."""
    kind, duration = shot.transition.kind, Fraction(shot.transition.duration)
    if kind in _STRAIGHT or kind == "fade-out":
        return "cut", Fraction(0)
    if kind in _DIPS and not first:
        return kind, duration / 2
    return ("fade-in" if first and kind in OVERLAPPING else kind), duration


def _source_in(shot: Shot, rate: Fraction, clip_length: Millis, wanted: int) -> Frames:
    """Return the first frame used of a clip: after handle and trim, earlier if the end lacks."""
    trimmed = shot.trim.start if shot.trim else Millis(0)
    start = frames(Millis(shot.handles + trimmed), rate)
    lacking = max(0, start + wanted - frames(clip_length, rate))
    if lacking > max(1, frames(Millis(shot.handles + _SHORTFALL), rate)):
        message = f"the clip of {shot.id} is {lacking} frames too short"
        raise ValueError(message)
    return Frames(max(0, start - lacking))


def _verify(events: Sequence[Event], total: Frames) -> None:
    """Refuse a timeline with a hole, three pictures at once, or a fade longer than its shot."""
    for event in events:
        if not 0 <= max(event.overlap, event.fade_out) <= event.length or not event.length:
            _refuse(event, "has no room for its transition")
    for before, event in pairwise(events):
        shared = event.overlap if event.transition in OVERLAPPING else 0
        if before.record_out - event.record_in != shared:
            _refuse(event, f"does not follow {before.shot}")
        if shared and before.overlap + shared > before.length:
            _refuse(before, f"has no room for the transition into {event.shot}")
    if (events[-1].record_out if events else 0) != total:
        message = f"the timeline is not {total} frames long"
        raise ValueError(message)


def _refuse(event: Event, problem: str) -> None:
    message = f"shot {event.shot} {problem}"
    raise ValueError(message)
