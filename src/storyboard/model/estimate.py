"""What a plan may come to once orders fail: a range, and the limits that it is held against."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from storyboard.model.attempt import Cap
from storyboard.model.money import MicroUsd

__all__ = ["FEWEST_CLIPS", "Estimate", "Limit", "Retries"]

FEWEST_CLIPS: Final = 5
"""How many clips of a model have to be owned before its history says anything."""


@dataclass(frozen=True, slots=True)
class Retries:
    """How many orders of a model were sent and have ended, and how many clips they brought."""

    model: str
    orders: int = 0
    clips: int = 0

    @property
    def rate(self) -> Fraction | None:
        """How many orders a clip takes, 1 at least; None while too few were made to say."""
        if self.clips < FEWEST_CLIPS:
            return None
        return max(Fraction(1), Fraction(self.orders, self.clips))


@dataclass(frozen=True, slots=True)
class Limit:
    """One of the caps: what it is, and what it leaves for this plan."""

    cap: Cap
    amount: MicroUsd
    left: MicroUsd


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a plan costs if every order succeeds at once, and with retries as there were so far.

    `high` is None while a model of the plan has no history; `retries` has one entry for each model
    that the plan buys from. A failed order's money comes back, but it counts until then.
    """

    low: MicroUsd
    high: MicroUsd | None
    retries: tuple[Retries, ...] = ()
    limits: tuple[Limit, ...] = ()

    @property
    def tightest(self) -> Limit | None:
        """The limit that leaves least."""
        return min(self.limits, key=lambda limit: limit.left, default=None)

    @property
    def passed(self) -> tuple[Limit, ...]:
        """The limits that the plan is over as it is."""
        return tuple(limit for limit in self.limits if self.low and self.low > limit.left)

    @property
    def endangered(self) -> tuple[Limit, ...]:
        """The limits that the plan keeps, and may pass with retries."""
        high = self.low if self.high is None else self.high
        return tuple(limit for limit in self.limits if self.low <= limit.left < high)
