"""The ledger's file: it endures, old ones open, newer and damaged ones are refused in words."""

import itertools
import shutil
import sqlite3
from collections import deque
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storyboard.adapters.ledger import migrations, opening
from storyboard.adapters.ledger.database import SqliteLedger
from storyboard.adapters.ledger.faults import as_fault
from storyboard.adapters.ledger.migrations import VERSION
from storyboard.model import job
from storyboard.model.attempt import Attempt, Caps, Order
from storyboard.model.errors import EnvironmentFault, Locked, StoryboardError
from storyboard.model.job import BINDING, State
from storyboard.model.money import MicroUsd
from storyboard.model.request import ClipKey

OLD = Path(__file__).parents[1] / "fault" / "old_ledgers"
NOW = datetime(2026, 11, 22, 10, 31, tzinfo=UTC)
NO_CAPS = Caps()


def now():
    return NOW


def opened(path, run="run"):
    return SqliteLedger(path, now, run)


def order(key="a"):
    payload = f'{{"prompt": "a cät {key}"}}'
    return Order(
        ClipKey(key * 64), f"shot-{key}", "film.yaml", "openai/sora-2", MicroUsd(10), payload
    )


def raw(path):
    """A connection past our own code."""
    return closing(sqlite3.connect(path, isolation_level=None))


@pytest.fixture
def path(tmp_path):
    return tmp_path / ".storyboard" / "ledger.db"


@pytest.fixture
def full(path):
    """A ledger with one attempt, closed."""
    with opened(path) as ledger:
        ledger.reserve(order(), NO_CAPS)
    return path


# It endures


def test_every_commit_is_flushed(path):
    """A rollback journal, flushed to the disk at every commit: what a power cut cannot undo."""
    with opened(path) as ledger:
        (journal,) = ledger._connection.execute("PRAGMA journal_mode").fetchone()
        (synchronous,) = ledger._connection.execute("PRAGMA synchronous").fetchone()
        (fullfsync,) = ledger._connection.execute("PRAGMA fullfsync").fetchone()
    assert (journal, synchronous, fullfsync) == ("persist", 2, 1)


def test_a_new_ledger_is_published_whole(path, monkeypatch):
    """Complete and flushed before it has its name, the name flushed before it is used."""
    steps = []
    flush, publish = opening.flush, opening._publish
    monkeypatch.setattr(opening, "flush", lambda each: (steps.append(each.name), flush(each)))
    monkeypatch.setattr(
        opening,
        "_publish",
        lambda aside, to: (steps.append(("publish", aside.stat().st_size)), publish(aside, to)),
    )
    opened(path).close()
    written, (_, size), folder = steps
    assert written.endswith(".aside")
    assert size > 4096
    assert folder == ".storyboard"
    assert not list(path.parent.glob("*.aside"))


@pytest.mark.parametrize("links", [True, False])
def test_a_ledger_that_is_there_is_never_replaced(full, monkeypatch, links):
    """Two processes find none and make one each: the first one stands, and nothing is left over."""
    if not links:
        monkeypatch.setattr(opening.os, "link", refuse)
    opening._make(full)
    assert not list(full.parent.glob("*.aside"))
    with opened(full) as ledger:
        assert len(ledger.attempts()) == 1


def refuse(*_):
    raise PermissionError(1, "Operation not permitted")


def test_a_disk_without_hard_links_will_do(path, monkeypatch):
    """Film people work on drives formatted for everything."""
    monkeypatch.setattr(opening.os, "link", refuse)
    with opened(path) as ledger:
        assert isinstance(ledger.reserve(order(), NO_CAPS), Attempt)
    assert not list(path.parent.glob("*.aside"))


def test_a_full_disk_reserves_nothing(full):
    """The fault says so, the attempt is not there, and the ledger goes on when there is room."""
    with opened(full) as ledger:
        pages = ledger._connection.execute("PRAGMA page_count").fetchone()[0]
        ledger._connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(EnvironmentFault, match="full"):
            deque(ledger.reserve(order(chr(each)), NO_CAPS) for each in range(98, 20_000))
        kept = len(ledger.attempts())
        ledger._connection.execute("PRAGMA max_page_count = 100000")
        assert isinstance(ledger.reserve(order("Z"), NO_CAPS), Attempt)
        assert len(ledger.attempts()) == kept + 1


def test_the_past_cannot_be_rewritten(full):
    """Not by our own mistake either: what was ordered and what happened stays as written."""
    with opened(full) as ledger:
        ledger.record("1", job.Sent("p"))
    with raw(full) as connection:
        for statement in (
            "DELETE FROM attempts",
            "DELETE FROM events",
            "UPDATE events SET at = 1",
            "UPDATE attempts SET price = 1",
            "UPDATE attempts SET payload = 'x'",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="forgets nothing"):
                connection.execute(statement)


