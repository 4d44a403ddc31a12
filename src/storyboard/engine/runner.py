"""Carries out a plan: orders clips, follows them, keeps them, and tells of it in events."""

import asyncio
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from storyboard.engine.events import (
    Finished,
    Kept,
    RunEvent,
    ShotFailed,
    Started,
    Submitted,
    Working,
)
from storyboard.engine.ports import ClipStore, Clock, Failed, Listener, Ready, Running, VideoApi
from storyboard.model.money import MicroUsd
from storyboard.model.plan import Plan, PlannedShot

__all__ = ["Limits", "RunResult", "run_plan"]

Outcome: TypeAlias = "tuple[str, str | None]"
"""A shot's id, and why it failed; None when its clip is kept."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many orders may be open at once, and how many seconds lie between two looks at one."""

    at_once: int
    between_looks: float


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run came to: the shots that were kept, and by shot why the others failed."""

    kept: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]


async def run_plan(
    plan: Plan, api: VideoApi, store: ClipStore, clock: Clock, listen: Listener, limits: Limits
) -> RunResult:
    """Make every clip the plan says to make; a failed shot never stops its siblings.

    A refusal of the world (EnvironmentFault) stops the run: the other shots would meet it too.
    """
    shots = tuple(plan.to_make())
    listen(Started(len(shots), MicroUsd(sum(shot.cost for shot in shots))))
    run = _Run(api, store, clock, listen, limits, asyncio.Semaphore(limits.at_once))
    outcomes = await _together(run.make(shot) for shot in shots)
    failed = tuple((shot, reason) for shot, reason in outcomes if reason is not None)
    kept = tuple(shot for shot, reason in outcomes if reason is None)
    listen(Finished(len(kept), len(failed)))
    return RunResult(kept, failed)


@dataclass(frozen=True, slots=True)
class _Run:
    """One run's ports and its gate."""

    api: VideoApi
    store: ClipStore
    clock: Clock
    listen: Listener
    limits: Limits
    gate: asyncio.Semaphore

    async def make(self, shot: PlannedShot) -> Outcome:
        """Make one clip; return the shot with None, or with the reason it failed."""
        await self.gate.acquire()
        prediction = await self.api.submit(shot.request)
        self.listen(Submitted(shot.id, prediction))
        reason = await self._follow(shot, prediction)
        if reason is None:
            await self._keep(shot, prediction)
        # In no `finally`: what a shot raises ends the run, and no other may go out in its place.
        self.gate.release()
        self.listen(Kept(shot.id) if reason is None else ShotFailed(shot.id, reason))
        return shot.id, reason

    async def _follow(self, shot: PlannedShot, prediction: str) -> str | None:
        """Look until the clip is ready (None) or has failed (why)."""
        while True:
            match await self.api.look(prediction):
                case Ready():
                    return None
                case Failed(reason):
                    return reason
                case Running(done):
                    event: RunEvent = Working(shot.id, done)
                    self.listen(event)
            await self.clock.sleep(self.limits.between_looks)

    async def _keep(self, shot: PlannedShot, prediction: str) -> None:
        path = self.store.scratch(shot.key)
        await self.api.download(prediction, path)
        await asyncio.to_thread(self.store.keep, shot.key, path)


async def _together(jobs: Iterable[Coroutine[Any, Any, Outcome]]) -> list[Outcome]:
    """Run the jobs side by side; the first exception cancels the rest and is raised as itself."""
    tasks = [asyncio.create_task(job) for job in jobs]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
