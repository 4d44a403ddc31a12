"""A clip's pictures in the film's format: its size, its rate, BT.709 limited yuv420p.

Decoding goes straight from the file to planes, without a detour through RGB, so what needs no
compositing reaches the encoder as it was. A clip of the film's own format is not touched; another
size is scaled to fit and padded with black, another rate shows the nearest frame, another colour
matrix or range is converted.
"""

from collections.abc import Generator
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from av.container import InputContainer
from av.video.reformatter import ColorRange, Colorspace, Interpolation

from storyboard.adapters.media.colour import Bytes, Planes
from storyboard.adapters.media.container import DamagedClip, opened, picture_stream

__all__ = ["Footage", "matrix_of", "range_of"]

_BLACK = (16, 128, 128)
_SEEK_FROM = Fraction(1)  # seconds; before that decoding through is as quick
_SQUEEZE = 0.01  # a shape this near the film's fills it: bars of two lines look like a mistake
# ITU-T H.273 matrix coefficients, as a frame carries them; 2 is "unspecified".
_UNSPECIFIED = 2
_MATRICES = {
    4: Colorspace.FCC,
    5: Colorspace.ITU601,
    6: Colorspace.ITU601,
    7: Colorspace.SMPTE240M,
    9: Colorspace.BT2020,
    10: Colorspace.BT2020,
}
_LARGEST_SD = (1024, 576)
_FULL_RANGE = 2


@dataclass(frozen=True, slots=True)
class _Timed:
    """A decoded frame, its seconds since the clip's first, and the shape of its pixels."""

    time: Fraction
    frame: av.VideoFrame
    pixel: Fraction


class Footage:
    """One open clip, read forward only; an index counts frames at the film's rate.

    At most two decoded frames are held. `first` is the lowest index that will be asked for.
    """

    def __init__(self, path: str, *, size: tuple[int, int], fps: Fraction, first: int = 0) -> None:
        self._size, self._fps = size, fps
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
            self._planes = _conform(self._shown, self._size)
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
    with opened(path) as container:
        stream = picture_stream(container, path)
        first = next(container.decode(stream), None)
        if first is None:
            return
        origin = _time(first) or Fraction(0)
        if start < _SEEK_FROM or not _seek(container, stream, origin + start):
            container.seek(0)
        rate = stream.average_rate or stream.guessed_rate or Fraction(25)
        pixel = stream.sample_aspect_ratio or Fraction(1)
        clock = Fraction(0)
        for frame in container.decode(stream):
            time = _time(frame)
            clock = clock if time is None else time - origin
            yield _Timed(clock, frame, pixel)
            clock += 1 / Fraction(rate)


def _seek(container: InputContainer, stream: av.VideoStream, wanted: Fraction) -> bool:
    """Go to a key frame at or before `wanted`; False where the file cannot say it is there."""
    if stream.time_base is None:
        return False
    container.seek(int(wanted / stream.time_base), stream=stream)
    landed = next(container.decode(stream), None)
    time = _time(landed) if landed else None
    if time is None or time > wanted:
        return False
    container.seek(int(wanted / stream.time_base), stream=stream)
    return True


def _time(frame: av.VideoFrame) -> Fraction | None:
    return None if frame.pts is None or frame.time_base is None else frame.pts * frame.time_base


def matrix_of(frame: av.VideoFrame) -> Colorspace:
    """Return the matrix a frame was made with; unmarked, players take small ones for BT.601."""
    if frame.colorspace != _UNSPECIFIED:
        return _MATRICES.get(frame.colorspace, Colorspace.ITU709)
    is_small = frame.width <= _LARGEST_SD[0] and frame.height <= _LARGEST_SD[1]
    return Colorspace.ITU601 if is_small else Colorspace.ITU709


def range_of(frame: av.VideoFrame) -> ColorRange:
    """Return the range of a frame's levels; unmarked, video is limited."""
    is_full = frame.color_range == _FULL_RANGE or frame.format.name.startswith("yuvj")
    return ColorRange.JPEG if is_full else ColorRange.MPEG


def _conform(timed: _Timed, size: tuple[int, int]) -> Planes:
    frame = timed.frame
    width, height = _fitted(frame, timed.pixel, size)
    conformed = frame.reformat(
        width,
        height,
        "yuv420p",
        src_colorspace=matrix_of(frame),
        dst_colorspace=Colorspace.ITU709,
        src_color_range=range_of(frame),
        dst_color_range=ColorRange.MPEG,
        interpolation=Interpolation.BICUBIC | Interpolation.ACCURATE_RND,
        threads=1,
    )
    planes = [_pixels(plane) for plane in conformed.planes]
    if (width, height) != size:
        planes = [_padded(*each, size) for each in zip(planes, _BLACK, (1, 2, 2), strict=True)]
    return Planes(*planes)


def _fitted(frame: av.VideoFrame, pixel: Fraction, size: tuple[int, int]) -> tuple[int, int]:
    """Return the largest even size of the frame's shape, its pixels' shape too, within `size`."""
    shape, wanted = frame.width * pixel / frame.height, Fraction(*size)
    if abs(shape / wanted - 1) <= _SQUEEZE:
        return size
    if shape > wanted:
        return size[0], max(2, round(size[0] / shape / 2) * 2)
    return max(2, round(size[1] * shape / 2) * 2), size[1]


def _pixels(plane: av.video.plane.VideoPlane) -> Bytes:
    lines = np.frombuffer(memoryview(plane), np.uint8)
    return lines.reshape(plane.height, plane.line_size)[:, : plane.width]


def _padded(pixels: Bytes, black: int, step: int, size: tuple[int, int]) -> Bytes:
    """Lay a plane in the middle of black, at even places so that luma and chroma stay together."""
    width, height = (side // step for side in size)
    lines, columns = pixels.shape
    full_left, full_top = (size[0] - columns * step) // 2, (size[1] - lines * step) // 2
    left, top = full_left // 2 * 2 // step, full_top // 2 * 2 // step
    canvas = np.full((height, width), black, np.uint8)
    canvas[top : top + lines, left : left + columns] = pixels
    return canvas
