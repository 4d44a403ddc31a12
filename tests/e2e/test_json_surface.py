"""What programs hear: every `--json` has its schema, and text and JSON refuse alike."""

import errno
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import click
import jsonschema
import pytest

from fakes.command import answer
from fakes.owned import own, write_down
from fakes.rehearsal import KEY, MODEL, environment, shop, write_film
from fakes.simulator import film_clip, simulated
from fakes.wavespeed import unused_port
from storyboard.adapters.ledger.database import SqliteLedger
from storyboard.adapters.ledger.lock import build_lock, this_process
from storyboard.app.clock import SystemClock
from storyboard.app.purse import load_purse
from storyboard.app.settings import load_settings
from storyboard.cli.console import emit
from storyboard.cli.funnel import run
from storyboard.cli.main import COMMANDS, program
from storyboard.cli.tools import schema as schema_command
from storyboard.model import job
from storyboard.model.attempt import Caps, Order
from storyboard.model.errors import ErrorCode, ExitCode, Locked, StoryboardError
from storyboard.model.money import MicroUsd
from storyboard.model.request import ClipKey
from storyboard.simulator.faults import read_faults
from storyboard.simulator.settings import AccountTerms

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/json.md").read_text("utf-8")
LOST = (job.LostTrack("reset"), job.Looked("look 2 of 2: it may be p-7, p-8"))
ORDERED = ClipKey("a" * 64)

PENDING: set[str] = set()
"""Commands that are being written: a line in CASES takes the place of the name here."""


@dataclass(frozen=True)
class Case:
    """A command line, the schema of what it writes with --json, and its exit code.

    `before` makes what has to be there first. `key` runs it with a key, at a simulator that keeps
    shop as `sold` says.
    """

    schema: str
    words: tuple[str, ...] = ("film.yaml",)
    code: ExitCode = ExitCode.OK
    before: Callable[[], object] = lambda: None
    key: bool = False
    sold: tuple[tuple[str, object], ...] = ()
    slow: bool = False


def take():
    """Have a take of the first shot, in the store and in the lock."""
    own(Path("film.yaml"), "s0")
    write_down(Path("film.yaml"))


def lose_an_order():
    """Leave an order in the project's ledger that nobody can tell the end of."""
    settings = load_settings(Path())
    ledger = settings.inside(load_purse(settings).ledger)
    order = Order(ORDERED, "s0", "film.yaml", MODEL, MicroUsd(100_000), "{}")
    with SqliteLedger(ledger, SystemClock().now, "a build") as books:
        attempt = books.reserve(order, Caps())
        for event in LOST:
            books.record(attempt.id, event)


def commit():
    """Commit what is here to a repository of its own."""
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "a version")):
        command = ["git", "-c", "user.name=A", "-c", "user.email=a@b.c", *words]
        subprocess.run(command, check=True, capture_output=True)


REFUSED = (("faults", read_faults(["submit=403"], endless=True)),)
FAILED = (("faults", read_faults(["fate=failed-5000"], endless=True)),)
WRONG = ("wrong.yaml",)
INVALID = ExitCode.INVALID_STORYBOARD
CASES = {
    "check": [Case("findings"), Case("findings", WRONG, INVALID)],
    "prompts": [Case("prompts"), Case("findings", WRONG, INVALID)],
    "plan": [
        Case("plan"),
        Case("plan", ("film.yaml", "--animatic")),
        Case("findings", WRONG, INVALID),
    ],
    "why": [Case("why", ("film.yaml", "*")), Case("findings", ("wrong.yaml", "s0"), INVALID)],
    "code": [
        Case("code", ("film.yaml", "s0")),
        Case("code", ("film.yaml", "s0", "--lang", "js")),
        Case("findings", ("wrong.yaml", "s0"), INVALID),
    ],
    "diff": [
        Case("diff", before=commit),
        Case("diff", ("film.yaml", "--max-increase", "0"), before=commit),
        Case("findings", WRONG, INVALID, before=commit),
    ],
    "takes": [Case("takes"), Case("takes", before=take), Case("findings", WRONG, INVALID)],
    "circle": [
        Case("circle", ("film.yaml", "s0", "1"), before=take),
        Case("circle", ("film.yaml", "s0", "--clear"), before=take),
        Case("findings", ("wrong.yaml", "s0", "1"), INVALID),
    ],
    "sheet": [Case("sheet"), Case("findings", WRONG, INVALID)],
    "animatic": [Case("build", slow=True), Case("findings", WRONG, INVALID)],
    "build": [
        Case("build", slow=True),
        Case("build", ("film.yaml", "--yes"), key=True, slow=True),
        Case("build", ("film.yaml", "--yes"), ExitCode.SHOTS_FAILED, key=True, sold=FAILED),
        Case("build", ("film.yaml", "--yes"), ExitCode.ENVIRONMENT, key=True, sold=REFUSED),
        Case("plan", ("film.yaml", "--dry-run")),
        Case("findings", WRONG, INVALID),
    ],
    "cut": [Case("cut", slow=True), Case("findings", WRONG, INVALID)],
    "export": [
        Case("export", ("film.yaml", "--format", "otio", "--format", "csv")),
        Case("findings", ("wrong.yaml", "--format", "csv"), INVALID),
    ],
    "status": [
        Case("status"),
        Case("status", (), ExitCode.SHOTS_FAILED, lose_an_order),
        Case("findings", WRONG, INVALID),
    ],
    "costs": [Case("costs"), Case("costs", (), before=lose_an_order)],
    "adopt": [Case("adopt", ("1", "p-7"), before=lose_an_order)],
    "forget": [Case("forget", ("1", "--yes"), before=lose_an_order)],
    "models": [Case("models", ())],
    "doctor": [Case("doctor", (), key=True)],
}
"""By command what it writes, at least once in each shape; every command with --json has a line."""


