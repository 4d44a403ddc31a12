"""Which orders a saved plan covers: the same takes, of the same models, and no dearer."""

from dataclasses import replace

import pytest

from fakes.films import card
from storyboard.compiler.plan_changes import card_fields, changes_of_orders
from storyboard.model.card import AnyLength, PriceRow
from storyboard.model.edition import Edition
from storyboard.model.money import MicroUsd, Millis
from storyboard.model.plan import Blocked, Generate, Offer, Plan, PlannedShot, Resume, Reuse, Why
from storyboard.model.request import ClipRequest, clip_key
from storyboard.model.saved import Basis, Part, SavedOptions, SavedOrder, SavedPlan

DOLLAR = MicroUsd(1_000_000)


def offer(shot, model="own", start=None, take=1, cost=DOLLAR):
    inputs = [("prompt", shot)]
    if start is not None:
        inputs.append(("image", f"clip:{start}#last"))
    request = ClipRequest(model, tuple(inputs), Millis(1000), (), ("image",), take)
    return Offer(model, Millis(1000), request, clip_key(request), cost)


def order(shot, step, first, *fallbacks):
    return PlannedShot(
        id=shot,
        scene="film",
        model=first.model,
        step=step,
        wanted=Millis(1000),
        bought=first.bought,
        request=first.request,
        key=first.key,
        price=first.cost,
        fallbacks=fallbacks,
        asked=(first, *fallbacks),
    )


def new(cost=DOLLAR, why=Why.NEW):
    return Generate(why, cost)


def saved(*orders, step="generate"):
    """Save a plan of these orders, each a shot's offers with what they start from."""
    return SavedPlan(
        "film.plan.json",
        "film.yaml",
        SavedOptions(),
        Basis(Edition("then", ())),
        tuple(
            SavedOrder(
                Part(shot, offers[0].request.take),
                step,
                {each.model: each.cost for each in offers},
                tuple(each.key for each in offers),
                starts,
            )
            for shot, offers, starts in orders
        ),
    )


def changes(before, *orders):
    return [*changes_of_orders(before, Plan("film.yaml", orders, Millis(1000)))]


A, A2 = offer("a"), offer("a", "spare")
B, B2 = offer("b", start=A.key), offer("b", start=A2.key)
C, C2 = offer("c", start=B.key), offer("c", start=B2.key)
CHAIN = saved(("a", (A, A2), ()), ("b", (B,), (A.key,)), ("c", (C,), (B.key,)))


def test_the_same_orders_are_no_change():
    """Nor is one that is owned, under way or blocked by now."""
    assert (
        changes(CHAIN, *(order(n, new(), o) for n, o in zip("abc", (A, B, C), strict=True))) == []
    )
    for step in (Reuse(), Resume("p-1"), Blocked("refused by moderation: no", DOLLAR)):
        assert changes(CHAIN, order("a", step, A), order("b", new(), B)) == []


def test_what_a_fallback_made_carries_its_chain_along():
    """A shot that starts from a fallback's clip is the one that was planned, and so on down."""
    today = (order("a", Reuse(), A2), order("b", new(), B2), order("c", new(), C2))
    assert changes(CHAIN, *today) == []


def test_a_chain_that_starts_from_something_else_is_another_order():
    """Control: the clip of another take, or of nobody knows what, was not in the plan."""
    other = offer("a", take=2)
    today = (order("a", Reuse(), other), order("b", new(), offer("b", start=other.key)))
    assert changes(CHAIN, *today) == ["b starts from another clip"]
    strange = order("b", new(), offer("b", start="f" * 64))
    assert changes(CHAIN, order("a", Reuse(), A), strange) == ["b starts from another clip"]
    assert changes(CHAIN, order("a", new(), offer("A"))) == ["a asks for another clip"]


@pytest.mark.parametrize(
    ("cost", "told"),
    [(DOLLAR, []), (DOLLAR - 1, []), (DOLLAR + 1, ["a costs $1.000001 instead of $1.00"])],
)
def test_no_order_is_dearer_than_it_was(cost, told):
    """A millionth too much is too much."""
    assert changes(CHAIN, order("a", new(MicroUsd(cost)), A)) == told


def test_what_the_plan_does_not_list_is_named():
    """Another shot, another take, another model, and what was not to be made."""
    assert changes(CHAIN, order("z", new(), offer("z"))) == [
        "z is to be bought ($1.00), and was not"
    ]
    second = order("a", new(), offer("a", take=2))
    assert changes(CHAIN, second) == ["a (take 2) is to be bought ($1.00), and was not"]
    other = order("a", new(), offer("a", "third"))
    assert changes(CHAIN, other) == ["a is to be made by third, and was not"]


@pytest.mark.parametrize(
    ("step", "why", "reason"),
    [
        ("reuse", Why.CLIP_MISSING, "its clip is gone"),
        ("reuse", Why.NEW, "its clip is gone"),
        ("reuse", Why.CHANGED, "it asks for another clip"),
        ("resume", Why.FAILED_BEFORE, "its order brought no clip"),
        ("reconcile", Why.NEW, "its order brought no clip"),
        ("blocked", Why.NEW, "it was not to be ordered"),
    ],
)
def test_what_was_not_to_be_bought_says_why_it_is_now(step, why, reason):
    """A plan in which it cost nothing does not cover its price."""
    before = saved(("a", (replace(A, cost=MicroUsd(0)),), ()), step=step)
    told = changes(before, order("a", new(why=why), A))
    assert told == [f"a has to be made anew ($1.00): {reason}"]


def test_a_clip_that_is_not_there_any_more_is_named_although_nothing_is_bought():
    """The film would not be whole, and was in the plan."""
    before = saved(("a", (A,), ()), step="reuse")
    told = changes(before, order("a", Blocked("owned once, and gone", DOLLAR), A))
    assert told == ["a is not owned any more: owned once, and gone"]


def test_a_card_says_each_thing_under_its_name():
    """Where and when it was looked up is not among them."""
    whole = card()
    assert card_fields(whole) == card_fields(
        replace(whole, checked="2027", source="x", title="x", notice="x", origin="cards/x.yaml")
    )
    for change, field in {
        "prompt_limit": "prompt_limit",
        "status": "status",
        "sizes": "sizes",
    }.items():
        changed = card_fields(replace(whole, **{change: "1"}))
        assert {n for n, text in changed.items() if text != card_fields(whole).get(n)} == {field}
    rows = (PriceRow(MicroUsd(120_000), (("resolution", "1080p"),)), *whole.prices)
    said = card_fields(replace(whole, prices=rows, lengths=AnyLength(Millis(1000), Millis(9000))))
    assert said["price (resolution 1080p)"] == "$0.12 a second"
    assert said["price"] == "$0.10 a second"
    assert said["lengths"] == "1s to 9s"
