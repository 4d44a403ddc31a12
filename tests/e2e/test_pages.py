"""Every command line in the README and on the pages is one that the program understands."""

import re
import shlex
from pathlib import Path

import pytest

from storyboard.cli.main import COMMANDS, program

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
ENTRIES = {name for section in COMMANDS for name in section.entries}


def command_lines(page):
    """Return what is typed on a page after a dollar sign, as far as storyboard gets it."""
    blocks = re.findall(r"```(?:console|sh)\n(.*?)```", page, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    found = (re.search(r"^(?:\$ |  )?(?:\w+=\S+ )*storyboard (.*)", line) for line in lines)
    return [each[1] for each in found if each is not None]


def wrong(line):
    """Return why a command line is not understood; None where it is."""
    words = shlex.split(re.split(r"\s(?:\||>|#|&)", line)[0])
    command = program.get_command(None, words[0]) if words[0] in ENTRIES else None
    if command is None:
        return f"{words[0]} is no command"
    options = {each for parameter in command.params for each in parameter.opts}
    given = {word.partition("=")[0] for word in words[1:] if word.startswith("-")}
    unknown = given - options - {"--help", "-h"}
    return f"{words[0]} has no {', '.join(sorted(unknown))}" if unknown else None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_line_is_understood(page):
    """Its command is there, and so is each of its options."""
    lines = command_lines(page.read_text("utf-8"))
    assert [(line, why) for line in lines if (why := wrong(line)) is not None] == []


def test_the_pages_have_command_lines():
    """The control: the search finds them, and a wrong one is found to be wrong."""
    assert sum(len(command_lines(page.read_text("utf-8"))) for page in PAGES) > 50
    (line,) = command_lines("```console\n$ storyboard plan film.yaml --retak s | jq .\n```\n")
    assert wrong(line) == "plan has no --retak"
    assert wrong("plann film.yaml") == "plann is no command"
