"""What the README and the page about buying show is what the program does."""

import re
import shutil
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

import pytest

from fakes.command import storyboard
from storyboard.adapters.ledger.database import SqliteLedger
from storyboard.app.clock import SystemClock
from storyboard.cli.main import COMMANDS
from storyboard.engine.reconcile import LOOKS
from storyboard.model.attempt import Cap, Caps, Order
from storyboard.model.errors import ExitCode
from storyboard.model.job import COUNTED, Looked, LostTrack, State
from storyboard.model.measure import Oddity
from storyboard.model.money import MicroUsd
from storyboard.model.request import ClipKey
from storyboard.report.status import condition_of
from storyboard.simulator.faults import DONE, Endpoint, Face, Fate
from storyboard.simulator.settings import LEVELS
from storyboard.simulator.weather import CLIMATES

REPOSITORY = Path(__file__).parents[2]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
BUYING = (REPOSITORY / "docs/buying.md").read_text(encoding="utf-8")
SCAFFOLD = REPOSITORY / "src/storyboard/scaffold"


def sessions(page):
    """Find each `$ storyboard …` of a page with what is printed under it."""
    for block in re.findall(r"```console\n(.*?)```", page, re.DOTALL):
        command, _, shown = block.partition("\n")
        if command.startswith("$ storyboard ") and shown and not shown.startswith("$ "):
            yield command.removeprefix("$ storyboard ").split(), shown


def words_of(session):
    return " ".join(session[0])


@pytest.mark.parametrize("session", list(sessions(README)), ids=words_of)
def test_a_session_prints_what_it_shows(session, tmp_path, own_home):
    """The commands of the README answer as it says, to the letter."""
    words, shown = session
    folder = REPOSITORY
    if "film.yaml" in words:
        folder = tmp_path
        source = REPOSITORY / "tests/golden/bad/unknown-shot/film.yaml"
        (tmp_path / "film.yaml").write_bytes(source.read_bytes())
    ran = storyboard(*words, cwd=folder, home=own_home)
    assert shown.rstrip("\n") in ran.out, ran.out + ran.err


@pytest.mark.parametrize("session", list(sessions(BUYING)), ids=words_of)
def test_a_session_about_buying_prints_what_it_shows(session, tmp_path, own_home):
    """In a project that has just begun the commands answer as docs/buying.md says."""
    words, shown = session
    project = tmp_path / "project"
    shutil.copytree(SCAFFOLD, project)
    (project / "storyboard.toml").touch()
    if words == ["status"]:
        lose_an_order(project)
    ran = storyboard(*words, cwd=project, home=own_home)
    assert shown.rstrip("\n") in ran.out + ran.err


def lose_an_order(project):
    """Leave an order of two days ago in a project's ledger that nobody can tell the end of."""
    ledger = project / ".storyboard" / "ledger.db"
    then = SystemClock().now() - timedelta(days=2, hours=1)
    model = "bytedance/seedance-2.0/image-to-video"
    order = Order(ClipKey("a" * 64), "moonlit", "film.yaml", model, MicroUsd(1_200_000), "{}")
    lost = "the order was sent, but the connection was lost before there was a whole answer"
    seen = "history hides inputs, and it may be 0a7f55fac0ab42389f7e454b4fcd5bd1"
    with SqliteLedger(ledger, lambda: then, "the run that lost it") as books:
        attempt = books.reserve(order, Caps())
        books.record(attempt.id, LostTrack(lost))
        books.record(attempt.id, Looked(f"look 5 of 5: {seen}"))


def test_both_pages_have_sessions():
    """The finder of sessions finds them: a page without any would be held to nothing."""
    assert len(list(sessions(README))) == 3
    assert len(list(sessions(BUYING))) == 3


