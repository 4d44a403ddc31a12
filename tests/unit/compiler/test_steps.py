"""What stands in the way of an order: what a person has to decide, in words of its own."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from storyboard.compiler.steps import BOUGHT_ELSEWHERE, Owned, act_on, step_of
from storyboard.model.attempt import Past
from storyboard.model.job import State
from storyboard.model.lock import Slate, Take
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


@pytest.mark.parametrize("made", [1, 2])
@pytest.mark.parametrize("tried", [False, True])
def test_a_clone_takes_the_fallback_that_has_made_the_clip(made, tried):
    """Whichever of them, and whether or not the first model was tried here too: none is ordered."""
    requests = [replace(REQUEST, model=f"model-{number}") for number in range(3)]
    offers = [replace(OFFER, model=each.model, key=clip_key(each)) for each in requests]
    keys = [offer.key for offer in offers]
    at = datetime(2026, 11, 22, tzinfo=UTC)
    take = Take(1, keys[made], "c" * 64, "m", OFFER.bought, OFFER.cost, at, instead_of=keys[0])
    past = {keys[0]: Past("1", State.REFUSED)} if tried else {}
    owned = Owned(slates={"a": Slate("a", (take,))}, elsewhere=frozenset({take.key}), past=past)
    assert act_on(offers, owned) == made
