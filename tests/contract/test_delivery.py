"""A film that is rendered whole is what its delivery says: size, codec, colours, every frame."""

import resource
from dataclasses import replace
from fractions import Fraction

import av
import numpy as np
import pytest

from fakes.clapper import Take, read_bars, shoot
from fakes.screening import decode_errors
from storyboard.adapters.media.container import DamagedClip
from storyboard.adapters.media.cut.delivery import ProresWriter, open_writer
from storyboard.adapters.media.cut.whole import render_whole
from storyboard.model.delivery import PRESETS, Delivery
from storyboard.model.errors import EnvironmentFault
from storyboard.model.money import Frames
from storyboard.model.request import ClipKey
from storyboard.model.timeline import Event, Timeline

SIZE = (160, 88)
RATES = (Fraction(24), Fraction(30_000, 1001))
WHOLE = ("review", "draft", "prores")
BT709 = (1, 1, 1, 1)
"""Limited range, and ITU-T H.273's number for matrix, primaries and transfer."""
SMALL = Delivery("small", scale=0.5, crf=10)


def timeline(fps=Fraction(24)):
    """Two shots of twelve frames that share four."""
    first = Event("a", "s", ClipKey("one"), *map(Frames, (0, 12, 2, 14)))
    second = Event("b", "s", ClipKey("two"), *map(Frames, (8, 20, 0, 12)))
    second = replace(second, transition="dissolve", overlap=Frames(4))
    return Timeline("The Yarn", *SIZE, fps, (first, second))


@pytest.fixture
def clips(tmp_path):
    def made(fps=Fraction(24)):
        return {
            ClipKey(name): shoot(
                Take(number, frames=16, fps=fps, size=SIZE), tmp_path / f"{name}.mp4"
            )
            for number, name in enumerate(("one", "two"), start=1)
        }

    return made


def pictures(path):
    with av.open(str(path)) as container:
        return list(container.decode(video=0))


def sound(path):
    """Return a film's samples as a player would lay them, (samples, 2)."""
    with av.open(str(path)) as container:
        resampler = av.AudioResampler("fltp", "stereo", 48_000)
        heard = [part for frame in container.decode(audio=0) for part in resampler.resample(frame)]
        return np.concatenate([frame.to_ndarray().T for frame in heard])


def planes_in(frame):
    """Return a frame's planes in levels of eight bits."""
    deep = frame.format.components[0].bits > 8
    kind, step = (np.uint16, 4) if deep else (np.uint8, 1)
    return [
        np.frombuffer(memoryview(plane), kind).reshape(plane.height, -1)[:, : plane.width] / step
        for plane in frame.planes
    ]


def luma(frame):
    return planes_in(frame)[0]


def marks(frame):
    return (frame.color_range, frame.colorspace, frame.color_primaries, frame.color_trc)


@pytest.mark.parametrize("fps", RATES, ids=["24", "29.97"])
@pytest.mark.parametrize("name", WHOLE)
def test_a_film_rendered_whole(tmp_path, clips, name, fps):
    """Each frame of the timeline is there at its time, the right way round, with its sound."""
    delivery = PRESETS[name]
    path = tmp_path / f"film{delivery.suffix}"
    render_whole(timeline(fps), clips(fps), str(path), delivery)
    assert decode_errors(path) == ""
    shown = pictures(path)
    assert [frame.pts * frame.time_base for frame in shown] == [n / fps for n in range(20)]
    assert {(frame.width, frame.height) for frame in shown} == {delivery.size(*SIZE)}
    assert {marks(frame) for frame in shown} == {BT709}
    bars = [read_bars(luma(frame)) for frame in shown]
    assert bars[:8] == [(1, number) for number in range(2, 10)]
    assert bars[12:] == [(2, number) for number in range(4, 12)]
    with av.open(str(path)) as container:
        track = container.streams.audio[0]
        assert track.duration * track.time_base == Fraction(round(20 / fps * 48_000), 48_000)


def test_prores_is_what_editing_programs_want(tmp_path, clips):
    """Ten bits, 4:2:2, whole samples of 24 bits, a track of timecode."""
    path = tmp_path / "film.mov"
    render_whole(timeline(), clips(), str(path), PRESETS["prores"])
    with av.open(str(path)) as container:
        picture, heard = container.streams.video[0], container.streams.audio[0]
        assert (picture.codec_context.name, picture.codec_context.pix_fmt) == (
            "prores",
            "yuv422p10le",
        )
        assert picture.codec_context.codec_tag == "apcn"
        assert (heard.codec_context.name, heard.rate, heard.channels) == ("pcm_s24le", 48_000, 2)
        (data,) = container.streams.data
        assert data.metadata["timecode"] == "00:00:00:00"
    data = path.read_bytes()
    assert b"tmcd" in data
    assert b"nclc" in data[data.index(b"colr") :][:12]


