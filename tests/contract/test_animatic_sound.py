"""Scratch sound, piece by piece: every place, effect and voice is heard, sane and repeatable."""

from fractions import Fraction

import numpy as np
import pytest

from storyboard.adapters.media.animatic.dialogue import cues
from storyboard.adapters.media.animatic.order import read_order
from storyboard.adapters.media.animatic.sound_track import scratch_track
from storyboard.adapters.media.encoder import SOUND_RATE
from storyboard.adapters.media.scratch.ambience import ambience, music
from storyboard.adapters.media.scratch.foley import foley
from storyboard.adapters.media.scratch.voice import murmur
from storyboard.model.money import Millis
from storyboard.model.request import ClipRequest

SECOND = SOUND_RATE
PLACES = (
    "a grandfather clock ticks",
    "rain",
    "wind",
    "the sea",
    "a brook",
    "traffic",
    "birds",
    "crickets",
    "a fire",
    "a crowd",
    "an engine",
    None,
)
EFFECTS = (
    "soft pats of paws",
    "steps",
    "a knock",
    "a door slams",
    "a bell",
    "glass breaks",
    "whoosh",
    "paper rustles",
    "a splash",
    "thunder",
    "a button is pressed",
)


def draw(seed=1):
    return np.random.default_rng(seed)


def loudness(sound):
    return float(np.sqrt(np.mean(np.square(sound, dtype=float))))


def order(millis, **inputs):
    wanted = {"width": 160, "height": 90, "fps": "24", **inputs}
    return read_order(ClipRequest("animatic", tuple(wanted.items()), Millis(millis)))


@pytest.mark.parametrize("words", PLACES)
def test_every_place_is_heard_at_one_loudness(words):
    """A place is finite sound of loudness 1, the same for the same seed."""
    sound = ambience(words, draw(), 2 * SECOND)
    assert np.isfinite(sound).all()
    assert loudness(sound) == pytest.approx(1, rel=0.1)
    assert np.array_equal(sound, ambience(words, draw(), 2 * SECOND))


def test_no_two_places_sound_the_same():
    """Each kind of place has its own sound, and two together are mixed."""
    sounds = [ambience(words, draw(), SECOND) for words in (*PLACES, "rain and traffic")]
    assert len({sound.tobytes() for sound in sounds}) == len(sounds)


@pytest.mark.parametrize("words", EFFECTS)
def test_every_effect_is_short_and_starts_and_ends_in_silence(words):
    """An effect lasts less than two seconds and does not click."""
    sound = foley(words, draw())
    assert len(sound) < 2 * SECOND
    assert np.isfinite(sound).all()
    assert abs(sound[0]) < 0.01
    assert abs(sound[-1]) < 0.05
    assert loudness(sound) > 0.3


def test_no_two_effects_sound_the_same():
    """Each kind of effect has its own sound."""
    assert len({foley(words, draw()).tobytes() for words in EFFECTS}) == len(EFFECTS)


def test_dark_music_is_in_minor():
    """The words choose the chords; both last as long as asked."""
    bright, dark = (music(words, draw(), 9 * SECOND) for words in ("a waltz", "a sad waltz"))
    assert len(bright) == len(dark) == 9 * SECOND
    assert not np.allclose(bright, dark)


def test_speakers_have_voices_of_their_own():
    """The same line is another sound from another mouth, and the same from the same."""
    mia, tom = (murmur("Where are you?", name, 1.5, draw()) for name in ("Mia", "Tom"))
    assert not np.allclose(mia, tom)
    assert np.array_equal(mia, murmur("Where are you?", "Mia", 1.5, draw()))
    assert len(mia) == round(1.5 * SECOND)


@pytest.mark.parametrize("text", ["...", "日本語", "1234", "Ça va, Zoë?", "Shh! " * 40, "x"])
def test_any_line_can_be_murmured(text):
    """Signs without vowels, letters or sense are voiced too."""
    sound = murmur(text, None, 0.8, draw())
    assert np.isfinite(sound).all()
    assert loudness(sound) > 0.3


def test_a_long_clip_never_falls_silent():
    """A place that is repeated crosses into itself without a gap."""
    track = scratch_track(order(95_000, ambience="rain"), ())
    assert len(track) == 95 * SECOND
    seconds = track[: 95 * SECOND, 0].reshape(95, SECOND)
    levels = np.sqrt(np.mean(seconds**2, axis=1))
    assert levels.min() > 0.4 * levels.max()


def test_everything_at_once_stays_below_full_scale():
    """Voices, effects and music together do not clip."""
    lines = [{"speaker": "Mia", "text": "No! No! No!", "delivery": "o.s."}] * 3
    everything = order(
        4000, ambience="a storm", effects=["thunder"] * 8, music="tense", dialogue=lines
    )
    track = scratch_track(everything, cues(everything))
    assert np.abs(track).max() <= 0.9
    assert track.shape == (round(96 / Fraction(24) * SECOND), 2)


def test_lines_are_spoken_in_turn_and_inside_the_clip():
    """Cues follow one another, at two and a half words a second if there is room."""
    lines = [{"speaker": "A", "text": "one two three four five", "delivery": "on-screen"}] * 2
    roomy, tight = (cues(order(millis, dialogue=lines)) for millis in (10_000, 1500))
    assert roomy[0].end - roomy[0].start == pytest.approx(2.0)
    assert roomy[0].start == pytest.approx(1.0)
    for found, seconds in ((roomy, 10), (tight, 1.5)):
        assert found[0].end <= found[1].start
        assert found[1].end <= seconds
