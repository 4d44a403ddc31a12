"""What a message says of names: the nearest to one that is not known, or the first few."""

from collections.abc import Iterable, Sequence
from typing import Final

__all__ = ["did_you_mean", "first_few"]

_FEW: Final = 5

_LONGEST: Final = 64
"""No name is longer; a longer word is a mistake of another kind, and dear to compare."""


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that was most likely meant; None when no guess is a good one.

    One slip in three letters is forgiven: a letter wrong, missing, doubled, or two swapped.
    Capitals and the kind of separator do not count as slips.
    """
    if len(word) > _LONGEST:
        return None
    wanted = _folded(word)
    best, fewest = None, len(wanted)
    for candidate in dict.fromkeys(known):
        offered = _folded(candidate)
        allowed = min(max(len(wanted), len(offered)) // 3, fewest - 1)
        if candidate != word and _could_be_within(wanted, offered, allowed):
            slips = _slips(wanted, offered)
            if slips <= allowed:
                best, fewest = candidate, slips
    return best


def first_few(names: Sequence[str]) -> str:
    """List names, of many the first and how many more there are."""
    more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return ", ".join(names[:_FEW]) + more


def _folded(word: str) -> str:
    return word.casefold().replace("_", "-").replace(" ", "-")


def _could_be_within(left: str, right: str, allowed: int) -> bool:
    """Rule out most words by length and letters: a slip changes at most two letters of the set."""
    return (
        abs(len(left) - len(right)) <= allowed
        and len(right) <= _LONGEST
        and len(set(left) ^ set(right)) <= 2 * allowed
    )


def _slips(left: str, right: str) -> int:
    """Count the slips between two words (the optimal string alignment distance)."""
    two_above: list[int] = []
    above = list(range(len(right) + 1))
    for i, letter in enumerate(left, 1):
        row = [i]
        for j, other in enumerate(right, 1):
            best = min(above[j] + 1, row[-1] + 1, above[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == right[j - 2] and left[i - 2] == other:
                best = min(best, two_above[j - 2] + 1)
            row.append(best)
        two_above, above = above, row
    return above[-1]
