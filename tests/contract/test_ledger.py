"""What every ledger promises: no clip held twice, no cap overshot, every event in its place.

The suite runs over the ledger in memory and the one on disk; at the end both are played against
each other. That the disk's promises hold between processes is shown in test_ledger_processes.py.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.ledger import MemoryLedger
from storyboard.adapters.ledger.database import SqliteLedger
from storyboard.model import job
from storyboard.model.attempt import Attempt, Cap, Caps, Held, Order, OverCap, Spending
from storyboard.model.job import EVENTS, IllegalEvent, State
from storyboard.model.money import MicroUsd
from storyboard.model.request import ClipKey

START = datetime(2026, 11, 22, 10, 30, 0, 123456, tzinfo=UTC)
NO_CAPS = Caps()


class Calendar:
    """A date that a test can set."""

    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now


class OnDisk:
    """Ledgers in one file, a connection for each run."""

    def __init__(self, path, now):
        self.path, self.now, self.opened = path, now, []

    def open(self, run):
        self.opened.append(SqliteLedger(self.path, self.now, run))
        return self.opened[-1]

    def close(self):
        for each in self.opened:
            each.close()


class InMemory:
    """Ledgers of one memory."""

    def __init__(self, now):
        self.first = MemoryLedger(now, "nobody")

    def open(self, run):
        return self.first.beside(run)

    def close(self):
        pass


@pytest.fixture
def calendar():
    return Calendar()


@pytest.fixture(params=["memory", "sqlite"])
def archive(request, tmp_path, calendar):
    archive = (
        InMemory(calendar)
        if request.param == "memory"
        else OnDisk(tmp_path / "ledger.db", calendar)
    )
    yield archive
    archive.close()


@pytest.fixture
def ledger(archive):
    return archive.open("run-1")


def order(key="a", *, price=10, film="film.yaml"):
    payload = f'{{"prompt": "a cät {key}"}}'
    return Order(ClipKey(key * 64), f"shot-{key}", film, "openai/sora-2", MicroUsd(price), payload)


def bought(ledger, key="a", **more):
    """Reserve a clip and take it all the way into the store."""
    attempt = ledger.reserve(order(key, **more), NO_CAPS).id
    for event in (job.Sent(f"p-{key}"), job.Finished(), job.Saved("sha")):
        ledger.record(attempt, event)
    return attempt


def test_an_empty_ledger_knows_nothing(ledger):
    """Asking is free and makes nothing."""
    assert ledger.attempts() == ledger.open_attempts() == ()
    assert ledger.attempt_for(order().key) is None
    assert ledger.find("1") is ledger.find("none") is ledger.holder_of("p") is None
    assert ledger.events("1") == ()
    assert ledger.spent() == Spending()
    assert ledger.upload("sha") is None


def test_an_intent_says_everything(ledger):
    """What was ordered, for what, when, in which run; to the millisecond, in UTC."""
    attempt = ledger.reserve(order(), NO_CAPS)
    assert isinstance(attempt, Attempt)
    assert attempt.job == job.Job()
    assert attempt.order == order()
    assert attempt.run == "run-1"
    assert attempt.reserved_at == START.replace(microsecond=123000)
    assert ledger.find(attempt.id) == attempt == ledger.attempt_for(order().key)
    assert ledger.attempts() == ledger.open_attempts() == (attempt,)


def test_another_run_sees_the_same(archive, ledger):
    """The ledger is one; only what a run spends is told apart."""
    attempt = ledger.reserve(order(), NO_CAPS)
    other = archive.open("run-2")
    assert other.attempts() == (attempt,)
    assert isinstance(other.reserve(order("b"), NO_CAPS), Attempt)
    assert [each.run for each in ledger.attempts()] == ["run-1", "run-2"]


@pytest.mark.parametrize(
    "events",
    [
        (),
        (job.NotTaken("refused connection"),),
        (job.LostTrack("reset"), job.Looked("none")),
        (job.Sent("p"),),
        (job.Sent("p"), job.Finished()),
        (job.Sent("p"), job.Finished(), job.Saved("sha")),
        (job.Sent("p"), job.Finished(), job.Saved("sha"), job.ClipMissing()),
    ],
)
def test_a_clip_that_may_be_paid_for_is_not_reserved_again(archive, ledger, events):
    """Whatever became of the attempt, and from whatever run one asks."""
    attempt = ledger.reserve(order(), NO_CAPS)
    for event in events:
        attempt = ledger.record(attempt.id, event)
    assert archive.open("run-2").reserve(order(), NO_CAPS) == Held(attempt)
    assert len(ledger.attempts()) == 1


@pytest.mark.parametrize(
    "events",
    [
        (job.Refused("400"),),
        (job.Withdrawn("interrupted"),),
        (job.Sent("p"), job.Failed("1405")),
        (job.Sent("p"), job.Failed("1405"), job.Refunded("row")),
        (job.Sent("p"), job.Gone("404")),
        (job.LostTrack("reset"), job.Forgotten()),
    ],
)
def test_a_clip_whose_attempt_has_ended_may_be_reserved_again(ledger, events):
    """The new attempt is one of its own, and the one that is found for the clip."""
    first = ledger.reserve(order(), NO_CAPS)
    for event in events:
        ledger.record(first.id, event)
    second = ledger.reserve(order(), NO_CAPS)
    assert isinstance(second, Attempt)
    assert second.id != first.id
    assert ledger.attempt_for(order().key) == second


def test_events_are_kept_in_order(archive, ledger, calendar):
    """Each with its own words, its time and the run that wrote it."""
    attempt = ledger.reserve(order(), NO_CAPS).id
    ledger.record(attempt, job.LostTrack("502, „Bad Gateway“\n"))
    calendar.now += timedelta(seconds=5)
    archive.open("run-2").record(attempt, job.Adopted("p"))
    lost, adopted = ledger.events(attempt)
    assert (lost.event, lost.run) == (job.LostTrack("502, „Bad Gateway“\n"), "run-1")
    assert (adopted.event, adopted.run) == (job.Adopted("p"), "run-2")
    assert adopted.at - lost.at == timedelta(seconds=5)
    assert ledger.find(attempt).job == job.Job(State.SUBMITTED, "p")


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_every_event_comes_back_as_it_was(ledger, event):
    """Whatever it carries."""
    before = next(
        events
        for events in (
            (),
            (job.LostTrack("x"),),
            (job.Sent("p"),),
            (job.Sent("p"), job.Finished()),
            (job.Sent("p"), job.Finished(), job.Saved("x")),
            (job.Sent("p"), job.Failed("x")),
        )
        if event in job.TABLE[ends_in(events)]
    )
    attempt = ledger.reserve(order(), NO_CAPS).id
    happened = event(*(5 if name == "amount" else "näme" for name in event.__match_args__))
    for each in (*before, happened):
        ledger.record(attempt, each)
    assert [entry.event for entry in ledger.events(attempt)] == [*before, happened]


def ends_in(events):
    state = job.Job()
    for event in events:
        state = state.after(event)
    return state.state


def test_an_illegal_event_changes_nothing(ledger):
    """Not the attempt, not its events."""
    attempt = bought(ledger)
    before = ledger.find(attempt), ledger.events(attempt), ledger.spent()
    with pytest.raises(IllegalEvent):
        ledger.record(attempt, job.Sent("p2"))
    assert (ledger.find(attempt), ledger.events(attempt), ledger.spent()) == before


def test_an_attempt_nobody_made_cannot_have_events(ledger):
    """A wrong id is refused like a wrong event."""
    with pytest.raises(IllegalEvent, match="no attempt 7"):
        ledger.record("7", job.Sent("p"))
    assert ledger.events("7") == ()


@pytest.mark.parametrize("event", [job.Sent("p-a"), job.Adopted("p-a")])
def test_a_prediction_belongs_to_one_attempt(ledger, event):
    """Two orders that look the same cannot both be taken for one prediction."""
    first = bought(ledger)
    second = ledger.reserve(order("b"), NO_CAPS).id
    if isinstance(event, job.Adopted):
        ledger.record(second, job.LostTrack("reset"))
    before = ledger.find(second), ledger.events(second)
    with pytest.raises(IllegalEvent, match=f"p-a belongs to attempt {first}"):
        ledger.record(second, event)
    assert (ledger.find(second), ledger.events(second)) == before
    assert ledger.holder_of("p-a").id == first


def test_open_attempts_are_those_with_something_left_to_do(ledger):
    """Oldest first; what is owned or ended is left alone."""
    bought(ledger, "a")
    waiting = [ledger.reserve(order(key), NO_CAPS).id for key in "bcdef"]
    ledger.record(waiting[1], job.LostTrack("reset"))
    ledger.record(waiting[2], job.Sent("p"))
    ledger.record(waiting[3], job.Refused("400"))
    assert [each.id for each in ledger.open_attempts()] == [*waiting[:3], waiting[4]]
    assert [each.job.state for each in ledger.open_attempts()] == [
        State.INTENT,
        State.UNKNOWN,
        State.SUBMITTED,
        State.INTENT,
    ]


def test_attempts_of_one_film(ledger):
    """A project's films share its ledger."""
    bought(ledger, "a")
    bought(ledger, "b", film="other.yaml")
    assert [each.order.film for each in ledger.attempts("other.yaml")] == ["other.yaml"]
    assert len(ledger.attempts()) == 2


