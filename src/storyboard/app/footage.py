"""Finds what a film can be cut from: the clips that are owned, and what stands in for others."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from storyboard.app.build import Watchers, make_free_clips
from storyboard.app.compile import Compilation
from storyboard.app.plan import clip_store, plan_film
from storyboard.compiler.request import AnimaticLook
from storyboard.compiler.steps import BOUGHT_ELSEWHERE
from storyboard.engine.ports import Clip
from storyboard.model.lock import Take
from storyboard.model.money import MicroUsd, Millis
from storyboard.model.plan import (
    Blocked,
    Generate,
    Plan,
    PlannedShot,
    Reconcile,
    Resume,
    Reuse,
    Why,
)
from storyboard.model.request import ClipKey, clip_key

__all__ = ["Footage", "StandIn", "gather_footage", "missing_shots", "whole_clips"]


@dataclass(frozen=True, slots=True)
class StandIn:
    """A shot whose clip is not owned, and why not; `take` is what is shown in its place.

    None where there is no such take, or none is wanted: then it is drawn. `stale` is whether the
    take was made from something that the shot no longer asks for.
    """

    shot: str
    why: str
    take: Take | None = None
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Footage:
    """What a film is cut from: by shot its clip and the length planned for it; the clips by key.

    What is drawn for a shot is as long as the clip it stands for, so nothing moves when that comes.
    """

    orders: Mapping[str, tuple[ClipKey, Millis]]
    clips: Mapping[ClipKey, Clip]
    stand_ins: tuple[StandIn, ...] = ()

    @property
    def drawn(self) -> frozenset[str]:
        """The shots that are drawn in place of their clips."""
        return frozenset(each.shot for each in self.stand_ins if each.take is None)


def whole_clips(compilation: Compilation, keys: Collection[ClipKey]) -> dict[ClipKey, Clip]:
    """Return those of some clips that are kept, bought or free, and whole to the byte."""
    stores = [clip_store(compilation, free=free) for free in (False, True)]
    found = {
        key: next((clip for store in stores if (clip := store.find(key))), None) for key in keys
    }
    return {key: clip for key, clip in found.items() if clip is not None}


def missing_shots(plan: Plan, owned: Collection[ClipKey]) -> tuple[StandIn, ...]:
    """Return the shots that would have to be bought, and why; what is free is simply made."""
    lacking = (shot for shot in plan.shots if shot.key not in owned and shot.price)
    return tuple(StandIn(shot.id, _why(shot), shot.stands_in, stale=shot.stale) for shot in lacking)


def gather_footage(
    compilation: Compilation,
    plan: Plan,
    owned: Mapping[ClipKey, Clip],
    look: AnimaticLook,
    watchers: Watchers,
    *,
    takes: bool = True,
) -> Footage:
    """Put together what a film is cut from: what is missing of it is made, each clip once.

    With `takes` a shot whose clip is missing is shown as the older take that stands in for it.
    """
    missing, older = _older_takes(compilation, missing_shots(plan, owned), takes=takes)
    drawn = {each.shot for each in missing if each.take is None}
    taken = {each.shot: each.take for each in missing if each.take is not None}
    free = _stood_in(compilation, plan, look, drawn) if drawn else plan
    to_make = (shot for shot in free.shots if shot.key not in owned and shot.id not in taken)
    free_plan = replace(free, shots=tuple(to_make), takes=())  # further takes are never free
    _, made = make_free_clips(compilation, free_plan, watchers)
    orders = {shot.id: (shot.key, shot.bought) for shot in free.shots}
    orders |= {shot: (take.key, take.length) for shot, take in taken.items()}
    return Footage(orders, {**owned, **older, **made}, missing)


def _older_takes(
    compilation: Compilation, missing: tuple[StandIn, ...], *, takes: bool
) -> tuple[tuple[StandIn, ...], dict[ClipKey, Clip]]:
    """Find the clips of the takes that stand in; one that is damaged stands in for nothing."""
    keys = {each.take.key for each in missing if each.take is not None} if takes else set()
    whole = whole_clips(compilation, keys)
    kept = (each.take is not None and each.take.key in whole for each in missing)
    stand_ins = (
        each if keep else StandIn(each.shot, each.why)
        for each, keep in zip(missing, kept, strict=True)
    )
    return tuple(stand_ins), whole


def _stood_in(
    compilation: Compilation, plan: Plan, look: AnimaticLook, stand_ins: Collection[str]
) -> Plan:
    """Put in the place of some shots their animatics, each as long as the clip it stands for."""
    drawn, _ = plan_film(compilation, animatic=look)
    make = Generate(Why.NEW, MicroUsd(0))
    held = clip_store(compilation, free=True).held()
    animatics = {shot.id: shot for shot in drawn.shots}

    def shots() -> Iterator[PlannedShot]:
        for shot in plan.shots:
            if shot.id not in stand_ins:
                yield shot
                continue
            animatic = animatics[shot.id]
            request = replace(animatic.request, length=shot.bought)
            key = clip_key(request)
            step = Reuse() if key in held else make
            yield replace(animatic, step=step, bought=shot.bought, request=request, key=key)

    return replace(plan, shots=tuple(shots()))


def _why(shot: PlannedShot) -> str:
    """Say why a clip is not there, in a word or two."""
    match shot.step:
        case Generate(why, _, changed) if changed:
            return f"{why.value}: {', '.join(changed)}"
        case Generate(why):
            return why.value
        case Resume():
            return "in flight" if shot.number is None else "to fetch"
        case Reconcile():
            return "unclear"
        case Blocked(reason):
            return reason if reason == BOUGHT_ELSEWHERE else "blocked"
        case Reuse():
            return "damaged"
