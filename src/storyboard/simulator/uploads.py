"""Files that clients hand in: by ticket and PUT, or in one form; kept for a week."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import quote, urlsplit

from PIL import Image

from storyboard.simulator.clock import Seconds

__all__ = ["Ticket", "Uploads", "WrongLength", "picture_size"]


class WrongLength(Exception):
    """The file is not as long as its ticket said."""


@dataclass(slots=True)
class Ticket:
    """Leave to put one file, once; `stored` is when it was put."""

    token: str
    filename: str
    size: int
    content_type: str
    signature: str
    expires: Seconds
    path: Path
    stored: Seconds | None = None

    @property
    def place(self) -> str:
        """The file's place on the server, from the root."""
        return f"/uploads/{self.token}/{quote(self.filename, safe='')}"

    @property
    def kind(self) -> str:
        """What sort of file it is: image, video, audio, or what its type starts with."""
        return self.content_type.partition("/")[0]


class Uploads:
    """Tickets, and the files that were put with them."""

    def __init__(self, folder: Path, ticket_life: Seconds, retention: Seconds) -> None:
        self._folder = folder
        self._ticket_life = ticket_life
        self._retention = retention
        self._tickets: dict[str, Ticket] = {}

    def stored(self) -> list[Ticket]:
        """Return the tickets that were used, first to last."""
        return [ticket for ticket in self._tickets.values() if ticket.stored is not None]

    def issue(self, filename: str, size: int, content_type: str | None, now: Seconds) -> Ticket:
        """Return a new ticket."""
        token, signature = secrets.token_hex(16), secrets.token_hex(16)
        kind = content_type or guess_type(filename)[0] or "application/octet-stream"
        expires, path = now + self._ticket_life, self._folder / token
        ticket = Ticket(token, filename, size, kind, signature, expires, path)
        self._tickets[token] = ticket
        return ticket

    def ticket(self, token: str) -> Ticket | None:
        return self._tickets.get(token)

    def kept(self, token: str, now: Seconds) -> Ticket | None:
        """Return the ticket of a file that is still there."""
        ticket = self._tickets.get(token)
        if ticket is None or ticket.stored is None or now >= ticket.stored + self._retention:
            return None
        return ticket

    async def store(self, ticket: Ticket, body: AsyncIterator[bytes], now: Seconds) -> None:
        """Keep a file, or raise WrongLength."""
        aside = ticket.path.with_suffix(f".{secrets.token_hex(4)}")
        length = 0
        with aside.open("wb") as file:
            async for chunk in body:
                length += len(chunk)
                if length <= ticket.size:
                    file.write(chunk)
        if length != ticket.size:
            aside.unlink()
            raise WrongLength
        aside.replace(ticket.path)
        ticket.stored = now

    def local(self, url: str, now: Seconds) -> Path | None:
        """Return the file behind a URL of ours; FileNotFoundError if it is ours and not there."""
        root, _, place = urlsplit(url).path.partition("/uploads/")
        if root or not place:
            return None
        ticket = self.kept(place.partition("/")[0], now)
        if ticket is None:
            raise FileNotFoundError(url)
        return ticket.path


def picture_size(path: Path) -> tuple[int, int] | None:
    """Return a picture's width and height, or None if it is no picture."""
    try:
        with Image.open(path) as picture:
            width, height = picture.size
    except (OSError, Image.DecompressionBombError):
        return None
    return width, height