# Caps


def caps_of(cap, limit):
    return Caps(**{cap.value: MicroUsd(limit)})


@pytest.mark.parametrize("cap", Cap)
def test_a_cap_is_reached_and_never_passed(ledger, cap):
    """To the last micro-dollar; the refusal says which cap, and by how much."""
    assert isinstance(ledger.reserve(order("a"), caps_of(cap, 10)), Attempt)
    assert ledger.reserve(order("b"), caps_of(cap, 19)) == OverCap(cap, 19, 10, 10)
    assert isinstance(ledger.reserve(order("b"), caps_of(cap, 20)), Attempt)
    assert ledger.reserve(order("c", price=1), caps_of(cap, 20)) == OverCap(cap, 20, 20, 1)
    assert len(ledger.attempts()) == 2


def test_no_cap_is_no_limit(ledger):
    """And what costs nothing passes every one."""
    assert isinstance(ledger.reserve(order("a", price=10**15), NO_CAPS), Attempt)
    assert isinstance(ledger.reserve(order("b", price=0), Caps(*[MicroUsd(0)] * 3)), Attempt)


def test_each_cap_has_its_own_scope(archive, ledger, calendar):
    """This run's, this film's, this month's: what lies outside does not count."""
    bought(ledger, "a")
    later = archive.open("run-2")
    assert later.reserve(order("b"), caps_of(Cap.FILM, 19)) == OverCap(Cap.FILM, 19, 10, 10)
    assert later.reserve(order("b"), caps_of(Cap.MONTH, 19)) == OverCap(Cap.MONTH, 19, 10, 10)
    assert isinstance(later.reserve(order("b"), caps_of(Cap.RUN, 10)), Attempt)
    assert isinstance(later.reserve(order("c", film="other"), caps_of(Cap.FILM, 10)), Attempt)
    calendar.now = datetime(2026, 12, 1, 0, 0, tzinfo=UTC)
    assert isinstance(later.reserve(order("d"), caps_of(Cap.MONTH, 10)), Attempt)


