"""A clip comes out in the film's format with the picture that the cut would have shown anyway."""

import contextlib
from fractions import Fraction
from itertools import pairwise

import av
import numpy as np
import pytest

from fakes.footage import FPS, film, picture, tone
from storyboard.adapters.media.conform import conform, conforms
from storyboard.adapters.media.container import DamagedClip
from storyboard.adapters.media.cut.footage import Footage
from storyboard.adapters.media.cut.sound import Soundtrack
from storyboard.adapters.media.encoder import SOUND_RATE
from storyboard.adapters.media.probe import probe
from storyboard.model.errors import EnvironmentFault
from storyboard.model.story import Format

SIZE = (320, 180)
WANTED = Format(*SIZE, FPS, "16:9", "180p")
LEAST_PSNR = 45
ODD_TO_HEAR = {
    "no sound": {"sound": None},
    "44.1 kHz": {"sound": (44_100, "stereo")},
    "one channel": {"sound": (48_000, "mono")},
    "no AAC": {"sound": (48_000, "stereo"), "sound_codec": "ac3"},
}
ODD_TO_SEE = {
    "30 fps": {"fps": 30},
    "23.976 fps": {"fps": Fraction(24_000, 1001)},
    "a smaller size": {"size": (256, 144)},
    "another shape": {"size": (240, 180)},
    "full range": {"full_range": True},
    "the matrix of SD": {"matrix": 6},
    "no word of its matrix, and small": {"matrix": 2},
    "no square pixels": {"pixel": Fraction(4, 3)},
    "more chroma": {"pixels": "yuv444p"},
    "no H.264": {"codec": "mpeg4"},
    "a picture that is missing": {"times": (0, 1, 2, 4)},
}
ODD = {
    **ODD_TO_HEAR,
    **ODD_TO_SEE,
    "everything": {**ODD_TO_SEE["30 fps"], **ODD_TO_SEE["full range"], **ODD_TO_HEAR["no sound"]},
}


def clip(  # noqa: PLR0913
    path,
    frames=8,
    *,
    fps=24,
    size=SIZE,
    sound=(48_000, "stereo"),
    sound_codec="aac",
    full_range=False,
    matrix=1,
    pixel=Fraction(1),
    pixels="yuv420p",
    codec="libx264",
    times=None,
):
    """Write a clip as a provider might; as it stands here it conforms."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=fps)
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        context = stream.codec_context
        context.color_range, context.colorspace = 2 if full_range else 1, matrix
        context.sample_aspect_ratio = pixel
        context.bit_rate = 2_000_000
        track = container.add_stream(sound_codec, rate=sound[0]) if sound else None
        if track:
            track.layout = sound[1]
        for number in times or range(frames):
            drawn = av.VideoFrame.from_ndarray(picture(1 + number / 30, size), "rgb24")
            frame = drawn.reformat(format=pixels, dst_color_range=2 if full_range else 1)
            frame.pts, frame.time_base = number, 1 / Fraction(fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if track:
            add_tick(container, track, round(frames / fps * sound[0]))
    return str(path)


def add_tick(container, track, count):
    """Silence, and a click of a millisecond in the middle."""
    wave = np.zeros((track.channels, count), np.float32)
    wave[:, count // 2 : count // 2 + track.rate // 1000] = 0.8
    kind = track.codec_context.format.name
    for start in range(0, count, 1024):
        part = np.ascontiguousarray(wave[:, start : start + 1024])
        frame = av.AudioFrame.from_ndarray(part, kind, track.layout.name)
        frame.sample_rate, frame.pts = track.rate, start
        container.mux(track.encode(frame))
    container.mux(track.encode(None))


def conformed(tmp_path, source, wanted=WANTED):
    target = str(tmp_path / "conformed" / "clip.mp4")
    conform(source, target, wanted)
    assert [path.name for path in (tmp_path / "conformed").iterdir()] == ["clip.mp4"]
    return target


def shown(path, count):
    """Return as many pictures as the cut would show of a clip."""
    with contextlib.closing(Footage(path, size=SIZE, fps=FPS)) as footage:
        return [footage.planes(number) for number in range(count)]


def psnr(one, other):
    """Return the worst of a picture's three planes, in decibels."""
    pairs = ((one.y, other.y), (one.u, other.u), (one.v, other.v))
    errors = [np.square(a.astype(float) - b).mean() for a, b in pairs]
    return 10 * np.log10(255**2 / max(*errors, 1e-9))


def tick(path):
    """Return when the loudest sample is heard, in seconds, and how loud it is."""
    with contextlib.closing(Soundtrack(path)) as sound:
        samples = np.abs(sound.read(SOUND_RATE)).max(axis=1)
    return samples.argmax() / SOUND_RATE, samples.max()


def packets(path):
    with av.open(path) as container:
        stream = container.streams.video[0]
        read = [packet for packet in container.demux(stream) if packet.size]
        return [(packet.pts * stream.time_base, bytes(packet)) for packet in read]


def test_a_clip_of_the_films_own_format_conforms(tmp_path):
    """Whether this program wrote it or another did."""
    assert conforms(clip(tmp_path / "a.mp4"), WANTED)
    assert conforms(film(tmp_path / "b.mp4", [picture()] * 3), WANTED)


