"""A clip is measured from its own pictures and samples, whatever its headers and orders say."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from fakes.footage import FPS, LARGE, black, film, picture, push_in, tone
from fakes.simulator import film_clip
from storyboard.adapters.media.container import DamagedClip
from storyboard.adapters.media.measure import measure_clip

SECOND = int(FPS)


def without_sound(path, pictures, **options):
    """Write a clip as others do: no sound track, and x264 with other options than ours."""
    first, *others = pictures
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", FPS, options=options)
        stream.height, stream.width, _ = first.shape
        stream.pix_fmt = "yuv420p"
        for each in (first, *others):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(each, "rgb24")))
        container.mux(stream.encode(None))
    return str(path)


def noisy(pictures, deviation):
    """Add a film's grain, another one to each picture."""
    random = np.random.default_rng(3)
    for each in pictures:
        grain = random.normal(0, deviation, (*each.shape[:2], 1))
        yield np.clip(each + grain, 0, 255).astype(np.uint8)


def damage(path, spot, data):
    whole = bytearray(Path(path).read_bytes())
    whole[spot : spot + len(data)] = data
    Path(path).write_bytes(whole)


def test_a_providers_clip(tmp_path):
    """Size, rate, length and sound are measured; what moves is neither black nor frozen."""
    path = tmp_path / "clip.mp4"
    film_clip({"prompt": "runs"}, 320, 176, 2.2, str(path))
    found = measure_clip(str(path))
    assert (found.width, found.height, found.fps, found.pixel) == (320, 176, 24, 1)
    assert found.length == pytest.approx(2200, abs=25)
    assert (found.black, found.frozen) == (0, 0)
    assert found.peak == pytest.approx(0.2, abs=0.02)


def test_a_black_clip(tmp_path):
    """All of it is black, and all of it stands still."""
    found = measure_clip(film(tmp_path / "clip.mp4", black(2 * SECOND)))
    assert (found.black, found.frozen) == (1, 1)


def test_a_clip_that_is_black_for_a_while(tmp_path):
    """The share of its time is measured, to within a look."""
    pictures = [*black(SECOND), *push_in(3 * SECOND, percent=20)]
    found = measure_clip(film(tmp_path / "clip.mp4", pictures))
    assert found.black == pytest.approx(1 / 4, abs=0.04)


@pytest.mark.parametrize("full_range", [False, True])
def test_black_is_black_in_either_range(tmp_path, full_range):
    """Level 16 in video range, level 0 in full range; level 16 there is not black all over."""
    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", FPS)
        stream.width, stream.height = 160, 96
        stream.pix_fmt = "yuvj420p" if full_range else "yuv420p"
        for level in [0 if full_range else 16] * SECOND + [60] * SECOND:
            frame = av.VideoFrame(160, 96, stream.pix_fmt)
            for plane, value in zip(frame.planes, (level, 128, 128), strict=True):
                plane.update(bytes([value]) * plane.buffer_size)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert measure_clip(str(path)).black == pytest.approx(1 / 2, abs=0.07)


def test_a_dark_picture_is_not_black(tmp_path):
    """A tenth of the light is still a picture; so is a small flame in the dark."""
    night = film(tmp_path / "night.mp4", push_in(SECOND, brightness=0.15))
    assert measure_clip(night).black == 0
    candles = black(SECOND, (320, 180))
    candle = candles[0].copy()
    candle[80:110, 150:180] = (255, 200, 120)
    assert measure_clip(film(tmp_path / "candle.mp4", [candle] * SECOND)).black == 0


@pytest.mark.parametrize(
    "options",
    [
        {"crf": "18"},
        {"crf": "28"},
        {"crf": "26", "g": "12"},
        {"crf": "23", "g": "6", "preset": "ultrafast"},
    ],
    ids=["fine", "coarse", "pulsing", "quick"],
)
def test_a_still_picture_is_frozen(tmp_path, options):
    """However an encoder shakes it, and at each key frame anew."""
    path = without_sound(tmp_path / "clip.mp4", [picture(size=LARGE)] * (2 * SECOND), **options)
    assert measure_clip(path).frozen == 1


