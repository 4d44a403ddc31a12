"""The last line of a build: it counts what was made, of what there was to make."""

from dataclasses import replace
from fractions import Fraction

from fakes.market import shot
from storyboard.model.money import Millis
from storyboard.model.plan import Plan, Reuse
from storyboard.model.request import ClipKey
from storyboard.model.timeline import Timeline
from storyboard.report.built import render_built_text

TIMELINE = Timeline("The Yarn", 1280, 720, Fraction(24), ())


def text(*shots, takes=()):
    plan = Plan("film.yaml", shots, Millis(0), takes=takes)
    return render_built_text(plan, TIMELINE, fresh=True)


def test_further_takes_are_counted_among_the_clips():
    """Three takes of one shot are three clips, and not three of one."""
    first = shot("a")
    takes = tuple(replace(first, key=ClipKey(key)) for key in ("b", "c"))
    assert "; 3 of 3 clips made; cut" in text(first, takes=takes)
    assert "; 2 of 3 clips made; cut" in text(shot("a", Reuse()), takes=takes)
    assert "; no clip had to be made; cut" in text(shot("a", Reuse()))
