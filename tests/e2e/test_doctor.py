"""`storyboard doctor`: what a build stands on, checked without making or spending anything."""

import asyncio
import json
import socket
import sqlite3
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest

from fakes.command import answer
from fakes.simulator import simulated
from storyboard.adapters.ledger.database import SqliteLedger
from storyboard.app.clock import SystemClock
from storyboard.app.doctor import examine
from storyboard.app.purse import load_purse
from storyboard.app.settings import load_settings
from storyboard.model.attempt import Caps, Order
from storyboard.model.errors import EnvironmentFault, ExitCode
from storyboard.model.job import LostTrack, Sent
from storyboard.model.money import MicroUsd
from storyboard.model.request import ClipKey
from storyboard.simulator.settings import AccountTerms, SimulatorSettings

KEY = "wsk_a-key-that-nobody-may-see"
SCHEMA = json.loads(
    (Path(__file__).parents[2] / "schemas" / "doctor.schema.json").read_text("utf-8")
)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project without a film or a key; the test stands in it."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "storyboard.toml").write_text('[account]\nlevel = "silver"\n[budget]\nmonth = 5\n')
    monkeypatch.chdir(folder)
    return folder


def examined(*words):
    """Run the command; return its exit code and what each check says."""
    ran = answer("doctor", "--json", *words)
    document = json.loads(ran.out)
    jsonschema.validate(document, SCHEMA)
    assert ran.err == ""
    return ran.code, {each["name"]: each for each in document["checks"]}


def states(checks):
    return {name: each["state"] for name, each in checks.items()}


def not_well(checks):
    return {name: state for name, state in states(checks).items() if state != "ok"}


class Account:
    """A provider whose balance and clock are given; a balance may be an error."""

    def __init__(self, balance, skew=None):
        self._balance = balance
        self._skew = skew

    async def balance(self):
        if isinstance(self._balance, Exception):
            raise self._balance
        return self._balance

    def skew(self):
        return self._skew


def connecting(account, asked):
    """Connect to an account in place of the real provider, and note with which key."""

    @asynccontextmanager
    async def connect(purse, key, clock):
        asked.append((purse.base_url, key.reveal()))
        yield account

    return connect


def asked_of(account, asked=None):
    """Return the checks as the doctor makes them of an account, by name."""
    connect = connecting(account, [] if asked is None else asked)
    return {each.name: each for each in examine(".", connect)}


def order(letter, price=1_000_000):
    return Order(
        ClipKey(letter * 64), f"shot-{letter}", "film.yaml", "a/model", MicroUsd(price), "{}"
    )


def test_a_project_without_a_key_is_fit(project):
    """The one thing to mention is the key; the exit code is 0, and nothing was made."""
    code, checks = examined()
    assert code == ExitCode.OK
    assert not_well(checks) == {"key": "warning"}
    assert "account level silver: 60 videos a minute" in checks["settings"]["message"]
    assert checks["budget"]["message"].endswith("of at most $5.00")
    assert [path.name for path in project.iterdir()] == ["storyboard.toml"]


@pytest.mark.usefixtures("project")
def test_nobody_is_asked_without_a_key(monkeypatch):
    """No connection is made; with a key, one is, to the real address and with that key."""
    asked = []
    assert "provider" not in asked_of(Account(MicroUsd(1)), asked)
    assert asked == []
    monkeypatch.setenv("WAVESPEED_API_KEY", KEY)
    assert asked_of(Account(MicroUsd(1)), asked)["provider"].state == "ok"
    assert asked == [("https://api.wavespeed.ai", KEY)]


@pytest.mark.usefixtures("project")
def test_a_key_may_be_in_the_keyring(monkeypatch):
    """It is said where the key was found, for the other place may hold an old one."""
    monkeypatch.setattr("keyring.get_password", lambda *_: KEY)
    assert asked_of(Account(MicroUsd(1)))["key"].message == "found in the keyring"
    monkeypatch.setenv("WAVESPEED_API_KEY", "another")
    assert asked_of(Account(MicroUsd(1)))["key"].message == "found in the environment"


@pytest.mark.usefixtures("project")
def test_the_providers_clock_is_compared(monkeypatch):
    """Also where the provider refuses the key, for it may do so because of the time."""
    monkeypatch.setenv("WAVESPEED_API_KEY", KEY)
    late = timedelta(minutes=5)
    assert asked_of(Account(MicroUsd(1), late))["clock"].state == "warning"
    checks = asked_of(Account(EnvironmentFault("the key is refused", hint="check it"), late))
    assert (checks["provider"].state, checks["clock"].state) == ("fault", "warning")
    assert (checks["provider"].message, checks["provider"].help) == (
        "the key is refused",
        "check it",
    )
    assert "clock" not in asked_of(Account(MicroUsd(1)))


@pytest.fixture
def rehearsal(project, monkeypatch):
    """A simulator that this project's purse points at, with an account that has $12.40."""
    terms = AccountTerms(KEY, balance=12_400_000)
    with simulated(SimulatorSettings(accounts=(terms,))) as simulator:
        monkeypatch.setenv("WAVESPEED_BASE_URL", simulator.base_url)
        yield simulator


def test_an_account_in_order_is_well(rehearsal, monkeypatch):
    """The key is accepted, the balance told, the clock compared; the key itself is nowhere."""
    monkeypatch.setenv("WAVESPEED_API_KEY", KEY)
    code, checks = examined()
    assert (code, not_well(checks)) == (ExitCode.OK, {})
    assert checks["provider"]["message"] == "the key is accepted; the balance is $12.40"
    assert checks["address"]["message"] == f"{rehearsal.base_url}, a rehearsal on this machine"
    assert checks["clock"]["state"] == "ok"
    assert KEY not in answer("doctor").out
    assert set(states(checks)) == set(SCHEMA["$defs"]["check"]["properties"]["name"]["enum"])


