"""What a build works on: the whole film as it is owned, and the part of it that was asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from storyboard.adapters.ledger.database import SqliteLedger
from storyboard.app.compile import Compilation
from storyboard.app.footage import whole_clips
from storyboard.app.history import film_name, read_history
from storyboard.app.plan import Known, plan_film
from storyboard.app.select import chosen_plan, chosen_shots
from storyboard.compiler.pipeline import Compiled
from storyboard.compiler.select import Selector
from storyboard.engine.ports import Clip
from storyboard.model.attempt import Attempt, Caps, Order
from storyboard.model.job import Sent
from storyboard.model.money import MicroUsd
from storyboard.model.plan import Plan, Resume, Reuse
from storyboard.model.request import ClipKey
from storyboard.model.story import Film

__all__ = ["Scope", "is_owned", "plan_retakes", "plan_scope", "take_over"]

_NOTHING = Known()


@dataclass(frozen=True, slots=True)
class Scope:
    """The plan of the whole film, the part of it that is to be carried out, and what is owned.

    `clips` are the whole film's owned ones, verified to the byte.
    """

    film: Film
    whole: Plan
    part: Plan
    clips: Mapping[ClipKey, Clip]


def plan_scope(
    compilation: Compilation,
    ledger: SqliteLedger,
    *,
    again: frozenset[str] = frozenset(),
    retakes: tuple[Selector, ...] = (),
) -> Scope:
    """Plan a film that compiled; a damaged clip counts as missing.

    The part is what the selectors of the command choose, all of it without any.
    """
    history = read_history(film_name(compilation.path, compilation.settings), ledger)
    known = Known(history, again=again)
    plan, compiled, known = plan_retakes(compilation, retakes, known)
    film = compiled.need_film()
    clips, damaged = _verified(compilation, plan)
    if damaged:
        plan, _ = plan_film(compilation, known=replace(known, damaged=damaged))
    return Scope(film, plan, chosen_plan(compilation, plan, film), clips)


def plan_retakes(
    compilation: Compilation, retakes: tuple[Selector, ...], known: Known = _NOTHING
) -> tuple[Plan, Compiled, Known]:
    """Plan a film with one more take of the shots that selectors choose."""
    plan, compiled = plan_film(compilation, known=known)
    if retakes:
        chosen = (chosen_shots(compilation, (each,), plan) or frozenset() for each in retakes)
        known = replace(known, retakes=frozenset().union(*chosen))
        plan, compiled = plan_film(compilation, known=known)
    return plan, compiled, known


def is_owned(compilation: Compilation) -> bool:
    """Tell whether a film that compiled needs no provider: every clip was bought, and is here."""
    plan, _ = plan_film(compilation)
    owned = all(isinstance(order.step, Reuse) for order in plan.orders)
    return owned and any(shot.price for shot in plan.shots)


def _verified(
    compilation: Compilation, plan: Plan
) -> tuple[dict[ClipKey, Clip], frozenset[ClipKey]]:
    """Read the clips that a plan reuses; return those that are whole, and the others' keys."""
    made = {shot.key for shot in plan.shots if not isinstance(shot.step, Reuse)}
    reused = {shot.key for shot in plan.shots} - made
    whole = whole_clips(compilation, reused)
    return whole, frozenset(reused - whole.keys())


def take_over(plan: Plan, ledger: SqliteLedger, film: str) -> None:
    """Book the orders that another clone has paid for, so that this one sees them through.

    The lock names them. They cost nothing here: what was paid is counted by the lock. Each is
    booked with its order's name at once, so no crash leaves one that nobody knows was taken.
    """
    for order in plan.orders:
        if not isinstance(order.step, Resume) or ledger.holder_of(order.step.prediction):
            continue
        paid = Order(order.key, order.id, film, order.model, MicroUsd(0), "{}")
        with ledger.together():
            reserved = ledger.reserve(paid, Caps())
            if isinstance(reserved, Attempt):
                ledger.record(reserved.id, Sent(order.step.prediction))
