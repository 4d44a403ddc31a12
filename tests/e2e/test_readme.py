"""What the README shows is what the program does."""

import re
from pathlib import Path

import pytest

from fakes.command import storyboard
from storyboard.cli.main import COMMANDS
from storyboard.model.errors import ExitCode

REPOSITORY = Path(__file__).parents[2]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def sessions():
    """Find each `$ storyboard …` of the README with what is printed under it."""
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL):
        command, _, shown = block.partition("\n")
        if command.startswith("$ storyboard ") and shown and not shown.startswith("$ "):
            yield command.removeprefix("$ storyboard ").split(), shown


@pytest.mark.parametrize("session", list(sessions()), ids=lambda each: " ".join(each[0]))
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
