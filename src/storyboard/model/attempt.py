"""What a ledger is told and what it tells: orders, attempts, caps and sums."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeAlias

from storyboard.model.job import Cause, Job, JobEvent, State
from storyboard.model.money import MicroUsd
from storyboard.model.request import ClipKey

__all__ = [
    "KEPT",
    "Attempt",
    "Cap",
    "Caps",
    "Entry",
    "Held",
    "Order",
    "OverCap",
    "Past",
    "Reservation",
    "Spending",
]

KEPT: Final = timedelta(days=6, hours=12)
"""How long an order is trusted to be found at its provider: half a day less than its week."""


@dataclass(frozen=True, slots=True)
class Order:
    """One clip to buy: for which shot of which film, of which model, at what price.

    `payload` is the text that will be sent, word for word: what history is compared with, even
    after the film has been edited. It holds no key.
    """

    key: ClipKey
    shot: str
    film: str
    model: str
    price: MicroUsd
    payload: str

    def __post_init__(self) -> None:
        if self.price < 0:
            message = f"a price cannot be {self.price}"
            raise ValueError(message)

    @property
    def payload_sha256(self) -> str:
        return hashlib.sha256(self.payload.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Attempt:
    """One row of the ledger: an order, how it stands, and the run and time it was reserved in."""

    id: str
    order: Order
    job: Job
    run: str
    reserved_at: datetime

    @property
    def counted(self) -> MicroUsd:
        """What the attempt counts for against every cap."""
        return self.job.counted(self.order.price)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line under an attempt: what happened, when, and in which run it was written down."""

    event: JobEvent
    at: datetime
    run: str


@dataclass(frozen=True, slots=True)
class Past:
    """What became of the newest attempt to buy a clip; `reason` says why none will come."""

    attempt: str
    state: State
    prediction: str | None = None
    reason: str = ""
    cause: Cause = Cause.OTHER


@dataclass(frozen=True, slots=True)
class Caps:
    """What may be spent: by this run, on the order's film ever, in this calendar month (UTC)."""

    run: MicroUsd | None = None
    film: MicroUsd | None = None
    month: MicroUsd | None = None


class Cap(StrEnum):
    """Which of the caps."""

    RUN = "run"
    FILM = "film"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Held:
    """Not reserved: this attempt has bought the clip, or may have."""

    attempt: Attempt


@dataclass(frozen=True, slots=True)
class OverCap:
    """Not reserved: with the order's price, what counts already would be over a cap."""

    cap: Cap
    limit: MicroUsd
    counted: MicroUsd
    price: MicroUsd


Reservation: TypeAlias = Attempt | Held | OverCap


@dataclass(frozen=True, slots=True)
class Spending:
    """Two sums: what was surely taken, and what may have been or is about to be."""

    taken: MicroUsd = MicroUsd(0)
    reserved: MicroUsd = MicroUsd(0)

    @property
    def counted(self) -> MicroUsd:
        """What counts against a cap."""
        return MicroUsd(self.taken + self.reserved)
