"""What an unquoted YAML value means, and whether every YAML reader would agree.

Values resolve by the core schema of YAML 1.2. Many readers still follow YAML 1.1, where `no` is
false and `16:9` is 969; a value on which the two disagree is never guessed at. Dates stay text,
silently: nothing in a film is one.
"""

import math
import re
from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

__all__ = ["Ambiguous", "Value", "resolve"]

Value: TypeAlias = str | int | float | bool | None


class Ambiguous(NamedTuple):
    """A value that readers disagree on: one sentence why, and what to type instead."""

    message: str
    help: str


_WORDS: Final[dict[str, Value]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_OLD_WORDS: Final[dict[str, bool]] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "off", "Off", "OFF"), False),
}
_NO_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_DIGITS = re.compile(r"[-+]?[0-9]+")
_LONGEST_NUMBER: Final = 64
_SMALLEST: Final = -(2**63)
_LARGEST: Final = 2**64 - 1


def _sexagesimal(text: str) -> int | float:
    sign = -1 if text.startswith("-") else 1
    total: int | float = 0
    for part in text.lstrip("+-").split(":"):
        total = total * 60 + (float(part) if "." in part else int(part))
    return sign * total


def _base(base: int) -> Callable[[str], int]:
    return lambda text: int(text, base)


_Rules: TypeAlias = tuple[tuple[re.Pattern[str], Callable[[str], int | float]], ...]

_CORE: Final[_Rules] = (
    (_DIGITS, int),
    (re.compile(r"0o[0-7]+"), _base(8)),
    (re.compile(r"0x[0-9a-fA-F]+"), _base(16)),
    (re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"), float),
)
# As PyYAML and its kin read them; `01:30` and `0o17` are read so by some of them and not by others.
_OLD: Final[_Rules] = (
    (re.compile(r"[-+]?0b_*[01][01_]*"), _base(2)),
    (re.compile(r"[-+]?0[0-7_]+"), _base(8)),
    (re.compile(r"0o[0-7]+"), _base(8)),
    (re.compile(r"[-+]?(?:0|[1-9][0-9_]*)"), int),
    (re.compile(r"[-+]?0x_*[0-9a-fA-F][0-9a-fA-F_]*"), _base(16)),
    (re.compile(r"[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+"), _sexagesimal),
    (re.compile(r"[-+]?0[0-9_]*(?::[0-5]?[0-9]){1,2}"), _sexagesimal),
    (re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*"), _sexagesimal),
    (re.compile(r"[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?"), float),
    (re.compile(r"\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?"), float),
)


def resolve(text: str) -> Value | Ambiguous:
    """Say what an unquoted value means, or why it means different things to different readers."""
    if text in _WORDS:
        return _WORDS[text]
    if text in _OLD_WORDS:
        meaning = "true" if _OLD_WORDS[text] else "false"
        return Ambiguous(
            f"`{text}` is {meaning} to many YAML readers and text to others",
            f'write {meaning} if that is meant, or "{text}" in quotes for the text',
        )
    if text[0] not in "+-.0123456789":
        return text
    return _number(text)


def _number(text: str) -> Value | Ambiguous:
    if len(text) > _LONGEST_NUMBER:
        return _too_large(text) if _DIGITS.fullmatch(text) else text
    if _NO_NUMBER.fullmatch(text):
        return Ambiguous(
            f"`{text}` is not a number a film can use",
            f'write a number, or "{text}" in quotes for the text',
        )
    core, old = _read(_CORE, text), _read(_OLD, text.replace("_", ""), text)
    if isinstance(core, float) and math.isinf(core):
        return _too_large(text)
    if core != old or type(core) is not type(old):
        return _disagreement(text, core, old)
    if isinstance(core, int) and not _SMALLEST <= core <= _LARGEST:
        return _too_large(text)
    return text if core is None else core


def _read(rules: _Rules, digits: str, text: str | None = None) -> int | float | None:
    """Read the digits by the first rule that the text, if it is not the digits alone, fits."""
    for pattern, convert in rules:
        if pattern.fullmatch(digits if text is None else text):
            return convert(digits)
    return None


def _disagreement(text: str, core: float | None, old: float | None) -> Ambiguous:
    if core is None:
        return Ambiguous(
            f"`{text}` is the number {old} to many YAML readers and text to others",
            f'write "{text}" in quotes for the text, or {old} for the number',
        )
    other = "text" if old is None else f"the number {old}"
    return Ambiguous(
        f"`{text}` is the number {core} to some YAML readers and {other} to others",
        f'write {core} for the number, or "{text}" in quotes for the text',
    )


def _too_large(text: str) -> Ambiguous:
    shown = text if len(text) <= _LONGEST_NUMBER else f"{text[:20]}..."
    return Ambiguous(
        f"`{shown}` is larger than the numbers YAML readers keep exactly",
        "write it in quotes if it is meant as text",
    )
