"""An attempt's life: what may happen when, what counts against a cap, and no clip paid twice.

The last part plays a client that follows the table against a provider that takes money, answers
unclearly and lists late. Tables that are careless on purpose show that the play would notice.
"""

import typing
from dataclasses import fields
from types import MappingProxyType

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as play

from storyboard.model import job
from storyboard.model.attempt import Attempt, Order, Spending
from storyboard.model.job import (
    BINDING,
    COUNTED,
    EVENTS,
    OPEN,
    RESERVED,
    TABLE,
    TAKEN,
    IllegalEvent,
    Job,
    State,
)
from storyboard.model.money import MicroUsd

PRICE = MicroUsd(800_000)


def made(event):
    """Make an event of a kind, its fields filled with something."""
    return event(*(5 if each.name == "amount" else "x" for each in fields(event)))


EVENT = st.sampled_from([made(each) for each in EVENTS.values()])


def walk(*events, table=TABLE):
    state = Job()
    for event in events:
        state = state.after(event, table)
    return state


def test_the_way_of_a_clip_that_is_bought():
    """Intent, submitted, ready, owned; the provider's name for it stays known."""
    bought = walk(job.Sent("p1"), job.Finished(), job.Saved("aa"))
    assert bought == Job(State.OWNED, "p1")


def test_the_way_of_an_order_nobody_is_sure_of():
    """Lost from sight and found again, it goes on as if nothing had been; or it may be sent."""
    lost = walk(job.LostTrack("reset"), job.Looked("none in 2 pages"))
    assert lost.state is State.UNKNOWN
    assert lost.after(job.Adopted("p1")) == Job(State.SUBMITTED, "p1")
    assert lost.after(job.ProvedAbsent("none after 3 looks")) == Job()


def test_what_ends_an_attempt():
    """Refused, withdrawn, failed, gone or given up: each end is a state of its own."""
    assert walk(job.Refused("no such model")).state is State.REFUSED
    assert walk(job.Withdrawn("interrupted")).state is State.WITHDRAWN
    assert walk(job.Sent("p"), job.Failed("1405")).state is State.FAILED
    assert walk(job.Sent("p"), job.Gone("404")).state is State.LOST
    assert walk(job.LostTrack("reset"), job.Forgotten()).state is State.ABANDONED


def test_a_damaged_clip_is_ready_again():
    """Its order stays the same one: it is fetched again, not bought again."""
    owned = walk(job.Sent("p"), job.Finished(), job.Saved("aa"))
    assert owned.after(job.ClipMissing()) == Job(State.READY, "p")


def test_a_resend_is_written_down():
    """An order that surely never left may leave again, and nothing else has changed."""
    assert walk(job.NotTaken("refused connection")) == Job()


@given(st.lists(EVENT, max_size=12), EVENT)
def test_an_illegal_event_raises_and_changes_nothing(events, event):
    """The table alone decides; the job is the same value after a refusal."""
    state = Job()
    for each in events:
        if type(each) in TABLE[state.state]:
            state = state.after(each)
    before = Job(state.state, state.prediction, state.billed)
    if type(event) in TABLE[state.state]:
        assert state.after(event).state is TABLE[state.state][type(event)]
    else:
        with pytest.raises(IllegalEvent, match=f"{type(event).__name__} cannot happen"):
            state.after(event)
    assert state == before


@pytest.mark.parametrize("event", [job.Sent(""), job.Adopted("")])
def test_an_order_without_a_name_is_no_order(event):
    """Nobody could follow it."""
    start = Job() if isinstance(event, job.Sent) else walk(job.LostTrack("reset"))
    with pytest.raises(IllegalEvent, match="without a name"):
        start.after(event)


def test_the_table_is_whole():
    """Every state has its row, every event a place and a word, every state a way to it."""
    assert set(TABLE) == set(State)
    assert set(EVENTS.values()) == {each for row in TABLE.values() for each in row}
    assert set(EVENTS.values()) == set(typing.get_args(job.JobEvent))
    reached, waiting = set(), [State.INTENT]
    while waiting:
        state = waiting.pop()
        reached.add(state)
        waiting += set(TABLE[state].values()) - reached
    assert reached == set(State)


