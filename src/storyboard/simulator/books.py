"""The endpoints about money: models, quotes, balance, billing search."""

from starlette.requests import Request

from storyboard.simulator.account import Row
from storyboard.simulator.catalogue import MicroUsd, dollars
from storyboard.simulator.orders import account_of, base_url, moment_in, page_of
from storyboard.simulator.provider import Provider
from storyboard.simulator.reply import Refusal, Reply, json_object

__all__ = ["balance", "billings", "models", "price", "pricing"]

_ROWS = 10
"""On a page, if the request does not say."""


async def models(provider: Provider, request: Request) -> Reply:
    """List the models on sale."""
    account_of(provider, request)
    on_sale = [each for name, each in provider.models.items() if name not in provider.removed]
    return Reply([model.shown(base_url(request)) for model in on_sale])


async def price(provider: Provider, request: Request) -> Reply:
    """Quote a price, as the current documentation has it."""
    model_id, quoted = await _quote(provider, request)
    amount = dollars(quoted)
    return Reply(
        {"model_id": model_id, "price": amount, "discounted_price": amount, "currency": "USD"}
    )


async def pricing(provider: Provider, request: Request) -> Reply:
    """Quote a price, as older clients ask for it."""
    model_id, quoted = await _quote(provider, request)
    return Reply({"model_id": model_id, "unit_price": dollars(quoted), "currency": "USD"})


async def balance(provider: Provider, request: Request) -> Reply:
    """Tell what the account has left."""
    account = account_of(provider, request)
    return Reply({"balance": dollars(account.balance)})


async def billings(provider: Provider, request: Request) -> Reply:
    """Search the account's rows."""
    account = account_of(provider, request)
    body = await json_object(request)
    page, size = page_of(body, default_size=_ROWS)
    start, end = moment_in(body, "start_time", 0), moment_in(body, "end_time", 1e12)
    kind, wanted = body.get("billing_type"), body.get("prediction_uuids")

    def asked_for(row: Row) -> bool:
        return (
            start <= row.created <= end
            and kind in (None, "", row.kind)
            and (not wanted or row.prediction in wanted)
        )

    rows = [row for row in account.rows if asked_for(row)]
    if not str(body.get("sort", "")).upper().endswith("ASC"):
        rows.reverse()
    shown = [row.shown() for row in rows[(page - 1) * size : page * size]]
    return Reply({"page": page, "total": len(rows), "items": shown})


async def _quote(provider: Provider, request: Request) -> tuple[str, MicroUsd]:
    account_of(provider, request)
    body = await json_object(request)
    inputs = body.get("inputs")
    if not isinstance(body.get("model_id"), str):
        raise Refusal(1400, 'field "model_id" is required', 400)
    model = provider.model(body["model_id"])
    return model.id, model.quote(inputs if isinstance(inputs, dict) else {})