def test_two_binding_attempts_cannot_be_written(full):
    """The table itself refuses a second one, whatever code asks; its list is the job table's."""
    columns = "key, shot, film, model, price, payload, payload_sha256, run, reserved_at"
    with raw(full) as connection:
        for state in State:
            statement = f"INSERT INTO attempts ({columns}, state) SELECT {columns}, ? FROM attempts"
            connection.execute("BEGIN")
            if state in BINDING:
                with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
                    connection.execute(f"{statement} LIMIT 1", (state,))
            else:
                connection.execute(f"{statement} LIMIT 1", (state,))
            connection.execute("ROLLBACK")


# Old, newer and foreign ones


@pytest.mark.parametrize("version", range(1, VERSION + 1))
def test_a_ledger_of_every_version_opens(version, tmp_path):
    """With all that was in it, and ready for all that is new."""
    path = Path(shutil.copy(OLD / f"v{version}.db", tmp_path / "ledger.db"))
    with opened(path) as ledger:
        states = [each.job.state for each in ledger.attempts()]
        assert states == ["owned", "submitted", "unknown", "refused", "intent"]
        assert [each.order for each in ledger.attempts()] == [order(key) for key in "abcde"]
        assert [entry.event for entry in ledger.events("1")][:3] == [
            job.Sent("p-a"),
            job.Finished(),
            job.Saved("sha"),
        ]
        assert ledger.spent().counted == (40 if version < 3 else 37)
        assert ledger.upload("sha") == (None if version < 2 else "https://files/1")
        assert ledger.find("1").job.billed == (None if version < 3 else 7)
        ledger.record("2", job.Billed(MicroUsd(9)))
        ledger.remember_upload("new", "https://files/2")
        assert isinstance(ledger.reserve(order("f"), NO_CAPS), Attempt)


def test_the_old_files_are_what_they_are_called():
    """Each has the version of its name, and there is one for every version: this one's too."""
    assert {each.name for each in OLD.glob("*.db")} == {f"v{n}.db" for n in range(1, VERSION + 1)}
    for number in range(1, VERSION + 1):
        header = (OLD / f"v{number}.db").read_bytes()[:100]
        assert int.from_bytes(header[60:64]) == number
        assert int.from_bytes(header[68:72]) == migrations.APPLICATION


@pytest.mark.parametrize("version", range(1, VERSION + 1))
def test_an_old_ledger_becomes_exactly_a_new_one(version, tmp_path, path):
    """The same tables, indexes and triggers, word for word."""
    old = Path(shutil.copy(OLD / f"v{version}.db", tmp_path / "old.db"))
    opened(old).close()
    opened(path).close()

    def schema(of):
        with raw(of) as connection:
            found = connection.execute("SELECT type, name, sql FROM sqlite_schema").fetchall()
            (number,) = connection.execute("PRAGMA user_version").fetchone()
            return sorted(found, key=str), number

    assert schema(old) == schema(path)
    assert schema(path)[1] == VERSION


def test_a_migration_that_fails_leaves_the_old_ledger(tmp_path, monkeypatch):
    """All steps or none: the next try starts where this one did."""
    path = Path(shutil.copy(OLD / "v1.db", tmp_path / "ledger.db"))

    def broken(connection):
        connection.execute("CREATE TABLE uploads (half)")
        raise sqlite3.OperationalError("disk I/O error")

    with monkeypatch.context() as patched:
        patched.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS[:2], broken))
        with pytest.raises(EnvironmentFault):
            opened(path)
    with raw(path) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    with opened(path) as ledger:
        assert len(ledger.attempts()) == 5


def test_a_newer_ledger_is_refused(full):
    """With both versions and what to do; nothing in it is touched."""
    with raw(full) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    before = full.read_bytes()
    with pytest.raises(EnvironmentFault, match="newer storyboard") as refusal:
        opened(full)
    assert f"version {VERSION + 1} and this one knows {VERSION}" in refusal.value.hint
    assert full.read_bytes() == before


def test_another_programs_database_is_refused(path):
    """It is not made into a ledger."""
    path.parent.mkdir()
    with raw(path) as connection:
        connection.execute("CREATE TABLE bookmarks (url)")
    before = path.read_bytes()
    with pytest.raises(EnvironmentFault, match="not a ledger"):
        opened(path)
    assert path.read_bytes() == before


# Damaged ones


def test_an_empty_file_is_no_ledger(full):
    """SQLite would take it for a new one, and every clip would be bought again."""
    full.write_bytes(b"")
    with pytest.raises(EnvironmentFault, match="is damaged: it is empty") as refusal:
        opened(full)
    assert "bought again" in refusal.value.hint
    assert full.read_bytes() == b""


def test_a_file_of_anything_is_no_ledger(full):
    """Text in its place, or a folder."""
    full.write_text("not a database " * 1000)
    with pytest.raises(EnvironmentFault, match="is damaged"):
        opened(full)
    full.unlink()
    full.mkdir()
    with pytest.raises(EnvironmentFault, match="cannot be used"):
        opened(full)


