"""Takes: what a build bought is written into the lock, and a person chooses among them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from storyboard.app.compile import Compilation
from storyboard.app.lock import lock_place, rewrite_lock
from storyboard.engine.ports import ClipStore, Ledger
from storyboard.model.attempt import Attempt
from storyboard.model.job import Finished, State
from storyboard.model.lock import Lock, Slate, Take
from storyboard.model.plan import Offer, Plan, PlannedShot
from storyboard.model.request import ClipKey

__all__ = ["record_takes", "with_takes"]

_CAME_TO_NOTHING = frozenset({State.REFUSED, State.REFUNDED})


def record_takes(
    compilation: Compilation, plan: Plan, ledger: Ledger, store: ClipStore, now: datetime
) -> bool:
    """Write what is owned of a film into its lock file; tell whether it had to be written.

    Whatever the shots ask for and is owned is there afterwards, also what an earlier run bought
    and had no time to write down.
    """
    found = dict(_found(plan, ledger, store, now))
    options, settings = compilation.options, compilation.settings
    place = lock_place(compilation.path, options.variant, settings)
    _, written = rewrite_lock(place, settings, lambda lock: with_takes(lock, plan, found))
    return written


def with_takes(lock: Lock, plan: Plan, found: Mapping[ClipKey, Take]) -> Lock:
    """Return a lock with the takes that its film's shots own, whatever number those come with.

    A shot that was renamed takes its slate along; what no shot of the film is called by stays.
    """
    known = {slate.shot: slate for slate in lock.slates}
    slates = dict(known)
    for shot in plan.shots:
        before = known.get(shot.id) or shot.slate
        slate = _numbered(shot, before, found)
        if slate is not None:
            slates[shot.id] = slate
    for shot in plan.shots:
        if shot.slate is not None and shot.slate.shot not in plan.ids:
            slates.pop(shot.slate.shot, None)
    return Lock(tuple(slates[name] for name in sorted(slates)))


def _numbered(
    shot: PlannedShot, before: Slate | None, found: Mapping[ClipKey, Take]
) -> Slate | None:
    """Return a shot's slate with its new takes numbered on; None while it has none."""
    takes = list(before.takes) if before is not None else []
    for key in dict.fromkeys(offer.key for offer in shot.asked):
        if key in found and all(take.key != key for take in takes):
            number = max((take.number for take in takes), default=0) + 1
            takes.append(replace(found[key], number=number))
    if not takes:
        return None
    return replace(before or Slate(shot.id, ()), shot=shot.id, takes=tuple(takes))


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
    if attempt is None or attempt.job.state is not State.OWNED:
        return take
    billed = attempt.job.billed
    return replace(
        take,
        price=attempt.order.price if billed is None else billed,
        bought_at=attempt.reserved_at,
        seen=_seen(ledger, attempt),
        prediction=attempt.job.prediction,
    )


def _seen(ledger: Ledger, attempt: Attempt) -> str | None:
    """Return the model that the provider says has made a clip."""
    events = (entry.event for entry in ledger.events(attempt.id))
    said = (event.model for event in events if isinstance(event, Finished) and event.model)
    return next(said, None)
