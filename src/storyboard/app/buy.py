"""Builds a film by buying: plan, ask, order what is missing, keep every clip, cut them together."""

import asyncio
import uuid
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, replace
from functools import partial

from storyboard.adapters.ledger.database import SqliteLedger
from storyboard.adapters.ledger.lock import build_lock, this_process
from storyboard.app.build import Built, Watchers, cut_film, rendered_folder, renderer
from storyboard.app.clock import SystemClock
from storyboard.app.compile import Compilation, result_path
from storyboard.app.conforming import Conforming, open_conforming
from storyboard.app.footage import whole_clips
from storyboard.app.history import film_name, read_history
from storyboard.app.inspection import make_inspector
from storyboard.app.interrupts import INTERRUPTED, interruptible
from storyboard.app.models import list_cards
from storyboard.app.plan import Known, clip_store, plan_film, remember_orders
from storyboard.app.preparing import Preparing
from storyboard.app.provider import open_provider
from storyboard.app.purse import Purse, load_purse
from storyboard.app.receipt import make_receipt
from storyboard.app.refusals import refuse_over_caps, refuse_vain
from storyboard.app.shop import Counter, open_shop
from storyboard.app.stills import ProjectPictures
from storyboard.compiler.pipeline import Compiled
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
from storyboard.model.money import MicroUsd
from storyboard.model.plan import Blocked, Plan, Reuse
from storyboard.model.receipt import Receipt
from storyboard.model.request import ClipKey
from storyboard.model.secret import Secret
from storyboard.model.story import Film

__all__ = ["Bid", "Purchased", "buy_film"]


