"""Limits of a run and what retries may cost: what the plan says of both, and what a build does."""

import json
from pathlib import Path

import pytest

from fakes.command import answer
from fakes.rehearsal import environment, shop, write_film
from fakes.simulator import film_clip, simulated
from fakes.wavespeed import unused_port
from storyboard.model.errors import ExitCode
from storyboard.simulator.faults import read_faults


@pytest.fixture
def project(tmp_path, monkeypatch):
    film = write_film(tmp_path / "project", shots=6)
    monkeypatch.chdir(film.parent)
    for name, value in environment(f"http://127.0.0.1:{unused_port()}").items():
        monkeypatch.setenv(name, value)
    return film


def set_limit(text):
    with Path("storyboard.toml").open("a") as file:
        file.write(f"[budget]\n{text}\n")


def refusal(*words):
    told = answer("build", "film.yaml", "--yes", *words, "--json")
    return json.loads(told.out)["error"]["code"]


@pytest.mark.usefixtures("project")
def test_the_projects_limit_for_a_run_holds_unless_the_command_line_says_another():
    """`--max-cost` wins, whether it allows more or less; nobody answers, so nothing is bought."""
    assert refusal() == "unreachable"  # control: without a limit the build gets that far
    set_limit("run = 0.50")
    assert refusal() == "over-run-limit"
    assert refusal("--max-cost", "0.60") == "unreachable"
    Path("storyboard.toml").write_text("")
    set_limit("run = 1")
    assert refusal() == "unreachable"
    assert refusal("--max-cost", "0.50") == "over-run-limit"


@pytest.mark.usefixtures("project")
def test_the_plan_names_the_limits():
    """Each with what it leaves; one that is passed is named, and the plan itself is no refusal."""
    set_limit("run = 0.50\nmonth = 20")
    ran = answer("plan", "film.yaml")
    assert ran.code == ExitCode.OK
    assert (
        "limits    $0.50 for this run, $20.00 left of $20.00 for this month;"
        " the run's limit is the tightest\n"
        "          the plan is over the run's limit\n"
    ) in ran.out
    told = json.loads(answer("plan", "film.yaml", "--json").out)["estimate"]
    assert [(each["cap"], each["over"]) for each in told["limits"]] == [
        ("run", True),
        ("month", False),
    ]


def test_what_failed_before_is_in_the_high_end(project, monkeypatch):
    """Seven orders for six clips: the next one is expected to cost a sixth more."""
    with simulated(shop(faults=read_faults(["fate=failed-5000"])), film_clip) as simulator:
        monkeypatch.setenv("WAVESPEED_BASE_URL", simulator.base_url)
        assert answer("build", "film.yaml", "--yes").code == ExitCode.SHOTS_FAILED
        ran = answer("build", "film.yaml", "--yes")
        assert ran.code == ExitCode.OK, ran.err
    project.write_text(project.read_text().replace("box number 1", "the bed"))
    set_limit("run = 0.11")
    shown = answer("plan", "film.yaml").out
    assert "(to $0.12 with retries as in this project so far: 1.17 orders a clip)" in shown
    assert "with retries it may pass the run's limit" in shown
    told = json.loads(answer("plan", "film.yaml", "--json").out)["estimate"]
    (retries,) = told["retries"]
    assert (retries["orders"], retries["clips"]) == (7, 6)
    assert (told["low_usd"], told["high_usd"]) == ("0.10", "0.12")
    assert told["limits"][0]["endangered"]
