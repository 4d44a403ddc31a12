"""Reads a ledger through, every page and every index, as opening one is too often to do."""

from contextlib import closing
from pathlib import Path

from storyboard.adapters.ledger.faults import as_fault, damaged
from storyboard.adapters.ledger.opening import open_ledger

__all__ = ["check_integrity"]


def check_integrity(path: Path) -> None:
    """Read the whole of a ledger that is there; EnvironmentFault where anything is damaged."""
    with closing(open_ledger(path)) as connection, as_fault(path):
        (first,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        if first != "ok":
            raise damaged(path, str(first).splitlines()[-1])
        if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise damaged(path, "an event belongs to no attempt")
