"""The books of a fake provider: what it took and gave back, whatever any client believes."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime
from typing import Final

from fakes.provider_script import Fate
from storyboard.engine.ports import Clock, Failed
from storyboard.model.money import MicroUsd
from storyboard.model.tree import Plain

__all__ = ["Books", "Charge", "Refund", "TakenOrder"]

_MINUTE: Final = 60.0


@dataclass(frozen=True, slots=True)
class Charge:
    """Money taken for an order, at the moment it was taken by the provider's own clock."""

    prediction: str
    model: str
    inputs: Mapping[str, Plain]
    amount: MicroUsd
    at: datetime


@dataclass(frozen=True, slots=True)
class Refund:
    """Money given back for an order that failed."""

    prediction: str
    amount: MicroUsd


@dataclass(slots=True)
class TakenOrder:
    """An order the provider is making or has made, between two moments of the clock."""

    charge: Charge
    fate: Fate
    begins: float
    ends: float
    unanswered: int = 0
    unfetched: int = 0

    @property
    def is_refunded(self) -> bool:
        """Whether the money comes back, now or later."""
        return isinstance(self.fate.end, Failed) and self.fate.refunded


@dataclass(eq=False)
class Books:
    """Every order taken, and when submissions arrived. A refund comes `refund_delay` late."""

    clock: Clock
    files: dict[str, bytes] | None = None
    _: KW_ONLY
    deposit: MicroUsd = MicroUsd(1_000_000_000)
    refund_delay: float = 0.0
    orders: dict[str, TakenOrder] = field(init=False, default_factory=dict)
    arrivals: list[float] = field(init=False, default_factory=list)
    uploads: dict[str, str] = field(init=False, default_factory=dict)

    @property
    def charges(self) -> list[Charge]:
        """All that was ever taken, in order."""
        return [order.charge for order in self.orders.values()]

    @property
    def refunds(self) -> list[Refund]:
        """What has come back by now."""
        due = self.clock.monotonic() - self.refund_delay
        return [
            Refund(order.charge.prediction, order.charge.amount)
            for order in self.orders.values()
            if order.is_refunded and order.ends <= due
        ]

    def net(self) -> MicroUsd:
        """Return what was taken and has not come back by now."""
        taken = sum(each.amount for each in self.charges)
        return MicroUsd(taken - sum(each.amount for each in self.refunds))

    def settled(self) -> MicroUsd:
        """Return what was taken and never comes back, now or later; needs no clock."""
        kept = (order for order in self.orders.values() if not order.is_refunded)
        return MicroUsd(sum(order.charge.amount for order in kept))

    @property
    def left(self) -> MicroUsd:
        """What the account has left."""
        return MicroUsd(self.deposit - self.net())

    def charged_by_payload(self) -> Counter[str]:
        """Count the charges for each distinct order, whatever became of it."""
        return Counter(self._payload(order) for order in self.orders.values())

    def paid_by_payload(self) -> Counter[str]:
        """Count the charges for each distinct order that have not come back, and never will."""
        kept = (order for order in self.orders.values() if not order.is_refunded)
        return Counter(self._payload(order) for order in kept)

    @property
    def most_open(self) -> int:
        """The most orders that were being made at once."""
        ends = [(order.ends, -1) for order in self.orders.values()]
        begins = [(order.begins, 1) for order in self.orders.values()]
        most = going = 0
        for _, step in sorted(ends + begins):
            going += step
            most = max(most, going)
        return most

    @property
    def most_in_a_minute(self) -> int:
        """The most submissions that arrived within a minute; one a whole minute later is not in."""
        most = first = 0
        for last, at in enumerate(self.arrivals):
            while self.arrivals[first] <= at - _MINUTE:
                first += 1
            most = max(most, last - first + 1)
        return most

    def clip(self, prediction: str) -> bytes:
        """Return the clip of an order; no two orders have the same."""
        charge = self.orders[prediction].charge
        return f"{prediction} of {charge.model}: {_canonical(charge.inputs)}".encode()

    def _payload(self, order: TakenOrder) -> str:
        """Return what was ordered, with what was uploaded in the place of where it is."""
        text = _canonical({"model": order.charge.model, **order.charge.inputs})
        for url, path in self.uploads.items():
            text = text.replace(json.dumps(url), json.dumps(path))
        return text


def _canonical(inputs: Mapping[str, Plain]) -> str:
    return json.dumps(dict(inputs), sort_keys=True)
