"""What a film and a project have cost, and what the provider's billing says of it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest

from fakes.command import answer
from fakes.simulator import simulated
from storyboard.adapters.ledger.database import SqliteLedger
from storyboard.app.purse import load_purse
from storyboard.app.settings import load_settings
from storyboard.model import job
from storyboard.model.attempt import Caps, Order
from storyboard.model.errors import ExitCode
from storyboard.model.job import State
from storyboard.model.money import MicroUsd
from storyboard.model.request import ClipKey

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "costs.schema.json").read_text())
SORA = "openai/sora-2/image-to-video"
KEY = "wsk_a-key-that-nobody-may-see"
PRICE = 800_000
SEPTEMBER, NOVEMBER = (datetime(2026, month, 22, 12, tzinfo=UTC) for month in (9, 11))
FAILED = (job.Failed("a GPU fell off", "upstream"),)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project; the test stands in it."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "storyboard.toml").write_text("[budget]\nmonth = 5\n")
    (folder / "film.yaml").touch()
    monkeypatch.chdir(folder)
    return folder


def ledger_of(project, at=NOVEMBER):
    return SqliteLedger(load_purse(load_settings(project)).ledger, lambda: at, "a build")


def bought(project, prediction, *events, shot="a", film="film.yaml", at=NOVEMBER):
    """Write an order that was taken into the ledger; its id."""
    with ledger_of(project, at) as ledger:
        key = ClipKey(prediction.encode().hex().ljust(64, "0"))
        made = ledger.reserve(Order(key, shot, film, SORA, MicroUsd(PRICE), "{}"), Caps())
        for event in (job.Sent(prediction), *events):
            ledger.record(made.id, event)
        return made.id


def costs(*words):
    ran = answer("costs", *words, "--json")
    assert ran.code == ExitCode.OK, ran.err
    found = json.loads(ran.out)
    jsonschema.validate(found, SCHEMA)
    return found


def rows(found):
    return {row["name"]: (row["orders"], row["spent_usd"]) for row in found["rows"]}


@pytest.fixture
def ledger(project):
    """Two films in two months: three orders of one, one of the other."""
    bought(project, "p1", shot="a", at=SEPTEMBER)
    bought(project, "p2", shot="a")
    bought(project, "p3", shot="b")
    bought(project, "p4", shot="x", film="sub/two.yaml")


@pytest.mark.usefixtures("ledger")
def test_costs_are_narrowed_and_added_up_as_asked(project, monkeypatch):
    """By film for a project, by shot for a film, or as said; of all time, or of one month."""
    assert rows(costs()) == {"film.yaml": (3, "2.40"), "sub/two.yaml": (1, "0.80")}
    assert rows(costs("film.yaml")) == {"a": (2, "1.60"), "b": (1, "0.80")}
    assert rows(costs("--by", "month")) == {"2026-09": (1, "0.80"), "2026-11": (3, "2.40")}
    assert rows(costs("film.yaml", "--month", "2026-09")) == {"a": (1, "0.80")}
    monkeypatch.chdir(project.parent)
    assert rows(costs("project/film.yaml")) == {"a": (2, "1.60"), "b": (1, "0.80")}


@pytest.mark.usefixtures("ledger")
def test_a_month_stands_beside_its_limit():
    """The whole project's sum, also where one film is asked about."""
    found = costs("film.yaml", "--month", "2026-11")
    assert found["project_month"] == {
        "month": "2026-11",
        "spent_usd": "2.40",
        "reserved_usd": "0.00",
        "limit_usd": "5.00",
    }
    said = answer("costs", "film.yaml", "--month", "2026-11").out
    assert said.endswith("2026-11, the whole project: $2.40 of $5.00, $2.60 left\n")


@pytest.mark.usefixtures("project")
def test_a_film_that_is_gone_can_still_be_asked_about(project):
    """Its orders are in the books; a name that never was is told."""
    bought(project, "p1")
    (project / "film.yaml").unlink()
    assert rows(costs("film.yaml")) == {"a": (1, "0.80")}
    ran = answer("costs", "flim.yaml")
    assert ran.code == ExitCode.ENVIRONMENT
    assert "there is no film flim.yaml" in ran.err


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("month", ["2026-13", "2026", "11-2026", "2026-1", "٢٠٢٦-11"])
def test_what_is_no_month_is_a_slip(month):
    """A usage error that shows how one is written."""
    ran = answer("costs", "--month", month)
    assert ran.code == ExitCode.USAGE
    assert "2026-11" in ran.err


class TestRefresh:
    """`--refresh` asks the provider's billing, over real HTTP."""

    @pytest.fixture
    def billing(self, project, monkeypatch):
        """The account of a simulator, which the project buys at."""
        with simulated() as simulator:
            monkeypatch.setenv("WAVESPEED_BASE_URL", simulator.base_url)
            monkeypatch.setenv("WAVESPEED_API_KEY", KEY)
            yield simulator.provider.accounts.of(f"Bearer {KEY}")

    def test_what_billing_says_is_written_down(self, project, billing):
        """Bills, one that differs, and a refund; asking again changes nothing."""
        bought(project, "p1", job.Finished(), job.Saved("aa"), shot="a")
        bought(project, "p2", shot="b")
        failed = bought(project, "p3", *FAILED, shot="c")
        unlisted = bought(project, "p4", *FAILED, shot="d")
        for prediction, amount in (("p1", PRICE), ("p2", 1_200_000), ("p3", PRICE), ("q", 1)):
            billing.deduct(MicroUsd(amount), prediction, SORA, 0)
        billing.refund("p3", 0)
        before = costs("film.yaml")
        assert (before["total"]["bills"], before["without_bill"]) == (0, 4)
        found = costs("film.yaml", "--refresh")
        assert found["total"] == {
            "orders": 4,
            "estimate_usd": "3.20",
            "bills": 3,
            "billed_usd": "2.80",
            "refunded_usd": "0.80",
            "reserved_usd": "0.00",
            "spent_usd": "2.80",
        }
        assert [each["shot"] for each in found["billed_otherwise"]] == ["b"]
        assert [each["attempt"] for each in found["refunds_awaited"]] == [unlisted]
        with ledger_of(project) as ledger:
            assert ledger.find(failed).job.state is State.REFUNDED
            written = [ledger.events(each.id) for each in ledger.attempts()]
        assert costs("film.yaml", "--refresh") == found == costs("film.yaml")
        with ledger_of(project) as ledger:
            assert [ledger.events(each.id) for each in ledger.attempts()] == written

    def test_many_orders_are_all_asked_about(self, project, billing):
        """More than a page of billing holds."""
        for number in range(120):
            bought(project, f"p{number}", shot=f"s{number}")
            billing.deduct(MicroUsd(PRICE), f"p{number}", SORA, number)
        assert costs("--refresh")["without_bill"] == 0

    def test_a_refusal_changes_nothing_and_keeps_the_key_to_itself(
        self, project, billing, monkeypatch
    ):
        """Billing that is not answered is one clear sentence."""
        bought(project, "p1")
        monkeypatch.setenv("WAVESPEED_API_KEY", "")
        ran = answer("costs", "--refresh")
        assert ran.code == ExitCode.ENVIRONMENT
        assert "WAVESPEED_API_KEY" in ran.err
        assert costs()["without_bill"] == 1

    @pytest.mark.usefixtures("billing")
    def test_nothing_to_ask_needs_no_key(self, project, monkeypatch):
        """Where no order was taken, the provider is not troubled."""
        monkeypatch.delenv("WAVESPEED_API_KEY")
        assert costs("--refresh")["rows"] == []
