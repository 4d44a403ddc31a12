"""Pictures handed in and clips fetched: bytes that go to and come from hosts the API names."""

import asyncio
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

import httpx

from storyboard.adapters.durable import reason
from storyboard.adapters.wavespeed.answers import is_settled, not_accepted
from storyboard.adapters.wavespeed.faults import BROKEN, broken
from storyboard.adapters.wavespeed.guard import Guard
from storyboard.adapters.wavespeed.patience import Later, persist
from storyboard.adapters.wavespeed.reply import Heard, Lost, Reply, is_url
from storyboard.adapters.wavespeed.transport import Transport
from storyboard.engine.ports import Clock
from storyboard.engine.provider import NotFetched

__all__ = ["Files"]

_KINDS: Final[Mapping[str, str]] = {
    ".bmp": "image/bmp",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".webp": "image/webp",
}
_OTHER: Final = "application/octet-stream"
_LARGEST_PICTURE: Final = 200 << 20
_OVER: Final = "over 200 MB"
_LARGEST_CLIP: Final = 2 << 30
_ENDLESS: Final = "the clip is larger than 2 GB"
_MOST_REDIRECTS: Final = 5
_UPLOAD_TRIES: Final = 12  # of two requests each, both of which may fail
_PIECE: Final = 1 << 20
_SMALL: Final = 1 << 17  # what is written sooner than a thread would begin to
_NO_TICKETS: Final = frozenset({404, 405})
_MP4: Final = b"ftyp"  # every mp4 has it behind the four bytes of its first box's length


@dataclass(frozen=True, slots=True)
class _Picture:
    name: str
    kind: str
    content: bytes


@dataclass(frozen=True, slots=True)
class _Ticket:
    """Leave to put one file, once."""

    url: str
    headers: Mapping[str, str]
    download_url: str


class Files:
    """Uploads and downloads, each with tries of its own."""

    def __init__(self, transport: Transport, guard: Guard, clock: Clock) -> None:
        self._transport = transport
        self._guard = guard
        self._clock = clock

    async def upload(self, path: str) -> str:
        """Hand in a picture and return its URL; NotFetched after several tries."""
        picture = await asyncio.to_thread(_read_picture, Path(path))
        sent = await persist(self._clock, lambda: self._hand_in(picture), _UPLOAD_TRIES)
        if isinstance(sent, Later):
            message = f"the picture cannot be handed in now: {sent.reason}"
            raise NotFetched(message)
        return sent

    async def download(self, url: str, path: str) -> None:
        """Fetch a clip into `path`, whole or not at all; NotFetched after several tries."""
        failed = await persist(self._clock, lambda: self._fetch(url, Path(path)))
        if failed is not None:
            message = f"the clip cannot be fetched now: {failed.reason}"
            raise NotFetched(message)

    async def _hand_in(self, picture: _Picture) -> str | Later:
        """Put a picture by a ticket of its own: one that was used, or may have been, is spent."""
        asked = {
            "filename": picture.name,
            "size": len(picture.content),
            "content_type": picture.kind,
        }
        heard = await self._transport.ask("POST", "media/uploads", asked)
        if isinstance(heard, Reply) and heard.status in _NO_TICKETS:
            return await self._hand_in_as_form(picture)
        ticket = _ticket(_granted(heard))
        if ticket is None:
            return _not_granted(heard)
        self._check(ticket.url, "the address for the picture")
        put = await self._transport.put(ticket.url, ticket.headers, picture.content)
        if isinstance(put, Lost):
            return Later(put.reason)
        if put.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            raise _too_large(str(put))
        return ticket.download_url if put.status // 100 == 2 else Later(f"the answer was {put}")  # noqa: PLR2004  2xx

    async def _hand_in_as_form(self, picture: _Picture) -> str | Later:
        """Hand a picture in the older way."""
        heard = await self._transport.send_form(
            "media/upload/binary", picture.name, picture.content, picture.kind
        )
        url = _granted(heard).get("download_url")
        return url if is_url(url) else _not_granted(heard)

    async def _fetch(self, url: str, path: Path) -> Later | None:
        try:
            for _ in range(_MOST_REDIRECTS + 1):
                self._check(url, "the clip's address")
                async with self._transport.open_file(url) as answer:
                    if not answer.has_redirect_location:
                        return await _write(answer, path)
                    url = str(httpx.URL(url).join(answer.headers["Location"]))
        except BROKEN as error:
            return Later(broken(error))
        message = "the clip's address leads on and on"
        raise NotFetched(message)

    def _check(self, url: str, what: str) -> None:
        refusal = self._guard.refusal(url)
        if refusal is not None:
            message = f"{what} {refusal}"
            raise NotFetched(message)