@pytest.mark.usefixtures("rehearsal")
@pytest.mark.parametrize("key", ["wsk_another-key", "wsk_a key", "wsk_a-kéy"])
def test_a_key_that_is_not_accepted_is_a_fault(monkeypatch, key):
    """Exit code 7, in a sentence without the key, whether it is unknown or can be none."""
    monkeypatch.setenv("WAVESPEED_API_KEY", key)
    code, checks = examined()
    assert (code, not_well(checks)) == (ExitCode.ENVIRONMENT, {"provider": "fault"})
    ran = answer("doctor")
    assert (ran.code, ran.out.splitlines()[-1]) == (ExitCode.ENVIRONMENT, "1 fault")
    assert key not in ran.out + ran.err


@pytest.mark.usefixtures("project")
def test_a_simulator_that_does_not_run_is_a_fault(monkeypatch):
    """The address is this machine's, so what to do is to start it, or to unset the address."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setenv("WAVESPEED_BASE_URL", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("STORYBOARD_REHEARSAL_SPEED", "10000")
    monkeypatch.setenv("WAVESPEED_API_KEY", KEY)
    code, checks = examined()
    assert (code, not_well(checks)) == (ExitCode.ENVIRONMENT, {"provider": "fault"})
    assert "`storyboard simulate`" in checks["provider"]["help"]


@pytest.mark.usefixtures("project")
def test_a_provider_that_never_answers_is_given_up(monkeypatch):
    """A build would wait; whoever asks how things are wants to know now."""

    class Silent(Account):
        async def balance(self):
            await asyncio.Event().wait()

    monkeypatch.setenv("WAVESPEED_API_KEY", KEY)
    monkeypatch.setattr("storyboard.app.doctor._PATIENCE", 0.01)
    check = asked_of(Silent(None))["provider"]
    assert (check.state, "does not answer within" in check.message) == ("fault", True)


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WAVESPEED_BASE_URL", "http://example.com"),
        ("WAVESPEED_BASE_URL", "nonsense"),
    ],
)
def test_an_address_that_is_none_is_a_fault(monkeypatch, name, value):
    """A key would not be sent there, so nothing more is looked at."""
    monkeypatch.setenv("WAVESPEED_API_KEY", KEY)
    monkeypatch.setenv(name, value)
    asked = []
    checks = asked_of(Account(MicroUsd(1)), asked)
    assert checks["address"].state == "fault"
    assert name in checks["address"].message
    assert asked == []


@pytest.mark.usefixtures("project")
def test_settings_that_are_wrong_are_a_fault():
    """In the words of `check`."""
    Path("storyboard.toml").write_text('[account]\nlevel = "tin"\n')
    code, checks = examined()
    assert (code, checks["settings"]["state"]) == (ExitCode.ENVIRONMENT, "fault")
    assert checks["settings"]["message"] == "there is no account level 'tin'"


def test_the_ledger_is_read_and_counted(project):
    """Orders that are open and unclear, and what they count in this month; from any folder."""
    purse = load_purse(load_settings(project))
    with SqliteLedger(purse.ledger, SystemClock().now, "run") as ledger:
        first, second, third = (ledger.reserve(order(letter), Caps()) for letter in "abc")
        ledger.record(first.id, Sent("one"))
        ledger.record(second.id, LostTrack("no answer came"))
    clip = purse.clips / "ab" / "abcd.mp4"
    clip.parent.mkdir(parents=True)
    clip.write_bytes(b"x" * 1500)
    code, checks = examined(project)
    assert code == ExitCode.OK
    assert checks["ledger"]["state"] == "warning"
    assert checks["ledger"]["message"].endswith("ledger.db is whole; 3 open, 2 unclear")
    assert checks["budget"]["message"].startswith("$3.00 counted in ")
    assert checks["clips"]["message"] == "1 clip owned, 1.5 kB"
    assert third.id


def test_a_damaged_ledger_is_a_fault(project):
    """It says what not to do, and the other checks are made all the same."""
    purse = load_purse(load_settings(project))
    with SqliteLedger(purse.ledger, SystemClock().now, "run") as ledger:
        ledger.reserve(order("a"), Caps())
    with closing(sqlite3.connect(purse.ledger, isolation_level=None)) as connection:
        connection.execute("INSERT INTO events VALUES (1, 99, '', '', '', '')")
    code, checks = examined()
    assert (code, not_well(checks)) == (
        ExitCode.ENVIRONMENT,
        {"key": "warning", "ledger": "fault"},
    )
    assert "would be bought again" in checks["ledger"]["help"]


def test_a_ledger_behind_a_link_is_not_opened(project, tmp_path):
    """A stranger's project may hold a link to anything."""
    (tmp_path / "elsewhere.db").write_bytes(b"private")
    (project / ".storyboard").mkdir()
    (project / ".storyboard" / "ledger.db").symlink_to(tmp_path / "elsewhere.db")
    _, checks = examined()
    assert checks["ledger"]["state"] == "fault"
    assert "leads out of the project" in checks["ledger"]["message"]
    assert (tmp_path / "elsewhere.db").read_bytes() == b"private"


@pytest.mark.usefixtures("project")
def test_an_ffmpeg_that_does_not_run_is_a_fault(monkeypatch):
    """Without it no film can be cut."""
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", "/nowhere/ffmpeg")
    code, checks = examined()
    assert (code, checks["ffmpeg"]["state"]) == (ExitCode.ENVIRONMENT, "fault")


@pytest.mark.usefixtures("project")
def test_a_folder_that_is_not_there_is_a_misuse():
    """A usage error, not a report on somewhere else."""
    assert answer("doctor", "nowhere").code == ExitCode.USAGE
