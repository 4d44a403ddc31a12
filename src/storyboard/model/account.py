"""What a provider's account level allows; a module of its own, for start-up reads it each time."""

from dataclasses import dataclass

__all__ = ["Account"]


@dataclass(frozen=True, slots=True)
class Account:
    """Videos that may be submitted a minute, and tasks being made at once, at an account level."""

    level: str
    per_minute: int
    at_once: int