def test_the_film_of_the_readme_is_right(tmp_path, own_home):
    """The film explained line by line has no errors; only its stills are not there."""
    (film,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    (tmp_path / "film.yaml").write_text(film)
    ran = storyboard("check", "film.yaml", cwd=tmp_path, home=own_home)
    assert ran.code == 0, ran.out
    assert set(re.findall(r"^\w+\[(.*?)\]", ran.out, re.MULTILINE)) == {
        "image-missing",
        "unstable-model",
    }


def test_the_settings_of_the_readme_are_right(tmp_path, own_home):
    """The storyboard.toml that it shows is read without a complaint."""
    shutil.copytree(SCAFFOLD, tmp_path, dirs_exist_ok=True)
    (settings,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    (tmp_path / "storyboard.toml").write_text(settings)
    ran = storyboard("doctor", "--json", cwd=tmp_path, home=own_home)
    assert "silver" in ran.out
    assert "of at most $50.00" in ran.out


def test_the_table_of_exit_codes_is_the_programs():
    """Each exit code stands in the README under its number and name, and no other does."""
    rows = re.findall(r"^\| (\d+) \| ([A-Z_]+) \|", README, re.MULTILINE)
    assert {(int(number), name) for number, name in rows} == {
        (code.value, code.name) for code in ExitCode
    }


def test_every_command_is_in_the_readme():
    """The table of commands lists them all, and none that is not there."""
    listed = set(re.findall(r"^\| `storyboard (\w+)", README, re.MULTILINE))
    assert listed == {name for section in COMMANDS for name in section.entries}


def table(heading):
    """Return the rows of the tables under a heading of docs/buying.md, without the first."""
    _, found, rest = BUYING.partition(f"\n{heading}\n")
    assert found, f"docs/buying.md has no {heading}"
    section = re.split(r"^#+ ", rest, maxsplit=1, flags=re.MULTILINE)[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line[:1] == "|"]
    return [[cell.strip("` ") for cell in row] for row in rows if not row[0].startswith("-")]


def test_every_state_of_an_order_is_explained():
    """Each state stands there as `status` shows it, and counts where the ledger counts it."""
    rows = {row[0]: row[1:3] for row in table("## The life of an order") if row[0] != "state"}
    assert rows == {
        state.value: [
            condition_of(state, held=state is State.OWNED).value,
            "yes" if state in COUNTED else "no",
        ]
        for state in State
    }


@pytest.mark.parametrize(
    ("heading", "first", "words"),
    [
        ("## Limits", "limit", Cap),
        ("## What is measured on each clip", "note", Oddity),
    ],
)
def test_every_limit_and_every_remark_is_explained(heading, first, words):
    """Each stands in its table, and nothing else does."""
    assert [row[0] for row in table(heading)] == [first, *(each.value for each in words)]


def test_every_fault_is_explained():
    """Each request, each face of trouble and each fate stands in the tables, and nothing else."""
    named = [row[0] for row in table("### Faults")]
    kinds: tuple[type[StrEnum], ...] = (Endpoint, Face, Fate)
    expected = {"where", "what", "fate", *(word.value for kind in kinds for word in kind)}
    assert set(named) == expected
    assert len(named) == len(expected)
    assert f"`{DONE}`" in BUYING


def test_every_option_of_a_rehearsal_is_explained(own_home, tmp_path):
    """Each option of `simulate`, each weather and each level of an account is in the table."""
    rows = "\n".join(" ".join(row) for row in table("## Rehearsals"))
    offered = storyboard("simulate", "--help", cwd=tmp_path, home=own_home).out
    named = set(re.findall(r"^  (--[\w-]+)", offered, re.MULTILINE))
    assert {each for each in named if each not in rows} == set()
    assert {each for each in (*CLIMATES, *LEVELS) if each not in rows} == set()


def test_the_looks_in_history_are_those_that_are_taken():
    """The seconds before each look stand there as the program waits them."""
    *some, last = (f"{wait:g}" for wait in LOOKS)
    assert f"{', '.join(some)} and {last} seconds before each look" in " ".join(BUYING.split())
