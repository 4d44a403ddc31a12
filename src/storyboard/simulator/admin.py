"""The simulator's own page, for tests and for the curious; the real provider has none."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response

from storyboard.simulator.account import Account, Row
from storyboard.simulator.clock import iso
from storyboard.simulator.predictions import Prediction
from storyboard.simulator.provider import Provider

__all__ = ["ADMIN_PATH", "admin_page", "report"]

ADMIN_PATH = "/_simulator"


def report(provider: Provider) -> Mapping[str, object]:
    """Return all that happened; money is in millionths of a dollar, keys are never shown."""
    now = provider.now()
    rows = [(account, row) for account in provider.accounts for row in account.rows]
    return {
        "now": iso(now),
        "weather": provider.settings.weather,
        "seed": provider.settings.seed,
        "accounts": [_account(each) for each in provider.accounts],
        "charges": [_row(account, row) for account, row in rows if row.kind == "deduct"],
        "refunds": [_row(account, row) for account, row in rows if row.kind == "refund"],
        "predictions": [_prediction(each) for each in provider.predictions],
        "uploads": len(provider.uploads.stored()),
        "requests": [asdict(each) for each in provider.seen],
    }


def admin_page(provider: Provider) -> Callable[[Request], Awaitable[Response]]:
    """Return the page as the server calls it."""

    async def page(_: Request) -> Response:
        return Response(json.dumps(report(provider), indent=1), media_type="application/json")

    return page


def _account(account: Account) -> Mapping[str, object]:
    charged = sum(row.price for row in account.rows if row.kind == "deduct")
    refunded = sum(row.price for row in account.rows if row.kind == "refund")
    return {
        "account": account.label,
        "level": account.terms.level.name,
        "balance_micro_usd": account.balance,
        "charged_micro_usd": charged,
        "refunded_micro_usd": refunded,
    }


def _row(account: Account, row: Row) -> Mapping[str, object]:
    return {
        "account": account.label,
        "prediction": row.prediction,
        "model": row.model,
        "price_micro_usd": row.price,
        "state": row.state,
        "created_at": iso(row.created),
    }


def _prediction(prediction: Prediction) -> Mapping[str, object]:
    return {
        "id": prediction.id,
        "account": prediction.account.label,
        "model": prediction.model,
        "status": prediction.status,
        "fate": prediction.fate,
        "inputs": prediction.inputs,
        "price_micro_usd": prediction.price,
        "created_at": iso(prediction.created),
        "ended_at": None if prediction.ended is None else iso(prediction.ended),
    }