def cases():
    for command, several in CASES.items():
        for case in several:
            marks = [pytest.mark.slow] if case.slow else []
            name = "-".join((command, *case.words, case.schema))
            yield pytest.param(command, case, id=name, marks=marks)


def speaking():
    """Return the commands that take --json."""
    context = click.Context(program)
    names = [name for section in COMMANDS for name in section.entries]
    return {
        name
        for name in names
        for each in program.get_command(context, name).params
        if "--json" in each.opts
    }


def schema_of(name):
    return json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text("utf-8"))


def checked(text, name):
    """Return the one document in a text, which is in the published shape of its name."""
    document = json.loads(text)
    schema = schema_of(name)
    jsonschema.Draft202012Validator(schema).validate(document)
    assert document["schema"] == schema["properties"]["schema"]["const"] == f"storyboard/{name}-1"
    return document


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A film of two shots and a wrong one; the test stands in their folder, without a key."""
    film = write_film(tmp_path / "project", shots=2)
    (film.parent / "wrong.yaml").write_text(film.read_text().replace("action: ", "acton: ", 1))
    monkeypatch.chdir(film.parent)
    return film


@pytest.fixture
def at_a_simulator(monkeypatch):
    """Let commands buy from a simulator that keeps shop in some way, until the test ends."""
    with ExitStack() as opened:

        def open_one(**sold):
            simulator = opened.enter_context(simulated(shop(**sold), film_clip))
            for name, value in environment(simulator.base_url).items():
                monkeypatch.setenv(name, value)

        yield open_one


# --- schemas


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(("command", "case"), [*cases()])
def test_what_a_command_writes_is_in_its_published_shape(command, case, at_a_simulator):
    """One document, named after its schema, with every field that is promised and no other."""
    if case.key:
        at_a_simulator(**dict(case.sold))
    case.before()
    ran = answer(command, *case.words, "--json")
    assert ran.code == case.code, ran.err
    document = checked(ran.out, case.schema)
    with pytest.raises(jsonschema.ValidationError):  # control: nothing else is let in
        checked(json.dumps({**document, "more": 1}), case.schema)


def test_every_command_that_writes_json_is_tried():
    """A command that learns --json gets a line in CASES, and a schema."""
    untried = speaking() - CASES.keys() - PENDING
    assert not untried, (
        f"{', '.join(sorted(untried))}: add a line to CASES with its schema, which goes into"
        " schemas/, into _SCHEMAS of cli/tools.py and into docs/json.md"
    )
    assert CASES.keys() <= speaking()
    done = PENDING & CASES.keys()
    assert not done, f"{', '.join(sorted(done))}: take it out of PENDING, it has its line"


def published():
    return {path.name.removesuffix(".schema.json") for path in (ROOT / "schemas").iterdir()}


@pytest.mark.parametrize("name", [*{each.schema: 0 for all_ in CASES.values() for each in all_}])
def test_a_schema_has_its_version_in_its_name(name):
    """`storyboard schema NAME` prints it, its id and its document's name say the same version."""
    printed = json.loads(answer("schema", name).out)
    assert printed == schema_of(name)
    assert printed["$id"] == f"https://storyboard.film/schemas/{name}-1.json"
    assert printed["properties"]["schema"]["const"] == f"storyboard/{name}-1"
    assert printed["additionalProperties"] is False


