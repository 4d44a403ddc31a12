"""The film as editing programs lay it out: pieces end to end on a track, with joins between them.

A `Timeline` lets two shots share the frames of a dissolve. Editors cut once, somewhere inside those
frames, and keep what each shot shows beyond the cut as handles. All interchange formats say it that
way, so the rearrangement is here, and its reverse:

    the film      A A A A A A            A's last two frames are B's first two
                          B B B B B
    the picture   A A A A A|B B B B      the cut, with one of them before it and one after
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import TypeAlias, TypeVar

from storyboard.cutting.joins import coming, going, shared
from storyboard.model.money import Frames, Millis, frames
from storyboard.model.story import OVERLAPPING
from storyboard.model.timeline import Event, Laid, Timeline

__all__ = [
    "Join",
    "Lane",
    "Media",
    "Piece",
    "Sounding",
    "events_of",
    "laid_place",
    "lanes",
    "picture",
    "sounds",
]

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Media:
    """What editors are told of a shot: its clip's file, if it is owned, and how it came to be.

    `url` is absolute. Size and rate are the file's own, None where nobody measured them, and
    `sound` is whether it has any. `facts` are pairs of a word and what it says of the shot.
    """

    url: str | None = None
    size: tuple[int, int] | None = None
    fps: Fraction | None = None
    sound: bool = True
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """`length` frames of the film from `record` on, showing an event's clip from `source` on.

    A `still` shows that one frame all the time.
    """

    event: Event
    record: Frames
    length: Frames
    source: Frames
    still: bool = False

    @property
    def end(self) -> Frames:
        return Frames(self.record + self.length)


@dataclass(frozen=True, slots=True)
class Join:
    """A transition at a cut, or at a piece that has nothing beside it: frames before and after.

    `kind` is the event's word for how it comes; `fade-out` is how one goes by itself.
    """

    kind: str
    before: Frames
    after: Frames


@dataclass(frozen=True, slots=True)
class Sounding:
    """An event's own sound on the film's clock, from `source` of its clip; fades in frames."""

    event: Event
    record: Frames
    end: Frames
    source: Frames
    rise: Frames = Frames(0)
    fall: Frames = Frames(0)


Lane: TypeAlias = tuple[Piece | Join, ...]


def picture(events: Sequence[Event]) -> Lane:
    """Lay the pictures end to end: nothing overlaps, and no frame is left out."""
    joins = [_way_in(before, event) for before, event in pairwise((None, *events)) if event]
    followers = [*zip(events[1:], joins[1:], strict=True), (None, None)]
    lane: list[Piece | Join] = []
    for event, join, (after, out) in zip(events, joins, followers, strict=False):
        lane += [join] if join else []
        lane += _pieces(event, _late(event, join), out.after if out and shared(after) else 0)
        if event.fade_out and not shared(after) and not (out and out.before):
            lane.append(Join("fade-out", event.fade_out, Frames(0)))
    return tuple(lane)


def _late(event: Event, join: Join | None) -> int:
    """Return how many of an event's first frames are shown before its cut."""
    return join.before if join and shared(event) else 0


