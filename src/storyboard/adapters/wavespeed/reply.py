"""What comes back from a request, read as far as it can be read; nothing here raises."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final, TypeAlias, TypeGuard

__all__ = [
    "Envelope",
    "Heard",
    "Lost",
    "Reply",
    "Unsent",
    "harmless",
    "is_plain",
    "is_url",
    "read_date",
    "read_envelope",
    "read_wait",
]

_LONGEST: Final = 300
_SECONDS: Final = re.compile(r"\d{1,9}(\.\d{1,9})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Envelope:
    """The provider's own JSON around every answer: its code, its words, and the data."""

    code: int
    message: str
    data: object


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer; `envelope` is None where its body is not the provider's JSON.

    `wait` is what Retry-After asks for in seconds, `date` the provider's clock.
    """

    status: int
    envelope: Envelope | None
    wait: float | None = None
    date: datetime | None = None

    @property
    def succeeded(self) -> bool:
        """Whether both the status and the envelope say success."""
        return (
            self.status == HTTPStatus.OK
            and self.envelope is not None
            and self.envelope.code == HTTPStatus.OK
        )

    def __str__(self) -> str:
        """Show the answer to people: its status, and the provider's words where it has some."""
        said = self.envelope.message if self.envelope else ""
        if said and not self.succeeded:
            return f"{self.status}: {said}"
        try:
            return f"{self.status} {HTTPStatus(self.status).phrase}"
        except ValueError:
            return str(self.status)


@dataclass(frozen=True, slots=True)
class Unsent:
    """No connection came about: nothing of the request left."""

    reason: str


@dataclass(frozen=True, slots=True)
class Lost:
    """No whole answer came; whether the request arrived is not known."""

    reason: str


Heard: TypeAlias = Reply | Lost


def read_envelope(body: bytes) -> Envelope | None:
    """Read the provider's JSON; None for anything else: a gateway's page, half an answer."""
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(read, dict) or type(read.get("code")) is not int:
        return None
    message = read.get("message") or read.get("error")
    said = harmless(message) if isinstance(message, str) else ""
    return Envelope(read["code"], said, read.get("data"))


def read_wait(written: str | None, now: datetime) -> float | None:
    """Read a Retry-After: seconds, or a date on the clock that says `now`."""
    if not written:
        return None
    if _SECONDS.fullmatch(written.strip()):
        return float(written)
    date = read_date(written)
    return max(0.0, (date - now).total_seconds()) if date else None


def read_date(written: str | None) -> datetime | None:
    """Read an HTTP date; None for what is none."""
    try:
        date = parsedate_to_datetime(written or "")
    except (ValueError, TypeError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def is_plain(name: str) -> bool:
    """Tell whether a name can be stored, sent back and shown: nothing hidden, no half letters."""
    return bool(name) and name.isprintable()


def is_url(value: object) -> TypeGuard[str]:
    """Tell whether a value looks like an address; whether it is used is the guard's to say."""
    return isinstance(value, str) and value.startswith(("https://", "http://")) and is_plain(value)


def harmless(text: str) -> str:
    """Return a stranger's words as one short line that does nothing to a terminal."""
    shown = (each if each.isprintable() else " " for each in text[: 4 * _LONGEST])
    line = " ".join("".join(shown).split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