def test_prores_loses_nothing_that_can_be_seen_or_heard(tmp_path):
    """Levels come back within one of eight bits, samples to the 24th bit, all that fits."""
    path = str(tmp_path / "film.mov")
    y = np.tile(np.arange(16, 232, dtype=np.uint8), (64, 1))[:, :128]
    u, v = (np.full((32, 64), level, np.uint8) for level in (90, 170))
    wave = np.linspace(-1.5, 1.5, 2000, dtype=np.float32)
    pcm = np.stack([wave, -wave / 4], 1)
    with ProresWriter(path, size=(128, 64), fps=Fraction(24), profile="standard") as writer:
        writer.write_planes(y, u, v)
        writer.write_sound(pcm)
    (frame,) = pictures(path)
    planes = planes_in(frame)
    assert [plane.shape for plane in planes] == [(64, 128), (64, 64), (64, 64)]
    for plane, level in zip(planes, (y, 90, 170), strict=True):
        np.testing.assert_allclose(plane, np.broadcast_to(level, plane.shape), atol=1)
    np.testing.assert_allclose(sound(path), pcm.clip(-1, 1), atol=2**-22)


def test_what_is_smaller_is_as_sharp_as_it_can_be(tmp_path, clips):
    """The clips are scaled once, before anything else: a still is the still, scaled."""
    path = tmp_path / "film.mp4"
    key = ClipKey("one")
    event = Event("a", "s", key, *map(Frames, (0, 4, 0, 4)))
    source = clips()[key]
    render_whole(Timeline("T", *SIZE, Fraction(24), (event,)), {key: source}, str(path), SMALL)
    scaled = pictures(source)[3].reformat(80, 44)
    error = np.square(luma(scaled).astype(float) - luma(pictures(path)[3])).mean()
    assert 10 * np.log10(255**2 / error) > 35


class Stamp:
    """An overlay that says each frame's number in the picture's corner."""

    def __init__(self):
        self.sizes = set()

    def busy(self):
        return ((0, 20),)

    def identity(self, first, until):
        return "stamp"

    def lay(self, number, planes):
        self.sizes.add(planes.y.shape)
        y = planes.y.copy()
        y[:8, :8] = 40 + 8 * number
        return replace(planes, y=y)


def test_an_overlay_is_laid_at_the_size_it_is_seen_at(tmp_path, clips):
    """On every frame by its number, whatever the frame is made of."""
    stamp, path = Stamp(), tmp_path / "film.mp4"
    render_whole(timeline(), clips(), str(path), SMALL, overlay=stamp)
    assert stamp.sizes == {(44, 80)}
    corners = [luma(frame)[2:6, 2:6].mean() for frame in pictures(path)]
    assert corners == pytest.approx([40 + 8 * number for number in range(20)], abs=3)


def test_progress_is_told_to_the_end(tmp_path, clips):
    """In frames of the film."""
    told = []
    progress = lambda *counts: told.append(counts)  # noqa: E731
    render_whole(timeline(), clips(), str(tmp_path / "a.mp4"), PRESETS["draft"], progress=progress)
    assert told == [(12, 20), (20, 20)]


@pytest.mark.parametrize("name", ["draft", "prores"])
def test_a_film_is_whole_or_as_it_was(tmp_path, clips, name):
    """Whatever ends the work, nothing is left of it, and the film before is untouched."""
    folder = tmp_path / "films"
    folder.mkdir()
    path = folder / f"film{PRESETS[name].suffix}"
    path.write_bytes(b"before")
    owned = clips()
    (tmp_path / "two.mp4").write_bytes(b"<html>")
    with pytest.raises(DamagedClip):
        render_whole(timeline(), owned, str(path), PRESETS[name])
    assert [each.read_bytes() for each in folder.iterdir()] == [b"before"]


@pytest.mark.parametrize("name", ["draft", "prores"])
def test_a_place_that_cannot_be_written(tmp_path, clips, name):
    """It is the environment's fault, in one sentence."""
    (tmp_path / "films").write_text("in the way")
    path = str(tmp_path / "films" / "film")
    with pytest.raises(EnvironmentFault, match="could not write"):
        render_whole(timeline(), clips(), path, PRESETS[name])


@pytest.mark.parametrize("name", ["draft", "prores"])
def test_a_writer_that_cannot_open_its_file(tmp_path, name):
    """It says so before any frame is made, and leaves nothing."""
    with pytest.raises(EnvironmentFault, match="could not write"):
        open_writer(PRESETS[name], timeline(), str(tmp_path / "none" / "film"))
    assert list(tmp_path.iterdir()) == []


def test_a_profile_that_does_not_exist(tmp_path):
    """The encoder refuses it, and no file is left."""
    with pytest.raises(EnvironmentFault):
        ProresWriter(str(tmp_path / "a.mov"), size=(64, 64), fps=Fraction(24), profile="best")
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_at_the_end(tmp_path):
    """What could not be written to its last byte is told, and is not there."""
    path = tmp_path / "film.mov"
    writer = ProresWriter(str(path), size=(64, 64), fps=Fraction(24), profile="standard")
    writer.write_planes(*(np.zeros(size, np.uint8) for size in ((64, 64), (32, 32), (32, 32))))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size, before[1]))
    try:
        with pytest.raises(EnvironmentFault, match="could not write"):
            writer.__exit__(None, None, None)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not path.exists()


def test_a_film_without_shots():
    """There is nothing to render: a bug, and no file."""
    with pytest.raises(ValueError, match="without shots"):
        render_whole(replace(timeline(), events=()), {}, "nowhere/film.mp4", PRESETS["draft"])
