"""The poller: seldom and in time, and who waits is told how it stands."""

import asyncio
import random  # noqa: TID251 - seeded

import pytest

from fakes.looks import ScriptedLooks
from fakes.virtual import VirtualClock, run_virtual
from storyboard.engine.poller import Poller
from storyboard.engine.ports import Failed, Ready, Running
from storyboard.engine.provider import Unreachable

SILENT = Unreachable("the line is dead")


class Crowd:
    """So many orders, so many being made at once, each in 60 to 127 seconds."""

    def __init__(self, model_of, *, count=1500, at_once=100):
        self.random = random.Random(7)
        self.clock = VirtualClock()
        self.model_of = model_of
        self.count = count
        self.places = asyncio.Semaphore(at_once)
        self.made = {}
        self.looks = 0
        self.late = []

    async def look(self, prediction):
        self.looks += 1
        await self.clock.sleep(0.05)
        ready = self.made[prediction] <= self.clock.monotonic()
        await self.clock.sleep(0.05)
        return Ready() if ready else Running()

    async def order(self, poller, number):
        async with self.places:
            name, model = str(number), self.model_of(number)
            latency = self.random.uniform(60, 127)
            since = self.clock.monotonic()
            self.made[name] = since + latency
            await poller.outcome(name, model=model, since=since, told=lambda _: None)
            self.late.append((self.clock.monotonic() - self.made[name]) / latency)

    def run(self):
        """Return looks per order, and mean lateness as a part of the latency."""

        async def main():
            async with Poller(self.look, self.clock) as poller:
                await asyncio.gather(*(self.order(poller, n) for n in range(self.count)))

        run_virtual(main)
        return self.looks / self.count, sum(self.late) / self.count


def test_a_thousand_orders_are_noticed_in_time_with_few_looks():
    """At most 13 looks each and under 3 % late, though nothing is known at the start."""
    looks, late = Crowd(lambda _: "m").run()
    print(f"\n1,500 orders of 60-127 s, 100 at once: {looks:.2f} looks each, {late:.2%} late")  # noqa: T201
    assert looks <= 13
    assert late < 0.03


def test_it_is_what_was_learned_that_makes_looks_few_and_timely():
    """The control: where every order is of a model of its own, nothing is met."""
    looks, late = Crowd(str, count=300).run()
    print(f"\nnothing learned: {looks:.2f} looks each, {late:.2%} late")  # noqa: T201
    assert looks > 13
    assert late > 0.03


def test_the_first_order_that_is_ready_helps_all_that_wait():
    """The moment it is known how long a model takes, orders on their way are looked at anew."""
    provider = ScriptedLooks({"first": 60.0, "later": 55.0, "other": 55.0})

    async def main():
        async with provider.poller() as poller:
            first = asyncio.create_task(provider.follow(poller, "first"))
            await provider.clock.sleep(5.0)
            later = provider.follow(poller, "later")
            other = provider.follow(poller, "other", model="another")
            await asyncio.gather(first, later, other)

    run_virtual(main)
    noticed = {name: times[-1] for name, times in provider.looked.items()}
    assert noticed["later"] == noticed["first"]
    assert noticed["other"] > noticed["first"] + 4.0


def test_latencies_of_earlier_runs_spare_the_early_looks():
    """An order is first looked at about when the fastest tenth has been ready."""
    provider = ScriptedLooks({"a": 90.0})
    provider.run(learned={"m": [60.0 + n for n in range(68)], "other": [3.0] * 50})
    assert 50.0 < provider.looked["a"][0] < 67.0


def test_no_order_is_looked_at_before_two_seconds():
    """However fast the model is said to be."""
    provider = ScriptedLooks({"known": 0.1, "unknown": 0.1})
    provider.run(learned={"m": [0.1] * 50})
    assert provider.looked == {"known": [2.0], "unknown": [2.0]}


def test_an_order_of_an_earlier_run_is_looked_at_at_once():
    """It has waited long enough; how long it took is not known, so nothing is learned from it."""
    provider = ScriptedLooks({"old": 0.0, "new": 500.0})

    async def main():
        async with provider.poller() as poller:
            await provider.clock.sleep(100.0)
            await provider.follow(poller, "old", since=-7200.0)
            await provider.follow(poller, "new")

    run_virtual(main)
    assert provider.looked["old"] == [100.0]
    assert provider.looked["new"][0] == 102.0


def test_it_is_told_how_an_order_stands():
    """Every look but the last; then comes the outcome, as the provider gave it."""
    ready, failed = Ready("https://example.com/clip.mp4", flagged=True), Failed("too dark")
    provider = ScriptedLooks(
        {"a": [Running(), Running(0.5), SILENT, ready], "b": [failed], "c": [Running(0.1), ready]}
    )
    assert provider.run() == {"a": ready, "b": failed, "c": ready}
    assert provider.told == {"a": [Running(), Running(0.5), SILENT], "b": [], "c": [Running(0.1)]}


def test_never_more_looks_at_once_than_allowed():
    """Though all are due together; and all come to their turn."""
    provider = ScriptedLooks({str(n): [Running(), Ready()] for n in range(40)}, seconds=3.0)
    ends = provider.run(at_once=7)
    assert set(ends.values()) == {Ready()}
    assert provider.most_looking == 7


def test_a_poller_that_may_not_look_is_refused():
    """Everybody would wait for ever."""
    with pytest.raises(ValueError, match="nothing is ever looked at"):
        ScriptedLooks({}).poller(at_once=0)


def test_two_may_wait_for_the_same_order():
    """Each has its outcome."""
    provider = ScriptedLooks({"a": 20.0})

    async def main():
        async with provider.poller() as poller:
            return await asyncio.gather(*(provider.follow(poller, "a") for _ in range(2)))

    assert run_virtual(main) == [Ready(), Ready()]
