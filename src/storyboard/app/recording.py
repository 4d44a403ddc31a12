"""Records what a build bought in the film's lock: each clip as a take, numbered on."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from storyboard.app.compile import Compilation
from storyboard.app.history import film_name
from storyboard.app.lock import LOCK_SUFFIX, load_lock, lock_place, rewrite_lock
from storyboard.app.settings import Settings
from storyboard.engine.ports import ClipStore, Ledger
from storyboard.model.attempt import Attempt
from storyboard.model.job import Finished, State
from storyboard.model.lock import Lock, Slate, Take
from storyboard.model.money import Millis
from storyboard.model.plan import Generate, Offer, Plan
from storyboard.model.request import ClipKey

__all__ = ["record_takes", "with_takes"]

_CAME_TO_NOTHING = frozenset({State.REFUSED, State.REFUNDED})
_BROUGHT = frozenset({State.READY, State.OWNED})
"""How the order of a clip that is in the store may stand: its run may have ended on the way."""


def record_takes(
    compilation: Compilation, plan: Plan, ledger: Ledger, store: ClipStore, now: datetime
) -> bool:
    """Write what is owned of a film into its lock file; tell whether it had to be written.

    Whatever the shots ask for and is owned is there afterwards, also what an earlier run bought
    and had no time to write down, and what was bought for a shot that asks for another clip now.
    """
    settings = compilation.settings
    place = lock_place(compilation.path, compilation.options.variant, settings)
    found = dict(_found(plan, ledger, store, now))
    film, others = film_name(compilation.path, settings), _variants_have(place, settings)

    def change(lock: Lock) -> Lock:
        known = {take.key for _, take in lock.takes} | found.keys() | others
        return with_takes(lock, plan, found, tuple(_strays(ledger, film, store, known)))

    _, written = rewrite_lock(place, settings, change)
    return written


def with_takes(
    lock: Lock, plan: Plan, found: Mapping[ClipKey, Take], strays: Sequence[tuple[str, Take]] = ()
) -> Lock:
    """Return a lock with the takes that its film's shots own, whatever number those come with.

    A shot that was renamed takes its slate along; what no shot of the film is called by stays.
    `strays` are takes, by the id that their shot had, that no shot asks for any more. What was lost
    and ordered once more by this very plan is a further take: both were paid for.
    """
    slates = {slate.shot: slate for slate in lock.slates}
    renamed = {shot.slate.shot: shot.id for shot in plan.shots if shot.slate is not None}
    for shot in plan.shots:
        if shot.slate is not None and shot.id not in slates:
            before = slates.get(shot.slate.shot, shot.slate)
            slates[shot.id] = replace(before, shot=shot.id)
    for gone in renamed.keys() - plan.ids:
        slates.pop(gone, None)
    for name, take in strays:
        shot_id = name if name in plan.ids else renamed.get(name, name)
        slates[shot_id] = _numbered(slates.get(shot_id, Slate(shot_id, ())), (take,))
    known = {**found, **{take.key: take for _, take in lock.takes}}
    anew = {order.key for order in plan.orders if isinstance(order.step, Generate)}
    for shot in plan.shots:
        keys = dict.fromkeys(offer.key for offer in shot.asked)
        owned = [known[key] for key in keys if key in found]
        slates[shot.id] = _numbered(slates.get(shot.id, Slate(shot.id, ())), owned)
        again = (found[key] for key in keys if key in anew and key in found)
        slates[shot.id] = _numbered(slates[shot.id], again, by=lambda take: take.prediction)
    return Lock(tuple(slates[name] for name in sorted(slates) if slates[name].takes))


def _by_clip(take: Take) -> str | None:
    return take.key


def _numbered(
    slate: Slate, new: Iterable[Take], by: Callable[[Take], str | None] = _by_clip
) -> Slate:
    """Return a slate with further takes numbered on; those that it has stay as they are."""
    takes = list(slate.takes)
    for take in new:
        if all(by(take) != by(each) for each in takes):
            number = max((each.number for each in takes), default=0) + 1
            takes.append(replace(take, number=number))
    return replace(slate, takes=tuple(takes))


def _found(
    plan: Plan, ledger: Ledger, store: ClipStore, now: datetime
) -> Iterator[tuple[ClipKey, Take]]:
    """Yield by clip the takes that are owned, as the ledger tells of them."""
    newest = {attempt.order.key: attempt for attempt in ledger.attempts()}
    for own, offer in _offers(plan):
        before = newest.get(own.key)
        if offer is not own and (before is None or before.job.state not in _CAME_TO_NOTHING):
            continue  # it was bought when the shot had another model, and stands in for nothing
        sha256 = store.recorded(offer.key) if offer.cost else None
        if sha256 is not None:
            take = _take(offer, newest.get(offer.key), sha256, ledger, now)
            instead_of = None if offer is own else own.key
            yield offer.key, replace(take, instead_of=instead_of)


def _offers(plan: Plan) -> Iterator[tuple[Offer, Offer]]:
    """Yield each offer that a shot's takes have, after that of its own model for the same take."""
    for shot in plan.shots:
        own: dict[int, Offer] = {}
        for offer in shot.asked:
            yield own.setdefault(offer.request.take, offer), offer


def _take(
    offer: Offer, attempt: Attempt | None, sha256: str, ledger: Ledger, now: datetime
) -> Take:
    take = Take(1, offer.key, sha256, offer.model, offer.bought, offer.cost, now)
    if attempt is None or attempt.job.state not in _BROUGHT:
        return take
    return _with_order(take, attempt, ledger)


def _with_order(take: Take, attempt: Attempt, ledger: Ledger) -> Take:
    """Return a take with what the ledger knows of the order that brought it."""
    billed = attempt.job.billed
    return replace(
        take,
        price=attempt.order.price if billed is None else billed,
        bought_at=attempt.reserved_at,
        seen=_seen(ledger, attempt),
        prediction=attempt.job.prediction,
    )


def _strays(
    ledger: Ledger, film: str, store: ClipStore, known: AbstractSet[ClipKey]
) -> Iterator[tuple[str, Take]]:
    """Yield by shot the clips that were bought for a film, and that nothing else knows of."""
    for attempt in ledger.attempts(film):
        order = attempt.order
        if attempt.job.state is not State.OWNED or not order.price or order.key in known:
            continue
        sha256, length = store.recorded(order.key), _length(order.payload)
        if sha256 is not None and length is not None:
            at = attempt.reserved_at
            take = Take(1, order.key, sha256, order.model, length, order.price, at)
            yield order.shot, _with_order(take, attempt, ledger)


def _length(payload: str) -> Millis | None:
    """Return how long a clip was ordered, as its order says."""
    try:
        seconds = json.loads(payload)["duration"]
        return Millis(round(seconds * 1000))
    except (KeyError, TypeError, ValueError):
        return None


def _variants_have(place: Path, settings: Settings) -> frozenset[ClipKey]:
    """Return the clips in the locks of a film's other variants: they are no strays of this one."""
    film = place.name.removesuffix(LOCK_SUFFIX).partition(".")[0]
    others = (other for other in place.parent.glob(f"*{LOCK_SUFFIX}") if other != place)
    beside = (other for other in others if other.name.partition(".")[0] == film)
    locks = (load_lock(settings.inside(other), settings).lock for other in beside)
    return frozenset(take.key for lock in locks for _, take in lock.takes)


def _seen(ledger: Ledger, attempt: Attempt) -> str | None:
    """Return the model that the provider says has made a clip."""
    events = (entry.event for entry in ledger.events(attempt.id))
    said = (event.model for event in events if isinstance(event, Finished) and event.model)
    return next(said, None)
