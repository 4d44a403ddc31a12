"""What a project's ledger says of a film's clips: what became of earlier orders, what they cost."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from storyboard.app.clock import SystemClock
from storyboard.app.purse import Purse
from storyboard.app.settings import Settings
from storyboard.engine.ports import Ledger
from storyboard.model.attempt import Attempt, Past
from storyboard.model.job import Cause, Failed, Gone, Refused, State
from storyboard.model.money import MicroUsd
from storyboard.model.request import ClipKey

__all__ = ["History", "film_name", "read_history", "written_history"]

_ENDED = frozenset({State.REFUSED, State.FAILED, State.REFUNDED, State.LOST})


@dataclass(frozen=True, slots=True)
class History:
    """By clip what became of the newest order, and what counts against the film's budget."""

    past: Mapping[ClipKey, Past] = field(default_factory=dict)
    spent: MicroUsd = MicroUsd(0)


def film_name(film: str, settings: Settings) -> str:
    """Return the name that a film's orders are booked under: its path from the project's root."""
    path = Path(film)
    place = Path(os.path.realpath(path.parent)) / path.name
    return place.relative_to(os.path.realpath(settings.root)).as_posix()


def written_history(film: str, settings: Settings, purse: Purse) -> History:
    """Read the history from the ledger's file; where there is none, nothing was ever ordered."""
    # os.path, because pathlib raises where a folder may not be searched
    if not os.path.exists(settings.inside(purse.ledger)):  # noqa: PTH110
        return History()
    from storyboard.adapters.ledger.database import SqliteLedger  # noqa: PLC0415  brings sqlite

    with SqliteLedger(purse.ledger, SystemClock().now, run="") as ledger:
        return read_history(film_name(film, settings), ledger)


def read_history(film: str, ledger: Ledger) -> History:
    """Read the history of a film, by the name its orders are booked under."""
    newest = {attempt.order.key: attempt for attempt in ledger.attempts()}
    past = {key: _past(attempt, ledger) for key, attempt in newest.items()}
    return History(past, ledger.spent(film=film).counted)


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
