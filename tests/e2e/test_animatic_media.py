"""The animatic as a file: what a player finds in it, frame by frame and sample by sample."""

import hashlib
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from storyboard.adapters.media.animatic.render import render_clip
from storyboard.adapters.media.encoder import SOUND_RATE
from storyboard.model.errors import InvalidStoryboard
from storyboard.model.money import Millis, frames
from storyboard.model.request import ClipRequest, Still
from storyboard.model.vocabulary import MOVE

WIDTH, HEIGHT = 160, 90
RATES = ("12", "23.976", "24000/1001", "24", "25", "30000/1001", "30", "60")


def digest_of(path):
    """Name a still by its bytes, as an order does; one that is no file by nothing."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "none"


def order(still=None, *, millis=500, **inputs):
    wanted = {
        "image": "sha256:0" if still else None,
        "move": "static",
        "width": WIDTH,
        "height": HEIGHT,
        "fps": "24",
        "dialogue": [],
        "effects": [],
        "burn_in": False,
        **inputs,
    }
    stills = (Still(str(still), digest_of(Path(still)), 1, 1, "png", 1),) if still else ()
    return ClipRequest("animatic", tuple(wanted.items()), Millis(millis), stills)


def rendered(request, folder):
    path = folder / "clip.mp4"
    render_clip(request, str(path))
    return path


def pictures(path, form="rgb24"):
    """Decode every frame, to luma or to RGB."""
    with av.open(str(path)) as clip:
        shown = [frame.to_ndarray() for frame in clip.decode(video=0)]
    if form == "gray":
        return [
            (frame[: len(frame) * 2 // 3].clip(16, 235) - 16.0) * (255 / 219) for frame in shown
        ]
    return [rgb(frame) for frame in shown]


def rgb(frame):
    """Undo BT.709, limited range; each chroma sample stands for four pixels."""
    rows, width = frame.shape
    height = rows * 2 // 3
    luma = (frame[:height] - 16.0) / 219
    halves = frame[height:].reshape(2, height // 2, width // 2)
    blue, red = ((half.repeat(2, 0).repeat(2, 1) - 128.0) / 224 for half in halves)
    parts = (luma + 1.5748 * red, luma - 0.1873 * blue - 0.4681 * red, luma + 1.8556 * blue)
    return (np.stack(parts, axis=-1) * 255).round().clip(0, 255)


def heard(path):
    with av.open(str(path)) as clip:
        parts = [frame.to_ndarray() for frame in clip.decode(audio=0)]
    return np.concatenate(parts, axis=1)


@pytest.fixture
def spot(tmp_path):
    """A still with one soft light in its middle."""
    rows, columns = np.indices((270, 480)) + 0.5
    light = 40 + 180 * np.exp(-((columns - 240) ** 2 + (rows - 135) ** 2) / (2 * 14**2))
    path = tmp_path / "spot.png"
    Image.fromarray(light.astype(np.uint8)).save(path)
    return path


@pytest.fixture
def grid(tmp_path):
    """A still with detail everywhere, so that any change of framing shows."""
    noise = np.random.default_rng(3).integers(0, 256, (27, 48, 3), dtype=np.uint8)
    path = tmp_path / "grid.png"
    Image.fromarray(noise).resize((480, 270), Image.Resampling.BICUBIC).save(path)
    return path


@pytest.fixture
def grey(tmp_path):
    """A still with nothing on it: whatever is seen was laid over it."""
    path = tmp_path / "grey.png"
    Image.new("RGB", (64, 36), (128, 128, 128)).save(path)
    return path


def middle(picture):
    """Where the light is, in pixels from the left and the top."""
    light = np.clip(picture - 90, 0, None)
    rows, columns = np.indices(light.shape) + 0.5
    return (light * columns).sum() / light.sum(), (light * rows).sum() / light.sum()


@pytest.mark.parametrize("fps", RATES)
@pytest.mark.parametrize("millis", [40, 1000, 1733])
def test_a_clip_is_exactly_as_long_as_ordered(fps, millis, tmp_path):
    """Frames, their times, and the ends of picture and sound are those of the order."""
    rate = Fraction(fps)
    count = max(1, frames(Millis(millis), rate))
    with av.open(str(rendered(order(millis=millis, fps=fps), tmp_path))) as clip:
        video, audio = clip.streams.video[0], clip.streams.audio[0]
        times = [frame.pts * frame.time_base for frame in clip.decode(video)]
        ends = [float(stream.duration * stream.time_base) for stream in (video, audio)]
        assert (video.start_time, audio.start_time) == (0, 0)
    assert times == [number / rate for number in range(count)]
    assert ends[0] == pytest.approx(float(count / rate), abs=1e-4)
    assert abs(ends[0] - ends[1]) < 1 / rate


def test_a_clip_is_what_every_player_takes(tmp_path):
    """H.264 High, 4:2:0, BT.709 limited range; AAC, stereo, 48 kHz; the index comes first."""
    path = rendered(order(), tmp_path)
    with av.open(str(path)) as clip:
        video, audio = clip.streams.video[0].codec_context, clip.streams.audio[0].codec_context
        assert (video.name, video.profile, video.pix_fmt) == ("h264", "High", "yuv420p")
        assert (video.width, video.height) == (WIDTH, HEIGHT)
        assert (video.colorspace, video.color_range) == (1, 1)
        assert (video.color_primaries, video.color_trc) == (1, 1)
        assert (audio.name, audio.profile, audio.layout.name) == ("aac", "LC", "stereo")
        assert audio.sample_rate == SOUND_RATE
    head = path.read_bytes()
    assert head.index(b"moov") < head.index(b"mdat")


@pytest.mark.parametrize("move", sorted(MOVE.phrases))
def test_every_move_can_be_seen(move, grid, tmp_path):
    """Every move but static changes the picture between some two of its frames; static never."""
    shown = pictures(rendered(order(grid, move=move, millis=1000), tmp_path), "gray")
    change = max(np.abs(shown[0] - other).mean() for other in shown[1:])
    assert change < 1 if move == "static" else change > 3


@pytest.mark.parametrize(
    ("move", "across", "down"),
    [
        ("pan-left", 1, 0),
        ("pan-right", -1, 0),
        ("truck-left", 1, 0),
        ("truck-right", -1, 0),
        ("tilt-up", 0, 1),
        ("tilt-down", 0, -1),
        ("crane-up", 0, 1),
        ("crane-down", 0, -1),
    ],
)
def test_what_is_seen_goes_against_the_camera(move, across, down, spot, tmp_path):
    """A light in the still goes right when the camera pans left, down when it tilts up."""
    shown = pictures(rendered(order(spot, move=move, millis=1000), tmp_path), "gray")
    (x0, y0), (x1, y1) = middle(shown[0]), middle(shown[-1])
    assert (x1 - x0) * across >= 8 * abs(across)
    assert (y1 - y0) * down >= 8 * abs(down)


def test_a_move_is_smooth_to_a_fraction_of_a_pixel(spot, tmp_path):
    """A light followed through a pan strays from an even path by less than a tenth of a pixel."""
    shown = pictures(rendered(order(spot, move="pan-left", millis=2000), tmp_path), "gray")
    steady = np.array([middle(picture)[0] for picture in shown[16:-16]])
    times = np.arange(len(steady))
    line = np.polynomial.polynomial.polyfit(times, steady, 1)
    stray = steady - np.polynomial.polynomial.polyval(times, line)
    assert line[1] > 0.3
    assert np.sqrt(np.mean(stray**2)) < 0.1


@pytest.mark.parametrize("support", [None, "handheld", "drone"])
@pytest.mark.parametrize("move", sorted(MOVE.phrases))
def test_no_move_shows_past_the_picture(move, support, tmp_path):
    """A white still stays white to the corners, however fast the move and whatever holds it."""
    white = tmp_path / "white.png"
    Image.new("L", (64, 48), 255).save(white)
    request = order(white, move=move, support=support, speed="fast", millis=250)
    assert min(picture.min() for picture in pictures(rendered(request, tmp_path), "gray")) > 245


def test_a_framing_past_the_border_would_be_seen(tmp_path):
    """The control: a picture with a black border is not white to the corners."""
    white = tmp_path / "bordered.png"
    picture = Image.new("L", (160, 90), 0)
    picture.paste(255, (4, 4, 156, 86))
    picture.save(white)
    assert min(picture.min() for picture in pictures(rendered(order(white), tmp_path), "gray")) < 50


@pytest.mark.parametrize(
    "colour", [(255, 0, 0), (0, 160, 60), (20, 40, 200), (128, 128, 128), (250, 240, 10), (9, 9, 9)]
)
def test_colours_survive(colour, tmp_path):
    """A flat colour comes back within three levels."""
    still = tmp_path / "flat.png"
    Image.new("RGB", (200, 120), colour).save(still)
    shown = pictures(rendered(order(still, move="push-in", millis=200), tmp_path))
    assert np.abs(shown[-1] - colour).max() <= 3


def test_the_same_order_gives_the_same_clip(grid, tmp_path):
    """Picture and sound are decided by the order alone, byte for byte."""
    # On processors with AVX-512, x264's look ahead reads stray memory unless whole groups of
    # eight blocks fill the width; what it is given is the same. So: a width of 16 blocks.
    size = {"width": 256, "height": 144}
    heard = {"ambience": "rain", "effects": ["a bell"]}
    request = order(grid, move="arc-left", support="handheld", **size, **heard)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first, second = rendered(request, tmp_path / "a"), rendered(request, tmp_path / "b")
    assert first.read_bytes() == second.read_bytes()


def test_captions_are_there_while_their_line_is_spoken(grey, tmp_path):
    """Before the first word and after the last the lower third is bare; between, it is not."""
    dialogue = [
        {"speaker": "Mia", "text": "Où es-tu?", "delivery": "v.o."},
        {"speaker": None, "text": "你好世界", "delivery": "on-screen"},
    ]
    request = order(grey, millis=6000, fps="12", dialogue=dialogue)
    shown = pictures(rendered(request, tmp_path), "gray")
    lettered = [int(np.ptp(picture[50:])) > 60 for picture in shown]
    assert not any(lettered[:8])
    assert all(lettered[10:18])
    assert not lettered[-1]
    assert all(np.ptp(picture[:40]) < 10 for picture in shown)


def test_many_lines_share_a_short_clip(tmp_path):
    """More words than time still all appear, the last before the end."""
    dialogue = [{"speaker": None, "text": "word " * 30, "delivery": "on-screen"}] * 6
    shown = pictures(rendered(order(millis=1000, dialogue=dialogue), tmp_path))
    assert len(shown) == 24


def test_the_window_burn_counts_frames(grey, tmp_path):
    """The corner differs from frame to frame; nothing else of a static shot does."""
    request = order(grey, label="a/b", burn_in=True)
    shown = pictures(rendered(request, tmp_path), "gray")
    change = np.abs(shown[0] - shown[5])
    assert change[:12].max() > 60
    assert change[20:].max() < 5


def test_a_missing_still_becomes_a_slate(tmp_path):
    """A card with dark letters on light paper, on a stage that takes the camera's move."""
    action = "The kitten pounces on the yarn, tumbles, and hugs it."
    request = order(label="parlour/pounce", action=action, move="tilt-up", millis=1000)
    shown = pictures(rendered(request, tmp_path), "gray")
    card = shown[0][12:55, 24:136]
    assert card.max() > 225
    assert card.min() < 80
    assert np.abs(shown[0][70:] - shown[-1][70:]).mean() > 1


