"""A clip comes out in the film's format with the picture that the cut would have shown anyway."""

import contextlib
import pathlib
from fractions import Fraction
from itertools import pairwise

import av
import numpy as np
import pytest
from PIL import Image

from fakes.clapper import Take, read_bars, shoot
from fakes.footage import FPS, film, picture, tone
from storyboard.adapters.media.conform import conform
from storyboard.adapters.media.conformity import conforms
from storyboard.adapters.media.container import DamagedClip
from storyboard.adapters.media.cut.spans import own_sets
from storyboard.adapters.media.encoder import SOUND_RATE
from storyboard.adapters.media.footage import Footage
from storyboard.adapters.media.parameter_sets import is_idr, spliceable
from storyboard.adapters.media.probe import probe
from storyboard.adapters.media.sound.track import Soundtrack
from storyboard.model.delivery import Framing
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
    "filmed upside down": {"turned": 180},
    "filmed on its side": {"turned": 90},
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
    turned=0,
    x264="",
):
    """Write a clip as a provider might; as it stands here it conforms."""
    with av.open(str(path), "w") as container:
        options = {"x264-params": x264} if x264 else {}
        stream = container.add_stream(codec, rate=fps, options=options)
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        context = stream.codec_context
        context.color_range, context.colorspace = 2 if full_range else 1, matrix
        context.sample_aspect_ratio = pixel
        stream.set_display_rotation(turned)
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


def conformed(tmp_path, source, wanted=WANTED, **how):
    folder = tmp_path / "conformed"
    folder.mkdir(exist_ok=True)
    target = str(folder / "clip.mp4")
    conform(source, target, wanted, **how)
    assert [path.name for path in folder.iterdir()] == ["clip.mp4"]
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
def test_work_can_be_stopped(tmp_path, sound):
    """At any picture, by whatever is raised then."""
    source = clip(tmp_path / "a.mp4", fps=24 if sound is None else 30, sound=sound)
    calls = iter([None, None, KeyError("enough")])

    def go_on():
        if error := next(calls):
            raise error

    with pytest.raises(KeyError):
        conform(source, str(tmp_path / "b.mp4"), WANTED, go_on)


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


# What a splice stands on -----------------------------------------------------------------------


@pytest.mark.parametrize("fps", [24, 25, 30, Fraction(30_000, 1001)])
@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (854, 480), (1920, 1080)])
def test_what_is_encoded_is_read_by_the_films_own_sets(tmp_path, size, fps):
    """So it can be copied beside what is rendered, and any number of such clips with it."""
    source = clip(tmp_path / "a.mp4", 2, size=(64, 36), sound=None)
    target = conformed(tmp_path, source, Format(*size, Fraction(fps), "", ""))
    assert spliceable(target) == own_sets(size, Fraction(fps))


@pytest.mark.parametrize("fps", [2, 24, Fraction(30_000, 1001)])
def test_what_is_encoded_can_be_cut_into_each_half_second(tmp_path, fps):
    """Wherever a dissolve begins, no more than that has to be rendered."""
    source = clip(tmp_path / "a.mp4", 40, fps=20, size=(64, 36), sound=None)
    wanted = Format(64, 36, Fraction(fps), "16:9", "36p")
    target = conformed(tmp_path, source, wanted)
    assert spliceable(target) == own_sets((64, 36), Fraction(fps))
    starts = [place for place, (_, data) in enumerate(packets(target)) if is_idr(data)]
    assert starts == list(range(0, probe(target).frames, max(3, round(fps / 2))))


@pytest.mark.parametrize("odd", ["30 fps", "44.1 kHz"])
def test_the_same_clip_gives_the_same_bytes(tmp_path, odd):
    """Its picture encoded or copied; so a film is the same with or without what is kept."""
    source = clip(tmp_path / "a.mp4", **ODD[odd])
    first = pathlib.Path(conformed(tmp_path, source)).read_bytes()
    assert pathlib.Path(conformed(tmp_path, source)).read_bytes() == first


@pytest.mark.parametrize("sound", [None, (48_000, "stereo")], ids=["silent", "with sound"])
def test_a_clip_that_conforms_and_cannot_be_spliced(tmp_path, sound):
    """Its picture is encoded; that of one which can be is copied."""
    good = clip(tmp_path / "good.mp4", sound=sound)
    odd = clip(tmp_path / "odd.mp4", sound=sound, x264="sps-id=5")
    assert conforms(good, WANTED) == conforms(odd, WANTED) == (sound is not None)
    assert packets(conformed(tmp_path, good)) == packets(good)
    target = conformed(tmp_path, odd)
    assert packets(target) != packets(odd)
    assert spliceable(target) == own_sets(SIZE, FPS)