def test_what_a_state_counts_for():
    """In full as long as the money may be gone; nothing once it surely is not."""
    counts = {state: Job(state, "p").counted(PRICE) for state in State}
    free = {State.REFUSED, State.WITHDRAWN, State.REFUNDED}
    assert counts == {state: 0 if state in free else PRICE for state in State}
    assert set(State) - free == COUNTED
    assert RESERVED.isdisjoint(TAKEN)


def test_what_was_billed_counts_once_it_is_known():
    """The provider's own figure replaces the estimate, until it is given back."""
    billed = walk(job.Sent("p"), job.Billed(MicroUsd(700_000)))
    assert billed.counted(PRICE) == 700_000
    failed = billed.after(job.Failed("5000"))
    assert failed.counted(PRICE) == 700_000
    assert failed.after(job.Refunded("refund row")).counted(PRICE) == 0


def test_only_what_is_surely_unpaid_stops_counting():
    """No event frees money that may be gone, save proof: refused, absent, withdrawn, refunded."""
    freeing = {
        event
        for state, row in TABLE.items()
        for event, after in row.items()
        if state in COUNTED and after not in COUNTED
    }
    assert freeing == {job.Refused, job.Withdrawn, job.Refunded}
    for state in (State.UNKNOWN, State.SUBMITTED, State.READY, State.OWNED):
        assert set(TABLE[state].values()) <= COUNTED


def test_what_no_longer_binds_never_binds_again():
    """Once a second attempt is allowed, the first cannot come back to life beside it."""
    assert OPEN < BINDING <= COUNTED
    for state, row in TABLE.items():
        assert state in BINDING or BINDING.isdisjoint(row.values())


def test_a_negative_price_is_none():
    """A price cannot raise a budget."""
    with pytest.raises(ValueError, match="price"):
        Order("k", "shot", "film", "model", MicroUsd(-1), "{}")


def test_an_attempt_counts_as_its_job_does():
    """The order's price, by the job's state; and the two sums add up."""
    order = Order("k", "shot", "film", "model", PRICE, "{}")
    assert Attempt("1", order, Job(), "run", None).counted == PRICE
    assert Attempt("1", order, Job(State.REFUSED), "run", None).counted == 0
    assert Spending(MicroUsd(3), MicroUsd(4)).counted == 7


WAYS = {
    State.SUBMITTED: job.Finished,
    State.READY: job.Saved,
    State.OWNED: job.ClipMissing,
}
ENDS = (job.Failed, job.Gone, job.Forgotten)


