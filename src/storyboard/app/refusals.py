"""Refusals that commands share: no such shot, a cost over a cap, a wish in vain."""

from collections.abc import Sequence

from storyboard.compiler.suggest import did_you_mean, first_few
from storyboard.model.errors import ErrorCode, SpendingRefused, Undecidable
from storyboard.model.money import MicroUsd, show_usd
from storyboard.model.plan import Blocked, Generate, Plan, PlannedShot
from storyboard.model.story import Film

__all__ = ["planned_shot", "refuse_over_caps", "refuse_vain", "unknown_shot"]


def unknown_shot(name: str, known: Sequence[str]) -> Undecidable:
    """Return the refusal of a shot that the film does not have; the nearest name is the hint."""
    nearest = did_you_mean(name, known)
    hint = f'did you mean "{nearest}"?' if nearest else f"the film has: {first_few(known)}"
    return Undecidable(f'no shot is called "{name}"', hint=hint, code=ErrorCode.UNKNOWN_SHOT)


def planned_shot(plan: Plan, film: Film, name: str) -> PlannedShot:
    """Return a shot of a plan by its id; Undecidable for one that is skipped or not there."""
    for shot in plan.shots:
        if shot.id == name:
            return shot
    if any(shot.id == name for shot in film.shots):
        message = f'"{name}" is skipped, so it is not in the film'
        raise Undecidable(message, hint="take `skip: true` away from it")
    raise unknown_shot(name, tuple(shot.id for shot in plan.shots))


def refuse_over_caps(plan: Plan, run: MicroUsd | None, month: MicroUsd | None) -> None:
    """Refuse a plan that would not fit under a cap; each order is held against them again."""
    if not plan.cost:
        return
    cost = show_usd(plan.cost)
    if plan.over_budget and plan.budget_cost is not None:
        before = f" beside {show_usd(plan.spent)} spent" if plan.spent else ""
        message = f"the plan costs {cost}{before}, over the budget of {show_usd(plan.budget_cost)}"
        hint = "raise the film's budget, or make fewer shots"
        raise SpendingRefused(message, hint=hint, code=ErrorCode.OVER_BUDGET)
    if run is not None and plan.cost > run:
        message = f"the plan costs {cost}, over the limit of {show_usd(run)} for this run"
        hint = "allow more with --max-cost, or make fewer shots"
        raise SpendingRefused(message, hint=hint, code=ErrorCode.OVER_RUN_LIMIT)
    if month is not None and plan.cost > month:
        message = f"the plan costs {cost}, and this month's limit leaves {show_usd(month)}"
        hint = "raise [budget] month in storyboard.toml, or wait"
        raise SpendingRefused(message, hint=hint, code=ErrorCode.OVER_MONTH_LIMIT)


def refuse_vain(again: frozenset[str], plan: Plan) -> None:
    """Refuse to order again what is no shot of the film, or needs no order."""
    shots = {shot.id: shot for shot in plan.shots}
    for name in sorted(again):
        if name not in shots:
            raise unknown_shot(name, tuple(shots))
        step = shots[name].step
        if isinstance(step, Blocked):
            message = f"{name} cannot be ordered again: {step.reason}"
            raise Undecidable(message)
        if not isinstance(step, Generate):
            message = f"{name} is owned or under way: there is nothing to order again"
            raise Undecidable(message, hint="`storyboard build --help` shows how it is used")
