"""Decides which takes a shot has and asks for, and which of them is in the film."""

from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from storyboard.compiler.steps import Owned, act_on, step_of
from storyboard.model.job import BINDING, State
from storyboard.model.lock import Slate, Take
from storyboard.model.plan import Blocked, Generate, Offer
from storyboard.model.request import ClipKey
from storyboard.model.story import Shot

__all__ = ["Shooting", "shoot", "slates_of"]

_UNDER_WAY = BINDING - {State.OWNED}
_LOOK_AHEAD: Final = 4
"""How many numbers in a row nothing may have come of before a take that the lock has."""


@dataclass(frozen=True, slots=True)
class Shooting:
    """A shot's takes, as it asks for them now: the ways to have each made, first take first.

    `lacking` are the places of those that are to be bought; what is neither there nor among them
    is a number that nothing came of. `shown` is the one that is in the film, unless `pinned` is: a
    take that was circled although it was made from something else.
    """

    takes: tuple[tuple[Offer, ...], ...]
    shown: int
    lacking: frozenset[int] = frozenset()
    slate: Slate | None = None
    pinned: Take | None = None

    @property
    def base(self) -> ClipKey:
        """What the shot asks for, apart from how often."""
        return self.takes[0][0].key


def shoot(
    shot: Shot,
    first: tuple[Offer, ...],
    order: Callable[[int], tuple[Offer, ...]],
    owned: Owned,
    slate: Slate | None,
) -> Shooting | None:
    """Settle a shot's takes: `first`, and later ones as `order` says; None without any order.

    The film shows the circled take. Without one it shows the newest that is there or can be had.
    """
    if not first:
        return None
    takes, lacking = _asked(shot, first, order, owned, slate)
    pinned = slate.chosen(first[0].key) if slate is not None else None
    keys = [{offer.key for offer in offers} for offers in takes]
    circled = next((n for n, each in enumerate(keys) if pinned and pinned.key in each), None)
    if circled is not None:
        return Shooting(takes, circled, lacking, slate)
    return Shooting(takes, _newest(shot, takes, lacking, owned), lacking, slate, pinned)


def _asked(
    shot: Shot,
    first: tuple[Offer, ...],
    order: Callable[[int], tuple[Offer, ...]],
    owned: Owned,
    slate: Slate | None,
) -> tuple[tuple[tuple[Offer, ...], ...], frozenset[int]]:
    """Return the takes that are there, under way or asked for, and which of them to buy.

    As many are bought as are lacking, under the lowest numbers. What is free is made once.
    """
    if not first[0].cost:
        return (first,), frozenset({0})
    locked = owned.elsewhere | {take.key for take in (slate.takes if slate is not None else ())}
    takes = _known(shot, first, order, owned, slate, locked)
    there = {n for n, each in enumerate(takes) if _has(each, owned, locked)}
    lacking = [n for n in range(len(takes)) if n not in there][: max(0, shot.takes - len(there))]
    last = max(there, default=-1) + 1
    if there and shot.id in owned.retakes and not _can_be_had(shot, takes, lacking, owned):
        lacking += range(last, _retaken(shot, takes, last, owned))[-1:]
    return tuple(takes[: max([last, *(n + 1 for n in lacking)])]), frozenset(lacking)


def _known(
    shot: Shot,
    first: tuple[Offer, ...],
    order: Callable[[int], tuple[Offer, ...]],
    owned: Owned,
    slate: Slate | None,
    locked: AbstractSet[ClipKey],
) -> list[tuple[Offer, ...]]:
    """Return the takes that are asked for and those that were ever tried, and the one after them.

    Nothing came of some numbers, and only the ledger knows it that ordered them. So while the lock
    has takes that were not met, some numbers more are looked at.
    """
    unmet = {take.key for take in slate.takes} if slate is not None else set()
    takes: list[tuple[Offer, ...]] = []
    ahead = 0
    while len(takes) < shot.takes or ahead < (_LOOK_AHEAD if unmet else 1):
        offers = order(len(takes) + 1) if takes else first
        takes.append(offers)
        unmet -= {offer.key for offer in offers}
        ahead = 0 if _was_tried(offers, owned, locked) else ahead + 1
    return takes


def _can_be_had(
    shot: Shot, takes: Sequence[tuple[Offer, ...]], places: Sequence[int], owned: Owned
) -> bool:
    """Tell whether one of some takes is bought without a person's word."""
    steps = (step_of(shot.id, takes[place], owned, may_be_again=False) for place in places)
    return any(not isinstance(step, Blocked) for step in steps)


def _retaken(shot: Shot, takes: Sequence[tuple[Offer, ...]], last: int, owned: Owned) -> int:
    """Return how many takes there are with one more: the one under way, where there is one.

    What was refused or lost is passed over: the same is not ordered under its number again.
    """
    if any(_is_under_way(offers, owned) for offers in takes):
        return last
    steps = [step_of(shot.id, offers, owned) for offers in takes]
    blocked = (n for n, step in enumerate(steps, 1) if isinstance(step, Blocked))
    return max((last, *blocked)) + 1


def _has(offers: Sequence[Offer], owned: Owned, locked: Collection[ClipKey]) -> bool:
    """Tell whether a take was bought, or may have been, of the model whose turn it is."""
    key = offers[act_on(offers, owned)].key
    past = owned.past.get(key)
    under_way = past is not None and past.state in BINDING
    return under_way or key in owned.clips or key in locked


def _was_tried(offers: Sequence[Offer], owned: Owned, locked: Collection[ClipKey]) -> bool:
    """Tell whether a take was ever ordered, whatever came of it: others may have followed it."""
    return _has(offers, owned, locked) or any(offer.key in owned.past for offer in offers)


def _is_under_way(offers: Sequence[Offer], owned: Owned) -> bool:
    pasts = (owned.past.get(offer.key) for offer in offers if offer.key not in owned.clips)
    return any(past.state in _UNDER_WAY for past in pasts if past is not None)


def _newest(
    shot: Shot, takes: Sequence[Sequence[Offer]], lacking: AbstractSet[int], owned: Owned
) -> int:
    """Return the newest take that is there, or can be had and is wanted, else the first."""
    for number in reversed(range(len(takes))):
        step = step_of(shot.id, takes[number], owned)
        made = isinstance(step, Generate) and number not in lacking
        if not isinstance(step, Blocked) and (shot.id in owned.again or not made):
            return number
    return 0


@dataclass(frozen=True, slots=True)
class Slates:
    """The lock's slates, found by a shot's id or, where the shot was renamed, by its clips."""

    by_shot: Mapping[str, Slate]
    left: Mapping[ClipKey, Slate]

    def of(self, shot: str, offers: Sequence[Offer]) -> Slate | None:
        """Return what the lock knows of a shot, of which `offers` are the first take's."""
        known = self.by_shot.get(shot)
        if known is not None:
            return known
        return next((self.left[o.key] for o in offers if o.key in self.left), None)


def slates_of(owned: Owned, shots: Collection[str]) -> Slates:
    """Sort the lock's slates by those of the film's shots and those that no shot is called by."""
    left = {
        take.key: slate
        for name, slate in owned.slates.items()
        if name not in shots
        for take in slate.takes
    }
    return Slates(owned.slates, left)
