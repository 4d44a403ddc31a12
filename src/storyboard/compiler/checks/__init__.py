"""Findings that a schema cannot see: one small function each, run in the order of the tables."""

from collections.abc import Callable, Iterable

from storyboard.compiler.checks import models, names, pictures, sound, time, words
from storyboard.compiler.checks.subject import Subject
from storyboard.model.diagnostic import Diagnostic

__all__ = ["CHECKS", "FREE", "PAID", "Subject", "check_film"]

Check = Callable[[Subject], Iterable[Diagnostic]]

CHECKS: tuple[Check, ...] = (
    *names.CHECKS,
    *models.CHECKS,
    *time.CHECKS,
    *sound.CHECKS,
    *pictures.CHECKS,
    *words.CHECKS,
)
PAID: frozenset[Check] = frozenset((*models.CHECKS, *time.PAID, *pictures.PAID))
"""The checks that only matter to models that cost money."""
FREE: frozenset[Check] = frozenset(names.FREE)
"""The checks that only matter to an animatic."""


def check_film(subject: Subject, *, free: bool = False) -> tuple[Diagnostic, ...]:
    """Run every check; two shots that inherit the same fault make one finding."""
    found: dict[object, Diagnostic] = {}
    for check in (*CHECKS, *FREE):
        if check in (PAID if free else FREE):
            continue
        for diagnostic in check(subject):
            found.setdefault((diagnostic.code, diagnostic.span, diagnostic.message), diagnostic)
    return tuple(found.values())
