"""Every sound is heard from the sample to the sample that the timeline means, and joined well."""

import contextlib
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from fakes.sounds import RATE, caption, events, noise, sound_clip, timeline, tone, write_sound
from storyboard.adapters.media.sound.cue_sheet import cue_sheet, used_part
from storyboard.adapters.media.sound.levels import LaidLevel, Levels
from storyboard.adapters.media.sound.mix import Bus, Mix
from storyboard.adapters.media.sound.track import FADE
from storyboard.model.money import Frames, Millis
from storyboard.model.timeline import Laid

FRAME = RATE // 24
SECOND = Millis(1000)


def played(film, files, levels=None, count=None):
    """Return the sum of all that is cued."""
    with contextlib.closing(Bus(cue_sheet(film, levels or Levels()), files)) as bus:
        return bus.read(count or film.length * FRAME)


@pytest.fixture
def steady(tmp_path):
    """Clips "0", "1", "2" of a tone each, on both sides: 500, 1000 and 2000 Hz, four seconds."""
    return {
        str(place): sound_clip(tmp_path, str(place), tone(4 * RATE, 0.25, 500 * 2**place))
        for place in range(3)
    }


def share(pcm, start, end, hertz):
    """Return how loud a tone is between two samples, as part of what it was."""
    span = pcm[start:end, 0]
    phase = np.exp(-2j * np.pi * hertz * np.arange(len(span)) / RATE)
    return abs((span * phase).mean()) * 2 / 0.25


def who(pcm, start, end):
    """Return which clips are heard between two samples: each of a tone twice as high."""
    heard = [share(pcm, start, end, 500 * 2**place) for place in range(3)]
    return [place for place, part in enumerate(heard) if part > 0.1]


def test_a_straight_cut_changes_the_sound_on_its_sample(steady):
    """Up to the cut there is one sound, and from the end of the short fade on only the other."""
    pcm = played(timeline(events(24, 24)), steady)
    cut = 24 * FRAME
    assert who(pcm, cut - 960, cut) == [0]
    assert who(pcm, cut, cut + FADE) == [0, 1]
    assert who(pcm, cut + FADE, cut + FADE + 960) == [1]


def moved(lead=0, trail=0, kind="cut", overlap=0):
    first, second = events(24, 24, source_in=24)
    first = replace(first, trail=Frames(trail))
    second = replace(
        second,
        transition=kind,
        overlap=Frames(overlap),
        lead=Frames(lead),
        record_in=Frames(24 - overlap) if kind == "dissolve" else second.record_in,
    )
    return timeline((first, second))


@pytest.mark.parametrize(
    ("how", "cut"),
    [
        ({"lead": 6}, 18),
        ({"trail": 6}, 30),
        ({"lead": 6, "kind": "dip-to-black", "overlap": 4}, 18),
        ({"trail": 6, "kind": "dip-to-black", "overlap": 4}, 30),
    ],
)
def test_a_j_cut_and_an_l_cut_move_the_sounds_cut_to_the_sample(steady, how, cut):
    """The sound that leads takes the other's place; the one that trails keeps the other out."""
    pcm, place = played(moved(**how), steady), cut * FRAME
    assert who(pcm, place - 960, place) == [0]
    assert share(pcm, place - 960, place, 500) == pytest.approx(1, abs=0.01)
    assert who(pcm, place + FADE, place + FADE + 960) == [1]
    assert share(pcm, place + FADE, place + FADE + 960, 1000) == pytest.approx(1, abs=0.01)


def test_sound_that_leads_is_what_comes_before_the_picture_in_its_clip(tmp_path):
    """A tick in the clip is heard where its picture would be, had it been shown."""
    pcm = np.zeros((4 * RATE, 2), np.float32)
    pcm[20 * FRAME] = pcm[50 * FRAME] = 1
    files = dict.fromkeys("01", sound_clip(tmp_path, "a", pcm))
    heard = played(moved(lead=6), files)[:, 0]
    wanted = [24 - 4, 24 + 26]  # clip frame 24 is shown at film frame 24
    assert np.flatnonzero(heard[19 * FRAME :] > 0.5)[0] + 19 * FRAME == wanted[0] * FRAME
    assert len(heard) == 48 * FRAME


