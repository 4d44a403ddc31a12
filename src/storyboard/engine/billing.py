"""Asks the provider's billing what was really taken and given back, and writes down what is new.

What billing does not list proves nothing: a row may come late. Only rows that are there count.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any, Final, TypeAlias

from storyboard.engine.ports import Ledger
from storyboard.engine.provider import Bill, PaidApi
from storyboard.model.attempt import Attempt
from storyboard.model.job import (
    AWAITS_REFUND,
    Billed,
    IllegalEvent,
    JobEvent,
    Refunded,
    State,
)
from storyboard.model.money import MicroUsd, show_usd

__all__ = ["Blocking", "awaits_bill", "refresh_bills", "settle_bills"]

Blocking: TypeAlias = Callable[..., Awaitable[Any]]
"""Runs a function that waits for a disk away from the loop, as asyncio.to_thread does."""

_BILLABLE: Final = AWAITS_REFUND | {State.SUBMITTED, State.READY, State.OWNED}


async def refresh_bills(
    api: PaidApi, ledger: Ledger, blocking: Blocking, attempts: Sequence[Attempt]
) -> tuple[Attempt, ...]:
    """Look up what billing may have to say of attempts; return all of them as they are now.

    EnvironmentFault, and nothing is written, where billing cannot be read.
    """
    asked = [each.job.prediction for each in attempts if awaits_bill(each)]
    predictions = [each for each in asked if each is not None]
    if not predictions:  # a search for no order in particular would answer with every order
        return tuple(attempts)
    bills = await api.bills(predictions)
    settled: tuple[Attempt, ...] = await blocking(settle_bills, ledger, attempts, bills)
    return settled


def awaits_bill(attempt: Attempt) -> bool:
    """Tell whether billing may have something new: a first bill, or a refund."""
    job = attempt.job
    if job.prediction is None or job.state not in _BILLABLE:
        return False
    return job.billed is None or job.state in AWAITS_REFUND


def settle_bills(
    ledger: Ledger, attempts: Sequence[Attempt], bills: Sequence[Bill]
) -> tuple[Attempt, ...]:
    """Write down what bills say that was not known; return the attempts as they are now."""
    rows: dict[str, list[Bill]] = {}
    for bill in bills:
        rows.setdefault(bill.prediction, []).append(bill)
    return tuple(_settle(ledger, each, rows) for each in attempts)


def _settle(ledger: Ledger, attempt: Attempt, rows: dict[str, list[Bill]]) -> Attempt:
    # Read again: while billing was asked, a build may have gone on with the attempt.
    now = ledger.find(attempt.id) or attempt
    try:
        for event in _news(now, rows.get(now.job.prediction or "", [])):
            now = ledger.record(now.id, event)
    except IllegalEvent:  # another process wrote the same news a moment before
        return ledger.find(attempt.id) or now
    return now


def _news(attempt: Attempt, bills: Sequence[Bill]) -> Iterator[JobEvent]:
    """Yield what bills change about an attempt.

    A refund of all that was taken ends an attempt that brought no clip; one of a part, or for a
    clip that came, lowers what the attempt was billed.
    """
    job = attempt.job
    if not bills or job.state not in _BILLABLE:
        return
    deducts = [bill.amount for bill in bills if bill.kind == "deduct"]
    given_back = MicroUsd(sum(bill.amount for bill in bills if bill.kind == "refund"))
    # A refund may be listed before what it gives back is.
    taken = MicroUsd(sum(deducts)) if deducts else attempt.order.price
    settled = job.state in AWAITS_REFUND and given_back >= taken
    billed = taken if settled else MicroUsd(max(0, taken - given_back))
    if deducts and billed != job.billed:
        yield Billed(billed)
    if settled:
        yield Refunded(f"billing shows that {show_usd(given_back)} of {show_usd(taken)} came back")