def test_grain_is_no_motion(tmp_path):
    """A still picture under fine grain is frozen."""
    pictures = noisy([picture(size=LARGE)] * (2 * SECOND), 1)
    assert measure_clip(film(tmp_path / "clip.mp4", pictures)).frozen == 1


@pytest.mark.parametrize("crf", [18, 28])
@pytest.mark.parametrize("brightness", [1.0, 0.4])
def test_a_slow_push_in_is_motion(tmp_path, crf, brightness):
    """Five percent nearer in eight seconds, by day and in dim light."""
    pictures = push_in(2 * SECOND, percent=5, brightness=brightness)
    path = film(tmp_path / "clip.mp4", pictures, crf=crf)
    assert measure_clip(path).frozen == 0


def test_a_small_thing_that_moves_is_motion(tmp_path):
    """Lips in a still face: a hundredth of the picture is enough."""

    def speaking(number):
        frame = picture()
        frame[100:110, 150:172] = 90 + 60 * np.sin(number / 3)
        return frame

    path = film(tmp_path / "clip.mp4", map(speaking, range(2 * SECOND)))
    assert measure_clip(path).frozen == 0


def test_a_clip_that_stops(tmp_path):
    """Only the time that it stands still counts."""
    moving = push_in(2 * SECOND, percent=20)
    found = measure_clip(film(tmp_path / "clip.mp4", [*moving, *[moving[-1]] * (2 * SECOND)]))
    assert found.frozen == pytest.approx(1 / 2, abs=0.06)


def test_a_short_rest_is_part_of_moving(tmp_path):
    """Half a second without change between two moves is not counted."""
    there = push_in(SECOND, percent=20)
    pictures = [*there, *[there[-1]] * (SECOND // 2), *reversed(there)]
    assert measure_clip(film(tmp_path / "clip.mp4", pictures)).frozen == 0


def test_an_upright_clip(tmp_path):
    """A portrait picture is measured the same way."""
    still = picture(size=(480, 864))
    found = measure_clip(film(tmp_path / "clip.mp4", [still] * (2 * SECOND)))
    assert (found.width, found.height, found.frozen) == (480, 864, 1)


def test_no_sound_track(tmp_path):
    """Without a track there is no peak."""
    assert measure_clip(without_sound(tmp_path / "clip.mp4", push_in(SECOND))).peak is None


@pytest.mark.parametrize("peak", [0.0, 0.05, 0.7])
def test_the_loudest_sample(tmp_path, peak):
    """A silent track is at zero; a tone is as loud as it was made."""
    path = film(tmp_path / "clip.mp4", push_in(SECOND), sound=tone(SECOND, peak))
    assert measure_clip(path).peak == pytest.approx(peak, rel=0.15, abs=1e-4)


@pytest.mark.parametrize(
    ("codec", "format_", "dtype", "full"),
    [
        ("pcm_s16le", "s16", np.int16, 1 << 15),
        ("pcm_s32le", "s32", np.int32, 1 << 31),
        ("alac", "s16p", np.int16, 1 << 15),
    ],
)
def test_samples_of_any_kind(tmp_path, codec, format_, dtype, full):
    """Whole numbers are shares of their own full scale."""
    path = tmp_path / "clip.mov"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", FPS)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        track = container.add_stream(codec, 48_000, layout="mono")
        for each in push_in(SECOND):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(each, "rgb24")))
        container.mux(stream.encode(None))
        for start in range(0, 48_000, 4096):
            samples = (tone(SECOND)[start : start + 4096, 0] * full).astype(dtype)[None]
            frame = av.AudioFrame.from_ndarray(samples, format_, "mono")
            frame.sample_rate, frame.pts = 48_000, start
            container.mux(track.encode(frame))
        container.mux(track.encode(None))
    assert measure_clip(str(path)).peak == pytest.approx(0.5, rel=0.01)


def test_pixels_that_are_not_square(tmp_path):
    """Their shape is in the file, and tells how the picture is shown."""
    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", FPS)
        stream.width, stream.height, stream.pix_fmt = 324, 180, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(80, 81)
        for _ in range(SECOND):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture(), "rgb24")))
        container.mux(stream.encode(None))
    found = measure_clip(str(path))
    assert found.pixel == Fraction(80, 81)
    assert found.shape == Fraction(16, 9)


