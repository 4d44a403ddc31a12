"""Amounts of money as the provider writes them, turned into whole micro-dollars or refused."""

from collections.abc import Mapping
from typing import Final

from storyboard.adapters.wavespeed.reading import Declined, Reader, unreadable
from storyboard.engine.provider import Quote
from storyboard.model.errors import EnvironmentFault
from storyboard.model.money import MicroUsd, micro_usd
from storyboard.model.tree import Plain

__all__ = ["billed_usd", "find_balance", "find_quote"]

_LEAST_MICRO: Final = 1000
"""A whole number from here on is no price in dollars of one clip, but one in micro-dollars."""
_NOT_THERE: Final = frozenset({404, 405})


async def find_quote(reader: Reader, model: str, inputs: Mapping[str, Plain]) -> Quote:
    """Ask what an order would cost, at the newer address or else at the older one."""
    what, body = f"the price of {model}", {"model_id": model, "inputs": dict(inputs)}
    try:
        data, _ = await reader.data(what, "POST", "model/price", body)
    except Declined as declined:
        if declined.status not in _NOT_THERE:
            raise
        data, _ = await reader.data(what, "POST", "model/pricing", body)
    if not isinstance(data, dict):
        raise unreadable(what)
    if data.get("currency", "USD") != "USD":
        message = f"WaveSpeed tells {what} in another currency than USD"
        raise EnvironmentFault(message)
    price = billed_usd(what, data.get("price", data.get("unit_price")))
    charged = data.get("discounted_price")
    return Quote(price, price if charged is None else billed_usd(what, charged))


async def find_balance(reader: Reader) -> MicroUsd:
    """Ask what the account has left."""
    what = "the balance"
    data, _ = await reader.data(what, "GET", "balance")
    return _usd(what, data.get("balance") if isinstance(data, dict) else None)


def billed_usd(what: str, written: object) -> MicroUsd:
    """Read the price of one clip: dollars, but one documented sample has micro-dollars."""
    if type(written) is int and abs(written) >= _LEAST_MICRO:
        return MicroUsd(abs(written))
    return MicroUsd(abs(_usd(what, written)))


def _usd(what: str, written: object) -> MicroUsd:
    if isinstance(written, bool) or not isinstance(written, int | float):
        raise unreadable(what)
    try:
        return micro_usd(written)
    except ValueError as error:
        raise unreadable(what) from error