def test_an_unmarked_clip_conforms_at_720p(tmp_path):
    """There BT.709 and limited range are what players take it for."""
    wanted = Format(1280, 720, FPS, "16:9", "720p")
    assert conforms(clip(tmp_path / "a.mp4", 3, size=(1280, 720), matrix=2), wanted)


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_an_odd_clip_comes_out_conforming(tmp_path, odd):
    """As long as before to the nearest frame, with the very picture the cut would have shown."""
    source = clip(tmp_path / "a.mp4", **odd)
    assert not conforms(source, WANTED)
    target = conformed(tmp_path, source)
    assert conforms(target, WANTED)
    before, after = probe(source), probe(target)
    assert after.frames == round(before.duration * FPS / 1000)
    assert after.duration == after.sound_duration == round(after.frames * 1000 / FPS)
    pictures = zip(shown(source, after.frames), shown(target, after.frames), strict=True)
    assert min(psnr(*each) for each in pictures) >= LEAST_PSNR


def test_pictures_that_differ_are_told_apart(tmp_path):
    """The control: the next picture is far from this one, by the measure that is used above."""
    pictures = shown(clip(tmp_path / "a.mp4"), 8)
    assert max(psnr(*each) for each in pairwise(pictures)) < LEAST_PSNR - 10


@pytest.mark.parametrize("odd", ODD_TO_HEAR.values(), ids=ODD_TO_HEAR)
def test_a_picture_whose_sound_alone_is_odd_is_copied(tmp_path, odd):
    """To the bit, each frame at its time."""
    source = clip(tmp_path / "a.mp4", **odd)
    assert packets(conformed(tmp_path, source)) == packets(source)


@pytest.mark.parametrize("fps", [24, 30], ids=["copied", "encoded"])
@pytest.mark.parametrize("sound", [(48_000, "stereo"), (44_100, "mono")])
def test_sound_stays_with_its_picture(tmp_path, fps, sound):
    """A click in the middle is heard in the middle, as loud as before."""
    source = clip(tmp_path / "a.mp4", fps, fps=fps, sound=sound)
    (before, peak), (after, left) = tick(source), tick(conformed(tmp_path, source))
    assert before == pytest.approx(0.5, abs=0.002)
    assert after == pytest.approx(before, abs=0.001)
    assert left == pytest.approx(peak, rel=0.2)


def test_a_clip_without_sound_gets_silence(tmp_path):
    """Every sample of it is nothing."""
    assert tick(conformed(tmp_path, clip(tmp_path / "a.mp4", sound=None)))[1] == 0


@pytest.mark.parametrize("sound", [None, (48_000, "stereo")], ids=["copied", "encoded"])
def test_work_that_is_stopped_leaves_nothing_behind(tmp_path, sound):
    """What was at the target before is still there."""
    source = clip(tmp_path / "a.mp4", fps=24 if sound is None else 30, sound=sound)
    target = tmp_path / "b" / "clip.mp4"
    target.parent.mkdir()
    target.write_bytes(b"before")
    calls = iter([None, None, KeyError("enough")])

    def go_on():
        if error := next(calls):
            raise error

    with pytest.raises(KeyError):
        conform(source, str(target), WANTED, go_on)
    assert [path.read_bytes() for path in target.parent.iterdir()] == [b"before"]


@pytest.mark.parametrize("data", [b"", b"<html>"])
def test_what_is_no_clip_is_damaged(tmp_path, data):
    """It neither conforms nor can be made to."""
    (tmp_path / "a.mp4").write_bytes(data)
    with pytest.raises(DamagedClip):
        conforms(str(tmp_path / "a.mp4"), WANTED)
    with pytest.raises(DamagedClip):
        conform(str(tmp_path / "a.mp4"), str(tmp_path / "b.mp4"), WANTED)
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_a_clip_that_claims_to_last_for_hours_is_damaged(tmp_path):
    """A header is not believed so far that a disk is filled for it."""
    source = clip(tmp_path / "a.mp4", times=(0, 24 * 7200), sound=None)
    with pytest.raises(DamagedClip, match="120 minutes"):
        conform(source, str(tmp_path / "b.mp4"), WANTED)


@pytest.mark.parametrize("fps", [24, 30], ids=["copied", "encoded"])
def test_a_place_that_cannot_be_written_is_the_environments_fault(tmp_path, fps):
    """And no fault of the clip."""
    source = clip(tmp_path / "a.mp4", fps=fps, sound=None)
    (tmp_path / "b").write_text("in the way")
    with pytest.raises(EnvironmentFault) as raised:
        conform(source, str(tmp_path / "b" / "clip.mp4"), WANTED)
    assert not isinstance(raised.value, DamagedClip)


def test_a_film_of_another_rate(tmp_path):
    """Conformed clips are the film's: one for each rate and size it is made in."""
    source = film(tmp_path / "a.mp4", [picture()] * 12, sound=tone(12))
    wanted = Format(160, 90, Fraction(30_000, 1001), "16:9", "90p")
    target = conformed(tmp_path, source, wanted)
    assert conforms(target, wanted)
    assert (probe(target).frames, probe(target).fps) == (15, wanted.fps)
