"""Buys one clip: reserve, order once, follow, fetch, keep; each step on disk before the next.

Whatever happens between two of these steps, the ledger says enough to go on from there, and no
order is sent again unless the one before surely was not taken.
"""

from contextlib import suppress
from typing import Final

from storyboard.engine.billing import refresh_bills
from storyboard.engine.events import Inspected, Stage, Staged, Working
from storyboard.engine.orders import Orders
from storyboard.engine.ports import Clip, Failed, Ready, Running
from storyboard.engine.provider import Missing, NotFetched, Unreachable
from storyboard.engine.reconcile import Reconciler
from storyboard.engine.sending import Sender
from storyboard.engine.shop import Bought, NotBought, Outcome, Place, Purchase, Shop
from storyboard.engine.told import failure, unclear
from storyboard.model import job
from storyboard.model.attempt import KEPT, Attempt, Cap, Held, Order, OverCap, Reservation
from storyboard.model.errors import EnvironmentFault, ErrorCode, ShotsFailed, SpendingRefused
from storyboard.model.job import FINAL, Cause, State
from storyboard.model.money import show_usd
from storyboard.model.plan import Offer

__all__ = ["Buyer"]

_REFUND_LOOKS: Final = (0.0, 20.0, 40.0)
"""Seconds before each look for a refund, where another model waits for it."""
_OVER: Final = {
    Cap.RUN: (ErrorCode.OVER_RUN_LIMIT, "allow more with --max-cost"),
    Cap.FILM: (ErrorCode.OVER_BUDGET, "raise the film's budget, or make fewer shots"),
    Cap.MONTH: (
        ErrorCode.OVER_MONTH_LIMIT,
        "raise the month's limit in storyboard.toml, or wait for the next month",
    ),
}
"""By the cap that would be passed: the word the refusal is known by, and what to do."""


