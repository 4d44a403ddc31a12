"""The two connections: one that orders leave by, and one for everything that may be asked twice.

httpx's own transport tells a connection that never came about from one that was lost after the
order had been read. The aiohttp transport reports both as the same error, so it must not carry an
order; but it is several times cheaper where hundreds of orders are looked at.
"""

import asyncio
import platform
from collections.abc import AsyncIterator, Generator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from ssl import SSLContext
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
from storyboard.model.errors import EnvironmentFault
from storyboard.model.secret import Secret

__all__ = ["Timeouts", "Transport"]

_AT_ONCE: Final = 16  # requests in flight; more only cost time in the client
_LIMITS: Final = httpx.Limits(
    max_connections=256,
    max_keepalive_connections=32,
    keepalive_expiry=2.0,  # a server that closes an idle connection must not do so under an order
)
_CONNECTIONS: Final = 256
_PIECE: Final = 1 << 18
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
        self._bearer = _Bearer(key)
        self._key = key
        self._clock = clock
        self._timeouts = timeouts
        self._ordering = asyncio.Semaphore(_AT_ONCE)
        self._asking = asyncio.Semaphore(_AT_ONCE)
        self._moving = asyncio.Semaphore(_AT_ONCE)  # files, which must not hold up the looks
        context = httpx.create_ssl_context()
        orders = httpx.AsyncHTTPTransport(verify=context, trust_env=False, limits=_LIMITS)
        rest = AiohttpTransport(context, client=lambda: _session(context, guard))
        self._submitting = _client(orders)
        self._reading = _client(rest)

    async def close(self) -> None:
        """Let go of all connections."""
        await self._submitting.aclose()
        await self._reading.aclose()

    async def submit(self, path: str, payload: str) -> Heard | Unsent:
        """Send an order, once."""
        try:
            request = self._submitting.build_request(
                "POST",
                self._api + path,
                content=payload.encode(),
                headers={**_headers(), "Content-Type": "application/json"},
                timeout=self._timeout(self._timeouts.submit),
            )
        except (httpx.InvalidURL, ValueError):
            return Unsent("its address is none")
        try:
            async with self._ordering:
                answer = await self._submitting.send(request, auth=self._bearer)
        except UNSENT as error:
            return Unsent(why_unsent(error))
        except Exception as error:  # noqa: BLE001  whatever else it was, the order may have left
            return Lost(broken(error))
        return self._heard(answer)

    async def ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Heard:
        """Ask the API for something that changes nothing."""
        timeout = self._timeout(self._timeouts.read)
        try:
            request = self._reading.build_request(
                method, self._api + path, json=body, headers=_headers(), timeout=timeout
            )
            async with self._asking:
                return self._heard(await self._reading.send(request, auth=self._bearer))
        except BROKEN as error:
            return Lost(broken(error))

    async def send_form(self, path: str, name: str, content: bytes, kind: str) -> Heard:
        """Hand the API a file as the field `file` of a form."""
        timeout = self._timeout(self._timeouts.file)
        try:
            request = self._reading.build_request(
                "POST",
                self._api + path,
                files={"file": (name, content, kind)},
                headers=_headers(),
                timeout=timeout,
            )
            async with self._moving:
                return self._heard(await self._reading.send(request, auth=self._bearer))
        except BROKEN as error:
            return Lost(broken(error))

    async def put(self, url: str, headers: Mapping[str, str], content: bytes) -> Heard:
        """Hand a file to a store, which is no business of the key's."""
        length = {"Content-Length": str(len(content))}
        try:
            request = self._reading.build_request(
                "PUT",
                url,
                content=_Pieces(content),
                headers={**headers, **length},
                timeout=self._timeout(self._timeouts.file),
            )
            async with self._moving:
                answer = await self._reading.send(request, auth=None)
        except (*BROKEN, ValueError) as error:  # the headers are a stranger's
            return Lost(broken(error))
        return Reply(answer.status_code, None)

    @asynccontextmanager
    async def open_file(self, url: str) -> AsyncIterator[httpx.Response]:
        """Ask for a file, without the key; raises what is in BROKEN, also while it is read."""
        request = self._reading.build_request(
            "GET",
            url,
            headers={"Accept-Encoding": "identity"},
            timeout=self._timeout(self._timeouts.file),
        )
        async with self._moving:
            answer = await self._reading.send(request, auth=None, stream=True)
            try:
                yield answer
            finally:
                await answer.aclose()

    def _timeout(self, seconds: float) -> httpx.Timeout:
        return httpx.Timeout(seconds, connect=self._timeouts.connect, pool=None)

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


class _Bearer(httpx.Auth):
    """Puts the key into a request's header, and nowhere else."""

    def __init__(self, key: Secret) -> None:
        text = key.reveal()
        if not text or not all("!" <= each <= "~" for each in text):
            # A header refuses it later, with an error that quotes it.
            message = "the key for WaveSpeed has a character that no key has"
            raise EnvironmentFault(message, hint="check WAVESPEED_API_KEY")
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._key.reveal()}"
        yield request


class _Pieces:
    """A file's bytes in pieces, from the start each time, for a client that begins again."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self._content), _PIECE):
            yield self._content[start : start + _PIECE]


def _client(transport: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
    agent = {"User-Agent": f"storyboard/{__version__}"}
    return httpx.AsyncClient(
        transport=transport, headers=agent, follow_redirects=False, trust_env=False
    )


def _session(context: SSLContext, guard: Guard) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(
        ssl=context, limit=_CONNECTIONS, resolver=GuardedResolver(guard, ThreadedResolver())
    )
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())


def _headers() -> dict[str, str]:
    return {
        "X-Client-Name": "storyboard",
        "X-Client-Version": __version__,
        "X-Client-OS": platform.system().lower(),
    }
