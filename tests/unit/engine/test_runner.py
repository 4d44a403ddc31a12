"""The runner: every shot is followed to its end, and no more orders are open than may be."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.api import FakeApi
from fakes.clips import MemoryClips
from fakes.clock import FakeClock
from storyboard.engine.events import Finished, Kept, ShotFailed, Started, Submitted, Working
from storyboard.engine.ports import Failed, Ready, Running
from storyboard.engine.runner import Limits, RunResult, run_plan
from storyboard.model.errors import EnvironmentFault
from storyboard.model.money import MicroUsd, Millis
from storyboard.model.plan import Generate, Plan, PlannedShot, Reuse, Why
from storyboard.model.request import ClipRequest, clip_key


def shot(name, step=None):
    request = ClipRequest("house", (("name", name),), Millis(4000))
    step = step or Generate(Why.NEW, MicroUsd(100))
    length = Millis(4000)
    return PlannedShot(name, "s", "house", step, length, length, request, clip_key(request))


def plan(*shots):
    made = tuple(each if isinstance(each, PlannedShot) else shot(each) for each in shots)
    return Plan("film.yaml", made, Millis(0))


class Run:
    """One run of a plan on fakes, and everything that was seen of it."""

    def __init__(self, scripts=None, *, at_once=10, refuse=None, between=2.0):
        self.store = MemoryClips()
        self.api = FakeApi(self.store.files, scripts, refuse=refuse)
        self.clock = FakeClock()
        self.events = []
        self.limits = Limits(at_once, between)

    def carry_out(self, *shots) -> RunResult:
        work = run_plan(
            plan(*shots), self.api, self.store, self.clock, self.events.append, self.limits
        )
        return asyncio.run(work)

    def told(self, kind):
        return [each for each in self.events if isinstance(each, kind)]


def test_the_life_of_one_clip():
    """Started, submitted, looked at until ready with a pause each time, kept, finished."""
    run = Run({0: [Running(), Running(0.5), Ready()]})
    assert run.carry_out("a") == RunResult(("a",), ())
    assert run.events == [
        Started(1, MicroUsd(100)),
        Submitted("a", "order-0"),
        Working("a", None),
        Working("a", 0.5),
        Kept("a"),
        Finished(1, 0),
    ]
    assert run.clock.slept == [2.0, 2.0]
    assert run.store.find(shot("a").key) is not None


def test_nothing_is_done_for_what_is_owned():
    """A plan of nothing but reuse submits nothing and waits for nothing."""
    run = Run()
    assert run.carry_out(shot("a", Reuse())) == RunResult((), ())
    assert run.events == [Started(0, MicroUsd(0)), Finished(0, 0)]
    assert (run.api.submitted, run.clock.slept) == ([], [])


def test_the_result_is_in_the_order_of_the_plan():
    """Whoever is ready first, the shots are told in film order."""
    run = Run({0: [Running(), Running(), Ready()], 1: [Failed("x")], 2: [Ready()]})
    assert run.carry_out("a", "b", "c") == RunResult(("a", "c"), (("b", "x"),))


def test_a_failed_shot_does_not_stop_its_siblings():
    """The others are made and kept; the reason goes into the events and the result."""
    run = Run({0: [Running(), Failed("too dark")], 1: [Running(), Running(), Running(), Ready()]})
    assert run.carry_out("a", "b") == RunResult(("b",), (("a", "too dark"),))
    assert run.told(ShotFailed) == [ShotFailed("a", "too dark")]
    assert run.told(Finished) == [Finished(1, 1)]
    assert run.store.find(shot("a").key) is None


def test_a_clip_that_two_shots_share_is_ordered_once():
    """The plan's own rule, kept when it is carried out."""
    run = Run()
    assert run.carry_out("a", "a", "b").kept == ("a", "b")
    assert len(run.api.submitted) == 2


@given(st.lists(st.integers(0, 4), min_size=1, max_size=8), st.integers(1, 4))
def test_no_more_orders_are_open_than_may_be(looks, at_once):
    """However long each takes, no place is overfilled, all are used, and all shots are made."""
    scripts = {n: [*([Running()] * count), Ready()] for n, count in enumerate(looks)}
    run = Run(scripts, at_once=at_once)
    names = [f"s{n}" for n in range(len(looks))]
    assert run.carry_out(*names).kept == tuple(names)
    assert run.api.most_open <= at_once
    assert run.api.open == 0
    if len(looks) >= at_once:
        assert run.api.most_open == at_once


@given(
    st.lists(
        st.lists(st.sampled_from([Running(), Running(0.3)]), max_size=3).flatmap(
            lambda looks: st.sampled_from([[*looks, Ready()], [*looks, Failed("no")]])
        ),
        min_size=1,
        max_size=6,
    ),
    st.integers(1, 3),
)
def test_the_events_of_every_shot_are_in_order(scripts, at_once):
    """A shot is submitted once, then works, then ends once; start and finish are around it all."""
    run = Run(dict(enumerate(scripts)), at_once=at_once)
    run.carry_out(*(f"s{n}" for n in range(len(scripts))))
    assert isinstance(run.events[0], Started)
    assert isinstance(run.events[-1], Finished)
    for n, script in enumerate(scripts):
        mine = [each for each in run.events[1:-1] if each.shot == f"s{n}"]
        end = Kept if isinstance(script[-1], Ready) else ShotFailed
        assert [type(each) for each in mine] == [Submitted, *[Working] * (len(script) - 1), end]
    assert run.told(Finished) == [Finished(len(run.told(Kept)), len(run.told(ShotFailed)))]


@pytest.mark.parametrize("at_once", [1, 10])
def test_a_refusal_of_the_world_stops_the_run(at_once):
    """Without disk or network no shot can go on: the fault is raised and the rest is cancelled."""
    fault = EnvironmentFault("the network is gone")
    forever = {n: [Running()] for n in (0, 2, 3)} if at_once > 1 else {}
    run = Run({**forever, 1: [Running(), fault]}, at_once=at_once)
    with pytest.raises(EnvironmentFault, match="the network is gone") as raised:
        run.carry_out("a", "b", "c", "d")
    assert raised.value is fault
    assert run.told(Finished) == []
    assert len(run.api.submitted) == (4 if at_once > 1 else 2), "no order goes out after the fault"


def test_a_refused_order_is_raised_as_itself():
    """The runner repeats nothing on its own: a fault of submitting leaves after one attempt."""
    run = Run(refuse={0: EnvironmentFault("no key")})
    with pytest.raises(EnvironmentFault, match="no key"):
        run.carry_out("a")
    assert len(run.api.submitted) == 1


def test_a_store_that_cannot_keep_stops_the_run():
    """A full disk is the next shot's too."""
    run = Run()
    run.store.keep = _refuse
    with pytest.raises(EnvironmentFault, match="disk is full"):
        run.carry_out("a", "b")
    assert run.told(Kept) == []


def _refuse(key, path):
    message = "the disk is full"
    raise EnvironmentFault(message)


def test_an_interrupted_run_leaves_nothing_running():
    """Cancelling the run cancels every shot in it."""

    async def interrupted():
        run = Run({0: [Running()], 1: [Running()]})
        both_work = asyncio.Event()

        def listen(event):
            run.events.append(event)
            if len(run.told(Working)) > 1:
                both_work.set()

        work = asyncio.create_task(
            run_plan(plan("a", "b"), run.api, run.store, run.clock, listen, run.limits)
        )
        await both_work.wait()
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        return asyncio.all_tasks() - {asyncio.current_task()}

    assert asyncio.run(interrupted()) == set()
