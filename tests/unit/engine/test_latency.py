"""When to look next, from what is known of a model."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.engine.latency import Latencies

UNIFORM = tuple(60 + 67 * n / 99 for n in range(100))
ages = st.floats(0, 1e6)


def looks(latencies, until, model="m"):
    """Return the ages at which an order is looked at that is never ready."""
    found = [latencies.next_look(model, None)]
    while found[-1] < until:
        found.append(latencies.next_look(model, found[-1]))
    return found[:-1]


def test_of_an_unknown_model_orders_are_looked_at_soon_and_then_ever_more_seldom():
    """It may take seconds or an hour."""
    blind = looks(Latencies({}), 3600.0)
    assert blind[0] == 2.0
    gaps = [after - before for before, after in pairwise(blind)]
    assert gaps == pytest.approx(sorted(gaps))
    assert gaps[-1] == pytest.approx(60.0)


def test_of_a_known_model_the_first_look_is_when_the_fastest_tenth_is_ready():
    """Somewhat sooner, as earlier runs noticed late; then each look is 4 % later."""
    known = looks(Latencies({"m": UNIFORM}), 127.0)
    assert 0.8 * 66.7 < known[0] < 66.7
    ratios = [after / before for before, after in pairwise(known)]
    assert ratios == pytest.approx([1.04] * len(ratios))


def test_one_latency_proves_little():
    """The only order known may have been the slowest of all; many of them are believed."""
    one, many = Latencies({"m": [100.0]}), Latencies({"m": [100.0] * 100})
    assert one.next_look("m", None) < 50.0
    assert many.next_look("m", None) > 80.0


def test_an_order_older_than_the_first_look_is_looked_at_by_its_age():
    """One that was looked at early waits for the first look all the same."""
    known = Latencies({"m": UNIFORM})
    first = known.next_look("m", None)
    assert known.next_look("m", 5.0) == first
    assert known.next_look("m", 100.0) == pytest.approx(104.0)


def test_a_model_that_became_faster_is_found_out():
    """Orders that are always ready at the first look bring it forward, to the earliest there is."""
    latencies = Latencies({"m": UNIFORM})
    for _ in range(400):
        latencies.learn("m", None, latencies.next_look("m", None))
    assert latencies.next_look("m", None) == 2.0


def test_a_latency_lies_between_the_last_look_and_this_one():
    """And is not known where the two are far apart, as after a long silence."""
    latencies = Latencies({})
    latencies.learn("m", 50.0, 650.0)
    assert not latencies.known("m")
    for _ in range(100):
        latencies.learn("m", 98.0, 102.0)
    assert latencies.next_look("m", None) == pytest.approx(100.0, rel=0.01)


@pytest.mark.parametrize("nonsense", [0.0, -5.0, math.nan, math.inf])
def test_what_no_order_can_take_is_passed_over(nonsense):
    """A clock that was set back during an earlier run breaks nothing."""
    assert not Latencies({"m": [nonsense]}).known("m")


def test_however_long_orders_took_a_new_one_is_looked_at_after_two_minutes():
    """Latencies of earlier runs may hold the night in which nobody looked."""
    assert Latencies({"m": [40_000.0] * 50}).next_look("m", None) == 120.0


@given(st.lists(st.floats(allow_nan=True), max_size=5), ages | st.none())
def test_the_next_look_is_always_ahead_and_never_far(learned, looked):
    """At least half a second after the last, at most a minute, or at the first look."""
    after = Latencies({"m": learned}).next_look("m", looked)
    assert 2.0 <= after <= max(120.0, (looked or 0.0) + 60.0)
    assert looked is None or after >= looked + 0.49
