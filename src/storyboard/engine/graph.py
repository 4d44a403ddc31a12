"""Runs steps that may wait for one another's results, and tells which of them hold up the most."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Generic, TypeVar

__all__ = ["chain_lengths", "run_graph"]

K = TypeVar("K", bound=Hashable)
R = TypeVar("R")


async def run_graph(
    waits_for: Mapping[K, Collection[K]],
    work: Callable[[K], Awaitable[R]],
    skipped: Callable[[K, K], R],
    made: Callable[[R], bool],
) -> dict[K, R]:
    """Run every step once all it waits for is made; return each step's result, in order.

    What waits for a step that is not `made` is never started: its result is `skipped(step, other)`,
    and it counts as not made. An exception of a step ends the others and is raised as it is.
    ValueError where steps wait for each other in a circle.
    """
    return await _Run(waits_for, work, skipped, made).to_the_end()


def chain_lengths(
    waits_for: Mapping[K, Collection[K]], weights: Mapping[K, float] | None = None
) -> dict[K, float]:
    """Return the weight of the longest chain that hangs on each step, itself included.

    A step without a weight weighs 1.
    """
    sorter = _sorter(waits_for)
    order: list[K] = []
    while ready := sorter.get_ready():
        order += ready
        sorter.done(*ready)
    behind: dict[K, float] = {}
    for step in reversed(order):
        length = (weights or {}).get(step, 1.0) + behind.get(step, 0.0)
        behind[step] = length
        for other in waits_for[step]:
            behind[other] = max(behind.get(other, 0.0), length)
    return {step: behind[step] for step in waits_for}


def _sorter(waits_for: Mapping[K, Collection[K]]) -> TopologicalSorter[K]:
    """Return a sorter that takes steps which are ready together in the order they are given."""
    sorter: TopologicalSorter[K] = TopologicalSorter(dict.fromkeys(waits_for, ()))
    for step, others in waits_for.items():
        sorter.add(step, *(other for other in others if other in waits_for))
    try:
        sorter.prepare()
    except CycleError as error:
        circle = ", which waits for ".join(str(step) for step in reversed(error.args[1]))
        message = f"steps wait for each other: {circle}"
        raise ValueError(message) from None
    return sorter


class _Run(Generic[K, R]):
    """One run of a graph."""

    def __init__(
        self,
        waits_for: Mapping[K, Collection[K]],
        work: Callable[[K], Awaitable[R]],
        skipped: Callable[[K, K], R],
        made: Callable[[R], bool],
    ) -> None:
        self._waits_for = waits_for
        self._work = work
        self._skipped = skipped
        self._made = made
        self._sorter = _sorter(waits_for)
        self._results: dict[K, R] = {}
        self._not_made: set[K] = set()
        self._tasks: set[asyncio.Task[tuple[K, R]]] = set()
        # A queue, as asyncio.wait looks at every task each time that one ends.
        self._ended: asyncio.Queue[asyncio.Task[tuple[K, R]]] = asyncio.Queue()

    async def to_the_end(self) -> dict[K, R]:
        try:
            self._start_what_is_ready()
            while self._tasks:
                task = await self._ended.get()
                self._tasks.discard(task)
                self._note(*task.result())
                self._start_what_is_ready()
        finally:
            await self._stop()
        return {step: self._results[step] for step in self._waits_for}

    def _start_what_is_ready(self) -> None:
        while ready := self._sorter.get_ready():  # a skipped step may make others ready
            for step in ready:
                self._start_or_skip(step)

    def _start_or_skip(self, step: K) -> None:
        missing = next((other for other in self._waits_for[step] if other in self._not_made), None)
        if missing is not None:
            self._results[step] = self._skipped(step, missing)
            self._not_made.add(step)
            self._sorter.done(step)
            return
        task = asyncio.create_task(self._follow(step))
        task.add_done_callback(self._ended.put_nowait)
        self._tasks.add(task)

    async def _follow(self, step: K) -> tuple[K, R]:
        return step, await self._work(step)

    def _note(self, step: K, result: R) -> None:
        self._results[step] = result
        if not self._made(result):
            self._not_made.add(step)
        self._sorter.done(step)

    async def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
