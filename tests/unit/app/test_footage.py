"""Which shots of a plan have no clip, and why not."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from fakes.market import shot
from storyboard.app.footage import StandIn, missing_shots
from storyboard.compiler.steps import BOUGHT_ELSEWHERE
from storyboard.model.lock import Take
from storyboard.model.money import MicroUsd, Millis
from storyboard.model.plan import Blocked, Generate, Plan, Reconcile, Resume, Reuse, Why
from storyboard.model.request import ClipKey

FREE = MicroUsd(0)


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (Generate(Why.NEW, FREE), "new"),
        (Generate(Why.CHANGED, FREE, ("image", "prompt")), "changed: image, prompt"),
        (Generate(Why.CLIP_MISSING, FREE), "clip-missing"),
        (Resume("prediction"), "in flight"),
        (Reconcile("1"), "unclear"),
        (Blocked("refused by moderation", FREE), "blocked"),
        (Blocked(BOUGHT_ELSEWHERE, FREE), "bought, and not on this machine"),
        (Reuse(), "damaged"),
    ],
)
def test_a_missing_shot_says_why_it_is_missing(step, why):
    """In the words of its plan; one that was to be reused and is not there is damaged."""
    plan = Plan("film.yaml", (shot("a", step),), Millis(0))
    assert missing_shots(plan, ()) == (StandIn("a", why),)


def test_what_the_lock_knows_is_to_be_fetched():
    """It is not in flight: it was made long ago, and is not on this machine."""
    there = replace(shot("a", Resume("prediction")), number=1)
    assert missing_shots(Plan("film.yaml", (there,), Millis(0)), ()) == (StandIn("a", "to fetch"),)


def test_what_is_owned_or_free_is_not_missing():
    """A clip that costs nothing is simply made."""
    owned, free = shot("a"), shot("b", cost=0)
    plan = Plan("film.yaml", (owned, free), Millis(0))
    assert missing_shots(plan, {owned.key}) == ()
    assert missing_shots(plan, ()) == (StandIn("a", "new"),)


def test_a_missing_shot_names_the_take_that_stands_in_for_it():
    """Stale where the shot does not ask for what that was made from."""
    bought = datetime(2026, 11, 22, tzinfo=UTC)
    old = Take(1, ClipKey("old"), "c" * 64, "house", Millis(4000), FREE, bought)
    edited = replace(shot("a"), stands_in=old)
    assert missing_shots(Plan("film.yaml", (edited,), Millis(0)), ()) == (
        StandIn("a", "new", old, stale=True),
    )
    own = replace(edited, asked=(replace(edited.offers[0], key=old.key),))
    assert not missing_shots(Plan("film.yaml", (own,), Millis(0)), ())[0].stale
