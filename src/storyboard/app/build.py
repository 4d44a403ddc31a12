"""Builds a film: makes the clips its plan asks for, and cuts them into one file."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from os import cpu_count
from pathlib import Path
from typing import TypeAlias

from storyboard import __version__
from storyboard.adapters.durable import sha256_of, write_aside
from storyboard.adapters.media.kept import Kept
from storyboard.app.cards import card_clips
from storyboard.app.clock import SystemClock
from storyboard.app.compile import Compilation, result_path
from storyboard.app.finish import AS_BUILT, Finish, render_finished
from storyboard.app.plan import clip_store, remember_orders
from storyboard.compiler.pipeline import Compiled
from storyboard.cutting.timeline import make_timeline
from storyboard.engine.ports import Clip, ClipStore, VideoApi
from storyboard.engine.runner import Limits, RunResult, run_plan
from storyboard.model.errors import ShotsFailed
from storyboard.model.money import MicroUsd, Millis
from storyboard.model.plan import Generate, Plan, Why
from storyboard.model.request import ClipKey
from storyboard.model.story import Film
from storyboard.model.timeline import Timeline
from storyboard.report.progress import FramesProgress, RunProgress

__all__ = [
    "Built",
    "Watchers",
    "build_animatic",
    "cut_film",
    "make_free_clips",
    "rendered_folder",
    "renderer",
]

_Files: TypeAlias = Callable[[Mapping[ClipKey, Clip]], Mapping[ClipKey, str]]

_BETWEEN_LOOKS = 0.05


@dataclass(frozen=True, slots=True)
class Watchers:
    """Who is told of progress: opened while clips are made, then while the film is cut."""

    clips: Callable[[], RunProgress]
    cut: Callable[[], FramesProgress]


@dataclass(frozen=True, slots=True)
class Built:
    """A film on disk: where, how it was planned and cut, and whether anything had to be done."""

    path: Path
    plan: Plan
    timeline: Timeline
    fresh: bool


def build_animatic(
    compilation: Compilation, plan: Plan, compiled: Compiled, watchers: Watchers
) -> Built:
    """Carry out a free plan: every shot from its still, cut together; what is there is kept."""
    film = compiled.need_film()
    plan, clips = make_free_clips(compilation, plan, watchers)
    orders = {shot.id: (shot.key, shot.bought) for shot in plan.shots}
    path = result_path(compilation, ".animatic.mp4", chosen=True)
    if not compilation.options.only:  # of an excerpt it would forget the other shots
        remember_orders(compilation, plan)
    return cut_film(compilation, plan, film, orders, clips, path, watchers)


def make_free_clips(
    compilation: Compilation, plan: Plan, watchers: Watchers
) -> tuple[Plan, dict[ClipKey, Clip]]:
    """Make the clips of a free plan that are not there; return the plan as it was carried out."""
    store = clip_store(compilation, plan, free=True)
    plan = _without_damaged(plan, store)
    result = _make_clips(plan, store, watchers)
    _refuse_failures(result)
    return plan, {shot.key: _owned(store, shot.key, shot.id) for shot in plan.shots}


def cut_film(  # noqa: PLR0913  # what a film is made of
    compilation: Compilation,
    plan: Plan,
    film: Film,
    orders: Mapping[str, tuple[ClipKey, Millis]],
    clips: Mapping[ClipKey, Clip],
    path: Path,
    watchers: Watchers,
    *,
    footage: _Files | None = None,
    finish: Finish = AS_BUILT,
    animatics: Collection[str] = (),
) -> Built:
    """Cut a film whose clips are all there; `orders` is each shot's clip and its bought length.

    Its cards are made here, for no shot of a plan does it. Asked only when there is something to
    cut, `footage` says which files stand in for the clips. Shots that are free, and those in
    `animatics`, show their words themselves, and have no captions beside them.
    """
    worded = {*animatics, *(shot.id for shot in plan.shots if not shot.price)}
    timeline = _timeline(film, orders, worded)
    state = compilation.settings.state
    clips = {**clips, **card_clips(film, state / "cuts" / "cards")}
    files = footage or _own_files
    fresh = _cut(timeline, clips, path, watchers, state, footage=files, finish=finish)
    return Built(path, plan, timeline, fresh)


def rendered_folder(state: Path) -> Path:
    """Return where a project keeps what is rendered for films; all of it can be made again."""
    return state / "cuts" / "rendered"


def _own_files(clips: Mapping[ClipKey, Clip]) -> Mapping[ClipKey, str]:
    return {key: clip.path for key, clip in clips.items()}


def _without_damaged(plan: Plan, store: ClipStore) -> Plan:
    """Make anew what a plan would reuse and whose bytes are not those that were kept.

    A plan looks at sizes only; the bytes are read here, before anything rests on them.
    """
    made = {shot.key for shot in plan.shots if isinstance(shot.step, Generate)}
    reused = {shot.key for shot in plan.shots} - made
    damaged = {key for key in reused if store.find(key) is None}
    again = Generate(Why.CLIP_MISSING, MicroUsd(0))
    shots = (replace(shot, step=again) if shot.key in damaged else shot for shot in plan.shots)
    return replace(plan, shots=tuple(shots)) if damaged else plan


def _make_clips(plan: Plan, store: ClipStore, watchers: Watchers) -> RunResult:
    if not any(plan.to_make()):
        return RunResult((), ())
    with watchers.clips() as listen, renderer(store) as (api, limits):
        return asyncio.run(run_plan(plan, api, store, SystemClock(), listen, limits))


@contextmanager
def renderer(store: ClipStore) -> Iterator[tuple[VideoApi, Limits]]:
    """Open the free provider, and say how much it can do at once on this machine."""
    # The renderer brings numpy, Pillow and PyAV: only a build that renders pays for them.
    from storyboard.adapters.animatic import Animatic  # noqa: PLC0415
    from storyboard.adapters.media.animatic.render import render_clip  # noqa: PLC0415

    cores = cpu_count() or 1
    scratch = str(Path(store.scratch(ClipKey("animatic"))).parent)
    with (
        ThreadPoolExecutor(cores) as executor,
        Animatic(render_clip, executor, scratch) as api,
    ):
        yield api, Limits(cores, _BETWEEN_LOOKS)


def _refuse_failures(result: RunResult) -> None:
    if result.failed:
        shot, reason = result.failed[0]
        others = f" (and {len(result.failed) - 1} more)" if len(result.failed) > 1 else ""
        message = f'the shot "{shot}" could not be made: {reason}{others}'
        raise ShotsFailed(message, hint="mend it and run again; the other shots are kept")


def _owned(store: ClipStore, key: ClipKey, shot: str) -> Clip:
    clip = store.find(key)
    if clip is None:
        message = f'the clip of "{shot}" was damaged after it was made'
        raise ShotsFailed(message, hint="run again: it is made anew")
    return clip


def _timeline(
    film: Film, orders: Mapping[str, tuple[ClipKey, Millis]], worded: Collection[str]
) -> Timeline:
    outcome = make_timeline(film, dict(orders))
    if outcome.value is None:
        raise ValueError(outcome.diagnostics)
    return outcome.value.hiding(worded)


def _cut(
    timeline: Timeline,
    clips: Mapping[ClipKey, Clip],
    path: Path,
    watchers: Watchers,
    state: Path,
    *,
    footage: _Files,
    finish: Finish,
) -> bool:
    """Cut the film unless the file there is what this very cut made; tell whether it was cut."""
    identity = _identity(timeline, clips, finish)
    record = state / "cuts" / f"{hashlib.sha256(str(path.resolve()).encode()).hexdigest()}.json"
    if _cut_before(record, identity, path):
        return False
    with watchers.cut() as frames:
        kept = rendered_folder(state)
        Kept(kept).sweep(SystemClock().now())
        render_finished(finish, timeline, footage(clips), path, kept, frames.update)
    written = {"identity": identity, "sha256": sha256_of(path)}
    write_aside(record, json.dumps(written).encode())
    return True


def _identity(timeline: Timeline, clips: Mapping[ClipKey, Clip], finish: Finish) -> str:
    """Name a cut by all that goes into it: the program, the timeline, and each file's bytes."""
    parts = {
        "program": __version__,
        "timeline": asdict(timeline),
        "clips": {key: clip.sha256 for key, clip in clips.items()},
        "sounds": {each.path: _content(each.path) for each in timeline.laid},
        "finish": finish.identity,
    }
    return hashlib.sha256(json.dumps(parts, default=str, sort_keys=True).encode()).hexdigest()


def _content(path: str) -> str | None:
    try:
        return sha256_of(Path(path))
    except OSError:
        return None


def _cut_before(record: Path, identity: str, path: Path) -> bool:
    try:
        written = json.loads(record.read_text(encoding="utf-8"))
        return bool(written["identity"] == identity and written["sha256"] == sha256_of(path))
    except (OSError, ValueError, KeyError, TypeError):
        return False
