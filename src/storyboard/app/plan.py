"""Plans a film: the paid plan that is priced, or the free one that an animatic carries out."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from storyboard.adapters.clips import FolderClips
from storyboard.adapters.durable import write_aside
from storyboard.app.clock import SystemClock
from storyboard.app.compile import Compilation
from storyboard.app.history import History, project_history
from storyboard.app.models import list_cards
from storyboard.app.purse import load_purse
from storyboard.compiler.pipeline import Compiled
from storyboard.compiler.planner import ANIMATIC, Owned, Script, make_plan
from storyboard.compiler.request import AnimaticLook
from storyboard.model.attempt import KEPT
from storyboard.model.diagnostic import Code, Diagnostic
from storyboard.model.lock import Lock
from storyboard.model.money import MicroUsd, show_usd
from storyboard.model.plan import Generate, Plan
from storyboard.model.request import ClipKey

__all__ = [
    "PAID_ONLY",
    "Known",
    "bought_elsewhere",
    "clip_store",
    "plan_film",
    "plan_findings",
    "remember_orders",
]

_MOST_EXPENSIVE = 3
PAID_ONLY = frozenset({Code.OVER_BUDGET, Code.UNSTABLE_MODEL, Code.RETIRED_MODEL})
"""What is found only about films that are to be bought."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a build knows beyond the files: the ledger it holds, damaged clips, a person's wishes.

    `again` are the shots to order in spite of what speaks against it, `retakes` those of which one
    more take is wanted.
    """

    history: History | None = None
    damaged: frozenset[ClipKey] = frozenset()
    again: frozenset[str] = frozenset()
    retakes: frozenset[str] = frozenset()


_NOTHING = Known()


def plan_film(
    compilation: Compilation, *, animatic: AnimaticLook | None = None, known: Known = _NOTHING
) -> tuple[Plan, Compiled]:
    """Plan a film that compiled: what buying it takes or, given a look, what an animatic takes."""
    compiled = compilation.load()
    script = Script.of(compiled, list_cards(str(compilation.settings.root)))
    free = animatic is not None
    store = clip_store(compilation, free=free)
    # A film that is to be bought may have shots that ask for the animatic itself.
    held = store.held() | clip_store(compilation, free=True).held()
    history = known.history or (History() if free else project_history(compilation))
    lock = Lock() if free else compilation.lock
    last = _last_orders(compilation) if free else _last_takes(lock)
    made = {shot: store.inputs(key) for shot, key in last.items()}
    plan = make_plan(
        compilation.path,
        script,
        owned=Owned(
            clips=held - known.damaged,
            made={shot: inputs for shot, inputs in made.items() if inputs},
            past=history.past,
            known=store.kept(),
            elsewhere=store.locked.keys(),
            spent=MicroUsd(history.spent + bought_elsewhere(lock, history)),
            again=known.again,
            slates={slate.shot: slate for slate in lock.slates},
            fetchable=_fetchable(lock, history),
            retakes=known.retakes,
        ),
        account=compilation.settings.account,
        animatic=animatic,
    )
    return plan, compiled


def clip_store(compilation: Compilation, plan: Plan | None = None, *, free: bool) -> FolderClips:
    """Open the project's clips, the animatic's apart from bought ones.

    With a plan, each clip that is kept is recorded with its order.
    """
    orders = plan.orders if plan is not None else ()
    requests = {order.key: order.request for order in orders if order.request.inputs}
    locked: dict[ClipKey, tuple[str, ...]] = {}
    for _, take in () if free else compilation.lock.takes:
        locked[take.key] = (take.sha256, *locked.get(take.key, ()))
    return FolderClips(_folder(compilation, free=free), requests, locked)


def bought_elsewhere(lock: Lock, history: History) -> MicroUsd:
    """Add up the takes of a lock that another clone paid for: those of whose orders none is here.

    Where this clone has ordered such a take as well, both orders were paid.
    """
    elsewhere = {
        take.prediction or take.key: take.price
        for _, take in lock.takes
        if (take.prediction or take.key) not in history.paid | history.counted
    }
    return MicroUsd(sum(elsewhere.values()))


def _fetchable(lock: Lock, history: History) -> dict[ClipKey, str]:
    """Return by clip the orders that the provider keeps long enough to fetch their clips.

    What this ledger has asked for itself, it knows more of than the lock.
    """
    since = SystemClock().now() - KEPT
    return {
        take.key: take.prediction
        for _, take in lock.takes
        if take.prediction is not None
        and take.prediction not in history.asked
        and take.bought_at > since
    }


def _last_takes(lock: Lock) -> dict[str, ClipKey]:
    """Return by shot its last take: what a changed shot is held against."""
    return {slate.shot: slate.newest.key for slate in lock.slates if slate.newest is not None}


def plan_findings(compilation: Compilation, plan: Plan) -> tuple[Diagnostic, ...]:
    """Return what to say beside a plan: what was found, without what does not concern this plan.

    What every shot would cost anew is for `check`; a plan says what it costs itself. An animatic
    is free, so money and the state of paid models do not matter to it.
    """
    free = all(shot.model == ANIMATIC for shot in plan.shots)
    return tuple(
        _priced(each, plan) if each.code is Code.OVER_BUDGET else each
        for each in compilation.diagnostics
        if not (free and each.code in PAID_ONLY)
        and not (each.code is Code.OVER_BUDGET and not plan.over_budget)
    )


def _priced(finding: Diagnostic, plan: Plan) -> Diagnostic:
    limit = show_usd(plan.budget_cost or MicroUsd(0))
    generated = (shot for shot in plan.shots if isinstance(shot.step, Generate))
    dearest = sorted(generated, key=lambda shot: -shot.cost)[:_MOST_EXPENSIVE]
    listed = ", ".join(f"{shot.id} {show_usd(shot.cost)}" for shot in dearest)
    message = f"the plan costs {show_usd(plan.cost)}, over the budget of {limit}"
    return replace(finding, message=message, help=f"most of it: {listed}")


def remember_orders(compilation: Compilation, plan: Plan) -> None:
    """Note which clip each shot of an animatic shows, so that the next plan can say what changed.

    Of clips that are bought the lock file knows it.
    """
    path = _memory(compilation)
    write_aside(path, json.dumps({shot.id: shot.key for shot in plan.shots}).encode())


def _last_orders(compilation: Compilation) -> dict[str, ClipKey]:
    """Return by shot the key of the clip that this film's last animatic showed."""
    try:
        written = json.loads(_memory(compilation).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(written, dict):
        return {}
    return {str(shot): ClipKey(str(key)) for shot, key in written.items()}


def _memory(compilation: Compilation) -> Path:
    film = Path(compilation.path).resolve().relative_to(compilation.settings.root.resolve())
    name = quote(f"{film}#{compilation.options.variant or ''}", safe="")
    return _folder(compilation, free=True) / "shown" / f"{name}.json"


def _folder(compilation: Compilation, *, free: bool) -> Path:
    settings = compilation.settings
    return settings.state / "animatic" if free else settings.inside(load_purse(settings).clips)
