"""Finds the place of a name in a template: Jinja knows the line, this finds the column."""

import re
from collections.abc import Iterator
from typing import Final

from storyboard.model.source import Source, Span

__all__ = ["place_of_line", "place_of_name", "place_of_quote"]

_TAG: Final = re.compile(
    r"\{#.*?#\}|\{%[-+]?\s*raw\b.*?endraw\s*[-+]?%\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL
)
_TEXT: Final = re.compile(r"'[^']*'|\"[^\"]*\"")
_QUOTED: Final = re.compile(r"'([^']+)'")
_SILENT: Final = re.compile(r"\{#|\{%[-+]?\s*raw\b")


def place_of_name(source: Source, line: int, name: str, owner: str | None = None) -> Span:
    """Return where `owner.name`, or a bare name, is used in a tag of that line."""
    word = re.escape(name)
    patterns = [rf"(?<![\w.]){word}\b(?!\s*=(?!=))", rf"\b{word}\b"]
    if owner is not None:
        patterns.insert(0, rf"\b{re.escape(owner)}\s*(?:\.\s*|\[\s*.)({word})\b")
    for pattern in patterns:
        for start, code in _tags(source, line):
            if match := re.search(pattern, _TEXT.sub(_blank, code)):
                group = match.re.groups
                return Span(source.path, start + match.start(group), start + match.end(group))
    return place_of_quote(source, line, f"'{name}'")


def place_of_quote(source: Source, line: int, message: str) -> Span:
    """Return where the last thing that a message of Jinja's quotes stands on that line."""
    start = _start(source, line)
    text = source.line(line)
    for quote in reversed(_QUOTED.findall(message)):
        column = text.rfind(quote)
        if column >= 0:
            return Span(source.path, start + column, start + column + len(quote))
    return place_of_line(source, line)


def place_of_line(source: Source, line: int) -> Span:
    """Return a line's place, without the white space around its text."""
    start = _start(source, line)
    text = source.line(line)
    return Span(source.path, start + len(text) - len(text.lstrip()), start + len(text.rstrip()))


def _start(source: Source, line: int) -> int:
    """Find a line's first character, halving: positions come from `Source.position` alone."""
    low, high = 0, len(source.text)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if source.position(middle).line >= line else (middle + 1, high)
    return low


def _tags(source: Source, line: int) -> Iterator[tuple[int, str]]:
    """Yield the code of each tag from a line to the next, with its offset."""
    first, end = _start(source, line), _start(source, line + 1)
    for match in _TAG.finditer(source.text):
        if match.start() >= max(end, first + 1):
            return
        if match.end() > first and not _SILENT.match(match[0]):
            start = max(match.start(), first)
            yield start, source.text[start : match.end()]


def _blank(match: re.Match[str]) -> str:
    """Blank a text out of code, unless it is a subscript such as `shot['look']`."""
    before = match.string[: match.start()].rstrip()
    return match[0] if before.endswith("[") else " " * len(match[0])
