"""Draws up what a build came to: every shot of the plan in exactly one place."""

from collections.abc import Sequence

from storyboard.engine.buying import BuyResult
from storyboard.engine.ports import Ledger
from storyboard.engine.shop import Bought, NotBought
from storyboard.model.job import Cause, State
from storyboard.model.measure import Remark
from storyboard.model.money import MicroUsd
from storyboard.model.plan import Blocked, Plan, PlannedShot, Reuse
from storyboard.model.receipt import Receipt

__all__ = ["make_receipt"]

_IN_FLIGHT = frozenset({State.SUBMITTED, State.READY})


def make_receipt(
    plan: Plan,
    result: BuyResult,
    remarks: Sequence[tuple[str, Remark]],
    ledger: Ledger,
    *,
    film: str,
) -> Receipt:
    """Sort the shots of a plan by what became of them, and add up what is not settled."""
    kept: list[str] = []
    failed: list[tuple[str, str]] = []
    unclear: list[tuple[str, str]] = []
    in_flight: list[tuple[str, str]] = []
    not_ordered: list[str] = []
    stuck: set[str] = set()
    for shot in plan.orders:
        outcome = result.outcomes.get(shot.key)
        prediction = _in_flight(outcome, ledger)
        if isinstance(shot.step, Blocked):
            failed.append((shot.label, _blocked(shot, shot.step)))
            stuck.add(shot.label)
        elif isinstance(outcome, Bought) or (outcome is None and isinstance(shot.step, Reuse)):
            kept.append(shot.label)
        elif prediction is not None:
            in_flight.append((shot.label, prediction))
        elif not isinstance(outcome, NotBought) or outcome.unordered:
            not_ordered.append(shot.label)
        elif outcome.unclear:
            unclear.append((shot.label, outcome.attempt or ""))
        else:
            failed.append((shot.label, outcome.reason))
            stuck |= {shot.label} if _is_stuck(outcome, ledger) else set()
    return Receipt(
        kept=tuple(kept),
        failed=tuple(failed),
        unclear=tuple(unclear),
        remarks=tuple(remarks),
        spent=result.spent,
        reserved=result.reserved,
        refunds_awaited=_awaited(ledger, film),
        substitutes=tuple(_substitutes(plan, result)),
        stopped=result.stopped or None,
        in_flight=tuple(in_flight),
        not_ordered=tuple(not_ordered),
        stuck=frozenset(stuck),
        older=tuple(_older(plan, result)),
    )


def _blocked(shot: PlannedShot, step: Blocked) -> str:
    if not step.cost:
        return step.reason
    return f"{step.reason}; change the shot, or order it again with `--again {shot.id}`"


def _older(plan: Plan, result: BuyResult) -> list[tuple[str, str]]:
    """Return what is left open of orders that no shot of this film asks for as it is now."""
    asked = {order.key for order in plan.orders}
    return [
        (outcome.attempt, outcome.reason)
        for key, outcome in result.outcomes.items()
        if key not in asked and isinstance(outcome, NotBought) and outcome.attempt is not None
    ]


def _is_stuck(outcome: NotBought, ledger: Ledger) -> bool:
    """Tell whether a shot is not ordered again by itself: moderated, or bought and lost."""
    attempt = ledger.find(outcome.attempt) if outcome.attempt is not None else None
    lost = attempt is not None and attempt.job.state is State.LOST
    return lost or outcome.cause is Cause.MODERATION


def _in_flight(outcome: object, ledger: Ledger) -> str | None:
    """Return the provider's name for an order that is paid for and not fetched yet."""
    if not isinstance(outcome, NotBought) or outcome.attempt is None:
        return None
    attempt = ledger.find(outcome.attempt)
    if attempt is None or attempt.job.state not in _IN_FLIGHT:
        return None
    return attempt.job.prediction


def _awaited(ledger: Ledger, film: str) -> MicroUsd:
    failed = (each for each in ledger.attempts(film) if each.job.state is State.FAILED)
    return MicroUsd(sum(each.counted for each in failed))


def _substitutes(plan: Plan, result: BuyResult) -> list[tuple[str, str]]:
    found = ((shot, result.outcomes.get(shot.key)) for shot in plan.orders)
    return [
        (shot.label, outcome.offer.model)
        for shot, outcome in found
        if isinstance(outcome, Bought) and outcome.offer and outcome.offer.key != shot.key
    ]
