"""Decides what a build does about one order, why, and at what cost: reason and step together."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from storyboard.model.attempt import Past
from storyboard.model.job import BINDING, FINAL, Cause, State
from storyboard.model.lock import Slate
from storyboard.model.money import MicroUsd
from storyboard.model.plan import Blocked, Generate, Offer, Reconcile, Resume, Reuse, Step, Why
from storyboard.model.request import ClipKey, ClipRequest, changed_inputs, made_from

__all__ = ["BOUGHT_ELSEWHERE", "Owned", "act_on", "step_of"]

BOUGHT_ELSEWHERE: Final = "bought, and not on this machine"
"""Why a clip is not simply ordered that only the lock knows of."""

_FAILED = frozenset({State.REFUSED, State.FAILED, State.REFUNDED, State.ABANDONED})


@dataclass(frozen=True)
class Owned:
    """What is owned already: clips by key, and by shot what its last clip was made from.

    `past` is what became of earlier attempts by clip, `known` the clips that were there once,
    `elsewhere` those that the lock knows, whether or not they ever were here. `spent` is what
    counts against the film's budget, `again` the shots to order in spite of all that.
    `slates` are the takes that the lock knows, by the id that each shot had when it was written;
    `fetchable` the orders of such takes that the provider may still have, by clip. Of the shots in
    `retakes` one more take is asked for than there are.
    """

    clips: AbstractSet[ClipKey] = frozenset()
    made: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    past: Mapping[ClipKey, Past] = field(default_factory=dict)
    known: AbstractSet[ClipKey] = frozenset()
    elsewhere: AbstractSet[ClipKey] = frozenset()
    spent: MicroUsd = MicroUsd(0)
    again: AbstractSet[str] = frozenset()
    slates: Mapping[str, Slate] = field(default_factory=dict)
    fetchable: Mapping[ClipKey, str] = field(default_factory=dict)
    retakes: AbstractSet[str] = frozenset()

    @cached_property
    def substitutes(self) -> Mapping[ClipKey, AbstractSet[ClipKey]]:
        """By order of a shot's own model the clips that fallbacks made instead, by the lock."""
        found: defaultdict[ClipKey, set[ClipKey]] = defaultdict(set)
        for slate in self.slates.values():
            for take in slate.takes:
                if take.instead_of is not None:
                    found[take.instead_of].add(take.key)
        return found


def act_on(offers: Sequence[Offer], owned: Owned) -> int:
    """Choose what to act on: the first offer that is not surely out, with no money at stake.

    What came of it is in the ledger or, of what another clone has ordered, in the lock.
    """
    keys = [offer.key for offer in offers]
    substitutes = owned.substitutes.get(keys[0], frozenset())
    for index, key in enumerate(keys):
        past = owned.past.get(key)
        if key in owned.clips or key in owned.elsewhere:
            return index
        if past is None and not substitutes.isdisjoint(keys[index + 1 :]):
            continue
        if past is None or not _is_out(past):
            return index
    return 0


def _is_out(past: Past) -> bool:
    """Tell whether a model has had its chance, and the money is back or was never taken."""
    return past.state in {State.REFUSED, State.REFUNDED} and past.cause not in FINAL


def step_of(shot: str, offers: Sequence[Offer], owned: Owned, *, may_be_again: bool = True) -> Step:
    """Decide the step of a shot's take, of which `offers` are the ways to have it made.

    What a person wants to be ordered again is one take: for the others that cannot be.
    """
    chosen = act_on(offers, owned)
    offer = offers[chosen]
    if offer.key in owned.clips:
        return Reuse()
    again = may_be_again and shot in owned.again
    blocked = None if again else _blocked(offer, owned)
    step = _under_way(offer, owned) or blocked or _to_make(shot, offer, owned)
    if chosen and isinstance(step, Generate):
        return Generate(Why.FAILED_BEFORE, offer.cost)
    return step


def _under_way(offer: Offer, owned: Owned) -> Resume | Reconcile | None:
    """Return how to go on with a clip that is paid for, or may be."""
    past = owned.past.get(offer.key)
    if past is not None and past.state in {State.INTENT, State.UNKNOWN}:
        return Reconcile(past.attempt)
    if past is not None and past.state in BINDING and past.prediction is not None:
        return Resume(past.prediction)
    if offer.key in owned.fetchable and _came_to_nothing(past):
        return Resume(owned.fetchable[offer.key])
    return None


def _came_to_nothing(past: Past | None) -> bool:
    """Tell whether this ledger has no clip to show for an order that the lock knows of another."""
    return past is None or past.state in _FAILED or past.state is State.WITHDRAWN


def _blocked(offer: Offer, owned: Owned) -> Blocked | None:
    """Hold back an order that a person has to decide on; what costs nothing is simply made."""
    past = owned.past.get(offer.key)
    reason = _not_here(offer.key, past, owned) or _in_the_way(past)
    if reason is None or not offer.cost:
        return None
    return Blocked(reason, offer.cost)


def _to_make(shot: str, offer: Offer, owned: Owned) -> Generate:
    past = owned.past.get(offer.key)
    if past is not None and past.state in _FAILED:
        return Generate(Why.FAILED_BEFORE, offer.cost)
    if past is not None and past.state is State.LOST:
        return Generate(Why.CLIP_MISSING, offer.cost)
    before = owned.made.get(shot)
    if before is None and shot in owned.slates:  # bought where no record of it came from
        gone = any(take.key == offer.key for take in owned.slates[shot].takes)
        return Generate(Why.CLIP_MISSING if gone else Why.CHANGED, offer.cost)
    return _generate(before, offer.request, offer.cost)


def _in_the_way(past: Past | None) -> str | None:
    """Say why a clip is not simply ordered; None when nothing speaks against it."""
    if past is not None and past.cause is Cause.MODERATION and past.state in _FAILED:
        return f"refused by moderation: {past.reason}"
    if past is not None and past.state is State.LOST:
        return f"bought, and lost: {past.reason}"
    return None


def _not_here(key: ClipKey, past: Past | None, owned: Owned) -> str | None:
    """Say why a clip is not here although it was paid for, where this ledger has no such order."""
    if past is None and key in owned.known:
        return "owned once, and its file is damaged or gone"
    return BOUGHT_ELSEWHERE if key in owned.elsewhere and _came_to_nothing(past) else None


def _generate(
    before: Mapping[str, object] | None, request: ClipRequest, cost: MicroUsd
) -> Generate:
    """Say why a clip has to be made: `before` is what the shot's last clip was ordered with."""
    if before is None:
        return Generate(Why.NEW, cost)
    changed = changed_inputs(before, made_from(request))
    return Generate(Why.CHANGED if changed else Why.CLIP_MISSING, cost, changed)
