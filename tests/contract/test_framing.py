"""The same picture in another shape: what is kept of it, where it stands, and what is around it."""

from fractions import Fraction

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace
from PIL import Image

from storyboard.adapters.media.colour import Planes
from storyboard.adapters.media.framing import framed
from storyboard.adapters.media.planes import frame_of, planes_of
from storyboard.model.delivery import Framing

WIDE = (320, 180)
SHAPES = {"9:16": (180, 320), "1:1": (180, 180), "4:5": (180, 226), "2.39:1": (430, 180)}
FOCUSES = [(0.5, 0.5), (0.0, 0.0), (1.0, 1.0), (0.3, 0.6)]
SQUARE = Fraction(1)
LOW, SPAN = 40, 160


def ramp(size, *, downwards):
    """Levels that rise evenly rightwards or downwards, so that each tells where it comes from."""
    width, height = size
    places = (np.arange(height if downwards else width) + 0.5) / (height if downwards else width)
    levels = np.rint(LOW + SPAN * places).astype(np.uint8)
    return np.broadcast_to(levels[:, None] if downwards else levels, (height, width))


def map_of(size, *, downwards=False):
    """A picture that says in luma and in one chroma how far right (or down) each pixel is."""
    half = ((size[0] + 1) // 2, (size[1] + 1) // 2)
    flat = np.full(half[::-1], 128, np.uint8)
    return drawn(
        size, Planes(ramp(size, downwards=downwards), ramp(half, downwards=downwards), flat)
    )


def drawn(size, planes, pixels="yuv420p"):
    frame = av.VideoFrame(*size, pixels)
    for plane, values in zip(frame.planes, (planes.y, planes.u, planes.v), strict=True):
        lines = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, -1)
        lines[:, : plane.width] = values
    frame.colorspace, frame.color_range = Colorspace.ITU709, ColorRange.MPEG
    return frame


def seen(pixels, *, downwards=False):
    """Return what part of the map is seen: from where to where, as shares of the whole."""
    line = pixels.mean(axis=1 if downwards else 0)
    return ((line[0] - LOW) / SPAN, (line[-1] - LOW) / SPAN)


def kept(shape, wanted, focus):
    """Work out what should be kept along one side: the part's share, and where it begins."""
    share = min(1.0, wanted / shape)
    begin = min(max(0.0, focus - share / 2), 1 - share)
    return begin, begin + share