def test_months_are_those_of_utc(archive, calendar):
    """Whatever the clock's own zone."""
    calendar.now = datetime(2026, 12, 1, 1, 0, tzinfo=timezone(timedelta(hours=2)))
    ledger = archive.open("run")
    bought(ledger)
    assert ledger.spent(month="2026-11").counted == 10
    assert ledger.spent(month="2026-12").counted == 0
    assert ledger.attempts()[0].reserved_at == calendar.now


@pytest.mark.parametrize(
    ("events", "spending"),
    [
        ((), Spending(MicroUsd(0), MicroUsd(10))),
        ((job.LostTrack("x"),), Spending(MicroUsd(0), MicroUsd(10))),
        ((job.LostTrack("x"), job.Forgotten()), Spending(MicroUsd(0), MicroUsd(10))),
        ((job.Sent("p"),), Spending(MicroUsd(10), MicroUsd(0))),
        ((job.Sent("p"), job.Billed(MicroUsd(7))), Spending(MicroUsd(7), MicroUsd(0))),
        ((job.Sent("p"), job.Failed("x")), Spending(MicroUsd(10), MicroUsd(0))),
        ((job.Sent("p"), job.Failed("x"), job.Refunded("row")), Spending()),
        ((job.Refused("400"),), Spending()),
        ((job.Withdrawn("stop"),), Spending()),
    ],
)
def test_what_counts_is_what_may_be_gone(ledger, events, spending):
    """The table's word for it, in every sum and every cap."""
    attempt = ledger.reserve(order(), NO_CAPS).id
    for event in events:
        ledger.record(attempt, event)
    assert ledger.spent() == ledger.spent(film="film.yaml") == spending
    assert ledger.spent(run="run-1") == ledger.spent(month="2026-11") == spending
    assert ledger.spent(film="film.yaml", month="2026-11", run="run-1") == spending
    for elsewhere in ({"film": "x"}, {"run": "run-2"}, {"month": "2026-10"}):
        assert ledger.spent(**elsewhere) == Spending()
    room = MicroUsd(spending.counted + 10)
    assert isinstance(ledger.reserve(order("b"), Caps(room, room, room)), Attempt)


