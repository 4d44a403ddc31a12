"""Decides for each shot what a build does, why, and at what cost: reason and step together."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from heapq import heappop, heappush

from storyboard.compiler.request import AnimaticLook, order_animatic, order_clip
from storyboard.model.account import Account
from storyboard.model.attempt import Past
from storyboard.model.card import ModelCard, length_to_buy, price
from storyboard.model.job import BINDING, FINAL, Cause, State
from storyboard.model.money import MicroUsd, Millis
from storyboard.model.plan import (
    Blocked,
    Generate,
    Offer,
    Plan,
    PlannedShot,
    Reconcile,
    Resume,
    Reuse,
    Step,
    Why,
)
from storyboard.model.request import ClipKey, ClipRequest, Still, clip_key, made_from
from storyboard.model.story import Film, ImageFrom, Shot

__all__ = ["ANIMATIC", "Owned", "Script", "make_plan", "wall_clock"]

_FAILED = frozenset({State.REFUSED, State.FAILED, State.REFUNDED, State.ABANDONED})

ANIMATIC = "animatic"
"""The id of the free model's card."""


@dataclass(frozen=True, slots=True)
class Owned:
    """What is owned already: clips by key, and by shot what its last clip was made from.

    `past` is what became of earlier attempts by clip, `known` the clips that were there once,
    `spent` what counts against the film's budget, `again` the shots to order in spite of all that.
    """

    clips: AbstractSet[ClipKey] = frozenset()
    made: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    past: Mapping[ClipKey, Past] = field(default_factory=dict)
    known: AbstractSet[ClipKey] = frozenset()
    spent: MicroUsd = MicroUsd(0)
    again: AbstractSet[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Script:
    """A compiled film ready to be planned: its prompts by shot, stills by path, cards by id."""

    film: Film
    prompts: Mapping[str, str]
    stills: Mapping[str, Still]
    cards: Mapping[str, ModelCard]


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
    offers = _offers(script, owned) if animatic is None else _free_offers(script, animatic)
    ordered: set[ClipKey] = set()
    shots: list[PlannedShot] = []
    for shot in film.shown:
        planned = _plan_shot(shot, offers[shot.id], owned, ordered)
        ordered.add(planned.key)
        shots.append(planned)
    return Plan(
        film=name,
        shots=tuple(shots),
        runtime=film.runtime,
        budget_cost=film.budget.cost,
        budget_runtime=film.budget.runtime,
        wall_clock=_estimate(shots, cards, account),
        pacing=_pacing(shots, account),
        account=account.level,
        spent=owned.spent,
    )


def _free_offers(script: Script, look: AnimaticLook) -> dict[str, tuple[Offer, ...]]:
    card = script.cards[ANIMATIC]
    return {
        shot.id: (_offer(card, order_animatic(card, shot, script.film, script.stills, look)),)
        for shot in script.film.shown
    }


def _offers(script: Script, owned: Owned) -> dict[str, tuple[Offer, ...]]:
    """Make each shot's orders, of its model and its fallbacks, after those it starts from.

    Skipped shots are among them, for a shot that is shown may start from one. A chain starts from
    the clip that stands for its shot, whichever model made it.
    """
    shots = {shot.id: shot for shot in script.film.shots}
    offers: dict[str, tuple[Offer, ...]] = {}
    clips: dict[str, ClipKey] = {}
    for name in TopologicalSorter(
        {name: _starts_from(shots[name]) for name in shots}
    ).static_order():
        shot = shots[name]
        models = dict.fromkeys((shot.model, *shot.fallback))
        found = (_order(script, shot, model, clips) for model in models)
        offers[name] = tuple(offer for offer in found if offer is not None)
        if offers[name]:
            clips[name] = offers[name][_chosen(offers[name], owned)].key
    return offers


def _order(script: Script, shot: Shot, model: str, clips: Mapping[str, ClipKey]) -> Offer | None:
    """Order a shot of a model; None of one that is not known or, as a fallback, cannot make it."""
    card = script.cards.get(model)
    if card is None:
        return None
    if card.provider == ANIMATIC:
        look = AnimaticLook()
        return _offer(card, order_animatic(card, shot, script.film, script.stills, look))
    length = length_to_buy(card, shot.clip_time)
    if length is None and model != shot.model:
        return None
    request = order_clip(
        card,
        shot,
        script.film,
        prompt=script.prompts.get(shot.id, ""),
        length=length or shot.clip_time,
        stills=script.stills,
        clips=clips,
    )
    return _offer(card, request)


def _offer(card: ModelCard, request: ClipRequest) -> Offer:
    cost = price(card, request.length, dict(request.inputs))
    return Offer(card.id, request.length, request, clip_key(request), MicroUsd(cost or 0))


def _starts_from(shot: Shot) -> tuple[str, ...]:
    images = (shot.image, shot.end_image)
    return tuple(image.shot for image in images if isinstance(image, ImageFrom))


def _chosen(offers: Sequence[Offer], owned: Owned) -> int:
    """Choose what to act on: the first offer that is not surely out, with no money at stake."""
    for index, offer in enumerate(offers):
        past = owned.past.get(offer.key)
        if offer.key in owned.clips or past is None or not _is_out(past):
            return index
    return 0


def _is_out(past: Past) -> bool:
    """Tell whether a model has had its chance, and the money is back or was never taken."""
    return past.state in {State.REFUSED, State.REFUNDED} and past.cause not in FINAL


def _plan_shot(
    shot: Shot, offers: Sequence[Offer], owned: Owned, ordered: AbstractSet[ClipKey]
) -> PlannedShot:
    """Decide a shot's step; `ordered` are the clips that shots before it stand for."""
    chosen = _chosen(offers, owned)
    offer = offers[chosen]
    step = _step(shot, offer, owned, ordered)
    if chosen and isinstance(step, Generate):
        step = Generate(Why.FAILED_BEFORE, offer.cost)
    settled = isinstance(step, Reuse | Blocked)
    return PlannedShot(
        id=shot.id,
        scene=shot.scene,
        model=offer.model,
        step=step,
        wanted=shot.clip_time,
        bought=offer.bought,
        request=offer.request,
        key=offer.key,
        price=offer.cost,
        fallbacks=() if settled else tuple(offers[chosen + 1 :]),
    )


def _step(shot: Shot, offer: Offer, owned: Owned, ordered: AbstractSet[ClipKey]) -> Step:
    past = owned.past.get(offer.key)
    if offer.key in owned.clips or offer.key in ordered:
        return Reuse()
    return _under_way(past) or _blocked(shot, offer, past, owned) or _to_make(shot, offer, owned)


def _under_way(past: Past | None) -> Resume | Reconcile | None:
    """Return how to go on with a clip that is paid for, or may be."""
    if past is not None and past.state in {State.INTENT, State.UNKNOWN}:
        return Reconcile(past.attempt)
    if past is not None and past.state in BINDING and past.prediction is not None:
        return Resume(past.prediction)
    return None


def _blocked(shot: Shot, offer: Offer, past: Past | None, owned: Owned) -> Blocked | None:
    """Hold back an order that a person has to decide on; what costs nothing is simply made."""
    reason = _in_the_way(past, known=offer.key in owned.known)
    if reason is None or not offer.cost or shot.id in owned.again:
        return None
    return Blocked(reason, offer.cost)


def _to_make(shot: Shot, offer: Offer, owned: Owned) -> Generate:
    past = owned.past.get(offer.key)
    if past is not None and past.state in _FAILED:
        return Generate(Why.FAILED_BEFORE, offer.cost)
    if past is not None and past.state is State.LOST:
        return Generate(Why.CLIP_MISSING, offer.cost)
    return _generate(owned.made.get(shot.id), offer.request, offer.cost)


def _in_the_way(past: Past | None, *, known: bool) -> str | None:
    """Say why a clip is not simply ordered; None when nothing speaks against it."""
    if past is not None and past.cause is Cause.MODERATION and past.state in _FAILED:
        return f"refused by moderation: {past.reason}"
    if past is not None and past.state is State.LOST:
        return f"bought, and lost: {past.reason}"
    if past is None and known:
        return "owned once, and its file is damaged or gone"
    return None


def _generate(
    before: Mapping[str, object] | None, request: ClipRequest, cost: MicroUsd
) -> Generate:
    """Say why a clip has to be made: `before` is what the shot's last clip was ordered with."""
    if before is None:
        return Generate(Why.NEW, cost)
    now = made_from(request)
    changed = tuple(
        sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
    )
    return Generate(Why.CHANGED if changed else Why.CLIP_MISSING, cost, changed)


def _estimate(
    shots: Sequence[PlannedShot], cards: Mapping[str, ModelCard], account: Account
) -> Millis | None:
    """Estimate the wall clock of what is to be generated; None when a latency is not known."""
    latencies: list[int] = []
    for shot in shots:
        if isinstance(shot.step, Generate):
            latency = cards[shot.model].typical_latency
            if latency is None:
                return None
            latencies.append(latency)
    return wall_clock(latencies, account)


def _pacing(shots: Sequence[PlannedShot], account: Account) -> Millis:
    """Work out how long the submits alone take, were every clip ready at once."""
    paid = sum(isinstance(shot.step, Generate) and shot.cost > 0 for shot in shots)
    return wall_clock([0] * paid, account)


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
