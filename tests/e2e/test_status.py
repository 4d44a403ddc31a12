"""What is owned, in flight and unclear, and the decisions that only a person can take."""

import io
import json
import os
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import jsonschema
import pytest
from PIL import Image

from fakes.command import answer
from storyboard.adapters.clips import FolderClips
from storyboard.adapters.ledger.database import SqliteLedger
from storyboard.adapters.ledger.lock import build_lock, this_process
from storyboard.model import job
from storyboard.model.attempt import Caps, Order
from storyboard.model.errors import ExitCode
from storyboard.model.job import State
from storyboard.model.money import MicroUsd
from storyboard.model.request import ClipKey

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "status.schema.json").read_text())
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SORA = "openai/sora-2/image-to-video"
FILM = f"""\
storyboard: 1
title: A cat
format: {{aspect: "16:9", resolution: 720p, fps: 30}}
model: {SORA}
defaults: {{duration: 4s}}
vars: {{what: sits}}
shots:
  - {{id: a, image: a.png, action: "A cat {{{{ what }}}}."}}
  - {{id: b, image: a.png, action: A cat sleeps.}}
  - {{id: c, image: a.png, action: A cat eats.}}
"""
LOST = (job.LostTrack("reset"), job.Looked("look 2 of 2: it may be p-7, p-8"))
SENT = (job.Sent("p-1"),)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A film of three shots in a project of its own; the test stands in it."""
    folder = tmp_path / "project"
    folder.mkdir()
    Image.new("RGB", (1280, 720), "teal").save(folder / "a.png")
    (folder / "film.yaml").write_text(FILM)
    (folder / "storyboard.toml").touch()
    monkeypatch.chdir(folder)
    return folder


@cache
def plan():
    """Return the film's clip keys by shot: they are the same in every test's project."""
    shots = json.loads(answer("plan", "film.yaml", "--json").out)["shots"]
    return {each["id"]: ClipKey(each["key"]) for each in shots}


def ledger_of(project):
    return SqliteLedger(project / ".storyboard" / "ledger.db", lambda: NOW, "a build")


def attempt(project, *events, key=None, shot="a", film="film.yaml"):
    """Write an attempt into the project's ledger; its id."""
    with ledger_of(project) as ledger:
        order = Order(key or plan()[shot], shot, film, SORA, MicroUsd(400_000), "{}")
        made = ledger.reserve(order, Caps())
        for event in events:
            ledger.record(made.id, event)
        return made.id


def state(project, number):
    with ledger_of(project) as ledger:
        return ledger.find(number).job.state


def own(project, key, content=b"a clip"):
    store = FolderClips(project / ".storyboard" / "clips", {})
    path = Path(store.scratch(key))
    path.write_bytes(content)
    return store.keep(key, str(path))


def status(*words):
    ran = answer("status", *words, "--json")
    found = json.loads(ran.out)
    jsonschema.validate(found, SCHEMA)
    return ran.code, found


def test_looking_leaves_no_trace(project):
    """A film that was never bought is all missing, a project has nothing open, no file is made."""
    code, found = status("film.yaml")
    assert code == ExitCode.OK
    assert [shot["condition"] for shot in found["shots"]] == ["missing"] * 3
    assert [shot["price_usd"] for shot in found["shots"]] == ["0.40"] * 3
    ran = answer("status")
    assert (ran.code, ran.out.splitlines()[-1]) == (ExitCode.OK, "nothing is open")
    assert answer("costs").code == ExitCode.OK
    assert not (project / ".storyboard").exists()


def test_a_film_is_shown_as_its_clips_and_its_ledger_have_it(project):
    """Owned by the store, in flight and unclear by the ledger; what needs a person is code 4."""
    keys = plan()
    own(project, keys["a"])
    attempt(project, *SENT, job.Finished(), job.Saved("aa"), shot="a")
    attempt(project, job.Sent("p-2"), shot="b")
    code, found = status("film.yaml")
    assert code == ExitCode.OK
    attempt(project, *LOST, shot="c")
    code, found = status("film.yaml")
    assert code == ExitCode.SHOTS_FAILED
    assert [shot["condition"] for shot in found["shots"]] == ["owned", "in flight", "unclear"]
    assert found["shots"][2]["evidence"] == "look 2 of 2: it may be p-7, p-8"
    assert found["totals"]["reserved_usd"] == "0.40"
    ran = answer("status", "film.yaml")
    assert ran.code == ExitCode.SHOTS_FAILED
    assert "storyboard adopt 3 PREDICTION" in ran.out
    assert "storyboard forget 3" in ran.out
    assert ran.out.endswith("1 of 3 shots owned, 1 in flight, 1 unclear: 1 needs you\n")


