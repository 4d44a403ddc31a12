"""A film sounds as it should, measured with ffmpeg's own meter in the file that was written."""

from dataclasses import replace
from fractions import Fraction

import av
import numpy as np
import pytest

from fakes.footage import film, picture
from fakes.sounds import RATE, caption, events, metered, noise, timeline, tone, write_sound
from storyboard.adapters.media.cut.film import render_film
from storyboard.adapters.media.sound import mix
from storyboard.adapters.media.sound.levels import level
from storyboard.adapters.media.sound.loudness import measure_loudness, measure_recording
from storyboard.adapters.media.sound.mix import set_whole
from storyboard.model.money import Millis
from storyboard.model.timeline import Laid

FRAMES = 48
TARGET = -16.0


@pytest.fixture(scope="module")
def shots(tmp_path_factory):
    """Clips of two seconds, from whispered to shouted, one of them silent, one hot."""
    folder = tmp_path_factory.mktemp("shots")
    sounds = [noise(2 * RATE, loud, seed) for seed, loud in enumerate((0.016, 0.05, 0.2))]
    sounds += [tone(2 * RATE, 0.9, 300), None]
    sounds.append(np.clip(noise(2 * RATE, 0.6, 9), -1, 1))
    return {
        str(place): film(folder / f"{place}.mp4", [picture(size=(160, 90))] * FRAMES, sound=sound)
        for place, sound in enumerate(sounds)
    }


def decode(path):
    with av.open(str(path)) as container:
        return np.concatenate([f.to_ndarray().T for f in container.decode(audio=0)])


def test_every_shot_is_as_loud_as_the_film_and_none_too_loud(tmp_path, shots):
    """Each within a loudness unit, the whole within half of one, true peaks under -1 dBTP."""
    path = tmp_path / "film.mp4"
    cut = timeline(events(*[FRAMES] * 6), target=TARGET)
    render_film(cut, shots, str(path))
    for place in (0, 1, 2, 3):
        assert metered(path, place * 2 + 0.02, 1.96)[0] == pytest.approx(TARGET, abs=1)
    whole, peak = metered(path)
    assert whole == pytest.approx(TARGET, abs=0.5)
    assert peak <= -1
    assert not decode(path)[8 * RATE + RATE // 2 : 10 * RATE - RATE // 2].any()


def test_the_clips_themselves_are_not_even(shots):
    """The control: as they came, they are more than twenty loudness units apart."""
    louds = [measure_loudness(shots[str(place)]).integrated for place in range(4)]
    assert max(louds) - min(louds) > 20


def test_even_shots_make_an_even_film_without_listening_to_it(shots):
    """So nothing is measured twice: the whole is only set where something was laid over it."""
    cut = timeline(events(*[FRAMES] * 4), target=TARGET)
    louds = [measure_loudness(shots[str(place)]).integrated for place in range(4)]
    levels = level(cut, louds, [])
    assert set_whole(cut, {}, levels) == levels
    assert set_whole(replace(cut, loudness=timeline(()).loudness), {}, levels) == levels


def test_a_film_under_loud_music_is_set_as_a_whole(tmp_path, shots):
    """Music as loud as the shots adds to them, so all is turned down by what it added."""
    song = write_sound(tmp_path / "song.wav", noise(8 * RATE, 0.3, 20))
    path = tmp_path / "film.mp4"
    cut = timeline(events(*[FRAMES] * 4), target=TARGET)
    cut = replace(cut, laid=(Laid(song, Millis(0), "music", gain=0.0),))
    render_film(cut, shots, str(path))
    assert metered(path)[0] == pytest.approx(TARGET, abs=0.5)
    louds = [measure_loudness(shots[str(place)]).integrated for place in range(4)]
    levels = level(cut, louds, [measure_recording(song)])
    assert set_whole(cut, shots, levels).film < -1.5


def test_music_is_heard_under_the_film_and_further_under_its_words(tmp_path, shots):
    """Without dialogue it stands its gain off the loudness, under a caption its duck more."""
    song = write_sound(tmp_path / "song.wav", noise(3 * RATE, 0.02, 20))
    path = tmp_path / "film.mp4"
    cut = timeline(tuple(replace(each, mute=True) for each in events(*[FRAMES] * 4)), target=TARGET)
    music = Laid(song, Millis(0), "music", gain=-6.0, duck=-12.0)
    cut = replace(cut, laid=(music,), captions=(caption(3000, 5500),))
    render_film(cut, shots, str(path))
    before, under = metered(path, 0.2, 2.4)[0], metered(path, 3.1, 2.3)[0]
    assert under - before == pytest.approx(-12, abs=1)


def test_the_sound_is_as_long_as_the_picture_and_the_same_each_time(tmp_path, shots):
    """To the sample at an odd rate, and to the byte."""
    fps = Fraction(24_000, 1001)
    cut = timeline(
        events(31, 17, 5, 1, 40, clips=("0", "1", "2", "3", "0")), fps=fps, target=TARGET
    )
    paths = [tmp_path / f"{name}.mp4" for name in "ab"]
    for path in paths:
        render_film(cut, shots, str(path))
    assert paths[0].read_bytes() == paths[1].read_bytes()
    with av.open(str(paths[0])) as container:
        assert container.streams.audio[0].duration == round(94 / fps * RATE)
        assert container.streams.video[0].frames == 94


@pytest.mark.parametrize("again", [3, 0])
def test_a_shouted_film_is_set_although_a_limiter_holds_its_peaks(
    tmp_path, shots, again, monkeypatch
):
    """What the limiter took is listened to again. Control: listened to once, it is far off."""
    monkeypatch.setattr(mix, "_MORE", again)
    voice = write_sound(tmp_path / "voice.wav", np.clip(noise(8 * RATE, 0.9, 30), -1, 1))
    cut = timeline(events(*[FRAMES] * 4), target=TARGET)
    cut = replace(cut, laid=(Laid(voice, Millis(0), "voice-over", gain=12.0),))
    render_film(cut, shots, str(tmp_path / "film.mp4"))
    missed = abs(metered(tmp_path / "film.mp4")[0] - TARGET)
    assert missed <= 0.7 if again else missed > 5
