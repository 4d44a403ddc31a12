"""Opens a ledger's file: made whole or not at all, brought up to date, checked, set to endure."""

import os
import secrets
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from storyboard.adapters.durable import flush, make_folder, reason
from storyboard.adapters.ledger.faults import as_fault, damaged
from storyboard.adapters.ledger.migrations import create, migrate
from storyboard.model.errors import EnvironmentFault

__all__ = ["open_ledger"]

_PATIENCE: Final = 30.0  # seconds that one process waits for another's transaction


def open_ledger(path: Path) -> sqlite3.Connection:
    """Return a connection to the ledger, made if there is none; EnvironmentFault if it is damaged.

    Statements commit one by one unless a transaction is begun. Threads may share the connection,
    one at a time.
    """
    try:
        if not path.exists():
            _make(path)
        # An empty file is a valid empty database to SQLite; ours are never published empty.
        if path.stat().st_size == 0:
            raise damaged(path, "it is empty")
    except OSError as error:
        message = f"the ledger {path} cannot be used: {reason(error)}"
        raise EnvironmentFault(message, hint="check the disk's space and rights") from error
    with as_fault(path):
        connection = _connect(path)
        try:
            _endure(connection)
            migrate(connection, path)
            _check(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


def _connect(path: Path) -> sqlite3.Connection:
    # mode=rw: the file is there, and SQLite must not make another if it is taken away meanwhile.
    address = f"{path.absolute().as_uri()}?mode=rw"
    return sqlite3.connect(
        address, timeout=_PATIENCE, isolation_level=None, check_same_thread=False, uri=True
    )


def _endure(connection: sqlite3.Connection) -> None:
    """What a commit has written survives a power cut.

    A rollback journal, not a write-ahead log: see docs/decisions/009. `fullfsync` makes macOS
    flush the drive's own cache too; elsewhere it does nothing.
    """
    connection.execute("PRAGMA journal_mode = PERSIST").fetchone()
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA fullfsync = ON")
    connection.execute("PRAGMA foreign_keys = ON")


def _check(connection: sqlite3.Connection, path: Path) -> None:
    (first,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if first != "ok":
        raise damaged(path, str(first).splitlines()[-1])


def _make(path: Path) -> None:
    """Publish an empty ledger: complete, flushed, and never in the place of another."""
    make_folder(path.parent)
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.aside")
    try:
        with as_fault(path), closing(sqlite3.connect(aside, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = OFF").fetchone()
            create(connection)
        flush(aside)
        _publish(aside, path)
        flush(path.parent)
    finally:
        aside.unlink(missing_ok=True)


def _publish(aside: Path, path: Path) -> None:
    with suppress(FileExistsError):  # another process was quicker: its ledger stands
        try:
            os.link(aside, path)
        except FileExistsError:
            raise
        except OSError:  # a disk without hard links
            if not path.exists():
                aside.replace(path)
