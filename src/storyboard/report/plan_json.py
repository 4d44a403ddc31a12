"""The plan for programs: one JSON object in the shape of schemas/plan.schema.json."""

from collections.abc import Mapping, Sequence

from storyboard.model.diagnostic import Diagnostic
from storyboard.model.money import MicroUsd, Millis, decimal_usd
from storyboard.model.plan import (
    Blocked,
    Generate,
    Plan,
    PlannedShot,
    Reconcile,
    Resume,
    Reuse,
    step_name,
)
from storyboard.model.source import Source
from storyboard.report.document import write_json
from storyboard.report.findings_json import finding_value

__all__ = ["SCHEMA", "render_plan_json"]

SCHEMA = "storyboard/plan-1"


def render_plan_json(
    plan: Plan, diagnostics: Sequence[Diagnostic], sources: Mapping[str, Source]
) -> str:
    """Write the plan and what was found on the way; money is in decimal strings."""
    document = {
        "schema": SCHEMA,
        "film": plan.film,
        "shots": [_shot(shot) for shot in plan.shots],
        "totals": _totals(plan),
        "budget": {"cost_usd": _usd(plan.budget_cost), "runtime_ms": plan.budget_runtime},
        "findings": [finding_value(each, sources) for each in diagnostics],
    }
    return write_json(document)


def _shot(shot: PlannedShot) -> dict[str, object]:
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


def _usd(amount: MicroUsd | None) -> str | None:
    return None if amount is None else decimal_usd(amount)


def _seconds(duration: Millis | None) -> float | None:
    return None if duration is None else duration / 1000
