"""The poller in bad weather: silence, missing orders and bugs; nobody waits for ever."""

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.looks import ScriptedLooks
from fakes.virtual import VirtualClock, run_virtual
from storyboard.engine.poller import Poller
from storyboard.engine.ports import Failed, Ready, Running
from storyboard.engine.provider import Missing, Unreachable
from storyboard.model.errors import EnvironmentFault

GONE = Missing("no such order")
SILENT = Unreachable("the line is dead")


def gaps(times):
    return [after - before for before, after in pairwise(times)]


def test_an_order_that_cannot_be_reached_is_asked_for_ever_more_seldom():
    """2 s, doubling to a minute; an answer makes it begin anew."""
    provider = ScriptedLooks({"a": [*[SILENT] * 7, Running(), SILENT, SILENT, Ready()]})
    provider.run()
    waits = gaps(provider.looked["a"])
    assert waits[:7] == [2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]
    assert waits[8:] == [2.0, 4.0]

    unknown = ScriptedLooks({"a": [*[SILENT] * 4, GONE, SILENT, SILENT, Ready()]})
    unknown.run()
    assert gaps(unknown.looked["a"])[4:] == [2.0, 2.0, 4.0]


def test_a_provider_that_asks_for_a_longer_wait_has_it():
    """But not one that asks for a shorter one, nor for a year."""
    busy = [Unreachable("busy", wait) for wait in (0.5, 50.0, 1e9)]
    provider = ScriptedLooks({"a": [*busy, Ready()]})
    provider.run(patience=1e6)
    assert gaps(provider.looked["a"]) == [2.0, 50.0, 3600.0]


def test_what_is_learned_does_not_cut_a_wait_short():
    """An order that backs off goes on doing so when its model's latency becomes known."""
    provider = ScriptedLooks({"a": [Unreachable("busy", 500.0), Ready()], "b": 30.0})
    provider.run()
    assert gaps(provider.looked["a"]) == [500.0]


def test_a_missing_order_is_believed_after_a_minute():
    """And at least three looks; the provider's list may lag behind its till."""
    provider = ScriptedLooks({"a": [GONE]})
    assert provider.run() == {"a": GONE}
    looked = provider.looked["a"]
    assert len(looked) >= 3
    assert 60.0 <= looked[-1] - looked[0] <= 90.0
    assert provider.told["a"] == []


def test_looks_far_apart_are_still_three():
    """Two looks an hour apart, with silence between, prove less than three."""
    provider = ScriptedLooks({"a": [GONE, Unreachable("busy", 3600.0), GONE, Ready()]})
    assert provider.run(patience=1e6) == {"a": Ready()}


def test_an_order_that_turns_up_is_not_missing():
    """One answer that knows it starts the count anew; silence does not."""
    turns_up = ScriptedLooks({"a": [*[GONE] * 5, Running(), GONE, GONE, GONE, Ready()]})
    assert turns_up.run() == {"a": Ready()}
    silent_between = ScriptedLooks(
        {"a": [GONE, SILENT, GONE, Unreachable("busy", 60.0), GONE, Ready()]}
    )
    assert silent_between.run() == {"a": GONE}


def test_after_ten_minutes_without_any_answer_all_are_told():
    """With the provider's last words, and what to do."""
    provider = ScriptedLooks({"a": [Running(), SILENT], "b": [SILENT], "c": [SILENT]})

    async def main():
        async with provider.poller() as poller:  # a is answered first, and then nobody
            follows = (provider.follow(poller, name) for name in "abc")
            ends = await asyncio.gather(*follows, return_exceptions=True)
            return ends, provider.clock.monotonic()

    ends, end = run_virtual(main)
    silent_since = provider.looked["b"][0]
    assert end == silent_since + 600.0
    for fault in ends:
        assert isinstance(fault, EnvironmentFault)
        assert fault.message == "the provider has not answered for 10 minutes: the line is dead"
        assert fault.hint == "the orders go on there; the same command resumes"


def test_one_answer_to_anybody_is_an_answer():
    """As long as the provider answers for one order, another may be unreachable for hours."""
    provider = ScriptedLooks({"a": [*[SILENT] * 200, Ready()], "b": 15_000.0})
    assert provider.run() == {"a": Ready(), "b": Ready()}
    assert provider.looked["a"][-1] > 10_000.0


def test_not_asking_is_no_silence():
    """Only looks that failed count: neither a pause between looks nor one between orders does."""
    provider = ScriptedLooks({"a": [SILENT], "b": [SILENT, SILENT, Ready()], "c": 100.0})

    async def main():
        async with provider.poller(patience=50.0, learned={"slow": [200.0] * 50}) as poller:
            first = asyncio.create_task(provider.follow(poller, "a"))
            await provider.clock.sleep(40.0)
            first.cancel()
            await asyncio.wait([first])
            await provider.clock.sleep(5.0)
            return await asyncio.gather(
                provider.follow(poller, "b"), provider.follow(poller, "c", model="slow")
            )

    assert run_virtual(main) == [Ready(), Ready()]