def test_the_slate_takes_any_words(tmp_path):
    """Long, empty, right-to-left, unknown and unprintable text is set without complaint."""
    for text in ("", "x" * 400, "שלום עולם", "🎬 \u0000\ufffd\t\n\n", "Ünïcödé ŁØÐ — “ok”"):
        request = order(label=text, action=text, millis=84)
        assert len(pictures(rendered(request, tmp_path))) == 2


RED = (200, 40, 40)
ODD = {
    "one-pixel.png": (Image.new("RGB", (1, 1), RED), RED),
    "clear.png": (Image.new("RGBA", (50, 50), (0, 0, 0, 0)), (255, 255, 255)),
    "palette.png": (Image.new("RGB", (50, 50), RED).quantize(4), RED),
    "deep.png": (Image.fromarray(np.full((50, 50), 128 * 257, np.uint16)), (128, 128, 128)),
    "strip.png": (Image.new("RGB", (1, 4000), RED), RED),
    "large.jpg": (Image.new("RGB", (6000, 4000), RED), RED),
    "print.jpg": (Image.new("CMYK", (64, 64), (0, 255, 255, 0)), (254, 0, 0)),
}


@pytest.mark.parametrize("kind", ODD)
def test_odd_stills_are_shown(kind, tmp_path):
    """Any picture that can be read fills the frame with its own colour; what is clear is white."""
    picture, colour = ODD[kind]
    path = tmp_path / kind
    picture.save(path)
    shown = pictures(rendered(order(path, move="tilt-up", millis=84), tmp_path))
    assert np.abs(shown[0][45, 80] - colour).max() <= 4


