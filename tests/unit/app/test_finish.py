"""How a film is to be finished: its name, what is burnt in, and which words it keeps."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from storyboard.app.finish import AS_BUILT, Finish, render_finished
from storyboard.model.delivery import PRESETS
from storyboard.model.money import Millis
from storyboard.model.timeline import Caption, Timeline

SAID = Caption(Millis(0), Millis(900), "Mrow!", "a")
TIMELINE = Timeline("T", 160, 90, Fraction(24), (), (SAID,))


@pytest.mark.parametrize(
    ("finish", "name"),
    [
        (AS_BUILT, ".mp4"),
        (replace(AS_BUILT, captions="off"), ".mp4"),
        (replace(AS_BUILT, aspect="9:16", fit="contain"), ".9x16.mp4"),
        (Finish(PRESETS["review"]), ".review.mp4"),
        (Finish(PRESETS["review"], burn=("captions",)), ".review.captions.mp4"),
        (Finish(PRESETS["prores"], aspect="1:1"), ".1x1.prores.mov"),
        (Finish(renderer="moviepy"), ".moviepy.mp4"),
    ],
)
def test_a_film_is_named_after_what_it_is(finish, name):
    """Rough is the last word before the ending, and `build` makes the shortest name."""
    assert finish.suffix(rough=False) == name
    *words, ending = name.split(".")
    assert finish.suffix(rough=True) == ".".join([*words, "rough", ending])


def test_a_review_copy_is_marked_unless_something_else_is_asked_for():
    assert Finish(PRESETS["review"]).burnt == ("timecode", "shot")
    assert Finish(PRESETS["review"], burn=("captions",)).burnt == ("captions",)
    assert AS_BUILT.burnt == ()


@pytest.mark.parametrize(
    ("finish", "kept"),
    [
        (AS_BUILT, (SAID,)),
        (Finish(captions="off"), ()),
        (Finish(burn=("captions",)), ()),
        (Finish(burn=("timecode",)), (SAID,)),
    ],
)
def test_a_track_of_captions_is_left_out_where_nobody_needs_it(finish, kept, monkeypatch, tmp_path):
    """Where it is not wanted, and where the words are in the picture already."""
    rendered = []

    def render(timeline, *_words, **_more):
        rendered.append(timeline.shown_captions)

    monkeypatch.setattr("storyboard.adapters.media.cut.film.render_film", render)
    render_finished(finish, TIMELINE, {}, Path("film.mp4"), tmp_path, lambda *_: None)
    assert rendered == [kept]
