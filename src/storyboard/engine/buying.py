"""Carries out a plan that costs money: sees open orders through, buys what is missing.

A shot may wait for another's clip; siblings run side by side, the longest chain first. A shot that
fails stops no other, except those that start from it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from storyboard.engine.buyer import Buyer
from storyboard.engine.events import Finished, Kept, ShotFailed, Started
from storyboard.engine.graph import chain_lengths, run_graph
from storyboard.engine.maker import Maker
from storyboard.engine.preflight import check_prices_and_balance
from storyboard.engine.shop import Bought, NotBought, Outcome, Purchase, Shop
from storyboard.model.attempt import Attempt
from storyboard.model.errors import EnvironmentFault, SpendingRefused, StoryboardError
from storyboard.model.job import State
from storyboard.model.money import MicroUsd
from storyboard.model.plan import Generate, Plan, PlannedShot, Reconcile, Resume
from storyboard.model.request import ClipKey, ClipRequest

__all__ = ["BuyResult", "buy_plan"]


@dataclass(frozen=True, slots=True)
class BuyResult:
    """What a run came to: an outcome for each clip it worked on, and what stopped it, if anything.

    Orders of earlier runs that no shot asks for any more are among them.
    """

    outcomes: Mapping[ClipKey, Outcome]
    spent: MicroUsd
    reserved: MicroUsd
    stopped: str = ""
    error: StoryboardError | None = None


@dataclass(frozen=True, slots=True)
class _Job:
    """One clip to get: bought for a shot, or an order of an earlier run, or both; or made free."""

    shot: str
    purchase: Purchase | None = None
    attempt: Attempt | None = None
    free: PlannedShot | None = None


async def buy_plan(
    plan: Plan, shop: Shop, *, film: str, maker: Maker | None = None, buyer: Buyer | None = None
) -> BuyResult:
    """Get every clip that a plan is to make, and every one that an earlier run has ordered.

    `film` is the name that the ledger books the orders under; `maker` makes the shots that cost
    nothing. A fault of this machine (EnvironmentFault) ends the run: nothing that was bought is
    lost. What ends orders alone is in the result's `error`.
    """
    shop.labels.update(_labels(plan))
    attempts = await _open_attempts(plan, shop)
    jobs = _jobs(plan, film, attempts)
    jobs = await _checked(jobs, shop)
    if shop.brake.pulled and not attempts:
        return _result({key: _not_ordered(shop) for key in jobs}, shop, told=False)
    _announce(jobs, shop)
    waits_for = {key: _starts_from(job) for key, job in jobs.items()}
    priorities = chain_lengths(waits_for)
    buyer = buyer or Buyer(shop)

    async def work(key: ClipKey) -> Outcome:
        outcome = await _carry_out(jobs[key], buyer, maker, shop, priorities[key])
        _tell(jobs[key], outcome, shop)
        return outcome

    def skipped(key: ClipKey, other: ClipKey) -> Outcome:
        outcome = NotBought(f"it starts from {jobs[other].shot}, whose clip is not there")
        _tell(jobs[key], outcome, shop)
        return outcome

    async with shop.poller:
        outcomes = await run_graph(waits_for, work, skipped, lambda made: isinstance(made, Bought))
    return _result(outcomes, shop)


def _labels(plan: Plan) -> dict[ClipKey, str]:
    """Return what each way to have a clip made is called, fallbacks too."""
    return {offer.key: order.label for order in plan.orders for offer in order.offers}


async def _open_attempts(plan: Plan, shop: Shop) -> dict[ClipKey, Attempt]:
    """Return by clip the orders to see through, and those whose clips were kept and are damaged."""
    attempts: Iterable[Attempt] = await shop.books(shop.ledger.open_attempts)
    found = {attempt.order.key: attempt for attempt in attempts}
    for shot in plan.orders:
        if isinstance(shot.step, Resume) and shot.key not in found:
            attempt = await shop.books(shop.ledger.attempt_for, shot.key)
            if attempt is not None and attempt.job.state is State.OWNED:
                found[shot.key] = attempt
    return found


def _jobs(plan: Plan, film: str, attempts: Mapping[ClipKey, Attempt]) -> dict[ClipKey, _Job]:
    """Return what there is to do by clip: the plan's in film order, then what else is open."""
    jobs: dict[ClipKey, _Job] = {}
    for shot in plan.orders:
        if shot.key in jobs or not isinstance(shot.step, Generate | Resume | Reconcile):
            continue
        if not shot.price:
            jobs[shot.key] = _Job(shot.label, free=shot)
            continue
        attempt = attempts.get(shot.key)
        if attempt is None and not isinstance(shot.step, Generate):
            jobs[shot.key] = _Job(shot.label)  # the plan says that it is ordered: never again
            continue
        jobs[shot.key] = _Job(shot.label, Purchase(shot.id, film, shot.offers), attempt)
    for key, attempt in attempts.items():
        label = f"{attempt.order.shot} (attempt {attempt.id})"
        jobs.setdefault(key, _Job(label, attempt=attempt))
    return jobs