def test_what_an_edit_list_leaves_out_is_not_shown(tmp_path):
    """The clip begins with the first picture that is left, and sound and picture stay together."""
    whole, source = clip(tmp_path / "whole.mp4", 40), str(tmp_path / "clip.mp4")
    options = {"avoid_negative_ts": "disabled"}
    with av.open(whole) as before, av.open(source, "w", options=options) as after:
        streams = {each: after.add_stream_from_template(each) for each in before.streams}
        for packet in before.demux():
            if packet.size:
                packet.pts -= round(10 / FPS / packet.time_base)
                packet.dts -= round(10 / FPS / packet.time_base)
                packet.stream = streams[packet.stream]
                after.mux(packet)
    assert not conforms(source, WANTED)
    result = conformed(tmp_path, source)
    assert probe(result).frames == 30
    pairs = zip(shown(result, 30), shown(whole, 40)[10:], strict=True)
    assert min(psnr(*each) for each in pairs) >= LEAST_PSNR
    assert tick(result)[0] == pytest.approx(10 / 24, abs=0.002)


@pytest.mark.parametrize("focus", [0.0, 0.5, 1.0])
def test_a_clip_framed_for_another_shape(tmp_path, focus):
    """What is around the focus fills the picture; without a framing there are bars."""
    source = clip(tmp_path / "a.mp4", 2, sound=None)
    wanted = Format(90, 160, FPS, "9:16", "90p")
    framed = conformed(tmp_path, source, wanted, framing=Framing("cover", (focus, 0.5)))
    (before, *_), (after, *_) = shown(source, 1), read(framed)
    left = int(focus * (320 - 102)) // 2 * 2
    part = Image.fromarray(before.y[:, left : left + 102]).resize((90, 160), Image.BICUBIC)
    error = np.square(np.asarray(part).astype(float) - after.y).mean()
    assert 10 * np.log10(255**2 / error) > 30
    barred = read(conformed(tmp_path, source, wanted))[0]
    assert np.abs(barred.y[:40].astype(int) - 16).max() < 4


def read(path):
    with contextlib.closing(Footage(path, size=(90, 160), fps=FPS)) as footage:
        return [footage.planes(0)]


MIXED = {
    "24 fps, 480p, mono at 44.1 kHz": Take(1, 12, size=(854, 480), rate=44_100, channels=1),
    "25 fps, 720p, stereo at 44.1 kHz": Take(2, 12, Fraction(25), size=(1280, 720), rate=44_100),
    "30 fps, 1080p, no sound": Take(3, 15, Fraction(30), size=(1920, 1080), rate=0),
    "29.97 fps, upright, stereo": Take(4, 15, Fraction(30_000, 1001), size=(270, 480)),
    "24 fps, the film's own": Take(5, 12, size=(640, 360)),
}


def test_whatever_comes_in_is_one_film(tmp_path):
    """Each clip conforms, can be spliced, and is as long as before."""
    wanted = Format(640, 360, FPS, "16:9", "360p")
    for name, take in MIXED.items():
        source = shoot(take, tmp_path / "source.mp4")
        target = conformed(tmp_path, source, wanted, framing=Framing())
        facts = probe(target)
        assert conforms(target, wanted), name
        assert spliceable(target), name
        assert facts.frames == round(take.frames / take.fps * FPS), name
        assert facts.duration == facts.sound_duration == round(facts.frames * 1000 / FPS), name
        assert (facts.sound_rate, facts.sound_channels) == (SOUND_RATE, 2), name
        first = read_clip(target)
        assert first == (take.number, 0) or take.number == 4, name


def read_clip(path):
    with contextlib.closing(Footage(path, size=(640, 360), fps=FPS)) as footage:
        return read_bars(footage.planes(0).y)


def test_a_clip_without_a_frame_is_damaged(tmp_path):
    """A header that promises a picture is none."""
    source = str(tmp_path / "a.mp4")
    with av.open(source, "w", options={"movflags": "empty_moov"}) as container:
        stream = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        container.start_encoding()
    with pytest.raises(DamagedClip, match="not one frame"):
        conform(source, str(tmp_path / "b.mp4"), WANTED)


@pytest.mark.parametrize("names", [b"avc1 avc1", b"ac-3 dac3"], ids=["picture", "sound"])
def test_a_format_that_nobody_knows_is_damage(tmp_path, names):
    """Of the picture or of the sound: it is told so wherever the clip is opened."""
    path = tmp_path / "a.mp4"
    data = pathlib.Path(clip(path, sound_codec="ac3")).read_bytes()
    for name in names.split():
        data = data.replace(name, b"what")
    path.write_bytes(data)
    for ask in (probe, spliceable, lambda path: conforms(path, WANTED)):
        with pytest.raises(DamagedClip, match="unknown format"):
            ask(str(path))
