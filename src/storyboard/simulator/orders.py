"""The endpoints for predictions: submit, look, history, delete."""

from collections.abc import Callable, Iterator
from typing import Any

from starlette.requests import Request

from storyboard.simulator.account import Account
from storyboard.simulator.catalogue import Inputs
from storyboard.simulator.clock import moment
from storyboard.simulator.predictions import Prediction
from storyboard.simulator.provider import Provider, subject_of
from storyboard.simulator.reply import Refusal, Reply, json_object

__all__ = [
    "about_the_account",
    "about_the_order",
    "about_the_prediction",
    "account_of",
    "base_url",
    "delete",
    "history",
    "look",
    "moment_in",
    "page_of",
    "submit",
]

_PAGE_LIMIT = 100


def base_url(request: Request) -> str:
    """Return the server's own address, as the client wrote it."""
    return str(request.base_url).rstrip("/")


def account_of(provider: Provider, request: Request) -> Account:
    """Return the account that asks, or refuse."""
    return provider.accounts.of(request.headers.get("authorization"))


async def submit(provider: Provider, request: Request) -> Reply:
    """Take an order for a clip."""
    account = account_of(provider, request)
    inputs = await json_object(request)
    prediction = provider.submit(account, request.path_params["model_id"], inputs)
    return Reply({**prediction.shown(base_url(request)), "status": "created"})


async def look(provider: Provider, request: Request) -> Reply:
    """Tell how a prediction stands."""
    account = account_of(provider, request)
    found = provider.predictions.find(request.path_params["id"], provider.now())
    if found is None or found.account is not account:
        raise Refusal(404, "Prediction not found")
    return Reply(found.shown(base_url(request)))


async def history(provider: Provider, request: Request) -> Reply:
    """List an account's predictions, newest first, a page at a time."""
    account = account_of(provider, request)
    body = await json_object(request)
    page, size = page_of(body, default_size=_PAGE_LIMIT)
    wanted = _filter(body)
    found = [each for each in provider.predictions.of(account, provider.now()) if wanted(each)]
    with_inputs = bool(body.get("include_inputs")) and provider.settings.history_inputs
    address = base_url(request)
    shown = [
        each.shown(address, with_inputs=with_inputs)
        for each in found[(page - 1) * size : page * size]
    ]
    return Reply({"page": page, "items": shown})


async def delete(provider: Provider, request: Request) -> Reply:
    """Take predictions out of the history; a name that is not known is passed over."""
    account = account_of(provider, request)
    names = (await json_object(request)).get("ids")
    if not isinstance(names, list):
        raise Refusal(1400, 'field "ids" is required', 400)
    found = list(_own(provider, account, names))
    for prediction in found:
        provider.predictions.delete(prediction)
    return Reply({"deleted_count": len(found)})


def page_of(body: Inputs, *, default_size: int) -> tuple[int, int]:
    """Return the page asked for and its size, or refuse."""
    page, size = body.get("page"), body.get("page_size", default_size)
    if type(page) is not int or page < 1:
        raise Refusal(1401, 'field "page" must be an integer of at least 1', 400)
    if type(size) is not int or not 1 <= size <= _PAGE_LIMIT:
        raise Refusal(1401, f'field "page_size" must be from 1 to {_PAGE_LIMIT}', 400)
    return page, size


def moment_in(body: Inputs, name: str, otherwise: float) -> float:
    """Return a moment that the body may name, or refuse what is none."""
    written = body.get(name)
    if written is None or written == "":
        return otherwise
    try:
        return moment(str(written))
    except (ValueError, OverflowError) as error:
        raise Refusal(1401, f'field "{name}" must be a time in ISO 8601', 400) from error


async def about_the_order(_: Provider, request: Request) -> str:
    """Return what a submission is about, for the weather."""
    try:
        inputs = await json_object(request)
    except Refusal:
        return ""
    return subject_of(request.path_params["model_id"], inputs)


async def about_the_prediction(provider: Provider, request: Request) -> str:
    """Return what a prediction is about, for the weather."""
    found = provider.predictions.find(request.path_params["id"], provider.clock.now())
    return found.subject if found else ""


async def about_the_account(provider: Provider, request: Request) -> str:
    """Return who asks, for the weather."""
    try:
        return account_of(provider, request).label
    except Refusal:
        return ""


def _filter(body: Inputs) -> Callable[[Prediction], bool]:
    after, before = moment_in(body, "created_after", 0), moment_in(body, "created_before", 1e12)
    model, status = body.get("model"), body.get("status")

    def wanted(prediction: Prediction) -> bool:
        return (
            after <= prediction.created <= before
            and model in (None, "", prediction.model)
            and status in (None, "", prediction.status)
        )

    return wanted


def _own(provider: Provider, account: Account, names: list[Any]) -> Iterator[Prediction]:
    for name in dict.fromkeys(map(str, names)):
        found = provider.predictions.find(name, provider.now())
        if found is not None and found.account is account:
            yield found
