"""Circles a take: says which one the film shows, in the lock, for nothing and at once."""

from dataclasses import replace

from storyboard.app.compile import Compilation
from storyboard.app.lock import lock_place, rewrite_lock
from storyboard.app.plan import clip_store, plan_film
from storyboard.app.recording import with_takes
from storyboard.app.refusals import planned_shot
from storyboard.app.select import refuse_unchosen
from storyboard.app.takes import changed_since
from storyboard.model.errors import Undecidable
from storyboard.model.lock import Lock, Slate, Take
from storyboard.model.money import MicroUsd
from storyboard.model.plan import Plan, PlannedShot, Resume, Reuse
from storyboard.report.circle import Circled

__all__ = ["circle_take"]


def circle_take(compilation: Compilation, name: str, number: int | None) -> Circled:
    """Circle a take of a shot, or with None take its circle away; a build may be running.

    Undecidable where there is no such shot or take. What is so already is not written again.
    """
    plan, compiled = plan_film(compilation)
    film = compiled.need_film()
    shot = planned_shot(plan, film, name)
    refuse_unchosen(compilation, name, plan, film)
    slate = _slate(shot, compilation)
    take = None if number is None else _take(slate, number)
    if _is_so(slate, shot, number):
        return _told(compilation, shot, take, (plan, plan), written=False)
    lock, written = _written(compilation, plan, shot, number)
    after, _ = plan_film(replace(compilation, lock=lock))
    return _told(compilation, shot, take, (plan, after), written=written)


def _slate(shot: PlannedShot, compilation: Compilation) -> Slate:
    if shot.slate is not None and shot.slate.takes:
        return shot.slate
    if clip_store(compilation, free=False).place(shot.key) is not None:
        message = f'the clip of "{shot.id}" is in no lock yet'
        raise Undecidable(message, hint="`storyboard build` writes down what is owned, for nothing")
    message = f'nothing was bought for "{shot.id}" yet, so there is no take to circle'
    raise Undecidable(message, hint="`storyboard build` buys its clip")


def _take(slate: Slate, number: int) -> Take:
    take = slate.take(number)
    if take is None:
        has = ", ".join(str(each.number) for each in slate.takes)
        message = f'"{slate.shot}" has no take {number}'
        raise Undecidable(message, hint=f"its takes are {has}; `storyboard takes` shows them")
    return take


def _is_so(slate: Slate, shot: PlannedShot, number: int | None) -> bool:
    if number is None:
        return slate.circled is None
    return slate.circled == number and slate.circled_for == shot.base


def _written(
    compilation: Compilation, plan: Plan, shot: PlannedShot, number: int | None
) -> tuple[Lock, bool]:
    """Write the circle into the lock as it is now, under the ids that the shots have now."""

    def change(lock: Lock) -> Lock:
        renamed = with_takes(lock, plan, {})
        slate = renamed.slate(shot.id)
        if slate is None:
            message = f'the lock has lost the takes of "{shot.id}" meanwhile'
            raise Undecidable(message, hint="run it again")
        if number is not None:
            _take(slate, number)
        base = None if number is None else shot.base
        circled = replace(slate, circled=number, circled_for=base)
        others = (each for each in renamed.slates if each.shot != shot.id)
        return Lock(tuple(sorted((*others, circled), key=lambda each: each.shot)))

    place = lock_place(compilation.path, compilation.options.variant, compilation.settings)
    return rewrite_lock(place, compilation.settings, change)


def _told(
    compilation: Compilation,
    shot: PlannedShot,
    take: Take | None,
    plans: tuple[Plan, Plan],
    *,
    written: bool,
) -> Circled:
    before, after = plans
    now = next(each for each in after.shots if each.id == shot.id)
    asked = {offer.key for offer in now.asked}
    own = isinstance(now.step, Reuse)
    return Circled(
        film=compilation.path,
        shot=shot.id,
        take=take,
        written=written,
        stale=take is not None and take.key not in asked,
        changed=()
        if take is None
        else changed_since(take, now, clip_store(compilation, free=False)),
        shows=now.number if own or now.stands_in is None else now.stands_in.number,
        owned=own,
        fetched=isinstance(now.step, Resume),
        asks=_asks(before, after),
        cost_before=before.cost,
        cost_after=after.cost,
    )


def _asks(before: Plan, after: Plan) -> tuple[tuple[str, MicroUsd], ...]:
    """Return the orders that a plan has and the one before has not, by shot."""
    known = {order.key for order in before.orders if order.cost}
    return tuple(
        (order.id, order.cost) for order in after.orders if order.cost and order.key not in known
    )