def test_every_schema_of_a_document_can_be_printed():
    """The choices of `storyboard schema` are files, and every document's schema is among them."""
    (names,) = (each.type.choices for each in schema_command.params if each.name == "name")
    assert {*names} <= published()
    documents = {name for name in published() if "schema" in schema_of(name).get("properties", {})}
    assert documents <= {*names}
    assert "error" in documents


# --- refusals


def budget(amount):
    """Give the film a budget of so many dollars."""

    def write():
        film = Path("film.yaml")
        film.write_text(film.read_text().replace("shots:", f"budget: {{cost: {amount}}}\nshots:"))

    return write


def save():
    """Save the film's plan as x.json."""
    assert answer("plan", "film.yaml", "-o", "x.json").code == ExitCode.OK


def plan_and_change():
    """Save the film's plan, and then change the film."""
    save()
    film = Path("film.yaml")
    film.write_text(film.read_text().replace("box", "bed"))


def limit_the_month():
    with Path("storyboard.toml").open("a") as settings:
        settings.write("[budget]\nmonth = 0.15\n")


CATALOGUE = shop().catalogue
DEARER = tuple(replace(each, per_second={"": each.per_second[""] * 2}) for each in CATALOGUE)
BUILD = ("build", "film.yaml", "--yes")
REFUSALS = {
    "invalid film": (("plan", "wrong.yaml"), 1, "unknown-key", {}),
    "wrong option": (("plan", "film.yaml", "--no-such"), 2, "usage", {}),
    "no such command": (("plam", "film.yaml"), 2, "usage", {}),
    "wrong value": (("build", "film.yaml", "--max-cost", "much"), 2, "usage", {}),
    "shot to show": (("prompts", "film.yaml", "s9"), 2, "unknown-shot", {}),
    "shot to order": ((*BUILD, "--again", "s9"), 2, "unknown-shot", {"sold": {}}),
    "attempt to give up": (("forget", "9"), 2, "unknown-attempt", {"before": lose_an_order}),
    "nothing ordered": (("adopt", "1", "p-7"), 2, "not-applicable", {}),
    "not owned": (("cut", "film.yaml", "--missing", "refuse"), 4, "shots-failed", {}),
    "over the budget": (BUILD, 5, "over-budget", {"before": budget("0.15"), "sold": {}}),
    "over the run's limit": ((*BUILD, "--max-cost", "0.15"), 5, "over-run-limit", {"sold": {}}),
    "over the month's": (BUILD, 5, "over-month-limit", {"before": limit_the_month, "sold": {}}),
    "not confirmed": (("build", "film.yaml"), 5, "not-confirmed", {"sold": {}}),
    "not given up": (("forget", "1"), 5, "not-confirmed", {"before": lose_an_order}),
    "another plan": ((*BUILD, "--plan", "x.json"), 5, "plan-changed", {"before": plan_and_change}),
    "no saved plan": ((*BUILD, "--plan", "film.yaml"), 1, "invalid-storyboard", {}),
    "other options": ((*BUILD, "--plan", "x.json", "--again", "s0"), 2, "usage", {"before": save}),
    "written over": (("plan", "film.yaml", "-o", "film.yaml"), 2, "not-applicable", {}),
    "another price": (BUILD, 5, "price-changed", {"sold": {"catalogue": DEARER}}),
    "too little money": (BUILD, 5, "balance-too-low", {"sold": {"balance": 150_000}}),
    "no key": (BUILD, 7, "no-key", {}),
    "a key nobody knows": (BUILD, 7, "key-refused", {"sold": {"accounts": (AccountTerms("x"),)}}),
    "no such film": (("costs", "nothing/film.yaml"), 7, "environment", {}),
    "take to circle": (("circle", "film.yaml", "s0", "7"), 2, "not-applicable", {"before": take}),
    "bad selector": (("plan", "film.yaml", "--only", "tag:"), 2, "usage", {}),
    "shot to choose": (("plan", "film.yaml", "--only", "s9"), 2, "unknown-shot", {}),
}


def words_in_text(ran):
    """Return the code words of the errors that were told to a person."""
    assert ran.out == ""
    return set(re.findall(r"^error\[([\w-]+)\]: ", ran.err, re.MULTILINE))


