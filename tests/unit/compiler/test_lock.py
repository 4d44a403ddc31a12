"""The lock file as text: the same for the same lock, and findings with places for anything else."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from storyboard.app.resources import resource
from storyboard.compiler.lock import read_lock, write_lock
from storyboard.model.diagnostic import Code
from storyboard.model.lock import Lock, Slate, Take
from storyboard.model.money import MicroUsd, Millis
from storyboard.model.request import ClipKey
from storyboard.model.source import Source

PAGE = (Path(__file__).parents[3] / "docs/takes.md").read_text("utf-8")
SCHEMA = json.loads(resource("schemas", "lock.schema.json"))
AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
ONE = Take(
    number=1,
    key=ClipKey("a" * 64),
    sha256="c" * 64,
    model="openai/sora-2/image-to-video",
    length=Millis(8000),
    price=MicroUsd(800_000),
    bought_at=AT,
    seen="openai/sora-2/image-to-video",
    prediction="p-1",
)
TWO = replace(ONE, number=2, key=ClipKey("b" * 64), seen=None, prediction=None)

digests = st.text("0123456789abcdef", min_size=64, max_size=64)
# Any text that YAML can hold: films call their shots and providers their models what they like.
letters = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp"))
names = st.text(letters, min_size=1)
takes = st.builds(
    Take,
    number=st.integers(1, 99),
    key=digests.map(ClipKey),
    sha256=digests,
    model=names.map(str.strip).filter(bool),
    length=st.integers(1, 60_000).map(Millis),
    price=st.integers(0, 10**12).map(MicroUsd),
    bought_at=st.integers(0, 10**9).map(lambda seconds: AT + timedelta(seconds=seconds)),
    seen=st.none() | names.map(str.strip).filter(bool),
    prediction=st.none() | names.map(str.strip).filter(bool),
)
slates = st.lists(takes, min_size=1, max_size=3, unique_by=lambda take: take.number).map(
    lambda several: tuple(sorted(several, key=lambda take: take.number))
)


def read(text):
    return read_lock(Source("film.lock.yaml", text), SCHEMA)


def lock(*slates):
    return Lock(tuple(sorted(slates, key=lambda slate: slate.shot)))


def test_a_lock_reads_back_as_it_was_written():
    """Both takes, the circle, and what nobody knows."""
    written = lock(Slate("pounce", (ONE, TWO), 2, ONE.key), Slate("chase", (ONE,)))
    assert read(write_lock(written)).value == written


@given(st.dictionaries(names.map(str.strip).filter(bool), slates, max_size=4), st.booleans())
def test_any_lock_reads_back_as_it_was_written(shots, circled):
    """Whatever shots and models are called, and also where `on` or `1:30` is a name."""
    several = [
        Slate(name, found, found[-1].number, found[-1].key) if circled else Slate(name, found)
        for name, found in shots.items()
    ]
    outcome = read(write_lock(lock(*several)))
    assert outcome.diagnostics == ()
    assert outcome.value == lock(*several)


@pytest.mark.parametrize(
    "name", ["on", "1:30", "null", "~", "- a", "a: b", "#x", "'", "2026-11-22"]
)
def test_names_that_mean_something_in_yaml_stay_names(name):
    """A shot may be called what YAML has another use for."""
    assert read(write_lock(lock(Slate(name, (ONE,))))).value == lock(Slate(name, (ONE,)))


def test_the_text_is_ordinary_yaml_that_fits_the_schema():
    """Any other program reads it too."""
    text = write_lock(lock(Slate("pounce", (ONE,))))
    document = yaml.safe_load(text)
    assert document["shots"]["pounce"]["takes"][0]["price_usd"] == "0.80"
    assert document["shots"]["pounce"]["takes"][0]["bought_at"] == "2026-11-22T09:30:00+00:00"


def test_the_order_of_shots_in_the_film_is_not_in_the_file():
    """So moving a shot changes nothing, and two branches add lines in different places."""
    first, second = Slate("a", (ONE,)), Slate("b", (TWO,))
    assert write_lock(Lock((second, first))) == write_lock(Lock((first, second)))


def test_a_new_take_only_adds_lines():
    """No line of the file is another than before."""
    before = write_lock(lock(Slate("a", (ONE,)), Slate("b", (ONE,)))).splitlines()
    after = write_lock(lock(Slate("a", (ONE, TWO)), Slate("b", (ONE,)))).splitlines()
    rest = iter(after)
    assert all(line in rest for line in before)  # in this order, others between


WRONG = {
    "no mapping": "- a\n",
    "another version": "lock: 2\nshots: {}\n",
    "no version": "lock: .inf\nshots: {}\n",
    "a key that is no digest": write_lock(lock(Slate("a", (ONE,)))).replace("a" * 64, "beef"),
    "a field of nobody": write_lock(lock(Slate("a", (ONE,)))).replace("seen:", "saw:"),
    "a number given twice": write_lock(lock(Slate("a", (ONE, replace(TWO, number=1))))),
    "a circle around nothing": write_lock(lock(Slate("a", (ONE,), 7, ONE.key))),
    "a circle for nothing": write_lock(lock(Slate("a", (ONE,), 1, ONE.key))).replace(
        f"    circled_for: {'a' * 64}\n", ""
    ),
    "a price that is no amount": write_lock(lock(Slate("a", (ONE,)))).replace("'0.80'", "free"),
    "a day that is not": write_lock(lock(Slate("a", (ONE,)))).replace("2026-11-22", "2026-02-30"),
    "a month that is not": write_lock(lock(Slate("a", (ONE,)))).replace("2026-11-22", "2026-13-01"),
    "a merge": write_lock(lock(Slate("a", (ONE,)))).replace("    takes", "<<<<<<< HEAD\n    takes"),
    "half a file": write_lock(lock(Slate("a", (ONE, TWO))))[:400],
    "nothing": "",
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG.keys())
def test_what_is_no_lock_is_a_finding_with_a_place(text):
    """Nothing of it is taken for what was bought."""
    outcome = read(text)
    assert outcome.value is None
    assert {each.code for each in outcome.diagnostics} == {Code.BAD_LOCK}
    assert all(each.span is not None for each in outcome.diagnostics)


def test_the_page_has_a_lock_as_it_is_written_and_explains_each_field():
    """docs/takes.md has it letter for letter."""
    (shown,) = re.findall(r"```yaml\n(# Which clips.*?)```", PAGE, re.DOTALL)
    outcome = read(shown)
    assert outcome.value is not None, outcome.diagnostics
    assert write_lock(outcome.value) == shown
    _, table = PAGE.split("| field | what it is |\n", 1)
    rows = [line.split("|")[1] for line in table.split("\n\n", 1)[0].splitlines()[1:]]
    told = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    fields = (SCHEMA, *SCHEMA["$defs"].values())
    known = {name for each in fields for name in each.get("properties", ())}
    assert told == known - {"shots", "takes"}


def test_a_lock_of_a_newer_program_is_not_to_be_mended():
    """Whoever wrote an older number there would lose what the newer one says."""
    (finding,) = read("lock: 2\nshots: {}\n").diagnostics
    assert finding.message == "this lock was written by a newer storyboard"
    assert finding.help == "it has version 2 and this one knows 1: install the newer one"
    (unknown,) = read("lock: 0\nshots: {}\n").diagnostics
    assert "newer" not in unknown.message


def test_a_merge_that_git_left_is_called_one():
    """The advice says to keep what both sides paid for."""
    (finding,) = read(WRONG["a merge"]).diagnostics
    assert finding.message == "git left this file unmerged"
    assert "keep the takes of both sides" in (finding.help or "")
