"""The film's pictures in order: decoded where one clip stands alone, composed where two join.

Most frames of a film are one clip's frame as it is. Those go from decoder to encoder as planes and
never become RGB. At most two clips are open: the one shown and, while it dissolves, the next.
"""

from collections import deque
from collections.abc import Generator, Mapping
from fractions import Fraction
from itertools import zip_longest

import moviepy

from storyboard.adapters.media.colour import Planes
from storyboard.adapters.media.cut.footage import Footage
from storyboard.adapters.media.cut.joins import coming, going, shared
from storyboard.adapters.media.cut.opticals import crossed, faded, photograph
from storyboard.model.request import ClipKey
from storyboard.model.timeline import Event, Timeline

__all__ = ["pictures"]


def pictures(timeline: Timeline, clips: Mapping[ClipKey, str]) -> Generator[Planes, None, None]:
    """Yield every frame of the film: frame n of an event is frame `source_in + n` of its clip."""
    neighbours = list(zip_longest(timeline.events, timeline.events[1:]))
    fresh = (_Reel(event, after, timeline, clips[event.clip]) for event, after in neighbours)
    threaded: deque[_Reel] = deque()
    try:
        for event, after in neighbours:
            if not threaded:
                threaded.append(next(fresh))
            alone = range(event.record_in + shared(event), event.record_out - shared(after))
            yield from map(threaded[0].picture, alone)
            if shared(after):
                threaded.append(next(fresh))
                yield from _crossing(threaded[0], threaded[1], timeline.fps)
            threaded.popleft().close()
    finally:
        for reel in threaded:
            reel.close()


def _crossing(before: "_Reel", after: "_Reel", fps: Fraction) -> Generator[Planes, None, None]:
    """Yield the frames in which both clips are on the screen."""
    overlap = float(after.event.overlap / fps)
    crossing = crossed(before.clip, after.clip, after.event.transition, overlap)
    start = before.event.record_in
    for number in range(after.event.record_in, before.event.record_out):
        yield photograph(crossing, number - start, fps)


class _Reel:
    """One event, threaded up: its open clip, asked by the film's own frame numbers."""

    def __init__(self, event: Event, after: Event | None, timeline: Timeline, path: str) -> None:
        size = (timeline.width, timeline.height)
        footage = Footage(path, size=size, fps=timeline.fps, first=event.source_in)
        self.event, self._fps, self._footage = event, timeline.fps, footage
        self._fades = (coming(event), going(event, after))
        # Not a method: moviepy keeps what it is given, and a ring of the two would outlive its use.
        self.clip: moviepy.VideoClip = faded(
            lambda number: footage.planes(event.source_in + number),
            length=event.length,
            fps=timeline.fps,
            size=size,
            fades=self._fades,
        )

    def picture(self, number: int) -> Planes:
        """Return the film's frame `number` where this clip stands alone."""
        place = number - self.event.record_in
        if self._is_fading(place):
            return photograph(self.clip, place, self._fps)
        return self._footage.planes(self.event.source_in + place)

    def _is_fading(self, place: int) -> bool:
        first, last = self._fades
        return bool(
            (first and place < first.frames) or (last and place >= self.event.length - last.frames)
        )

    def close(self) -> None:
        self._footage.close()