class Buyer:
    """Gets clips, one call for each; calls run side by side and share the shop's limits."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._orders = Orders(shop)
        self._reconciler = Reconciler(shop)
        self._sender = Sender(shop, self._reconciler)

    async def buy(self, purchase: Purchase, priority: float = 0.0) -> Outcome:
        """Get a clip that nobody has ordered yet, of the first model that makes it."""
        outcome: Outcome = NotBought("no model can make it")
        for number, offer in enumerate(purchase.offers, start=1):
            outcome = await self._buy(purchase, offer, priority)
            if isinstance(outcome, Bought) or number == len(purchase.offers):
                break
            if not await self._another_may_try(outcome):
                break
        self._shop.till.drop(purchase.key)
        return outcome

    async def take_up(
        self, attempt: Attempt, purchase: Purchase | None, priority: float = 0.0
    ) -> Outcome:
        """See an attempt of an earlier run through; what was never taken is ordered anew."""
        attempt = await self._cleared(attempt)
        if attempt.job.state is State.UNKNOWN:
            return unclear(attempt)
        if attempt.job.state is State.INTENT:
            return await self._ordered_anew(attempt, purchase, priority)
        offers = purchase.offers if purchase is not None else ()
        offer = next((each for each in offers if each.key == attempt.order.key), None)
        outcome = await self._taken_up(attempt, offer)
        rest = offers[offers.index(offer) + 1 :] if offer is not None else ()
        if isinstance(outcome, Bought) or purchase is None or not rest:
            return outcome
        if not await self._another_may_try(outcome):
            return outcome
        return await self.buy(Purchase(purchase.shot, purchase.film, rest), priority)

    def _called(self, purchase: Purchase) -> str:
        return self._shop.called(purchase.key, purchase.shot)

    async def _ordered_anew(
        self, attempt: Attempt, purchase: Purchase | None, priority: float
    ) -> Outcome:
        await self._shop.record(attempt, job.Withdrawn("never taken; its run had ended"))
        if purchase is None:
            return NotBought("it was never taken, and no shot asks for it any more")
        return await self.buy(purchase, priority)

    async def _taken_up(self, attempt: Attempt, offer: Offer | None) -> Outcome:
        """Go on with an order that is paid for; it has its place at the provider already."""
        if attempt.job.state is State.READY and (clip := await self._in_store(attempt)):
            await self._shop.record(attempt, job.Saved(clip.sha256))
            return Bought(clip, offer)
        self._shop.throttle.occupy()
        place = Place(self._shop.throttle)
        try:
            return await self._seen_through(attempt, offer, place)
        except BaseException:
            self._shop.brake.pull("the run has ended")
            raise
        finally:
            place.leave()

    async def _in_store(self, attempt: Attempt) -> Clip | None:
        """Return the clip if it was kept, and its run ended before it could write that down."""
        clip: Clip | None = await self._shop.blocking(self._shop.store.find, attempt.order.key)
        return clip

    async def _cleared(self, attempt: Attempt) -> Attempt:
        """Bring an attempt that another run left to a state from which one can go on."""
        if attempt.job.state is State.INTENT:
            reason = "the run that was ordering ended before it was answered"
            attempt = await self._shop.record(attempt, job.LostTrack(reason))
        if attempt.job.state is State.UNKNOWN:
            attempt = await self._reconciler.settle(attempt)
        if attempt.job.state is State.OWNED:
            attempt = await self._shop.record(attempt, job.ClipMissing())
        return attempt

    async def _buy(self, purchase: Purchase, offer: Offer, priority: float) -> Outcome:
        """Order a clip of one model as soon as there is a place for it, and see it through."""
        self._shop.tell(Staged(self._called(purchase), Stage.WAITING))
        if not await self._shop.brake.lets(self._shop.throttle.place(priority)):
            return self._not_ordered()
        place = Place(self._shop.throttle)
        try:
            ordered = await self._ordered(purchase, offer)
            if isinstance(ordered, NotBought):
                return ordered
            return await self._seen_through(ordered, offer, place)
        except BaseException:
            # Nobody may go out in the place of one whose failure ends the run.
            self._shop.brake.pull("the run has ended")
            raise
        finally:
            place.leave()

    async def _ordered(self, purchase: Purchase, offer: Offer) -> Attempt | NotBought:
        """Reserve the price, then send the order; the intent is on disk before it leaves."""
        try:
            payload = await self._orders.payload(self._called(purchase), offer)
        except NotFetched as error:
            return NotBought(f"its picture cannot be handed in: {error}")
        if not await self._shop.brake.lets(self._shop.throttle.turn()) or self._shop.brake.pulled:
            return self._not_ordered()
        order = Order(offer.key, purchase.shot, purchase.film, offer.model, offer.cost, payload)
        return await self._reserved_and_sent(order)

    async def _reserved_and_sent(self, order: Order) -> Attempt | NotBought:
        reserved: Reservation = await self._shop.books(
            self._shop.ledger.reserve, order, self._shop.caps
        )
        match reserved:
            case Held(attempt):
                return NotBought("an earlier order for it is still open", attempt.id)
            case OverCap():
                return self._over(reserved)
            case Attempt():
                self._shop.till.begin(reserved)
                return await self._sender.send(reserved)

    def _over(self, over: OverCap) -> NotBought:
        message = (
            f"the next order costs {show_usd(over.price)}, and with {show_usd(over.counted)} spent"
            f" or reserved it would pass the limit of {show_usd(over.limit)} for this {over.cap}"
        )
        code, hint = _OVER[over.cap]
        self._shop.brake.pull(message, SpendingRefused(message, hint=hint, code=code))
        return self._not_ordered()

    def _not_ordered(self) -> NotBought:
        return NotBought(f"not ordered: {self._shop.brake.reason}", unordered=True)

    async def _seen_through(self, attempt: Attempt, offer: Offer | None, place: Place) -> Outcome:
        """Follow an order that was taken, and keep its clip."""
        found = await self._followed(attempt)
        place.leave()
        match found:
            case Ready(url, _, model):
                self._shop.circuit.worked()
                if attempt.job.state is State.SUBMITTED:
                    attempt = await self._shop.record(attempt, job.Finished(model))
                return await self._kept(attempt, offer, url)
            case Failed(reason, cause) if attempt.job.state is State.SUBMITTED:
                return await self._failed(attempt, reason, cause)
            case Failed(reason) | Missing(reason):
                return await self._not_shown(attempt, reason)

    async def _not_shown(self, attempt: Attempt, reason: str) -> NotBought:
        """Wait with a paid order that the provider does not show; a week later it is lost."""
        if self._shop.clock.now() - attempt.reserved_at <= KEPT:
            told = f"paid for, and the provider does not show its clip now: {reason}"
            return NotBought(f"{told}; the next run looks again", attempt.id)
        await self._shop.record(attempt, job.Gone(reason))
        return NotBought(f"bought, and lost at the provider: {reason}", attempt.id)

    async def _followed(self, attempt: Attempt) -> Ready | Failed | Missing:
        clock = self._shop.clock
        age = max((clock.now() - attempt.reserved_at).total_seconds(), 0.0)
        since = self._sender.sent_at.get(attempt.id, clock.monotonic() - age)
        called = self._shop.called(attempt.order.key, attempt.order.shot)
        self._shop.tell(Staged(called, Stage.MAKING))

        def told(news: Running | Unreachable) -> None:
            if isinstance(news, Running):
                self._shop.tell(Working(called, news.done))
            else:
                self._shop.tell(Staged(called, Stage.MAKING, news.reason))

        return await self._shop.poller.outcome(
            attempt.job.prediction or "",
            model=attempt.order.model,
            since=since,
            told=told,
        )

    async def _failed(self, attempt: Attempt, reason: str, cause: Cause) -> NotBought:
        attempt = await self._shop.record(attempt, job.Failed(reason, cause))
        if cause is not Cause.MODERATION:
            self._shop.circuit.failed()
        if self._shop.circuit.open:
            message = "the provider failed several orders in a row; nothing more is ordered"
            hint = "what failed is refunded within three hours; run again later"
            self._shop.brake.pull(message, ShotsFailed(message, hint=hint))
        return NotBought(failure(reason, cause), attempt.id, cause)

    async def _kept(self, attempt: Attempt, offer: Offer | None, url: str) -> Outcome:
        """Fetch a finished clip, keep it, and only then call it owned."""
        shop = self._shop
        shot = shop.called(attempt.order.key, attempt.order.shot)
        shop.tell(Staged(shot, Stage.FETCHING))
        path = shop.store.scratch(attempt.order.key)
        try:
            await shop.api.download(url, path)
        except NotFetched as error:
            reason = f"made and paid for, and it could not be fetched: {error}"
            return NotBought(reason, attempt.id)
        clip = await self._saved(attempt, path)
        shop.tell(Staged(shot, Stage.CHECKING))
        if offer is not None:
            remarks = await shop.decoding(shop.inspect, clip, offer.request)
            if remarks:
                shop.tell(Inspected(shot, remarks))
        return Bought(clip, offer)

    async def _saved(self, attempt: Attempt, path: str) -> Clip:
        """Put a clip in the store, and then write down that it is there; never the other way."""
        clip: Clip = await self._shop.blocking(self._shop.store.keep, attempt.order.key, path)
        await self._shop.record(attempt, job.Saved(clip.sha256))
        return clip

    async def _another_may_try(self, outcome: NotBought) -> bool:
        """Tell whether no money is at stake with what did not come about, waiting for a refund."""
        if outcome.cause in FINAL or outcome.attempt is None or self._shop.brake.pulled:
            return False
        for wait in _REFUND_LOOKS:
            attempt = await self._shop.books(self._shop.ledger.find, outcome.attempt)
            if attempt is None or attempt.job.state in {State.REFUSED, State.REFUNDED}:
                return attempt is not None
            if attempt.job.state is not State.FAILED:
                return False
            await self._shop.clock.sleep(wait)
            with suppress(EnvironmentFault):
                billed = await refresh_bills(
                    self._shop.api, self._shop.ledger, self._shop.books, [attempt]
                )
                self._shop.till.note(billed[0])
        attempt = await self._shop.books(self._shop.ledger.find, outcome.attempt)
        return attempt is not None and attempt.job.state is State.REFUNDED
