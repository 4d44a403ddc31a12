"""The assembly: every shown shot and card of a film in its place, counted in whole frames.

This is the seam of the cutting room. A `Timeline` says what the film shows and sounds like at each
frame, and nothing about how the file is made: a splice plan made from it says which spans are
copied and which are rendered. Captions, chapters and interchange files read it too.

Two rules keep it exact. A boundary is the rounded sum of exact times, never a sum of rounded
lengths, so nothing drifts however many shots there are; and both sides of a join round the same
number, so there is neither a gap nor a doubled frame.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from storyboard.cutting.captions import captions_of, chapters_of
from storyboard.cutting.joins import alone, followed, shared
from storyboard.cutting.laid import laid_over
from storyboard.model.diagnostic import Outcome
from storyboard.model.money import Frames, Millis, frames
from storyboard.model.placement import Placement, placements
from storyboard.model.post import Card
from storyboard.model.request import ClipKey
from storyboard.model.story import Film, Shot
from storyboard.model.timeline import Event, Timeline

__all__ = ["make_timeline", "verify"]

_DIPS = frozenset({"dip-to-black", "dip-to-white"})
_SHORTFALL = Millis(500)
"""How much shorter than ordered a clip may be: models round; its last frame is then held."""

_Clips = Mapping[str, tuple[ClipKey, Millis]]


def make_timeline(film: Film, clips: _Clips) -> Outcome[Timeline]:
    """Place every shown shot's clip, given by shot id with its length, on the film's clock.

    Films that contradict themselves were found by an earlier phase, so a contradiction here is a
    bug and raises ValueError. `smash` and `match` are straight cuts. A dip spends half of its
    duration on either side of the join. A `fade-out` is the end of its own shot: a cut leads into
    it. What comes first, or after a title card, has no picture to overlap: its dissolve or wipe is
    a fade-in. A clip shorter than ordered gives up its trim and handle, and the sound that led and
    trailed with them.
    """
    placed, rate = placements(film), film.format.fps
    for each in placed:
        _possible(each, rate)
    total = frames(film.runtime, rate)
    events = tuple(_event(each, rate, clips) for each in placed)
    verify(events, total)
    timeline = Timeline(
        title=film.title,
        width=film.format.width,
        height=film.format.height,
        fps=rate,
        events=events,
        captions=captions_of(film, events, rate),
        chapters=chapters_of(film, events),
        laid=laid_over(film, placed),
        loudness=film.loudness,
        metadata=film.metadata,
        language=film.language,
    )
    return Outcome(timeline)


def _possible(placed: Placement, rate: Fraction) -> None:
    """Refuse what the checks let nobody ask for."""
    if not placed.moves(rate):
        _refuse(placed.item.id, "does not run for a frame")
    if not placed.fits:
        _refuse(placed.item.id, "has no room for its transitions")
    if isinstance(placed.item, Shot):
        mix = placed.item.mix
        if mix.lead > placed.lead_room or mix.trail > placed.trail_room:
            _refuse(placed.item.id, "has no sound to lead or trail with")


def _event(placed: Placement, rate: Fraction, clips: _Clips) -> Event:
    if isinstance(placed.item, Card):
        return _shown(placed, rate, ClipKey(f"card:{placed.item.id}"), "")
    key, length = clips[placed.item.id]
    return _clipped(_shown(placed, rate, key, placed.item.scene), placed.item, placed, length, rate)


def _shown(placed: Placement, rate: Fraction, clip: ClipKey, scene: str) -> Event:
    """Place an event in the film, as one that shows all of its clip."""
    start, end = placed.start, placed.end
    opening, length = _opening(placed, rate), _between(start, end, rate)
    return Event(
        shot=placed.item.id,
        scene=scene,
        clip=clip,
        record_in=frames(start, rate),
        record_out=frames(end, rate),
        source_in=Frames(0),
        source_out=length,
        transition=placed.kind if opening else "cut",
        overlap=opening,
        fade_out=_between(end - placed.fade_out, end, rate),
        available=length,
    )


def _clipped(event: Event, shot: Shot, placed: Placement, clip: Millis, rate: Fraction) -> Event:
    """Say which part of its clip an event shows, how fast, and which more of it is heard."""
    hold = _between(placed.end - shot.hold, placed.end, rate)
    spanned = Frames(int((event.length - hold - 1) * shot.speed) + 1)
    available = frames(clip, rate)
    source_in = _source_in(shot, rate, available, spanned)
    unseen = max(0, available - source_in - spanned)
    return replace(
        event,
        source_in=source_in,
        source_out=Frames(source_in + spanned),
        available=available,
        speed=shot.speed,
        hold=hold,
        lead=min(_between(placed.start - shot.mix.lead, placed.start, rate), _ran(source_in, shot)),
        trail=min(_between(placed.end, placed.end + shot.mix.trail, rate), _ran(unseen, shot)),
        gain=shot.mix.gain,
        mute=shot.mix.mute,
    )


def _ran(clip_frames: int, shot: Shot) -> Frames:
    """Return the whole frames of the film in which so many of the clip go by."""
    return Frames(int(clip_frames / shot.speed))


def _opening(placed: Placement, rate: Fraction) -> Frames:
    """Return the frames that the join takes at an event's start; of a dip, as many on each side."""
    start = placed.start
    opening = _between(start, start + placed.opening, rate)
    if placed.kind in _DIPS and start:
        return min(opening, _between(start - placed.opening, start, rate))
    return opening


def _between(start: Fraction | int, end: Fraction | int, rate: Fraction) -> Frames:
    """Count frames between two times in milliseconds as their rounded boundaries leave them."""
    return Frames(round(Fraction(end) * rate / 1000) - round(Fraction(start) * rate / 1000))


def _source_in(shot: Shot, rate: Fraction, available: int, wanted: int) -> Frames:
    """Return the first frame used of a clip: after handle and trim, earlier if the end lacks."""
    trimmed = shot.trim.start if shot.trim else Millis(0)
    start = frames(Millis(shot.handles + trimmed), rate)
    lacking = max(0, start + wanted - available)
    if lacking > max(1, frames(Millis(shot.handles + _SHORTFALL), rate)):
        message = f"the clip of {shot.id} is {lacking} frames too short"
        raise ValueError(message)
    return Frames(max(0, start - lacking))


def verify(events: Sequence[Event], total: int) -> None:
    """Refuse events with a hole, three pictures at once, or ends longer than what they end."""
    for event in events:
        if not 0 <= event.hold < event.length:
            _refuse(event.shot, "stands still")
        if event.source_out != event.source_frame(event.length - 1) + 1:
            _refuse(event.shot, "shows another part of its clip than it says")
    for event, after in followed(events):
        first, until = alone(event, after)
        if first > until:
            _refuse(event.shot, "has no room for its transitions")
        if after and event.record_out - after.record_in != shared(after):
            _refuse(after.shot, f"does not follow {event.shot}")
    if (events[-1].record_out if events else 0) != total:
        message = f"the timeline is not {total} frames long"
        raise ValueError(message)


def _refuse(shot: str, problem: str) -> None:
    message = f"shot {shot} {problem}"
    raise ValueError(message)
