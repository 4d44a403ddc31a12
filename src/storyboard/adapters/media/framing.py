"""A decoded frame in the film's picture: its size and shape, BT.709 limited yuv420p.

Without a framing a picture of another shape keeps its own, between black bars. To cover, the part
around the focus is cut out before it is scaled, at even places so that luma and chroma stay
together. To contain, the bars are the picture itself, out of focus: a copy of a few pixels is
blurred and enlarged, which costs a fraction of blurring the large one and looks the same.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

import av
import numpy as np
import numpy.typing as npt
from av.video.reformatter import ColorRange, Colorspace, Interpolation

from storyboard.adapters.media.colour import Bytes, Planes
from storyboard.adapters.media.planes import frame_of, planes_of
from storyboard.model.delivery import Framing

__all__ = ["framed", "matrix_of", "range_of"]

_Size: TypeAlias = tuple[int, int]

_BLACK = (16, 128, 128)
_SQUEEZE = 0.01  # a shape this near the film's fills it: bars of two lines look like a mistake
_SCALER = Interpolation.BICUBIC | Interpolation.ACCURATE_RND
_BLURRED = 48  # pixels of the shorter side of what is blurred
_SPREADS = (2.0, 1.0, 1.0)  # of those pixels, in each plane: the blur's standard deviation
_DEEPER = np.float32(256)  # from levels of eight bits to those of 16
_DIMMED = np.float32(0.5)  # so that the eye stays with the picture

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


def framed(
    frame: av.VideoFrame, pixel: Fraction, size: tuple[int, int], framing: Framing | None = None
) -> Planes:
    """Return a frame as a picture of `size`; `pixel` is how much wider than high its pixels are."""
    frame, pixel = _upright(frame, pixel)
    shape = _Shape(frame.width, frame.height, pixel)
    fitted = shape.within(size)
    if fitted == size:
        return planes_of(_scaled(frame, size))
    if framing is None:
        return _laid_on(_black(size), planes_of(_scaled(frame, fitted)))
    covering = _cut_out(frame, shape.around(size, framing.focus))
    if framing.fit == "cover":
        return planes_of(_scaled(covering, size))
    return _laid_on(_out_of_focus(covering, size), planes_of(_scaled(frame, fitted)))


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


@dataclass(frozen=True, slots=True)
class _Box:
    """A part of a frame: even pixels from its left and top, and even pixels across and down."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class _Shape:
    """A frame's size in pixels, and how much wider than high each of them is shown."""

    width: int
    height: int
    pixel: Fraction

    def within(self, size: _Size) -> _Size:
        """Return the largest even size of this shape inside `size`; `size` where it is near."""
        shape, wanted = self.width * self.pixel / self.height, Fraction(*size)
        if abs(shape / wanted - 1) <= _SQUEEZE:
            return size
        if shape > wanted:
            return size[0], _even(size[0] / shape)
        return _even(size[1] * shape), size[1]

    def around(self, size: _Size, focus: tuple[float, float]) -> _Box:
        """Return the largest part of the shape of `size`, as near to the focus as it can be."""
        across = Fraction(*size) / self.pixel  # the wanted shape, in pixels of this frame
        width = min(_even(self.height * across), self.width // 2 * 2)
        height = min(_even(self.width / across), self.height // 2 * 2)
        return _Box(
            _placed(focus[0], width, self.width),
            _placed(focus[1], height, self.height),
            width,
            height,
        )


def _even(side: Fraction) -> int:
    return max(2, round(side / 2) * 2)


def _placed(focus: float, part: int, whole: int) -> int:
    """Return where a part begins that has the focus in its middle, unless the edge is too near."""
    return int(min(max(0.0, focus * whole - part / 2), whole - part)) // 2 * 2


def _scaled(frame: av.VideoFrame, size: _Size, how: Interpolation = _SCALER) -> av.VideoFrame:
    return frame.reformat(
        *size,
        "yuv420p",
        src_colorspace=matrix_of(frame),
        dst_colorspace=Colorspace.ITU709,
        src_color_range=range_of(frame),
        dst_color_range=ColorRange.MPEG,
        interpolation=how,
        threads=1,
    )


def _upright(frame: av.VideoFrame, pixel: Fraction) -> tuple[av.VideoFrame, Fraction]:
    """Turn a frame that says it lies on its side, or its head, as players do, and its pixels."""
    quarters = round(frame.rotation / 90) % 4
    if not quarters:
        return frame, pixel
    lying = planes_of(_scaled(frame, (frame.width // 2 * 2, frame.height // 2 * 2)))
    planes = Planes(*(np.rot90(each, quarters) for each in (lying.y, lying.u, lying.v)))
    return _in_film_colours(planes), 1 / pixel if quarters % 2 else pixel


def _in_film_colours(planes: Planes) -> av.VideoFrame:
    frame = frame_of(planes)
    frame.colorspace, frame.color_range = Colorspace.ITU709, ColorRange.MPEG
    return frame


def _cut_out(frame: av.VideoFrame, box: _Box) -> av.VideoFrame:
    """Return a part of a frame, at its own size and in the film's colours."""
    whole = planes_of(_scaled(frame, (frame.width, frame.height)))

    def part(pixels: Bytes, step: int) -> Bytes:
        left, top = box.left // step, box.top // step
        return pixels[top : top + box.height // step, left : left + box.width // step]

    return _in_film_colours(Planes(part(whole.y, 1), part(whole.u, 2), part(whole.v, 2)))


def _out_of_focus(frame: av.VideoFrame, size: _Size) -> Planes:
    """Return a picture that fills `size`, blurred and dimmed.

    In between it is of 16 bits: enlarged from eight, it would show their steps as rings.
    """
    shrink = Fraction(_BLURRED, min(size))
    small = _scaled(frame, (_even(size[0] * shrink), _even(size[1] * shrink)), Interpolation.AREA)
    blurred = av.VideoFrame(small.width, small.height, "yuv420p16le")
    before = planes_of(small)
    for plane, pixels, black, spread in zip(
        blurred.planes, (before.y, before.u, before.v), _BLACK, _SPREADS, strict=True
    ):
        lines = np.frombuffer(memoryview(plane), np.uint16).reshape(plane.height, -1)
        lines[:, : plane.width] = _dimmed(pixels, black, spread)
    blurred.colorspace, blurred.color_range = Colorspace.ITU709, ColorRange.MPEG
    return planes_of(_scaled(blurred, size))


def _dimmed(pixels: Bytes, black: int, spread: float) -> npt.NDArray[np.uint16]:
    blurred = pixels.astype(np.float32)
    for _ in range(2):  # once across, once down
        blurred = _blurred_rows(blurred, spread).T
    dimmed: npt.NDArray[np.uint16] = np.rint(
        (black + (blurred - black) * _DIMMED) * _DEEPER
    ).astype(np.uint16)
    return dimmed


def _blurred_rows(pixels: npt.NDArray[np.float32], spread: float) -> npt.NDArray[np.float32]:
    """Blur along each row by a Gaussian; beyond the edge its last pixel goes on."""
    reach = round(3 * spread)
    places = np.arange(-reach, reach + 1)
    weights = np.exp(-0.5 * (places / spread) ** 2).astype(np.float32)
    padded = np.pad(pixels, ((0, 0), (reach, reach)), "edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1, axis=1)
    blurred: npt.NDArray[np.float32] = windows @ (weights / weights.sum())
    return blurred


def _black(size: _Size) -> Planes:
    width, height = size
    y, u, v = (
        np.full((height // step, width // step), level, np.uint8)
        for level, step in zip(_BLACK, (1, 2, 2), strict=True)
    )
    return Planes(y, u, v)


def _laid_on(ground: Planes, picture: Planes) -> Planes:
    """Lay a picture in the middle of another, at even places so that its chroma comes along."""
    height, width = picture.y.shape
    lines, columns = ground.y.shape
    left, top = (columns - width) // 4, (lines - height) // 4  # in pixels of the chroma

    for under, over, step in (
        (ground.y, picture.y, 2),
        (ground.u, picture.u, 1),
        (ground.v, picture.v, 1),
    ):
        down, across = over.shape
        under[top * step : top * step + down, left * step : left * step + across] = over
    return ground
