"""Many callers, few flushes: what was answered is on the disk, and what is refused harms nobody."""

import asyncio
import threading
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from storyboard.adapters.ledger.database import SqliteLedger
from storyboard.app.desk import open_desk
from storyboard.model import job
from storyboard.model.attempt import Attempt, Caps, Held, Order
from storyboard.model.errors import EnvironmentFault
from storyboard.model.job import IllegalEvent, State
from storyboard.model.money import MicroUsd
from storyboard.model.request import ClipKey

NOW = datetime(2026, 11, 22, 10, 31, tzinfo=UTC)
NO_CAPS = Caps()


class Counted(SqliteLedger):
    """Counts how often it wrote to the disk, and waits before that while `gate` is shut."""

    def __init__(self, path):
        super().__init__(path, lambda: NOW, "run")
        self.flushes = 0
        self.refuse = False
        self.gate = threading.Event()
        self.gate.set()

    @contextmanager
    def together(self):
        self.gate.wait()
        with super().together():
            yield
            if self.refuse:
                message = "the disk is full"
                raise EnvironmentFault(message)
        self.flushes += 1


class Deaf(Counted):
    """Careless: it answers before anything is on the disk."""

    @contextmanager
    def together(self):
        self._connection.execute("BEGIN IMMEDIATE")
        self._gathering = True
        yield
        self._gathering = False


def order(number):
    key = ClipKey(f"{number:064x}")
    return Order(key, f"s{number}", "film.yaml", "model", MicroUsd(10), f'{{"n": {number}}}')


@pytest.fixture
def ledger(tmp_path):
    with Counted(tmp_path / "ledger.db") as opened:
        yield opened


def beside(ledger):
    """Return what another process reads at this very moment."""
    with SqliteLedger(ledger._path, lambda: NOW, "other") as other:
        return other.attempts()


def test_what_waits_at_once_is_flushed_at_once(ledger):
    """A hundred reservations that come while the disk is busy take two flushes, not a hundred."""

    async def work():
        with open_desk(ledger) as desk:
            ledger.gate.clear()
            calls = [
                asyncio.ensure_future(desk(ledger.reserve, order(n), NO_CAPS)) for n in range(100)
            ]
            await asyncio.sleep(0)
            ledger.gate.set()
            return await asyncio.gather(*calls)

    found = asyncio.run(work())
    assert all(isinstance(each, Attempt) for each in found)
    assert [each.order.shot for each in found] == [f"s{n}" for n in range(100)]
    assert ledger.flushes <= 2
    assert len(beside(ledger)) == 100


def test_who_is_answered_is_on_the_disk(ledger):
    """At the moment of the answer another process reads the line."""

    async def work():
        with open_desk(ledger) as desk:
            await desk(ledger.reserve, order(1), NO_CAPS)
            return await asyncio.to_thread(beside, ledger)

    assert len(asyncio.run(work())) == 1


def test_a_desk_that_answers_too_soon_is_seen(tmp_path):
    """Control: without the flush the other process reads nothing."""

    async def work():
        with Deaf(tmp_path / "ledger.db") as ledger, open_desk(ledger) as desk:
            await desk(ledger.reserve, order(1), NO_CAPS)
            seen = await asyncio.to_thread(beside, ledger)
            ledger._connection.execute("ROLLBACK")
            return seen

    assert asyncio.run(work()) == ()


def test_a_call_that_is_refused_harms_no_other(ledger):
    """It raises to its own caller; those that shared its flush are written."""

    async def work():
        with open_desk(ledger) as desk:
            ledger.gate.clear()
            calls = [
                asyncio.ensure_future(desk(ledger.reserve, order(1), NO_CAPS)),
                asyncio.ensure_future(desk(ledger.record, "99", job.Finished())),
                asyncio.ensure_future(desk(ledger.reserve, order(1), NO_CAPS)),
                asyncio.ensure_future(desk(ledger.reserve, order(2), NO_CAPS)),
            ]
            await asyncio.sleep(0)
            ledger.gate.set()
            return await asyncio.gather(*calls, return_exceptions=True)

    first, refused, held, second = asyncio.run(work())
    assert isinstance(refused, IllegalEvent)
    assert isinstance(held, Held)
    assert [each.id for each in beside(ledger)] == [first.id, second.id]


def test_a_flush_that_fails_failed_for_everybody(ledger):
    """Nobody is told that something is written, and nothing is."""
    ledger.refuse = True

    async def work():
        with open_desk(ledger) as desk:
            calls = (desk(ledger.reserve, order(n), NO_CAPS) for n in range(5))
            return await asyncio.gather(*calls, return_exceptions=True)

    assert {str(each) for each in asyncio.run(work())} == {"the disk is full"}
    assert beside(ledger) == ()
    ledger.refuse = False
    assert isinstance(ledger.reserve(order(1), NO_CAPS), Attempt)


def test_a_caller_that_leaves_changes_nothing_for_the_others(ledger):
    """What it asked for is written all the same: it may have been the line that matters."""

    async def work():
        with open_desk(ledger) as desk:
            ledger.gate.clear()
            first = asyncio.ensure_future(desk(ledger.reserve, order(1), NO_CAPS))
            second = asyncio.ensure_future(desk(ledger.reserve, order(2), NO_CAPS))
            await asyncio.sleep(0)
            first.cancel()
            ledger.gate.set()
            await second

    asyncio.run(work())
    assert len(beside(ledger)) == 2


def test_inside_one_flush_calls_see_each_other(ledger):
    """Two orders cannot both fit under a cap that has room for one."""
    caps = Caps(film=MicroUsd(15))
    with ledger.together():
        first = ledger.reserve(order(1), caps)
        second = ledger.reserve(order(2), caps)
        ledger.record(first.id, job.Sent("p"))
    assert not isinstance(second, Attempt)
    assert [each.job.state for each in beside(ledger)] == [State.SUBMITTED]


def test_what_breaks_inside_leaves_nothing(ledger):
    """All of it or none."""

    def write_and_break():
        with ledger.together():
            ledger.reserve(order(1), NO_CAPS)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_break()
    assert beside(ledger) == ()
    assert isinstance(ledger.reserve(order(1), NO_CAPS), Attempt)