def test_a_moderated_shot_names_what_to_change(project):
    """The likely input by the moderator's words; ordering it unchanged takes a word of its own."""
    attempt(project, job.Refused("the output audio may be sensitive", "moderation"))
    ran = answer("status", "film.yaml")
    assert ran.code == ExitCode.SHOTS_FAILED
    assert "change its dialogue or sound, most likely" in ran.out
    assert "storyboard build film.yaml --again a" in ran.out


def test_a_clip_whose_file_is_gone_is_not_owned(project):
    """The store is believed before the ledger; running the build again fetches it."""
    clip = own(project, plan()["a"])
    attempt(project, *SENT, job.Finished(), job.Saved(clip.sha256))
    Path(clip.path).unlink()
    code, found = status("film.yaml")
    assert (code, found["shots"][0]["condition"]) == (ExitCode.OK, "missing")
    assert "damaged or gone" in found["shots"][0]["says"]


def test_the_newest_attempt_for_a_clip_counts(project):
    """A failure that was tried again with success is history."""
    attempt(project, job.Sent("p-0"), job.Failed("GPU", "upstream"), job.Refunded("seen"))
    attempt(project, *SENT)
    _, found = status("film.yaml")
    assert (found["shots"][0]["attempt"], found["shots"][0]["state"]) == ("2", "submitted")
    assert found["others"] == []


def test_what_a_changed_film_no_longer_asks_for_is_still_told(project):
    """An order for a shot as it was is shown apart while it is open."""
    attempt(project, *LOST)
    (project / "film.yaml").write_text(FILM.replace("what: sits", "what: runs"))
    code, found = status("film.yaml")
    assert code == ExitCode.SHOTS_FAILED
    assert found["shots"][0]["condition"] == "missing"
    assert [each["attempt"] for each in found["others"]] == ["1"]
    assert "No shot asks for these any more:" in answer("status", "film.yaml").out
    _, found = status("film.yaml", "--set", "what=sits")
    assert (found["shots"][0]["attempt"], found["others"]) == ("1", [])
    assert "--set what=sits" in found["shots"][0]["advice"][0]["command"]


def test_a_project_shows_the_open_orders_of_all_its_films(project):
    """Whatever film they are for, and no settled ones; the build of each is named."""
    attempt(project, *SENT, key=ClipKey("1" * 64), film="films/one.yaml")
    attempt(project, *LOST, key=ClipKey("2" * 64), film="two.yaml")
    attempt(project, job.Refused("no"), key=ClipKey("3" * 64))
    code, found = status()
    assert (code, found["film"]) == (ExitCode.SHOTS_FAILED, None)
    commands = [each["advice"][0]["command"] for each in found["others"]]
    assert commands == ["storyboard build films/one.yaml", "storyboard build two.yaml"]


def test_commands_are_named_for_where_one_stands(project, monkeypatch):
    """From outside, the project's folder is part of what to type; so is the film's path."""
    attempt(project, *LOST)
    monkeypatch.chdir(project.parent)
    _, found = status("project")
    commands = [each["command"] for each in found["others"][0]["advice"]]
    assert commands == [
        "storyboard build project/film.yaml",
        "storyboard adopt 1 PREDICTION project",
        "storyboard forget 1 project",
    ]
    assert answer("adopt", "1", "p-7", "project").code == ExitCode.OK
    assert state(project, "1") is State.SUBMITTED


def test_a_rehearsal_has_books_of_its_own(project, monkeypatch):
    """What a simulator was asked for is not among what was bought, nor the other way round."""
    attempt(project, *LOST)
    monkeypatch.setenv("WAVESPEED_BASE_URL", "http://127.0.0.1:8787")
    code, found = status("film.yaml")
    assert (code, found["rehearsal"]) == (ExitCode.OK, "http://127.0.0.1:8787")
    assert found["shots"][0]["attempt"] is None


