"""Money and limits: who may submit how often, what was charged, what was given back."""

import hashlib
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import ceil

from storyboard.simulator.catalogue import MicroUsd, dollars
from storyboard.simulator.clock import Seconds, iso
from storyboard.simulator.reply import Refusal
from storyboard.simulator.settings import AccountTerms, SimulatorSettings

__all__ = ["Account", "Accounts", "Row"]

_NO_CREDIT = 1407


@dataclass(slots=True)
class Row:
    """One movement of money; `status` is the prediction's when the row was last touched."""

    kind: str
    price: MicroUsd
    prediction: str
    model: str
    status: str
    state: str
    created: Seconds
    updated: Seconds
    uuid: str = field(default_factory=lambda: str(uuid.uuid4()))

    def shown(self) -> Mapping[str, object]:
        """Return the row as the billing search writes it."""
        price = dollars(self.price)
        order = {"uuid": self.uuid, "state": self.state, "price": price, "origin_price": price}
        return {
            "uuid": self.uuid,
            "billing_type": self.kind,
            "price": price,
            "created_at": iso(self.created),
            "updated_at": iso(self.updated),
            "access_key_id": "1",
            "access_key_name": "default",
            "order": {**order, "status": "", "ak_id": 1},
            "prediction": {
                "uuid": self.prediction,
                "model_uuid": self.model,
                "status": self.status,
            },
        }


class Account:
    """One key's balance, its rows, and its place in the current minute."""

    def __init__(self, terms: AccountTerms) -> None:
        self.terms = terms
        self.balance = terms.balance
        self.rows: list[Row] = []
        self.uploads = 0
        self._deducted: dict[str, Row] = {}
        self._minute = 0
        self._submitted = 0

    @property
    def label(self) -> str:
        """The account's name in what is shown; a key is never shown."""
        return "key-" + hashlib.sha256(self.terms.key.encode()).hexdigest()[:8]

    def admit(self, now: Seconds, minute: Seconds, *, retry_after: bool) -> None:
        """Count a submission in the current minute, or refuse it."""
        current = int(now / minute)
        if current != self._minute:
            self._minute, self._submitted = current, 0
        if self._submitted >= self.terms.level.per_minute:
            left = {"Retry-After": str(ceil((current + 1) * minute - now))}
            raise Refusal(429, "Too Many Requests", headers=left if retry_after else {})
        self._submitted += 1

    def check_credit(self, price: MicroUsd, status: int) -> None:
        """Refuse, with the HTTP status given, what the balance does not cover."""
        if price > self.balance:
            raise Refusal(_NO_CREDIT, "insufficient credits", status)

    def deduct(self, price: MicroUsd, prediction: str, model: str, now: Seconds) -> None:
        """Take the price of a prediction that is being created."""
        self.balance = MicroUsd(self.balance - price)
        row = Row("deduct", price, prediction, model, "created", "pre", now, now)
        self.rows.append(row)
        self._deducted[prediction] = row

    def close(self, prediction: str, status: str, now: Seconds) -> None:
        """Mark the charge of a prediction that has ended as done."""
        row = self._deducted[prediction]
        row.state, row.status, row.updated = "done", status, now

    def refund(self, prediction: str, now: Seconds) -> None:
        """Give a prediction's price back."""
        paid = self._deducted[prediction]
        self.balance = MicroUsd(self.balance + paid.price)
        self.rows.append(
            Row("refund", paid.price, prediction, paid.model, paid.status, "done", now, now)
        )


class Accounts:
    """All accounts, by key."""

    def __init__(self, settings: SimulatorSettings) -> None:
        self._settings = settings
        self._accounts = {terms.key: Account(terms) for terms in settings.accounts}

    def __iter__(self) -> Iterator[Account]:
        return iter(self._accounts.values())

    def of(self, authorization: str | None) -> Account:
        """Return the account of an Authorization header, or refuse it."""
        scheme, _, key = (authorization or "").partition(" ")
        key = key.strip()
        if scheme.lower() != "bearer" or not key:
            raise Refusal(401, "Unauthorized: no API key")
        account = self._accounts.get(key) or self._opened(key)
        if not account.terms.allowed:
            raise Refusal(403, "Forbidden: this key's account may not do this")
        return account

    def _opened(self, key: str) -> Account:
        if self._settings.accounts:
            raise Refusal(401, "Unauthorized: invalid API key")
        terms = AccountTerms(key, self._settings.level, self._settings.balance)
        return self._accounts.setdefault(key, Account(terms))