@dataclass(frozen=True, slots=True)
class Bid:
    """What the user allows: spending without being asked, how much, and shots to order again.

    `confirm` is shown the plan, and asked where money would be spent; it may refuse by raising.
    """

    key: Secret
    confirm: Callable[[Plan], None]
    max_cost: MicroUsd | None = None
    again: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Purchased:
    """How a build ended: its receipt, and its film where no clip is missing."""

    receipt: Receipt
    built: Built | None
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
class _Run:
    """What a run of the plan came to, and the clips that were owned before it."""

    plan: Plan
    film: Film
    result: BuyResult
    owned: Mapping[ClipKey, Clip]
    remarks: tuple[tuple[str, Remark], ...]


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
        plan, compiled, owned = self._planned()
        refuse_vain(self.bid.again, plan)
        refuse_over_caps(plan, self.bid.max_cost, self._month_left())
        self.bid.confirm(plan)  # outside any loop, whose own handling would swallow a Ctrl-C
        with self._prepared(plan, _film(compiled), owned) as preparing:
            result, remarks = self._bought(plan, compiled, preparing)
        run = _Run(plan, _film(compiled), result, owned, remarks)
        remember_orders(self.compilation, run.plan, free=False)
        receipt = make_receipt(run.plan, run.result, run.remarks, self.ledger, film=self.film)
        built = self._cut(run) if receipt.complete else None
        return Purchased(receipt, built, run.result.error, run.result.stopped == INTERRUPTED)

    async def _note_refunds(self) -> None:
        """Ask for refunds that are awaited: where one has come, another model may be tried."""
        awaited = [each for each in self.ledger.attempts() if each.job.state is State.FAILED]
        if not awaited:
            return
        with suppress(EnvironmentFault):
            async with open_provider(self.purse, self.bid.key, self.clock) as api:
                await refresh_bills(api, self.ledger, asyncio.to_thread, awaited)

    def _planned(self) -> tuple[Plan, Compiled, Mapping[ClipKey, Clip]]:
        """Plan with what is owned verified to the byte: a damaged clip counts as missing."""
        known = Known(read_history(self.film, self.ledger), again=self.bid.again)
        plan, compiled = plan_film(self.compilation, known=known)
        owned, damaged = self._verified(plan)
        if damaged:
            plan, compiled = plan_film(self.compilation, known=replace(known, damaged=damaged))
        return plan, compiled, owned

    def _verified(self, plan: Plan) -> tuple[dict[ClipKey, Clip], frozenset[ClipKey]]:
        """Read the clips that a plan reuses; return those that are whole, and the others' keys."""
        made = {shot.key for shot in plan.shots if not isinstance(shot.step, Reuse)}
        reused = {shot.key for shot in plan.shots} - made
        whole = whole_clips(self.compilation, reused)
        return whole, frozenset(reused - whole.keys())

    def _month_left(self) -> MicroUsd | None:
        if self.purse.month is None:
            return None
        counted = self.ledger.spent(month=f"{self.clock.now():%Y-%m}").counted
        return MicroUsd(self.purse.month - counted)

    def _prepared(self, plan: Plan, film: Film, owned: Mapping[ClipKey, Clip]) -> Preparing:
        """Begin to prepare the cut with what is owned, where something has to be waited for."""
        orders = {shot.id: (shot.key, shot.bought) for shot in plan.shots}
        preparing = Preparing(film, orders, rendered_folder(self.compilation.settings.state))
        if any(not isinstance(shot.step, Reuse | Blocked) for shot in plan.shots):
            for clip in owned.values():
                self.conforming.start(clip, film.format, preparing.arrived)
        return preparing

    def _bought(
        self, plan: Plan, compiled: Compiled, preparing: Preparing
    ) -> tuple[BuyResult, tuple[tuple[str, Remark], ...]]:
        """Carry a plan out, or do nothing at all where there is nothing to do."""
        settled = all(isinstance(shot.step, Reuse | Blocked) for shot in plan.shots)
        if settled and not self.ledger.open_attempts():
            return BuyResult({}, MicroUsd(0), MicroUsd(0)), ()
        return asyncio.run(self._carried_out(plan, compiled, preparing))

    async def _carried_out(
        self, plan: Plan, compiled: Compiled, preparing: Preparing
    ) -> tuple[BuyResult, tuple[tuple[str, Remark], ...]]:
        remarks: list[tuple[str, Remark]] = []
        free = clip_store(self.compilation, plan, free=True)
        async with AsyncExitStack() as opened:
            provider = open_provider(self.purse, self.bid.key, self.clock)
            api = await opened.enter_async_context(provider)
            listen = _noting(opened.enter_context(self.watchers.clips()), remarks)
            shop = opened.enter_context(
                open_shop(self._counter(plan, compiled, preparing), api, listen)
            )
            maker = None
            if any(not shot.price for shot in plan.to_make()):
                renders, limits = opened.enter_context(renderer(free))
                maker = Maker(renders, free, self.clock, listen, limits)
            opened.enter_context(interruptible(shop.brake, listen))
            result = await buy_plan(plan, shop, film=self.film, maker=maker)
        return result, tuple(remarks)

    def _counter(self, plan: Plan, compiled: Compiled, preparing: Preparing) -> Counter:
        settings = self.compilation.settings
        store = clip_store(self.compilation, plan, free=False)
        store.sweep()
        cards = {card.id: card for card in list_cards(str(settings.root))}
        frames = settings.inside(self.purse.folder / "frames")
        stores = (store, clip_store(self.compilation, free=True))
        film = _film(compiled)
        inspect = make_inspector(store, cards, film)
        return Counter(
            ledger=self.ledger,
            store=store,
            pictures=ProjectPictures(settings.root, stores, frames),
            inspect=self.conforming.inspector(inspect, film.format, preparing.arrived),
            caps=Caps(self.bid.max_cost, plan.budget_cost, self.purse.month),
            account=settings.account,
            clock=self.clock,
        )

    def _cut(self, run: _Run) -> Built:
        """Cut the film from its clips as they were bought, brought to its format."""
        orders = {shot.id: (shot.key, shot.bought) for shot in run.plan.shots}
        clips = dict(run.owned)
        for shot in run.plan.shots:
            outcome = run.result.outcomes.get(shot.key)
            if isinstance(outcome, Bought):
                bought = outcome.offer.bought if outcome.offer is not None else shot.bought
                orders[shot.id] = (outcome.clip.key, bought)
                clips[outcome.clip.key] = outcome.clip
        path = result_path(self.compilation, ".mp4")
        footage = partial(self.conforming.paths, wanted=run.film.format)
        return cut_film(
            self.compilation,
            run.plan,
            run.film,
            orders,
            clips,
            path,
            self.watchers,
            footage=footage,
        )


def _film(compiled: Compiled) -> Film:
    if compiled.film is None:
        message = "only a film without errors can be bought"
        raise ValueError(message)
    return compiled.film


def _noting(listen: Listener, remarks: list[tuple[str, Remark]]) -> Listener:
    """Pass events on, but keep what is odd about clips for the receipt, which says it once."""

    def hear(event: RunEvent) -> None:
        if isinstance(event, Inspected):
            remarks.extend((event.shot, remark) for remark in event.remarks)
        else:
            listen(event)

    return hear
