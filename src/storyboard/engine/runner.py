"""Carries out a plan that costs nothing: makes its clips side by side, and tells of it."""

import asyncio
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from typing import Any

from storyboard.engine.events import Finished, Started
from storyboard.engine.maker import Limits, Maker
from storyboard.engine.ports import ClipStore, Clock, Listener, VideoApi
from storyboard.model.money import MicroUsd
from storyboard.model.plan import Plan

__all__ = ["Limits", "RunResult", "run_plan"]


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
    maker = Maker(api, store, clock, listen, limits)
    reasons = await _together(maker.make(shot) for shot in shots)
    outcomes = [(shot.id, reason) for shot, reason in zip(shots, reasons, strict=True)]
    failed = tuple((shot, reason) for shot, reason in outcomes if reason is not None)
    kept = tuple(shot for shot, reason in outcomes if reason is None)
    listen(Finished(len(kept), len(failed)))
    return RunResult(kept, failed)


async def _together(jobs: Iterable[Coroutine[Any, Any, str | None]]) -> list[str | None]:
    """Run the jobs side by side; the first exception cancels the rest and is raised as itself."""
    tasks = [asyncio.create_task(job) for job in jobs]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