def test_a_wrong_film_is_told_its_findings(project):
    """As with every command that reads a film."""
    (project / "film.yaml").write_text(FILM.replace("action: A cat sleeps", "acton: A cat sleeps"))
    ran = answer("status", "film.yaml")
    assert (ran.code, ran.out) == (ExitCode.INVALID_STORYBOARD, "")
    assert "unknown-key" in ran.err
    assert "unknown-key" in answer("status", "film.yaml", "--json").out
    assert answer("status", "film.yaml", "--set", "what").code == ExitCode.USAGE


def test_a_film_is_named_where_its_shots_are_chosen():
    """A variant of a folder makes no sense."""
    assert answer("status", ".", "--variant", "x").code == ExitCode.USAGE


def test_wrong_settings_are_told(project):
    """The limit of a month is not guessed."""
    (project / "storyboard.toml").write_text("[budget]\nmonth = 'x'\n")
    ran = answer("status")
    assert ran.code == ExitCode.INVALID_STORYBOARD
    assert "month" in ran.err


@pytest.mark.usefixtures("project")
class TestAdopt:
    """`storyboard adopt`: the user knows which order it is."""

    @pytest.mark.parametrize("events", [LOST, ()], ids=["unknown", "intent"])
    def test_an_unclear_order_is_followed_from_now_on(self, project, events):
        """Also one whose process ended while it was sending: we hold the lock, so it is gone."""
        number = attempt(project, *events)
        ran = answer("adopt", number, "p-7")
        assert ran.code == ExitCode.OK
        assert "storyboard build film.yaml" in ran.err
        with ledger_of(project) as ledger:
            found = ledger.find(number)
            story = [type(entry.event) for entry in ledger.events(number)]
        assert (found.job.state, found.job.prediction) == (State.SUBMITTED, "p-7")
        assert story.count(job.LostTrack) == 1

    @pytest.mark.parametrize("events", [SENT, (job.Refused("no"),)])
    def test_only_an_unclear_order_is_adopted(self, project, events):
        """Any other is refused by the name of its state, and stays as it is."""
        number = attempt(project, *events)
        before = state(project, number)
        ran = answer("adopt", number, "p-7")
        assert ran.code == ExitCode.USAGE
        assert f"attempt 1 is {before}" in ran.err
        assert state(project, number) is before

    def test_an_order_belongs_to_one_attempt(self, project):
        """One that another attempt holds is not given to a second; nothing is written."""
        attempt(project, job.Sent("p-7"))
        number = attempt(project, shot="b")
        ran = answer("adopt", number, "p-7")
        assert ran.code == ExitCode.USAGE
        assert "attempt 1 (a)" in ran.err
        assert state(project, number) is State.INTENT

    @pytest.mark.parametrize("prediction", ["", "a b", "../x", "x" * 300, "p\x1b[31m"])
    def test_what_is_no_name_is_refused(self, project, prediction):
        """A name that no order can have is a slip."""
        number = attempt(project, *LOST)
        ran = answer("adopt", number, prediction)
        assert ran.code == ExitCode.USAGE
        assert "\x1b" not in ran.err
        assert state(project, number) is State.UNKNOWN

    def test_an_attempt_that_is_not_there(self, project):
        """A wrong number, and a project without a ledger, are slips too."""
        ran = answer("adopt", "9", "p-7")
        assert (ran.code, (project / ".storyboard").exists()) == (ExitCode.USAGE, False)
        assert "nothing was ever ordered" in ran.err
        attempt(project)
        for number in ("9", "x", ""):
            ran = answer("adopt", number, "p-7")
            assert ran.code == ExitCode.USAGE
            assert "there is no attempt" in ran.err


class Terminal(io.StringIO):
    """A keyboard on which this is typed."""

    def isatty(self):
        return True


