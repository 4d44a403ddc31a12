"""Why a shot has no clip, in a sentence that names what to change."""

import re
from typing import Final

from storyboard.engine.shop import NotBought
from storyboard.model.attempt import Attempt
from storyboard.model.job import Cause

__all__ = ["failure", "likely_input", "unclear"]

_INPUTS: Final = (
    (r"\b(?:audio|sound|voice|speech|music)", "its dialogue or sound"),
    (r"\b(?:image|picture|photo|face|person|likeness|media)", "its still"),
    (r"\b(?:prompt|text|word|copyright|name)", "its action or dialogue"),
)
"""What moderators name, and where in a shot that comes from."""


def likely_input(reason: str) -> str:
    """Guess from a moderator's words which part of a shot it took exception to."""
    words = reason.lower()
    found = (part for pattern, part in _INPUTS if re.search(pattern, words))
    return next(found, "its action, its dialogue or its still")


def failure(reason: str, cause: Cause) -> str:
    """Say why no clip came, and for a moderated one what to change."""
    if cause is not Cause.MODERATION:
        return reason
    guilty = likely_input(reason)
    return f"refused by moderation ({reason}); it is not asked again until {guilty} changes"


def unclear(attempt: Attempt) -> NotBought:
    """Leave an attempt to a person: nobody else can tell whether it was taken."""
    reason = (
        "nobody can tell whether its order was taken; it is not sent again,"
        f" and `storyboard status` says what to do with attempt {attempt.id}"
    )
    return NotBought(reason, attempt.id, unclear=True)