def test_a_photograph_held_upright_is_shown_upright(tmp_path):
    """The orientation that a camera noted is honoured."""
    picture = Image.new("RGB", (90, 160), (0, 0, 255))
    picture.paste((255, 0, 0), (0, 0, 45, 160))
    exif = picture.getexif()
    exif[0x0112] = 6  # turn it a quarter to the right: what was left comes to the top
    picture.save(tmp_path / "turned.png", exif=exif)
    shown = pictures(rendered(order(tmp_path / "turned.png", millis=84), tmp_path))[0]
    assert shown[10, 80, 0] > 200
    assert shown[80, 80, 0] < 50


def broken(kind, folder):
    path = folder / "broken.jpg"
    if kind == "truncated":
        noise = np.random.default_rng(1).integers(0, 256, (200, 200, 3), dtype=np.uint8)
        Image.fromarray(noise).save(path)
        path.write_bytes(path.read_bytes()[:5000])
    elif kind == "bomb":
        # A one-bit picture of 400 million pixels is small in a file and huge in memory.
        Image.new("1", (20_000, 20_000)).save(path.with_suffix(".png"))
        return path.with_suffix(".png")
    elif kind == "text":
        path.write_text("this is not a picture")
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "folder":
        path.mkdir()
    return path


@pytest.mark.parametrize("kind", ["truncated", "bomb", "text", "empty", "folder", "missing"])
def test_a_still_that_cannot_be_read_is_refused_in_words(kind, tmp_path):
    """The refusal names the file, and no half clip is left."""
    path = broken(kind, tmp_path)
    with pytest.raises(InvalidStoryboard, match="broken"):
        render_clip(order(path), str(tmp_path / "clip.mp4"))
    assert not (tmp_path / "clip.mp4").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"width": 161},
        {"width": "wide"},
        {"height": None},
        {"fps": "fast"},
        {"fps": "0/0"},
        {"fps": "-24"},
        {"dialogue": "Hi"},
        {"dialogue": ["Hi"]},
        {"effects": {"a": 1}},
    ],
)
def test_an_order_the_animatic_cannot_take_is_refused_in_words(wrong, tmp_path):
    """Inputs of the wrong kind are refused before anything is written."""
    with pytest.raises(InvalidStoryboard, match="cannot take"):
        render_clip(order(**wrong), str(tmp_path / "clip.mp4"))
    assert not (tmp_path / "clip.mp4").exists()


