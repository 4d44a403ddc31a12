"""What is asked before the first order leaves: whether prices and balance are as planned."""

import asyncio
from collections.abc import Iterable, Sequence

from storyboard.engine.provider import PaidApi, Quote
from storyboard.engine.shop import Purchase
from storyboard.model.errors import ErrorCode, SpendingRefused
from storyboard.model.money import MicroUsd, show_usd
from storyboard.model.plan import Offer
from storyboard.model.request import ClipKey
from storyboard.model.tree import Plain

__all__ = ["check_prices_and_balance"]

_PICTURE = "https://example.com/still.png"
"""Stands in for pictures when a price is asked: they need not be reachable, and change nothing."""


async def check_prices_and_balance(
    api: PaidApi, new: Sequence[Purchase], again: Sequence[Purchase] = ()
) -> frozenset[ClipKey]:
    """Refuse (SpendingRefused) what costs another price than planned, or more than there is.

    `again` is what an earlier run has ordered, perhaps, and this one may order anew: its prices
    matter, its money may be taken already. Returns the fallback offers that are quoted otherwise
    than their cards say: they are left out.
    """
    if not new and not again:
        return frozenset()
    firsts = [purchase.offers[0] for purchase in (*new, *again)]
    fallbacks = [offer for purchase in (*new, *again) for offer in purchase.offers[1:]]
    balance, quotes = await asyncio.gather(api.balance(), _quotes(api, firsts + fallbacks))
    for offer in firsts:
        _refuse_other_price(offer, quotes[_priced_by(offer)])
    needed = MicroUsd(sum(purchase.offers[0].cost for purchase in new))
    if balance < needed:
        message = f"the account has {show_usd(balance)}, and the plan costs {show_usd(needed)}"
        hint = "top the account up, or make fewer shots"
        raise SpendingRefused(message, hint=hint, code=ErrorCode.BALANCE_TOO_LOW)
    return frozenset(o.key for o in fallbacks if _differs(o, quotes[_priced_by(o)]))


async def _quotes(api: PaidApi, offers: Iterable[Offer]) -> dict[str, Quote]:
    """Ask once for all offers alike; by what their price can depend on."""
    asked = {_priced_by(offer): offer for offer in offers}
    found = await asyncio.gather(
        *(api.quote(offer.model, _inputs(offer)) for offer in asked.values())
    )
    return dict(zip(asked, found, strict=True))


def _priced_by(offer: Offer) -> str:
    """Name what a price can depend on: all but the words and the pictures."""
    inputs = _inputs(offer)
    inputs.pop("prompt", None)
    return repr((offer.model, sorted(inputs.items(), key=lambda pair: pair[0])))


def _inputs(offer: Offer) -> dict[str, Plain]:
    pictures = dict.fromkeys(offer.request.pictures, _PICTURE)
    return {**dict(offer.request.inputs), **pictures}


def _refuse_other_price(offer: Offer, quote: Quote) -> None:
    if _differs(offer, quote):
        seconds = offer.bought / 1000
        message = (
            f"the provider asks {show_usd(quote.charged)} for {seconds:g} s of {offer.model},"
            f" and its card says {show_usd(offer.cost)}; nothing was spent"
        )
        hint = "put the new price in a card in the project's cards/ folder, then plan again"
        raise SpendingRefused(message, hint=hint, code=ErrorCode.PRICE_CHANGED)


def _differs(offer: Offer, quote: Quote) -> bool:
    """A discount on the card's own price is welcome; any other figure is another price."""
    return offer.cost not in {quote.price, quote.charged} or quote.charged > offer.cost
