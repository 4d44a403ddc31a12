"""What stands in the way of an order: what a person has to decide, in words of its own."""

import pytest

from storyboard.compiler.steps import BOUGHT_ELSEWHERE, Owned, step_of
from storyboard.model.attempt import Past
from storyboard.model.job import State
from storyboard.model.money import MicroUsd, Millis
from storyboard.model.plan import Blocked, Generate, Offer, Resume, Reuse
from storyboard.model.request import ClipRequest, clip_key

REQUEST = ClipRequest("house", (("prompt", "P"),), Millis(4000))
OFFER = Offer("house", Millis(4000), REQUEST, clip_key(REQUEST), MicroUsd(400_000))
KEYS = frozenset({OFFER.key})


@pytest.mark.parametrize(
    ("owned", "step"),
    [
        (Owned(elsewhere=KEYS), Blocked(BOUGHT_ELSEWHERE, OFFER.cost)),
        (
            Owned(elsewhere=KEYS, known=KEYS),
            Blocked("owned once, and its file is damaged or gone", OFFER.cost),
        ),
        (Owned(elsewhere=KEYS, clips=KEYS), Reuse()),
        (Owned(elsewhere=KEYS, fetchable={OFFER.key: "p-1"}), Resume("p-1")),
        (
            Owned(elsewhere=KEYS, past={OFFER.key: Past("1", State.SUBMITTED, "p-2")}),
            Resume("p-2"),
        ),
    ],
    ids=["another machine's", "once here", "here", "can be fetched", "under way"],
)
def test_a_clip_that_was_bought_is_not_ordered_unasked(owned, step):
    """A clone that only knows of it from the lock says so; it never was on this machine."""
    assert step_of("a", (OFFER,), owned) == step


def test_it_is_ordered_again_when_a_person_says_so():
    """`--again` is that word."""
    assert isinstance(
        step_of("a", (OFFER,), Owned(elsewhere=KEYS, again=frozenset({"a"}))), Generate
    )