@pytest.mark.usefixtures("project")
class TestForget:
    """`storyboard forget`: the user gives an order up."""

    @pytest.mark.parametrize("events", [(), LOST, SENT, (*SENT, job.Finished())])
    def test_an_open_order_is_given_up(self, project, events):
        """Its clip can be ordered again, and its price goes on counting."""
        number = attempt(project, *events)
        ran = answer("forget", number, "--yes")
        assert ran.code == ExitCode.OK
        assert "$0.40 counts until" in ran.err
        assert "storyboard build film.yaml" in ran.err
        with ledger_of(project) as ledger:
            assert ledger.find(number).job.state is State.ABANDONED
            assert ledger.spent().counted == 400_000
            order = ledger.find(number).order
            assert ledger.reserve(order, Caps()).id == "2"

    @pytest.mark.parametrize(
        ("events", "hint"),
        [
            ((*SENT, job.Failed("no", "moderation")), "build film.yaml --again a"),
            ((job.Refused("no", "moderation"),), "build film.yaml --again a"),
            ((*SENT, job.Gone("old")), "build film.yaml --again a"),
            ((*SENT, job.Finished(), job.Saved("aa")), "`storyboard build film.yaml`"),
            ((job.Withdrawn("no"),), "`storyboard build film.yaml`"),
            ((*LOST, job.Forgotten()), "`storyboard build film.yaml`"),
        ],
    )
    def test_what_is_settled_is_not_given_up(self, project, events, hint):
        """The state is named, and the command that orders the shot again; nothing changes."""
        number = attempt(project, *events)
        before = state(project, number)
        ran = answer("forget", number, "--yes")
        assert ran.code == ExitCode.USAGE
        assert f"attempt 1 is {before}" in ran.err
        assert hint in ran.err
        assert state(project, number) is before

    @pytest.mark.parametrize(("events", "risk"), [(LOST, "twice"), (SENT, "is paid for ($0.40)")])
    def test_nobody_is_there_to_be_asked(self, project, events, risk, monkeypatch):
        """Without a terminal and without --yes nothing is given up, and the risk is said."""
        number = attempt(project, *events)
        with open(os.devnull) as nobody:
            monkeypatch.setattr("sys.stdin", nobody)
            ran = answer("forget", number)
        assert ran.code == ExitCode.SPENDING_REFUSED
        assert risk in ran.err
        assert "--yes" in ran.err
        assert state(project, number) is job.Job().after(events[0]).state

    @pytest.mark.parametrize(
        ("typed", "code", "after"),
        [
            ("y\n", ExitCode.OK, State.ABANDONED),
            ("n\n", ExitCode.SPENDING_REFUSED, State.UNKNOWN),
            ("\n", ExitCode.SPENDING_REFUSED, State.UNKNOWN),
        ],
    )
    def test_a_person_is_asked(self, project, typed, code, after, monkeypatch):
        """Only a yes gives the order up; what may be lost is said before."""
        number = attempt(project, *LOST)
        monkeypatch.setattr("sys.stdin", Terminal(typed))
        ran = answer("forget", number)
        assert (ran.code, state(project, number)) == (code, after)
        assert "pays $0.40 twice" in ran.err


@pytest.mark.parametrize("words", [("adopt", "1", "p-7"), ("forget", "1", "--yes")])
def test_nothing_is_decided_while_a_build_is_running(project, words):
    """The build's name is given, and the attempt is as it was."""
    attempt(project, *LOST)
    with build_lock(project / ".storyboard" / "build.lock", this_process("storyboard build", NOW)):
        ran = answer(*words)
    assert ran.code == ExitCode.LOCKED
    assert "storyboard build (process" in ran.err
    assert state(project, "1") is State.UNKNOWN
    assert answer(*words).code == ExitCode.OK


@pytest.mark.parametrize("words", [("status",), ("costs",), ("adopt", "1", "p-7")])
def test_a_ledger_outside_the_project_is_not_touched(project, words, tmp_path):
    """A link in a stranger's project does not lead us to another's books."""
    attempt(project, *LOST)
    place = project / ".storyboard" / "ledger.db"
    place.rename(tmp_path / "elsewhere.db")
    place.symlink_to(tmp_path / "elsewhere.db")
    ran = answer(*words)
    assert ran.code == ExitCode.ENVIRONMENT
    assert "leads out of the project" in ran.err
