"""A graph of steps: each starts when what it waits for is made, and not where that fails."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.virtual import VirtualClock, run_virtual
from storyboard.engine.graph import chain_lengths, run_graph


class Graph:
    """Runs steps that take their time, and remembers when each began and ended."""

    def __init__(self, waits_for, *, seconds=None, bad=()):
        self.waits_for = waits_for
        self.seconds = seconds or {}
        self.bad = frozenset(bad)
        self.began = {}
        self.ended = {}
        self.cancelled = []
        self.clock = VirtualClock()

    async def work(self, step):
        self.began[step] = self.clock.monotonic()
        try:
            await self.clock.sleep(self.seconds.get(step, 1.0))
        except asyncio.CancelledError:
            await self.clock.sleep(5.0)  # as one who has to put something away first
            self.cancelled.append(step)
            raise
        self.ended[step] = self.clock.monotonic()
        if self.bad and step in self.bad:
            return "failed"
        return "made"

    def run(self, work=None):
        return run_virtual(lambda: self.start(work))

    async def start(self, work=None):
        skipped = "skipped {} for {}".format
        return await run_graph(self.waits_for, work or self.work, skipped, "made".__eq__)


def test_steps_that_need_nothing_run_together():
    """Siblings take as long as the longest of them."""
    graph = Graph({"a": [], "b": [], "c": []}, seconds={"b": 9.0})
    assert graph.run() == {"a": "made", "b": "made", "c": "made"}
    assert set(graph.began.values()) == {0.0}
    assert graph.ended == {"a": 1.0, "b": 9.0, "c": 1.0}


def test_a_step_starts_the_moment_the_last_it_waits_for_is_made():
    """And does not wait for anything else."""
    graph = Graph({"c": ["a", "b"], "b": [], "a": [], "d": []}, seconds={"b": 3.0, "d": 50.0})
    graph.run()
    assert graph.began == {"a": 0.0, "b": 0.0, "d": 0.0, "c": 3.0}


def test_results_come_in_the_order_of_the_steps():
    """Whoever ends first."""
    graph = Graph({"c": ["a"], "b": [], "a": []}, seconds={"b": 9.0})
    assert list(graph.run()) == ["c", "b", "a"]


def test_steps_that_can_start_together_start_in_the_order_given():
    """Also where an earlier step names a later one."""
    graph = Graph({"chained": ["late"], "early": [], "late": []})
    graph.run()
    assert list(graph.began) == ["early", "late", "chained"]


def test_what_waits_for_a_failed_step_is_never_started():
    """Each is told the one it waited for; the others go on."""
    waits_for = {"a": [], "b": ["a"], "c": ["b"], "d": ["c", "e"], "e": [], "f": ["e"]}
    graph = Graph(waits_for, bad=["a"])
    assert graph.run() == {
        "a": "failed",
        "b": "skipped b for a",
        "c": "skipped c for b",
        "d": "skipped d for c",
        "e": "made",
        "f": "made",
    }
    assert set(graph.began) == {"a", "e", "f"}


def test_what_is_skipped_counts_as_not_made_whatever_its_result():
    """A step behind a skipped one is not started even if `made` likes the skipped one's result."""

    async def work(step):
        assert step == "a"
        return False

    async def main():
        waits_for = {"a": [], "b": ["a"], "c": ["b"]}
        return await run_graph(waits_for, work, lambda *_: True, lambda result: result)

    assert run_virtual(main) == {"a": False, "b": True, "c": True}


def test_what_is_no_step_is_not_waited_for():
    """A shot may start from a clip that is owned already."""
    assert Graph({"a": ["owned"], "b": ["a", "owned"]}).run() == {"a": "made", "b": "made"}


def test_no_steps_give_no_results():
    """An empty graph ends at once."""
    assert Graph({}).run() == {}


@pytest.mark.parametrize(
    "waits_for", [{"a": ["a"]}, {"free": [], "a": ["b"], "b": ["c"], "c": ["a"]}]
)
def test_a_circle_is_refused_before_anything_starts(waits_for):
    """Nobody could ever start it, so nothing else is started either."""
    graph = Graph(waits_for)
    with pytest.raises(ValueError, match="a, which waits for"):
        graph.run()
    assert graph.began == {}
    with pytest.raises(ValueError, match="a, which waits for"):
        chain_lengths(waits_for)