def words_in_json(ran):
    """Return the code words of the one document, which is all that is told of an error."""
    assert "error[" not in ran.err
    assert "hint: " not in ran.err
    if "findings" in json.loads(ran.out):
        found = checked(ran.out, "findings")["findings"]
        return {each["code"] for each in found if each["severity"] == "error"}
    error = checked(ran.out, "error")["error"]
    assert error["exit_code"] == ran.code
    return {error["code"]}


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(("words", "code", "word", "given"), REFUSALS.values(), ids=REFUSALS)
def test_text_and_json_refuse_alike(words, code, word, given, at_a_simulator):
    """The same exit code and the same word, told once: to people on stderr, to programs as data."""
    if "sold" in given:
        at_a_simulator(**given["sold"])
    given.get("before", lambda: None)()
    text, data = answer(*words), answer(*words, "--json")
    assert (text.code, words_in_text(text)) == (code, {word})
    assert (data.code, words_in_json(data)) == (code, {word})


def test_a_locked_project_is_refused_alike(project, at_a_simulator):
    """While another build holds the ledger."""
    at_a_simulator()
    settings = load_settings(project.parent)
    lock = settings.inside(load_purse(settings).lock)
    with build_lock(lock, this_process("storyboard build", SystemClock().now())):
        text, data = answer(*BUILD), answer(*BUILD, "--json")
    assert (text.code, words_in_text(text)) == (ExitCode.LOCKED, {"locked"})
    assert (data.code, words_in_json(data)) == (ExitCode.LOCKED, {"locked"})


def test_an_unreachable_provider_is_refused_alike(project, monkeypatch):
    """Nobody at the address: it may be worth another try."""
    for name, value in environment(f"http://127.0.0.1:{unused_port()}").items():
        monkeypatch.setenv(name, value)
    text, data = answer(*BUILD), answer(*BUILD, "--json")
    assert (text.code, words_in_text(text)) == (ExitCode.ENVIRONMENT, {"unreachable"})
    assert (data.code, words_in_json(data)) == (ExitCode.ENVIRONMENT, {"unreachable"})
    assert KEY not in data.out


def test_the_comparison_bites(monkeypatch):
    """Control: a refusal told as text all the same, and one told twice, do not pass."""
    twice = answer("plan", "--no-such", "--json")
    with pytest.raises(json.JSONDecodeError):
        words_in_json(replace(twice, out=twice.out * 2))
    monkeypatch.setattr("storyboard.cli.main._asks_for_json", lambda _words: False)
    with pytest.raises(AssertionError):
        words_in_json(answer("plan", "--no-such", "--json"))


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("words", [("--format", "json"), ("--format=json",), ("--json",)])
def test_json_is_asked_for_in_several_ways(words):
    """Each of them is enough, though nothing else of the command line is understood."""
    ran = answer("check", *words, "--no-such")
    assert (ran.code, words_in_json(ran)) == (ExitCode.USAGE, {"usage"})


@pytest.mark.parametrize("words", [("--", "--json"), ("--format", "text"), ("--format", "jso")])
def test_a_word_that_is_no_option_asks_for_nothing(words):
    """Control: text it is, where JSON is only the name of something."""
    ran = answer("prompts", "--no-such", *words)
    assert (ran.code, words_in_text(ran)) == (ExitCode.USAGE, {"usage"})


# --- the funnel


def raising(error, before=""):
    def program():
        if before:
            emit(before)
        raise error

    return program


def told(error, capsys):
    """Run a program that fails as text and as JSON; return its exit code and its document."""
    code = run(raising(error))
    assert capsys.readouterr().out == ""
    assert run(raising(error), as_json=True) == code
    out, err = capsys.readouterr()
    assert err == ""
    return code, checked(out, "error")["error"]


@pytest.mark.parametrize("kind", StoryboardError.__subclasses__())
def test_every_refusal_is_a_document(kind, capsys):
    """The message, the hint, the word and the exit code of each class."""
    code, error = told(kind("it cannot be", hint="do this"), capsys)
    assert error == {
        "code": str(kind.code),
        "message": "it cannot be",
        "hint": "do this",
        "exit_code": code,
    }


def test_a_bug_is_a_document_with_the_place_of_its_log(capsys):
    """What was on stderr stands in it, and the log is there."""
    code, error = told(ZeroDivisionError("division by zero"), capsys)
    assert (code, error["code"]) == (ExitCode.BUG, "bug")
    assert "ZeroDivisionError: division by zero" in Path(error["log"]).read_text("utf-8")


@pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()])
def test_an_interrupt_is_a_document(error, capsys):
    """That nothing is lost is told to programs too."""
    code, told_of = told(error, capsys)
    assert (code, told_of["code"]) == (ExitCode.INTERRUPTED, "interrupted")


def test_a_document_is_not_followed_by_another(capsys):
    """What goes wrong after the data was written is told on stderr; the next run is new."""
    assert run(raising(Locked("late"), '{"a": 1}\n'), as_json=True) == ExitCode.LOCKED
    assert capsys.readouterr() == ('{"a": 1}\n', "error[locked]: late\n")
    assert run(raising(Locked("late")), as_json=True) == ExitCode.LOCKED
    assert words(capsys.readouterr().out) == "locked"


def words(text):
    return json.loads(text)["error"]["code"]


class Full(io.StringIO):
    """A stream on a disk that is full."""

    def write(self, _text):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_document_that_cannot_be_written_is_told_as_text(capsys, monkeypatch):
    """The disk under stdout is full: that is what is told then, on stderr."""
    monkeypatch.setattr(sys, "stdout", Full())
    assert run(raising(Locked("locked")), as_json=True) == ExitCode.ENVIRONMENT
    assert capsys.readouterr().err.startswith("error[environment]: the output cannot be written")


@pytest.mark.usefixtures("project")
def test_a_build_that_began_says_in_its_document_what_it_ended_with(at_a_simulator):
    """The provider refuses the first order: the receipt and the error are one document."""
    at_a_simulator(**dict(REFUSED))
    ran = answer(*BUILD, "--json")
    document = checked(ran.out, "build")
    assert document["error"]["code"] == "key-refused"
    assert document["error"]["exit_code"] == ran.code == ExitCode.ENVIRONMENT
    assert document["receipt"]["kept"] == []
    assert document["path"] is None
    assert "error[" not in ran.err
    assert words_in_text(answer(*BUILD)) == {"key-refused"}


@pytest.mark.usefixtures("project")
def test_a_build_whose_shots_failed_says_so_in_its_document(at_a_simulator):
    """No exception ends it, and yet the film is not there."""
    at_a_simulator(**dict(FAILED))
    document = checked(answer(*BUILD, "--json").out, "build")
    assert document["error"]["code"] == "shots-failed"
    assert len(document["receipt"]["failed"]) == 2


# --- the page


def rows(heading):
    """Return the cells of the first table under a heading of docs/json.md."""
    _, found, rest = PAGE.partition(f"\n## {heading}\n")
    assert found, f"docs/json.md has no {heading}"
    lines = [each for each in rest.split("\n## ")[0].splitlines() if each.startswith("|")]
    return [[cell.strip("` ") for cell in line.strip("| ").split(" | ")] for line in lines[2:]]


def test_the_page_has_every_word_with_its_exit_code():
    """The table of docs/json.md is the program's, in its order."""
    assert [(row[0], int(row[1])) for row in rows("The words")] == [
        (str(code), int(code.exit_code)) for code in ErrorCode
    ]


def test_every_exit_code_that_means_trouble_has_a_word_of_its_own():
    """In lower case with dashes; finer words beside it end with the same code."""
    trouble = {*ExitCode} - {ExitCode.OK, ExitCode.CHANGES_PENDING}
    assert {each.exit_code for each in ErrorCode} == trouble
    for code in trouble:
        assert ErrorCode(code.name.lower().replace("_", "-")).exit_code is code


def test_the_refusal_that_the_page_shows_is_one():
    """As text and as JSON it says the same."""
    text, _, data = re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)[1].partition(" --json\n")
    error = checked(data, "error")["error"]
    assert f"error[{error['code']}]: {error['message']}\n\nhint: {error['hint']}\n" in text
    assert ErrorCode(error["code"]).exit_code == error["exit_code"]


def test_the_page_has_every_command_with_its_document():
    """Each command with --json, and the schemas of what it may write; errors are for all."""
    listed = {
        row[0].split()[1]: set(re.findall(r"[a-z]+(?=-1)", row[1])) for row in rows("Documents")
    }
    assert {name: found for name, found in listed.items() if name in CASES} == {
        name: {each.schema for each in several} for name, several in CASES.items()
    }
    assert listed.keys() <= CASES.keys() | PENDING
