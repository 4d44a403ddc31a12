"""What every request passes: the weather in front, the answer in the envelope, a note behind."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from storyboard.simulator.clock import iso
from storyboard.simulator.faces import Answer, masked
from storyboard.simulator.faults import DONE, Endpoint, Face, Fault
from storyboard.simulator.provider import Provider, Seen
from storyboard.simulator.reply import Refusal

__all__ = ["Handler", "Subject", "gated"]

Handler: TypeAlias = Callable[[Provider, Request], Awaitable[Answer]]
Subject: TypeAlias = Callable[[Provider, Request], Awaitable[str]]

_NEEDS_THE_ANSWER = frozenset({Face.SLOW, Face.QUEUED, Face.PENDING})
_GONE = 499
"""What logs write for a client that did not wait for the answer."""


def gated(
    provider: Provider, endpoint: Endpoint, handler: Handler, subject: Subject
) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint as the server calls it."""

    async def answer(request: Request) -> Response:
        provider.now()
        try:
            fault = provider.weather.meet(endpoint, await subject(provider, request))
            response = await _answered(provider, handler, request, fault)
        except ClientDisconnect:
            return Response(status_code=_GONE)
        _note(provider, endpoint, request, response, fault)
        return response

    return answer


async def _answered(
    provider: Provider, handler: Handler, request: Request, fault: Fault | None
) -> Response:
    reading = request.method in ("GET", "HEAD")  # which does nothing, so its answer may be used
    if fault and not (reading or fault.done or fault.face in _NEEDS_THE_ANSWER):
        await _taken_in(request)
        return masked(fault.face, None, provider.durations, provider.clock)
    try:
        answer = await handler(provider, request)
    except Refusal as refusal:
        answer = refusal.response()
    if fault is not None:
        return masked(fault.face, answer, provider.durations, provider.clock)
    return answer if isinstance(answer, Response) else answer.response()


async def _taken_in(request: Request) -> None:
    """Read a request to its end, so that its sender is not interrupted, which would tell."""
    async for _ in request.stream():
        pass


def _note(
    provider: Provider,
    endpoint: Endpoint,
    request: Request,
    response: Response,
    fault: Fault | None,
) -> None:
    try:
        account = provider.accounts.of(request.headers.get("authorization")).label
    except Refusal:
        account = ""
    face = "" if fault is None else f"{fault.face}{DONE if fault.done else ''}"
    provider.seen.append(
        Seen(
            iso(provider.clock.now()),
            endpoint,
            request.method,
            request.url.path,
            account,
            response.status_code,
            face,
        )
    )
