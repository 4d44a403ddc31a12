"""Stills: the shape of the film, and the size, weight and format that the model takes."""

import pytest

from fakes.films import HEAD, card, findings, marked, still, subject
from storyboard.compiler.checks import check_film
from storyboard.model.card import ImageLimits
from storyboard.model.diagnostic import Code

SHOT, (PLACE,) = marked(HEAD + "shots: [{id: a, image: «a.png»}]")


def looked(width, height, limits=None, **more):
    model = card(image=limits or ImageLimits())
    return findings(SHOT, cards=[model], stills=[still("a.png", width, height, **more)])


@pytest.mark.parametrize(
    ("width", "fits"), [(1280, True), (1305, True), (1255, True), (1310, False)]
)
def test_the_shape_of_a_still(width, fits):
    """Up to two hundredths off nobody sees; more is said, because it is cropped."""
    assert looked(width, 720) == ([] if fits else [(Code.IMAGE_RATIO, PLACE)])


@pytest.mark.parametrize(
    ("limits", "bad", "good"),
    [
        (
            ImageLimits(smallest_side=300),
            {"width": 532, "height": 299},
            {"width": 534, "height": 300},
        ),
        (ImageLimits(largest_bytes=1000), {"bytes": 1001}, {"bytes": 1000}),
        (ImageLimits(formats=("png", "jpeg")), {"format": "webp"}, {"format": "jpeg"}),
        (ImageLimits(narrowest=1.78), {}, {"width": 1282}),
        (ImageLimits(widest=1.77), {}, {"width": 1274}),
    ],
)
def test_what_a_model_takes(limits, bad, good):
    """Each limit of a card is found when passed, and not when just met."""
    size = {"width": 1280, "height": 720}
    assert looked(**{**size, **bad}, limits=limits) == [(Code.IMAGE_SIZE, PLACE)]
    assert looked(**{**size, **good}, limits=limits) == []


def test_the_last_frame_is_looked_at_too():
    """An end image is a still like any other, and has its own place."""
    text, (place,) = marked(HEAD + "shots: [{id: a, end_image: «b.png»}]")
    assert findings(text, stills=[still("b.png", 720, 1280)]) == [(Code.IMAGE_RATIO, place)]


def test_a_still_that_could_not_be_read_is_not_measured():
    """What is missing was found where it was looked for; it has no shape to complain of."""
    assert findings(SHOT) == []


def test_every_fault_of_a_still_is_shown_at_once():
    """Too small, too heavy and of the wrong format are three findings, each with its advice."""
    limits = ImageLimits(formats=("png",), smallest_side=1000, largest_bytes=2_000_000)
    picture = still("a.png", format="webp", bytes=3_000_000)
    three = check_film(subject(SHOT, cards=[card(image=limits)], stills=[picture]))
    assert [each.help for each in three] == [
        "its shorter side has to be at least 1000 pixels",
        "it may weigh 2 MB at most",
        "save it as PNG",
    ]
