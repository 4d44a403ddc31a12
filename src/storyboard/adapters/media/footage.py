"""A clip's pictures in the film's format: its size, its rate, BT.709 limited yuv420p.

Decoding goes straight from the file to planes, without a detour through RGB, so what needs no
compositing reaches the encoder as it was. A clip of the film's own format is not touched; another
size or shape is framed, another rate shows the nearest frame, another colour matrix or range is
converted.
"""

from collections.abc import Generator
from dataclasses import dataclass
from fractions import Fraction

import av
from av.container import InputContainer

from storyboard.adapters.media.colour import Planes
from storyboard.adapters.media.container import DamagedClip, opened, picture_stream
from storyboard.adapters.media.framing import framed
from storyboard.model.delivery import Framing

__all__ = ["Footage"]

_SEEK_FROM = Fraction(1)  # seconds; before that decoding through is as quick


@dataclass(frozen=True, slots=True)
class _Timed:
    """A decoded frame, its seconds since the clip's first, and the shape of its pixels."""

    time: Fraction
    frame: av.VideoFrame
    pixel: Fraction


class Footage:
    """One open clip, read forward only; an index counts frames at the film's rate.

    At most two decoded frames are held. `first` is the lowest index that will be asked for. A clip
    of another shape stands between black bars where there is no `framing`.
    """

    def __init__(
        self,
        path: str,
        *,
        size: tuple[int, int],
        fps: Fraction,
        first: int = 0,
        framing: Framing | None = None,
    ) -> None:
        self._size, self._fps, self._framing = size, fps, framing
        self._frames = _decoded(path, first / fps)
        shown = next(self._frames, None)
        if shown is None:
            message = f"there is not one frame in {path}"
            raise DamagedClip(message)
        self._shown = shown
        self._next = next(self._frames, None)
        self._planes: Planes | None = None

    def planes(self, index: int) -> Planes:
        """Return the frame nearest in time to `index`; after the clip's end its last one."""
        wanted = index / self._fps
        while self._next is not None and self._next_is_nearer(wanted):
            self._shown, self._next = self._next, next(self._frames, None)
            self._planes = None
        if self._planes is None:
            shown = self._shown
            self._planes = framed(shown.frame, shown.pixel, self._size, self._framing)
        return self._planes

    def _next_is_nearer(self, wanted: Fraction) -> bool:
        return self._next is not None and (
            abs(self._next.time - wanted) < abs(self._shown.time - wanted)
        )

    def close(self) -> None:
        """Close the file; nothing can be asked for any more."""
        self._frames.close()


def _decoded(path: str, start: Fraction) -> Generator[_Timed, None, None]:
    """Yield frames with their time since the clip's first, from a key frame before `start` on."""
    with opened(path, coded=True) as container:
        stream = picture_stream(container, path)
        origin = _begin(container, stream, start)
        rate = stream.average_rate or stream.guessed_rate or Fraction(25)
        pixel = stream.sample_aspect_ratio or Fraction(1)
        clock = Fraction(0)
        for frame in container.decode(stream):
            time = _time(frame)
            origin = (time or Fraction(0)) if origin is None else origin
            clock = clock if time is None else time - origin
            yield _Timed(clock, frame, pixel)
            clock += 1 / Fraction(rate)


def _begin(container: InputContainer, stream: av.VideoStream, start: Fraction) -> Fraction | None:
    """Go to where decoding begins; return the time of the first frame, None if it is next.

    Only what is coded is looked at: a key frame takes as long to decode as several others.
    """
    if start < _SEEK_FROM or stream.time_base is None or stream.start_time is None:
        return None
    wanted = stream.start_time + int(start / stream.time_base)
    container.seek(wanted, stream=stream)
    landed = next(container.demux(stream), None)
    if landed is None or landed.pts is None or landed.pts > wanted:
        container.seek(0)
        return None
    container.seek(wanted, stream=stream)
    return stream.start_time * stream.time_base


def _time(frame: av.VideoFrame) -> Fraction | None:
    return None if frame.pts is None or frame.time_base is None else frame.pts * frame.time_base
