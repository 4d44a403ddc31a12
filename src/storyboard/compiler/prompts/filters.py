"""The filters that turn words into prose; none can make a text grow wild."""

# ruff: noqa: RUF001  the marks are those that people write

import re
from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import partial
from typing import Any, Final

from jinja2 import Undefined

from storyboard.compiler.prompts.meter import LONGEST_TEXT, Refused
from storyboard.model.money import Millis, frames, timecode

__all__ = [
    "LIST_FILTERS",
    "TEXT_FILTERS",
    "full_stop",
    "in_one_line",
    "other_filters",
    "quoted",
    "sentence",
    "spoken",
]

_ENDINGS = (*".!?…—。！？",)
_CLOSERS = "\"'”’»)]」』）"
_OPENERS = "\"'“‘«([「『（¿¡"
_WHOLE = re.compile(r"[+-]?[0-9]{1,15}")
_DANGLING = " ,;:，；：、"


def spoken(value: object) -> str:
    """Return a text or number as text; nothing as nothing. Anything else would print as code."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, (int, float, Undefined)) and not isinstance(value, bool):
        return str(value)  # which, for an undefined name, says so
    raise Refused(*_unspeakable(value))


def in_one_line(value: object) -> str:
    """Make any run of white space one space."""
    return " ".join(spoken(value).split())


def full_stop(value: object) -> str:
    """End a text as a sentence ends, once; its words stay as they are."""
    text = " ".join(spoken(value).split()).rstrip(_DANGLING)
    if text.endswith(_ENDINGS) or not text or text.rstrip(_CLOSERS).endswith(_ENDINGS):
        return text
    return text + ("。" if "\u3040" <= text[-1] <= "\u9fff" else ".")


def sentence(value: object) -> str:
    """Make a text a sentence: a capital first letter and one full stop."""
    text = full_stop(value)
    if text[:1].isupper():
        return text
    first = len(text) - len(text.lstrip(_OPENERS))
    return text[:first] + text[first : first + 1].upper() + text[first + 1 :]


def quoted(value: object) -> str:
    """Put a line in double quotes, those inside becoming single ones."""
    text = in_one_line(value)
    if len(text) > 1 and text[0] in '"“' and text[-1] in '"”':
        text = text[1:-1]
    return '"' + text.replace('"', "'") + '"' if text else ""


TEXT_FILTERS: Final[dict[str, Callable[[object], str]]] = {
    "capitalize": lambda value: spoken(value).capitalize(),
    "full_stop": full_stop,
    "lower": lambda value: spoken(value).lower(),
    "quoted": quoted,
    "sentence": sentence,
    "title": lambda value: spoken(value).title(),
    "trim": lambda value: spoken(value).strip(),
    "upper": lambda value: spoken(value).upper(),
    "words": in_one_line,
}
"""The filters that turn one text into another of about its length."""


def other_filters(rate: Fraction) -> dict[str, Callable[..., Any]]:
    """Return the rest of the filters, for a film of that rate."""
    return {
        "int": whole,
        "join": join,
        "replace": replace,
        "seconds": seconds,
        "timecode": partial(_timecode, rate),
    }


def listed(values: object) -> str:
    """Write `a, b and c`, leaving out what is empty."""
    parts = _parts(values)
    if len(parts) < 2:  # noqa: PLR2004  nothing to join
        return "".join(parts)
    comma, last = ("; ", "; and ") if any("," in part for part in parts) else (", ", " and ")
    return comma.join(parts[:-1]) + last + parts[-1]


def commas(values: object) -> str:
    """Write `a, b, c`, leaving out what is empty."""
    return ", ".join(_parts(values))


def clauses(values: object) -> str:
    """Write `a; b; c`, leaving out what is empty."""
    return "; ".join(_parts(values))


def sentences(values: object) -> str:
    """Make each text a sentence of one paragraph, leaving out what is empty."""
    return " ".join(filter(None, map(sentence, _several(values))))


LIST_FILTERS: Final[dict[str, Callable[[object], str]]] = {
    "clauses": clauses,
    "commas": commas,
    "list": listed,
    "sentences": sentences,
}
"""The filters that put several texts together."""


def join(values: object, separator: str = "") -> str:
    """Put texts together with a separator between them."""
    parts = [spoken(value) for value in _several(values)]
    separator = spoken(separator)
    _check(sum(map(len, parts)) + len(separator) * len(parts))
    return separator.join(parts)


def replace(value: object, old: str, new: str) -> str:
    """Put one text for another."""
    text, old, new = spoken(value), spoken(old), spoken(new)
    _check(len(text) + text.count(old) * len(new))
    return text.replace(old, new)


def whole(value: object) -> int:
    """Read a whole number."""
    text = spoken(value).strip()
    if not _WHOLE.fullmatch(text):
        message = f'"{text[:20]}" is not a whole number'
        raise Refused(message)
    return int(text)


def seconds(duration: object) -> str:
    """Write a duration as `8 seconds`, `1 second`, `0.5 seconds`."""
    amount = f"{_milliseconds(duration) / 1000:.3f}".rstrip("0").rstrip(".")
    return f"{amount} second" if amount == "1" else f"{amount} seconds"


def _timecode(rate: Fraction, duration: object) -> str:
    return timecode(frames(_milliseconds(duration), rate), rate)


def _milliseconds(duration: object) -> Millis:
    if not isinstance(duration, (int, Undefined)):
        message = "only a duration is written as a time"
        raise Refused(message, "use it on shot.duration")
    return Millis(int(duration))


def _parts(values: object) -> list[str]:
    parts = (in_one_line(value).rstrip(_DANGLING + ".!…。！") for value in _several(values))
    return [part for part in parts if part]


def _several(values: object) -> Iterable[object]:
    if isinstance(values, (str, int, float)) or values is None:
        return (values,)
    if not isinstance(values, (Iterable, Undefined)):
        message = "this is not a list"
        raise Refused(message)
    return values


def _check(length: int) -> None:
    if length > LONGEST_TEXT:
        message = f"a text grew past {LONGEST_TEXT:,} characters"
        raise Refused(message)


def _unspeakable(value: object) -> tuple[str, str]:
    if isinstance(value, bool):
        return "true or false cannot be printed", "use {% if … %} to choose words"
    if isinstance(value, (list, tuple)) or hasattr(type(value), "__next__"):
        return "a list cannot be printed", "join it with a filter: list, commas or sentences"
    return "a whole value cannot be printed", "print one of its fields, such as shot.action"
