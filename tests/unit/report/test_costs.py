"""What orders cost: estimate beside billed, what came back, and the month against its limit."""

import json
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest

from storyboard.model import job
from storyboard.model.attempt import Attempt, Order, Spending
from storyboard.model.job import Job, State
from storyboard.model.money import MicroUsd, micro_usd
from storyboard.report.cells import width_of
from storyboard.report.costs import By, Costs, MonthSpending, Sums
from storyboard.report.costs_json import render_costs_json
from storyboard.report.costs_text import render_costs_text

SCHEMA = json.loads(
    (Path(__file__).parents[3] / "schemas" / "costs.schema.json").read_text("utf-8")
)
REFRESH = "storyboard costs film.yaml --refresh"
OWNED = (job.Sent("p"), job.Finished(), job.Saved("aa"))
FAILED = (job.Sent("p"), job.Failed("no"))


def billed(amount):
    return job.Billed(micro_usd(amount))


def attempt(shot, *events, number="1", film="film.yaml", month=11, price="0.80"):
    state = Job()
    for event in events:
        state = state.after(event)
    order = Order("k", shot, film, "sora-2", micro_usd(price), "{}")
    return Attempt(number, order, state, "run", datetime(2026, month, 22, tzinfo=UTC))


def costs(*attempts, by=By.SHOT, spent="1.60", reserved="0", limit=None, **named):
    spending = Spending(micro_usd(spent), micro_usd(reserved))
    month = MonthSpending("2026-11", spending, None if limit is None else micro_usd(limit))
    named = {"film": "film.yaml", "month": None, "refresh": REFRESH, **named}
    return Costs(by=by, attempts=attempts, against=month, **named)


def text(found, width=80):
    return render_costs_text(found, colour=False, width=width)


def test_costs_are_shown_row_by_row_and_summed():
    """The estimate beside what was billed, refunds, what is reserved; then what is unsettled."""
    found = costs(
        attempt("garden/bee", *OWNED, billed("0.80")),
        attempt("garden/gate", *OWNED, billed("1.20"), number="2"),
        attempt("garden/wasp", *FAILED, billed("0.80"), job.Refunded("seen"), number="3"),
        attempt("garden/wasp", job.LostTrack("reset"), number="4"),
        attempt("garden/fly", *FAILED, number="5"),
        limit="50",
    )
    assert text(found) == (
        "film.yaml\n"
        "\n"
        "  shot         orders  estimate      billed  refunded  reserved  spent\n"
        "  garden/bee        1     $0.80       $0.80         -         -  $0.80\n"
        "  garden/gate       1     $0.80       $1.20         -         -  $1.20\n"
        "  garden/wasp       2     $1.60  $0.80 of 1     $0.80     $0.80  $0.00\n"
        "  garden/fly        1     $0.80           -         -         -  $0.80\n"
        "  total             5     $4.00  $2.80 of 3     $0.80     $0.80  $2.80\n"
        "\n"
        "garden/gate (attempt 2): billed $1.20, not $0.80\n"
        "1 order brought no clip: $0.80 may come back\n"
        "1 order without a bill yet: the estimate counts\n"
        "`storyboard costs film.yaml --refresh` asks the provider's billing\n"
        "\n"
        "2026-11, the whole project: $1.60 of $50.00, $48.40 left\n"
    )


def test_what_is_settled_asks_for_nothing():
    """With every bill known and as expected, no command is named; one row needs no total."""
    shown = text(costs(attempt("a", *OWNED, billed("0.80"))))
    assert "storyboard" not in shown
    assert "total" not in shown
    assert shown.endswith("2026-11, the whole project: $1.60, no monthly limit set\n")


def test_a_month_over_its_limit_says_by_how_much():
    """What is reserved counts too."""
    shown = text(costs(attempt("a", *OWNED), spent="49.60", reserved="0.80", limit="50"))
    assert shown.endswith("$50.40, over the limit of $50.00 by $0.40\n")


def test_a_rehearsal_is_called_one():
    """Nobody takes pretended money for real."""
    assert "a rehearsal at http://127.0.0.1:8787" in text(costs(rehearsal="http://127.0.0.1:8787"))


def test_nothing_ordered_is_said():
    """No empty table."""
    assert "nothing was ordered" in text(costs())
    refused = attempt("a", job.Refused("no"))
    assert "nothing was ordered" in text(costs(refused))


