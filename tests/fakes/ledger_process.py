"""A process that holds a real ledger and does as it is told, line by line, for tests to kill.

Run by its path: `ledger_process.py KIND LEDGER RUN`. It answers each line of its input with one.

reserve KEY FILM CAP   reserves at a price of ten under a cap for the film
send ATTEMPT NAME      records that the order was taken
lock                   takes the build lock and keeps it
pid-file               takes a careless lock and keeps it
fork                   starts a child that does nothing until it is killed, and tells its id
fork-keeping           the same, and the child keeps what a fork should let go
"""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from storyboard.adapters.ledger import lock
from storyboard.adapters.ledger.database import SqliteLedger
from storyboard.adapters.ledger.lock import Holder, build_lock, this_process
from storyboard.model.attempt import Attempt, Caps, Order
from storyboard.model.errors import Locked, StoryboardError
from storyboard.model.job import Sent
from storyboard.model.money import MicroUsd
from storyboard.model.request import ClipKey

__all__ = ["KINDS", "pid_file_lock"]

_NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)


class _Pauses(SqliteLedger):
    """Says `looked` when nothing is in a reservation's way, and writes it after another line."""

    def _insert(self, order: Order, at: str) -> Attempt:
        _say("looked")
        sys.stdin.readline()
        return super()._insert(order, at)


class _EachForItself(_Pauses):
    """A careless ledger: what is read may have changed before it is written."""

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._reading():
            yield


class _CommitsLater(SqliteLedger):
    """A careless ledger: it says that something is written when it only will be."""

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._reading():
            if self._connection.in_transaction:
                self._connection.execute("COMMIT")
            self._connection.execute("BEGIN IMMEDIATE")
            yield


KINDS: dict[str, type[SqliteLedger]] = {
    "ledger": SqliteLedger,
    "pauses": _Pauses,
    "each-for-itself": _EachForItself,
    "commits-later": _CommitsLater,
}


@contextmanager
def pid_file_lock(path: Path, holder: Holder) -> Iterator[None]:
    """Hold a careless lock: the file's being there is all there is to it."""
    try:
        with path.open("x") as file:
            file.write(str(holder.pid))
    except FileExistsError as error:
        message = f"another build is running: {path.read_text()}"
        raise Locked(message) from error
    yield
    path.unlink()


def _obey(ledger: SqliteLedger, path: Path, words: list[str], kept: ExitStack) -> str:
    holder = this_process("storyboard build film.yaml", _NOW)
    match words:
        case ["reserve", key, film, cap]:
            order = Order(ClipKey(key), "shot", film, "model", MicroUsd(10), "{}")
            reserved = ledger.reserve(order, Caps(film=MicroUsd(int(cap))))
            name = type(reserved).__name__
            return f"{name} {reserved.id}" if isinstance(reserved, Attempt) else name
        case ["send", attempt, name]:
            return ledger.record(attempt, Sent(name)).job.state
        case ["lock"]:
            kept.enter_context(build_lock(path.with_name("ledger.lock"), holder))
            return f"locked {holder.pid}"
        case ["pid-file"]:
            kept.enter_context(pid_file_lock(path.with_name("ledger.lock"), holder))
            return f"locked {holder.pid}"
        case ["fork" | "fork-keeping" as how]:
            if how == "fork-keeping":
                lock._held.clear()  # careless: the child lets go of nothing
            return str(_idle_child())
        case _:
            return "what?"


def _idle_child() -> int:
    """Fork a child that does nothing until it is killed; it has begun when this returns."""
    begun, begins = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(begins, b"x")
        signal.pause()
    os.read(begun, 1)
    return child


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _main(kind: str, place: str, run: str) -> None:
    path = Path(place)
    with ExitStack() as kept, KINDS[kind](path, lambda: _NOW, run) as ledger:
        _say("ready")
        while line := sys.stdin.readline():
            try:
                _say(_obey(ledger, path, line.split(), kept))
            except StoryboardError as error:
                _say(f"{type(error).__name__} {error.message}")


if __name__ == "__main__":
    _main(*sys.argv[1:])
