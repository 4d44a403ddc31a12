"""A film by moviepy alone is the same film: the reference that ours is held against."""

import os
import wave
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from fakes.assembly import Piece, lay
from fakes.clapper import SIZE, VOLUME, Take, read_bars, shoot
from fakes.continuity import expected_bars, faults, psnr
from fakes.footage import film
from fakes.screening import decode_errors, watch
from storyboard.adapters.media.container import DamagedClip
from storyboard.adapters.media.cut.film import render_film
from storyboard.adapters.media.cut.plain import render_plain
from storyboard.model.errors import EnvironmentFault
from storyboard.model.money import Frames, Millis
from storyboard.model.timeline import Caption, Laid

RATE = 48_000
JOINED = lay(
    Piece(0, 30, 3, "fade-in", 6),
    Piece(1, 30, 8),
    Piece(2, 34, 5, "dissolve", 8),
    Piece(0, 36, 9, "wipe-left", 8),
    Piece(1, 30, 4, "dip-to-white", 5, 4),
    Piece(2, 30, 10),
)


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    return {str(n): shoot(Take(n), folder / f"{n}.mp4") for n in range(3)}


@pytest.fixture
def render(tmp_path, clips):
    """Render a timeline with moviepy and watch it."""

    def shown(timeline, more=None):
        render_plain(timeline, {**clips, **(more or {})}, str(tmp_path / "plain.mp4"))
        return watch(tmp_path / "plain.mp4")

    return shown


