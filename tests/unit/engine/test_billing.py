"""What billing says is written down once, only where it is new, and absence proves nothing."""

import asyncio
from datetime import UTC, datetime

import pytest

from fakes.ledger import MemoryLedger
from storyboard.engine.billing import awaits_bill, refresh_bills, settle_bills
from storyboard.engine.provider import Bill
from storyboard.model import job
from storyboard.model.attempt import Caps, Order
from storyboard.model.errors import EnvironmentFault
from storyboard.model.job import State
from storyboard.model.money import MicroUsd
from storyboard.model.request import ClipKey

PRICE = 800_000
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OWNED = (job.Sent("p"), job.Finished(), job.Saved("aa"))
FAILED = (job.Sent("p"), job.Failed("no"))
LOST = (job.Sent("p"), job.Gone("too old"))
ABANDONED = (job.Sent("p"), job.Forgotten())


@pytest.fixture
def ledger():
    return MemoryLedger(lambda: NOW, "run")


def attempt(ledger, *events, key="a"):
    order = Order(ClipKey(key * 64), "shot", "film.yaml", "sora-2", MicroUsd(PRICE), "{}")
    made = ledger.reserve(order, Caps())
    for event in events:
        made = ledger.record(made.id, event)
    return made


def deduct(amount=PRICE, prediction="p"):
    return Bill(prediction, "deduct", MicroUsd(amount))


def refund(amount=PRICE, prediction="p"):
    return Bill(prediction, "refund", MicroUsd(amount))


def settled(ledger, made, *bills):
    (now,) = settle_bills(ledger, [made], bills)
    assert now == ledger.find(made.id)
    return now


def news(ledger, made):
    """Return the events about money that were written down."""
    found = (entry.event for entry in ledger.events(made.id))
    return [each for each in found if isinstance(each, job.Billed | job.Refunded)]


class Billing:
    """Answers with its bills and notes what it was asked, as the part of a PaidApi that is used."""

    def __init__(self, *bills, meanwhile=None):
        self.rows, self.meanwhile = bills, meanwhile
        self.asked = []

    async def bills(self, predictions):
        self.asked.append(list(predictions))
        if self.meanwhile is not None:
            self.meanwhile()
        return self.rows


async def at_once(function, *arguments):
    return function(*arguments)


def refreshed(api, ledger, *attempts):
    return asyncio.run(refresh_bills(api, ledger, at_once, attempts))


@pytest.mark.parametrize("amount", [PRICE, 1_200_000, 0], ids=["as expected", "more", "nothing"])
def test_what_was_taken_for_a_clip_is_noted(ledger, amount):
    """The amount is what billing says, also where it is not the price."""
    now = settled(ledger, attempt(ledger, *OWNED), deduct(amount))
    assert (now.job.state, now.job.billed, now.counted) == (State.OWNED, amount, amount)


def test_nothing_is_written_twice(ledger):
    """The same answer of billing a second time changes nothing."""
    made = attempt(ledger, *OWNED)
    for _ in range(2):
        made = settled(ledger, made, deduct())
    assert news(ledger, made) == [job.Billed(PRICE)]


@pytest.mark.parametrize("events", [FAILED, LOST, ABANDONED], ids=["failed", "lost", "abandoned"])
def test_a_refund_ends_an_order_that_brought_no_clip(ledger, events):
    """Its money counts no more; what was taken stays known beside what came back."""
    now = settled(ledger, attempt(ledger, *events), deduct(), refund())
    assert (now.job.state, now.job.billed, now.counted) == (State.REFUNDED, PRICE, 0)


@pytest.mark.parametrize("events", [OWNED, FAILED, LOST, ABANDONED])
def test_no_row_proves_nothing(ledger, events):
    """Where billing lists nothing yet, or other orders only, an attempt stays as it was."""
    made = attempt(ledger, *events)
    assert settled(ledger, made) == made
    assert settled(ledger, made, deduct(prediction="q"), refund(prediction="q")) == made


def test_a_failure_without_a_refund_keeps_its_price(ledger):
    """The money was taken, and counts until it is seen to come back."""
    now = settled(ledger, attempt(ledger, *FAILED), deduct())
    assert (now.job.state, now.counted) == (State.FAILED, PRICE)


