"""What the provider lists page by page: the history of orders, and the rows of its billing.

What history does not show counts as never ordered, so nothing is left out here: a page or an item
that cannot be read is a fault, and so is a listing without an end.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final, cast

from storyboard.adapters.wavespeed.prices import billed_usd
from storyboard.adapters.wavespeed.reading import Declined, Reader, unreadable
from storyboard.adapters.wavespeed.reply import is_plain
from storyboard.engine.provider import Bill, Listed, Listing
from storyboard.model.errors import EnvironmentFault
from storyboard.model.tree import Plain

__all__ = ["find_bills", "find_orders"]

_PAGE_SIZE: Final = 100
_MOST_PAGES: Final = 500
_IDS_AT_ONCE: Final = 50
_HISTORY: Final = "the history of orders"
_BILLING: Final = "what it has billed"


@dataclass(frozen=True, slots=True)
class _Pages:
    """All items by their ids; `date` is the provider's clock when it showed the first page."""

    items: Mapping[str, Mapping[str, object]]
    date: datetime | None


async def find_orders(reader: Reader, since: datetime) -> Listing:
    """Return every order since then, with its inputs where the provider shows them."""
    start = since.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    body = {"created_after": start}
    try:
        pages = await _all_pages(
            reader, _HISTORY, "predictions", {**body, "include_inputs": True}, "id"
        )
    except Declined as declined:
        # The field is in no public documentation; a provider may come to mind it.
        if declined.status not in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY):
            raise
        pages = await _all_pages(reader, _HISTORY, "predictions", body, "id")
    listed = tuple(_listed(name, item) for name, item in pages.items.items())
    return Listing(listed, pages.date)


async def find_bills(reader: Reader, predictions: Sequence[str]) -> tuple[Bill, ...]:
    """Return the billing rows of orders, oldest first."""
    wanted = list(dict.fromkeys(predictions))
    bills: list[Bill] = []
    for start in range(0, len(wanted), _IDS_AT_ONCE):
        some = wanted[start : start + _IDS_AT_ONCE]
        body = {"prediction_uuids": some, "sort": "created_at ASC"}
        pages = await _all_pages(reader, _BILLING, "billings/search", body, "uuid")
        bills.extend(bill for row in pages.items.values() for bill in _bills(row, some))
    return tuple(bills)


async def _all_pages(
    reader: Reader, what: str, path: str, body: Mapping[str, object], name: str
) -> _Pages:
    """Read pages until one is not full.

    New items push old ones on to the next page while we read, so some come twice.
    """
    items: dict[str, Mapping[str, object]] = {}
    first: datetime | None = None
    for number in range(1, _MOST_PAGES + 1):
        asked = {**body, "page": number, "page_size": _PAGE_SIZE}
        data, reply = await reader.data(what, "POST", path, asked)
        page = _items(what, data, name)
        items.update(page)
        first = reply.date if number == 1 else first
        if not page or (len(page) < _PAGE_SIZE and not _says_more(data, len(items))):
            return _Pages(items, first)
    message = f"WaveSpeed lists more than {_MOST_PAGES} pages of {what}"
    raise EnvironmentFault(message)


def _items(what: str, data: object, name: str) -> dict[str, Mapping[str, object]]:
    items = data.get("items") if isinstance(data, dict) else None
    if items is None and isinstance(data, dict) and "items" in data:
        return {}  # an empty list, as some servers write it
    if not isinstance(items, list):
        raise unreadable(what)
    page: dict[str, Mapping[str, object]] = {}
    for item in items:
        given = item.get(name) if isinstance(item, dict) else None
        if not isinstance(given, str) or not is_plain(given):
            raise unreadable(what)
        page[given] = item
    return page


def _says_more(data: object, seen: int) -> bool:
    """Tell whether a page that is not full claims not to be the last: a smaller size is in use."""
    if not isinstance(data, dict):
        return False
    total = data.get("total")
    return data.get("has_more") is True or (type(total) is int and total > seen)


def _listed(name: str, item: Mapping[str, object]) -> Listed:
    try:
        created = datetime.fromisoformat(str(item.get("created_at")))
    except ValueError as error:
        raise unreadable(_HISTORY) from error
    created = created if created.tzinfo else created.replace(tzinfo=UTC)
    of = item.get("model")
    shown = item.get("inputs") or item.get("input")
    # No order has no inputs at all: where there are none, they are not shown.
    inputs = cast("Mapping[str, Plain]", shown) if isinstance(shown, dict) else None
    return Listed(name, of if isinstance(of, str) else "", created, inputs)


def _bills(row: Mapping[str, object], wanted: Sequence[str]) -> Iterator[Bill]:
    about, kind = row.get("prediction"), row.get("billing_type")
    prediction = about.get("uuid") if isinstance(about, dict) else None
    if not isinstance(prediction, str) or prediction not in wanted:
        return
    if kind in ("deduct", "refund"):
        amount = billed_usd(_BILLING, row.get("price"))
        yield Bill(prediction, kind, amount)
