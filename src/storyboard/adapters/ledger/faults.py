"""What SQLite may say, as the faults a user can do something about."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from storyboard.model.errors import EnvironmentFault, Locked

__all__ = ["as_fault", "damaged"]

_DAMAGE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT})
_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_PRIMARY: Final = 0xFF  # SQLite's extended codes keep the plain one in their lowest byte


@contextmanager
def as_fault(path: Path) -> Iterator[None]:
    """Turn what SQLite raises into a StoryboardError that names the ledger."""
    try:
        yield
    except sqlite3.Error as error:
        raise _fault(path, error) from error


def damaged(path: Path, why: str) -> EnvironmentFault:
    """Say that a ledger cannot be trusted, and what not to do about it."""
    return EnvironmentFault(
        f"the ledger {path} is damaged: {why}",
        hint="put a copy of it back; without it, clips that were paid for would be bought again",
    )


def _fault(path: Path, error: sqlite3.Error) -> EnvironmentFault | Locked:
    # An error that Python's own layer raises has no code of SQLite's.
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
    if code in _BUSY:
        message = f"another process is writing in the ledger {path}"
        return Locked(message, hint="wait until it has ended, then run again")
    if code in _DAMAGE:
        return damaged(path, str(error))
    message = f"the ledger {path} cannot be used: {error}"
    return EnvironmentFault(message, hint="check the disk's space and rights")
