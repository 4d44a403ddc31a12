"""The model cards for programs: one JSON object whose shape is named by `schema`."""

from collections.abc import Sequence

from storyboard.model.card import AnyLength, ListedLengths, ModelCard
from storyboard.model.money import decimal_usd
from storyboard.report.document import write_json

__all__ = ["SCHEMA", "render_models_json"]

SCHEMA = "storyboard/models-1"


def render_models_json(cards: Sequence[ModelCard]) -> str:
    """Write what every card says of price, lengths and status; money is in decimal strings."""
    return write_json({"schema": SCHEMA, "models": [_model(card) for card in cards]})


def _model(card: ModelCard) -> dict[str, object]:
    return {
        "id": card.id,
        "title": card.title,
        "provider": card.provider,
        "status": card.status,
        "notice": card.notice,
        "alternatives": list(card.alternatives),
        "lengths": _lengths(card),
        "free": card.free,
        "prices": [
            {"usd_per_second": decimal_usd(row.per_second), "when": dict(row.when)}
            for row in card.prices
        ],
        "sound": card.sound,
        "source": card.source,
        "checked": card.checked,
        "origin": card.origin,
    }


def _lengths(card: ModelCard) -> dict[str, object]:
    match card.lengths:
        case ListedLengths(lengths):
            return {"listed_ms": list(lengths)}
        case AnyLength(shortest, longest):
            return {"shortest_ms": shortest, "longest_ms": longest}