def test_threads_share_a_ledger(ledger):
    """Many at once, as the engine's are: no cap is passed, no clip held twice, nothing lost."""

    def reserve(number):
        return ledger.reserve(order(chr(ord("a") + number % 40)), caps_of(Cap.RUN, 200))

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(reserve, range(120)))
    reserved = [each for each in answers if isinstance(each, Attempt)]
    assert len(reserved) == len({each.order.key for each in reserved}) == 20
    assert ledger.attempts() == tuple(sorted(reserved, key=lambda each: int(each.id)))


# Uploads


def test_an_upload_is_remembered_while_it_surely_lives(ledger, calendar):
    """For less than the seven days that the provider keeps it."""
    ledger.remember_upload("sha", "https://files/1")
    assert ledger.upload("sha") == "https://files/1"
    assert ledger.upload("other") is None
    calendar.now += timedelta(days=6, seconds=-1)
    assert ledger.upload("sha") == "https://files/1"
    calendar.now += timedelta(seconds=2)
    assert ledger.upload("sha") is None
    ledger.remember_upload("sha", "https://files/2")
    assert ledger.upload("sha") == "https://files/2"


def test_an_upload_from_the_future_is_not_trusted(ledger, calendar):
    """The clock was set back: nobody knows how old it is."""
    ledger.remember_upload("sha", "https://files/1")
    calendar.now -= timedelta(days=1)
    assert ledger.upload("sha") is None


# The two against each other

STEP = st.one_of(
    st.tuples(
        st.just("reserve"),
        st.sampled_from("abc"),
        st.integers(0, 30),
        st.sampled_from(["x", "y"]),
        st.builds(Caps, *[st.none() | st.integers(0, 60)] * 3),
    ),
    st.tuples(
        st.just("record"),
        st.sampled_from(["1", "2", "3", "4", "9"]),
        st.sampled_from(
            [
                each(*(3 if name == "amount" else value for name in each.__match_args__))
                for each in EVENTS.values()
                for value in ("p", "q")
            ]
        ),
    ),
    st.tuples(st.just("pass"), st.integers(1, 10)),
)


def do(ledger, calendar, step):
    match step:
        case ["reserve", key, price, film, caps]:
            return ledger.reserve(order(key, price=price, film=film), caps)
        case ["record", attempt, event]:
            try:
                return ledger.record(attempt, event)
            except IllegalEvent:
                return "illegal"
        case ["pass", _]:
            return None


def seen(ledger):
    attempts = ledger.attempts()
    return (
        attempts,
        ledger.open_attempts(),
        [ledger.events(each.id) for each in attempts],
        [ledger.attempt_for(ClipKey(key * 64)) for key in "abc"],
        [ledger.holder_of(name) for name in "pq"],
        [ledger.spent(**scope) for scope in ({}, {"film": "x"}, {"month": "2026-11"})],
    )


@settings(max_examples=60)
@given(steps=st.lists(STEP, min_size=1, max_size=25))
def test_memory_and_disk_answer_alike(tmp_path_factory, steps):
    """Whatever is asked of them, in whatever order."""
    calendar = Calendar()
    path = tmp_path_factory.mktemp("alike") / "ledger.db"
    with SqliteLedger(path, calendar, "run") as disk:
        memory = MemoryLedger(calendar, "run")
        for step in steps:
            if step[0] == "pass":
                calendar.now += timedelta(days=step[1])
            assert do(disk, calendar, step) == do(memory, calendar, step)
        assert seen(disk) == seen(memory)
