"""The writer of clips: what it makes of pictures and sound, and what it leaves when it fails."""

from fractions import Fraction

import av
import numpy as np
import pytest

from storyboard.adapters.media.colour import planes_from_rgb
from storyboard.adapters.media.encoder import ClipWriter
from storyboard.model.errors import EnvironmentFault


def test_rgb_becomes_limited_range_bt709():
    """Black, white and the primaries land on the levels the standard gives them."""
    colours = [(0, 0, 0), (255, 255, 255), (255, 0, 0), (0, 255, 0), (0, 0, 255)]
    levels = [(16, 128, 128), (235, 128, 128), (63, 102, 240), (173, 42, 26), (32, 240, 118)]
    for colour, level in zip(colours, levels, strict=True):
        planes = planes_from_rgb(np.full((70, 4, 3), colour, np.uint8))
        for plane, value in zip((planes.y, planes.u, planes.v), level, strict=True):
            assert np.all(plane == value), colour


def test_a_writer_whose_body_raises_leaves_no_file(tmp_path):
    """Half a clip is never mistaken for one."""
    path = tmp_path / "clip.mp4"
    seen = []

    def fail():
        with ClipWriter(str(path), width=16, height=16, fps=Fraction(24)) as clip:
            clip.write_rgb(np.zeros((16, 16, 3), np.uint8))
            seen.append(path.exists())
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert seen == [True]
    assert not path.exists()


def test_a_path_that_cannot_be_written_is_a_fault_of_the_environment(tmp_path):
    """What the disk refuses is told in words."""
    with pytest.raises(EnvironmentFault, match="could not write"):
        ClipWriter(str(tmp_path / "no" / "clip.mp4"), width=16, height=16, fps=Fraction(24))


def test_a_writer_makes_the_key_frames_it_is_told(tmp_path):
    """A clip can be cut without encoding at the frames named, and at no others."""
    path = tmp_path / "clip.mp4"
    size = {"width": 32, "height": 32, "fps": Fraction(24)}
    with ClipWriter(str(path), **size, keyframes=frozenset({5, 9})) as clip:
        for number in range(12):
            clip.write_rgb(np.full((32, 32, 3), 10 * number, np.uint8))
    with av.open(str(path)) as read:
        keys = [number for number, frame in enumerate(read.decode(video=0)) if frame.key_frame]
    assert keys == [0, 5, 9]


def test_sound_of_any_length_ends_with_the_picture(tmp_path):
    """Sound in odd pieces, too long or none, is cut or padded to the frames written."""
    rng = np.random.default_rng(0)
    for lengths in ((), (1, 999, 48_000 * 3), (700,) * 40):
        path = tmp_path / "clip.mp4"
        with ClipWriter(str(path), width=16, height=16, fps=Fraction(24)) as clip:
            for length in lengths:
                clip.write_sound(rng.normal(0, 0.1, (length, 2)).astype(np.float32))
            for _ in range(24):
                clip.write_rgb(np.zeros((16, 16, 3), np.uint8))
        with av.open(str(path)) as read:
            audio = read.streams.audio[0]
            assert audio.duration * audio.time_base == 1


def test_a_picture_with_an_odd_side_is_refused():
    """4:2:0 has no half column; the writer says so before it opens anything."""
    with pytest.raises(ValueError, match="even"):
        ClipWriter("unused.mp4", width=15, height=16, fps=Fraction(24))
