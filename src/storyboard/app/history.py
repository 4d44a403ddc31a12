"""What a project's ledger says of a film's clips: what became of earlier orders, what they cost."""

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from storyboard.app.clock import SystemClock
from storyboard.app.compile import Compilation
from storyboard.app.purse import load_purse
from storyboard.app.settings import Settings
from storyboard.engine.ports import Ledger
from storyboard.model.attempt import Attempt, Past
from storyboard.model.estimate import Retries
from storyboard.model.job import OPEN, Cause, Failed, Gone, Refused, State
from storyboard.model.money import MicroUsd
from storyboard.model.request import ClipKey

__all__ = ["History", "film_name", "project_history", "read_history"]

_ENDED = frozenset({State.REFUSED, State.FAILED, State.REFUNDED, State.LOST})


@dataclass(frozen=True, slots=True)
class History:
    """By clip what became of the newest order, and what counts against the film's budget.

    `counted` are the clips that this ledger has paid for, or may have, `asked` the provider's names
    for all that it ever ordered or took over, `paid` those of them that count here. Of all the
    project's orders, `retries` has by model how many it took, and `months` what counts in each,
    such as `2026-11`.
    """

    past: Mapping[ClipKey, Past] = field(default_factory=dict)
    spent: MicroUsd = MicroUsd(0)
    counted: frozenset[ClipKey] = frozenset()
    asked: frozenset[str] = frozenset()
    paid: frozenset[str] = frozenset()
    retries: Mapping[str, Retries] = field(default_factory=dict)
    months: Mapping[str, MicroUsd] = field(default_factory=dict)


def film_name(film: str, settings: Settings) -> str:
    """Return the name that a film's orders are booked under: its path from the project's root."""
    return settings.from_root(Path(film))


def project_history(compilation: Compilation) -> History:
    """Read a film's history from the ledger's file; without one, nothing was ever ordered."""
    settings = compilation.settings
    purse = load_purse(settings)
    # os.path, because pathlib raises where a folder may not be searched
    if not os.path.exists(settings.inside(purse.ledger)):  # noqa: PTH110
        return History()
    from storyboard.adapters.ledger.database import SqliteLedger  # noqa: PLC0415  brings sqlite

    with SqliteLedger(purse.ledger, SystemClock().now, run="") as ledger:
        return read_history(film_name(compilation.path, settings), ledger)


def read_history(film: str, ledger: Ledger) -> History:
    """Read the history of a film, by the name its orders are booked under."""
    attempts = ledger.attempts()
    newest = {attempt.order.key: attempt for attempt in attempts}
    past = {key: _past(attempt, ledger) for key, attempt in newest.items()}
    counted = frozenset(key for key, attempt in newest.items() if attempt.counted)
    spent = ledger.spent(film=film).counted
    names = {each.job.prediction: each.counted for each in attempts if each.job.prediction}
    paid = frozenset(name for name, amount in names.items() if amount)
    asked = frozenset(names)
    return History(past, spent, counted, asked, paid, _retries(attempts), _months(attempts))


def _retries(attempts: Iterable[Attempt]) -> dict[str, Retries]:
    """Count by model the orders that were sent and have ended, and those that brought a clip.

    An order at no price was taken over from another clone, which has what it took to get there.
    """
    sent, owned = Counter[str](), Counter[str]()
    for attempt in attempts:
        state = attempt.job.state
        if attempt.job.prediction is not None and state not in OPEN and attempt.order.price:
            sent[attempt.order.model] += 1
            owned[attempt.order.model] += state is State.OWNED
    return {model: Retries(model, sent[model], owned[model]) for model in sent}


def _months(attempts: Iterable[Attempt]) -> dict[str, MicroUsd]:
    """Add up what counts against each month's limit."""
    counted: dict[str, int] = defaultdict(int)
    for attempt in attempts:
        counted[f"{attempt.reserved_at:%Y-%m}"] += attempt.counted
    return {month: MicroUsd(amount) for month, amount in counted.items()}


def _past(attempt: Attempt, ledger: Ledger) -> Past:
    reason, cause = "", Cause.OTHER
    if attempt.job.state in _ENDED:
        for entry in ledger.events(attempt.id):
            match entry.event:
                case Refused(reason, word) | Failed(reason, word):
                    cause = Cause.of(word)
                case Gone(reason):
                    cause = Cause.OTHER
                case _:
                    pass
    return Past(attempt.id, attempt.job.state, attempt.job.prediction, reason, cause)
