"""The splice plan: which frames of the film are copied as they are, and which are rendered.

A frame is copied when one clip alone shows it, unchanged. Compressed pictures cannot be copied one
by one, though: a copy begins at a picture that a decoder can start from, and ends where every
picture before the end is told without one after it. What lies between such a place and a transition
is rendered with it: a few frames, and never a shift by one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from storyboard.cutting.joins import alone, followed, shared
from storyboard.model.money import Frames
from storyboard.model.request import ClipKey
from storyboard.model.timeline import Timeline

__all__ = ["ClipShape", "Copied", "Piece", "Range", "Rendered", "splice"]

Range = tuple[int, int]
"""Frames of the film, half-open."""

_SHORTEST = 4
"""Frames in a copy that is worth a key frame after it."""
_LONG = 12
"""Frames in a rendered stretch that is kept apart from the transition beside it."""


@dataclass(frozen=True, slots=True)
class ClipShape:
    """Where a clip can be cut without rendering, counted in its frames.

    `starts` are pictures that a decoder can start from; `ends` are places that no picture before
    needs anything after. Both are in order.
    """

    starts: tuple[int, ...]
    ends: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Copied:
    """Frames of the film that are one clip's, from its frame `source_in` on."""

    record_in: Frames
    record_out: Frames
    clip: ClipKey
    source_in: Frames


@dataclass(frozen=True, slots=True)
class Rendered:
    """Frames of the film that are composed and encoded; they begin with a key frame."""

    record_in: Frames
    record_out: Frames


Piece = Copied | Rendered


def splice(
    timeline: Timeline, shapes: Mapping[ClipKey, ClipShape], busy: Sequence[Range] = ()
) -> tuple[Piece, ...]:
    """Divide a film into what is copied and what is rendered, in order and without a gap.

    A clip without a shape is never copied; in `busy` ranges, in order, something is laid over the
    picture.
    """
    copies = tuple(_copies(timeline, shapes, busy))
    edges = _edges(timeline)
    pieces: list[Piece] = []
    place = 0
    for copy in (*copies, None):
        until = copy.record_in if copy else timeline.length
        pieces += (Rendered(Frames(a), Frames(b)) for a, b in _divided(place, until, edges))
        if copy:
            pieces.append(copy)
            place = copy.record_out
    return tuple(pieces)


def _copies(
    timeline: Timeline, shapes: Mapping[ClipKey, ClipShape], busy: Sequence[Range]
) -> Iterator[Copied]:
    for event, after in followed(timeline.events):
        shape = shapes.get(event.clip)
        if shape is None or not event.is_plain:
            continue
        for first, until in _without(busy, alone(event, after)):
            offset = event.source_in - event.record_in
            fitting = _fitting(shape, first + offset, until + offset)
            if fitting:
                start, end = fitting
                places = Frames(start - offset), Frames(end - offset)
                yield Copied(*places, event.clip, Frames(start))


def _without(busy: Iterable[Range], free: Range) -> Iterator[Range]:
    place, until = free
    for first, after in busy:
        if after <= place:
            continue
        if first >= until:
            break
        if place < first:
            yield place, first
        place = after
    if place < until:
        yield place, until


def _fitting(shape: ClipShape, first: int, until: int) -> Range | None:
    """Return the longest stretch inside a range of the clip that can be copied, if any is."""
    start = next((place for place in shape.starts if place >= first), None)
    end = next((place for place in reversed(shape.ends) if place <= until), None)
    if start is None or end is None or end - start < _SHORTEST:
        return None
    return start, end


def _divided(start: int, end: int, edges: "_Edges") -> Iterator[Range]:
    """Yield the stretches of a range: divided at every cut, and where a transition begins or ends.

    A stretch of a clip by itself has a name of its own then, and is not rendered again because a
    neighbour changed; a few frames are not worth that.
    """
    place = start
    for edge in sorted(edges.cuts | edges.turns):
        if not start < edge < end:
            continue
        if edge in edges.cuts or min(edge - place, end - edge) >= _LONG:
            yield place, edge
            place = edge
    if place < end:
        yield place, end


@dataclass(frozen=True, slots=True)
class _Edges:
    """Where the film cuts from a shot to the next, and where a transition begins or ends."""

    cuts: frozenset[int]
    turns: frozenset[int]


def _edges(timeline: Timeline) -> _Edges:
    cuts = {event.record_in for event in timeline.events if not shared(event)}
    solo = (alone(event, after) for event, after in followed(timeline.events))
    turns = {place for each in solo for place in each}
    return _Edges(frozenset(cuts), frozenset(turns))
