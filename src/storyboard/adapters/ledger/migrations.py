"""The ledger's tables, as the numbered steps that lead from any older version to this one.

A step that has been released is never changed: a new one is added under it.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

from storyboard.adapters.ledger.faults import damaged
from storyboard.model.errors import EnvironmentFault

__all__ = ["APPLICATION", "MIGRATIONS", "MONTH", "VERSION", "create", "migrate"]

APPLICATION: Final = 0x53747279
"""SQLite's `application_id` of a ledger: "Stry"."""
MONTH: Final = "substr(reserved_at, 1, 7)"
"""An attempt's calendar month; written the same in index and query, or SQLite scans."""


def _attempts_and_events(connection: sqlite3.Connection) -> None:
    connection.execute("""
        CREATE TABLE attempts (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            key TEXT NOT NULL,
            shot TEXT NOT NULL,
            film TEXT NOT NULL,
            model TEXT NOT NULL,
            price INTEGER NOT NULL CHECK (typeof(price) = 'integer' AND price >= 0),
            payload TEXT NOT NULL,
            payload_sha256 TEXT NOT NULL,
            run TEXT NOT NULL,
            reserved_at TEXT NOT NULL,
            state TEXT NOT NULL,
            prediction TEXT UNIQUE
        )""")
    connection.execute("""
        CREATE UNIQUE INDEX attempts_that_bind ON attempts (key)
        WHERE state IN ('intent', 'unknown', 'submitted', 'ready', 'owned')""")
    connection.execute("CREATE INDEX attempts_by_key ON attempts (key)")
    connection.execute("""
        CREATE TABLE events (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            attempt INTEGER NOT NULL REFERENCES attempts (id),
            at TEXT NOT NULL,
            run TEXT NOT NULL,
            name TEXT NOT NULL,
            detail TEXT NOT NULL
        )""")
    connection.execute("CREATE INDEX events_by_attempt ON events (attempt)")
    # What was ordered, and what happened, stays as it was written, whatever code asks.
    ordered = "UPDATE OF id, key, shot, film, model, price, payload, payload_sha256, run"
    for table, name, change in (
        ("attempts", "orders_stay", f"{ordered}, reserved_at"),
        ("attempts", "attempts_remain", "DELETE"),
        ("events", "events_stay", "UPDATE"),
        ("events", "events_remain", "DELETE"),
    ):
        connection.execute(f"""
            CREATE TRIGGER {name} BEFORE {change} ON {table}
            BEGIN SELECT RAISE(ABORT, 'the ledger forgets nothing'); END""")


def _uploads(connection: sqlite3.Connection) -> None:
    connection.execute("""
        CREATE TABLE uploads (
            sha256 TEXT PRIMARY KEY,
            url TEXT NOT NULL,
            uploaded_at TEXT NOT NULL
        )""")


def _what_was_billed(connection: sqlite3.Connection) -> None:
    whole = "billed IS NULL OR typeof(billed) = 'integer'"
    connection.execute(f"ALTER TABLE attempts ADD COLUMN billed INTEGER CHECK ({whole})")
    # Each sum that a cap is held against is read from an index alone, not from rows with payloads.
    for scope in ("film", "run", MONTH):
        name = f"spending_by_{'month' if scope == MONTH else scope}"
        columns = f"{scope}, state, billed, price"
        connection.execute(f"CREATE INDEX {name} ON attempts ({columns})")


MIGRATIONS: Final[tuple[Callable[[sqlite3.Connection], None], ...]] = (
    _attempts_and_events,
    _uploads,
    _what_was_billed,
)
VERSION: Final = len(MIGRATIONS)


def create(connection: sqlite3.Connection) -> None:
    """Make an empty ledger of this version in an empty file."""
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    _climb(connection, 0)


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring a ledger to this version, wholly or not at all; refuse what is newer or no ledger."""
    if _version(connection, path) == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Asked again: another process may have done it while this one waited.
        _climb(connection, _version(connection, path))
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _climb(connection: sqlite3.Connection, version: int) -> None:
    for number, step in enumerate(MIGRATIONS[version:], version + 1):
        step(connection)
        connection.execute(f"PRAGMA user_version = {number}")


def _version(connection: sqlite3.Connection, path: Path) -> int:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION or version < 1:
        raise damaged(path, "it is not a ledger of storyboard")
    if version > VERSION:
        message = f"the ledger {path} was written by a newer storyboard"
        advice = f"it has version {version} and this one knows {VERSION}: install the newer one"
        raise EnvironmentFault(message, hint=advice)
    return int(version)