async def _checked(jobs: dict[ClipKey, _Job], shop: Shop) -> dict[ClipKey, _Job]:
    """Ask for prices and balance; where they are not as planned, nothing new is ordered."""
    new = [job.purchase for job in jobs.values() if job.purchase and not job.attempt]
    again = [job.purchase for job in jobs.values() if job.purchase and _may_order_again(job)]
    try:
        mispriced = await check_prices_and_balance(shop.api, new, again)
    except SpendingRefused as error:
        shop.brake.pull(error.message, error)
        return jobs
    except EnvironmentFault as error:
        if not any(job.attempt for job in jobs.values()):
            raise
        shop.brake.pull(error.message, error)  # what is paid for is seen through all the same
        return jobs
    return {key: _without(job, mispriced) for key, job in jobs.items()}


def _may_order_again(job: _Job) -> bool:
    """Tell whether seeing an earlier run's order through may come to ordering, of some model."""
    if job.attempt is None or job.purchase is None:
        return False
    unclear = job.attempt.job.state in {State.INTENT, State.UNKNOWN}
    return unclear or len(job.purchase.offers) > 1


def _without(job: _Job, mispriced: frozenset[ClipKey]) -> _Job:
    if job.purchase is None:
        return job
    first, *others = job.purchase.offers
    kept = (first, *(offer for offer in others if offer.key not in mispriced))
    return replace(job, purchase=replace(job.purchase, offers=kept))


def _announce(jobs: Mapping[ClipKey, _Job], shop: Shop) -> None:
    new = {
        key: job.purchase.offers[0].cost
        for key, job in jobs.items()
        if job.purchase is not None and job.attempt is None
    }
    shop.tell(Started(len(jobs), MicroUsd(sum(new.values()))))
    for key, cost in new.items():
        shop.till.expect(key, cost)


def _starts_from(job: _Job) -> tuple[ClipKey, ...]:
    """Return the clips whose frames a job's order shows."""
    request = _request(job)
    if request is None or job.attempt is not None:
        return ()
    inputs = dict(request.inputs)
    references = (str(inputs[name]) for name in request.pictures)
    return tuple(
        ClipKey(reference.removeprefix("clip:").partition("#")[0])
        for reference in references
        if reference.startswith("clip:")
    )


def _request(job: _Job) -> ClipRequest | None:
    if job.purchase is not None:
        return job.purchase.offers[0].request
    return job.free.request if job.free is not None else None


async def _carry_out(
    job: _Job, buyer: Buyer, maker: Maker | None, shop: Shop, priority: float
) -> Outcome:
    if job.attempt is not None:
        return await buyer.take_up(job.attempt, job.purchase, priority)
    if job.purchase is not None:
        return await buyer.buy(job.purchase, priority)
    if job.free is None:
        return NotBought("it was ordered, and the ledger does not know its order")
    if maker is None:
        return NotBought("nothing can make it")
    reason = await maker.make(job.free)
    if reason is not None:
        return NotBought(reason)
    clip = await shop.blocking(maker.store.find, job.free.key)
    return Bought(clip) if clip is not None else NotBought("its clip was damaged as it was made")


def _tell(job: _Job, outcome: Outcome, shop: Shop) -> None:
    if job.free is not None:
        return  # its maker has told
    if isinstance(outcome, Bought):
        shop.tell(Kept(job.shot))
    elif not outcome.unordered:
        shop.tell(ShotFailed(job.shot, outcome.reason, outcome.unclear))


def _not_ordered(shop: Shop) -> Outcome:
    return NotBought(f"not ordered: {shop.brake.reason}", unordered=True)


def _result(outcomes: Mapping[ClipKey, Outcome], shop: Shop, *, told: bool = True) -> BuyResult:
    kept = sum(isinstance(each, Bought) for each in outcomes.values())
    if told:
        shop.tell(Finished(kept, len(outcomes) - kept))
    return BuyResult(
        outcomes=outcomes,
        spent=shop.till.spent,
        reserved=shop.till.reserved,
        stopped=shop.brake.reason,
        error=shop.brake.error,
    )
