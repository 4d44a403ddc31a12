"""What a film is handed over as: every shape and size is even, and what cannot be is unchanged."""

from fractions import Fraction

import pytest

from storyboard.model.delivery import ASPECTS, PRESETS, Framing, picture_size, reframed
from storyboard.model.story import Format

FILM = Format(1280, 720, Fraction(24), "16:9", "720p")
SIZES = {"16:9": (1280, 720), "9:16": (720, 1280), "1:1": (720, 720), "4:5": (720, 900)}


@pytest.mark.parametrize("aspect", ASPECTS)
def test_a_film_in_another_shape(aspect):
    """Its short side stays what the resolution says, and its rate what it was."""
    shaped = reframed(FILM, aspect)
    assert (shaped.width, shaped.height) == SIZES[aspect] == picture_size(aspect, "720p")
    assert (shaped.fps, shaped.aspect, shaped.resolution) == (FILM.fps, aspect, "720p")
    assert reframed(shaped, "16:9") == FILM


@pytest.mark.parametrize(
    ("name", "size", "written"),
    [
        ("web", (1280, 720), (1280, 720)),
        ("prores", (720, 900), (720, 900)),
        ("review", (1280, 720), (640, 360)),
        ("review", (854, 480), (428, 240)),
        ("draft", (1280, 720), (640, 360)),
        ("draft", (720, 1280), (360, 640)),
        ("draft", (426, 240), (426, 240)),
    ],
)
def test_the_size_of_a_delivery(name, size, written):
    """Its shape is the film's, its sides are even, and nothing is enlarged."""
    assert PRESETS[name].size(*size) == written


def test_presets_are_known_by_their_names():
    """Only what editors get is no mp4."""
    assert set(PRESETS) == {"web", "review", "draft", "prores"}
    assert {each.name: each.suffix for each in PRESETS.values() if each.suffix != ".mp4"} == {
        "prores": ".mov"
    }


def test_each_framing_has_a_name_of_its_own():
    """Files are told apart by it."""
    framings = [
        Framing(),
        Framing(focus=(0.25, 0.5)),
        Framing(focus=(0.5, 0.25)),
        Framing("contain"),
    ]
    assert len({each.name for each in framings}) == len(framings)
    assert framings[1].name == "cover-0.25-0.5"
