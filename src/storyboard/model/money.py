"""Money and time as integers of their own types: micro-dollars, milliseconds, frames."""

import re
from decimal import Decimal, DecimalException
from fractions import Fraction
from functools import lru_cache
from typing import NewType

__all__ = [
    "Frames",
    "MicroUsd",
    "Millis",
    "decimal_usd",
    "frames",
    "micro_usd",
    "parse_duration",
    "show_clock",
    "show_seconds",
    "show_usd",
    "timecode",
]

MicroUsd = NewType("MicroUsd", int)
"""Millionths of a US dollar."""
Millis = NewType("Millis", int)
"""Thousandths of a second."""
Frames = NewType("Frames", int)
"""Pictures at a film's rate."""

_MICRO = 1_000_000
_TIMECODE = re.compile(r"(\d{1,2}):([0-5]\d):([0-5]\d):(\d{2})", re.ASCII)
_UNITS = re.compile(
    r"(?:(?P<h>\d+(?:\.\d+)?)h)?\s*(?:(?P<m>\d+(?:\.\d+)?)m(?:in)?)?\s*"
    r"(?:(?P<s>\d+(?:\.\d+)?)s)?\s*(?:(?P<ms>\d+(?:\.\d+)?)ms)?",
    re.ASCII,
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_LONGEST = 24 * 3600 * 1000
_MOST_CHARACTERS = 64


def micro_usd(amount: str | float) -> MicroUsd:
    """Turn dollars into micro-dollars, rounding half up; ValueError when it is no amount."""
    try:
        exact = Decimal(str(amount)) * _MICRO
        return MicroUsd(int(exact.to_integral_value(rounding="ROUND_HALF_UP")))
    except (DecimalException, OverflowError) as error:
        message = f"not an amount of dollars: {amount!r}"
        raise ValueError(message) from error


def decimal_usd(amount: MicroUsd) -> str:
    """Write an amount as a decimal string for JSON: at least cents, no more digits than it has."""
    sign = "-" if amount < 0 else ""
    dollars, micros = divmod(abs(amount), _MICRO)
    digits = f"{micros:06d}".rstrip("0").ljust(2, "0")
    return f"{sign}{dollars}.{digits}"


def show_usd(amount: MicroUsd) -> str:
    """Write an amount for people: `$4.80`."""
    text = decimal_usd(amount)
    return f"-${text[1:]}" if text.startswith("-") else f"${text}"


def frames(duration: Millis, rate: Fraction) -> Frames:
    """Count the frames a duration fills at a rate, to the nearest whole frame."""
    return Frames(round(Fraction(duration, 1000) * rate))


@lru_cache(maxsize=1024)
def parse_duration(text: str, rate: Fraction) -> Millis | None:
    """Read `8`, `8s`, `0.5s`, `500ms`, `1m30s`, `1h` or the timecode `00:00:08:12`; None otherwise.

    A timecode counts frames at the film's rate (SMPTE 12M, non-drop), so it needs the rate: at
    23.976 a second of timecode is 24 frames, a thousandth longer than a second of the clock.
    """
    text = text.strip()
    if len(text) > _MOST_CHARACTERS:
        return None
    if match := _TIMECODE.fullmatch(text):
        hours, minutes, seconds, frame = (int(part) for part in match.groups())
        nominal = round(rate)
        if frame >= nominal:
            return None
        counted = ((hours * 60 + minutes) * 60 + seconds) * nominal + frame
        return _bounded(counted * 1000 / rate)
    if _NUMBER.fullmatch(text):
        return _bounded(Fraction(text) * 1000)
    match = _UNITS.fullmatch(text)
    if not text or match is None:
        return None
    weights = {"h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
    parts = (Fraction(match[unit] or 0) * weight for unit, weight in weights.items())
    return _bounded(sum(parts, Fraction(0)))


def _bounded(milliseconds: Fraction) -> Millis | None:
    return Millis(round(milliseconds)) if milliseconds <= _LONGEST else None


def show_seconds(duration: Millis) -> str:
    """Write a duration for people: `8s`, `0.5s`, `1m30s`."""
    minutes, rest = divmod(duration, 60_000)
    seconds = f"{rest / 1000:.3f}".rstrip("0").rstrip(".")
    if not minutes:
        return f"{seconds}s"
    return f"{minutes}m" if seconds == "0" else f"{minutes}m{seconds}s"


def show_clock(duration: Millis) -> str:
    """Write a running time as `1:05`, or `1:00:05` from an hour on, to the nearest second."""
    seconds = (duration + 500) // 1000  # half of one is one more, whatever the number before it
    hours, minutes = seconds // 3600, seconds // 60 % 60
    if hours:
        return f"{hours}:{minutes:02d}:{seconds % 60:02d}"
    return f"{minutes}:{seconds % 60:02d}"


def timecode(frame: Frames, rate: Fraction) -> str:
    """Write a frame number as HH:MM:SS:FF, non-drop, at the nearest whole rate (SMPTE 12M)."""
    nominal = round(rate)
    seconds, rest = divmod(frame, nominal)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}:{rest:02d}"
