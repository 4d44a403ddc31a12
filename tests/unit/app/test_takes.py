"""How takes get into a lock: numbered on, under their shot's id of today, circles kept."""

from dataclasses import replace
from datetime import UTC, datetime

from fakes.market import shot
from storyboard.app.takes import with_takes
from storyboard.model.lock import Lock, Slate, Take
from storyboard.model.money import MicroUsd, Millis
from storyboard.model.plan import Plan, Reuse
from storyboard.model.request import ClipKey

BOUGHT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def take(number, key):
    price = MicroUsd(400_000)
    return Take(number, ClipKey(key), "c" * 64, "house", Millis(4000), price, BOUGHT)


def asking(name, *named, slate=None):
    """Return a plan of one shot that asks for takes with these keys."""
    own = shot(name, Reuse())
    asked = tuple(replace(own.offers[0], key=ClipKey(key)) for key in named)
    return Plan("film.yaml", (replace(own, asked=asked, slate=slate),), Millis(0))


def found(*named):
    return {ClipKey(key): take(1, key) for key in named}


def test_takes_are_numbered_in_the_order_of_what_was_asked_for():
    """One that the lock has is not written again, whichever number it has there."""
    lock = with_takes(Lock(), asking("a", "k1", "k2"), found("k2", "k1"))
    assert [(each.number, each.key) for each in lock.slates[0].takes] == [(1, "k1"), (2, "k2")]
    assert with_takes(lock, asking("a", "k2", "k1"), found("k1", "k2")) == lock


def test_a_number_is_never_given_twice():
    """The take of an edited shot comes after those of what it asked for before."""
    known = Lock((Slate("a", (take(1, "old"), take(4, "older"))),))
    lock = with_takes(known, asking("a", "new"), found("new"))
    assert [each.number for each in lock.slates[0].takes] == [1, 4, 5]


def test_a_circle_that_was_drawn_meanwhile_is_kept():
    """What a build bought goes into the lock as it is by then."""
    begun = Lock((Slate("a", (take(1, "k1"),)),))
    plan = asking("a", "k1", "k2", slate=begun.slates[0])
    meanwhile = Lock((replace(begun.slates[0], circled=1, circled_for=ClipKey("k1")),))
    assert with_takes(meanwhile, plan, found("k2")).slates[0].circled == 1
    stale = with_takes(begun, plan, found("k2"))
    assert stale.slates[0].circled is None, "the control: the lock as it was has no circle"


def test_a_renamed_shot_takes_its_slate_along_and_leaves_the_others():
    """Under one id only, with its circle; a slate that nobody asks for stays."""
    old = Slate("a", (take(1, "k1"),), 1, ClipKey("k1"))
    other = Slate("x", (take(1, "kx"),))
    lock = with_takes(Lock((old, other)), asking("b", "k1", slate=old), {})
    assert lock == Lock((replace(old, shot="b"), other))


def test_a_shot_without_takes_has_no_slate():
    """Nothing was bought, so nothing is written."""
    assert with_takes(Lock(), asking("a", "k1"), {}) == Lock()
