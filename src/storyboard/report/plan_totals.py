"""What a plan comes to: orders, money and time, each against its limit."""

import shlex
from collections import Counter
from collections.abc import Iterator

from storyboard.compiler.steps import BOUGHT_ELSEWHERE
from storyboard.model.attempt import Cap
from storyboard.model.card import model_name
from storyboard.model.estimate import Estimate, Limit, Retries
from storyboard.model.money import MicroUsd, Millis, show_clock, show_usd
from storyboard.model.plan import Blocked, Generate, Plan, PlannedShot, Reconcile, Resume, Reuse
from storyboard.report.cells import harmless, pad, width_of
from storyboard.report.paint import Paint

__all__ = ["is_fetched", "model_name", "totals"]

_LABEL = len("ready in") + 2
_MOST_NAMED = 5
_VERBS = (
    (Generate, "to generate"),
    (Reuse, "cached"),
    (Resume, "to resume"),
    (Reconcile, "to reconcile"),
    (Blocked, "blocked"),
)
_SECOND, _MINUTE, _HOUR = 1000, 60_000, 3_600_000
_FEW = 1.5


def totals(plan: Plan, estimate: Estimate | None, paint: Paint) -> Iterator[str]:
    """Yield the lines under a plan's table, and the dearest shots of one that is over budget."""
    yield _total("shots", _shots(plan))
    yield _total("cost", _cost(plan, paint) + (_retries(estimate) if estimate is not None else ""))
    if estimate is not None:
        yield from _limits(estimate, paint)
    if plan.most > plan.cost:
        yield _total("at most", f"{show_usd(plan.most)}, if fallbacks have to make every shot")
    yield _total("film", _runtime(plan, paint))
    if any(plan.to_make()):
        yield _total("ready in", _wall_clock(plan))
    if plan.over_budget:
        yield from _dearest(plan)
    yield from _elsewhere(plan)


def _total(label: str, value: str) -> str:
    return f"{label:<{_LABEL}}{value}"


def _shots(plan: Plan) -> str:
    counts = Counter(
        "to fetch" if is_fetched(order) else verb
        for kind, verb in _VERBS
        for order in plan.orders
        if isinstance(order.step, kind)
    )
    return ", ".join(f"{count} {verb}" for verb, count in counts.items()) or "none"


def is_fetched(order: PlannedShot) -> bool:
    """Tell whether an order's clip is only fetched: the lock has it as a take already."""
    return isinstance(order.step, Resume) and order.number is not None


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


def _retries(estimate: Estimate) -> str:
    """Say what a plan comes to with as many orders a clip as there were so far."""
    if not estimate.low:
        return ""
    unknown = [each for each in estimate.retries if each.rate is None]
    if estimate.high is None:
        of = "" if len(estimate.retries) == 1 else f" of {_names(unknown)}"
        return f" (with retries: no history{of} yet)"
    if estimate.high == estimate.low:
        return " (so far in this project no order had to be repeated)"
    rates = ", ".join(_rate(each, alone=len(estimate.retries) == 1) for each in estimate.retries)
    return f" (to {show_usd(estimate.high)} with retries as in this project so far: {rates})"


def _rate(retries: Retries, *, alone: bool) -> str:
    of = "" if alone else f" of {harmless(model_name(retries.model))}"
    return f"{float(retries.rate or 1):.2f} orders a clip{of}"


def _names(several: list[Retries]) -> str:
    return " and ".join(harmless(model_name(each.model)) for each in several)


def _limits(estimate: Estimate, paint: Paint) -> Iterator[str]:
    """Yield the limits that the line of the cost does not name, and those that are in danger."""
    others = [limit for limit in estimate.limits if limit.cap is not Cap.FILM]
    if others:
        tightest = estimate.tightest
        several = len(estimate.limits) > 1 and tightest is not None
        holds = f"; {_OF[tightest.cap]} is the tightest" if several and tightest else ""
        yield _total("limits", ", ".join(map(_limit, others)) + holds)
    for limit in estimate.passed:
        if limit.cap is not Cap.FILM:
            yield _total("", paint(f"the plan is over {_OF[limit.cap]}", "error"))
    for limit in estimate.endangered:
        warning = f"with retries it may pass {_OF[limit.cap]}; the build then stops before it does"
        yield _total("", paint(warning, "warning"))


_OF = {Cap.FILM: "the film's budget", Cap.RUN: "the run's limit", Cap.MONTH: "the month's limit"}


def _limit(limit: Limit) -> str:
    amount = show_usd(limit.amount)
    if limit.cap is Cap.RUN:
        return f"{amount} for this run"
    return f"{show_usd(max(limit.left, MicroUsd(0)))} left of {amount} for this month"


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
    shown = [(harmless(shot.id), show_usd(shot.cost)) for shot in paid[:_MOST_NAMED]]
    column = max(width_of(name) for name, _ in shown)
    yield ""
    yield "What costs most:"
    yield from (f"  {pad(name, column)}  {price}" for name, price in shown)
    if len(paid) > _MOST_NAMED:
        yield f"  and {len(paid) - _MOST_NAMED} more"


def _elsewhere(plan: Plan) -> Iterator[str]:
    """Say what to do about clips that were bought, and are not on this machine."""
    blocked = [
        (order, order.step)
        for order in plan.orders
        if isinstance(order.step, Blocked) and order.step.reason == BOUGHT_ELSEWHERE
    ]
    if not blocked:
        return
    yield ""
    yield "Bought elsewhere: copy .storyboard/clips/ from where that was, or buy again with"
    for order, step in blocked[:_MOST_NAMED]:
        command = f"storyboard build {shlex.quote(plan.film)} --again {shlex.quote(order.id)}"
        yield f"  {harmless(command)}  ({show_usd(step.cost)})"
    if len(blocked) > _MOST_NAMED:
        whole = show_usd(MicroUsd(sum(step.cost for _, step in blocked)))
        yield f"  and {len(blocked) - _MOST_NAMED} more; all of them anew would cost {whole}"