def _way_in(before: Event | None, event: Event) -> Join | None:
    """Return the join into an event. A dissolve is cut in its middle where nothing forbids it.

    Frames that the event before holds cannot be had from its clip: they stay on one side of the
    cut. And there has to be a moving frame after it.
    """
    if not event.overlap:
        return None
    if before is None or not shared(event):
        dipped = going(before, event) if before and event.transition != "fade-in" else None
        return Join(event.transition, Frames(dipped.frames if dipped else 0), event.overlap)
    early = min(event.overlap // 2, max(0, event.length - event.hold - 1))
    if before.hold < event.overlap:
        early = min(early, event.overlap - before.hold)
    return Join(event.transition, Frames(early), Frames(event.overlap - early))


def _pieces(event: Event, late: int, early: int) -> Iterator[Piece]:
    """Yield an event less `late` frames at its start and `early` ones at its end."""
    until, stop = event.length - early, event.length - event.hold
    moving = min(stop, until)
    start = Frames(event.record_in + late)
    yield Piece(event, start, Frames(moving - late), event.source_frame(late))
    if until > stop:
        held = event.source_frame(event.length - 1)
        start = Frames(event.record_in + stop)
        yield Piece(event, start, Frames(until - stop), held, still=True)


def sounds(events: Sequence[Event]) -> tuple[Sounding, ...]:
    """Return every shot's own sound: with its lead and trail, silent with a picture that is held.

    Sounds overlap where they cross; `lanes` puts them on tracks.
    """
    return tuple(
        _sounding(event, after)
        for event, after in pairwise((*events, None))
        if event is not None and not event.mute
    )


def _sounding(event: Event, after: Event | None) -> Sounding:
    start = max(0, event.record_in - event.lead)
    end = event.record_out - event.hold if event.hold else event.record_out + event.trail
    rising, falling = coming(event), going(event, after)
    rise = shared(event) or (rising.frames if rising else 0)
    fall = shared(after) or (falling.frames if falling else 0)
    return Sounding(
        event=event,
        record=Frames(start),
        end=Frames(end),
        source=Frames(event.source_in - int((event.record_in - start) * event.speed)),
        rise=Frames(0 if event.lead else rise),
        fall=Frames(0 if event.trail or event.hold else fall),
    )


def lanes(
    spans: Iterable[_T], place: Callable[[_T], tuple[int, int]]
) -> tuple[tuple[_T, ...], ...]:
    """Spread what overlaps over as few tracks as it takes, each span on the first that is free.

    `place` says from when to when a span lasts; they come in order of their starts, or nearly.
    """
    tracks: list[list[_T]] = []
    for span in spans:
        start, _ = place(span)
        free = (track for track in tracks if place(track[-1])[1] <= start)
        track = next(free, None)
        if track is None:
            tracks.append([span])
        else:
            track.append(span)
    return tuple(tuple(track) for track in tracks)


def laid_place(laid: Laid, film: Timeline, told: Media) -> tuple[int, int]:
    """Return the frames, half-open, that a laid sound fills: as long as its file lasts.

    The fact `milliseconds` says how long; where it is unknown it lasts to the film's end.
    """
    start = frames(laid.start, film.fps)
    length = dict(told.facts).get("milliseconds")
    until = film.length if length is None else start + frames(Millis(int(length)), film.fps)
    end = until if laid.end is None else frames(laid.end, film.fps)
    return start, max(start + 1, end)


def events_of(lane: Lane, heard: Sequence[Sounding]) -> tuple[Event, ...]:
    """Read the events off a picture track and their sounds: the reverse of `picture` and `sounds`.

    The pieces' events need only say what a track does not: the shot, its speed, …
    """
    shots, joins = _grouped(lane)
    by_shot = {each.event.shot: each for each in heard}
    return tuple(
        _heard(_event(pieces, into, out), by_shot.get(pieces[0].event.shot))
        for pieces, (into, out) in zip(shots, pairwise(joins), strict=True)
    )


def _grouped(lane: Lane) -> tuple[list[list[Piece]], list[list[Join]]]:
    """Put the pieces of each shot together, and the joins before each and after the last."""
    shots: list[list[Piece]] = []
    joins: list[list[Join]] = [[]]
    for item in lane:
        if isinstance(item, Join):
            joins[-1].append(item)
        elif item.still and shots and not joins[-1] and shots[-1][0].event == item.event:
            shots[-1].append(item)
        else:
            shots.append([item])
            joins.append([])
    return shots, joins


def _event(pieces: Sequence[Piece], into: Sequence[Join], out: Sequence[Join]) -> Event:
    first, last, told = pieces[0], pieces[-1], pieces[0].event
    way_in = next((join for join in into if join.kind != "fade-out"), None)
    fading = next((join for join in out if join.kind == "fade-out"), None)
    late = way_in.before if way_in and way_in.kind in OVERLAPPING else 0
    early = sum(join.after for join in out if join.kind in OVERLAPPING)
    record_in, record_out = first.record - late, last.end + early
    source_in = first.source - int(late * told.speed)
    hold = last.length + early if last.still else 0
    moving = record_out - record_in - hold
    spent = 0 if way_in is None else way_in.after + late
    return replace(
        told,
        record_in=Frames(record_in),
        record_out=Frames(record_out),
        source_in=Frames(source_in),
        source_out=Frames(source_in + int((moving - 1) * told.speed) + 1),
        transition=way_in.kind if way_in else "cut",
        overlap=Frames(spent),
        fade_out=fading.before if fading else Frames(0),
        hold=Frames(hold),
    )


def _heard(event: Event, sound: Sounding | None) -> Event:
    if sound is None:
        return replace(event, mute=True)
    lead = Frames(event.record_in - sound.record)
    trail = Frames(0 if event.hold else sound.end - event.record_out)
    return replace(event, lead=lead, trail=trail, mute=False)
