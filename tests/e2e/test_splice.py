"""A film's joins are right for every player: pictures, time stamps, sound and parameter sets."""

import itertools
from fractions import Fraction
from random import Random  # noqa: TID251  # seeded: the same sixty joins each time

import numpy as np
import pytest

from fakes.assembly import Piece, lay, shuffled
from fakes.clapper import SIZE, TONE, VOLUME, Take, shoot
from fakes.continuity import (
    CLICK,
    apart,
    click,
    expected_bars,
    faults,
    psnr,
    quietest,
    stamp_faults,
)
from fakes.screening import (
    decode_errors,
    join_naively,
    strip_parameter_sets,
    watch,
    watch_with_ffmpeg,
)
from storyboard.adapters.media.conform import conform
from storyboard.adapters.media.conformity import conforms
from storyboard.adapters.media.cut.film import render_film
from storyboard.model.story import OVERLAPPING, Format

RATE = 48_000
FPS = Fraction(24)
CLIPS = 8
FORMAT = Format(*SIZE, FPS, "16:9", "720p")


@pytest.fixture(scope="module", params=[None, 4], ids=["one key frame", "many key frames"])
def clips(request, tmp_path_factory):
    """Eight clips of two seconds: as one provider writes them, or with places to cut at."""
    folder = tmp_path_factory.mktemp("clips")
    takes = [Take(number, every=request.param) for number in range(CLIPS)]
    return {str(take.number): shoot(take, folder / f"{take.number}.mp4") for take in takes}


@pytest.fixture(scope="module")
def timeline():
    """Sixty joins: cuts, dissolves, wipes, fades and dips, of parts of the clips."""
    return lay(*shuffled(Random(4), 60, CLIPS, 48))


@pytest.fixture(scope="module")
def film(timeline, clips, tmp_path_factory):
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    render_film(timeline, clips, str(path))
    return path


@pytest.fixture
def render(tmp_path):
    """Shoot takes, cut them together, and return where the film is."""

    def cut(timeline, *takes):
        paths = {str(take.number): shoot(take, tmp_path / f"{take.number}.mp4") for take in takes}
        render_film(timeline, paths, str(tmp_path / "film.mp4"))
        return tmp_path / "film.mp4"

    return cut


# Sixty joins -----------------------------------------------------------------------------------


def test_the_usual_way_to_join_fails_the_same_checks(clips, timeline, tmp_path):
    """The control: `concat -c copy` of these clips has holes in its sound and drifts away."""
    whole = lay(*(Piece(int(event.clip), 48) for event in timeline.events))
    joined = join_naively([clips[event.clip] for event in whole.events], tmp_path / "naive.mp4")
    naive = watch(joined)
    said = " ".join(faults(naive, whole))
    assert "not evenly spaced from zero" in said
    assert "ms apart" in said
    assert "the tone dips to 0.00" in said
    assert abs(apart(naive, whole)[-1]) > Fraction(100, 1000)


def test_after_sixty_joins_nothing_is_lost_late_or_heard(film, timeline):
    """Every frame, time stamp, flash, tick and the tone through every join are as they should."""
    assert faults(watch(film), timeline) == []
    assert decode_errors(film) == ""


def test_what_can_be_copied_is_copied(render, tmp_path):
    """From clips with places to cut at, what they show alone is their own to the bit."""
    timeline = lay(Piece(0, 24, 4), Piece(1, 24, 8), Piece(2, 24, 8, "dissolve", 4), Piece(0, 20))
    film = watch(render(timeline, *(Take(number, every=4) for number in range(3))))
    own = {number: watch(tmp_path / f"{number}.mp4").planes for number in range(3)}
    shown = zip(film.planes, expected_bars(timeline), strict=True)
    same = [np.array_equal(seen, own[bar[0]][bar[1]]) for seen, bar in shown if bar]
    assert sum(same) / len(same) > 0.9


def test_flash_and_tick_of_the_last_shot_are_together(film, timeline):
    """Within 5 ms of each other, and the flash within one frame of its place."""
    seen = watch(film)
    last = timeline.events[-1]
    flash = last.record_in + 24 - last.source_in
    assert seen.flashes[-1] == flash
    assert abs(seen.times[flash] - flash / FPS) < 1 / FPS
    assert abs(apart(seen, timeline)[-1]) <= Fraction(5, 1000)


def test_every_kind_of_join_is_among_the_sixty(timeline):
    """The sixty are a mix: no kind of transition is left out, nor a shot without one."""
    kinds = [event.transition for event in timeline.events[1:]]
    assert len(kinds) == 60
    assert set(kinds) == {"cut", "fade-in", "dip-to-black", "dip-to-white", *OVERLAPPING}
    assert any(event.fade_out for event in timeline.events)


def test_two_players_show_and_play_the_same(film):
    """The bundled ffmpeg and PyAV decode the same pictures to the bit, and the same sound."""
    seen = watch(film)
    luma, pcm = watch_with_ffmpeg(film, SIZE)
    assert len(luma) == len(seen.luma)
    assert all(np.array_equal(one, other) for one, other in zip(luma, seen.luma, strict=True))
    assert 0 <= len(seen.pcm) - len(pcm) < 1024  # one plays the last packet's padding
    assert np.abs(pcm - seen.pcm[: len(pcm)]).max() < 0.001


def test_sounds_that_meet_anywhere_in_their_waves_do_not_click(render):
    """Cuts between tones of any phase stray no further from a tone than a quick fade does."""
    phases = [0.0, 1.0, np.pi / 2, np.pi, 4.0, 5.5]
    takes = [Take(number, phase=phase) for number, phase in enumerate(phases)]
    pieces = [Piece(number, 20, 6) for number in range(len(takes))]
    pcm = watch(render(lay(*pieces), *takes)).pcm
    assert click(pcm) < CLICK
    assert quietest(pcm[4800:-4800])[0] > 0.5


