"""The plan for programs: one JSON object in the shape of schemas/plan.schema.json."""

from collections.abc import Mapping, Sequence

from storyboard.model.diagnostic import Diagnostic
from storyboard.model.estimate import Estimate, Limit, Retries
from storyboard.model.money import MicroUsd, Millis, decimal_usd
from storyboard.model.plan import (
    Blocked,
    Generate,
    Plan,
    PlannedShot,
    Reconcile,
    Resume,
    Reuse,
    Why,
    step_name,
)
from storyboard.model.source import Source
from storyboard.report.document import usd_or_null, write_json
from storyboard.report.findings_json import finding_value

__all__ = ["SCHEMA", "order_value", "plan_value", "render_plan_json"]

SCHEMA = "storyboard/plan-1"


def render_plan_json(
    plan: Plan,
    diagnostics: Sequence[Diagnostic],
    sources: Mapping[str, Source],
    estimate: Estimate | None = None,
) -> str:
    """Write the plan and what was found on the way; money is in decimal strings."""
    return write_json(plan_value(plan, diagnostics, sources, estimate))


def plan_value(
    plan: Plan,
    diagnostics: Sequence[Diagnostic],
    sources: Mapping[str, Source],
    estimate: Estimate | None = None,
) -> dict[str, object]:
    """Return the document as Python has it."""
    return {
        "schema": SCHEMA,
        "film": plan.film,
        "shots": [order_value(shot) for shot in plan.shots],
        "takes": [order_value(take) for take in plan.takes],
        "totals": _totals(plan),
        "budget": {"cost_usd": usd_or_null(plan.budget_cost), "runtime_ms": plan.budget_runtime},
        "estimate": None if estimate is None else _estimate(estimate),
        "findings": [finding_value(each, sources) for each in diagnostics],
    }


def order_value(shot: PlannedShot) -> dict[str, object]:
    """Return one order as JSON has it."""
    made = shot.step if isinstance(shot.step, Generate) else None
    return {
        "id": shot.id,
        "scene": shot.scene,
        "step": step_name(shot.step),
        "why": None if made is None else str(made.why),
        "changed": [] if made is None else list(made.changed),
        "model": shot.model,
        "wanted_ms": shot.wanted,
        "bought_ms": shot.bought,
        "cost_usd": decimal_usd(shot.cost),
        "key": shot.key,
        "blocked": shot.step.reason if isinstance(shot.step, Blocked) else None,
        "fallbacks": [
            {"model": each.model, "bought_ms": each.bought, "cost_usd": decimal_usd(each.cost)}
            for each in shot.fallbacks
        ],
        "take": shot.request.take,
        "number": shot.number,
        "stands_in": None if shot.stands_in is None else shot.stands_in.number,
        "retake": made is not None and made.why is Why.RETAKE,
    }


def _totals(plan: Plan) -> dict[str, object]:
    return {
        "cost_usd": decimal_usd(plan.cost),
        "most_usd": decimal_usd(plan.most),
        "spent_usd": decimal_usd(plan.spent),
        "runtime_ms": plan.runtime,
        "generate": plan.count(Generate),
        "reuse": plan.count(Reuse),
        "resume": plan.count(Resume),
        "reconcile": plan.count(Reconcile),
        "blocked": plan.count(Blocked),
        "wall_clock_s": _seconds(plan.wall_clock),
    }


def _estimate(estimate: Estimate) -> dict[str, object]:
    tightest = estimate.tightest
    return {
        "low_usd": decimal_usd(estimate.low),
        "high_usd": usd_or_null(estimate.high),
        "retries": [_retries(each) for each in estimate.retries],
        "limits": [_limit(each, estimate) for each in estimate.limits],
        "tightest": None if tightest is None else str(tightest.cap),
    }


def _retries(retries: Retries) -> dict[str, object]:
    rate = retries.rate
    return {
        "model": retries.model,
        "orders": retries.orders,
        "clips": retries.clips,
        "orders_per_clip": None if rate is None else round(float(rate), 4),
    }


def _limit(limit: Limit, estimate: Estimate) -> dict[str, object]:
    return {
        "cap": str(limit.cap),
        "limit_usd": decimal_usd(limit.amount),
        "left_usd": decimal_usd(max(limit.left, MicroUsd(0))),
        "over": limit in estimate.passed,
        "endangered": limit in estimate.endangered,
    }


def _seconds(duration: Millis | None) -> float | None:
    return None if duration is None else duration / 1000
