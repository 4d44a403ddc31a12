"""Builds a film by buying: plan, ask, order what is missing, keep every clip, cut them together."""

import asyncio
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial

from storyboard.adapters.ledger.database import SqliteLedger
from storyboard.adapters.ledger.lock import build_lock, this_process
from storyboard.app.build import Built, Watchers, cut_film, rendered_folder, renderer
from storyboard.app.clock import SystemClock
from storyboard.app.compile import Compilation, result_path
from storyboard.app.conforming import Conforming, open_conforming
from storyboard.app.history import film_name
from storyboard.app.inspection import make_inspector
from storyboard.app.interrupts import INTERRUPTED, interruptible
from storyboard.app.models import list_cards
from storyboard.app.plan import clip_store
from storyboard.app.preparing import Preparing
from storyboard.app.provider import open_provider
from storyboard.app.purse import Purse, load_purse, no_key
from storyboard.app.receipt import make_receipt
from storyboard.app.recording import record_takes
from storyboard.app.refusals import refuse_over_caps, refuse_vain
from storyboard.app.scope import Scope, plan_scope, take_over
from storyboard.app.shop import Counter, open_shop
from storyboard.app.stills import ProjectPictures
from storyboard.compiler.select import Selector
from storyboard.engine.billing import refresh_bills
from storyboard.engine.buying import BuyResult, buy_plan
from storyboard.engine.events import Inspected, RunEvent
from storyboard.engine.maker import Maker
from storyboard.engine.ports import Clip, Listener
from storyboard.engine.shop import Bought
from storyboard.model.attempt import Caps
from storyboard.model.errors import EnvironmentFault, StoryboardError
from storyboard.model.job import State
from storyboard.model.measure import Remark
from storyboard.model.money import MicroUsd, Millis
from storyboard.model.plan import Blocked, Plan, Reuse
from storyboard.model.receipt import Receipt
from storyboard.model.secret import Secret

__all__ = ["Bid", "Purchased", "buy_film"]


@dataclass(frozen=True, slots=True)
class Bid:
    """What the user allows: spending without being asked, how much, and shots to order again.

    `confirm` is shown the plan, and asked where money would be spent; it may refuse by raising.
    `retakes` choose shots of which one more take is wanted. Without a key nothing can be ordered,
    and a film whose clips are owned is cut.
    """

    key: Secret | None
    confirm: Callable[[Plan], None]
    max_cost: MicroUsd | None = None
    again: frozenset[str] = frozenset()
    retakes: tuple[Selector, ...] = ()


@dataclass(frozen=True, slots=True)
class Purchased:
    """How a build ended: its receipt, and its film where no clip of it is missing.

    `lacking` are the film's shots whose clips are not there, also those nobody asked for this time.
    """

    receipt: Receipt
    built: Built | None
    lacking: tuple[str, ...]
    error: StoryboardError | None
    interrupted: bool


def buy_film(compilation: Compilation, bid: Bid, watchers: Watchers) -> Purchased:
    """Buy what a film's plan is missing, within every cap, and cut the film.

    The project is locked from the plan on, so what was confirmed is what is done. Raises Locked,
    SpendingRefused, EnvironmentFault; a shot that fails is in the receipt.
    """
    purse = load_purse(compilation.settings)
    clock = SystemClock(purse.speed)
    holder = this_process(f"storyboard build {compilation.path}", clock.now())
    with (
        build_lock(compilation.settings.inside(purse.lock), holder),
        SqliteLedger(compilation.settings.inside(purse.ledger), clock.now, _run_id()) as ledger,
        open_conforming(compilation.settings.inside(purse.folder / "conformed")) as conforming,
    ):
        build = _Build(compilation, bid, watchers, purse, clock, ledger, conforming)
        return build.carry_out()


def _run_id() -> str:
    return uuid.uuid4().hex


