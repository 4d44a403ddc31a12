"""Rows to values and back: how orders, jobs, events and times are written down."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

from storyboard.model.attempt import Attempt, Entry, Order, Spending
from storyboard.model.job import EVENTS, RESERVED, TAKEN, Job, JobEvent, State
from storyboard.model.money import MicroUsd
from storyboard.model.request import ClipKey

__all__ = [
    "ATTEMPT",
    "UnreadableRow",
    "attempt_of",
    "entry_of",
    "event_detail",
    "event_name",
    "read_at",
    "spending_of",
    "write_at",
]

ATTEMPT: Final = (
    "id, key, shot, film, model, price, payload, payload_sha256, run, reserved_at,"
    " state, prediction, billed"
)
"""The columns that `attempt_of` reads, in its order."""

_NAMES: Final[Mapping[type[JobEvent], str]] = {event: name for name, event in EVENTS.items()}


class UnreadableRow(Exception):
    """A row that cannot have been written by us."""


def attempt_of(row: Sequence[Any]) -> Attempt:
    """Read an attempt; UnreadableRow where its order is not the one that was reserved."""
    number, key, shot, film, model, price, payload, digest, run, at, state, prediction, billed = row
    try:
        order = Order(ClipKey(key), shot, film, model, MicroUsd(int(price)), payload)
        job = Job(State(state), prediction, None if billed is None else MicroUsd(int(billed)))
        attempt = Attempt(str(number), order, job, run, read_at(at))
        intact = order.payload_sha256 == digest
    except (AttributeError, TypeError, ValueError) as error:
        message = f"attempt {number} cannot be read"
        raise UnreadableRow(message) from error
    if not intact:
        message = f"the payload of attempt {number} is not what was reserved"
        raise UnreadableRow(message)
    return attempt


def entry_of(row: Sequence[Any]) -> Entry:
    """Read an event; UnreadableRow where there is no such one."""
    name, detail, at, run = row
    try:
        return Entry(EVENTS[name](**json.loads(detail)), read_at(at), run)
    except (KeyError, TypeError, ValueError) as error:
        message = f"an event called {name} cannot be read"
        raise UnreadableRow(message) from error


def event_name(event: JobEvent) -> str:
    """Return the word an event is written down as."""
    return _NAMES[type(event)]


def event_detail(event: JobEvent) -> str:
    """Write an event's own fields as JSON."""
    return json.dumps(asdict(event))


def write_at(at: datetime) -> str:
    """Write a time in ISO 8601, UTC, to the millisecond: it sorts as text."""
    if at.tzinfo is None:
        message = "a time without a zone says nothing"
        raise ValueError(message)
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_at(text: str) -> datetime:
    """Read a time as `write_at` wrote it."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (TypeError, ValueError) as error:
        message = f"{text!r} is no time"
        raise UnreadableRow(message) from error


def spending_of(rows: Iterable[Sequence[Any]]) -> Spending:
    """Add up states and their sums."""
    try:
        sums = [(State(state), int(total)) for state, total in rows]
    except (TypeError, ValueError) as error:
        message = "a sum of money cannot be read"
        raise UnreadableRow(message) from error
    taken = sum(total for state, total in sums if state in TAKEN)
    reserved = sum(total for state, total in sums if state in RESERVED)
    return Spending(MicroUsd(taken), MicroUsd(reserved))