def level(pcm):
    """Return the left channel's level in each twentieth of a second, as part of the tone's."""
    whole = pcm[: len(pcm) // 2400 * 2400, 0].reshape(-1, 2400)
    return np.sqrt((whole.astype(float) ** 2).mean(1)) / (VOLUME / np.sqrt(2))


def only(timeline, **changes):
    """Return a film of one event with something about it changed."""
    return replace(timeline, events=(replace(timeline.events[0], **changes),))


# The same film ---------------------------------------------------------------------------------


def test_the_reference_has_no_faults(render, tmp_path):
    """Every frame, flash, tick and join is right, and its colours are marked."""
    seen = render(JOINED)
    assert faults(seen, JOINED) == []
    assert seen.marks == {(1, 1, 1, 1)}
    assert decode_errors(tmp_path / "plain.mp4") == ""


def test_ours_and_the_reference_are_alike_in_every_frame(render, clips, tmp_path):
    """The same frames in the same places; inside transitions as alike as two encodings are."""
    reference = render(JOINED)
    render_film(JOINED, clips, str(tmp_path / "ours.mp4"))
    ours = watch(tmp_path / "ours.mp4")
    assert len(ours.planes) == len(reference.planes) == JOINED.length
    shown = zip(expected_bars(JOINED), ours.bars, reference.bars, strict=True)
    assert all(one == other for wanted, one, other in shown if wanted)
    pairs = zip(ours.planes, reference.planes, strict=True)
    assert min(psnr(one, other) for one, other in pairs) >= 35


def test_ours_and_the_reference_are_as_loud(render, clips, tmp_path):
    """Level for level within 0.5 dB; under dissolves ours crosses at equal power, up to 3 dB."""
    render_film(JOINED, clips, str(tmp_path / "ours.mp4"))
    ours, reference = level(watch(tmp_path / "ours.mp4").pcm), level(render(JOINED).pcm)
    count = min(len(ours), len(reference))
    apart = 20 * np.log10((ours[:count] + 0.01) / (reference[:count] + 0.01))
    assert np.abs(apart).max() < 3.2
    assert (np.abs(apart) < 0.5).mean() > 0.85


# What a shot can be asked for ------------------------------------------------------------------


@pytest.mark.parametrize("speed", [Fraction(2), Fraction(1, 2), Fraction(3, 2)])
def test_speed_and_hold_show_the_timelines_frames(render, speed):
    """Faster, slower and standing still, each frame is the one the timeline names."""
    timeline = only(lay(Piece(0, 22, 2)), speed=speed, hold=Frames(5))
    seen = render(timeline).bars
    assert seen == [(0, timeline.events[0].source_frame(number)) for number in range(22)]


def test_a_clip_that_ends_early_holds_its_last_frame(render):
    """What the clip does not have is its last picture."""
    seen = render(lay(Piece(0, 20, 40), available=48)).bars
    assert seen == [(0, min(40 + number, 47)) for number in range(20)]


@pytest.mark.parametrize(("kind", "first"), [("wipe-up", 80), ("wipe-down", 10)])
def test_a_wipe_goes_up_or_down(render, tmp_path, kind, first):
    """The next clip is first seen on the side that the wipe comes from, and at last everywhere."""
    greys = {
        str(clip): film(tmp_path / f"{clip}.mp4", [np.full((90, 160, 3), grey, np.uint8)] * 24)
        for clip, grey in ((8, 40), (9, 200))
    }
    timeline = lay(Piece(8, 20), Piece(9, 20, 0, kind, 10), available=24)
    luma = [planes.astype(int) for planes in render(timeline, greys).luma]
    assert luma[14][first].mean() > 150
    assert luma[14][90 - first].mean() < 70
    assert luma[20].min() > 150


@pytest.mark.parametrize("take", [
    Take(3, fps=Fraction(30), frames=60, size=(320, 180), rate=44_100),
    Take(3, fps=Fraction(25), frames=50, size=(90, 90), channels=1),
    Take(3, rate=0),
], ids=["larger and faster", "square", "mute"])  # fmt: skip
def test_a_clip_of_another_sort_is_fitted_in(render, tmp_path, take):
    """Its nearest frames are shown whole, and it is heard with them if it has a sound."""
    timeline = lay(Piece(0, 24), Piece(3, 36, 4), Piece(1, 24))
    seen = render(timeline, {"3": shoot(take, tmp_path / "3.mp4")})
    assert len(seen.planes) == 84
    for number in range(24, 60):
        square = seen.luma[number][:, 35:125] if take.size == (90, 90) else seen.luma[number]
        clip, frame = read_bars(square)
        assert clip == 3
        assert abs(frame / take.fps - Fraction(number - 20, 24)) <= 1 / take.fps / 2
    assert seen.luma[0].shape == SIZE[::-1]


# Sound -----------------------------------------------------------------------------------------


def test_a_clips_own_sound_is_turned_down_or_left_out(render):
    """Gain is in dB, and a muted shot is silent."""
    timeline = lay(Piece(0, 24), Piece(1, 24), Piece(2, 24))
    first, second, third = timeline.events
    events = (first, replace(second, gain=-6.0), replace(third, mute=True))
    heard = level(render(replace(timeline, events=events)).pcm)
    assert heard[5:15] == pytest.approx(1.0, abs=0.05)
    assert heard[25:35] == pytest.approx(0.5, abs=0.05)
    assert heard[45:55] == pytest.approx(0.0, abs=0.01)


def test_sound_leads_and_trails_its_picture(render):
    """A J-cut is heard before it is seen, and an L-cut after."""
    timeline = lay(Piece(0, 24), Piece(1, 24, 12), Piece(2, 24))
    first, second, third = timeline.events
    alone = replace(second, lead=Frames(6), trail=Frames(6))
    silent = (replace(first, mute=True), alone, replace(third, mute=True))
    heard = level(render(replace(timeline, events=silent)).pcm) > 0.5
    assert np.flatnonzero(heard).tolist() == list(range(15, 45))


def test_faster_is_also_shorter_to_the_ear(render):
    """At twice the speed a tick comes after half a second."""
    pcm = render(only(lay(Piece(0, 22)), speed=Fraction(2))).pcm
    assert np.flatnonzero(pcm[4800:, 1] > VOLUME)[0] + 4800 == pytest.approx(RATE / 2, abs=48)


@pytest.fixture
def bell(tmp_path):
    """A second of a tone at half of full scale, as a sound file."""
    ringing = 0.5 * np.sin(2 * np.pi * 600 * np.arange(RATE) / RATE) * 32767
    path = tmp_path / "bell.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, RATE, RATE, "NONE", ""))
        file.writeframes(ringing.astype("<i2").repeat(2).tobytes())
    return str(path)


def test_an_effect_is_laid_where_it_belongs(render, bell):
    """A laid sound starts at its millisecond, at its gain, and ends when it ends."""
    timeline = only(lay(Piece(0, 48)), mute=True)
    laid = Laid(bell, Millis(500), "effect", gain=-6.0)
    heard = level(render(replace(timeline, laid=(laid,))).pcm)
    assert np.flatnonzero(heard > 0.1).tolist() == list(range(10, 30))
    assert heard[12:28] == pytest.approx(0.625, abs=0.03)


def test_music_goes_round_fades_and_steps_back(render, bell):
    """It lasts as long as it should, however short its file, and is lower under a caption."""
    caption = Caption(Millis(1000), Millis(1500), "Listen!", "shot-0")
    music = Laid(bell, Millis(0), "music", 0.0, Millis(2000), Millis(250), Millis(500), Millis(500))
    timeline = only(lay(Piece(0, 48)), mute=True)
    ducked = replace(timeline, captions=(caption,), laid=(replace(music, duck=-12.0),))
    heard = level(render(ducked).pcm)
    assert heard[11:19] == pytest.approx(1.25, abs=0.1)
    assert heard[21:29] == pytest.approx(0.31, abs=0.05)
    assert heard[0] < heard[4] < heard[9]
    assert heard[31] > heard[36] > heard[39]


# What goes wrong -------------------------------------------------------------------------------


def children():
    tasks = Path("/proc/self/task").glob("*/children")
    return [child for task in tasks for child in task.read_text().split()]


needs_proc = pytest.mark.skipif(
    not Path(f"/proc/self/task/{os.getpid()}/children").exists(), reason="needs a list of processes"
)


@needs_proc
def test_no_process_outlives_the_film(render):
    """moviepy reads through processes; when the film is there they are gone."""
    render(lay(Piece(0, 12), Piece(1, 12, 30), Piece(0, 12, 5)))
    assert children() == []


@needs_proc
def test_an_interrupted_film_leaves_the_old_one_and_no_process(clips, tmp_path):
    """Ctrl-C in the middle leaves nothing half done, neither on disk nor running."""
    path = tmp_path / "out" / "film.mp4"
    render_plain(lay(Piece(0, 6)), clips, str(path))
    before = path.read_bytes()

    def interrupt(done, _total):
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render_plain(lay(Piece(0, 24), Piece(1, 24)), clips, str(path), interrupt)
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == ["film.mp4"]
    assert children() == []


def test_progress_counts_every_frame_and_nothing_is_printed(clips, tmp_path, capfd):
    """What moviepy has to say is not the user's business."""
    told = []
    render_plain(
        lay(Piece(0, 20, 36)), clips, str(tmp_path / "a.mp4"), lambda *word: told.append(word)
    )
    assert told[-1] == (20, 20)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert capfd.readouterr() == ("", "")


def test_what_cannot_be_read_is_named(clips, tmp_path):
    """A clip that is none, a clip that is missing, a sound that is none: all by their path."""
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"not a clip" * 100)
    timeline, path = lay(Piece(0, 6)), tmp_path / "out" / "film.mp4"
    for damaged in (bad, tmp_path / "missing.mp4"):
        with pytest.raises(DamagedClip, match=damaged.name):
            render_plain(timeline, {"0": str(damaged)}, str(path))
    laid = (Laid(str(bad), Millis(0), "effect"),)
    with pytest.raises(DamagedClip, match="the sound of"):
        render_plain(replace(timeline, laid=laid), clips, str(path))
    assert list(path.parent.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_an_environment_fault(clips, tmp_path):
    """A path through a file is refused in a sentence."""
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentFault, match="could not write"):
        render_plain(lay(Piece(0, 6)), clips, str(tmp_path / "file" / "film.mp4"))


def test_a_film_without_shots_is_a_bug(tmp_path):
    """Nothing calls for it."""
    with pytest.raises(ValueError, match="without shots"):
        render_plain(lay(), {}, str(tmp_path / "film.mp4"))
