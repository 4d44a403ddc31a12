"""A ledger in memory: what it keeps outlives the run, not the process."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import RLock

from storyboard.engine.ports import Ledger
from storyboard.model.attempt import (
    Attempt,
    Cap,
    Caps,
    Entry,
    Held,
    Order,
    OverCap,
    Reservation,
    Spending,
)
from storyboard.model.job import (
    BINDING,
    OPEN,
    RESERVED,
    TAKEN,
    IllegalEvent,
    Job,
    JobEvent,
    State,
)
from storyboard.model.money import MicroUsd
from storyboard.model.request import ClipKey

__all__ = ["MemoryLedger"]


class MemoryLedger:
    """Keeps attempts in a list. `beside` opens the same ledger for another run."""

    def __init__(self, now: Callable[[], datetime], run: str) -> None:
        self._now = now
        self._run = run
        self._attempts: dict[str, Attempt] = {}
        self._entries: dict[str, list[Entry]] = {}
        self._uploads: dict[str, tuple[str, datetime]] = {}
        self._turn = RLock()

    def beside(self, run: str) -> "MemoryLedger":
        other = MemoryLedger(self._now, run)
        other._attempts = self._attempts
        other._entries = self._entries
        other._uploads = self._uploads
        other._turn = self._turn
        return other

    def reserve(self, order: Order, caps: Caps) -> Reservation:
        with self._turn:
            newest = self.attempt_for(order.key)
            if newest is not None and newest.job.state in BINDING:
                return Held(newest)
            return self._over(order, caps) or self._insert(order)

    def record(self, attempt: str, event: JobEvent) -> Attempt:
        with self._turn:
            before = self.find(attempt)
            if before is None:
                message = f"the ledger has no attempt {attempt}"
                raise IllegalEvent(message)
            after = replace(before, job=before.job.after(event))
            holder = self.holder_of(after.job.prediction or "")
            if holder is not None and holder.id != attempt:
                message = f"{after.job.prediction} belongs to attempt {holder.id}"
                raise IllegalEvent(message)
            self._attempts[attempt] = after
            self._entries[attempt].append(Entry(event, self._time(), self._run))
            return after

    def find(self, attempt: str) -> Attempt | None:
        return self._attempts.get(attempt)

    def attempt_for(self, key: ClipKey) -> Attempt | None:
        return self._last(each for each in self.attempts() if each.order.key == key)

    def holder_of(self, prediction: str) -> Attempt | None:
        return self._last(each for each in self.attempts() if each.job.prediction == prediction)

    def open_attempts(self) -> tuple[Attempt, ...]:
        return tuple(each for each in self.attempts() if each.job.state in OPEN)

    def attempts(self, film: str | None = None) -> tuple[Attempt, ...]:
        every = tuple(self._attempts.values())
        return tuple(each for each in every if film is None or each.order.film == film)

    def events(self, attempt: str) -> tuple[Entry, ...]:
        return tuple(self._entries.get(attempt, ()))

    def spent(
        self, *, film: str | None = None, month: str | None = None, run: str | None = None
    ) -> Spending:
        within = [
            each
            for each in self.attempts(film)
            if month in {None, f"{each.reserved_at:%Y-%m}"} and run in {None, each.run}
        ]
        return Spending(_sum(within, TAKEN), _sum(within, RESERVED))

    def upload(self, sha256: str) -> str | None:
        url, at = self._uploads.get(sha256, (None, self._now()))
        return url if timedelta() <= self._now() - at < timedelta(days=6) else None

    def remember_upload(self, sha256: str, url: str) -> None:
        self._uploads[sha256] = url, self._now()

    def _insert(self, order: Order) -> Attempt:
        number = str(len(self._attempts) + 1)
        attempt = Attempt(number, order, Job(), self._run, self._time())
        self._attempts[number] = attempt
        self._entries[number] = []
        return attempt

    def _time(self) -> datetime:
        now = self._now().astimezone(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def _over(self, order: Order, caps: Caps) -> OverCap | None:
        asked = (
            (Cap.RUN, caps.run, self.spent(run=self._run)),
            (Cap.FILM, caps.film, self.spent(film=order.film)),
            (Cap.MONTH, caps.month, self.spent(month=f"{self._time():%Y-%m}")),
        )
        for cap, limit, spending in asked:
            if limit is not None and order.price > 0:
                counted = spending.counted
                if counted + order.price > limit:
                    return OverCap(cap, limit, counted, order.price)
        return None

    @staticmethod
    def _last(attempts: Iterator[Attempt]) -> Attempt | None:
        return next(reversed(tuple(attempts)), None)


def _sum(attempts: list[Attempt], states: frozenset[State]) -> MicroUsd:
    return MicroUsd(sum(each.counted for each in attempts if each.job.state in states))


def _is_a_ledger(fake: MemoryLedger) -> Ledger:
    return fake
