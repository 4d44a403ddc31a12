"""A film from real photographs, built by the real command, decoded and measured."""

import json

import av
import numpy as np
import pytest
from PIL import Image
from skimage import data

from fakes.command import storyboard

FILM = """\
storyboard: 1
title: Three photographs
format: {aspect: "16:9", resolution: 480p, fps: 25}
model: bytedance/seedance-2.0/image-to-video
defaults: {duration: 1s}
shots:
  - {id: cat, image: cat.jpg, action: A cat looks up., camera: {move: push-in}}
  - {id: rocket, image: rocket.png, action: A rocket stands., camera: {move: tilt-up}}
  - id: coffee
    image: coffee.png
    action: Coffee steams.
    transition: {type: dissolve, duration: 0.4s}
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Build the film twice, in one project."""
    folder = tmp_path_factory.mktemp("photographs")
    Image.fromarray(data.chelsea()).save(folder / "cat.jpg", quality=92)
    Image.fromarray(data.rocket()).save(folder / "rocket.png")
    Image.fromarray(data.coffee()).save(folder / "coffee.png")
    (folder / "film.yaml").write_text(FILM)
    home = tmp_path_factory.mktemp("home")
    first = storyboard("build", "film.yaml", cwd=folder, home=home)
    second = storyboard("build", "film.yaml", "--json", cwd=folder, home=home)
    return folder, first, second


@pytest.mark.slow
def test_the_film_is_what_was_ordered(built):
    """H.264 and AAC at the film's size and rate, picture and sound as long as the plan says."""
    folder, first, _ = built
    assert first.code == 0, first.err
    path = folder / first.out.strip()
    with av.open(path) as film:
        picture, sound = film.streams.video[0], film.streams.audio[0]
        assert (picture.codec_context.name, sound.codec_context.name) == ("h264", "aac")
        assert (picture.width, picture.height, picture.average_rate) == (854, 480, 25)
        assert picture.frames == 65  # three seconds less the dissolve
        ends = [float(each.duration * each.time_base) for each in (picture, sound)]
        assert ends[0] == pytest.approx(2.6)
        assert abs(ends[0] - ends[1]) <= 1 / 25


@pytest.mark.slow
def test_the_film_shows_the_photographs(built):
    """In the middle of each shot stands its photograph, whichever way the camera moves."""
    folder, first, _ = built
    with av.open(folder / first.out.strip()) as film:
        shown = {i: f.to_ndarray(format="rgb24") for i, f in enumerate(film.decode(video=0))}
    for frame, name in ((12, "cat.jpg"), (37, "rocket.png"), (57, "coffee.png")):
        photograph = np.asarray(Image.open(folder / name).convert("RGB"), dtype=float)
        difference = shown[frame].mean(axis=(0, 1)) - photograph.mean(axis=(0, 1))
        assert np.abs(difference).max() < 30, name


@pytest.mark.slow
def test_a_second_build_makes_nothing(built):
    """Nothing is rendered and nothing is cut when nothing has changed."""
    _, _, second = built
    answer = json.loads(second.out)
    assert second.code == 0
    assert answer["fresh"] is False
    assert [shot["made"] for shot in answer["shots"]] == [False, False, False]


@pytest.mark.slow
def test_a_damaged_film_is_cut_again(built):
    """The file's being there is not enough: its bytes are those that were cut."""
    folder, first, _ = built
    path = folder / first.out.strip()
    path.write_bytes(path.read_bytes()[:-1])
    third = storyboard("build", "film.yaml", "--json", cwd=folder, home=folder)
    assert json.loads(third.out)["fresh"] is True
