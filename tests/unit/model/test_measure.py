"""A clip against its order: what is said, what is left alone, and both figures in each sentence."""

from dataclasses import replace
from fractions import Fraction

import pytest

from storyboard.model.measure import ClipMeasure, Oddity, compare
from storyboard.model.money import Millis

RIGHT = ClipMeasure(1280, 720, Fraction(24), Millis(8000), black=0.0, frozen=0.0, peak=0.5)
ORDER = {
    "ordered": Millis(8000),
    "sizes": ((1280, 720), (720, 1280)),
    "rates": (Fraction(24),),
    "shape": Fraction(16, 9),
    "sound": True,
    "model": "openai/sora-2",
}


def remarks(order=None, **measured):
    return compare(replace(RIGHT, **measured), **ORDER | (order or {}))


def said(order=None, **measured):
    """Return what is said of a clip by its oddity."""
    return {each.oddity: each.message for each in remarks(order, **measured)}


def test_a_clip_as_ordered_is_passed_over(no_io):
    """Nothing is odd about a clip of the ordered length, size, rate, shape and sound."""
    with no_io():
        assert remarks() == ()


@pytest.mark.parametrize("length", [7500, 7800, 8200, 8500])
def test_half_a_second_is_normal(length):
    """A clip that is 0.2 s longer is what providers send."""
    assert remarks(length=Millis(length)) == ()


@pytest.mark.parametrize(
    ("length", "oddity", "message"),
    [
        (7499, Oddity.SHORT, "the clip lasts 7.5s, and 8s were ordered"),
        (4000, Oddity.SHORT, "the clip lasts 4s, and 8s were ordered"),
        (8501, Oddity.LONG, "the clip lasts 8.5s, and 8s were ordered"),
        (12_042, Oddity.LONG, "the clip lasts 12s, and 8s were ordered"),
    ],
)
def test_another_length_is_told(length, oddity, message):
    """More than half a second off, either way."""
    assert said(length=Millis(length)) == {oddity: message}


def test_a_size_that_the_model_does_not_make_is_another_models():
    """The shape, which differs too, is not told as well: it is the same figure."""
    message = (
        "the clip is 864x480; openai/sora-2 makes 1280x720 or 720x1280: "
        "probably another model made it"
    )
    assert said(width=864, height=480) == {Oddity.OTHER_MODEL: message}


def test_a_rate_that_the_model_does_not_make_is_another_models():
    """Every rate the model makes is in the sentence."""
    order = {"rates": (Fraction(24), Fraction(25), Fraction(30000, 1001))}
    message = (
        "the clip has 16 frames a second; openai/sora-2 makes 24, 25 or 29.97: "
        "probably another model made it"
    )
    assert said(order, fps=Fraction(16)) == {Oddity.OTHER_MODEL: message}


@pytest.mark.parametrize("fps", ["24", "24000/1001", "24.05"])
def test_a_rate_that_is_nearly_the_models_is_the_models(fps):
    """24 and 23.976 are the same to a model, and a short clip's mean is a little off."""
    assert remarks(fps=Fraction(fps)) == ()


def test_nothing_is_said_of_what_the_card_does_not_list():
    """Without sizes and rates, no size and no rate is another model's."""
    order = {"sizes": (), "rates": ()}
    assert remarks(order, width=1920, height=1080, fps=Fraction(60)) == ()


@pytest.mark.parametrize("order", [{}, {"sizes": ()}])
def test_another_shape_than_the_films_is_told(order):
    """Also when the model does make it: a portrait clip in a landscape film."""
    message = "the clip is 720x1280, a shape of 0.562:1, and the film is 1.78:1"
    assert said(order, width=720, height=1280) == {Oddity.SIZE: message}


@pytest.mark.parametrize(("width", "is_told"), [(1268, False), (1292, False), (1296, True)])
def test_a_shape_within_a_hundredth_is_the_films(width, is_told):
    """The cut fills the film's frame with it."""
    assert (Oddity.SIZE in said({"sizes": ()}, width=width)) is is_told


def test_pixels_that_are_not_square_count_in_the_shape():
    """864x480 that is shown as 16:9 is of the film's shape."""
    order = {"sizes": ()}
    assert Oddity.SIZE in said(order, width=864, height=480)
    assert remarks(order, width=864, height=480, pixel=Fraction(80, 81)) == ()


def test_sound_that_is_missing_is_told():
    """No track, where the model makes sound."""
    message = "the clip has no sound track, and openai/sora-2 makes clips with sound"
    assert said(peak=None) == {Oddity.NO_SOUND: message}


@pytest.mark.parametrize(
    ("peak", "words"),
    [
        (0.0, "all of its samples are zero"),
        (0.00025, "its peak is at -72.0 dBFS"),
        (0.00099, "-60"),
    ],
)
def test_a_silent_track_is_told(peak, words):
    """Nothing reaches 60 decibels below full scale."""
    (message,) = said(peak=peak).values()
    assert Oddity.SILENT in said(peak=peak)
    assert words in message


@pytest.mark.parametrize("peak", [0.00101, 0.01, 1.0])
def test_quiet_sound_is_sound(peak):
    """A whisper is not a fault."""
    assert remarks(peak=peak) == ()


@pytest.mark.parametrize("peak", [None, 0.0])
def test_sound_that_was_not_ordered_is_not_missed(peak):
    """Nothing is said of it."""
    assert remarks({"sound": False}, peak=peak) == ()


@pytest.mark.parametrize(
    ("share", "message"),
    [
        (1.0, "the clip is black for all of its 8s"),
        (0.5, "the clip is black for 4s of its 8s"),
        (0.49, None),
    ],
)
def test_a_black_picture_is_told(share, message):
    """From half of the clip's time on; that black stands still goes without saying."""
    assert said(black=share, frozen=share).get(Oddity.BLACK) == message
    assert Oddity.FROZEN not in said(black=share, frozen=share)


@pytest.mark.parametrize(
    ("share", "message"),
    [
        (1.0, "nothing moves in the clip for all of its 8s"),
        (0.75, "nothing moves in the clip for 6s of its 8s"),
        (0.49, None),
    ],
)
def test_a_frozen_picture_is_told(share, message):
    """From half of the clip's time on."""
    assert said(frozen=share).get(Oddity.FROZEN) == message


def test_all_that_is_odd_is_told():
    """Length, size, rate, sound and picture, each once."""
    found = remarks(
        length=Millis(4000), width=864, height=480, fps=Fraction(30), peak=None, black=1.0
    )
    assert [each.oddity for each in found] == [
        Oddity.SHORT,
        Oddity.OTHER_MODEL,
        Oddity.OTHER_MODEL,
        Oddity.NO_SOUND,
        Oddity.BLACK,
    ]
