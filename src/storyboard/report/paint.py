"""Colour by meaning: what is an error, what is good news; plain text where no colour is wanted."""

from collections.abc import Callable
from typing import Literal, TypeAlias

__all__ = ["Meaning", "Paint", "painter"]

Meaning: TypeAlias = Literal["error", "warning", "note", "help", "frame", "strong", "good", "quiet"]
Paint: TypeAlias = Callable[[str, Meaning], str]

_STYLES: dict[Meaning, str] = {
    "error": "bold red",
    "warning": "bold yellow",
    "note": "bold green",
    "help": "bold cyan",
    "frame": "bold blue",
    "strong": "bold",
    "good": "green",
    "quiet": "dim",
}


def painter(*, colour: bool) -> Paint:
    """Return a function that colours text by its meaning, or one that leaves it alone."""
    if not colour:
        return _plain
    from rich.style import Style  # noqa: PLC0415  # only a terminal pays for rich

    styles = {meaning: Style.parse(words) for meaning, words in _STYLES.items()}
    return lambda text, meaning: styles[meaning].render(text)


def _plain(text: str, meaning: Meaning) -> str:  # noqa: ARG001  # a Paint, as the other one is
    return text