@dataclass(frozen=True, slots=True)
class _Build:
    """One build, with everything it stands on."""

    compilation: Compilation
    bid: Bid
    watchers: Watchers
    purse: Purse
    clock: SystemClock
    ledger: SqliteLedger
    conforming: Conforming

    @property
    def film(self) -> str:
        """The name that the film's orders are booked under."""
        return film_name(self.compilation.path, self.compilation.settings)

    def carry_out(self) -> Purchased:
        asyncio.run(self._note_refunds())
        bid = self.bid
        scope = plan_scope(self.compilation, self.ledger, again=bid.again, retakes=bid.retakes)
        refuse_vain(bid.again, scope.whole)
        refuse_over_caps(scope.part, self._caps(scope).run, self._month_left())
        bid.confirm(scope.part)  # outside any loop, whose own handling would swallow a Ctrl-C
        take_over(scope.part, self.ledger, self.film)
        with self._written_down(scope), self._prepared(scope) as preparing:
            result, remarks = self._bought(scope, preparing)
        receipt = make_receipt(scope.part, result, remarks, self.ledger, film=self.film)
        there = _there(scope, result)
        lacking = tuple(shot.id for shot in scope.whole.shots if shot.id not in there)
        built = None if lacking else self._cut(scope, there)
        interrupted = result.stopped == INTERRUPTED
        return Purchased(receipt, built, lacking, result.error, interrupted)

    @contextmanager
    def _written_down(self, scope: Scope) -> Iterator[None]:
        """Write what was bought into the lock file, also where something ended the run early."""
        store = clip_store(self.compilation, free=False)
        record = partial(record_takes, self.compilation, scope.whole, self.ledger, store)
        try:
            yield
        except BaseException:
            with suppress(StoryboardError):
                record(self.clock.now())
            raise
        record(self.clock.now())

    async def _note_refunds(self) -> None:
        """Ask for refunds that are awaited: where one has come, another model may be tried."""
        awaited = [each for each in self.ledger.attempts() if each.job.state is State.FAILED]
        if not awaited or self.bid.key is None:
            return
        with suppress(EnvironmentFault):
            async with open_provider(self.purse, self.bid.key, self.clock) as api:
                await refresh_bills(api, self.ledger, asyncio.to_thread, awaited)

    def _month_left(self) -> MicroUsd | None:
        if self.purse.month is None:
            return None
        counted = self.ledger.spent(month=f"{self.clock.now():%Y-%m}").counted
        return MicroUsd(self.purse.month - counted)

    def _caps(self, scope: Scope) -> Caps:
        """Return what may be spent; what other clones have paid for counts against the film's."""
        film = scope.whole.budget_cost
        if film is not None:
            elsewhere = scope.whole.spent - self.ledger.spent(film=self.film).counted
            film = MicroUsd(film - elsewhere)
        return Caps(self.bid.max_cost, film, self.purse.month)

    def _prepared(self, scope: Scope) -> Preparing:
        """Begin to prepare the cut with what is owned, where something has to be waited for."""
        orders = {shot.id: (shot.key, shot.bought) for shot in scope.whole.shots}
        preparing = Preparing(scope.film, orders, rendered_folder(self.compilation.settings.state))
        if any(not isinstance(shot.step, Reuse | Blocked) for shot in scope.part.orders):
            for clip in scope.clips.values():
                self.conforming.start(clip, scope.film.format, preparing.arrived)
        return preparing

    def _bought(
        self, scope: Scope, preparing: Preparing
    ) -> tuple[BuyResult, tuple[tuple[str, Remark], ...]]:
        """Carry a plan out, or do nothing at all where there is nothing to do."""
        settled = all(isinstance(shot.step, Reuse | Blocked) for shot in scope.part.orders)
        if settled and (self.bid.key is None or not self.ledger.open_attempts()):
            return BuyResult({}, MicroUsd(0), MicroUsd(0)), ()
        return asyncio.run(self._carried_out(scope, preparing))

    async def _carried_out(
        self, scope: Scope, preparing: Preparing
    ) -> tuple[BuyResult, tuple[tuple[str, Remark], ...]]:
        remarks: list[tuple[str, Remark]] = []
        plan = scope.part
        free = clip_store(self.compilation, plan, free=True)
        async with AsyncExitStack() as opened:
            provider = open_provider(self.purse, self._key(), self.clock)
            api = await opened.enter_async_context(provider)
            listen = _noting(opened.enter_context(self.watchers.clips()), remarks)
            shop = opened.enter_context(open_shop(self._counter(scope, preparing), api, listen))
            maker = None
            if any(not shot.price for shot in plan.to_make()):
                renders, limits = opened.enter_context(renderer(free))
                maker = Maker(renders, free, self.clock, listen, limits)
            opened.enter_context(interruptible(shop.brake, listen))
            result = await buy_plan(plan, shop, film=self.film, maker=maker)
        return result, tuple(remarks)

    def _key(self) -> Secret:
        if self.bid.key is None:
            raise no_key()
        return self.bid.key

    def _counter(self, scope: Scope, preparing: Preparing) -> Counter:
        settings = self.compilation.settings
        store = clip_store(self.compilation, scope.part, free=False)
        store.sweep()
        cards = {card.id: card for card in list_cards(str(settings.root))}
        frames = settings.inside(self.purse.folder / "frames")
        stores = (store, clip_store(self.compilation, free=True))
        inspect = make_inspector(store, cards, scope.film)
        return Counter(
            ledger=self.ledger,
            store=store,
            pictures=ProjectPictures(settings.root, stores, frames),
            inspect=self.conforming.inspector(inspect, scope.film.format, preparing.arrived),
            caps=self._caps(scope),
            account=settings.account,
            clock=self.clock,
        )

    def _cut(self, scope: Scope, there: Mapping[str, tuple[Clip, Millis]]) -> Built:
        """Cut the film from its clips as they were bought, brought to its format."""
        return cut_film(
            self.compilation,
            scope.whole,
            scope.film,
            {shot: (clip.key, length) for shot, (clip, length) in there.items()},
            {clip.key: clip for clip, _ in there.values()},
            result_path(self.compilation, ".mp4"),
            self.watchers,
            footage=partial(self.conforming.paths, wanted=scope.film.format),
        )


def _there(scope: Scope, result: BuyResult) -> dict[str, tuple[Clip, Millis]]:
    """Return by shot the clip that is shown and how long it was bought, as far as it is there."""
    found: dict[str, tuple[Clip, Millis]] = {}
    for shot in scope.whole.shots:
        outcome = result.outcomes.get(shot.key)
        if isinstance(outcome, Bought):
            bought = outcome.offer.bought if outcome.offer is not None else shot.bought
            found[shot.id] = outcome.clip, bought
        elif shot.key in scope.clips:
            found[shot.id] = scope.clips[shot.key], shot.bought
    return found


def _noting(listen: Listener, remarks: list[tuple[str, Remark]]) -> Listener:
    """Pass events on, but keep what is odd about clips for the receipt, which says it once."""

    def hear(event: RunEvent) -> None:
        if isinstance(event, Inspected):
            remarks.extend((event.shot, remark) for remark in event.remarks)
        else:
            listen(event)

    return hear
