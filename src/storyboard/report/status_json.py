"""A status for programs: one JSON object in the shape of schemas/status.schema.json."""

from datetime import UTC, datetime

from storyboard.model.job import State
from storyboard.model.money import decimal_usd
from storyboard.report.advice import advise, headline
from storyboard.report.document import write_json
from storyboard.report.status import Condition, Item, Status

__all__ = ["SCHEMA", "render_status_json"]

SCHEMA = "storyboard/status-1"


def render_status_json(status: Status) -> str:
    """Write how everything stands; money is in decimal strings, times are in ISO 8601, UTC."""
    document = {
        "schema": SCHEMA,
        "film": status.film,
        "rehearsal": status.rehearsal or None,
        "at": _moment(status.now),
        "shots": [_item(item, status) for item in status.shots],
        "others": [_item(item, status) for item in status.others],
        "totals": {
            **{each.name.lower(): status.counts[each] for each in Condition},
            "need_a_person": len(status.for_person),
            "spent_usd": decimal_usd(status.spending.taken),
            "reserved_usd": decimal_usd(status.spending.reserved),
        },
    }
    return write_json(document)


def _item(item: Item, status: Status) -> dict[str, object]:
    attempt = item.attempt
    billed = attempt.job.billed if attempt is not None else None
    settled = item.condition is Condition.OWNED
    return {
        "shot": item.shot,
        "condition": str(item.condition),
        "model": item.model,
        "price_usd": decimal_usd(item.price),
        "attempt": None if attempt is None else attempt.id,
        "state": None if item.state is None else str(item.state),
        "prediction": item.prediction,
        "reserved_at": None if attempt is None else _moment(attempt.reserved_at),
        "billed_usd": None if billed is None else decimal_usd(billed),
        "reason": item.reason or None,
        "cause": item.cause or None,
        "evidence": (item.evidence or None) if item.state is State.UNKNOWN else None,
        "needs_person": item in status.for_person,
        "stands_in": item.stands_in,
        "stale": item.stale,
        "says": "owned" if settled else headline(item),
        "advice": []
        if settled
        else [
            {"when": each.when, "command": each.command or None} for each in advise(item, status)
        ],
    }


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
