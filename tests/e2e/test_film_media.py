"""A film is exactly its timeline: every frame, every sample, whatever the clips are like."""

import contextlib
import itertools
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from storyboard.adapters.media.container import DamagedClip
from storyboard.adapters.media.cut.film import render_film
from storyboard.adapters.media.encoder import ClipWriter
from storyboard.adapters.media.footage import Footage
from storyboard.adapters.media.probe import probe
from storyboard.adapters.media.sound import cue_sheet
from storyboard.adapters.media.sound.track import Soundtrack
from storyboard.adapters.media.stills import frame_at
from storyboard.model.errors import EnvironmentFault
from storyboard.model.post import Loudness
from storyboard.model.timeline import Event, Timeline

WIDTH, HEIGHT = 160, 90
RATE = 48_000
TONE = 440
FPS = Fraction(24)


# Clips that say which frame they are ---------------------------------------------------------


def grey(luma, size=(WIDTH, HEIGHT), chroma=(128, 128)):
    width, height = size
    half = (height // 2, width // 2)
    u, v = (np.full(half, value, np.uint8) for value in chroma)
    return np.full((height, width), luma, np.uint8), u, v


def barcode(clip, number, size=(WIDTH, HEIGHT)):
    """Draw sixteen bars, light or dark: five bits of clip, then eleven of frame."""
    y, u, v = grey(60, size)
    value = clip << 11 | number
    for bar, edges in enumerate(itertools.pairwise(np.linspace(0, size[0], 17).astype(int))):
        y[:, slice(*edges)] = 200 if value >> bar & 1 else 40
    return y, u, v


def read_barcode(y):
    """Return the clip and frame a picture says it is."""
    middle = y[y.shape[0] // 2 - 2 : y.shape[0] // 2 + 2]
    centres = ((np.arange(16) + 0.5) * y.shape[1] / 16).astype(int)
    bits = [int(middle[:, centre - 1 : centre + 2].mean() > 120) for centre in centres]
    value = sum(bit << place for place, bit in enumerate(bits))
    return value >> 11, value & 0x7FF


def tone(start, count, phase=0.0):
    wave = 0.4 * np.sin(2 * np.pi * TONE * np.arange(start, start + count) / RATE + phase)
    return np.repeat(wave[:, None].astype(np.float32), 2, axis=1)


def ticking(count):
    """Silence with a tick at each whole second."""
    pcm = np.zeros((count, 2), np.float32)
    for second in range(0, count, RATE):
        pcm[second : second + 48] = 0.8
    return pcm


def make_clip(path, pictures, *, fps=FPS, size=(WIDTH, HEIGHT), pcm=None):
    pictures = list(pictures)
    with ClipWriter(str(path), width=size[0], height=size[1], fps=fps, crf=12) as writer:
        if pcm is not None:
            writer.write_sound(pcm)
        for planes in pictures:
            writer.write_planes(*planes)
    return str(path)


def coded(folder, clip, frames, *, fps=FPS, size=(WIDTH, HEIGHT), pcm=None):
    pictures = (barcode(clip, number, size) for number in range(frames))
    return make_clip(folder / f"{clip}.mp4", pictures, fps=fps, size=size, pcm=pcm)


def foreign(path, *, rate, layout, fps=24, frames=48, sound=True):
    """Write a clip as others do: another sound rate, one channel, no colour marks."""
    with av.open(str(path), "w") as container:
        picture = container.add_stream("libx264", rate=fps, options={"crf": "12"})
        picture.width, picture.height, picture.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        track = container.add_stream("aac", rate=rate) if sound else None
        if track:
            track.layout = layout
        for number in range(frames):
            pixels = np.concatenate([plane.ravel() for plane in barcode(1, number)])
            frame = av.VideoFrame.from_ndarray(pixels.reshape(-1, WIDTH), "yuv420p")
            frame.pts = number
            container.mux(picture.encode(frame))
        container.mux(picture.encode(None))
        if track:
            wave = 0.4 * np.sin(2 * np.pi * TONE * np.arange(rate * frames // fps) / rate)
            for start in range(0, len(wave), 1024):
                part = wave[None, start : start + 1024].astype(np.float32)
                channels = 1 if layout == "mono" else 2
                frame = av.AudioFrame.from_ndarray(part.repeat(channels, 0), "fltp", layout)
                frame.sample_rate, frame.pts = rate, start
                container.mux(track.encode(frame))
            container.mux(track.encode(None))
    return str(path)


# Films, and what is in them --------------------------------------------------------------------


def film_of(*lengths, joins=None, source_in=0, clips=None, fps=FPS, size=(WIDTH, HEIGHT)):
    """Lay clips one after another; `joins` maps a place to (kind, frames)."""
    events, end = [], 0
    for place, length in enumerate(lengths):
        kind, overlap = (joins or {}).get(place, ("cut", 0))
        start = end - (overlap if place and kind in {"dissolve", "wipe-left", "wipe-right"} else 0)
        end = start + length
        clip = str(clips[place] if clips else place)
        span = (start, end, source_in, source_in + length)
        events.append(Event(str(place), "scene", clip, *span, kind, overlap))
    return Timeline("A film", *size, fps, tuple(events), loudness=Loudness(None))


@dataclass(frozen=True)
class Seen:
    luma: list
    pcm: np.ndarray
    pts: dict
    facts: object

    @property
    def codes(self):
        return [read_barcode(y) for y in self.luma]

    def mean(self, number):
        return float(self.luma[number].mean())


def watch(path):
    """Decode a film without any of the code that made it."""
    with av.open(str(path)) as container:
        luma = [frame.to_ndarray()[: frame.height] for frame in container.decode(video=0)]
    with av.open(str(path)) as container:
        pcm = np.concatenate([f.to_ndarray().T for f in container.decode(audio=0)])
    with av.open(str(path)) as container:
        pts = {"video": [], "audio": []}
        for packet in container.demux():
            if packet.size:
                pts[packet.stream.type].append((packet.dts, packet.pts))
    return Seen(luma, pcm, pts, probe(str(path)))


@pytest.fixture
def shoot(tmp_path):
    """Render a timeline from clips given by place, and watch the result."""

    def render(timeline, clips, name="film.mp4"):
        paths = {str(place): clip for place, clip in enumerate(clips)}
        render_film(timeline, paths, str(tmp_path / name))
        return watch(tmp_path / name)

    return render


def expected_codes(timeline):
    return [
        (int(event.clip), event.source_in + number)
        for event in timeline.events
        for number in range(event.length)
    ]


# Pictures --------------------------------------------------------------------------------------


def test_every_frame_of_a_cut_film_is_the_clips_own(tmp_path, shoot):
    """Frame n of the film is frame source_in + n - record_in of its clip, also past a seek."""
    clips = [coded(tmp_path, clip, 60) for clip in range(3)]
    timeline = film_of(20, 33, 17)
    first, second, third = timeline.events
    trimmed = replace(second, source_in=27, source_out=60)
    timeline = replace(timeline, events=(first, trimmed, third))
    assert shoot(timeline, clips).codes == expected_codes(timeline)


@pytest.mark.parametrize(
    "fps", [Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(30)]
)
def test_picture_and_sound_are_as_long_as_the_timeline(tmp_path, shoot, fps):
    """At every usual rate the frames are exact and the sound ends with the picture."""
    clips = [coded(tmp_path, clip, 40, fps=fps, pcm=tone(0, 3 * RATE)) for clip in range(2)]
    timeline = film_of(31, 37, fps=fps)
    seen = shoot(timeline, clips)
    assert seen.codes == expected_codes(timeline)
    assert seen.facts.fps == fps
    assert abs(seen.facts.duration - 68 * 1000 / fps) <= 1
    assert abs(seen.facts.sound_duration - seen.facts.duration) <= 1


def test_time_stamps_only_grow(tmp_path, shoot):
    """Packets of both streams are in order, and pictures are evenly spaced from zero."""
    clips = [coded(tmp_path, clip, 30, pcm=tone(0, 2 * RATE)) for clip in range(3)]
    seen = shoot(film_of(30, 30, 30, joins={1: ("dissolve", 8)}), clips)
    for stream in seen.pts.values():
        assert all(before[0] < after[0] for before, after in itertools.pairwise(stream))
    shown = sorted(pts for _, pts in seen.pts["video"])
    steps = {after - before for before, after in itertools.pairwise(shown)}
    assert shown[0] == 0
    assert len(steps) == 1


def test_a_dissolve_mixes_two_moving_clips_and_touches_nothing_else(tmp_path, shoot):
    """Outside the overlap every frame is its clip's own; inside, light goes evenly across."""
    clips = [coded(tmp_path, clip, 40) for clip in range(2)]
    timeline = film_of(40, 40, joins={1: ("dissolve", 10)})
    codes = shoot(timeline, clips).codes
    assert len(codes) == 70
    assert codes[:30] == [(0, number) for number in range(30)]
    assert codes[40:] == [(1, number) for number in range(10, 40)]
    flat = [make_clip(tmp_path / f"{luma}.mp4", [grey(luma)] * 40) for luma in (60, 180)]
    mixed = shoot(timeline, flat, "flat.mp4")
    assert [mixed.mean(n) for n in (29, 40)] == pytest.approx([60, 180], abs=1.5)
    ramp = [60 + 120 * (step + 0.5) / 10 for step in range(10)]
    assert [mixed.mean(30 + step) for step in range(10)] == pytest.approx(ramp, abs=2.5)


def test_both_clips_move_under_a_dissolve(tmp_path, shoot):
    """While two clips are mixed each goes on frame by frame."""

    def stepping(start):
        return [grey(start + 2 * number) for number in range(40)]

    clips = [make_clip(tmp_path / f"{place}.mp4", stepping(40 + place)) for place in range(2)]
    seen = shoot(film_of(40, 40, joins={1: ("dissolve", 20)}), clips)
    for step in range(20):
        risen = (step + 0.5) / 20
        wanted = (40 + 2 * (20 + step)) * (1 - risen) + (41 + 2 * step) * risen
        assert seen.mean(20 + step) == pytest.approx(wanted, abs=2.5)


@pytest.mark.parametrize(("kind", "new_side"), [("wipe-left", -1), ("wipe-right", 0)])
def test_a_wipe_uncovers_the_next_clip_from_its_side(tmp_path, shoot, kind, new_side):
    """A wipe to the left uncovers from the right, and half way through it is half way across."""
    flat = [make_clip(tmp_path / f"{luma}.mp4", [grey(luma)] * 40) for luma in (60, 180)]
    seen = shoot(film_of(40, 40, joins={1: (kind, 20)}), flat)
    share = [float((seen.luma[20 + step] > 120).mean()) for step in range(20)]
    assert share == pytest.approx([(step + 0.5) / 20 for step in range(20)], abs=0.05)
    assert seen.luma[30][45, new_side] > 150
    assert seen.luma[30][45, -1 - new_side] < 90
    assert [seen.mean(n) for n in (19, 40)] == pytest.approx([60, 180], abs=1.5)


def test_a_fade_in_and_a_fade_out_spend_their_frames(tmp_path, shoot):
    """Light rises from black and falls to it evenly, and the film is no shorter."""
    clip = make_clip(tmp_path / "a.mp4", [grey(180)] * 40)
    timeline = film_of(40, joins={0: ("fade-in", 10)})
    timeline = replace(timeline, events=(replace(timeline.events[0], fade_out=10),))
    seen = shoot(timeline, [clip])
    ramp = [16 + 164 * (step + 0.5) / 10 for step in range(10)]
    assert len(seen.luma) == 40
    assert [seen.mean(n) for n in range(10)] == pytest.approx(ramp, abs=2.5)
    assert [seen.mean(n) for n in (10, 20, 29)] == pytest.approx([180] * 3, abs=1.5)
    assert [seen.mean(n) for n in range(30, 40)] == pytest.approx(ramp[::-1], abs=2.5)


@pytest.mark.parametrize(("kind", "colour"), [("dip-to-black", 16), ("dip-to-white", 235)])
def test_a_dip_goes_to_its_colour_and_comes_back(tmp_path, shoot, kind, colour):
    """The same frames are spent on either side of the join, and nothing beyond them."""
    clips = [make_clip(tmp_path / f"{luma}.mp4", [grey(luma)] * 30) for luma in (100, 150)]
    seen = shoot(film_of(30, 30, joins={1: (kind, 8)}), clips)
    down = [100 + (colour - 100) * (step + 0.5) / 8 for step in range(8)]
    up = [colour + (150 - colour) * (step + 0.5) / 8 for step in range(8)]
    assert [seen.mean(n) for n in range(22, 38)] == pytest.approx(down + up, abs=3)
    assert [seen.mean(n) for n in (21, 38)] == pytest.approx([100, 150], abs=1.5)


# Clips of other formats ------------------------------------------------------------------------


@pytest.mark.parametrize("fps", [Fraction(12), Fraction(25), Fraction(30), Fraction(60)])
def test_another_rate_shows_the_nearest_frame(tmp_path, shoot, fps):
    """Each film frame is the clip's frame nearest in time, so motion keeps its speed."""
    clip = coded(tmp_path, 0, int(2 * fps), fps=fps)
    codes = shoot(film_of(40), [clip]).codes
    late = [abs(Fraction(number) / fps - place / FPS) for place, (_, number) in enumerate(codes)]
    assert max(late) <= 1 / fps / 2


@pytest.mark.parametrize("size", [(90, 160), (320, 90), (64, 36), (320, 180)])
def test_another_size_is_fitted_and_padded_with_black(tmp_path, shoot, size):
    """The whole picture is there, its shape kept, with black beside it."""
    clip = make_clip(tmp_path / "a.mp4", [grey(180, size)] * 6, size=size)
    luma = shoot(film_of(6), [clip]).luma[3]
    scale = min(WIDTH / size[0], HEIGHT / size[1])
    lit = (luma > 100).sum() / luma.size
    assert luma.shape == (HEIGHT, WIDTH)
    assert lit == pytest.approx(size[0] * size[1] * scale**2 / luma.size, abs=0.03)
    assert luma[HEIGHT // 2, WIDTH // 2] == pytest.approx(180, abs=2)


def test_a_clip_that_ends_early_holds_its_last_frame(tmp_path, shoot):
    """A model that gives a few frames less does not leave a hole."""
    codes = shoot(film_of(30), [coded(tmp_path, 0, 26)]).codes
    assert codes == [(0, min(number, 25)) for number in range(30)]


@pytest.mark.parametrize(("rate", "layout"), [(44_100, "mono"), (22_050, "stereo")])
def test_another_sound_becomes_48k_stereo_at_its_level(tmp_path, shoot, rate, layout):
    """One channel or another rate is heard on both sides, as loud and as high as it was."""
    seen = shoot(film_of(40), [foreign(tmp_path / "a.mp4", rate=rate, layout=layout)])
    middle = seen.pcm[RATE // 2 : RATE]
    assert (seen.facts.sound_rate, seen.facts.sound_channels) == (RATE, 2)
    assert np.sqrt((middle**2).mean(0)) == pytest.approx([0.283, 0.283], abs=0.02)
    assert np.abs(np.fft.rfft(middle[:, 0])).argmax() == pytest.approx(TONE / 2, abs=1)


def test_a_clip_without_sound_is_silent_for_its_length(tmp_path, shoot):
    """Silence takes its place and what follows is heard when it is seen."""
    mute = foreign(tmp_path / "mute.mp4", rate=RATE, layout="stereo", sound=False)
    heard = coded(tmp_path, 1, 48, pcm=ticking(2 * RATE))
    pcm = shoot(film_of(30, 48), [mute, heard]).pcm[:, 0]
    start = 30 * RATE // 24
    assert np.abs(pcm[: start - 2400]).max() < 0.001
    assert np.flatnonzero(pcm[start + RATE // 2 :] > 0.4)[0] == pytest.approx(RATE // 2, abs=2)


# Sound -----------------------------------------------------------------------------------------


def clicks(pcm):
    """Return the largest departure from a steady tone: what a sine cannot do in three samples."""
    wave = pcm[:, 0].astype(np.float64)
    turn = 2 * np.cos(2 * np.pi * TONE / RATE)
    return float(np.abs(wave[2:] - turn * wave[1:-1] + wave[:-2]).max())


def quietest(pcm):
    """Return the lowest level over ten milliseconds, as part of the tone's."""
    whole = pcm[: len(pcm) // 480 * 480, 0].reshape(-1, 480)
    return float(np.sqrt((whole**2).mean(1)).min() / (0.4 / np.sqrt(2)))


# A cut in mid wave measures 0.2 to 0.3 here, and a tone that just goes on 0.02.
CLICK = 0.12


@pytest.fixture
def tones(tmp_path):
    """Three clips of one tone; `phases` says where in its wave each begins."""

    def make(*phases, frames=48):
        return [
            coded(tmp_path, place, frames, pcm=tone(0, frames * 2000, phase))
            for place, phase in enumerate(phases)
        ]

    return make


@pytest.mark.parametrize("phase", [0.0, 1.0, np.pi / 2, np.pi, 4.0])
@pytest.mark.parametrize(("frames", "click"), [(48, CLICK), (60, CLICK / 4)])
def test_a_join_neither_clicks_nor_dips(tones, shoot, phase, frames, click):
    """Wherever in their waves two sounds meet, with handles or without, no cut is heard."""
    pcm = shoot(film_of(48, 48, 48), tones(0, phase, 2 * phase, frames=frames)).pcm
    inside = pcm[2400:-2400]
    assert clicks(inside) < click
    assert quietest(inside) > 0.5


def test_without_the_short_fade_the_same_join_clicks(tones, shoot, monkeypatch):
    """The control: take the fade out and the click is there, well over what is allowed."""
    monkeypatch.setattr(cue_sheet, "FADE", 0)
    pcm = shoot(film_of(48, 48, 48), tones(0, 1.5, 3, frames=60)).pcm
    assert clicks(pcm[2400:-2400]) > 1.5 * CLICK


def test_sound_that_stops_mid_wave_fades(tmp_path, shoot):
    """A clip whose sound is shorter than its picture goes quiet without a click."""
    clip = coded(tmp_path, 0, 48, pcm=tone(0, 96_000))
    muxed = tmp_path / "short.mp4"
    with av.open(clip) as source, av.open(str(muxed), "w") as target:
        streams = {s.index: target.add_stream_from_template(s) for s in source.streams}
        for packet in source.demux():
            if packet.size and (packet.stream.type == "video" or packet.pts < 60_000):
                packet.stream = streams[packet.stream.index]
                target.mux(packet)
    pcm = shoot(film_of(48), [str(muxed)]).pcm
    assert clicks(pcm[2400:-2400]) < CLICK
    assert np.abs(pcm[70_000:90_000]).max() < 0.001


def test_a_dissolve_keeps_the_level_of_the_sound(tones, shoot):
    """Under a dissolve two sounds cross without a hole and without a click."""
    timeline = film_of(48, 48, joins={1: ("dissolve", 12)})
    pcm = shoot(timeline, tones(0, np.pi / 2)).pcm
    inside = pcm[2400:-2400]
    assert clicks(inside) < CLICK
    assert quietest(inside) > 0.9


def test_sound_stays_with_the_picture_to_the_end(tmp_path, shoot):
    """Ticks on each second are heard on that sample in the first clip and in the last."""
    clips = [coded(tmp_path, clip, 72, pcm=ticking(3 * RATE)) for clip in range(3)]
    timeline = film_of(72, 65, 72, joins={2: ("dissolve", 12)})
    pcm = shoot(timeline, clips).pcm[:, 0]
    for event in timeline.events:
        wanted = event.record_in * RATE // 24 + RATE
        near = pcm[wanted - 400 : wanted + 400]
        assert np.flatnonzero(near > 0.4)[0] - 400 == pytest.approx(0, abs=3)


# Colour ----------------------------------------------------------------------------------------


def photograph():
    """Draw something like a photograph: soft gradients, saturated patches, an edge."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH] / (HEIGHT, 1)[0]
    rgb = np.stack([np.sin(3 * x + 1), np.cos(2 * y - x), np.sin(y * 4)], -1) * 90 + 128
    rgb[20:40, 20:60] = (200, 40, 40)
    rgb[50:80, 90:130] = (30, 60, 190)
    return rgb.clip(0, 255).astype(np.uint8)


def psnr(one, other):
    error = ((one.astype(float) - other.astype(float)) ** 2).mean()
    return 10 * np.log10(255**2 / max(error, 1e-9))


@pytest.mark.parametrize("join", [("cut", 0), ("dissolve", 12)])
def test_a_photograph_keeps_its_colour(tmp_path, shoot, join):
    """A still goes into a clip, into a film, through a join, and comes out as it was."""
    clips = []
    for place in range(2):
        path = tmp_path / f"{place}.mp4"
        with ClipWriter(str(path), width=WIDTH, height=HEIGHT, fps=FPS, crf=12) as writer:
            for _ in range(24):
                writer.write_rgb(photograph())
        clips.append(str(path))
    shoot(film_of(24, 24, joins={1: join}), clips)
    before = np.asarray(frame_at(clips[0], 5))
    for number in (5, 20, 24, 30):
        frame = np.asarray(frame_at(str(tmp_path / "film.mp4"), number))
        assert psnr(frame, before) > 38
        assert frame.mean((0, 1)) == pytest.approx(photograph().mean((0, 1)), abs=0.5)


@pytest.mark.parametrize("rgb", [(255, 255, 255), (0, 0, 0), (200, 30, 30), (20, 180, 60)])
def test_a_flat_colour_stays_within_two_levels(tmp_path, shoot, rgb):
    """White stays white, and red red, on both sides of a dissolve and inside it."""
    path = tmp_path / "flat.mp4"
    with ClipWriter(str(path), width=WIDTH, height=HEIGHT, fps=FPS) as writer:
        for _ in range(24):
            writer.write_rgb(np.full((HEIGHT, WIDTH, 3), rgb, np.uint8))
    shoot(film_of(24, 24, joins={1: ("dissolve", 8)}), [str(path), str(path)])
    for number in (3, 20, 30):
        frame = np.asarray(frame_at(str(tmp_path / "film.mp4"), number))
        assert frame[40, 80].astype(int) == pytest.approx(rgb, abs=2)


def test_a_clip_of_another_matrix_is_converted(tmp_path):
    """An unmarked small clip is BT.601 as players take it, and its red stays that red."""
    path = tmp_path / "old.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=24, options={"crf": "5"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        pixels = np.concatenate([plane.ravel() for plane in grey(81, chroma=(90, 240))])
        frame = av.VideoFrame.from_ndarray(pixels.reshape(-1, WIDTH), "yuv420p")
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    planes = Footage(str(path), size=(WIDTH, HEIGHT), fps=FPS).planes(0)
    assert [p[20, 20] for p in (planes.y, planes.u, planes.v)] == pytest.approx(
        [63, 102, 240], abs=2
    )
    assert np.asarray(frame_at(str(path), 0))[20, 20] == pytest.approx((255, 0, 0), abs=6)


# Long films, and what goes wrong ---------------------------------------------------------------


def open_files():
    return len(list(Path("/dev/fd").iterdir()))


def most_open_files(timeline, clips, path):
    before, seen = open_files(), []
    paths = {str(place): clip for place, clip in enumerate(clips)}
    render_film(timeline, paths, str(path), lambda _done, _total: seen.append(open_files()))
    return max(seen) - before, open_files() - before


@pytest.mark.skipif(not Path("/dev/fd").is_dir(), reason="needs a list of open files")
def test_the_open_files_do_not_grow_with_the_film(tmp_path):
    """Forty shots, dissolving or cut, hold open no more than a picture and a sound for two."""
    clips = [coded(tmp_path, clip, 14, pcm=tone(0, 28_000)) for clip in range(3)]
    joins = dict.fromkeys(range(1, 40, 2), ("dissolve", 5))
    timeline = film_of(*[14] * 40, joins=joins, clips=[n % 3 for n in range(40)])
    most, left = most_open_files(timeline, clips, tmp_path / "film.mp4")
    assert most <= 5  # two pictures, two sounds, the film
    assert left == 0


def test_progress_counts_every_frame(tmp_path):
    """Progress only grows and ends with all frames done."""
    clip, told = coded(tmp_path, 0, 40), []
    path = tmp_path / "film.mp4"
    render_film(film_of(40), {"0": clip}, str(path), lambda *word: told.append(word))
    assert told == [(12, 40), (24, 40), (36, 40), (40, 40)]


def test_an_interrupted_film_leaves_the_old_one_whole(tmp_path):
    """Ctrl-C in the middle leaves neither half a film nor a file beside it."""
    clip, path = coded(tmp_path, 0, 40), tmp_path / "out" / "film.mp4"
    render_film(film_of(20), {"0": clip}, str(path))
    before = path.read_bytes()

    def interrupt(_done, _total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render_film(film_of(40), {"0": clip}, str(path), interrupt)
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == ["film.mp4"]


def test_a_damaged_clip_is_named_and_no_film_is_left(tmp_path):
    """A clip that cannot be read is told by its path, as the world's fault."""
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"not a clip" * 100)
    path = tmp_path / "out" / "film.mp4"
    with pytest.raises(DamagedClip, match=r"bad\.mp4"):
        render_film(film_of(10), {"0": str(bad)}, str(path))
    assert list(path.parent.iterdir()) == []
    assert issubclass(DamagedClip, EnvironmentFault)


def test_a_clip_cut_short_anywhere_never_raises_anything_else(tmp_path):
    """Whatever part of a clip is on disk, reading it works or says that it is damaged."""
    whole = Path(coded(tmp_path, 0, 24, pcm=tone(0, RATE))).read_bytes()
    part = tmp_path / "part.mp4"
    for share in range(1, 12):
        part.write_bytes(whole[: len(whole) * share // 12])
        for read in (probe, lambda path: frame_at(path, -1), lambda path: Soundtrack(path).read(9)):
            with contextlib.suppress(DamagedClip):
                read(str(part))


def test_a_folder_that_cannot_be_written_is_an_environment_fault(tmp_path):
    """A path through a file is refused in a sentence."""
    clip = coded(tmp_path, 0, 12)
    with pytest.raises(EnvironmentFault, match="could not write"):
        render_film(film_of(10), {"0": clip}, str(tmp_path / "0.mp4" / "film.mp4"))


# Probing and stills ----------------------------------------------------------------------------


def test_a_clip_is_measured(tmp_path):
    """Size, rate, frames and sound come from the file."""
    fps = Fraction(30000, 1001)
    facts = probe(coded(tmp_path, 0, 30, fps=fps, pcm=tone(0, 2 * RATE)))
    assert (facts.width, facts.height, facts.fps, facts.frames) == (WIDTH, HEIGHT, fps, 30)
    assert (facts.duration, facts.sound_duration) == (1001, 1001)
    assert (facts.video_codec, facts.sound_codec) == ("h264", "aac")
    assert (facts.has_sound, facts.sound_rate, facts.sound_channels) == (True, RATE, 2)


def test_a_mute_clip_says_so(tmp_path):
    """Without a sound stream there is no sound to measure."""
    facts = probe(foreign(tmp_path / "a.mp4", rate=RATE, layout="stereo", sound=False))
    assert not facts.has_sound
    assert facts.sound_duration is None


def test_a_sound_file_is_no_clip(tmp_path):
    """A file with sound alone is told apart from a clip."""
    path = tmp_path / "only.m4a"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=RATE)
        frame = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), "fltp", "stereo")
        frame.sample_rate = RATE
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(DamagedClip, match="no picture"):
        probe(str(path))


@pytest.mark.parametrize(("index", "wanted"), [(0, 0), (1, 1), (17, 17), (39, 39), (-1, 39)])
def test_a_frame_is_found_by_its_exact_number(tmp_path, index, wanted):
    """First, last or any frame comes out as the picture it is."""
    picture = np.asarray(frame_at(coded(tmp_path, 3, 40), index))
    assert read_barcode(picture[..., 1]) == (3, wanted)


def test_a_frame_past_the_end_is_refused(tmp_path):
    """Asking for more frames than there are says how many there are."""
    with pytest.raises(EnvironmentFault, match="40 frames"):
        frame_at(coded(tmp_path, 0, 40), 40)


def test_a_playlist_is_no_clip(tmp_path):
    """A file that names others would bring in what its hash does not cover."""
    (tmp_path / "clip.mp4").write_text("ffconcat version 1.0\nfile other.mp4\n")
    with pytest.raises(DamagedClip):
        probe(tmp_path / "clip.mp4")