@pytest.mark.parametrize(
    ("how", "start", "end"),
    [
        ({"lead": 6, "trail": 4}, 18, 28),
        ({"kind": "dissolve", "overlap": 8}, 16, 24),
        ({"kind": "dissolve", "overlap": 8, "lead": 4}, 12, 20),
        ({"kind": "dissolve", "overlap": 8, "trail": 4}, 20, 28),
    ],
)
def test_where_two_sounds_meet_they_cross_at_equal_power(steady, how, start, end):
    """Under a dissolve, moved or not, and between a lead and a trail."""
    film = moved(**how)
    pcm = played(film, steady)
    middle = (start + end) * FRAME // 2
    assert who(pcm, (start - 2) * FRAME, start * FRAME) == [0]
    for hertz in (500, 1000):
        level = share(pcm, middle - 480, middle + 480, hertz)
        assert level == pytest.approx(np.sqrt(0.5), abs=0.02)
    assert who(pcm, end * FRAME, (end + 2) * FRAME) == [1]


def test_a_lead_longer_than_the_shot_before_stops_at_its_beginning(steady):
    """Sound takes the place of one other, and never of two."""
    first, second, third = events(24, 6, 24, source_in=30)
    film = timeline((first, second, replace(third, lead=Frames(20))))
    pcm = played(film, steady)
    assert who(pcm, 23 * FRAME, 24 * FRAME) == [0]
    assert who(pcm, 24 * FRAME + FADE, 26 * FRAME) == [2]


def test_a_lead_before_the_clip_begins_is_silent(steady):
    """Where there is no sound to lead with, nothing is heard instead."""
    film = moved(lead=6)
    film = replace(film, events=(film.events[0], replace(film.events[1], source_in=Frames(0))))
    pcm = played(film, steady)
    assert not pcm[18 * FRAME + FADE : 24 * FRAME].any()
    assert who(pcm, 24 * FRAME, 25 * FRAME) == [1]


def test_sounds_that_keep_each_other_out_leave_the_one_between_no_place(steady):
    """A trail that meets the lead of the shot after next: the shot between is not heard."""
    first, second, third = events(24, 6, 24, source_in=30)
    first, third = replace(first, trail=Frames(6)), replace(third, lead=Frames(6))
    pcm = played(timeline((first, second, third)), steady)
    assert who(pcm, 0, 54 * FRAME) == [0, 2]


def test_a_muted_shot_is_silent_and_its_neighbour_fades(steady):
    """Its place stays its own."""
    first, second = events(24, 24)
    pcm = played(timeline((first, replace(second, mute=True))), steady)
    assert who(pcm, 0, 24 * FRAME) == [0]
    assert not pcm[24 * FRAME + FADE :].any()


def test_under_a_fade_the_sound_goes_with_the_picture(steady):
    """Half way through a fade, into the film and out of it, half of the sound is there."""
    (event,) = events(48)
    event = replace(event, transition="fade-in", overlap=Frames(8), fade_out=Frames(12))
    pcm = played(timeline((event,)), steady)
    assert share(pcm, 4 * FRAME - 480, 4 * FRAME + 480, 500) == pytest.approx(0.5, abs=0.01)
    assert share(pcm, 42 * FRAME - 480, 42 * FRAME + 480, 500) == pytest.approx(0.5, abs=0.01)
    assert share(pcm, 20 * FRAME, 21 * FRAME, 500) == pytest.approx(1, abs=0.01)


def test_where_the_picture_is_held_the_sound_has_ended(steady):
    """It goes in the short fade, and trails nothing."""
    first, second = events(24, 24)
    film = timeline((replace(first, hold=Frames(10), trail=Frames(5)), second))
    pcm = played(film, steady)
    assert who(pcm, 13 * FRAME, 14 * FRAME) == [0]
    assert not pcm[14 * FRAME + FADE : 29 * FRAME].any()
    assert used_part(film.events[0], film.fps) == (0, 14 * FRAME)


@pytest.mark.parametrize("speed", [Fraction(1, 4), Fraction(4, 5), Fraction(3, 2), Fraction(3)])
def test_a_shot_at_another_speed_keeps_its_pitch_and_its_place(tmp_path, speed):
    """The tone is as high as it was, and stops within a picture of where its picture does."""
    stops = 36 * FRAME
    clip = sound_clip(tmp_path, "0", np.pad(tone(stops, 0.25, 500), ((0, 4 * RATE), (0, 0))))
    (event,) = events(round(48 / speed))
    event = replace(event, source_out=Frames(48), speed=speed)
    film = timeline((event,))
    pcm = played(film, {"0": clip})
    loud = np.flatnonzero(np.abs(pcm[:, 0]) > 0.05)
    assert loud[-1] == pytest.approx(float(stops / speed), abs=FRAME)
    spectrum = np.abs(np.fft.rfft(pcm[: loud[-1], 0]))
    assert spectrum.argmax() * RATE / loud[-1] == pytest.approx(500, abs=3)
    assert used_part(event, film.fps)[1] == pytest.approx(48 * FRAME, abs=FRAME)