@pytest.fixture
def clip(tmp_path):
    return film(tmp_path / "clip.mp4", push_in(SECOND), sound=tone(SECOND))


@pytest.mark.parametrize("share", [0.0, 0.02, 0.3, 0.6, 0.9])
def test_a_clip_that_breaks_off_is_damaged(clip, share):
    """Whether the file's end takes its headers, most frames or few of them with it."""
    data = Path(clip).read_bytes()
    measure_clip(clip)  # the control: the whole of it can be measured
    Path(clip).write_bytes(data[: int(len(data) * share)])
    with pytest.raises(DamagedClip):
        measure_clip(clip)


def test_frames_that_are_rubbish_are_damage(clip):
    """Headers in order, and no picture behind them."""
    middle = Path(clip).stat().st_size // 2
    damage(clip, middle, bytes(middle // 2))
    with pytest.raises(DamagedClip):
        measure_clip(clip)


def packets_of(clip):
    """Return where each of the picture's packets lies in the file, and how long it is."""
    with av.open(clip) as container:
        return [(each.pos, each.size) for each in container.demux(video=0) if each.size]


def test_a_file_that_ends_between_two_frames_is_damaged(clip):
    """Every byte that is there is in order; half of the frames that the header tells of are not."""
    packets = packets_of(clip)
    start, _ = packets[len(packets) // 2]
    Path(clip).write_bytes(Path(clip).read_bytes()[:start])
    with pytest.raises(DamagedClip, match="breaks off"):
        measure_clip(clip)


def test_a_frame_that_is_only_patched_up_is_damage(clip):
    """Decoders hide a fault in the middle of a frame and go on; we tell it."""
    start, size = packets_of(clip)[0]
    damage(clip, start + size // 2, b"\xff" * 20)
    with pytest.raises(DamagedClip, match="picture is broken"):
        measure_clip(clip)


def test_sound_of_too_many_channels_is_damage(tmp_path):
    """The decoder's frames cannot be read safely beyond eight."""
    path = tmp_path / "clip.mov"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", FPS)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        track = container.add_stream("pcm_s16le", 48_000, layout="hexadecagonal")
        container.mux(stream.encode(av.VideoFrame.from_ndarray(picture(), "rgb24")))
        container.mux(stream.encode(None))
        samples = np.zeros((1, 1024 * 16), np.int16)
        frame = av.AudioFrame.from_ndarray(samples, "s16", "hexadecagonal")
        frame.sample_rate, frame.pts = 48_000, 0
        container.mux(track.encode(frame))
        container.mux(track.encode(None))
    with pytest.raises(DamagedClip, match="16 channels"):
        measure_clip(str(path))


def test_an_unknown_format_is_damage(clip):
    """Nobody can decode it, so nobody can show it."""
    damage(clip, Path(clip).read_bytes().index(b"avc1"), b"none")
    damage(clip, Path(clip).read_bytes().index(b"avc1"), b"none")
    with pytest.raises(DamagedClip, match="unknown format"):
        measure_clip(clip)


def test_what_is_no_clip_is_damage(tmp_path):
    """A file that is not there, is empty, or is a page of text."""
    path = tmp_path / "clip.mp4"
    for data in (None, b"", b"<html>502 Bad Gateway</html>"):
        if data is not None:
            path.write_bytes(data)
        with pytest.raises(DamagedClip):
            measure_clip(str(path))


def test_damaged_headers_never_raise_anything_else(clip):
    """A byte changed anywhere before the pictures: a measure, or a clip that is damaged."""
    whole = Path(clip).read_bytes()
    outcomes = set()
    for spot in range(0, whole.index(b"mdat"), 29):
        damage(clip, spot, bytes([whole[spot] ^ 0xFF]))
        try:
            outcomes.add(type(measure_clip(clip)))
        except DamagedClip:
            outcomes.add(DamagedClip)
        Path(clip).write_bytes(whole)
    assert DamagedClip in outcomes
    assert len(outcomes) == 2