class Buying(RuleBasedStateMachine):
    """One clip key, a client that follows the table, and a provider whose truth it cannot see.

    The client sends when the table has brought an attempt to INTENT, once each time. The provider
    takes orders, or not, and answers as it likes. It lists what it took only after `settle`.
    """

    table = TABLE

    @initialize()
    def begin(self):
        self.attempts = [Job()]
        self.logs = [[]]
        self.leave = True  # the attempt was brought to INTENT, and nothing was sent since
        self.answer = None  # what the last order came to, still unheard: (taken, name)
        self.taken = {}  # the provider's orders: name → attempt
        self.unlisted = set()
        self.settled = True
        self.looks = 0

    @property
    def newest(self):
        return self.attempts[-1]

    def may(self, event):
        return event in self.table[self.newest.state]

    def happens(self, event):
        self.attempts[-1] = self.newest.after(event, self.table)
        self.logs[-1].append(event)
        if self.newest.state is State.INTENT:
            self.leave = True

    def found(self):
        mine = len(self.attempts) - 1
        known = {each.prediction for each in self.attempts}
        return [
            name
            for name, attempt in self.taken.items()
            if attempt == mine and name not in known and name not in self.unlisted
        ]

    @precondition(lambda self: self.newest.state is State.INTENT and self.leave)
    @rule(taken=st.booleans())
    def send(self, taken):
        self.leave = False
        name = f"p{len(self.taken)}" if taken else None
        self.answer = (taken, name)
        self.settled, self.looks = False, 0
        if taken:
            self.pay(name)

    def pay(self, name):
        for paid in self.taken.values():
            ended = any(isinstance(event, ENDS) for event in self.logs[paid])
            assert ended, "paid twice"
        self.taken[name] = len(self.attempts) - 1
        self.unlisted.add(name)

    @precondition(lambda self: self.answer is not None)
    @rule(clear=st.booleans())
    def hear(self, clear):
        taken, name = self.answer
        self.answer = None
        if not clear:
            self.happens(job.LostTrack("reset"))
        elif taken:
            self.happens(job.Sent(name))
        else:
            self.happens(job.Refused("400"))

    @precondition(lambda self: self.answer is not None and not self.answer[0])
    @rule()
    def never_leave(self):
        self.answer = None
        self.happens(job.NotTaken("refused connection"))

    @precondition(lambda self: self.newest.state is State.INTENT)
    @rule()
    def crash(self):
        """A new process cannot know whether the INTENT it finds was sent."""
        self.answer, self.leave = None, False
        self.happens(job.LostTrack("found at start"))

    @precondition(lambda self: self.leave and self.newest.state is State.INTENT)
    @rule()
    def withdraw(self):
        self.leave = False
        self.happens(job.Withdrawn("interrupted"))

    @precondition(lambda self: not self.settled)
    @rule()
    def settle(self):
        """Time passes: what was taken is listed."""
        self.unlisted.clear()
        self.settled = True

    @precondition(lambda self: self.may(job.Adopted))
    @rule()
    def look(self):
        found = self.found()
        if found:
            self.happens(job.Adopted(found[0]))
        else:
            self.looks += 1
            self.happens(job.Looked("none"))

    @precondition(lambda self: self.may(job.ProvedAbsent) and self.settled and self.looks > 1)
    @rule()
    def prove(self):
        if not self.found():
            self.happens(job.ProvedAbsent("none after two looks"))

    @precondition(lambda self: self.newest.state in WAYS)
    @rule()
    def go_on(self):
        """Nothing unusual: made, saved, and damaged one day."""
        self.happens(made(WAYS[self.newest.state]))

    @rule(end=st.sampled_from([*ENDS, job.Refunded]))
    def end(self, end):
        if self.may(end):
            self.happens(made(end))

    @precondition(lambda self: self.newest.state not in BINDING)
    @rule()
    def try_again(self):
        self.attempts.append(Job())
        self.logs.append([])
        self.leave = True


PLAY = settings(max_examples=300, stateful_step_count=20, phases=[Phase.generate])


def careless(state, event, after):
    """Return the play under the table with one entry changed."""

    class Careless(Buying):
        table = MappingProxyType({**TABLE, state: {**TABLE[state], event: after}})

    return Careless


def test_no_sequence_of_events_pays_twice_without_a_recorded_failure():
    """Whatever the provider answers and whenever the client ends, a clip is paid for once.

    A second payment follows only on a written end of the first: it failed, it is gone from the
    provider, or the user gave it up.
    """
    play(Buying, settings=PLAY)


@pytest.mark.parametrize(
    ("state", "event", "after"),
    [
        (State.INTENT, job.LostTrack, State.INTENT),
        (State.UNKNOWN, job.Looked, State.INTENT),
        (State.INTENT, job.LostTrack, State.REFUSED),
        (State.SUBMITTED, job.Finished, State.REFUNDED),
        (State.OWNED, job.ClipMissing, State.REFUNDED),
        (State.OWNED, job.ClipMissing, State.INTENT),
    ],
    ids=[
        "an unclear answer may be sent again",
        "one look without a match is proof",
        "an unclear answer is a refusal",
        "a finished clip binds nothing",
        "a damaged clip is bought again",
        "a damaged clip is ordered again",
    ],
)
def test_the_play_notices_a_careless_table(state, event, after):
    """The control: each of these tables pays twice, and the play finds out how."""
    with pytest.raises(AssertionError, match="paid twice"):
        play(careless(state, event, after), settings=settings(PLAY, max_examples=5000))
