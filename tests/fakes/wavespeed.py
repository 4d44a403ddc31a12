"""The adapter against servers: the simulator, or one that answers word for word as it is told.

    with scripted(answer(503), answer(200, {...})) as server:
        run(server.base_url, lambda api: api.balance())

The last answer is given for ever. Waiting costs no time: the clock is a fake.
"""

import asyncio
import contextlib
import json
import socket
import socketserver
import struct
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar

from fakes.clock import FakeClock
from storyboard.adapters.wavespeed.client import WaveSpeed
from storyboard.adapters.wavespeed.transport import Timeouts
from storyboard.engine.provider import PaidApi
from storyboard.model.secret import Secret

__all__ = [
    "KEY",
    "Line",
    "Scripted",
    "Sent",
    "answer",
    "data",
    "mp4_clip",
    "mp4_of",
    "run",
    "scripted",
    "unused_port",
]

KEY: Final = "wsk_live_0123456789abcdef"
_HANDSHAKE: Final = b"\x16"  # how TLS begins
_Result = TypeVar("_Result")


class Line(Enum):
    """What is done to a connection whose request was read, in place of an answer."""

    DROPPED = "dropped"
    RESET = "reset"
    SILENT = "silent"


Told: TypeAlias = bytes | Line


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Scripted:
    """A server, who came, and what it was asked; `answers` may be changed while it runs."""

    base_url: str
    answers: list[Told]
    requests: list[Sent] = field(default_factory=list)
    connections: int = 0

    def next(self) -> Told:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def answer(status: int = 200, body: object = b"", **headers: str) -> bytes:
    """Write an HTTP answer; a body that is not bytes goes as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    shown = {"Content-Length": str(len(content)), "Connection": "close", **named}
    lines = "".join(f"{name}: {value}\r\n" for name, value in shown.items())
    return f"HTTP/1.1 {status} Said\r\n{lines}\r\n".encode() + content


def data(content: object, **headers: str) -> bytes:
    """Write a success in the provider's envelope."""
    return answer(200, {"code": 200, "message": "success", "data": content}, **headers)


def mp4_of(content: bytes) -> bytes:
    """Return bytes that begin as an mp4 does."""
    return (16).to_bytes(4) + b"ftypisom" + bytes(4) + content


def mp4_clip(inputs: Mapping[str, Any], width: int, height: int, seconds: float, path: str) -> None:
    """Render, for a simulator, a clip that begins as an mp4 and tells its order."""
    Path(path).write_bytes(mp4_of(json.dumps([width, height, seconds]).encode() * 1000))


def run(
    base_url: str,
    work: Callable[[WaveSpeed], Awaitable[_Result]],
    *,
    key: str = KEY,
    rehearsal: bool = True,
    clock: FakeClock | None = None,
    timeouts: Timeouts | None = None,
) -> _Result:
    """Do some work with an adapter that is closed behind it."""

    async def done() -> _Result:
        api = WaveSpeed(
            base_url,
            Secret(key),
            clock or FakeClock(),
            rehearsal=rehearsal,
            timeouts=timeouts or Timeouts(),
        )
        async with api:
            return await work(api)

    return asyncio.run(done())


@contextlib.contextmanager
def scripted(*answers: Told) -> Iterator[Scripted]:
    """Serve these answers, in order, one for each connection."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            server.connections += 1
            sent = _read(self.request)
            if sent is not None:
                server.requests.append(sent)
                _say(self.request, server.next())

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False
        request_queue_size = 64

    with Server(("127.0.0.1", 0), Handler) as listening:
        server = Scripted(f"http://127.0.0.1:{listening.server_address[1]}", list(answers))
        threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        listening.shutdown()


def unused_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _read(line: socket.socket) -> Sent | None:
    """Read a whole request; None for what is no HTTP, which is told so."""
    came = b""
    while b"\r\n\r\n" not in came:
        piece = line.recv(65536)
        if not piece or piece.startswith(_HANDSHAKE):
            line.sendall(b"HTTP/1.1 400 Not TLS\r\n\r\n")
            return None
        came += piece
    head, _, body = came.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    named = (each.partition(":") for each in lines)
    headers = {name.lower(): value.strip() for name, _, value in named}
    while len(body) < int(headers.get("content-length", 0)):
        body += line.recv(65536)
    method, path, _ = first.split(" ")
    return Sent(method, path, headers, body)


def _say(line: socket.socket, told: Told) -> None:
    match told:
        case bytes():
            line.sendall(told)
        case Line.RESET:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            line.close()
        case Line.SILENT:
            with contextlib.suppress(OSError):
                line.recv(1)  # until the client goes
        case Line.DROPPED:
            pass


def _is_a_paid_api(api: WaveSpeed) -> PaidApi:
    return api
