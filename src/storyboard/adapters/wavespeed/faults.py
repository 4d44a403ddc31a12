"""How an exchange can break, in plain words, and which break leaves an order surely unsent."""

from typing import Final, TypeVar

import aiohttp
import httpx

from storyboard.adapters.wavespeed.guard import Barred

__all__ = ["BROKEN", "UNSENT", "broken", "why_unsent"]

UNSENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
"""What httpx's own transport raises before a byte of a request has left, and only then."""

_Cause = TypeVar("_Cause", bound=BaseException)

BROKEN: Final = (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError)
"""All that a request which may be asked again can raise; the libraries do not map everything."""


def broken(error: BaseException) -> str:
    """Say in plain words how an exchange failed; a library's own words may quote the request."""
    barred = _cause(error, Barred)
    if barred is not None:
        return f"its address {barred}"
    match error:
        case httpx.ReadTimeout() | httpx.WriteTimeout():
            return "no answer came in time"
        case httpx.ConnectError():
            return "no connection came about"
        case _ if _cause(error, aiohttp.ClientConnectorError) is not None:
            return "no connection came about"
        case httpx.DecodingError():
            return "the answer could not be read"
        case _:  # also ConnectTimeout, by which aiohttp's transport says both
            return "the connection was lost before there was a whole answer"


def why_unsent(error: httpx.HTTPError) -> str:
    """Say in plain words why no connection came about."""
    match error:
        case httpx.TimeoutException():
            return "no connection came about in time"
        case httpx.ProxyError():
            return "the proxy made no connection"
        case _:
            return "no connection came about"


def _cause(error: BaseException | None, kind: type[_Cause]) -> _Cause | None:
    """Return the error itself or what led to it, if that is of a kind."""
    while error is not None and not isinstance(error, kind):
        error = error.__cause__ or error.__context__
    return error
