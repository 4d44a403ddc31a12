"""One scheduler looks at all orders: each about when it should be ready, few at a time.

It waits for a provider that does not answer, until that has answered nobody for too long. Whatever
breaks in here is raised to those who wait: nobody waits for ever.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self, TypeAlias, assert_never

from storyboard.engine.agenda import Agenda, Alarm
from storyboard.engine.latency import Latencies
from storyboard.engine.ports import Clock, Failed, Ready, Running
from storyboard.engine.provider import Missing, PaidLook, Unreachable
from storyboard.model.errors import EnvironmentFault, ErrorCode

__all__ = ["Poller"]

_BACK_OFF: Final = 2.0
_LONGEST_BACK_OFF: Final = 60.0
_LONGEST_WAIT: Final = 3600.0  # however long a provider asks for
_MISSING_LOOKS: Final = 3
_MISSING_SECONDS: Final = 60.0

Told: TypeAlias = Callable[[Running | Unreachable], None]


@dataclass(slots=True, eq=False)
class _Order:
    """An order that somebody waits for, and what the last looks at it gave."""

    prediction: str
    model: str
    since: float
    told: Told
    outcome: asyncio.Future[Ready | Failed | Missing]
    overdue: bool = False  # its first look should have been before we came to it
    running: float | None = None  # how old it was when last seen running
    unreachable: int = 0  # looks in a row
    missing: int = 0  # answers in a row
    missing_since: float = 0.0

    def fail(self, error: Exception) -> None:
        if not self.outcome.done():
            self.outcome.set_exception(error)
            self.outcome.exception()  # no warning where the waiter is cancelled this very moment


class Poller:
    """Follows orders to their outcome for as long as it is entered."""

    def __init__(
        self,
        look: Callable[[str], Awaitable[PaidLook]],
        clock: Clock,
        *,
        at_once: int = 16,
        learned: Mapping[str, Sequence[float]] = {},
        patience: float = 600.0,
    ) -> None:
        if at_once < 1:
            message = f"nothing is ever looked at {at_once} at once"
            raise ValueError(message)
        self._look = look
        self._clock = clock
        self._at_once = at_once
        self._latencies = Latencies(learned)
        self._patience = patience
        self._orders: set[_Order] = set()
        self._agenda: Agenda[_Order] = Agenda()
        self._alarm = Alarm(clock)
        self._looks = 0  # under way
        self._silence: tuple[float, str] | None = None  # since when nobody was answered, and why
        self._serving: asyncio.Task[None] | None = None
        self._out_of_order: Exception | None = RuntimeError("the poller was not entered")

    async def __aenter__(self) -> Self:
        self._out_of_order = None
        self._serving = asyncio.create_task(self._serve())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._close(RuntimeError("the poller was left"))
        if self._serving is not None:
            self._serving.cancel()
            await asyncio.gather(self._serving, return_exceptions=True)

    async def outcome(
        self, prediction: str, *, model: str, since: float, told: Told
    ) -> Ready | Failed | Missing:
        """Wait until an order is made, has failed, or is surely not there.

        `since` is when it was sent, by the clock's monotonic time; `told` hears of every look
        before the last. EnvironmentFault where the provider has answered nobody for too long.
        """
        if self._out_of_order is not None:
            raise self._out_of_order
        waiter = asyncio.get_running_loop().create_future()
        first_look = since + self._latencies.next_look(model, None)
        overdue = first_look < self._clock.monotonic()
        order = _Order(prediction, model, since, told, waiter, overdue)
        self._orders.add(order)
        self._plan(order)
        try:
            return await order.outcome
        finally:
            self._orders.discard(order)
            self._agenda.drop(order)
            if not self._orders:
                self._silence = None  # nobody waits, so nobody is kept waiting

    async def _serve(self) -> None:
        async with asyncio.TaskGroup() as looks:
            try:
                while True:
                    self._give_up_on_silence()
                    self._start_looks(looks)
                    await self._alarm.sleep_until(self._next_moment())
            except Exception as bug:  # noqa: BLE001 - whatever it is, all who wait must hear of it
                self._close(bug)

    def _give_up_on_silence(self) -> None:
        if self._silence is None:
            return
        since, reason = self._silence
        if self._clock.monotonic() >= since + self._patience:
            self._silence = None
            minutes = f"{self._patience / 60:g} minutes"
            message = f"the provider has not answered for {minutes}: {reason}"
            hint = "the orders go on there; the same command resumes"
            self._fail_all(EnvironmentFault(message, hint=hint, code=ErrorCode.UNREACHABLE))

    def _start_looks(self, looks: asyncio.TaskGroup) -> None:
        now = self._clock.monotonic()
        while self._looks < self._at_once and (order := self._agenda.take(now)):
            self._looks += 1
            looks.create_task(self._visit(order))

    def _next_moment(self) -> float | None:
        due = self._agenda.next_due() if self._looks < self._at_once else None
        if self._silence is None:
            return due
        given_up = self._silence[0] + self._patience
        return given_up if due is None else min(due, given_up)

    async def _visit(self, order: _Order) -> None:
        try:
            self._hear(order, await self._look(order.prediction))
        except asyncio.CancelledError:
            order.fail(RuntimeError(f"the look at {order.prediction} was cancelled"))
            raise
        except Exception as bug:  # noqa: BLE001 - whatever it is, who waits must hear of it
            order.fail(bug)
        finally:
            self._looks -= 1
            self._alarm.wake()

    def _hear(self, order: _Order, look: PaidLook) -> None:
        now = self._clock.monotonic()
        self._note_silence(look, now)
        if order.outcome.done():
            return  # its waiter has been cancelled
        match look:
            case Ready():
                self._learn(order, now)
                order.outcome.set_result(look)
            case Failed():
                order.outcome.set_result(look)
            case Missing():
                self._hear_missing(order, look, now)
            case Running():
                order.unreachable = order.missing = 0
                order.running = now - order.since
                order.told(look)
                self._plan(order)
            case Unreachable():
                order.unreachable += 1
                order.told(look)
                asked = min(look.wait or 0.0, _LONGEST_WAIT)
                self._schedule(order, now + max(_back_off(order.unreachable), asked))
            case _:
                assert_never(look)

    def _note_silence(self, look: PaidLook, now: float) -> None:
        if isinstance(look, Unreachable):
            since = self._silence[0] if self._silence is not None else now
            self._silence = since, look.reason
        else:
            self._silence = None

    def _hear_missing(self, order: _Order, look: Missing, now: float) -> None:
        """Believe it only after a while: a new order may not be listed yet."""
        order.unreachable = 0
        if not order.missing:
            order.missing_since = now
        order.missing += 1
        waited = now - order.missing_since
        if order.missing >= _MISSING_LOOKS and waited >= _MISSING_SECONDS:
            order.outcome.set_result(look)
        else:
            self._schedule(order, now + _back_off(order.missing))

    def _learn(self, order: _Order, now: float) -> None:
        if order.running is None and order.overdue:
            return  # an earlier run's order, which may have been ready for days
        news = not self._latencies.known(order.model)
        self._latencies.learn(order.model, order.running, now - order.since)
        if news and self._latencies.known(order.model):
            for other in self._orders:
                if other.model == order.model and _on_course(other) and other in self._agenda:
                    self._plan(other)

    def _plan(self, order: _Order) -> None:
        self._schedule(order, order.since + self._latencies.next_look(order.model, order.running))

    def _schedule(self, order: _Order, due: float) -> None:
        self._agenda.put(order, due)
        self._alarm.wake()

    def _close(self, error: Exception) -> None:
        self._out_of_order = error
        self._fail_all(error)

    def _fail_all(self, error: Exception) -> None:
        self._agenda.clear()
        for order in self._orders:
            order.fail(error)


def _on_course(order: _Order) -> bool:
    return not order.unreachable and not order.missing


def _back_off(times: int) -> float:
    return min(_LONGEST_BACK_OFF, _BACK_OFF * 2.0 ** min(times - 1, 10))
