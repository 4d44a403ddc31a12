"""How fast people talk: the one rule by which lines of dialogue are laid out in a clip.

The scratch voices, the animatic's captions and the film's all follow it, so that they agree; and so
does the check of whether a shot is long enough for what is said in it.
"""

from collections.abc import Sequence

__all__ = ["LEAD", "LINGER", "WIDE_CHARACTERS_A_SECOND", "WORDS_A_SECOND", "paced"]

LEAD = 1.0
"""Seconds before the first word, where a clip has room for them."""

WORDS_A_SECOND = 2.5

WIDE_CHARACTERS_A_SECOND = 5.0
"""How fast scripts written without spaces are spoken."""

LINGER = 0.35
"""Seconds that a caption stays after its last word, if nothing else is said."""

_SHORTEST = 0.8  # seconds a line lasts at least
_BREATH = 0.25  # seconds between lines
_WIDE_FROM = "\u2e80"


def paced(lines: Sequence[str], seconds: float) -> tuple[tuple[float, float], ...]:
    """Return from when to when each line is spoken, in seconds of a clip that is `seconds` long.

    At an easy pace after a moment of lead, if all of them fit; else all the faster.
    """
    if not lines:
        return ()
    lead = min(LEAD, seconds / 8)
    wanted = [_spoken_seconds(text) + _BREATH for text in lines]
    pace = min(1.0, (seconds - lead) / sum(wanted))
    found, start = [], lead
    for each in wanted:
        found.append((start, start + (each - _BREATH) * pace))
        start += each * pace
    return tuple(found)


def _spoken_seconds(text: str) -> float:
    wide = sum(letter >= _WIDE_FROM for letter in text)
    narrow = "".join(" " if letter >= _WIDE_FROM else letter for letter in text)
    seconds = wide / WIDE_CHARACTERS_A_SECOND + len(narrow.split()) / WORDS_A_SECOND
    return max(_SHORTEST, seconds)