@pytest.mark.parametrize("focus", FOCUSES)
@pytest.mark.parametrize("size", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("downwards", [False, True], ids=["across", "down"])
def test_covering_keeps_what_is_around_the_focus(size, focus, downwards):
    """As much as fits and no more; luma and chroma show the same part."""
    picture = framed(map_of(WIDE, downwards=downwards), SQUARE, size, Framing("cover", focus))
    assert picture.y.shape == size[::-1]
    ratio, wanted = WIDE[0] / WIDE[1], size[0] / size[1]
    along = (1 / ratio, 1 / wanted) if downwards else (ratio, wanted)
    right = kept(*along, focus[downwards])
    assert seen(picture.y, downwards=downwards) == pytest.approx(right, abs=0.02)
    assert seen(picture.u, downwards=downwards) == pytest.approx(right, abs=0.03)


@pytest.mark.parametrize("fit", ["cover", "contain"])
@pytest.mark.parametrize("source", [(319, 179), (321, 181), (33, 301)])
def test_odd_sizes_are_framed_too(source, fit):
    """Every picture is of the size that was asked for."""
    picture = framed(map_of(source), SQUARE, (90, 160), Framing(fit, (0.7, 0.2)))
    assert (picture.y.shape, picture.u.shape, picture.v.shape) == ((160, 90), (80, 45), (80, 45))


def test_pixels_that_are_not_square():
    """What counts is the shape that is seen: this one fits as it is, and is not cut."""
    anamorphic = map_of((240, 180))
    assert seen(framed(anamorphic, Fraction(4, 3), WIDE, Framing()).y) == pytest.approx(
        (0, 1), abs=0.02
    )
    assert seen(framed(anamorphic, Fraction(4, 3), (180, 180), Framing()).y) == pytest.approx(
        kept(16 / 9, 1, 0.5), abs=0.02
    )


@pytest.mark.parametrize("framing", [None, Framing(), Framing("contain")])
def test_a_shape_that_is_near_is_not_framed(framing):
    """A hundredth is stretched: nobody sees it, and bars of two lines anybody would."""
    picture = framed(map_of((322, 180)), SQUARE, WIDE, framing)
    assert seen(picture.y) == pytest.approx((0, 1), abs=0.01)
    assert seen(picture.y[:1]) == pytest.approx((0, 1), abs=0.01)


@pytest.mark.parametrize("size", SHAPES.values(), ids=SHAPES)
def test_containing_shows_the_whole_picture(size):
    """In the middle, in its own shape, to the last column and line."""
    inside = middle(size)
    for downwards in (False, True):
        picture = framed(map_of(WIDE, downwards=downwards), SQUARE, size, Framing("contain"))
        y = picture.y[inside]
        assert y.shape[1] / y.shape[0] == pytest.approx(16 / 9, rel=0.02)
        assert seen(y, downwards=downwards) == pytest.approx((0, 1), abs=0.02)


def middle(size):
    """Return the lines and columns in which a contained wide picture stands."""
    scale = min(size[0] / WIDE[0], size[1] / WIDE[1])
    width, height = (round(side * scale / 2) * 2 for side in WIDE)
    left, top = ((size[0] - width) // 4 * 2, (size[1] - height) // 4 * 2)
    return slice(top, top + height), slice(left, left + width)


def test_what_is_around_a_contained_picture():
    """It is the picture itself: half as bright, its colours half as strong, no edge left in it."""
    stripes = np.broadcast_to(np.where(np.arange(320) // 8 % 2, 200, 60), (180, 320))
    red = np.full((90, 160), 180), np.full((90, 160), 108)
    frame = drawn(WIDE, Planes(stripes, *red))
    picture = framed(frame, SQUARE, (180, 320), Framing("contain"))
    lines, _ = middle((180, 320))
    around = np.concatenate([picture.y[: lines.start], picture.y[lines.stop :]]).astype(int)
    assert around.mean() == pytest.approx(16 + (130 - 16) / 2, abs=2)
    assert np.abs(np.diff(around, axis=1)).max() <= 6
    assert np.abs(np.diff(picture.y[lines].astype(int), axis=1)).max() > 50
    assert picture.u[0].mean() == pytest.approx(128 + (180 - 128) / 2, abs=1)
    assert picture.v[0].mean() == pytest.approx(128 + (108 - 128) / 2, abs=1)


def test_without_a_framing_there_are_black_bars():
    """A film whose shape is its clips' own has nothing to choose."""
    picture = framed(map_of(WIDE), SQUARE, (180, 320))
    lines, _ = middle((180, 320))
    assert set(np.unique(picture.y[: lines.start])) == {16}
    assert set(np.unique(picture.y[lines.stop :])) == {16}
    assert seen(picture.y[lines]) == pytest.approx((0, 1), abs=0.02)


@pytest.mark.parametrize("fit", ["cover", "contain"])
def test_a_framed_picture_keeps_its_colours(fit):
    """Whatever matrix and range they came in, the film's are the same."""
    rgb = np.empty((180, 320, 3), np.uint8)
    rgb[:] = (200, 60, 40)
    plain = av.VideoFrame.from_ndarray(rgb, "rgb24")
    marks = [(Colorspace.ITU709, ColorRange.MPEG), (Colorspace.ITU601, ColorRange.JPEG)]
    framings = []
    for matrix, levels in marks:
        frame = plain.reformat(format="yuv420p", dst_colorspace=matrix, dst_color_range=levels)
        frame.colorspace, frame.color_range = matrix, levels
        framings.append(framed(frame, SQUARE, (180, 320), Framing(fit)))
    one, other = framings
    for name in ("y", "u", "v"):
        np.testing.assert_allclose(getattr(one, name).astype(int), getattr(other, name), atol=2)
    back = Image.fromarray(
        tagged(one).reformat(format="rgb24", src_colorspace=1, src_color_range=1).to_ndarray()
    )
    assert back.getpixel((90, 160)) == pytest.approx((200, 60, 40), abs=4)


def tagged(planes):
    frame = frame_of(planes)
    frame.colorspace, frame.color_range = Colorspace.ITU709, ColorRange.MPEG
    return frame


def test_planes_come_back_from_a_frame():
    """To the bit, whatever the library pads its lines with."""
    planes = planes_of(map_of((66, 34)))
    again = planes_of(frame_of(planes))
    for name in ("y", "u", "v"):
        np.testing.assert_array_equal(getattr(planes, name), getattr(again, name))


@pytest.mark.parametrize(
    ("turned", "downwards", "rises"), [(90, True, -1), (-90, True, 1), (180, False, -1)]
)
def test_a_frame_that_lies_on_its_side_is_set_upright(tmp_path, turned, downwards, rises):
    """As players do it: what it says is how far it is turned against the clock."""
    path = str(tmp_path / "clip.mp4")
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = *WIDE, "yuv420p"
        stream.set_display_rotation(turned)
        container.mux([*stream.encode(map_of(WIDE)), *stream.encode(None)])
    with av.open(path) as container:
        lying = next(container.decode(video=0))
    size = WIDE[::-1] if downwards else WIDE
    first, last = seen(framed(lying, SQUARE, size).y, downwards=downwards)
    assert (last - first) * rises > 0.5
