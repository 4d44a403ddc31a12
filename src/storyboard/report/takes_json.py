"""Takes for programs, in the shape of schemas/takes.schema.json; a take is the same in others."""

from datetime import UTC

from storyboard.model.lock import Take
from storyboard.model.money import decimal_usd
from storyboard.report.document import write_json
from storyboard.report.takes import ListedTake, ShotTakes, TakeList

__all__ = ["SCHEMA", "render_takes_json", "take_value"]

SCHEMA = "storyboard/takes-1"


def render_takes_json(listed: TakeList) -> str:
    """Write every take; money is in decimal strings, times are in ISO 8601, UTC."""
    document = {
        "schema": SCHEMA,
        "film": listed.film,
        "rehearsal": listed.rehearsal or None,
        "shots": [_shot(shot) for shot in listed.shots],
        "others": [
            {"shot": left.shot, "takes": [take_value(take) for take in left.takes]}
            for left in listed.left
        ],
        "totals": {
            "takes": listed.count,
            "paid_usd": decimal_usd(listed.paid),
            "not_shown_usd": decimal_usd(listed.aside),
        },
    }
    return write_json(document)


def _shot(shot: ShotTakes) -> dict[str, object]:
    circled = (each.take.number for each in shot.takes if each.circled)
    seen = (each.take.number for each in shot.takes if each.shown)
    return {
        "id": shot.shot,
        "circled": next(circled, None),
        "lapsed": shot.lapsed,
        "shown": next(seen, None),
        "cost_usd": decimal_usd(shot.cost),
        "takes": [_take(take) for take in shot.takes],
    }


def _take(listed: ListedTake) -> dict[str, object]:
    return {
        **take_value(listed.take),
        "stale": listed.stale,
        "changed": list(listed.changed),
        "path": listed.clip,
        "missing": None if listed.absence is None else str(listed.absence),
    }


def take_value(take: Take) -> dict[str, object]:
    """Return what a lock says of one take, as JSON has it."""
    bought = take.bought_at.astimezone(UTC).isoformat(timespec="seconds")
    return {
        "take": take.number,
        "key": take.key,
        "sha256": take.sha256,
        "model": take.model,
        "seen": take.seen,
        "length_ms": take.length,
        "price_usd": decimal_usd(take.price),
        "prediction": take.prediction,
        "bought_at": bought.replace("+00:00", "Z"),
    }
