"""What a plan comes to: shots, money and time, each against its limit."""

from collections.abc import Iterator

from storyboard.model.money import MicroUsd, Millis, show_clock, show_usd
from storyboard.model.plan import Blocked, Generate, Plan, Reconcile, Resume, Reuse
from storyboard.report.cells import harmless, pad, width_of
from storyboard.report.paint import Paint

__all__ = ["model_name", "totals"]

_LABEL = len("ready in") + 2
_DEAREST = 5
_VERBS = (
    (Generate, "to generate"),
    (Reuse, "to reuse"),
    (Resume, "to resume"),
    (Reconcile, "to reconcile"),
    (Blocked, "blocked"),
)
_KINDS = ("image-to-video", "text-to-video")
_SECOND, _MINUTE, _HOUR = 1000, 60_000, 3_600_000
_FEW = 1.5


def model_name(model: str) -> str:
    """Shorten a model's id to what tells it apart: `openai/sora-2/image-to-video` is `sora-2`."""
    _, *parts = model.split("/")
    for kind in _KINDS:
        parts = [part.replace(kind, "") for part in parts]
    return "".join(parts) or model


def totals(plan: Plan, paint: Paint) -> Iterator[str]:
    """Yield the lines under a plan's table, and the dearest shots of one that is over budget."""
    yield _total("shots", _shots(plan))
    yield _total("cost", _cost(plan, paint))
    if plan.most > plan.cost:
        yield _total("at most", f"{show_usd(plan.most)}, if fallbacks have to make every shot")
    yield _total("film", _runtime(plan, paint))
    if any(plan.to_make()):
        yield _total("ready in", _wall_clock(plan))
    if plan.over_budget:
        yield from _dearest(plan)


def _total(label: str, value: str) -> str:
    return f"{label:<{_LABEL}}{value}"


def _shots(plan: Plan) -> str:
    counts = ((plan.count(kind), verb) for kind, verb in _VERBS)
    return ", ".join(f"{count} {verb}" for count, verb in counts if count) or "none"


def _cost(plan: Plan, paint: Paint) -> str:
    if not plan.cost:
        return paint("free", "good") if plan.count(Generate) else "nothing"
    cost = show_usd(plan.cost)
    if plan.spent:
        cost = f"{cost} beside {show_usd(plan.spent)} spent"
    if plan.budget_cost is None:
        return f"{cost}, no budget set"
    if not plan.over_budget:
        return f"{cost} of {show_usd(plan.budget_cost)}"
    over = show_usd(MicroUsd(plan.spent + plan.cost - plan.budget_cost))
    return paint(f"{cost}, over the budget of {show_usd(plan.budget_cost)} by {over}", "error")


def _runtime(plan: Plan, paint: Paint) -> str:
    runs, limit = plan.runtime, plan.budget_runtime
    if limit is None:
        return show_clock(runs)
    if runs <= limit:
        return f"{show_clock(runs)} of {show_clock(limit)}"
    over = show_clock(Millis(runs - limit))
    return paint(f"{show_clock(runs)}, over the limit of {show_clock(limit)} by {over}", "warning")


def _wall_clock(plan: Plan) -> str:
    if plan.wall_clock is not None:
        account = f" on a {harmless(plan.account)} account" if plan.cost else ""
        return f"about {_roughly(plan.wall_clock)}{account}"
    models = sorted({harmless(model_name(shot.model)) for shot in plan.to_make()})
    if len(models) == 1:
        unknown = f"unknown: no card says how long {models[0]} takes"
    else:
        unknown = "unknown: not every card says how long its model takes"
    if not plan.pacing:
        return unknown
    return (
        f"{unknown}; a {harmless(plan.account)} account's limits alone take {_roughly(plan.pacing)}"
    )


def _roughly(duration: Millis) -> str:
    """Round a time up to what a person would say; a promise kept early hurts nobody."""
    for unit, word in ((_HOUR, "h"), (_MINUTE, "min")):
        if duration > _FEW * unit:
            return f"{-(-duration // unit)} {word}"
    return f"{max(1, -(-duration // _SECOND))} s"


def _dearest(plan: Plan) -> Iterator[str]:
    paid = sorted((shot for shot in plan.shots if shot.cost), key=lambda shot: -shot.cost)
    shown = [(harmless(shot.id), show_usd(shot.cost)) for shot in paid[:_DEAREST]]
    column = max(width_of(name) for name, _ in shown)
    yield ""
    yield "What costs most:"
    yield from (f"  {pad(name, column)}  {price}" for name, price in shown)
    if len(paid) > _DEAREST:
        yield f"  and {len(paid) - _DEAREST} more"
