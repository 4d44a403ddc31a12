"""Finds out whether an order was taken when its answer was unclear: the provider's history knows.

Listing may lag, so one look proves nothing. An order is called absent only after several looks, the
last of them a minute or more after it can have left; and never once history forgets.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from storyboard.engine.events import Stage, Staged
from storyboard.engine.provider import Listed, Listing
from storyboard.engine.shop import Shop
from storyboard.model import job
from storyboard.model.attempt import KEPT, Attempt
from storyboard.model.errors import EnvironmentFault
from storyboard.model.tree import Plain

__all__ = ["LOOKS", "Reconciler"]

LOOKS: Final = (2.0, 5.0, 10.0, 20.0, 30.0)
"""Seconds before each look at an order that left just now: 67 in all."""
_FEWEST: Final = 2
_MARGIN: Final = timedelta(hours=1)
"""How far two clocks may be apart beside what the provider's own says."""


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What one look at history says: a match, or who might be one, or nobody."""

    match: str | None = None
    suspects: tuple[str, ...] = ()


class Reconciler:
    """Settles attempts that are UNKNOWN."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    async def settle(self, attempt: Attempt) -> Attempt:
        """Return it SUBMITTED if it was taken, INTENT if surely not, else UNKNOWN still."""
        last: _Verdict | None = None
        readable = 0
        for number, wait in enumerate(LOOKS, start=1):
            detail = f"look {number} of {len(LOOKS)}"
            self._shop.tell(
                Staged(
                    self._shop.called(attempt.order.key, attempt.order.shot), Stage.UNCLEAR, detail
                )
            )
            await self._shop.clock.sleep(wait)
            last, evidence = await self._look(attempt)
            readable += last is not None
            adopted = await self._adopted(attempt, last)
            if adopted is not None:
                return adopted
            if last is not None and last.match is not None:  # another attempt has just taken it
                last, readable = None, readable - 1
            await self._shop.record(attempt, job.Looked(f"{detail}: {evidence}"))
        if last is None or readable < _FEWEST or last.suspects or self._is_forgotten(attempt):
            return attempt
        evidence = f"history has no such order, after {readable} looks"
        return await self._shop.record(attempt, job.ProvedAbsent(evidence))

    async def listed(self, attempt: Attempt) -> bool:
        """Tell, in one look, whether history shows the order; False where it cannot be read."""
        verdict, _ = await self._look(attempt)
        return verdict is not None and verdict.match is not None

    async def _look(self, attempt: Attempt) -> tuple[_Verdict | None, str]:
        """Search history once; None where it could not be read, or its clock makes no sense."""
        since = attempt.reserved_at - _MARGIN
        try:
            listing = await self._shop.api.history(since)
            behind = self._behind(listing)
            if behind > timedelta(0):
                # The provider's clock is behind ours, and so are its dates.
                listing = await self._shop.api.history(since - behind)
        except EnvironmentFault as error:
            return None, f"history could not be read: {error.message}"
        verdict: _Verdict = await self._shop.books(self._judge, attempt, listing.found)
        if verdict.suspects:
            return verdict, f"no exact match, and it may be {', '.join(verdict.suspects)}"
        return verdict, f"no match among {len(listing.found)} orders"

    def _behind(self, listing: Listing) -> timedelta:
        if listing.now is None:
            return timedelta(0)
        return max(self._shop.clock.now() - listing.now - _MARGIN / 2, timedelta(0))

    def _judge(self, attempt: Attempt, found: tuple[Listed, ...]) -> _Verdict:
        """Compare with what nobody holds; of several matches the first, for all are this order."""
        free = [each for each in found if self._shop.ledger.holder_of(each.prediction) is None]
        wanted = json.loads(attempt.order.payload)
        exact = [each for each in free if each.inputs is not None and _same(wanted, each.inputs)]
        if exact:
            return _Verdict(match=min(exact, key=_age).prediction)
        suspects = (each for each in free if each.inputs is None or _nearly(wanted, each.inputs))
        return _Verdict(suspects=tuple(each.prediction for each in suspects))

    async def _adopted(self, attempt: Attempt, verdict: _Verdict | None) -> Attempt | None:
        if verdict is None or verdict.match is None:
            return None
        try:
            return await self._shop.record(attempt, job.Adopted(verdict.match))
        except job.IllegalEvent:
            return None

    def _is_forgotten(self, attempt: Attempt) -> bool:
        return self._shop.clock.now() - attempt.reserved_at > KEPT


def _age(listed: Listed) -> datetime:
    return listed.created_at


def _same(wanted: Mapping[str, Plain], listed: Mapping[str, Plain]) -> bool:
    """Tell whether all inputs of an order are there as they were sent; more may be defaults."""
    return all(name in listed and _equal(value, listed[name]) for name, value in wanted.items())


def _nearly(wanted: Mapping[str, Plain], listed: Mapping[str, Plain]) -> bool:
    """Tell whether the words are the same but for their spacing: somebody may have tidied them."""
    sent, shown = str(wanted.get("prompt", "")).split(), str(listed.get("prompt", "")).split()
    return bool(sent) and sent == shown


def _equal(sent: Plain, shown: Plain) -> bool:
    return sent == shown or (isinstance(sent, int | float) and str(sent) == str(shown))
