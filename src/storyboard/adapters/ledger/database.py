"""The ledger in SQLite: every reservation and every event is one transaction, flushed to disk."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import RLock
from typing import Any, Final, Self

from storyboard.adapters.ledger.faults import as_fault, damaged
from storyboard.adapters.ledger.migrations import MONTH
from storyboard.adapters.ledger.opening import open_ledger
from storyboard.adapters.ledger.rows import (
    ATTEMPT,
    UnreadableRow,
    attempt_of,
    entry_of,
    event_detail,
    event_name,
    read_at,
    spending_of,
    write_at,
)
from storyboard.model.attempt import (
    Attempt,
    Cap,
    Caps,
    Entry,
    Held,
    Order,
    OverCap,
    Reservation,
    Spending,
)
from storyboard.model.job import BINDING, OPEN, IllegalEvent, Job, JobEvent, State
from storyboard.model.request import ClipKey

__all__ = ["UPLOAD_KEPT", "SqliteLedger"]

UPLOAD_KEPT: Final = timedelta(days=6)
"""How long an upload is counted on: a day less than the provider keeps it, which is seven."""

_WHOLE: Final = ("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK")
_STEP: Final = ("SAVEPOINT step", "RELEASE step", "ROLLBACK TO step")


class SqliteLedger:
    """The ledger of a project, in a file; implements the engine's Ledger.

    `run` names this run: what it reserves counts against its own cap. Any thread may call.
    """

    def __init__(self, path: Path, now: Callable[[], datetime], run: str) -> None:
        self._path = path
        self._now = now
        self._run = run
        self._turn = RLock()
        self._gathering = False
        self._connection = open_ledger(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; nothing is left to write."""
        with self._turn:
            self._connection.close()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Write all that is done inside at once: one flush for many, and if it fails none of it.

        What a call inside returns is on the disk only when this has ended well. Calls that are
        refused inside leave no trace, and do not hinder the others.
        """
        with self._turn, self._transaction():
            self._gathering = True
            try:
                yield
            finally:
                self._gathering = False

    def reserve(self, order: Order, caps: Caps) -> Reservation:
        """Write the intent to buy a clip, if no cap and no other attempt for it is in the way."""
        with self._transaction():
            newest = self._newest(order.key)
            if newest is not None and newest.job.state in BINDING:
                return Held(newest)
            at = write_at(self._now())
            return self._over(order, caps, month=at[:7]) or self._insert(order, at)

    def record(self, attempt: str, event: JobEvent) -> Attempt:
        """Write down what happened; IllegalEvent, and nothing changes, where it cannot have."""
        with self._transaction():
            before = self._one("id = ?", attempt)
            if before is None:
                message = f"the ledger has no attempt {attempt}"
                raise IllegalEvent(message)
            after = replace(before, job=before.job.after(event))
            self._refuse_second_holder(after)
            self._update(after)
            self._append(after.id, event)
        return after

    def find(self, attempt: str) -> Attempt | None:
        """Return the attempt of that id."""
        with self._reading():
            return self._one("id = ?", attempt)

    def attempt_for(self, key: ClipKey) -> Attempt | None:
        """Return the newest attempt for a clip: the one that binds, if any does."""
        with self._reading():
            return self._newest(key)

    def holder_of(self, prediction: str) -> Attempt | None:
        """Return the attempt that a prediction belongs to."""
        with self._reading():
            return self._one("prediction = ?", prediction)

    def open_attempts(self) -> tuple[Attempt, ...]:
        """Return the attempts a build has something left to do for, oldest first."""
        with self._reading():
            return self._attempts(f"state IN ({_marks(OPEN)})", *OPEN)

    def attempts(self, film: str | None = None) -> tuple[Attempt, ...]:
        """Return all attempts, or a film's, oldest first."""
        with self._reading():
            return self._attempts("film = ?", film) if film else self._attempts("1")

    def events(self, attempt: str) -> tuple[Entry, ...]:
        """Return what happened to an attempt, in order."""
        query = "SELECT name, detail, at, run FROM events WHERE attempt = ? ORDER BY id"
        with self._reading():
            return tuple(entry_of(row) for row in self._rows(query, attempt))

    def spent(
        self, *, film: str | None = None, month: str | None = None, run: str | None = None
    ) -> Spending:
        """Sum what counts, of one film, one month (`2026-11`, UTC) or one run, or of all."""
        with self._reading():
            return self._spent(film=film, month=month, run=run)

    def upload(self, sha256: str) -> str | None:
        """Return where a still's bytes are, if they were uploaded and will stay long enough."""
        with self._reading():
            found = self._rows("SELECT url, uploaded_at FROM uploads WHERE sha256 = ?", sha256)
            for url, at in found:
                if timedelta() <= self._now() - read_at(at) < UPLOAD_KEPT:
                    return str(url)
        return None

    def remember_upload(self, sha256: str, url: str) -> None:
        """Note that a still's bytes were uploaded just now."""
        with self._transaction():
            at = write_at(self._now())
            self._write("INSERT OR REPLACE INTO uploads VALUES (?, ?, ?)", sha256, url, at)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """One thread at a time; what SQLite refuses, and rows that cannot be ours, are faults."""
        with self._turn, as_fault(self._path):
            try:
                yield
            except UnreadableRow as error:
                raise damaged(self._path, str(error)) from error

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All or nothing, and alone: IMMEDIATE, so that what is read holds until it is written."""
        begin, end, undo = _STEP if self._gathering else _WHOLE
        with self._reading():
            self._connection.execute(begin)
            try:
                yield
                self._connection.execute(end)
            except BaseException:
                # After some errors SQLite has rolled back by itself, and all of it.
                if self._connection.in_transaction:
                    self._connection.execute(undo)
                raise

    def _rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        return self._connection.execute(query, values).fetchall()

    def _write(self, query: str, *values: object) -> int:
        return self._connection.execute(query, values).lastrowid or 0

    def _attempts(self, where: str, *values: object) -> tuple[Attempt, ...]:
        query = f"SELECT {ATTEMPT} FROM attempts WHERE {where} ORDER BY id"  # noqa: S608  ours alone
        return tuple(attempt_of(row) for row in self._rows(query, *values))

    def _one(self, where: str, *values: object) -> Attempt | None:
        return next(iter(self._attempts(where, *values)), None)

    def _newest(self, key: ClipKey) -> Attempt | None:
        return next(reversed(self._attempts("key = ?", key)), None)

    def _over(self, order: Order, caps: Caps, month: str) -> OverCap | None:
        """Return the first cap that the order would exceed; what costs nothing exceeds none."""
        asked = (
            (Cap.RUN, caps.run, {"run": self._run}),
            (Cap.FILM, caps.film, {"film": order.film}),
            (Cap.MONTH, caps.month, {"month": month}),
        )
        for cap, limit, scope in asked:
            if limit is not None and order.price > 0:
                counted = self._spent(**scope).counted
                if counted + order.price > limit:
                    return OverCap(cap, limit, counted, order.price)
        return None

    def _spent(
        self, *, film: str | None = None, month: str | None = None, run: str | None = None
    ) -> Spending:
        scope = {"film = ?": film, f"{MONTH} = ?": month, "run = ?": run}
        given = {clause: value for clause, value in scope.items() if value is not None}
        query = (
            "SELECT state, SUM(COALESCE(billed, price)) FROM attempts"  # noqa: S608  ours alone
            f" WHERE {' AND '.join(given) or 1} GROUP BY state"
        )
        return spending_of(self._rows(query, *given.values()))

    def _insert(self, order: Order, at: str) -> Attempt:
        number = self._write(
            "INSERT INTO attempts (key, shot, film, model, price, payload, payload_sha256, run,"
            " reserved_at, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *(order.key, order.shot, order.film, order.model, order.price),
            *(order.payload, order.payload_sha256, self._run, at, State.INTENT),
        )
        return Attempt(str(number), order, Job(), self._run, read_at(at))

    def _refuse_second_holder(self, attempt: Attempt) -> None:
        prediction = attempt.job.prediction
        holder = self._one("prediction = ?", prediction) if prediction else None
        if holder is not None and holder.id != attempt.id:
            message = f"{prediction} belongs to attempt {holder.id}, not to {attempt.id}"
            raise IllegalEvent(message)

    def _update(self, attempt: Attempt) -> None:
        job = attempt.job
        self._write(
            "UPDATE attempts SET state = ?, prediction = ?, billed = ? WHERE id = ?",
            *(job.state, job.prediction, job.billed, attempt.id),
        )

    def _append(self, attempt: str, event: JobEvent) -> None:
        self._write(
            "INSERT INTO events (attempt, at, run, name, detail) VALUES (?, ?, ?, ?, ?)",
            *(attempt, write_at(self._now()), self._run, event_name(event), event_detail(event)),
        )


def _marks(values: frozenset[State]) -> str:
    """Return as many question marks as there are values."""
    return ", ".join("?" * len(values))
