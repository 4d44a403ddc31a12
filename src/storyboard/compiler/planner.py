"""Decides for each shot what a build does, why, and at what cost: reason and step together."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from heapq import heappop, heappush

from storyboard.compiler.request import AnimaticLook, order_animatic, order_clip
from storyboard.model.account import Account
from storyboard.model.card import ModelCard, length_to_buy, price
from storyboard.model.money import MicroUsd, Millis
from storyboard.model.plan import Generate, Plan, PlannedShot, Reuse, Step, Why
from storyboard.model.request import ClipKey, ClipRequest, Still, clip_key, made_from
from storyboard.model.story import Film, ImageFrom, Shot

__all__ = ["ANIMATIC", "Owned", "Script", "make_plan", "wall_clock"]

ANIMATIC = "animatic"
"""The id of the free model's card."""


@dataclass(frozen=True, slots=True)
class Owned:
    """What is owned already: clips by key, and by shot what its last clip was made from."""

    clips: AbstractSet[ClipKey] = frozenset()
    made: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


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
    orders = _orders(script) if animatic is None else _free_orders(script, animatic)
    ordered: set[ClipKey] = set()
    shots: list[PlannedShot] = []
    for shot in film.shown:
        order = orders[shot.id]
        planned = _plan_shot(shot, cards[order.model], order, owned, ordered)
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
    )


def _free_orders(script: Script, look: AnimaticLook) -> dict[str, ClipRequest]:
    card = script.cards[ANIMATIC]
    return {
        shot.id: order_animatic(card, shot, script.film, script.stills, look)
        for shot in script.film.shown
    }


def _orders(script: Script) -> dict[str, ClipRequest]:
    """Make the order for each shot, after those for the shots whose frames it starts from.

    Skipped shots are among them, for a shot that is shown may start from one.
    """
    shots = {shot.id: shot for shot in script.film.shots}
    orders: dict[str, ClipRequest] = {}
    clips: dict[str, ClipKey] = {}
    for name in TopologicalSorter(
        {name: _starts_from(shots[name]) for name in shots}
    ).static_order():
        shot = shots[name]
        card = script.cards.get(shot.model)
        if card is not None and card.provider == ANIMATIC:
            look = AnimaticLook()
            orders[name] = order_animatic(card, shot, script.film, script.stills, look)
        elif card is not None:
            orders[name] = order_clip(
                card,
                shot,
                script.film,
                prompt=script.prompts.get(name, ""),
                length=length_to_buy(card, shot.clip_time) or shot.clip_time,
                stills=script.stills,
                clips=clips,
            )
        if name in orders:
            clips[name] = clip_key(orders[name])
    return orders


def _starts_from(shot: Shot) -> tuple[str, ...]:
    images = (shot.image, shot.end_image)
    return tuple(image.shot for image in images if isinstance(image, ImageFrom))


def _plan_shot(
    shot: Shot,
    card: ModelCard,
    request: ClipRequest,
    owned: Owned,
    ordered: AbstractSet[ClipKey],
) -> PlannedShot:
    key = clip_key(request)
    if key in owned.clips or key in ordered:
        step: Step = Reuse()
    else:
        cost = price(card, request.length, dict(request.inputs))
        step = _generate(owned.made.get(shot.id), request, MicroUsd(cost or 0))
    return PlannedShot(
        shot.id, shot.scene, card.id, step, shot.clip_time, request.length, request=request, key=key
    )


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
