"""The two connections: one that orders leave by, and one for everything that may be asked twice.

httpx's own transport tells a connection that never came about from one that was lost after the
order had been read. The aiohttp transport reports both as the same error, so it must not carry an
order; but it is several times cheaper where hundreds of orders are looked at.

Both are used without a client around them: what a client adds are redirects, cookies and proxies
of the environment, none of which may touch a request here, and a third of its cost.
"""

import asyncio
import platform
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from ssl import SSLContext
from types import MappingProxyType
from typing import Final

import aiohttp
import httpx
from aiohttp.resolver import ThreadedResolver
from httpx_aiohttp import AiohttpTransport

from storyboard import __version__
from storyboard.adapters.wavespeed.faults import BROKEN, UNSENT, broken, why_unsent
from storyboard.adapters.wavespeed.guard import Guard, GuardedResolver
from storyboard.adapters.wavespeed.reply import (
    Heard,
    Lost,
    Reply,
    Unsent,
    read_date,
    read_envelope,
    read_wait,
)
from storyboard.engine.ports import Clock
from storyboard.model.errors import EnvironmentFault, ErrorCode
from storyboard.model.secret import Secret

__all__ = ["Timeouts", "Transport"]

_AT_ONCE: Final = 16  # requests in flight; more only cost time in the client
_ORDERS_AT_ONCE: Final = 8  # each of them makes the next one dearer, in httpx's own pool
_FILES_AT_ONCE: Final = 8  # fewer, so that many files do not hold up orders and looks
_LIMITS: Final = httpx.Limits(
    max_connections=256,
    max_keepalive_connections=32,
    keepalive_expiry=2.0,  # a server that closes an idle connection must not do so under an order
)
_CONNECTIONS: Final = 256
_PIECE: Final = 1 << 18
_PLAIN: Final[Mapping[str, str]] = MappingProxyType(
    {"Accept": "*/*", "User-Agent": f"storyboard/{__version__}"}
)
"""What every request says, also to the hosts that files are on."""
_AGENT: Final[Mapping[str, str]] = MappingProxyType(
    {
        **_PLAIN,
        "X-Client-Name": "storyboard",
        "X-Client-Version": __version__,
        "X-Client-OS": platform.system().lower(),
    }
)
_MOMENT: Final = 1.0  # seconds that a file waits for orders at most
_HIDEABLE: Final = 8  # characters: what is shorter is a word that may stand in any text


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds without a sign of life after which a request is given up."""

    connect: float = 10.0
    submit: float = 60.0
    read: float = 30.0
    file: float = 120.0


class Transport:
    """Sends requests and returns what came back; the key goes to the base URL alone."""

    def __init__(
        self, base_url: str, key: Secret, clock: Clock, guard: Guard, timeouts: Timeouts
    ) -> None:
        self.skew: timedelta | None = None
        self._api = f"{base_url.rstrip('/')}/api/v3/"
        _refuse_unsendable(key)
        self._key = key
        self._clock = clock
        self._timeouts = timeouts
        self._ordering = asyncio.Semaphore(_ORDERS_AT_ONCE)
        self._asking = asyncio.Semaphore(_AT_ONCE)
        self._moving = asyncio.Semaphore(_FILES_AT_ONCE)  # files, which must not hold up the looks
        self._orders = 0  # being sent, or about to be
        self._no_orders = asyncio.Event()
        context = httpx.create_ssl_context()
        orders = httpx.AsyncHTTPTransport(verify=context, trust_env=False, limits=_LIMITS)
        rest = AiohttpTransport(context, client=lambda: _session(context, guard))
        self._submitting: httpx.AsyncBaseTransport = orders
        self._reading: httpx.AsyncBaseTransport = rest

    async def close(self) -> None:
        """Let go of all connections."""
        await self._submitting.aclose()
        await self._reading.aclose()

    async def submit(self, path: str, payload: str) -> Heard | Unsent:
        """Send an order, once."""
        try:
            request = httpx.Request(
                "POST",
                _address(self._api + path),
                content=payload.encode(),
                headers={**self._signed(), "Content-Type": "application/json"},
                extensions=self._timeout(self._timeouts.submit),
            )
        except (httpx.InvalidURL, ValueError):
            return Unsent("its address is none")
        try:
            async with self._order_in_hand(), self._ordering:
                answer = await _whole(self._submitting, request)
        except UNSENT as error:
            return Unsent(why_unsent(error))
        except Exception as error:  # noqa: BLE001  whatever else it was, the order may have left
            return Lost(broken(error))
        return self._heard(answer)

    @asynccontextmanager
    async def _order_in_hand(self) -> AsyncIterator[None]:
        self._orders += 1
        self._no_orders.clear()
        try:
            yield
        finally:
            self._orders -= 1
            if not self._orders:
                self._no_orders.set()

    async def _orders_first(self) -> None:
        """Let orders go before a file, for a moment: a place at the provider is empty meanwhile."""
        if self._orders:
            with suppress(TimeoutError):
                async with asyncio.timeout(_MOMENT):
                    await self._no_orders.wait()

    async def ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Heard:
        """Ask the API for something that changes nothing."""
        timeout = self._timeout(self._timeouts.read)
        try:
            request = httpx.Request(
                method, self._api + path, json=body, headers=self._signed(), extensions=timeout
            )
            async with self._asking:
                return self._heard(await _whole(self._reading, request))
        except BROKEN as error:
            return Lost(broken(error))

    async def send_form(self, path: str, name: str, content: bytes, kind: str) -> Heard:
        """Hand the API a file as the field `file` of a form."""
        timeout = self._timeout(self._timeouts.file)
        try:
            request = httpx.Request(
                "POST",
                self._api + path,
                files={"file": (name, content, kind)},
                headers=self._signed(),
                extensions=timeout,
            )
            async with self._moving:
                return self._heard(await _whole(self._reading, request))
        except BROKEN as error:
            return Lost(broken(error))

    async def put(self, url: str, headers: Mapping[str, str], content: bytes) -> Heard:
        """Hand a file to a store, which is no business of the key's."""
        length = {"Content-Length": str(len(content))}
        try:
            request = httpx.Request(
                "PUT",
                url,
                content=_Pieces(content),
                headers={**_PLAIN, **headers, **length},
                extensions=self._timeout(self._timeouts.file),
            )
            async with self._moving:
                answer = await _whole(self._reading, request)
        except (*BROKEN, ValueError) as error:  # the headers are a stranger's
            return Lost(broken(error))
        return Reply(answer.status_code, None)

    @asynccontextmanager
    async def open_file(self, url: str) -> AsyncIterator[httpx.Response]:
        """Ask for a file, without the key; raises what is in BROKEN, also while it is read."""
        request = httpx.Request(
            "GET",
            url,
            headers={**_PLAIN, "Accept-Encoding": "identity"},
            extensions=self._timeout(self._timeouts.file),
        )
        await self._orders_first()
        async with self._moving:
            answer = await self._reading.handle_async_request(request)
            try:
                yield answer
            finally:
                await answer.aclose()

    def _signed(self) -> dict[str, str]:
        """Return the headers of a request to the API itself: the key goes into nothing else."""
        return {**_AGENT, "Authorization": f"Bearer {self._key.reveal()}"}

    def _timeout(self, seconds: float) -> dict[str, object]:
        timeout = httpx.Timeout(seconds, connect=self._timeouts.connect, pool=None)
        return {"timeout": timeout.as_dict()}

    def _heard(self, answer: httpx.Response) -> Reply:
        now = self._clock.now()
        date = read_date(answer.headers.get("Date"))
        if date is not None:
            self.skew = date - now
        wait = read_wait(answer.headers.get("Retry-After"), date or now)
        return Reply(answer.status_code, read_envelope(self._hidden(answer.content)), wait, date)

    def _hidden(self, body: bytes) -> bytes:
        """Take the key out of an answer that repeats it, before anybody can show it."""
        key = self._key.reveal()
        return body.replace(key.encode(), b"***") if len(key) >= _HIDEABLE else body


class _Pieces:
    """A file's bytes in pieces, from the start each time, for a client that begins again."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self._content), _PIECE):
            yield self._content[start : start + _PIECE]


@lru_cache(maxsize=64)
def _address(text: str) -> httpx.URL:
    """Read an address once: all orders of a model go to the same."""
    return httpx.URL(text)


async def _whole(transport: httpx.AsyncBaseTransport, request: httpx.Request) -> httpx.Response:
    """Send a request and read its answer to the end."""
    answer = await transport.handle_async_request(request)
    try:
        await answer.aread()
    finally:
        await answer.aclose()
    return answer


def _refuse_unsendable(key: Secret) -> None:
    """Refuse a key that no header takes: refused later, it would be quoted."""
    text = key.reveal()
    if not text or not all("!" <= each <= "~" for each in text):
        message = "the key for WaveSpeed has a character that no key has"
        hint = "check WAVESPEED_API_KEY"
        raise EnvironmentFault(message, hint=hint, code=ErrorCode.KEY_REFUSED)


def _session(context: SSLContext, guard: Guard) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(
        ssl=context, limit=_CONNECTIONS, resolver=GuardedResolver(guard, ThreadedResolver())
    )
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
