"""What an endpoint answers: data in the provider's envelope, or a refusal in its words."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from storyboard.simulator.catalogue import Inputs

__all__ = ["Refusal", "Reply", "json_object", "xml_refusal"]


@dataclass(frozen=True, slots=True)
class Reply:
    """A success; `data` is what the envelope holds."""

    data: object

    def response(self) -> Response:
        return JSONResponse({"code": 200, "message": "success", "data": self.data})


class Refusal(Exception):
    """A refusal; `code` is the envelope's, and the HTTP status too where there is no other."""

    def __init__(
        self,
        code: int,
        message: str,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status or code
        self.headers = dict(headers or {})

    def response(self) -> Response:
        body = {"code": self.code, "message": self.message}
        return JSONResponse(body, self.status, self.headers)


def xml_refusal(status: int, code: str) -> Response:
    """Return a refusal as a store of files writes it."""
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code></Error>'
    return Response(body, status, media_type="application/xml")


async def json_object(request: Request) -> Inputs:
    """Return the request's body, or refuse it when it is no JSON object."""
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refusal(400, "the body must be a JSON object")
    return body
