"""Time as the simulator has it, behind a port, so that a test can make a week pass at once."""

import asyncio
import math
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeAlias

__all__ = ["Clock", "Seconds", "SystemClock", "iso", "moment", "to_the_millisecond"]

Seconds: TypeAlias = float
"""A length of time, or a moment as seconds since 1970."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """The time of day, and a way to wait."""

    def now(self) -> Seconds:
        """Return the seconds since 1970."""
        ...

    async def sleep(self, seconds: Seconds) -> None:
        """Wait, letting others run."""
        ...


class SystemClock:
    """The machine's own time of day, the same that a client beside it reads."""

    def now(self) -> Seconds:
        return time.time()  # noqa: TID251  # the simulator's one look at the time, behind its port

    async def sleep(self, seconds: Seconds) -> None:
        await asyncio.sleep(seconds)


def iso(at: Seconds) -> str:
    """Write a moment as the provider does: UTC, with milliseconds."""
    written = _EPOCH + timedelta(milliseconds=round(at * 1000))
    return written.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(written: str) -> Seconds:
    """Read a moment in ISO 8601 or as milliseconds since 1970; ValueError if it is neither."""
    if written.isdecimal():
        return int(written) / 1000
    read = datetime.fromisoformat(written)
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()


def to_the_millisecond(at: Seconds) -> Seconds:
    """Round a moment down to what `iso` can show, so that a filter by a shown moment finds it."""
    return math.floor(at * 1000) / 1000
