"""The doctor's findings as people and programs read them."""

import json
import re
from pathlib import Path

import jsonschema
import pytest

from storyboard.report.cells import width_of
from storyboard.report.doctor import Check, Health, is_fit
from storyboard.report.doctor_json import render_doctor_json
from storyboard.report.doctor_text import render_doctor_text

SCHEMA = json.loads(
    (Path(__file__).parents[3] / "schemas" / "doctor.schema.json").read_text("utf-8")
)
KEY = Check("key", Health.OK, "found in the environment")
DISK = Check("disk", Health.WARNING, "1.2 GB free in .storyboard", "make room")
LEDGER = Check("ledger", Health.FAULT, "the ledger is damaged")


def text(*checks, width=100, colour=False):
    return render_doctor_text(checks, colour=colour, width=width)


def test_a_check_is_a_line_and_its_help_stands_under_it():
    """State, name and sentence stand in columns; the last line counts what is not well."""
    assert text(KEY, DISK, LEDGER) == (
        "ok       key     found in the environment\n"
        "warning  disk    1.2 GB free in .storyboard\n"
        "                 help: make room\n"
        "fault    ledger  the ledger is damaged\n"
        "\n"
        "1 fault, 1 warning\n"
    )


@pytest.mark.parametrize(
    ("checks", "said"),
    [((KEY,), "all is well"), ((DISK, DISK), "2 warnings"), ((LEDGER, LEDGER), "2 faults")],
)
def test_the_last_line_counts(checks, said):
    """What is well is not counted."""
    assert text(*checks).splitlines()[-1] == said


def test_long_sentences_stay_in_their_column():
    """They break between words, and no line is wider than the terminal."""
    long = Check("disk", Health.WARNING, "a word or two " * 20, "do this or that " * 20)
    lines = text(long, width=60).splitlines()[:-2]
    assert max(map(width_of, lines)) <= 60
    assert all(line.startswith(" " * 15) for line in lines[1:])


def test_colour_is_by_state_alone():
    """The state, `help` and the count are coloured; without the colours the text is the same."""
    coloured = text(KEY, DISK, LEDGER, colour=True)
    assert "\x1b[1;33mwarning\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == text(KEY, DISK, LEDGER)


def test_nothing_in_a_sentence_reaches_the_terminal():
    """A folder's name may hold what a terminal obeys."""
    assert "\x1b" not in text(Check("disk", Health.OK, "1 GB free in \x1b[2J"))


def test_programs_get_the_published_shape():
    """Every check with its name, state, message and help, null where there is none."""
    document = json.loads(render_doctor_json((KEY, DISK, LEDGER)))
    jsonschema.validate(document, SCHEMA)
    assert document["schema"] == "storyboard/doctor-1"
    assert document["checks"][1] == {
        "name": "disk",
        "state": "warning",
        "message": "1.2 GB free in .storyboard",
        "help": "make room",
    }
    assert document["checks"][0]["help"] is None


def test_the_schema_knows_every_state():
    """The control: a state that there is not is refused."""
    assert SCHEMA["$defs"]["check"]["properties"]["state"]["enum"] == [*Health]
    document = {
        "schema": "storyboard/doctor-1",
        "checks": [{**SCHEMA["$defs"]["check"]["examples"][0], "state": "well"}],
    }
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, SCHEMA)


def test_only_a_fault_is_a_reason_to_fail():
    """Warnings let a build go on."""
    assert is_fit((KEY, DISK))
    assert not is_fit((KEY, DISK, LEDGER))
