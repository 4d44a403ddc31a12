"""A ledger is read through: what opening one passes over is found."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from storyboard.adapters.ledger.database import SqliteLedger
from storyboard.adapters.ledger.integrity import check_integrity
from storyboard.model.attempt import Attempt, Caps, Order
from storyboard.model.errors import EnvironmentFault
from storyboard.model.money import MicroUsd
from storyboard.model.request import ClipKey

NOW = datetime(2026, 11, 22, 10, 31, tzinfo=UTC)


def opened(path):
    return SqliteLedger(path, lambda: NOW, "run")


def raw(path):
    """A connection past our own code."""
    return closing(sqlite3.connect(path, isolation_level=None))


@pytest.fixture
def path(tmp_path):
    """A ledger with one attempt, closed."""
    with opened(tmp_path / "ledger.db") as ledger:
        order = Order(ClipKey("a" * 64), "shot", "film.yaml", "a/model", MicroUsd(10), "{}")
        assert isinstance(ledger.reserve(order, Caps()), Attempt)
    return tmp_path / "ledger.db"


def test_a_whole_ledger_is_whole(path):
    """Nothing is said of it, and nothing in it is changed."""
    before = path.read_bytes()
    check_integrity(path)
    assert path.read_bytes() == before


def test_an_index_that_lacks_a_row_is_found(path):
    """The damage that opening a ledger does not look for."""
    index = "name = 'attempts_by_key'"
    with raw(path) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        kept = connection.execute(f"SELECT * FROM sqlite_schema WHERE {index}").fetchone()
        connection.execute(f"DELETE FROM sqlite_schema WHERE {index}")
    with raw(path) as connection:
        connection.execute(
            "INSERT INTO attempts (key, shot, film, model, price, payload, payload_sha256, run,"
            " reserved_at, state) SELECT key, shot, film, model, price, payload, payload_sha256,"
            " run, reserved_at, 'abandoned' FROM attempts"
        )
    with raw(path) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("INSERT INTO sqlite_schema VALUES (?, ?, ?, ?, ?)", kept)
    opened(path).close()
    with pytest.raises(EnvironmentFault, match=r"is damaged: .*attempts_by_key"):
        check_integrity(path)


def test_an_event_of_no_attempt_is_found(path):
    """Every event belongs to an attempt."""
    with raw(path) as connection:
        connection.execute(
            "INSERT INTO events (attempt, at, run, name, detail) VALUES (99, '', '', '', '')"
        )
    with pytest.raises(EnvironmentFault, match="belongs to no attempt"):
        check_integrity(path)


def test_a_file_that_is_no_ledger_is_told_so(tmp_path):
    """Damage that opening meets is told in the same words."""
    (tmp_path / "ledger.db").write_bytes(b"not a database" * 100)
    with pytest.raises(EnvironmentFault, match="is damaged"):
        check_integrity(tmp_path / "ledger.db")
