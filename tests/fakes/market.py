"""Builds in memory and in virtual time: a fake provider, a ledger, a store, and what was seen.

    market = Market(script={0: LOST_ANSWER})
    result = market.run(shot("a"), shot("b"))
    ... market.provider.charges ... market.states() ... market.told(ShotFailed)

What a run leaves behind, the next `run` of the same market finds.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from fakes.clips import MemoryClips
from fakes.ledger import MemoryLedger
from fakes.provider import FakeProvider
from fakes.virtual import VirtualClock, here, run_virtual
from storyboard.engine.buyer import Buyer
from storyboard.engine.buying import BuyResult, buy_plan
from storyboard.engine.events import RunEvent
from storyboard.engine.maker import Maker
from storyboard.engine.poller import Poller
from storyboard.engine.ports import Clip
from storyboard.engine.provider import NotFetched
from storyboard.engine.shop import Bought, NotBought, Shop, Till
from storyboard.engine.throttle import Throttle
from storyboard.model.attempt import Attempt, Caps
from storyboard.model.errors import EnvironmentFault
from storyboard.model.job import State
from storyboard.model.measure import Remark
from storyboard.model.money import MicroUsd, Millis
from storyboard.model.plan import Generate, Offer, Plan, PlannedShot, Step, Why
from storyboard.model.request import ClipKey, ClipRequest, clip_key

__all__ = ["MODEL", "OTHER", "Market", "offer", "shot"]

MODEL: Final = "house/image-to-video"
OTHER: Final = "other/image-to-video"
_SECONDS: Final = 4
_START: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)
_Event = TypeVar("_Event")


def offer(name: str, model: str = MODEL, *, image: str | None = None, cost: int = 400_000) -> Offer:
    """Return an order of four seconds that shows a still named after it, or another `image`."""
    inputs = (
        ("image", image or f"sha256:{name}"),
        ("prompt", name),
        ("duration", _SECONDS),
    )
    request = ClipRequest(model, inputs, Millis(_SECONDS * 1000), pictures=("image",))
    return Offer(model, request.length, request, clip_key(request), MicroUsd(cost))


def shot(
    name: str,
    step: Step | None = None,
    *,
    fallbacks: tuple[Offer, ...] = (),
    image: str | None = None,
    cost: int = 400_000,
) -> PlannedShot:
    """Return a shot that is to be generated, unless it has another step."""
    first = offer(name, image=image, cost=cost)
    length = Millis(_SECONDS * 1000)
    return PlannedShot(
        name,
        "scene",
        MODEL,
        step or Generate(Why.NEW, first.cost),
        length,
        length,
        first.request,
        first.key,
        first.cost,
        fallbacks,
    )


class Market:
    """A provider and a project's books, for as many runs as a test likes."""

    def __init__(self, **provider: Any) -> None:
        self.store = MemoryClips()
        self.provider = FakeProvider(VirtualClock(), self.store.files, **provider)
        self.seconds = 0.0
        self.ledger = MemoryLedger(self._now, "run 1")
        self.events: list[RunEvent] = []
        self.remarks: dict[str, tuple[Remark, ...]] = {}
        self.pictures: list[str] = []
        self.unreadable: set[str] = set()
        self.disk_is_full = False
        self.shop: Shop | None = None
        self._runs = 0

    def run(
        self,
        *shots: PlannedShot,
        caps: Caps = Caps(),  # noqa: B008 - frozen
        at_once: int = 10,
        per_minute: int = 600,
        meanwhile: Callable[[Shop], Any] | None = None,
        maker: Maker | None = None,
        buyer: type[Buyer] = Buyer,
    ) -> BuyResult:
        """Carry out a plan of these shots; `meanwhile` is a coroutine function beside it."""
        self._runs += 1
        self.ledger = self.ledger.beside(f"run {self._runs}")
        plan = Plan("film.yaml", shots, Millis(0))

        async def carry_out() -> BuyResult:
            shop = self._open(caps, at_once, per_minute)
            beside = asyncio.ensure_future(meanwhile(shop)) if meanwhile else None
            try:
                return await buy_plan(plan, shop, film="film.yaml", maker=maker, buyer=buyer(shop))
            finally:
                self.seconds = asyncio.get_running_loop().time()
                if beside is not None:
                    beside.cancel()

        return run_virtual(carry_out, since=self.seconds)

    def wait(self, seconds: float) -> None:
        """Let time pass between two runs."""
        self.seconds += seconds

    def told(self, kind: type[_Event]) -> list[_Event]:
        return [each for each in self.events if isinstance(each, kind)]

    def states(self) -> list[State]:
        """Return the attempts' states, oldest first."""
        return [attempt.job.state for attempt in self.ledger.attempts()]

    def attempt(self, number: int = -1) -> Attempt:
        return self.ledger.attempts()[number]

    def made(self, result: BuyResult) -> list[ClipKey]:
        """Return the clips that a run has kept."""
        return [key for key, each in result.outcomes.items() if isinstance(each, Bought)]

    def why(self, result: BuyResult, wanted: PlannedShot) -> NotBought:
        """Return why a shot has no clip."""
        outcome = result.outcomes[wanted.key]
        assert isinstance(outcome, NotBought)
        return outcome

    def file(self, reference: str, _: ClipRequest) -> str:
        """Find a picture: whatever is asked for, unless it is among the unreadable."""
        if reference in self.unreadable:
            message = "its still has changed since the plan was made"
            raise NotFetched(message)
        self.pictures.append(reference)
        return reference

    def _open(self, caps: Caps, at_once: int, per_minute: int) -> Shop:
        clock = VirtualClock()
        self.shop = Shop(
            api=self.provider,
            ledger=self.ledger,
            store=self.store,
            clock=clock,
            pictures=self,
            inspect=self._inspect,
            caps=caps,
            listen=self.events.append,
            poller=Poller(self.provider.look, clock),
            throttle=Throttle(at_once, per_minute, clock),
            books=self._books,
            blocking=here,
            decoding=here,
            till=Till(self.events.append),
        )
        return self.shop

    def _inspect(self, clip: Clip, request: ClipRequest) -> tuple[Remark, ...]:
        return self.remarks.get(str(dict(request.inputs)["prompt"]), ())

    async def _books(self, function: Callable[..., Any], *arguments: object) -> Any:
        if self.disk_is_full and function.__name__ == "record":
            message = "the disk is full"
            raise EnvironmentFault(message)
        return await here(function, *arguments)

    def _now(self) -> datetime:
        try:
            return VirtualClock().now()
        except RuntimeError:  # between two runs
            return _START + timedelta(seconds=self.seconds)