def test_a_ledger_cut_anywhere_is_refused(full):
    """At every page, and in the middle of each: never opened with less than was in it."""
    whole = full.read_bytes()
    for size in range(0, len(whole), 1024):
        full.write_bytes(whole[:size])
        with pytest.raises(EnvironmentFault, match="damaged"):
            opened(full)
    full.write_bytes(whole)
    opened(full).close()


def test_a_ledger_with_a_page_of_zeros_is_refused(full):
    """Whichever page it is."""
    whole = full.read_bytes()

    def outcome(data):
        full.write_bytes(data)
        try:
            with opened(full) as ledger:
                return len(ledger.attempts())
        except EnvironmentFault as fault:
            return fault.message.split(":")[0]

    starts = range(0, len(whole), 4096)
    found = {outcome(whole[:each] + bytes(4096) + whole[each + 4096 :]) for each in starts}
    assert found == {f"the ledger {full} is damaged"}


@pytest.mark.parametrize(
    "change",
    [
        "payload = 'another'",
        "state = 'paid'",
        "reserved_at = 'yesterday'",
        "payload = NULL",
    ],
)
def test_a_row_that_cannot_be_ours_is_damage(full, change):
    """What was ordered decides about money: it is compared with its hash whenever it is read."""
    with raw(full) as connection:
        connection.execute("DROP TRIGGER orders_stay")
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_schema SET sql = replace(sql, ' NOT NULL', '')")
    with raw(full) as connection:
        connection.execute(f"UPDATE attempts SET {change}")
    with opened(full) as ledger, pytest.raises(EnvironmentFault, match="damaged"):
        ledger.attempts()


def test_a_sum_over_damage_is_no_sum(full):
    """Neither is an upload of no date: a fault, not a guess."""
    with raw(full) as connection:
        connection.execute("UPDATE attempts SET state = 'paid'")
        connection.execute("INSERT INTO uploads VALUES ('sha', 'https://files/1', 'once')")
    with opened(full) as ledger:
        for ask in (
            ledger.spent,
            lambda: ledger.reserve(order("b"), Caps(run=MicroUsd(10))),
            lambda: ledger.upload("sha"),
        ):
            with pytest.raises(EnvironmentFault, match="damaged"):
                ask()


@pytest.mark.parametrize("price", ["'ten'", "-1", "0.5", "NULL"])
def test_a_price_is_a_whole_number(full, price):
    """The table itself refuses anything else."""
    with raw(full) as connection:
        connection.execute("DROP TRIGGER orders_stay")
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(f"UPDATE attempts SET price = {price}")


def test_an_event_nobody_knows_is_damage(full):
    """It is not skipped over."""
    with raw(full) as connection:
        for name, detail in (("resurrected", "{}"), ("sent", "{}"), ("sent", "nothing")):
            connection.execute(
                "INSERT INTO events (attempt, at, run, name, detail) VALUES (1, ?, 'r', ?, ?)",
                ("2026-11-22T10:30:00.000Z", name, detail),
            )
            with opened(full) as ledger, pytest.raises(EnvironmentFault, match="damaged"):
                ledger.events("1")


# Faults


def every(error):
    return {error, *itertools.chain.from_iterable(map(every, error.__subclasses__()))}


@pytest.mark.parametrize("error", sorted(every(sqlite3.Error), key=str))
def test_nothing_of_sqlites_own_escapes(error):
    """Every exception it has becomes a fault that names the ledger."""
    with pytest.raises(StoryboardError, match=r"ledger\.db") as fault, as_fault(Path("ledger.db")):
        raise error("no")
    assert isinstance(fault.value.__cause__, error)


def test_waiting_for_another_process_has_an_end(full, monkeypatch):
    """Somebody keeps the file to himself: exit code 6, not a traceback."""
    monkeypatch.setattr(opening, "_PATIENCE", 0.0)
    with opened(full) as ledger, raw(full) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Locked, match="another process is writing"):
            ledger.reserve(order("b"), NO_CAPS)
        other.execute("ROLLBACK")
        assert isinstance(ledger.reserve(order("b"), NO_CAPS), Attempt)


def test_a_closed_ledger_says_so(full):
    """A fault, not a traceback."""
    ledger = opened(full)
    ledger.close()
    with pytest.raises(EnvironmentFault, match="closed"):
        ledger.attempts()


def test_a_place_that_cannot_be_written_is_a_fault(tmp_path):
    """A file where the folder should be."""
    (tmp_path / "file").touch()
    with pytest.raises(EnvironmentFault, match="cannot be used"):
        opened(tmp_path / "file" / "ledger.db")


def test_a_clock_without_a_zone_is_our_mistake(full):
    """It would put money into the wrong month; nothing is written."""
    with SqliteLedger(full, lambda: datetime(2026, 11, 22), "run") as ledger:  # noqa: DTZ001
        with pytest.raises(ValueError, match="zone"):
            ledger.reserve(order("b"), NO_CAPS)
        assert len(ledger.attempts()) == 1
