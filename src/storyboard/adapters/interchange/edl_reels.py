"""Names reels: eight letters and digits for each shot, no two the same, after the shot's id."""

import re
import unicodedata
from collections.abc import Collection, Sequence

from storyboard.adapters.interchange.edl_edits import BLACK

__all__ = ["reels"]

_LENGTH = 8
_OTHER = re.compile("[^A-Z0-9]")
_RESERVED = frozenset({BLACK, "BLACK", "BARS", "AX"})
"""What a reel of that name would be taken for: black, colour bars, a source without a name."""


def reels(shots: Sequence[str], blank: Collection[str]) -> dict[str, str]:
    """Return each shot's reel; blank ones are black."""
    named: dict[str, str] = dict.fromkeys(blank, BLACK)
    taken = set(_RESERVED)
    for number, shot in enumerate(shots, 1):
        if shot not in named:
            named[shot] = _free(_letters(shot) or f"SHOT{number}", taken)
            taken.add(named[shot])
    return named


def _letters(shot: str) -> str:
    """Spell the last part of an id in capitals and digits."""
    part = unicodedata.normalize("NFKD", shot.rpartition("/")[2]).upper()
    return _OTHER.sub("", part)


def _free(name: str, taken: Collection[str]) -> str:
    """Cut a name to length; put a number at its end where another shot has it."""
    found, number = name[:_LENGTH], 1
    while found in taken:
        number += 1
        found = f"{name[: _LENGTH - len(str(number))]}{number}"
    return found
