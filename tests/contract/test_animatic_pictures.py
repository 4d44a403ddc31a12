"""Stills as the eye should see them: the rarer kinds of file."""

import numpy as np
import pytest
from PIL import Image, ImageCms

from storyboard.adapters.media.animatic.stage import staged
from storyboard.adapters.media.picture import open_picture


def middle(path):
    picture = open_picture(str(path), (64, 64))
    assert picture.mode == "RGB"
    return picture.getpixel((picture.width // 2, picture.height // 2))


def test_a_colour_profile_is_honoured(tmp_path):
    """A picture made for other colours is brought to ours; a profile that is junk is ignored."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for name, data in (("good", profile), ("junk", b"not a profile")):
        path = tmp_path / f"{name}.png"
        Image.new("RGB", (8, 8), (200, 40, 40)).save(path, icc_profile=data)
        assert middle(path) == pytest.approx((200, 40, 40), abs=2)


@pytest.mark.parametrize(
    ("kind", "value", "level"),
    [(np.float32, 0.5, 128), (np.int32, 32_896, 128), (np.int32, 65_536 * 4, 255)],
)
def test_deep_pictures_keep_their_brightness(kind, value, level, tmp_path):
    """Floats run from 0 to 1, whole numbers to sixteen bits, or as far as the picture goes."""
    path = tmp_path / "deep.tiff"
    Image.fromarray(np.full((8, 8), value, kind)).save(path)
    assert middle(path) == pytest.approx((level,) * 3, abs=1)


@pytest.mark.parametrize(("size", "wide", "high"), [((100, 100), 1, 16 / 9), ((320, 90), 2, 1)])
def test_a_picture_is_measured_in_frames_that_it_covers(size, wide, high):
    """The frame is covered; what is left over on one side is room to move in."""
    _, stage = staged(Image.new("RGB", size), 160, 90)
    assert (stage.wide, stage.high) == (pytest.approx(wide), pytest.approx(high))


def test_a_picture_far_longer_than_the_frame_is_cut_to_three_frames():
    """A panorama is not prepared further than any move goes."""
    picture, stage = staged(Image.new("RGB", (5000, 10)), 160, 90)
    assert stage.wide == pytest.approx(3)
    assert picture.width < 60
