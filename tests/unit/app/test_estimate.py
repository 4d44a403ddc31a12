"""The range that a plan may come to, from the ledger's own history."""

from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.ledger import MemoryLedger
from storyboard.app.clock import SystemClock
from storyboard.app.estimate import estimate_plan
from storyboard.app.history import History, read_history
from storyboard.app.settings import ACCOUNTS, Settings
from storyboard.model import job
from storyboard.model.attempt import Cap, Caps, Order
from storyboard.model.estimate import FEWEST_CLIPS, Retries
from storyboard.model.money import MicroUsd, Millis, micro_usd
from storyboard.model.plan import Generate, Plan, PlannedShot, Reuse, Why
from storyboard.model.request import ClipKey, ClipRequest, clip_key

SETTINGS = Settings(Path(), None, ACCOUNTS["bronze"])
MONTH = f"{SystemClock().now():%Y-%m}"


def shot(number, model, cost):
    request = ClipRequest(model, (("prompt", str(number)),), Millis(1000))
    step = Generate(Why.NEW, MicroUsd(cost)) if cost else Reuse()
    return PlannedShot(
        f"s{number}", "film", model, step, Millis(1000), Millis(1000), request, clip_key(request)
    )


def plan(*orders, **more):
    shots = tuple(shot(number, model, cost) for number, (model, cost) in enumerate(orders))
    return Plan("film.yaml", shots, Millis(1000), **more)


def history(**models):
    return History(retries={name: Retries(name, *counts) for name, counts in models.items()})


def test_the_high_end_counts_retries_model_by_model():
    """Each clip takes as many orders as one of its model took in this project."""
    several = plan(("a", 1_000_000), ("a", 1_000_000), ("b", 500_000))
    made = estimate_plan(several, history(a=(23, 20), b=(10, 5)), SETTINGS)
    assert (made.low, made.high) == (2_500_000, 2 * 1_150_000 + 1_000_000)
    assert [each.rate for each in made.retries] == [Fraction(23, 20), 2]


def test_without_enough_history_the_high_end_is_unknown():
    """Four clips say nothing; of one model that is unknown the sum is."""
    several = plan(("a", 1_000_000), ("b", 500_000))
    few = FEWEST_CLIPS - 1
    assert estimate_plan(several, history(a=(9, few), b=(9, 9)), SETTINGS).high is None
    assert estimate_plan(several, history(b=(9, 9)), SETTINGS).high is None
    assert estimate_plan(several, history(a=(9, few + 1), b=(9, 9)), SETTINGS).high is not None


ORDERS = st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 10**8)), max_size=8)
COUNTS = st.tuples(st.integers(0, 400), st.integers(0, 200))


@given(ORDERS, COUNTS, COUNTS, st.integers(0, 10**8))
def test_a_range_is_never_upside_down(orders, a, b, limit):
    """High is low at least, more failures never make it cheaper, and a limit is passed once."""
    whole = plan(*orders, budget_cost=MicroUsd(limit))
    made = estimate_plan(whole, history(a=a, b=b), SETTINGS)
    assert made.low == whole.cost
    worse = estimate_plan(whole, history(a=(a[0] + 9, a[1]), b=b), SETTINGS)
    if made.high is not None:
        assert made.low <= made.high <= worse.high
        assert made.high <= 1 + made.low * max(a[0], b[0], 1) + 10_000
    assert not {*made.passed} & {*made.endangered}
    assert bool(made.passed) == whole.over_budget


@given(st.integers(1, 10**7), st.integers(FEWEST_CLIPS, 300))
def test_where_no_order_failed_both_ends_are_one(cost, clips):
    """To the millionth, however the sum is rounded for people otherwise."""
    made = estimate_plan(plan(("a", cost)), history(a=(clips, clips)), SETTINGS)
    assert made.low == made.high == cost


def test_the_limits_say_what_they_leave():
    """The film's less what was spent, the run's whole, the month's less what counts in it."""
    settings = Settings(Path(), None, ACCOUNTS["bronze"], month=micro_usd(50), run=micro_usd(5))
    counted = History(months={MONTH: micro_usd(48), "2020-01": micro_usd(9)})
    whole = plan(("a", 1_000_000), budget_cost=micro_usd(6), spent=micro_usd(2))
    made = estimate_plan(whole, counted, settings)
    assert [(each.cap, each.left) for each in made.limits] == [
        (Cap.FILM, micro_usd(4)),
        (Cap.RUN, micro_usd(5)),
        (Cap.MONTH, micro_usd(2)),
    ]
    assert made.tightest.cap is Cap.MONTH
    assert made.passed == made.endangered == ()
    flag = estimate_plan(whole, counted, settings, run=micro_usd("0.50"))
    assert [each.cap for each in flag.passed] == [Cap.RUN]


def test_a_limit_is_in_danger_where_only_retries_pass_it():
    """At the low end it holds, at the high end it does not."""
    whole = plan(("a", 1_000_000), budget_cost=micro_usd("1.10"))
    made = estimate_plan(whole, history(a=(12, 10)), SETTINGS)
    assert [each.cap for each in made.endangered] == [Cap.FILM]
    assert made.passed == ()


SENT = job.Sent
FATES = {
    "owned": (job.Finished(), job.Saved("a" * 64)),
    "failed": (job.Failed("broken"),),
    "in flight": (),
    "lost": (job.Gone("no more"),),
}


@pytest.mark.parametrize(
    ("fates", "counted"),
    [
        (("owned",) * 5, (5, 5)),
        (("owned", "failed", "owned"), (3, 2)),
        (("owned", "lost"), (2, 1)),
        (("owned", "in flight"), (1, 1)),
        ((), None),
    ],
)
def test_orders_that_were_sent_and_have_ended_are_counted(fates, counted):
    """One in flight has not ended; one that was refused or taken over from elsewhere is none."""
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    ledger = MemoryLedger(lambda: now, "run")

    def reserve(number, price):
        order = Order(ClipKey(f"{number:064x}"), "s", "film.yaml", "a", MicroUsd(price), "{}")
        return ledger.reserve(order, Caps()).id

    for number, fate in enumerate(fates):
        attempt = reserve(number, 100_000)
        for event in (SENT(f"p-{number}"), *FATES[fate]):
            ledger.record(attempt, event)
    ledger.record(reserve(90, 100_000), job.Refused("no"))
    taken_over = reserve(91, 0)
    for event in (SENT("p-91"), *FATES["owned"]):
        ledger.record(taken_over, event)
    found = read_history("film.yaml", ledger)
    expected = {} if counted is None else {"a": Retries("a", *counted)}
    assert found.retries == expected
    assert found.months == {"2026-11": 100_000 * len(fates)}