def test_gains_are_added_up_in_decibels(steady):
    """What evens a shot, what the shot says itself, and what is done to the whole film."""
    (event,) = events(24)
    levels = Levels((2.0,), (), -6.0)
    pcm = played(timeline((replace(event, gain=-2.0206),)), steady, levels)
    assert share(pcm, FRAME, 23 * FRAME, 500) == pytest.approx(0.5, abs=0.001)


# What is laid over ------------------------------------------------------------------------------


def lay(*laid, lines=(), length=96):
    """Return a silent film with sounds laid over it."""
    (event,) = events(length)
    film = timeline((replace(event, mute=True),))
    return replace(film, laid=laid, captions=tuple(caption(*line) for line in lines))


@pytest.fixture
def record(tmp_path):
    def write(pcm):
        return write_sound(tmp_path / "a.wav", pcm)

    return write


def test_an_effect_is_played_as_it_is_from_its_time_on(record):
    """To the sample, with its attack, as long as it lasts."""
    path = record(noise(RATE))
    laid = Laid(path, Millis(1500), "effect")
    for samples in (RATE, None):
        pcm = played(lay(laid), {}, Levels(laid=(LaidLevel(0.0, samples),)))
        assert not pcm[: 3 * RATE // 2].any()
        assert np.array_equal(pcm[3 * RATE // 2 : 5 * RATE // 2], noise(RATE))
        assert not pcm[5 * RATE // 2 + FADE :].any()


def test_a_voice_over_may_begin_inside_its_file_and_be_ended(record):
    """Offset, end, gain and fades are its own."""
    path = record(tone(4 * RATE, 0.25, 500))
    laid = Laid(path, SECOND, "voice-over", -6.0206, Millis(3000), SECOND, Millis(200))
    pcm = played(lay(laid), {}, Levels(laid=(LaidLevel(0.0, 4 * RATE),)))
    assert share(pcm, 2 * RATE, 3 * RATE - FADE, 500) == pytest.approx(0.5, abs=0.001)
    assert share(pcm, RATE + 4320, RATE + 5280, 500) == pytest.approx(0.25, abs=0.01)
    assert not pcm[3 * RATE :].any()


def test_what_is_laid_after_the_film_is_not_heard(record):
    """An effect that would begin when all is over leaves no trace."""
    laid = Laid(record(tone(RATE)), Millis(4000), "effect")
    assert cue_sheet(lay(laid), Levels(laid=(LaidLevel(0.0, RATE),))) == ()


def test_music_begins_anew_when_it_ends_without_a_gap(record):
    """From its offset to its end, then from its beginning, over and over, until the film ends."""
    pcm = np.zeros((RATE, 2), np.float32)
    pcm[RATE // 2] = 1
    laid = Laid(record(pcm), Millis(0), "music", offset=Millis(250))
    heard = played(lay(laid), {}, Levels(laid=(LaidLevel(0.0, RATE),)))[:, 0]
    assert np.flatnonzero(heard > 0.5).tolist() == [RATE // 4 + turn * RATE for turn in range(4)]


def test_steady_music_goes_round_without_a_dip(record):
    """Where it begins anew, its level is kept."""
    laid = Laid(record(tone(RATE, 0.25, 500)), Millis(0), "music")
    pcm = played(lay(laid), {}, Levels(laid=(LaidLevel(0.0, RATE),)))
    inside = np.sqrt((pcm[480:-480].reshape(-1, 480, 2) ** 2).mean((1, 2)))
    assert inside.min() > 0.6 * 0.25 / np.sqrt(2)


@pytest.mark.parametrize("samples", [None, 100])
def test_music_that_cannot_go_round_is_played_once(record, samples):
    """Because it is too short for that, or nobody knows how long it is."""
    laid = Laid(record(tone(samples or RATE)), Millis(0), "music")
    assert len(cue_sheet(lay(laid), Levels(laid=(LaidLevel(0.0, samples),)))) == 1


def test_music_fades_in_and_out_and_ends(record):
    """Its fades are counted from its own start and end."""
    laid = Laid(
        record(tone(4 * RATE, 0.25, 500)), SECOND, "music", end=Millis(3000), fade_in=Millis(400)
    )
    laid = replace(laid, fade_out=Millis(400))
    pcm = played(lay(laid), {}, Levels(laid=(LaidLevel(0.0, 4 * RATE),)))
    for place in (RATE + 9600, 3 * RATE - 9600):
        assert share(pcm, place - 480, place + 480, 500) == pytest.approx(0.5, abs=0.02)
    assert share(pcm, 2 * RATE, 2 * RATE + 960, 500) == pytest.approx(1, abs=0.001)
    assert not pcm[:RATE].any()
    assert not pcm[3 * RATE :].any()


def test_music_steps_back_while_somebody_speaks(record):
    """By so many decibels, in a quarter of a second before and after; other sounds do not."""
    path = record(tone(4 * RATE, 0.25, 500))
    music = Laid(path, Millis(0), "music", duck=-6.0206)
    level = Levels(laid=(LaidLevel(0.0, 4 * RATE),))
    pcm = played(lay(music, lines=[(1000, 2000)]), {}, level)

    def at(place):
        return share(pcm, place - 480, place + 480, 500)

    assert [at(RATE * 3 // 2), at(RATE // 2), at(5 * RATE // 2)] == pytest.approx([0.5, 1, 1], 0.01)
    assert at(RATE - RATE // 8) == pytest.approx(np.sqrt(0.5), abs=0.01)
    assert at(2 * RATE + RATE // 8) == pytest.approx(np.sqrt(0.5), abs=0.01)
    effect = replace(music, role="effect")
    assert np.array_equal(
        played(lay(effect, lines=[(1000, 2000)]), {}, level), played(lay(effect), {}, level)
    )


def test_music_stays_back_between_two_lines_that_are_near(record):
    """A breath is no reason to come back; a pause is."""
    music = Laid(record(tone(4 * RATE, 0.25, 500)), Millis(0), "music", duck=-6.0206)
    level = Levels(laid=(LaidLevel(0.0, 4 * RATE),))
    near = played(lay(music, lines=[(300, 600), (700, 900), (1400, 1700), (3000, 3400)]), {}, level)
    assert share(near, 51_000, 54_000, 500) == pytest.approx(0.5, abs=0.01)
    assert share(near, 110_000, 114_000, 500) == pytest.approx(1, abs=0.01)


def test_music_goes_under_a_voice_over_too(record, tmp_path):
    """Whoever speaks is heard, also where nothing is captioned."""
    path = record(tone(4 * RATE, 0.25, 500))
    voice = write_sound(tmp_path / "voice.wav", np.zeros((RATE, 2), np.float32))
    film = lay(Laid(path, Millis(0), "music", duck=-6.0206), Laid(voice, SECOND, "voice-over"))
    known = (LaidLevel(0.0, 4 * RATE), LaidLevel(0.0, RATE))
    pcm = played(film, {}, Levels(laid=known))
    assert share(pcm, RATE, 2 * RATE, 500) == pytest.approx(0.5, abs=0.01)
    assert share(pcm, 3 * RATE, 4 * RATE - FADE, 500) == pytest.approx(1, abs=0.01)


# The mix ---------------------------------------------------------------------------------------


def test_the_mix_can_begin_anywhere(tmp_path, record):
    """From any sample on it is what the whole mix is there, to the bit, speed and music too."""
    files = {str(n): sound_clip(tmp_path, str(n), noise(4 * RATE, 0.3, n)) for n in range(3)}
    first, second, third = events(24, 24, 24, source_in=24)
    second = replace(second, speed=Fraction(5, 4), lead=Frames(4))
    film = replace(
        timeline((first, second, third)),
        laid=(Laid(record(noise(RATE, 0.2, 9)), Millis(100), "music", duck=-8.0),),
        captions=(caption(500, 1500),),
    )
    level = Levels(laid=(LaidLevel(0.0, RATE),))
    with contextlib.closing(Mix(film, files, level)) as mix:
        whole = mix.read(3 * RATE)
    for place in (1, 24 * FRAME - 1, 70_001, 100_000):
        with contextlib.closing(Mix(film, files, level, first=place)) as mix:
            assert np.array_equal(mix.read(20_000), whole[place : place + 20_000])


def test_nothing_drifts_over_two_hundred_shots(tmp_path):
    """At 23.976 frames a second each of two hundred odd lengths begins on its sample."""
    fps = Fraction(24_000, 1001)
    pcm = np.zeros((RATE, 2), np.float32)
    pcm[480] = 1
    clip = sound_clip(tmp_path, "a", pcm)
    lengths = [5 + place * 7 % 11 for place in range(200)]
    film = timeline(events(*lengths, clips=("a",) * 200), fps=fps)
    with contextlib.closing(Mix(film, {"a": clip})) as mix:
        heard = mix.read(round(film.length / fps * RATE))[:, 0]
    wanted = [round(event.record_in / fps * RATE) + 480 for event in film.events]
    ticks = np.flatnonzero(heard > 0.5)
    assert ticks.tolist() == wanted
