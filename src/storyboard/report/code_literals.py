"""Values as literals of Python and of JavaScript, so that no text can be anything but a text.

Both languages read the escapes of a JSON string as JSON does, as long as no character is written as
two halves; `write_json` writes none so.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from storyboard.model.tree import Plain
from storyboard.report.document import write_json

__all__ = ["JAVASCRIPT", "PYTHON", "Notation", "literal", "quoted"]

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Notation:
    """How a language writes what JSON knows: its words, its keys, its steps, and long texts."""

    true: str
    false: str
    null: str
    key: Callable[[str], str]
    step: str
    joined: str


def quoted(text: str) -> str:
    """Write a text as a literal of either language, on one line."""
    return write_json(text).removesuffix("\n")


def _property(name: str) -> str:
    """Write a key of an object; in brackets `__proto__` is a key like any other."""
    return name if _NAME.fullmatch(name) and name != "__proto__" else f"[{quoted(name)}]"


PYTHON: Final = Notation("True", "False", "None", quoted, "    ", "")
JAVASCRIPT: Final = Notation("true", "false", "null", _property, "  ", " +")


def literal(value: Plain, notation: Notation, margin: str = "") -> str:
    """Write a value as a literal; `margin` is how far the line that it begins on is indented."""
    inner = margin + notation.step
    match value:
        case None:
            return notation.null
        case bool():
            return notation.true if value else notation.false
        case str():
            return _text(value, notation, margin)
        case list():
            items = [literal(each, notation, inner) for each in value]
            return _block("[]", items, notation, margin)
        case dict():
            members = [
                f"{notation.key(name)}: {literal(each, notation, inner)}"
                for name, each in value.items()
            ]
            return _block("{}", members, notation, margin)
        case _:
            return json.dumps(value)


def _text(text: str, notation: Notation, margin: str) -> str:
    """Write a text, a line of it on each line, as people will want to read a prompt."""
    lines = text.splitlines(keepends=True)
    if len(lines) < 2:  # noqa: PLR2004  # not several
        return quoted(text)
    inner = f"\n{margin}{notation.step}"
    return f"({inner}{f'{notation.joined}{inner}'.join(map(quoted, lines))}\n{margin})"


def _block(brackets: str, items: Sequence[str], notation: Notation, margin: str) -> str:
    if not items:
        return brackets
    lines = "".join(f"{margin}{notation.step}{item},\n" for item in items)
    return f"{brackets[0]}\n{lines}{margin}{brackets[1]}"
