"""Storms: whatever the weather, the same command run again completes the film and pays once.

Over real HTTP, against the simulator; `--soak` takes all twenty seeds in place of a sample.
"""

import json

import pytest

from fakes.command import answer
from fakes.rehearsal import attempts, environment, read_books, shop, write_film
from fakes.rehearsal_process import GO_ON, SETTLED
from fakes.simulator import film_clip, simulated
from storyboard.adapters.wavespeed import client
from storyboard.adapters.wavespeed.answers import answer_to
from storyboard.engine.provider import NeverSent, Unclear
from storyboard.model.errors import ExitCode
from storyboard.simulator.faults import read_faults

SHOTS = 12
SEEDS = range(20)
SAMPLE = (0, 1, 7)
MOST_RUNS = 25


def pytest_generate_tests(metafunc):
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", SEEDS if metafunc.config.getoption("soak") else SAMPLE)


@pytest.fixture
def build(monkeypatch):
    """Run the build at an address until it has completed; return how each run ended."""

    def run(film, base_url):
        for name, value in environment(base_url).items():
            monkeypatch.setenv(name, value)
        runs = [answer("build", film, "--yes")]
        while runs[-1].code in GO_ON and len(runs) < MOST_RUNS:
            runs.append(answer("build", film, "--yes"))
        assert runs[-1].code == ExitCode.OK, runs[-1].err
        return runs

    return run


def billed(film):
    """Return how many orders the project's own books know, and what was billed for them."""
    total = json.loads(answer("costs", film, "--refresh", "--json").out)["total"]
    return total["bills"], round(float(total["billed_usd"]) * 1e6)


def test_a_film_survives_a_storm_and_each_shot_is_paid_for_once(
    seed, tmp_path, build, record_property
):
    """Every charge is one distinct shot's or a refunded failure's; nothing is left for a person.

    Every fifth film shows two of its shots again, every fourth has a fallback.
    """
    repeats = 0 if seed % 5 else 2
    film = write_film(tmp_path / "film", shots=SHOTS, repeats=repeats, fallback=seed % 4 == 1)
    with simulated(shop(weather="stormy", seed=seed), film_clip) as simulator:
        runs = build(film, simulator.base_url)
        books = read_books(simulator.report())
        record_property("sums", f"storm {seed:02}: run {len(runs)} was its last; {books}")
        assert books.wrong(shots=SHOTS - repeats) == []
        assert billed(film) == (books.orders, books.charged)
        left = {each.job.state for each in attempts(film, simulator.base_url)}
    assert left <= SETTLED


def test_what_is_owned_is_not_bought_again(tmp_path, build):
    """Once a film is complete, the same command orders nothing."""
    film = write_film(tmp_path / "film", shots=4, repeats=1)
    with simulated(shop(), film_clip) as simulator:
        build(film, simulator.base_url)
        before = simulator.sums()
        build(film, simulator.base_url)
        assert simulator.sums() == before == (300_000, 0)


def test_a_fallback_is_ordered_when_the_first_order_was_refunded(tmp_path, build):
    """What came back counts no more, at the provider nor in what the build says was spent."""
    film = write_film(tmp_path / "film", shots=1, fallback=True)
    with simulated(shop(faults=read_faults(["fate=failed-5000"])), film_clip) as simulator:
        (ran,) = build(film, simulator.base_url)
        assert simulator.sums() == (250_000, 100_000)
    assert ran.err.splitlines()[-2] == "1 of 1 clips owned, spent $0.15"


def test_a_client_that_sends_unclear_orders_again_pays_twice(tmp_path, build, monkeypatch):
    """The control: take the safety out, and the books say so."""

    def careless(heard):
        answer = answer_to(heard)
        return NeverSent(answer.reason) if isinstance(answer, Unclear) else answer

    monkeypatch.setattr(client, "answer_to", careless)
    film = write_film(tmp_path / "film", shots=2)
    with simulated(shop(faults=read_faults(["submit=reset+done"])), film_clip) as simulator:
        build(film, simulator.base_url)
        books = read_books(simulator.report())
    assert (books.charged, books.worth) == (300_000, 200_000)
    assert len(books.wrong(shots=2)) == 2
