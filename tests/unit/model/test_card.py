"""Model cards: the length that is bought, and what it costs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.films import card
from storyboard.model.card import AnyLength, ListedLengths, PriceRow, length_to_buy, price
from storyboard.model.money import MicroUsd, Millis

LISTED = card(lengths=ListedLengths((Millis(4000), Millis(8000), Millis(12000))))
ANY = card(lengths=AnyLength(Millis(4000), Millis(15000)))


@pytest.mark.parametrize(
    ("wanted", "bought"),
    [(1, 4000), (4000, 4000), (4001, 8000), (8000, 8000), (12000, 12000), (12001, None)],
)
def test_a_listed_length_covers_what_is_wanted(wanted, bought):
    """The shortest length sold that is long enough is bought; beyond the longest there is none."""
    assert length_to_buy(LISTED, Millis(wanted)) == bought


@pytest.mark.parametrize(
    ("wanted", "bought"), [(1, 4000), (4000, 4000), (4001, 4001), (15000, 15000), (15001, None)]
)
def test_any_length_is_the_wanted_one(wanted, bought):
    """A model of any length makes what is wanted, but nothing under its shortest."""
    assert length_to_buy(ANY, Millis(wanted)) == bought


@given(st.integers(0, 20_000), st.sampled_from([LISTED, ANY]))
def test_what_is_bought_covers_what_is_wanted(wanted, model):
    """No clip is ever shorter than the shot it is for."""
    bought = length_to_buy(model, Millis(wanted))
    assert bought is None or bought >= wanted


def test_the_first_row_that_fits_is_the_price():
    """A row counts when every input in it has the value beside it; a row without any always."""
    rows = (
        PriceRow(MicroUsd(500_000), (("resolution", "1080p"), ("audio", True))),
        PriceRow(MicroUsd(300_000), (("resolution", "1080p"),)),
        PriceRow(MicroUsd(100_000)),
    )
    model = card(prices=rows)
    assert price(model, Millis(4000), {"resolution": "1080p", "audio": True}) == 2_000_000
    assert price(model, Millis(4000), {"resolution": "1080p"}) == 1_200_000
    assert price(model, Millis(4500), {}) == 450_000


def test_a_price_that_is_not_known_is_not_nothing():
    """Where no row fits there is no price, which is not a price of nothing."""
    model = card(prices=(PriceRow(MicroUsd(1), (("resolution", "720p"),)),))
    assert price(model, Millis(4000), {"resolution": "480p"}) is None


def test_a_model_is_free_only_when_it_says_so():
    """Every row at nothing is free; a row that costs, or no row at all, is not."""
    assert card(prices=(PriceRow(MicroUsd(0)),)).free
    assert not card(prices=(PriceRow(MicroUsd(0)), PriceRow(MicroUsd(1)))).free
    assert not card(prices=()).free