def test_after_a_silence_new_orders_can_be_followed():
    """The poller itself is not broken by it."""
    provider = ScriptedLooks({"a": [*[SILENT] * 3, Ready()]})

    async def main():
        async with provider.poller(patience=5.0) as poller:
            with pytest.raises(EnvironmentFault):
                await provider.follow(poller, "a")
            return await provider.follow(poller, "a")

    assert run_virtual(main) == Ready()


class Broken(Exception):
    pass


def test_a_bug_in_a_look_reaches_who_waits_for_that_order():
    """The others go on."""
    provider = ScriptedLooks({"a": [Running(), Broken("a")], "b": [None], "c": 30.0})
    ends = provider.run()
    assert isinstance(ends["a"], Broken)
    assert isinstance(ends["b"], AssertionError)
    assert ends["c"] == Ready()


def test_a_look_that_is_cancelled_from_within_leaves_nobody_waiting():
    """As a library may do that loses its connection."""
    provider = ScriptedLooks({"a": [asyncio.CancelledError()], "b": 30.0})
    ends = provider.run()
    assert isinstance(ends["a"], RuntimeError)
    assert ends["b"] == Ready()


def test_a_bug_in_who_is_told_reaches_who_waits():
    """It is the same caller's."""
    provider = ScriptedLooks({"a": [Running()]})

    def told(_):
        raise Broken

    async def main():
        async with provider.poller() as poller:
            await poller.outcome("a", model="m", since=0.0, told=told)

    with pytest.raises(Broken):
        run_virtual(main)


class StoppingClock(VirtualClock):
    """Breaks down after a while, and with it the poller's own task."""

    async def sleep(self, seconds):
        if self.monotonic() + seconds > 10.0:
            raise Broken
        await super().sleep(seconds)


def test_a_bug_in_the_poller_itself_reaches_all_who_wait_and_who_come_later():
    """A dead task would leave them waiting for ever."""
    provider = ScriptedLooks({"a": 100.0, "b": 200.0})

    async def main():
        async with Poller(provider.look, StoppingClock()) as poller:
            follows = (provider.follow(poller, name) for name in "ab")
            ends = await asyncio.gather(*follows, return_exceptions=True)
            late = await asyncio.gather(provider.follow(poller, "a"), return_exceptions=True)
            return [type(end) for end in (*ends, *late)]

    assert run_virtual(main) == [Broken, Broken, Broken]


def test_leaving_ends_all_looks_and_tells_who_still_waits():
    """Nothing of the poller goes on, and nobody is left behind."""
    provider = ScriptedLooks({"a": 1e6, "b": 1e6}, seconds=5.0)

    async def main():
        async with provider.poller() as poller:
            follows = [asyncio.create_task(provider.follow(poller, name)) for name in "ab"]
            await provider.clock.sleep(3.0)
            assert provider.looking == 2
        ends = await asyncio.gather(*follows, return_exceptions=True)
        assert [str(end) for end in ends] == ["the poller was left"] * 2
        with pytest.raises(RuntimeError, match="was left"):
            await provider.follow(poller, "a")
        return provider.looking, len(asyncio.all_tasks())

    assert run_virtual(main) == (0, 1)


def test_a_poller_that_was_not_entered_says_so():
    """It would never look."""
    provider = ScriptedLooks({"a": [Ready()]})

    async def main():
        await provider.follow(provider.poller(), "a")

    with pytest.raises(RuntimeError, match="was not entered"):
        run_virtual(main)


@pytest.mark.parametrize("moment", [1.0, 3.0])
def test_who_gives_up_waiting_is_looked_for_no_more(moment):
    """Before a look or during one; the others notice nothing."""
    provider = ScriptedLooks({"a": 1e6, "b": 50.0}, seconds=2.0)

    async def main():
        async with provider.poller() as poller:
            impatient = asyncio.create_task(provider.follow(poller, "a"))
            patient = asyncio.create_task(provider.follow(poller, "b"))
            await provider.clock.sleep(moment)
            impatient.cancel()
            return await patient

    assert run_virtual(main) == Ready()
    assert len(provider.looked["a"]) == int(moment > 2.0)
    assert provider.told["a"] == []


noise = st.lists(
    st.sampled_from([Running(), Running(0.7), SILENT, Unreachable("busy", 7.0), GONE]), max_size=12
)
ends = st.sampled_from([Ready("u"), Failed("no"), Broken("bug")])


def believed(script):
    """Tell how often in a row the order was missing at most."""
    run = most = 0
    for answer in script:
        run = 0 if isinstance(answer, Running) else run + isinstance(answer, Missing)
        most = max(most, run)
    return most


@given(st.lists(st.tuples(noise, ends), max_size=8), st.integers(1, 3), st.floats(0, 5))
def test_whatever_a_provider_answers_everybody_has_an_end(drawn, at_once, seconds):
    """The one that the provider gave in the end, or Missing where that was said three times."""
    provider = ScriptedLooks(
        {str(n): [*script, end] for n, (script, end) in enumerate(drawn)}, seconds=seconds
    )
    outcomes = provider.run(at_once=at_once, patience=1e6)
    for (script, end), outcome in zip(drawn, outcomes.values(), strict=True):
        assert outcome is end or (outcome is GONE and believed(script) >= 3)
    assert provider.most_looking <= at_once
