"""A build that is refused: the exit code and one sentence say why, and nothing is paid."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from fakes.command import Ran, answer
from fakes.rehearsal import KEY, environment, files_with, shop, write_film
from fakes.simulator import film_clip, simulated
from fakes.wavespeed import unused_port
from storyboard.model.errors import ExitCode
from storyboard.simulator.faults import read_faults
from storyboard.simulator.settings import AccountTerms

SHOTS = 2
YES = ("--yes",)
CATALOGUE = shop().catalogue


def priced(factor):
    """Return the catalogue at other prices than the cards say."""
    return tuple(
        replace(model, per_second={"": round(model.per_second[""] * factor)}) for model in CATALOGUE
    )


REFUSALS = {
    "nobody confirms it": ((), {}, 5, "nobody is there to confirm it"),
    "over the run's limit": ((*YES, "--max-cost", "0.15"), {}, 5, "over the limit of $0.15"),
    "dearer than its card": (YES, {"catalogue": priced(2)}, 5, "asks $0.20 for 1 s"),
    "cheaper than its card": (YES, {"catalogue": priced(0.5)}, 5, "asks $0.05 for 1 s"),
    "too little money": (YES, {"balance": 150_000}, 5, "the account has $0.15"),
    "a key nobody knows": (YES, {"accounts": (AccountTerms("another"),)}, 7, "the key (401"),
    "a key that may not": (YES, {"accounts": (AccountTerms(KEY, allowed=False),)}, 7, "key (403"),
    "refused as it orders": (
        YES,
        {"faults": read_faults(["submit=403"], endless=True)},
        7,
        "WaveSpeed refused the order (403: Forbidden)",
    ),
}


def error_of(ran):
    """Return the one error that was told."""
    (error,) = (line for line in ran.err.splitlines() if line.startswith("error["))
    return error


@pytest.fixture
def build(tmp_path, monkeypatch):
    """Build a film of two shots at an address."""
    film = write_film(tmp_path / "film", shots=SHOTS)

    def run(base_url, *words):
        for name, value in environment(base_url).items():
            monkeypatch.setenv(name, value)
        return answer("build", film, *words)

    return run


@pytest.mark.parametrize(("words", "settings", "code", "said"), REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_is_one_error_and_costs_nothing(build, words, settings, code, said):
    """It says what is the matter and what to do, without a traceback."""
    with simulated(shop(**settings), film_clip) as simulator:
        ran = build(simulator.base_url, *words)
        charges = simulator.report()["charges"]
    assert (ran.code, ran.out, charges) == (code, "", [])
    assert said in error_of(ran)
    assert "\nhint: " in ran.err
    assert "Traceback" not in ran.err


def test_nobody_at_the_address_is_the_environments_fault(build):
    """Exit code 7, after a few tries."""
    ran = build(f"http://127.0.0.1:{unused_port()}", *YES)
    assert (ran.code, ran.out) == (ExitCode.ENVIRONMENT, "")
    assert "WaveSpeed cannot be reached" in error_of(ran)


# The key ---------------------------------------------------------------------------------------

CRASH = """\
import os
from storyboard.app import buy
from storyboard.cli.main import process

async def buy_plan(*_, **__):
    key = os.environ["WAVESPEED_API_KEY"]
    raise RuntimeError("cannot order with " + key)

buy.buy_plan = buy_plan
process()
"""
"""The command with a bug that tells the key, which is worse than any that is known."""


@pytest.fixture
def written(tmp_path):
    """Run a build in a process of its own; return how it ended, and what holds the key."""
    film = write_film(tmp_path / "film", shots=SHOTS)
    home = tmp_path / "home"
    home.mkdir()

    def run(base_url, *program):
        done = subprocess.run(
            [sys.executable, *program, "build", film, *YES],
            cwd=film.parent,
            env={"PATH": os.defpath, "HOME": str(home), **environment(base_url)},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        ran = Ran(done.returncode, done.stdout, done.stderr)
        said = [text for text in (ran.out, ran.err) if KEY in text]
        return ran, said + files_with(KEY, film.parent, home)

    return run


@pytest.mark.parametrize(
    ("fault", "code"),
    [("submit=403", 7), ("balance=403", 7), ("ticket=403", 4), ("download=403", 4)],
)
def test_a_failing_build_writes_the_key_nowhere(written, fault, code):
    """Neither what it says nor any file that it leaves holds the key."""
    with simulated(shop(faults=read_faults([fault], endless=True)), film_clip) as simulator:
        ran, holding_the_key = written(simulator.base_url, "-m", "storyboard")
    assert (ran.code, holding_the_key) == (code, [])


def test_the_log_of_a_crash_leaves_the_key_out(written, tmp_path):
    """It has the traceback of the error that told the key, and not the key."""
    with simulated(shop(), film_clip) as simulator:
        ran, holding_the_key = written(simulator.base_url, "-c", CRASH)
    assert (ran.code, holding_the_key) == (ExitCode.BUG, [])
    (log,) = files_with("RuntimeError: cannot order with ", tmp_path / "home")
    assert log.name.startswith("crash-")
    assert "cannot order with [left out]" in log.read_text()
