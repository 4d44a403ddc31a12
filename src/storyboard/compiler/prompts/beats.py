"""Splits an action into its beats: one clear gesture each, as a prompt lists them."""

# ruff: noqa: RUF001  the marks are those that people write

import re
from collections.abc import Iterator

from storyboard.compiler.prompts.filters import full_stop, in_one_line, sentence

__all__ = ["beats", "prose"]

_BULLET = re.compile(r"(?:[-*•–]|\d{1,2}[.)])\s+")
_BREAK = re.compile(r"(?<=[.!?…])[\"'”’)]?\s+(?=[\"'“‘(]?[^\Wa-z\d_])|(?<=[。！？])\s*(?=\S)")
_SHORT = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|St|Prof|Sgt|Capt|Lt|Jr|Sr|vs|No|approx|INT|EXT)|\b[A-Z])\.$"
)
_WRAPPED_AT = 50


def beats(action: str) -> tuple[str, ...]:
    """Return the beats of an action: its list items or lines, and the sentences in them."""
    return tuple(beat for line in _lines(action) for beat in _sentences(line))


def prose(action: str) -> str:
    """Return an action as one paragraph; one line keeps its words and stops as they are."""
    lines = list(_lines(action))
    return lines[0] if len(lines) == 1 else " ".join(map(sentence, lines))


def _lines(action: str) -> Iterator[str]:
    """Yield list items and lines, those that were only wrapped put together again."""
    kept: list[str] = []
    for line in filter(None, map(in_one_line, action.splitlines())):
        bullet = _BULLET.match(line)
        text = line[bullet.end() :] if bullet else line
        if kept and (bullet or not _goes_on(kept[-1], text)):
            yield " ".join(kept)
            kept = []
        kept.append(text)
    if kept:
        yield " ".join(kept)


def _goes_on(line: str, following: str) -> bool:
    return len(line) >= _WRAPPED_AT and full_stop(line) != line and following[:1].islower()


def _sentences(line: str) -> Iterator[str]:
    start = 0
    for match in _BREAK.finditer(line):
        # The closing quote that the break swallowed belongs to the sentence before it.
        end = match.start() + len(match[0]) - len(match[0].lstrip("\"'”’)"))
        if _SHORT.search(line, max(start, end - 8), end):
            continue
        yield line[start:end]
        start = match.end()
    yield line[start:]
