"""Decides which takes a shot has and asks for, and which of them is in the film."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from storyboard.compiler.steps import Owned, act_on, step_of
from storyboard.model.job import BINDING, State
from storyboard.model.lock import Slate, Take
from storyboard.model.plan import Blocked, Offer
from storyboard.model.request import ClipKey
from storyboard.model.story import Shot

__all__ = ["Shooting", "shoot", "slates_of"]

_UNDER_WAY = BINDING - {State.OWNED}


@dataclass(frozen=True, slots=True)
class Shooting:
    """A shot's takes, as it asks for them now: the ways to have each made, first take first.

    `shown` is the one that is in the film, unless `pinned` is: a take that was circled although it
    was made from something else.
    """

    takes: tuple[tuple[Offer, ...], ...]
    shown: int
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
    takes = tuple(_asked(shot, first, order, owned, slate))
    pinned = slate.chosen(first[0].key) if slate is not None else None
    keys = [{offer.key for offer in offers} for offers in takes]
    circled = next((n for n, each in enumerate(keys) if pinned and pinned.key in each), None)
    if circled is not None:
        return Shooting(takes, circled, slate)
    return Shooting(takes, _newest(shot, takes, owned), slate, pinned)


def _asked(
    shot: Shot,
    first: tuple[Offer, ...],
    order: Callable[[int], tuple[Offer, ...]],
    owned: Owned,
    slate: Slate | None,
) -> Sequence[tuple[Offer, ...]]:
    """Return the takes that are there, under way or asked for; what is free is made once."""
    if not first[0].cost:
        return [first]
    locked = {take.key for take in slate.takes} if slate is not None else set()
    sure = max(shot.takes, len(locked))
    takes = [first]
    while len(takes) < sure or _was_tried(takes[-1], owned, locked):
        takes.append(order(len(takes) + 1))
    last = max((n for n, each in enumerate(takes, 1) if _has(each, owned, locked)), default=0)
    if last and shot.id in owned.retakes:
        last = _retaken(shot, takes, last, owned)
    return takes[: max(shot.takes, last)]


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


def _newest(shot: Shot, takes: Sequence[Sequence[Offer]], owned: Owned) -> int:
    """Return the newest take that nothing stands in the way of, else the first."""
    for number in reversed(range(len(takes))):
        if not isinstance(step_of(shot.id, takes[number], owned), Blocked):
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
