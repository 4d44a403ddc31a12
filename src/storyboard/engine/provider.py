"""A provider that is paid, as the engine sees it: what it can be asked, and all it may answer.

No answer is an exception where money is at stake: whoever submits has to say what each means.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, TypeAlias

from storyboard.engine.ports import Failed, Ready, Running
from storyboard.model.job import Cause
from storyboard.model.money import MicroUsd
from storyboard.model.tree import Plain

__all__ = [
    "Answer",
    "Bill",
    "Listed",
    "Listing",
    "Missing",
    "NeverSent",
    "NotFetched",
    "PaidApi",
    "PaidLook",
    "PutOff",
    "Quote",
    "Refused",
    "Taken",
    "Unclear",
    "Unreachable",
]


@dataclass(frozen=True, slots=True)
class Taken:
    """The order was taken and named: money has moved."""

    prediction: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The order was surely refused, in the provider's words; nothing was charged."""

    reason: str
    cause: Cause = Cause.OTHER


@dataclass(frozen=True, slots=True)
class PutOff:
    """Too many orders at once: surely not taken; `wait` is in seconds, None where none is named."""

    reason: str
    wait: float | None = None


@dataclass(frozen=True, slots=True)
class NeverSent:
    """No connection came about, so the order surely never left."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """The order may have been taken, and charged: only the provider's history can tell."""

    reason: str


Answer: TypeAlias = Taken | Refused | PutOff | NeverSent | Unclear


@dataclass(frozen=True, slots=True)
class Missing:
    """The provider knows no such order, or no longer."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unreachable:
    """No answer, or one that says nothing about the order; `wait` is how long it asked for."""

    reason: str
    wait: float | None = None


PaidLook: TypeAlias = Running | Ready | Failed | Missing | Unreachable


@dataclass(frozen=True, slots=True)
class Listed:
    """An order in the provider's history; `inputs` is None where the history does not show them."""

    prediction: str
    model: str
    created_at: datetime
    inputs: Mapping[str, Plain] | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """All pages of a search in history; `now` is the provider's own clock, where it says it."""

    found: tuple[Listed, ...]
    now: datetime | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """What the provider says an order costs: its list price, and what it would charge now."""

    price: MicroUsd
    charged: MicroUsd


@dataclass(frozen=True, slots=True)
class Bill:
    """A row of the provider's billing: what was taken for an order, or given back."""

    prediction: str
    kind: Literal["deduct", "refund"]
    amount: MicroUsd


class NotFetched(Exception):
    """A file could not be fetched or handed in after several tries; the order is not touched."""


class PaidApi(Protocol):
    """A provider that charges at the moment it takes an order, and knows no way to cancel one.

    Reading is retried inside, as often as is sensible. An order is sent once, and never again.
    """

    async def submit(self, model: str, payload: str) -> Answer:
        """Send an order once; `payload` is the inputs as JSON, word for word. Never raises."""
        ...

    async def look(self, prediction: str) -> PaidLook:
        """Ask once how an order stands. Never raises for what the network does."""
        ...

    async def history(self, since: datetime) -> Listing:
        """Return every order since then; EnvironmentFault where that cannot be read.

        Of every model: an order may be listed under another name than it was sent under.
        """
        ...

    async def upload(self, path: str) -> str:
        """Hand in a picture and return its URL, a new one each time; NotFetched where it fails."""
        ...

    async def download(self, url: str, path: str) -> None:
        """Write a finished clip to `path`, whole; NotFetched where it cannot be had now."""
        ...

    async def quote(self, model: str, inputs: Mapping[str, Plain]) -> Quote:
        """Ask what an order would cost; EnvironmentFault where that cannot be read."""
        ...

    async def balance(self) -> MicroUsd:
        """Ask what the account has left; EnvironmentFault where that cannot be read."""
        ...

    async def bills(self, predictions: Sequence[str]) -> tuple[Bill, ...]:
        """Return what was taken and given back for orders; EnvironmentFault if unreadable."""
        ...