def test_a_circle_is_told_in_the_direction_of_waiting():
    """The message can be read aloud."""
    with pytest.raises(ValueError, match=r"(a, .* b, .* c|b, .* c, .* a|c, .* a, .* b)"):
        chain_lengths({"a": ["b"], "b": ["c"], "c": ["a"]})


class Broken(Exception):
    pass


def breaking(graph, after):
    async def work(step):
        if step == "bad":
            await graph.clock.sleep(after)
            raise Broken
        return await graph.work(step)

    return work


def test_an_exception_is_raised_as_itself_after_all_the_others_have_ended():
    """What was running is cancelled and has had its time to put things away; no more starts."""
    graph = Graph({"slow": [], "bad": [], "next": ["quick"], "quick": []}, seconds={"slow": 99.0})

    async def main():
        with pytest.raises(Broken):
            await graph.start(breaking(graph, after=1.5))
        return graph.clock.monotonic(), len(asyncio.all_tasks())

    assert run_virtual(main) == (6.5, 1)
    assert sorted(graph.cancelled) == ["next", "slow"]


def test_two_exceptions_at_once_raise_the_first():
    """The second is not lost track of: no warning of an exception that nobody took."""

    async def work(step):
        raise Broken(step)

    with pytest.raises(Broken, match="a"):
        Graph({"a": [], "b": []}).run(work)


def test_cancelling_the_run_ends_every_step_first():
    """Ctrl-C: when the run has ended, nothing of it goes on."""
    graph = Graph({"a": [], "b": [], "c": ["a"]}, seconds={"a": 60.0, "b": 60.0})

    async def main():
        run = asyncio.create_task(graph.start())
        await graph.clock.sleep(1.0)
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
        return len(asyncio.all_tasks())

    assert run_virtual(main) == 1
    assert sorted(graph.cancelled) == ["a", "b"]
    assert "c" not in graph.began


@st.composite
def graphs(draw):
    """Draw a graph without circles, told in any order, the seconds of its steps and bad ones."""
    steps = range(draw(st.integers(0, 9)))
    edges = {n: draw(st.lists(st.integers(0, n - 1), max_size=3)) if n else [] for n in steps}
    told = draw(st.permutations(list(steps)))
    seconds = {n: float(draw(st.integers(0, 4))) for n in steps}
    bad = draw(st.sets(st.sampled_from(steps), max_size=3)) if steps else set()
    return {n: edges[n] for n in told}, seconds, bad


@given(graphs())
def test_any_graph_runs_in_order_and_no_later_than_it_may(drawn):
    """Each step starts exactly when all it waits for is made; behind a failure, nothing starts."""
    waits_for, seconds, bad = drawn
    graph = Graph(waits_for, seconds=seconds, bad=bad)
    results = graph.run()
    assert list(results) == list(waits_for)
    for step, others in waits_for.items():
        if all(results[other] == "made" for other in others):
            assert results[step] == ("failed" if step in bad else "made")
            assert graph.began[step] == max((graph.ended[other] for other in others), default=0.0)
        else:
            blocked = next(other for other in others if results[other] != "made")
            assert results[step] == f"skipped {step} for {blocked}"
            assert step not in graph.began


def test_the_longest_chain_weighs_most():
    """A step is as urgent as all that hangs on it in a row, itself included."""
    waits_for = {"a": [], "b": ["a"], "c": ["b", "owned"], "d": ["a"], "e": []}
    assert chain_lengths(waits_for) == {"a": 3.0, "b": 2.0, "c": 1.0, "d": 1.0, "e": 1.0}
    assert chain_lengths(waits_for, {"d": 10.0, "e": 4.0}) == {
        "a": 11.0,
        "b": 2.0,
        "c": 1.0,
        "d": 10.0,
        "e": 4.0,
    }


@given(graphs())
def test_a_chain_is_its_step_and_the_longest_behind_it(drawn):
    """Against the definition, for any graph."""
    waits_for, seconds, _ = drawn
    lengths = chain_lengths(waits_for, seconds)
    assert list(lengths) == list(waits_for)
    for step in waits_for:
        behind = (lengths[other] for other, needs in waits_for.items() if step in needs)
        assert lengths[step] == seconds[step] + max(behind, default=0.0)
