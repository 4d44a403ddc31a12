"""Text as a terminal shows it: how many cells it takes, and without what could hurt the terminal.

Storyboards come from anywhere. A control character in one must not move the cursor, set a title or
turn the reading order around, so each becomes a visible sign of one cell before it is printed.
"""

import re

__all__ = ["HARMFUL", "cut_end", "cut_start", "harmless", "pad", "width_of"]

HARMFUL = (
    "\x7f-\x9f"  # DEL and C1: a terminal obeys them like escapes
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # text that reads in another order than it is
    "\u2028\u2029\ufeff"  # line ends and a mark that editors hide
    "\ud800-\udfff"  # halves of characters, which no encoding can write
)
"""What must not reach a terminal beside the C0 controls, as the inside of a character class."""

_HARMFUL = re.compile(f"[\x00-\x1f{HARMFUL}]")
_CONTROL_PICTURES = 0x2400
_DELETE = 0x7F
_SPACE = 0x20


def harmless(text: str) -> str:
    """Replace each harmful character by one visible sign, so that lengths stay as they were."""
    return text if text.isascii() and text.isprintable() else _HARMFUL.sub(_sign, text)


def _sign(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code == _DELETE:
        return "\u2421"
    return chr(_CONTROL_PICTURES + code) if code < _SPACE else "\ufffd"


def width_of(text: str) -> int:
    """Count the terminal cells that harmless text takes."""
    if text.isascii():
        return len(text)
    # most lines are ASCII, and the table costs as much to load as a small film takes to check
    from rich.cells import cell_len  # noqa: PLC0415

    return cell_len(text)


def pad(text: str, width: int, *, right: bool = False) -> str:
    """Fill text with spaces up to a width in cells, on the right, or on the left for figures."""
    spaces = " " * (width - width_of(text))
    return spaces + text if right else text + spaces


def cut_end(text: str, width: int) -> str:
    """Shorten text to a width in cells, with an ellipsis where its end was."""
    if width_of(text) <= width:
        return text
    return text[: _fitting(text, width - 1)] + "…"


def cut_start(text: str, width: int) -> str:
    """Shorten text to a width in cells, with an ellipsis where its start was."""
    if width_of(text) <= width:
        return text
    low, high = 0, len(text)
    while low < high:  # the longest end of the text that fits
        middle = (low + high) // 2
        if width_of(text[middle:]) <= width - 1:
            high = middle
        else:
            low = middle + 1
    return "…" + text[low:]


def _fitting(text: str, width: int) -> int:
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if width_of(text[:middle]) <= width:
            low = middle
        else:
            high = middle - 1
    return low