def _read_picture(path: Path) -> _Picture:
    try:
        if path.stat().st_size > _LARGEST_PICTURE:
            raise _too_large(_OVER)
        content = path.read_bytes()
    except OSError as error:
        message = f"{path.name} cannot be read: {reason(error)}"
        raise NotFetched(message) from error
    # Not the file's own name, which is nobody's business.
    name = hashlib.sha256(content).hexdigest()[:16] + path.suffix.lower()
    return _Picture(name, _KINDS.get(path.suffix.lower(), _OTHER), content)


def _granted(heard: Heard) -> Mapping[str, object]:
    if not isinstance(heard, Reply) or heard.envelope is None or not heard.succeeded:
        return {}
    return heard.envelope.data if isinstance(heard.envelope.data, dict) else {}


def _ticket(data: Mapping[str, object]) -> _Ticket | None:
    upload, url = data.get("upload"), data.get("download_url")
    if not isinstance(upload, dict) or not is_url(url):
        return None
    target, headers = upload.get("url"), upload.get("headers") or {}
    if upload.get("method") != "PUT" or not isinstance(target, str):
        return None
    if not isinstance(headers, dict) or not all(isinstance(each, str) for each in headers.values()):
        return None
    return _Ticket(target, headers, url)


def _not_granted(heard: Heard) -> Later:
    """Say why a picture is not taken now; NotFetched where it will not be the next time either."""
    if isinstance(heard, Lost):
        return Later(heard.reason)
    if heard.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        raise _too_large(str(heard))
    if not_accepted(heard):
        message = f"WaveSpeed does not accept the key ({heard})"
        raise NotFetched(message)
    if heard.status == HTTPStatus.TOO_MANY_REQUESTS and "quota" in str(heard).lower():
        message = f"the account may hand in no more pictures for now ({heard})"
        raise NotFetched(message)
    if is_settled(heard) and not heard.succeeded:
        message = f"WaveSpeed does not take the picture ({heard})"
        raise NotFetched(message)
    return Later(f"WaveSpeed answered {heard}", heard.wait)


def _too_large(said: str) -> NotFetched:
    return NotFetched(f"the picture is too large to be handed in ({said})")


async def _write(answer: httpx.Response, path: Path) -> Later | None:
    """Write the file that an answer holds; where it is not whole, or no clip, delete it again."""
    if answer.status_code != HTTPStatus.OK:
        return Later(f"its host answered {Reply(answer.status_code, None)}")
    written = answer.headers.get("Content-Length", "")
    promised = int(written) if written.isdecimal() else None
    if (promised or 0) > _LARGEST_CLIP:
        raise NotFetched(_ENDLESS)
    whole = False
    try:
        received, head = await _pour(answer, path)
        if promised is not None and received != promised:
            return Later(f"{received} of its {promised} bytes came")
        if head[4:8] != _MP4:
            return Later("what came is no mp4")
        whole = True
    finally:
        if not whole:
            _discard(path)
    return None


async def _pour(answer: httpx.Response, path: Path) -> tuple[int, bytes]:
    """Write the bytes as they come; return how many came, and the first of them."""
    received, head = 0, b""
    with _disk(path):
        file = path.open("wb")
    try:
        async for piece in answer.aiter_raw(_PIECE):
            head = head or piece[:8]
            received += len(piece)
            if received > _LARGEST_CLIP:
                raise NotFetched(_ENDLESS)
            with _disk(path):
                if len(piece) <= _SMALL:
                    file.write(piece)
                else:
                    await asyncio.to_thread(file.write, piece)
    finally:
        with _disk(path):
            file.close()
    return received, head


@contextmanager
def _disk(path: Path) -> Iterator[None]:
    """Tell what the disk refuses from what the network does."""
    try:
        yield
    except OSError as error:
        message = f"the clip cannot be written to {path.name}: {reason(error)}"
        raise NotFetched(message) from error


def _discard(path: Path) -> None:
    with _disk(path):
        path.unlink(missing_ok=True)
