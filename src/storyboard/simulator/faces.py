"""What a fault looks like on the wire; what no answer can do is done to the connection itself."""

import asyncio
import socket
import struct
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType

from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from storyboard.simulator.clock import Clock, Seconds
from storyboard.simulator.faults import Face
from storyboard.simulator.reply import Refusal, Reply
from storyboard.simulator.settings import Durations

__all__ = ["LINE", "Answer", "masked"]

Answer = Reply | Response
"""What an endpoint returns: data, or a response of its own, such as a file."""

LINE = "line"
"""The key in a scope's state under which the server leaves the connection's transport."""

_LINGER_NOT = struct.pack("ii", 1, 0)
_GATEWAY = (Face.BAD_GATEWAY, Face.UNAVAILABLE, Face.GATEWAY_TIMEOUT)
_BODIES: Mapping[Face, str] = MappingProxyType(
    {
        Face.TRUNCATED: '{"code":200,"message":"success","data":{"id":"',
        Face.NULL_DATA: '{"code":200,"message":"success","data":null}',
        Face.ENVELOPE_ERROR: '{"code":500,"message":"internal error","data":null}',
    }
)
"""With HTTP status 200."""
_STATUSES: Mapping[Face, str] = MappingProxyType({Face.QUEUED: "queued", Face.PENDING: "pending"})


def masked(face: Face, answer: Answer | None, durations: Durations, clock: Clock) -> Response:
    """Return what a client sees; `answer` is None where the request was not carried out."""
    match face:
        case Face.RESET | Face.HANG_UP:
            return _Cut(reset=face is Face.RESET)
        case Face.HANG:
            return _Hang(clock, durations.hang)
        case Face.SLOW:
            return _Slow(_plain(answer), clock, durations.slow)
        case Face.TRUNCATED if isinstance(answer, FileResponse):
            return _HalfFile(Path(answer.path))
        case Face.QUEUED | Face.PENDING:
            return _with_status(answer, _STATUSES[face])
        case _:
            return _word(face, round(durations.retry_after))


def _word(face: Face, retry_after: int) -> Response:
    """Return a face that is the same whatever was asked."""
    if face in _BODIES:
        return Response(_BODIES[face], media_type="application/json")
    if face in (Face.LIMITED, Face.LIMITED_SILENT):
        wait = {"Retry-After": str(retry_after)} if face is Face.LIMITED else {}
        return Refusal(429, "Too Many Requests", headers=wait).response()
    status = HTTPStatus(int(face))
    if face in _GATEWAY:
        title = f"{status.value} {status.phrase}"
        page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
        return HTMLResponse(page, status)
    return Refusal(status, status.phrase).response()


def _plain(answer: Answer | None) -> Response:
    return answer.response() if isinstance(answer, Reply) else answer or Response()


def _with_status(answer: Answer | None, status: str) -> Response:
    if isinstance(answer, Reply) and isinstance(answer.data, dict):
        return Reply({**answer.data, "status": status, "outputs": []}).response()
    return _plain(answer)


class _Cut(Response):
    """Ends the connection without an answer, as a reset or in an orderly way."""

    def __init__(self, *, reset: bool) -> None:
        super().__init__()
        self._reset = reset

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # an ASGI application
        await _cut(scope, receive, reset=self._reset)


class _Hang(Response):
    """Says nothing until the client goes, or for a long time."""

    def __init__(self, clock: Clock, seconds: Seconds) -> None:
        super().__init__()
        self._clock = clock
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # an ASGI application
        gone = asyncio.ensure_future(_gone(receive))
        waited = asyncio.ensure_future(self._clock.sleep(self._seconds))
        try:
            await asyncio.wait((gone, waited), return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
            waited.cancel()
        await _cut(scope, receive, reset=False)


class _Slow(Response):
    """Gives the answer late."""

    def __init__(self, answer: Response, clock: Clock, seconds: Seconds) -> None:
        super().__init__(status_code=answer.status_code)
        self._answer = answer
        self._clock = clock
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._clock.sleep(self._seconds)
        await self._answer(scope, receive, send)


class _HalfFile(Response):
    """Promises a whole file, sends its first half, and hangs up."""

    def __init__(self, path: Path) -> None:
        super().__init__(media_type="video/mp4")
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        whole = self._path.read_bytes()
        length = [(b"content-length", b"%d" % len(whole)), (b"content-type", b"video/mp4")]
        await send({"type": "http.response.start", "status": 200, "headers": length})
        half = whole[: len(whole) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        await _cut(scope, receive, reset=False)


async def _cut(scope: Scope, receive: Receive, *, reset: bool) -> None:
    line = scope.get("state", {}).get(LINE)
    if not isinstance(line, asyncio.Transport):
        message = "this server does not let a connection be cut: run the app by serve()"
        raise TypeError(message)
    if reset:
        line.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        line.abort()
    else:
        line.close()
    await _gone(receive)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