def test_a_refund_may_be_listed_before_its_deduct(ledger):
    """All of the price came back, whichever row is there first; a part of it waits."""
    part = attempt(ledger, *FAILED)
    assert settled(ledger, part, refund(PRICE // 2)) == part
    assert settled(ledger, part, refund()).job.state is State.REFUNDED


def test_an_order_that_cost_nothing_is_settled(ledger):
    """A failed order for which billing shows a deduct of nothing owes nothing."""
    assert settled(ledger, attempt(ledger, *FAILED), deduct(0)).job.state is State.REFUNDED


def test_a_refund_of_a_part_is_no_refund(ledger):
    """What did not come back goes on counting, until the rest does."""
    made = settled(ledger, attempt(ledger, *FAILED), deduct(), refund(300_000))
    assert (made.job.state, made.counted) == (State.FAILED, 500_000)
    made = settled(ledger, made, deduct(), refund(300_000), refund(500_000))
    assert (made.job.state, made.job.billed, made.counted) == (State.REFUNDED, PRICE, 0)


def test_a_refund_for_a_clip_that_came_lowers_its_bill(ledger):
    """The clip stays owned; what it was billed is what was not given back."""
    now = settled(ledger, attempt(ledger, *OWNED), deduct(), refund(300_000))
    assert (now.job.state, now.counted) == (State.OWNED, 500_000)


def test_only_what_may_have_news_is_asked_about(ledger):
    """Orders without a bill, and those whose money may come back; each by its own name."""
    asked = [
        attempt(ledger, job.Sent("p-sent"), key="a"),
        attempt(ledger, job.Sent("p-failed"), job.Failed("no"), job.Billed(PRICE), key="b"),
    ]
    attempt(ledger, key="c")
    attempt(ledger, job.LostTrack("reset"), key="d")
    attempt(ledger, job.Refused("no"), key="e")
    attempt(ledger, job.Sent("p-paid"), job.Billed(PRICE), key="f")
    attempt(ledger, job.Sent("p-back"), job.Failed("no"), job.Refunded("seen"), key="1")
    api = Billing()
    assert [each for each in ledger.attempts() if awaits_bill(each)] == asked
    assert refreshed(api, ledger, *ledger.attempts()) == ledger.attempts()
    assert api.asked == [["p-sent", "p-failed"]]


def test_billing_is_not_asked_about_nothing(ledger):
    """A search that names no order would be answered with all of the account's."""
    api = Billing(deduct())
    known = attempt(ledger, *OWNED, job.Billed(PRICE))
    assert refreshed(api, ledger, known) == (known,)
    assert api.asked == []


def test_bills_are_matched_to_their_own_orders(ledger):
    """Every attempt comes back as it is now, in the order given."""
    first = attempt(ledger, job.Sent("p1"), key="a")
    second = attempt(ledger, job.Sent("p2"), job.Failed("no"), key="b")
    third = attempt(ledger, key="c")
    api = Billing(refund(prediction="p2"), deduct(700_000, "p1"), deduct(prediction="p2"))
    found = refreshed(api, ledger, second, third, first)
    assert [each.id for each in found] == [second.id, third.id, first.id]
    assert [each.job.state for each in found] == [State.REFUNDED, State.INTENT, State.SUBMITTED]
    assert found[2].job.billed == 700_000


def test_an_attempt_that_went_on_meanwhile_is_judged_as_it_is_now(ledger):
    """A build may note a failure, or the refund itself, while billing is being asked."""
    made = attempt(ledger, job.Sent("p"))
    fails = Billing(deduct(), refund(), meanwhile=lambda: ledger.record(made.id, job.Failed("no")))
    (now,) = refreshed(fails, ledger, made)
    assert now.job.state is State.REFUNDED
    (now,) = refreshed(Billing(deduct(), refund()), ledger, made)
    assert news(ledger, now) == [job.Billed(PRICE), job.Refunded(news(ledger, now)[1].evidence)]


class QuickRival(MemoryLedger):
    """A ledger in which another process notes the refund just before we would."""

    def record(self, attempt, event):
        if isinstance(event, job.Refunded):
            super().record(attempt, job.Refunded("by a rival"))
        return super().record(attempt, event)


def test_two_processes_may_note_the_same_refund():
    """The one that comes second sees that it is there, and does not fail."""
    ledger = QuickRival(lambda: NOW, "run")
    now = settled(ledger, attempt(ledger, *FAILED), deduct(), refund())
    assert now.job.state is State.REFUNDED
    assert news(ledger, now)[1:] == [job.Refunded("by a rival")]


def test_billing_that_cannot_be_read_changes_nothing(ledger):
    """The fault comes through, and no event is written."""

    def fail():
        message = "billing cannot be read"
        raise EnvironmentFault(message)

    made = attempt(ledger, *FAILED)
    with pytest.raises(EnvironmentFault):
        refreshed(Billing(meanwhile=fail), ledger, made)
    assert ledger.find(made.id) == made
