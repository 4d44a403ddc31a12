"""Writes the order that is sent: the inputs as JSON, with URLs where the request names pictures."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Mapping

from storyboard.engine.events import Stage, Staged
from storyboard.engine.shop import Shop
from storyboard.model.attempt import Attempt
from storyboard.model.plan import Offer
from storyboard.model.request import ClipKey, ClipRequest
from storyboard.model.tree import Plain

__all__ = ["Orders"]

_UPLOADS_AT_ONCE = 8
_LEDGER = "ledger"


class Orders:
    """Writes orders; a picture is handed in once, and its URL serves all orders that show it."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._gate = asyncio.Semaphore(_UPLOADS_AT_ONCE)
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._urls: dict[str, str] = {}
        self._sent: dict[ClipKey, str] | None = None

    async def payload(self, shot: str, offer: Offer) -> str:
        """Return what is sent, word for word; NotFetched or EnvironmentFault without its pictures.

        No two attempts ever send the same: each take of a shot has its picture handed in for
        itself, and where an earlier attempt sent the same it is handed in anew, under another URL.
        So what history lists can only be one attempt's.
        """
        payload = await self._write(shot, offer.request, fresh=False)
        if payload == (await self._sent_before()).get(offer.key):
            return await self._write(shot, offer.request, fresh=True)
        return payload

    async def _sent_before(self) -> Mapping[ClipKey, str]:
        """Return what earlier runs sent last, by clip; read once, as no clip is ordered twice."""
        async with self._turns[_LEDGER]:
            if self._sent is None:
                attempts: tuple[Attempt, ...] = await self._shop.books(self._shop.ledger.attempts)
                self._sent = {each.order.key: each.order.payload for each in attempts}
        return self._sent

    async def _write(self, shot: str, request: ClipRequest, *, fresh: bool) -> str:
        inputs: dict[str, Plain] = dict(request.inputs)
        for name in request.pictures:
            inputs[name] = await self._url(shot, str(inputs[name]), request, fresh=fresh)
        return json.dumps(inputs, ensure_ascii=False, sort_keys=True)

    async def _url(self, shot: str, reference: str, request: ClipRequest, *, fresh: bool) -> str:
        kind, _, address = reference.partition(":")
        if kind == "url":
            return address
        copy = reference if request.take == 1 else f"{reference}#take={request.take}"
        async with self._turns[copy]:
            known = self._urls.get(copy)
            if known is None:
                known = await self._shop.books(self._shop.ledger.upload, copy)
            if known is None or fresh:
                known = await self._hand_in(shot, reference, request)
                await self._shop.books(self._shop.ledger.remember_upload, copy, known)
            self._urls[copy] = known
            return known

    async def _hand_in(self, shot: str, reference: str, request: ClipRequest) -> str:
        async with self._gate:
            self._shop.tell(Staged(shot, Stage.UPLOADING))
            path: str = await self._shop.blocking(self._shop.pictures.file, reference, request)
            return await self._shop.api.upload(path)