def test_progress_runs_from_the_first_frame_to_the_last(tmp_path):
    """It only grows, and ends at one."""
    told = []
    render_clip(order(), str(tmp_path / "clip.mp4"), told.append)
    assert told == sorted(told)
    assert (len(told), told[-1]) == (12, 1.0)


def test_the_scratch_track_is_heard_and_starts_and_ends_in_silence(tmp_path):
    """A voice stands well above its room; neither end clicks."""
    dialogue = [{"speaker": "Mia", "text": "Where have you been?", "delivery": "on-screen"}]
    quiet = heard(rendered(order(millis=3000), tmp_path))
    loud = heard(rendered(order(millis=3000, dialogue=dialogue), tmp_path))
    levels = [
        20 * np.log10(np.sqrt(np.mean(sound[:, 30_000:90_000] ** 2))) for sound in (quiet, loud)
    ]
    assert levels[0] == pytest.approx(-36, abs=2)
    assert levels[1] == pytest.approx(-20, abs=3)
    assert np.abs(loud).max() < 1
    assert np.abs(quiet[:, :8]).max() < 0.002


@pytest.mark.parametrize("words", ["a clock ticks", "rain and wind", "sea", "birds", "crickets"])
def test_places_sound_different(words, tmp_path):
    """Each kind of place has a sound of its own, at the same quiet level."""
    room = heard(rendered(order(millis=1500), tmp_path))
    place = heard(rendered(order(millis=1500, ambience=words), tmp_path))
    spectra = [np.abs(np.fft.rfft(sound[0, :65_536]))[:12_000] for sound in (room, place)]
    bands = [np.log(each.reshape(-1, 100).mean(axis=1)) for each in spectra]
    likeness = np.corrcoef(*bands)[0, 1]
    assert likeness < 0.95
    assert 20 * np.log10(np.sqrt(np.mean(place**2))) == pytest.approx(-36, abs=3)


def test_a_still_that_changed_since_it_was_ordered_is_refused(tmp_path):
    """A clip is known by its still: drawn from another picture, it would be kept under a lie."""
    still = tmp_path / "still.png"
    Image.new("RGB", (160, 90), "red").save(still)
    wanted = order(still)
    Image.new("RGB", (160, 90), "blue").save(still)
    with pytest.raises(InvalidStoryboard, match="changed"):
        render_clip(wanted, str(tmp_path / "clip.mp4"))
    assert not (tmp_path / "clip.mp4").exists()