def test_the_meters_hear_a_hard_cut_and_a_hole():
    """The control: two tones put together in mid wave click, and 10 ms of nothing is a dip."""
    wave = VOLUME * np.sin(2 * np.pi * TONE * np.arange(RATE) / RATE)
    halves = np.concatenate([wave[:24_000], wave[24_025:]])
    holed = wave.copy()
    holed[24_000:24_500] = 0
    assert click(np.stack([wave, wave], 1)) < CLICK / 10
    assert click(np.stack([halves, halves], 1)) > CLICK
    assert quietest(np.stack([holed, holed], 1))[0] < 0.1


# Players that look for parameter sets in the header only ---------------------------------------


def test_a_player_that_reads_only_the_header_sees_every_frame(film, timeline, tmp_path):
    """With parameter sets in the samples taken out there is no error and no frame is missing."""
    bare = strip_parameter_sets(film, tmp_path / "bare.mp4")
    assert decode_errors(bare) == ""
    seen = watch(bare).bars
    assert len(seen) == timeline.length
    assert all(bar in (None, code) for bar, code in zip(expected_bars(timeline), seen, strict=True))


ODD = {
    "another preset": Take(1, preset="ultrafast"),
    "the number of ours": Take(1, x264="sps-id=1"),
    "no pictures that look ahead": Take(1, x264="bframes=0"),
    "another entropy coder": Take(1, x264="cabac=0"),
    "key frames twice a second": Take(1, every=12),
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_a_clip_with_other_parameter_sets_joins_as_well(render, odd, tmp_path):
    """Whatever encoder made the odd one between two alike, header-only players see all of it."""
    pieces = (Piece(0, 30), Piece(1, 30, 10), Piece(2, 30, 10, "dissolve", 6), Piece(1, 20))
    timeline = lay(*pieces)
    film = render(timeline, Take(0), odd, Take(2))
    assert faults(watch(film), timeline) == []
    bare = strip_parameter_sets(film, tmp_path / "bare.mp4")
    assert decode_errors(film) == decode_errors(bare) == ""
    assert len(watch(bare).planes) == timeline.length


def test_copied_as_they_are_such_clips_break_that_player(tmp_path):
    """The control: the same clips joined by copying cannot be decoded from the header alone."""
    takes = (Take(0), ODD["another preset"], Take(2))
    paths = [shoot(take, tmp_path / f"{take.number}.mp4") for take in takes]
    joined = join_naively(paths, tmp_path / "naive.mp4")
    bare = strip_parameter_sets(joined, tmp_path / "bare.mp4")
    assert decode_errors(bare) != ""


# What was rendered beside what was copied ------------------------------------------------------


@pytest.mark.parametrize("kind", ["dissolve", "wipe-left"])
def test_a_still_picture_does_not_move_at_a_seam(render, kind):
    """Where copying gives way to rendering and back, neighbours are alike to 45 dB or more."""
    timeline = lay(Piece(0, 36), Piece(1, 36, 6, kind, 8))
    seen = watch(render(timeline, Take(0, still=True), Take(1, still=True)))
    alike = [psnr(one, other) for one, other in itertools.pairwise(seen.planes)]
    assert min(alike) >= 45
    assert seen.marks == {(1, 1, 1, 1)}


def test_two_levels_of_grey_would_be_seen_at_a_seam(clips):
    """The control: a picture that is lighter by so little as no eye notices is below 45 dB."""
    planes = watch(clips["0"]).planes[5]
    assert psnr(planes, planes + 2) < 45


# Clips of every sort ---------------------------------------------------------------------------

MIXED = (
    Take(0),
    Take(1, fps=Fraction(25), frames=50, size=(320, 180), rate=44_100),
    Take(2, fps=Fraction(30), frames=60, size=(128, 72), channels=1),
    Take(3, rate=0),
    Take(4, fps=Fraction(30000, 1001), frames=60, size=(256, 144), rate=44_100, channels=1),
)


@pytest.mark.parametrize("prepared", [True, False], ids=["conformed", "as they came"])
def test_clips_of_every_sort_give_one_correct_film(tmp_path, prepared):
    """Of any rate, size and sound: each picture is the nearest one, and sound stays with it."""
    pieces = [Piece(0, 40), Piece(1, 40, 4), Piece(2, 44, 2, "dissolve", 6), Piece(3, 30, 8)]
    timeline = lay(*pieces, Piece(4, 40, 4, "dissolve", 6), Piece(0, 30, 10))
    paths = {}
    for take in MIXED:
        came = paths[str(take.number)] = shoot(take, tmp_path / f"{take.number}.mp4")
        if prepared and not conforms(came, FORMAT):
            paths[str(take.number)] = str(tmp_path / f"{take.number}-conformed.mp4")
            conform(came, paths[str(take.number)], FORMAT)
    film = tmp_path / "film.mp4"
    render_film(timeline, paths, str(film))
    seen = watch(film)
    assert decode_errors(film) == ""
    assert list(stamp_faults(seen, timeline)) == []
    assert len(seen.planes) == timeline.length
    for wanted, (clip, frame) in zip(expected_bars(timeline), seen.bars, strict=True):
        if wanted:
            rate = MIXED[clip].fps
            assert clip == wanted[0]
            assert abs(frame / rate - wanted[1] / FPS) <= 1 / rate / 2
    heard = [late for late in apart(seen, timeline) if abs(late) < 1]
    assert len(heard) >= 4  # all but the mute one's
    assert max(map(abs, heard)) <= Fraction(5, 1000)
