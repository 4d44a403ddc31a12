"""How loud a sound is, as ffmpeg's own meter has it, and what is done about it."""

import wave
from dataclasses import replace

import numpy as np
import pytest

from fakes.sounds import RATE, events, metered, noise, sound_clip, timeline, tone, write_sound
from storyboard.adapters.media.sound.levels import LaidLevel, level, off_target
from storyboard.adapters.media.sound.loudness import Recording, measure_loudness, measure_recording
from storyboard.adapters.media.sound.track import DamagedRecording
from storyboard.model.money import Millis
from storyboard.model.timeline import Laid


def test_a_loudness_is_what_ffmpeg_says(tmp_path):
    """Integrated loudness and true peak agree with the program's to its last digit."""
    swelling = noise(3 * RATE) * np.linspace(0.2, 2, 3 * RATE)[:, None]
    clip = sound_clip(tmp_path, "a", swelling.astype(np.float32))
    loud = measure_loudness(clip, peaks=True)
    assert (loud.integrated, loud.true_peak) == pytest.approx(metered(clip), abs=0.1)


def test_only_the_part_that_is_used_is_measured(tmp_path):
    """What is trimmed away does not count, whatever came before or after."""
    pcm = np.concatenate([tone(RATE, 0.9), tone(RATE, 0.1), tone(RATE, 0.9)])
    clip = sound_clip(tmp_path, "a", pcm.astype(np.float32))
    loud = measure_loudness(clip, first=RATE, count=RATE)
    assert loud.integrated == pytest.approx(-20, abs=0.1)
    assert loud.true_peak is None


@pytest.mark.parametrize("count", [960, 4800, 12_345, 19_199, 19_201])
def test_a_sound_too_short_for_the_meter_is_measured_as_if_it_went_on(tmp_path, count):
    """A fiftieth of a second of a tone is as loud as a second of it."""
    clip = sound_clip(tmp_path, "a", tone(RATE, 0.1, 1000))
    assert measure_loudness(clip, count=count).integrated == pytest.approx(-20, abs=0.3)


@pytest.mark.parametrize("peak", [0.0, 0.0005])
def test_silence_has_no_loudness(tmp_path, peak):
    """Neither nothing nor next to nothing is to be made louder, and nor is no sample at all."""
    clip = sound_clip(tmp_path, "a", tone(RATE, peak))
    assert measure_loudness(clip).integrated is None
    assert measure_loudness(clip, count=0).integrated is None


def test_a_recording_is_measured_in_length_too(tmp_path):
    """Its samples are counted at the film's rate."""
    path = write_sound(tmp_path / "a.wav", tone(44_100, 0.1, rate=44_100), rate=44_100)
    known = measure_recording(path)
    assert known.samples == pytest.approx(RATE, abs=64)
    assert known.loudness == pytest.approx(-20, abs=0.1)


@pytest.mark.parametrize(
    ("loudness", "gain"),
    [(-20.04, 4.0), (-16.0, 0.0), (-2.5, -13.5), (None, 0.0), (-50.0, 24.0), (20.0, -30.0)],
)
def test_a_shot_is_brought_to_the_target_within_reason(loudness, gain):
    """Gains are tenths of a decibel, silence stays silence, nothing changes beyond reason."""
    assert level(timeline(events(24), target=-16.0), [loudness], []).shots == (gain,)


def test_without_a_target_every_sound_is_left_as_it_came():
    """Neither shots nor music are changed."""
    film = replace(timeline(events(24)), laid=(Laid("a.wav", Millis(0), "music"),))
    found = level(film, [-30.0], [Recording(RATE, -30.0)])
    assert found.shots == (0.0,)
    assert found.laid == (LaidLevel(0.0, RATE),)


def test_music_is_brought_to_the_target_and_other_sounds_are_not():
    """A bed is so far from the film's loudness as it says; a voice-over is played as it is."""
    roles = ("music", "voice-over", "effect")
    film = replace(
        timeline(events(24), target=-16.0),
        laid=tuple(Laid("a.wav", Millis(0), role, gain=-14.0) for role in roles),
    )
    found = level(film, [-16.0], [Recording(RATE, -26.0)] * 3)
    assert [each.gain for each in found.laid] == [10.0, 0.0, 0.0]


@pytest.mark.parametrize(("loudness", "gain"), [(-16.5, 0.0), (-16.6, 0.6), (-14, -2.0), (None, 0)])
def test_a_whole_film_is_changed_only_where_it_is_off(loudness, gain):
    """Half a loudness unit is near enough."""
    assert off_target(-16.0, loudness) == gain


def test_a_recording_of_nothing_is_told(tmp_path):
    path = str(tmp_path / "empty.wav")
    with wave.open(path, "wb") as empty:
        empty.setparams((2, 2, RATE, 0, "NONE", "not compressed"))
    with pytest.raises(DamagedRecording, match="there is no sound"):
        measure_recording(path)
