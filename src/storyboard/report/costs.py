"""What was spent: attempts summed by shot, film or month, estimate beside what billing says."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from storyboard.model.attempt import Attempt, Spending
from storyboard.model.job import AWAITS_REFUND, COUNTED, RESERVED, TAKEN, State
from storyboard.model.money import MicroUsd

__all__ = ["By", "Costs", "MonthSpending", "Sums", "bill_differs", "month_of", "refund_awaited"]

_CHARGED = COUNTED | {State.REFUNDED}


class By(StrEnum):
    """What costs are added up by."""

    SHOT = "shot"
    FILM = "film"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Sums:
    """What some attempts come to; those that were surely never taken count for nothing.

    `estimate` is what was expected at the moment of ordering, `billed` what billing says was taken
    for `bills` of the `orders`. `spent` and `reserved` are what counts against the caps.
    """

    orders: int
    estimate: MicroUsd
    bills: int
    billed: MicroUsd
    refunded: MicroUsd
    reserved: MicroUsd
    spent: MicroUsd

    @classmethod
    def of(cls, attempts: Iterable[Attempt]) -> "Sums":
        """Add attempts up."""
        charged = [each for each in attempts if each.job.state in _CHARGED]
        billed = [each.job.billed for each in charged if each.job.billed is not None]
        return cls(
            orders=len(charged),
            estimate=MicroUsd(sum(each.order.price for each in charged)),
            bills=len(billed),
            billed=MicroUsd(sum(billed)),
            refunded=MicroUsd(sum(_charge(a) for a in charged if a.job.state is State.REFUNDED)),
            reserved=MicroUsd(sum(a.counted for a in charged if a.job.state in RESERVED)),
            spent=MicroUsd(sum(a.counted for a in charged if a.job.state in TAKEN)),
        )


@dataclass(frozen=True, slots=True)
class MonthSpending:
    """What a month has cost the whole project, all films together, beside its limit."""

    month: str
    spending: Spending
    limit: MicroUsd | None = None


@dataclass(frozen=True, slots=True)
class Costs:
    """Attempts to be added up; `film` and `month` say to which they were narrowed.

    `refresh` is the command that asks billing, as a shell takes it.
    """

    film: str | None
    month: str | None
    by: By
    attempts: tuple[Attempt, ...]
    against: MonthSpending
    refresh: str
    rehearsal: str = ""

    @property
    def rows(self) -> Mapping[str, Sums]:
        """The sums by name: months as the calendar has them, the rest as first ordered."""
        groups: dict[str, list[Attempt]] = {}
        attempts: Iterable[Attempt] = self.attempts
        if self.by is By.MONTH:
            attempts = sorted(attempts, key=month_of)
        for attempt in attempts:
            groups.setdefault(_NAMES[self.by](attempt), []).append(attempt)
        sums = {name: Sums.of(group) for name, group in groups.items()}
        return {name: each for name, each in sums.items() if each.orders}

    @property
    def total(self) -> Sums:
        return Sums.of(self.attempts)

    @property
    def unlike(self) -> tuple[Attempt, ...]:
        """The attempts that were billed something else than was expected."""
        return tuple(each for each in self.attempts if bill_differs(each))

    @property
    def without_bill(self) -> int:
        """How many orders that were taken have no bill yet."""
        return sum(a.job.prediction is not None and a.job.billed is None for a in self._taken)

    @property
    def refunds_awaited(self) -> tuple[Attempt, ...]:
        return tuple(each for each in self.attempts if refund_awaited(each))

    @property
    def _taken(self) -> tuple[Attempt, ...]:
        return tuple(each for each in self.attempts if each.job.state in COUNTED)


def bill_differs(attempt: Attempt) -> bool:
    """Tell whether billing took another amount than was expected."""
    return attempt.job.billed not in {None, attempt.order.price}


def refund_awaited(attempt: Attempt) -> bool:
    """Tell whether an order's money may come back: it was taken, and brought no clip."""
    job = attempt.job
    return job.state in AWAITS_REFUND and job.prediction is not None and attempt.counted > 0


def month_of(attempt: Attempt) -> str:
    """Return the calendar month (UTC) that an attempt counts in."""
    return f"{attempt.reserved_at:%Y-%m}"


def _charge(attempt: Attempt) -> MicroUsd:
    return attempt.order.price if attempt.job.billed is None else attempt.job.billed


_NAMES: Mapping[By, Callable[[Attempt], str]] = MappingProxyType(
    {
        By.SHOT: lambda attempt: attempt.order.shot,
        By.FILM: lambda attempt: attempt.order.film,
        By.MONTH: month_of,
    }
)
