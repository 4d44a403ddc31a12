"""The film's pictures in order: decoded where one clip stands alone, composed where two join.

Most frames of a film are one clip's frame as it is. Those go from decoder to encoder as planes and
never become anything else. At most two clips are open: the one shown and, while it dissolves, the
next.
"""

import contextlib
from collections import deque
from collections.abc import Generator, Iterator, Mapping

import moviepy

from storyboard.adapters.media.colour import Planes
from storyboard.adapters.media.cut.layouts import PACKED, Layout, layout_for
from storyboard.adapters.media.cut.opticals import crossed, faded, photograph
from storyboard.adapters.media.footage import Footage
from storyboard.cutting.joins import coming, going, seen_in, shared
from storyboard.model.request import ClipKey
from storyboard.model.timeline import Event, Timeline

__all__ = ["pictures"]


def pictures(
    timeline: Timeline, clips: Mapping[ClipKey, str], first: int = 0, until: int | None = None
) -> Generator[Planes, None, None]:
    """Yield the film's frames from `first` up to `until`, or to its end."""
    wanted = range(first, timeline.length if until is None else until)
    neighbours = seen_in(wanted, timeline.events)
    fresh = (_Reel(event, after, timeline, clips, wanted) for event, after in neighbours)
    threaded: deque[_Reel] = deque()
    try:
        for event, after in neighbours:
            if not threaded:
                threaded.append(next(fresh))
            alone = range(event.record_in + shared(event), event.record_out - shared(after))
            yield from map(threaded[0].picture, _both(alone, wanted))
            both = _both(range(alone.stop, event.record_out), wanted)
            if both:
                threaded.append(next(fresh))
                yield from _crossing(threaded[0], threaded[1], both)
            threaded.popleft().close()
    finally:
        for reel in threaded:
            reel.close()


def _both(one: range, other: range) -> range:
    return range(max(one.start, other.start), min(one.stop, other.stop))


def _crossing(before: "_Reel", after: "_Reel", numbers: range) -> Iterator[Planes]:
    """Yield the frames in which both clips are on the screen."""
    kind, fps = after.event.transition, before.fps
    layout, overlap = layout_for(kind), float(after.event.overlap / fps)
    crossing = crossed(before.clip(layout), after.clip(layout), kind, overlap)
    start = before.event.record_in
    with contextlib.closing(crossing):
        for number in numbers:
            yield layout.planes(photograph(crossing, number - start, fps))


class _Reel:
    """One event, threaded up: its open clip, asked by the film's own frame numbers."""

    def __init__(
        self,
        event: Event,
        after: Event | None,
        timeline: Timeline,
        clips: Mapping[ClipKey, str],
        wanted: range,
    ) -> None:
        size = (timeline.width, timeline.height)
        begin = event.source_frame(max(0, wanted.start - event.record_in))
        self._footage = Footage(clips[event.clip], size=size, fps=timeline.fps, first=begin)
        self.event, self.fps, self._size = event, timeline.fps, size
        self._fades = (coming(event), going(event, after))
        self._fading: moviepy.VideoClip | None = None

    def clip(self, layout: Layout) -> moviepy.VideoClip:
        """Return the event with its fades, for moviepy."""
        # No method of ours: moviepy keeps what it is given, and a ring would outlive its use.
        footage, event = self._footage, self.event
        return faded(
            lambda number: footage.planes(event.source_frame(number)),
            layout,
            length=event.length,
            fps=self.fps,
            size=self._size,
            fades=self._fades,
        )

    def picture(self, number: int) -> Planes:
        """Return the film's frame `number` where this clip stands alone."""
        place = number - self.event.record_in
        if not self._is_fading(place):
            return self._footage.planes(self.event.source_frame(place))
        if self._fading is None:
            self._fading = self.clip(PACKED)
        return PACKED.planes(photograph(self._fading, place, self.fps))

    def _is_fading(self, place: int) -> bool:
        first, last = self._fades
        return bool(
            (first and place < first.frames) or (last and place >= self.event.length - last.frames)
        )

    def close(self) -> None:
        self._footage.close()
