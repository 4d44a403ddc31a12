"""The API of WaveSpeed as the engine asks for it: one line for each thing that can be asked."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import Final, Self
from urllib.parse import quote as path_of

from storyboard.adapters.wavespeed.answers import answer_to, look_of
from storyboard.adapters.wavespeed.files import Files
from storyboard.adapters.wavespeed.guard import Guard
from storyboard.adapters.wavespeed.listing import find_bills, find_orders
from storyboard.adapters.wavespeed.prices import find_balance, find_quote
from storyboard.adapters.wavespeed.reading import Reader, unreadable
from storyboard.adapters.wavespeed.transport import Timeouts, Transport
from storyboard.engine.ports import Clock
from storyboard.engine.provider import Answer, Bill, Listing, PaidLook, Quote
from storyboard.model.money import MicroUsd
from storyboard.model.secret import Secret
from storyboard.model.tree import Plain

__all__ = ["WaveSpeed"]

_TIMEOUTS: Final = Timeouts()


class WaveSpeed:
    """Implements the engine's PaidApi; an async context manager, open while it is in use.

    With `rehearsal` the base URL is this machine's, and files may be fetched from there.
    """

    def __init__(
        self,
        base_url: str,
        key: Secret,
        clock: Clock,
        *,
        rehearsal: bool,
        timeouts: Timeouts = _TIMEOUTS,
    ) -> None:
        guard = Guard(base_url, rehearsal=rehearsal)
        self._transport = Transport(base_url, key, clock, guard, timeouts)
        self._reader = Reader(self._transport, clock)
        self._files = Files(self._transport, guard, clock)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._transport.close()

    async def submit(self, model: str, payload: str) -> Answer:
        """Send an order, once, and say what became of it."""
        return answer_to(await self._transport.submit(path_of(model), payload))

    async def look(self, prediction: str) -> PaidLook:
        """Ask once how an order stands."""
        path = f"predictions/{path_of(prediction, safe='')}/result"
        return look_of(await self._transport.ask("GET", path))

    async def history(self, since: datetime) -> Listing:
        """Return every order since then, of whatever model."""
        return await find_orders(self._reader, since)

    async def upload(self, path: str) -> str:
        """Hand in a picture and return its URL, a new one each time."""
        return await self._files.upload(path)

    async def download(self, url: str, path: str) -> None:
        """Write a finished clip to `path`, whole or not at all."""
        await self._files.download(url, path)

    async def quote(self, model: str, inputs: Mapping[str, Plain]) -> Quote:
        """Ask what an order would cost."""
        return await find_quote(self._reader, model, inputs)

    async def balance(self) -> MicroUsd:
        """Ask what the account has left."""
        return await find_balance(self._reader)

    async def bills(self, predictions: Sequence[str]) -> tuple[Bill, ...]:
        """Return what was taken and given back for orders."""
        return await find_bills(self._reader, predictions)

    async def models(self) -> tuple[str, ...]:
        """Return the ids of the models on sale."""
        what = "the models on sale"
        data, _ = await self._reader.data(what, "GET", "models")
        if not isinstance(data, list):
            raise unreadable(what)
        ids = (each.get("model_id") for each in data if isinstance(each, dict))
        return tuple(each for each in ids if isinstance(each, str))

    def skew(self) -> timedelta | None:
        """Return how far the provider's clock is ahead of ours; None before its first answer."""
        return self._transport.skew
