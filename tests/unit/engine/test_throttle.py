"""The throttle: neither limit is ever exceeded, nobody is forgotten, and the urgent go first."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.virtual import VirtualClock, run_virtual
from storyboard.engine.throttle import Throttle


def throttle(at_once=1, per_minute=1000):
    return Throttle(at_once, per_minute, VirtualClock())


async def settle():
    """Let everybody who can go on do so, without time passing."""
    await asyncio.sleep(0.001)


def in_virtual_time(test):
    """Run a coroutine test in virtual time; pytest itself knows only functions."""

    def run():
        run_virtual(test)

    run.__doc__ = test.__doc__
    run.__name__ = test.__name__
    return run


class Places:
    """Tasks that each want a place; `had` names those that got one, in order."""

    def __init__(self, gate):
        self.gate = gate
        self.had = []

    def want(self, name, priority=0.0):
        return asyncio.create_task(self._wait(name, priority))

    async def _wait(self, name, priority):
        await self.gate.place(priority)
        self.had.append(name)


@in_virtual_time
async def test_the_most_urgent_has_the_next_place_and_then_who_came_first():
    """Also among those that arrive together while places are free."""
    places = Places(throttle(at_once=2))
    tasks = [places.want(name, ord(name[0]) - ord("a")) for name in ("a", "b1", "b2", "c", "d")]
    await settle()
    assert places.had == ["d", "c"]
    for _ in range(3):
        places.gate.leave()
        await settle()
    assert places.had == ["d", "c", "b1", "b2", "a"]
    await asyncio.gather(*tasks)


@in_virtual_time
async def test_an_earlier_runs_order_has_its_place_whatever_the_limit():
    """It is being made anyway; new ones wait until enough of them are done."""
    places = Places(throttle(at_once=2))
    for _ in range(3):
        places.gate.occupy()
    task = places.want("new")
    await settle()
    places.gate.leave()
    await settle()
    assert places.had == []
    places.gate.leave()
    await task
    assert places.had == ["new"]


@in_virtual_time
async def test_one_who_gives_up_waiting_is_not_in_the_way():
    """The place that would have been his goes to the next."""
    places = Places(throttle())
    await places.gate.place()
    impatient, patient = places.want("impatient", 9.0), places.want("patient")
    await settle()
    impatient.cancel()
    await settle()
    places.gate.leave()
    await patient
    assert places.had == ["patient"]


@in_virtual_time
async def test_a_place_given_to_one_who_is_just_cancelled_is_given_on():
    """Between being given a place and knowing it, a task may be cancelled: nothing leaks."""
    places = Places(throttle())
    await places.gate.place()
    first, second = places.want("first"), places.want("second")
    await settle()
    places.gate.leave()  # the place is the first one's now, who has not run since
    first.cancel()
    await second
    assert places.had == ["second"]
    with pytest.raises(asyncio.CancelledError):
        await first


@in_virtual_time
async def test_a_place_that_nobody_had_cannot_be_given_back():
    """It would let one too many through for ever after."""
    gate = throttle()
    await gate.place()
    gate.leave()
    with pytest.raises(RuntimeError, match="nobody had"):
        gate.leave()


@pytest.mark.parametrize(("at_once", "per_minute"), [(0, 1), (1, 0)])
def test_limits_that_let_nothing_through_are_refused(at_once, per_minute):
    """Everybody would wait for ever."""
    with pytest.raises(ValueError, match="nothing gets through"):
        throttle(at_once, per_minute)


async def take_turns(gate, clock, count):
    taken = []

    async def take(number):
        await gate.turn()
        taken.append((number, clock.monotonic()))

    await asyncio.gather(*(take(number) for number in range(count)))
    return taken


def test_turns_come_in_order_and_at_once_while_the_minute_has_room():
    """Ten a minute: ten now, the next ten in a minute."""
    clock = VirtualClock()
    taken = run_virtual(lambda: take_turns(Throttle(1, 10, clock), clock, 25))
    assert taken == [(number, 61.0 * (number // 10)) for number in range(25)]


@in_virtual_time
async def test_no_turn_is_given_in_a_pause():
    """Nor at the head of the queue, where somebody already sleeps; a shorter pause adds nothing."""
    clock = VirtualClock()
    gate = Throttle(1, 1, clock)
    await gate.turn()
    second = asyncio.create_task(gate.turn())
    await clock.sleep(59.0)
    gate.pause(100.0)
    gate.pause(3.0)
    await second
    assert clock.monotonic() == 159.0


@in_virtual_time
async def test_a_cancelled_turn_neither_counts_nor_blocks():
    """The one behind goes when it would have gone alone."""
    clock = VirtualClock()
    gate = Throttle(1, 1, clock)
    await gate.turn()
    waiting = [asyncio.create_task(gate.turn()) for _ in range(3)]
    await clock.sleep(30.0)
    waiting[0].cancel()  # the head of the queue, asleep
    waiting[1].cancel()  # in the queue
    await waiting[2]
    assert clock.monotonic() == 61.0


arrival = st.tuples(
    st.floats(0, 300), st.floats(0, 90), st.booleans(), st.integers(0, 3), st.floats(0, 200)
)


class Account:
    """Orders as they come: a place, a turn, some time; some are cancelled at some moment."""

    def __init__(self, at_once, per_minute):
        self.clock = VirtualClock()
        self.gate = Throttle(at_once, per_minute, self.clock)
        self.making = 0
        self.most = 0
        self.turns = []
        self.done = 0

    async def serve(self, arrivals):
        await asyncio.gather(*map(self._arrive, arrivals), return_exceptions=True)

    async def _arrive(self, drawn):
        at, lasts, gives_up, priority, patience = drawn
        await self.clock.sleep(at)
        order = asyncio.create_task(self._order(priority, lasts))
        if gives_up:
            asyncio.get_running_loop().call_later(patience, order.cancel)
        await order

    async def _order(self, priority, lasts):
        await self.gate.place(priority)
        self.making += 1
        self.most = max(self.most, self.making)
        try:
            await self.gate.turn()
            self.turns.append(self.clock.monotonic())
            await self.clock.sleep(lasts)
            self.done += 1
        finally:
            self.making -= 1
            self.gate.leave()


def most_in_a_minute(turns):
    return max((sum(t <= u < t + 60.0 for u in turns) for t in turns), default=0)


@given(st.lists(arrival, max_size=25), st.integers(1, 4), st.integers(1, 5))
def test_neither_limit_is_ever_exceeded(arrivals, at_once, per_minute):
    """For any arrivals and cancellations; and all who stay get their turn."""
    account = Account(at_once, per_minute)
    run_virtual(lambda: account.serve(arrivals))
    assert account.most <= at_once
    assert most_in_a_minute(account.turns) <= per_minute
    assert account.done >= sum(not gives_up for _, _, gives_up, _, _ in arrivals)
    assert account.making == 0


@given(st.lists(arrival, max_size=25), st.integers(1, 4))
def test_after_any_cancellations_every_place_can_be_had_again(arrivals, at_once):
    """None has leaked, and none was given twice."""
    account = Account(at_once, 1000)

    async def main():
        await account.serve(arrivals)
        places = Places(account.gate)
        tasks = [places.want(name) for name in range(at_once + 1)]
        await settle()
        assert places.had == list(range(at_once))
        account.gate.leave()
        await asyncio.gather(*tasks)

    run_virtual(main)


def test_the_limits_bind():
    """A busy account comes up to both: else the two properties above would prove nothing."""
    account = Account(3, 4)
    run_virtual(lambda: account.serve([(0.0, 20.0, False, 0, 0.0)] * 20))
    assert account.most == 3
    assert most_in_a_minute(account.turns) == 4
