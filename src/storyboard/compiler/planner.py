"""Plans a film: for each shot which take is shown and what a build does about it, at what cost."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from graphlib import TopologicalSorter
from heapq import heappop, heappush

from storyboard.compiler.offers import ANIMATIC, Script, free_offer, shot_offers, starts_from
from storyboard.compiler.request import AnimaticLook
from storyboard.compiler.steps import Owned, act_on, step_of
from storyboard.compiler.takes import Shooting, shoot, slates_of
from storyboard.model.account import Account
from storyboard.model.card import ModelCard
from storyboard.model.lock import Slate, Take
from storyboard.model.money import MicroUsd, Millis
from storyboard.model.plan import (
    Blocked,
    Generate,
    Offer,
    Plan,
    PlannedShot,
    Resume,
    Reuse,
    Step,
    Why,
)
from storyboard.model.request import ClipKey, ClipRequest
from storyboard.model.story import Shot

__all__ = ["ANIMATIC", "Owned", "Script", "make_plan", "timed", "wall_clock"]

_GONE = (
    "take {} is circled, made from something the shot no longer asks for, and gone:"
    " circle another, or none"
)


def make_plan(
    name: str,
    script: Script,
    *,
    owned: Owned,
    account: Account,
    animatic: AnimaticLook | None = None,
) -> Plan:
    """Plan every shown shot: with the model it asks for or, given a look, as an animatic."""
    film, cards = script.film, script.cards
    shootings = _shootings(script, owned) if animatic is None else _free(script, animatic)
    ordered: set[ClipKey] = set()
    shots: list[PlannedShot] = []
    takes: list[PlannedShot] = []
    for shot in film.shown:
        planned = _shown(shot, shootings[shot.id], owned, ordered)
        ordered.add(planned.key)
        shots.append(planned)
        takes += _further(shot, shootings[shot.id], owned, ordered)
    plan = Plan(
        film=name,
        shots=tuple(shots),
        runtime=film.runtime,
        budget_cost=film.budget.cost,
        budget_runtime=film.budget.runtime,
        account=account.level,
        spent=owned.spent,
        takes=tuple(takes),
    )
    return timed(plan, cards, account)


def _free(script: Script, look: AnimaticLook) -> dict[str, Shooting]:
    return {
        shot.id: Shooting(((free_offer(script, shot, look),),), 0) for shot in script.film.shown
    }


def _shootings(script: Script, owned: Owned) -> dict[str, Shooting]:
    """Settle each shot's takes, after those of the shots it starts from.

    Skipped shots are among them, for a shot that is shown may start from one. A chain starts from
    the take that is shown of its shot, whichever model made it.
    """
    shots = {shot.id: shot for shot in script.film.shots}
    slates = slates_of(owned, shots.keys())
    shootings: dict[str, Shooting] = {}
    clips: dict[str, ClipKey] = {}
    for name in TopologicalSorter(
        {name: starts_from(shot) for name, shot in shots.items()}
    ).static_order():
        shot = shots[name]

        def order(take: int, shot: Shot = shot) -> tuple[Offer, ...]:
            return shot_offers(script, shot, clips, take)

        first = order(1)
        settled = shoot(shot, first, order, owned, slates.of(name, first))
        if settled is not None:
            shootings[name] = settled
            clips[name] = _shown_key(settled, owned)
    return shootings


def _shown_key(shooting: Shooting, owned: Owned) -> ClipKey:
    if shooting.pinned is not None:
        return shooting.pinned.key
    offers = shooting.takes[shooting.shown]
    return offers[act_on(offers, owned)].key


def _shown(
    shot: Shot, shooting: Shooting, owned: Owned, ordered: AbstractSet[ClipKey]
) -> PlannedShot:
    """Plan the take of a shot that is shown; `ordered` are the clips shots before it stand for."""
    if shooting.pinned is not None:
        offers = _pinned_offers(shooting.pinned)
    else:
        offers = shooting.takes[shooting.shown]
    step = step_of(shot.id, offers, owned)
    if offers[act_on(offers, owned)].key in ordered:
        step = Reuse()
    if shooting.pinned is not None and isinstance(step, Generate | Blocked):
        step = Blocked(_GONE.format(shooting.pinned.number), MicroUsd(0))
    return _planned(shot, shooting, offers, owned, step)


def _pinned_offers(take: Take) -> tuple[Offer, ...]:
    """Stand in for the order of a take that the shot does not ask for any more.

    What was sent for it is not known: it can be shown and fetched, and never be ordered.
    """
    request = ClipRequest(take.model, (), take.length)
    return (Offer(take.model, take.length, request, take.key, take.price),)


def _further(
    shot: Shot, shooting: Shooting, owned: Owned, ordered: set[ClipKey]
) -> Iterator[PlannedShot]:
    """Plan what is to be done for the takes that are not shown; mostly that is nothing.

    While a take is pinned none is bought, but for the one more that is asked for by name.
    """
    pinned = shooting.pinned is not None
    if pinned and shot.id not in owned.retakes:
        return
    for index, offers in enumerate(shooting.takes):
        step = step_of(shot.id, offers, owned, may_be_again=False)
        if isinstance(step, Generate) and index not in shooting.lacking:
            continue
        key = offers[act_on(offers, owned)].key
        shown = index == shooting.shown and not pinned
        if not shown and key not in ordered and not isinstance(step, Reuse | Blocked):
            ordered.add(key)
            yield replace(_planned(shot, shooting, offers, owned, step), stands_in=None)
            if pinned:
                return


def _planned(
    shot: Shot, shooting: Shooting, offers: Sequence[Offer], owned: Owned, step: Step
) -> PlannedShot:
    chosen = act_on(offers, owned)
    offer = offers[chosen]
    fetched = isinstance(step, Resume) and step.prediction == owned.fetchable.get(offer.key)
    settled = fetched or isinstance(step, Reuse | Blocked)
    return PlannedShot(
        id=shot.id,
        scene=shot.scene,
        model=offer.model,
        step=_retake(step, offer.key, shooting, owned),
        wanted=shot.clip_time,
        bought=offer.bought,
        request=offer.request,
        key=offer.key,
        price=offer.cost,
        fallbacks=() if settled else tuple(offers[chosen + 1 :]),
        base=shooting.base,
        asked=tuple(offer for takes in shooting.takes for offer in takes),
        slate=shooting.slate,
        number=_number(shooting.slate, offer.key),
        called=_called(shooting, offer.key, owned),
        stands_in=_stand_in(shot, offer.key, shooting.slate, owned),
    )


def _retake(step: Step, key: ClipKey, shooting: Shooting, owned: Owned) -> Step:
    """Call an order a retake where the shot has another take of the same already."""
    if not isinstance(step, Generate) or step.why is Why.FAILED_BEFORE:
        return step
    had = {take.key for take in shooting.slate.takes} if shooting.slate else set()
    if key in had or key in owned.known:
        return step
    others = {offers[act_on(offers, owned)].key for offers in shooting.takes}
    if any(other in owned.clips or other in had for other in others):
        return Generate(Why.RETAKE, step.cost)
    return step


def _number(slate: Slate | None, key: ClipKey) -> int | None:
    takes = slate.takes if slate is not None else ()
    return next((take.number for take in reversed(takes) if take.key == key), None)


def _called(shooting: Shooting, key: ClipKey, owned: Owned) -> int:
    """Return the number that a take has in the lock or, of one to be bought, that it will have."""
    known = _number(shooting.slate, key)
    if known is not None:
        return known
    asked = [offers[act_on(offers, owned)].key for offers in shooting.takes]
    new = [each for each in asked if _number(shooting.slate, each) is None]
    highest = (
        max((take.number for take in shooting.slate.takes), default=0) if shooting.slate else 0
    )
    return highest + 1 + (new.index(key) if key in new else 0)


def _stand_in(shot: Shot, key: ClipKey, slate: Slate | None, owned: Owned) -> Take | None:
    """Return the take that a shot keeps until its own is there: the circled one, or the newest.

    It has to be as long as the shot needs its clip.
    """
    if slate is None or key in owned.clips:
        return None
    there = [
        take for take in slate.takes if take.key in owned.clips and take.length >= shot.clip_time
    ]
    circled = (take for take in there if take.number == slate.circled)
    return next(circled, there[-1] if there else None)


def timed(plan: Plan, cards: Mapping[str, ModelCard], account: Account) -> Plan:
    """Return a plan with how long its orders take, and what the account's limits alone take."""
    paid = sum(isinstance(order.step, Generate) and order.cost > 0 for order in plan.orders)
    return replace(
        plan,
        wall_clock=_estimate(plan.orders, cards, account),
        pacing=wall_clock([0] * paid, account),
    )


def _estimate(
    orders: Sequence[PlannedShot], cards: Mapping[str, ModelCard], account: Account
) -> Millis | None:
    """Estimate the wall clock of what is to be generated; None when a latency is not known."""
    latencies: list[int] = []
    for order in orders:
        if isinstance(order.step, Generate):
            latency = cards[order.model].typical_latency
            if latency is None:
                return None
            latencies.append(latency)
    return wall_clock(latencies, account)


def wall_clock(latencies: Sequence[int], account: Account) -> Millis:
    """Work out how long the orders take, in milliseconds, under both limits of an account.

    Each order goes out as soon as a place is free and fewer than `per_minute` went out in the
    sixty seconds before; the longest go first.
    """
    running: list[int] = []
    sent: list[int] = []
    now = 0
    for latency in sorted(latencies, reverse=True):
        if len(running) >= account.at_once:
            now = max(now, heappop(running))
        if len(sent) >= account.per_minute:
            now = max(now, sent[-account.per_minute] + 60_000)
        sent.append(now)
        heappush(running, now + latency)
    return Millis(max(running, default=0))
