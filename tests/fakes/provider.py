"""A paid provider in memory: it charges when it takes an order, and its own books are the truth.

    provider = FakeProvider(clock, store.files, script={0: LOST_ANSWER, 2: Fate(end=Failed("no"))})
    ... provider.charges ... provider.refunds ... provider.paid_by_payload() ... provider.most_open

It outlives the runs of a build: where each run has a clock of its own, set `clock` to it.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, TypeAlias

from fakes.provider_books import Books, Charge, TakenOrder
from fakes.provider_script import Fate, Script, Submission, fate_of
from storyboard.engine.ports import Failed, Ready, Running
from storyboard.engine.provider import (
    Answer,
    Bill,
    Listed,
    Listing,
    Missing,
    NeverSent,
    NotFetched,
    PaidApi,
    PaidLook,
    Quote,
    Refused,
    Taken,
    Unclear,
    Unreachable,
)
from storyboard.model.errors import EnvironmentFault
from storyboard.model.job import Cause
from storyboard.model.money import MicroUsd
from storyboard.model.tree import Plain

__all__ = ["FakeProvider", "Price"]

Price: TypeAlias = Callable[[str, Mapping[str, Plain]], MicroUsd]
_KEPT: Final = timedelta(days=7)
_OUTPUTS: Final = "https://outputs.provider.test/"
_UPLOADS: Final = "https://uploads.provider.test/"


def _by_the_second(_: str, inputs: Mapping[str, Plain]) -> MicroUsd:
    seconds = inputs.get("duration", 0)
    assert isinstance(seconds, int | float)
    return MicroUsd(round(seconds * 100_000))


@dataclass(eq=False)
class FakeProvider(Books):
    """Implements the engine's PaidApi; every setting may be changed between calls.

    A finished clip is written into `files`, or into a real file where that is None. `unreadable`
    names the methods that raise EnvironmentFault. A call lasts `trip` seconds, and takes effect
    when half of them are over.
    """

    _: KW_ONLY
    latency: float = 60.0
    price: Price = _by_the_second
    discount: int = 0  # percent
    listing_lag: float = 0.0
    history_inputs: bool = True
    listed_as: str = ""  # the name that history gives every model, if it is another
    ahead: float = 0.0  # seconds by which its clock is before ours
    trip: float = 0.0
    script: Script = field(default_factory=dict)
    failed_uploads: int = 0  # uploads that fail before the first that does not
    unreadable: set[str] = field(default_factory=set)
    calls: Counter[str] = field(init=False, default_factory=Counter)

    async def submit(self, model: str, payload: str) -> Answer:
        submission = Submission(self.calls["submit"], model, json.loads(payload))
        await self._arrive("submit")
        answer = self._answer(submission, fate_of(self.script, submission))
        await self._travel()
        return answer

    async def look(self, prediction: str) -> PaidLook:
        await self._arrive("look")
        seen = self._look(prediction)
        await self._travel()
        return seen

    async def history(self, since: datetime) -> Listing:
        await self._arrive("history")
        listing = Listing(tuple(self._listed(since)), self._now())
        await self._travel()
        return listing

    async def upload(self, path: str) -> str:
        await self._arrive("upload")
        if self.calls["upload"] <= self.failed_uploads:
            message = f"{path} could not be handed in"
            raise NotFetched(message)
        url = f"{_UPLOADS}{len(self.uploads)}"
        self.uploads[url] = path
        await self._travel()
        return url

    async def download(self, url: str, path: str) -> None:
        await self._arrive("download")
        prediction = url.removeprefix(_OUTPUTS)
        if not self._is_fetched(self.orders.get(prediction)):
            message = f"{url} could not be fetched"
            raise NotFetched(message)
        self._write(path, self.clip(prediction))
        await self._travel()

    async def quote(self, model: str, inputs: Mapping[str, Plain]) -> Quote:
        await self._arrive("quote")
        await self._travel()
        return Quote(self.price(model, inputs), self._charged(model, inputs))

    async def balance(self) -> MicroUsd:
        await self._arrive("balance")
        await self._travel()
        return self.left

    async def bills(self, predictions: Sequence[str]) -> tuple[Bill, ...]:
        await self._arrive("bills")
        await self._travel()
        taken = [Bill(each.prediction, "deduct", each.amount) for each in self.charges]
        back = [Bill(each.prediction, "refund", each.amount) for each in self.refunds]
        return tuple(bill for bill in taken + back if bill.prediction in predictions)

    async def _arrive(self, call: str) -> None:
        self.calls[call] += 1
        await self._travel()
        if call in self.unreadable:
            message = f"the provider does not answer ({call})"
            raise EnvironmentFault(message)

    async def _travel(self) -> None:
        await (self.clock.sleep(self.trip / 2) if self.trip else asyncio.sleep(0))

    def _now(self) -> datetime:
        return self.clock.now() + timedelta(seconds=self.ahead)

    def _charged(self, model: str, inputs: Mapping[str, Plain]) -> MicroUsd:
        return MicroUsd(self.price(model, inputs) * (100 - self.discount) // 100)

    def _answer(self, asked: Submission, fate: Fate) -> Answer:
        if not isinstance(fate.answer, NeverSent):
            self.arrivals.append(self.clock.monotonic())
        if fate.answer is not None and not (isinstance(fate.answer, Unclear) and fate.taken):
            return fate.answer
        if self._charged(asked.model, asked.inputs) > self.left:
            return fate.answer or Refused("insufficient credits", Cause.CREDIT)
        prediction = self._take(asked, fate)
        return fate.answer or Taken(prediction)

    def _take(self, asked: Submission, fate: Fate) -> str:
        prediction = f"prediction-{len(self.orders)}"
        amount = self._charged(asked.model, asked.inputs)
        charge = Charge(prediction, asked.model, asked.inputs, amount, self._now())
        begins = self.clock.monotonic()
        lasts = self.latency if fate.latency is None else fate.latency
        self.orders[prediction] = TakenOrder(charge, fate, begins, begins + lasts)
        return prediction

    def _look(self, prediction: str) -> PaidLook:
        order = self.orders.get(prediction)
        if order is None:
            return Missing("there is no such prediction")
        if order.unanswered < order.fate.unreachable:
            order.unanswered += 1
            return Unreachable("the connection was reset")
        return self._stands(order)

    def _stands(self, order: TakenOrder) -> Running | Ready | Failed | Missing:
        if self._now() - order.charge.at >= _KEPT:
            return Missing("the prediction has expired")
        if self.clock.monotonic() < order.ends:
            return Running()
        end = order.fate.end
        if isinstance(end, Ready):
            return replace(end, url=_OUTPUTS + order.charge.prediction)
        return end

    def _is_fetched(self, order: TakenOrder | None) -> bool:
        if order is None or not isinstance(self._stands(order), Ready):
            return False
        order.unfetched += 1
        return order.unfetched > order.fate.not_fetched

    def _listed(self, since: datetime) -> Iterator[Listed]:
        """Yield the newest first, once they are listed and as long as they are kept."""
        now = self._now()
        newest = now - timedelta(seconds=self.listing_lag)
        for each in reversed(self.charges):
            if max(since, now - _KEPT) <= each.at <= newest:
                inputs = each.inputs if self.history_inputs else None
                yield Listed(each.prediction, self.listed_as or each.model, each.at, inputs)

    def _write(self, path: str, data: bytes) -> None:
        if self.files is None:
            Path(path).write_bytes(data)
        else:
            self.files[path] = data


def _is_a_provider(fake: FakeProvider) -> PaidApi:
    return fake
