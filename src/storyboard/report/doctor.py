"""What the doctor found: a list of checks, each with how it came out and what to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Check", "Health", "is_fit"]


class Health(StrEnum):
    """How a check came out."""

    OK = "ok"
    WARNING = "warning"  # a build can do its work, though not all that could be wished for
    FAULT = "fault"  # a build would fail


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `help` is what to do, where there is something to do."""

    name: str
    state: Health
    message: str
    help: str | None = None


def is_fit(checks: Sequence[Check]) -> bool:
    """Tell whether nothing is a fault."""
    return all(each.state is not Health.FAULT for each in checks)
