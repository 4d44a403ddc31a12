"""The model cards as people and programs read them."""

import json

import pytest

from storyboard.model.card import AnyLength, ListedLengths, ModelCard, PriceRow
from storyboard.model.money import Millis, micro_usd
from storyboard.report.models_json import render_models_json
from storyboard.report.models_text import render_models_text

LISTED = ListedLengths((Millis(4000), Millis(8000)))
SORA = ModelCard(
    id="openai/sora-2/image-to-video",
    title="Sora 2",
    provider="wavespeed",
    status="unstable",
    lengths=LISTED,
    inputs=(),
    prices=(PriceRow(micro_usd("0.10")),),
    source="https://example.org/docs",
    checked="2026-11-22",
    notice="May stop.",
    alternatives=("bytedance/seedance-2.0/image-to-video",),
)


def card(**changes):
    names = (
        "id",
        "title",
        "provider",
        "status",
        "lengths",
        "inputs",
        "prices",
        "source",
        "checked",
    )
    return ModelCard(**({name: getattr(SORA, name) for name in names} | changes))


def text(*cards):
    return render_models_text(cards, colour=False, width=100)


def test_a_card_shows_what_it_sells_costs_and_warns_of():
    """Lengths, price, status, notice, alternatives and the date it was checked are all there."""
    assert text(SORA) == (
        "openai/sora-2/image-to-video  unstable\n"
        "  Sora 2: 4s, 8s; $0.10 a second\n"
        "  notice: May stop.\n"
        "  instead: bytedance/seedance-2.0/image-to-video\n"
        "  checked 2026-11-22, https://example.org/docs (built in)\n"
    )


@pytest.mark.parametrize(
    ("prices", "said"),
    [
        ((PriceRow(micro_usd(0)),), "free"),
        (
            (
                PriceRow(micro_usd("0.12"), (("resolution", "480p"),)),
                PriceRow(micro_usd("0.24"), (("resolution", "720p"), ("sound", True))),
                PriceRow(micro_usd("0.24"), (("size", "1280*720"),)),
            ),
            "$0.12 at 480p, $0.24 at 720p and sound True or size 1280*720 a second",
        ),
    ],
)
def test_prices_name_what_they_hang_on(prices, said):
    """A price with conditions names them, rows of one price are told together, nothing is free."""
    lengths = AnyLength(Millis(4000), Millis(15_000))
    assert f"Sora 2: 4s to 15s; {said}\n" in text(card(prices=prices, lengths=lengths))


def test_a_long_even_row_of_lengths_is_told_by_its_step():
    """Twelve lengths a second apart are told by their ends; an uneven row is listed."""
    even = tuple(Millis(1000 * second) for second in range(4, 16))
    assert "Sora 2: 4s to 15s in steps of 1s; " in text(card(lengths=ListedLengths(even)))
    uneven = ListedLengths((*even[:5], Millis(20_000)))
    assert "Sora 2: 4s, 5s, 6s, 7s, 8s, 20s; " in text(card(lengths=uneven))


def test_no_cards_are_no_text():
    """An empty list prints nothing."""
    assert text() == ""


def test_json_has_the_same_facts():
    """Money is in strings, lengths in milliseconds, absent notices are null."""
    any_length = AnyLength(Millis(4000), Millis(15_000))
    document = json.loads(render_models_json([SORA, card(lengths=any_length)]))
    first, second = document["models"]
    assert document["schema"] == "storyboard/models-1"
    assert first["prices"] == [{"usd_per_second": "0.10", "when": {}}]
    assert first["lengths"] == {"listed_ms": [4000, 8000]}
    assert (first["status"], first["notice"]) == ("unstable", "May stop.")
    assert second["lengths"] == {"shortest_ms": 4000, "longest_ms": 15_000}
    assert (second["notice"], second["alternatives"]) == (None, [])