@pytest.mark.parametrize(
    ("events", "spent", "reserved", "refunded"),
    [
        ((), 0, 5, 0),
        ((job.LostTrack("x"),), 0, 5, 0),
        ((job.LostTrack("x"), job.Forgotten()), 0, 5, 0),
        ((job.Sent("p"),), 5, 0, 0),
        (OWNED, 5, 0, 0),
        ((*OWNED, job.Billed(MicroUsd(7))), 7, 0, 0),
        (FAILED, 5, 0, 0),
        ((*FAILED, job.Refunded("x")), 0, 0, 5),
        ((*FAILED, job.Billed(MicroUsd(7)), job.Refunded("x")), 0, 0, 7),
    ],
)
def test_what_a_state_counts_for(events, spent, reserved, refunded):
    """Taken, reserved or come back: each amount is in one place, as billed where that is known."""
    sums = Sums.of([attempt("a", *events, price="0.000005")])
    assert (sums.spent, sums.reserved, sums.refunded) == (spent, reserved, refunded)
    assert sums.estimate == 5


@pytest.mark.parametrize("event", [job.Refused("no"), job.Withdrawn("no")])
def test_what_was_surely_never_taken_is_no_order(event):
    """It is in no count and no sum."""
    assert Sums.of([attempt("a", event)]) == Sums(0, 0, 0, 0, 0, 0, 0)


def test_every_state_is_added_up():
    """Estimate is spent, reserved or refunded, in every state that counts: nothing is left out."""
    for state in State:
        order = attempt("a").order
        made = Attempt("1", order, Job(state), "run", datetime(2026, 11, 22, tzinfo=UTC))
        sums = Sums.of([made])
        assert sums.spent + sums.reserved + sums.refunded == sums.estimate, state
        assert sums.spent + sums.reserved == made.counted, state


def test_costs_are_added_up_by_shot_film_or_month():
    """Shots and films as they were first ordered, months as the calendar has them."""
    found = (
        attempt("b", *OWNED, month=11, film="two.yaml"),
        attempt("a", *OWNED, month=9, film="one.yaml", number="2"),
        attempt("b", *OWNED, month=9, film="one.yaml", number="3"),
    )
    rows = {by: {name: s.orders for name, s in costs(*found, by=by).rows.items()} for by in By}
    assert rows == {
        By.SHOT: {"b": 2, "a": 1},
        By.FILM: {"two.yaml": 1, "one.yaml": 2},
        By.MONTH: {"2026-09": 2, "2026-11": 1},
    }
    assert list(rows[By.SHOT]) == ["b", "a"]
    assert list(rows[By.MONTH]) == ["2026-09", "2026-11"]


def test_an_order_nobody_knows_the_name_of_awaits_no_refund():
    """What was given up while it was unclear cannot be asked about: billing goes by name."""
    found = costs(attempt("a", job.LostTrack("x"), job.Forgotten()))
    assert found.refunds_awaited == ()
    assert found.without_bill == 0


@pytest.mark.parametrize("width", [80, 100])
def test_every_line_fits(width):
    """A long name gives way; figures never do."""
    name = "a-very-long-scene-name-indeed/a-very-long-shot-name-that-goes-on-and-on-and-on"
    found = costs(
        attempt(name, *OWNED, billed("1234.56"), price="9999.80"),
        attempt("b", *FAILED, billed("1234.80"), job.Refunded("x"), number="2"),
        attempt("b", number="3"),
        film=name * 2,
    )
    lines = text(found, width).splitlines()
    table = [line for line in lines if not line.endswith("not $9999.80")]
    assert max(map(width_of, table)) <= width
    assert "$1234.56" in text(found, width)


def test_nothing_of_a_film_reaches_the_terminal_raw():
    """A control character in a name is a visible sign."""
    evil = "x\x1b[31m\x9b\u202ey"
    found = costs(attempt(evil, *OWNED, billed("1.20")), attempt(evil), film=evil, refresh=evil)
    for shown in (text(found), render_costs_json(found)):
        assert not {"\x1b", "\x9b", "\u202e"} & set(shown)


def test_costs_can_be_read_by_programs():
    """The JSON is in the published shape, money in decimal strings."""
    found = costs(
        attempt("a", *OWNED, billed("1.20")),
        attempt("b", *FAILED, number="2"),
        limit="50",
        month="2026-11",
        rehearsal="http://127.0.0.1:8787",
    )
    document = json.loads(render_costs_json(found))
    jsonschema.validate(document, SCHEMA)
    assert [(row["name"], row["spent_usd"]) for row in document["rows"]] == [
        ("a", "1.20"),
        ("b", "0.80"),
    ]
    assert document["billed_otherwise"][0]["billed_usd"] == "1.20"
    assert [each["attempt"] for each in document["refunds_awaited"]] == ["2"]
    assert document["project_month"]["limit_usd"] == "50.00"
