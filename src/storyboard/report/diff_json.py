"""The difference for programs: one JSON object in the shape of schemas/diff.schema.json."""

from collections.abc import Iterable

from storyboard.model.difference import Change, Difference, FieldChange, MaxIncrease, ShotChange
from storyboard.model.money import MicroUsd, Millis, decimal_usd
from storyboard.model.plan import step_name
from storyboard.report.document import usd_or_null, write_json

__all__ = ["SCHEMA", "render_diff_json"]

SCHEMA = "storyboard/diff-1"


def render_diff_json(difference: Difference, limit: MaxIncrease | None = None) -> str:
    """Write the difference, and how it stands to a limit; money is in decimal strings."""
    document = {
        "schema": SCHEMA,
        "film": difference.film,
        "title": difference.title,
        "same": difference.same,
        "before": _version(difference.before, difference.price_before, difference.runtime_before),
        "after": _version(difference.after, difference.price_after, difference.runtime_after),
        "fields": _fields(difference.fields),
        "shots": [_shot(shot) for shot in difference.shots],
        "totals": _totals(difference),
        "limit": None if limit is None else _limit(difference, limit),
    }
    return write_json(document)


def _version(name: str, price: MicroUsd, runtime: Millis | None) -> dict[str, object]:
    return {"name": name, "price_usd": decimal_usd(price), "runtime_ms": runtime}


def _fields(fields: Iterable[FieldChange]) -> list[dict[str, object]]:
    return [{"name": each.name, "before": each.before, "after": each.after} for each in fields]


def _shot(shot: ShotChange) -> dict[str, object]:
    return {
        "id": shot.id,
        "scene": shot.scene,
        "change": shot.change.value,
        "remade": shot.remade,
        "renamed_from": shot.renamed_from,
        "moved_from": shot.moved_from,
        "fields": _fields(shot.fields),
        "prompt": list(shot.prompt),
        "price_before_usd": usd_or_null(shot.price_before),
        "price_after_usd": usd_or_null(shot.price_after),
        "runs_before_ms": shot.runs_before,
        "runs_after_ms": shot.runs_after,
        "clips": shot.clips,
        "cost_usd": decimal_usd(shot.cost),
        "step": None if shot.step is None else step_name(shot.step),
    }


def _totals(difference: Difference) -> dict[str, object]:
    shots = difference.shots
    return {
        "added": sum(shot.change is Change.ADDED for shot in shots),
        "removed": sum(shot.change is Change.REMOVED for shot in shots),
        "changed": sum(shot.change is Change.CHANGED for shot in shots),
        "moved": sum(shot.moved_from is not None for shot in shots),
        "renamed": sum(shot.renamed_from is not None for shot in shots),
        "same": sum(shot.same for shot in shots),
        "clips": difference.clips,
        "cost_usd": decimal_usd(difference.cost),
        "to_buy_usd": usd_or_null(difference.to_buy),
    }


def _limit(difference: Difference, limit: MaxIncrease) -> dict[str, object]:
    return {
        "most_usd": decimal_usd(limit.most(difference)),
        "exceeded": limit.exceeded(difference),
    }
