"""What a person decides about an order: which of the provider's it is, or that it is given up.

Both are written under the build lock: no build follows the attempt meanwhile.
"""

import asyncio
import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from storyboard.adapters.ledger.database import SqliteLedger
from storyboard.adapters.ledger.lock import build_lock, this_process
from storyboard.app.books import Books, open_books
from storyboard.app.clock import SystemClock
from storyboard.app.purse import find_key
from storyboard.engine.provider import Missing
from storyboard.model.attempt import Attempt
from storyboard.model.errors import ErrorCode, Undecidable
from storyboard.model.job import ENDED_UNANSWERED, TABLE, Adopted, Forgotten, State

__all__ = ["Decided", "adopt_order", "find_forgettable", "forget_order"]

_NAME: Final = re.compile(r"[\w.:-]{1,200}", re.ASCII)
_UNCLEAR: Final = frozenset({State.INTENT, State.UNKNOWN})
_FORGETTABLE: Final = _UNCLEAR | {state for state, events in TABLE.items() if Forgotten in events}
_NO_CLIP: Final = frozenset({State.REFUSED, State.FAILED, State.REFUNDED, State.LOST})


@dataclass(frozen=True, slots=True)
class Decided:
    """An attempt as it is now, and the command that goes on with its film."""

    attempt: Attempt
    build: str


def adopt_order(folder: str, attempt_id: str, prediction: str) -> Decided:
    """Write down that an unclear attempt is this order of the provider's."""
    with _opened(folder, "storyboard adopt") as (books, ledger), _locked(books, "adopt"):
        attempt = _find(ledger, attempt_id)
        if attempt.job.state not in _UNCLEAR:
            message = f"attempt {attempt.id} is {attempt.job.state}, and not unclear"
            raise Undecidable(message, hint="`storyboard status` shows which attempts are")
        if _NAME.fullmatch(prediction) is None:
            message = f"{prediction!r} cannot be the name of an order"
            raise Undecidable(message, hint="`storyboard status` shows which orders it may be")
        holder = ledger.holder_of(prediction)
        if holder is not None:
            message = f"{prediction} is the order of attempt {holder.id} ({holder.order.shot})"
            raise Undecidable(message, hint="`storyboard status` shows which orders it may be")
        asyncio.run(_refuse_unknown(books, prediction))
        _lose_track(ledger, attempt)
        return Decided(ledger.record(attempt.id, Adopted(prediction)), books.build(attempt))


async def _refuse_unknown(books: Books, prediction: str) -> None:
    """Ask the provider for an order, if there is a key to ask with: a slip would lose the clip."""
    key = find_key()
    if key is None:
        return
    from storyboard.app.provider import open_provider  # noqa: PLC0415  brings httpx

    async with open_provider(books.purse, key, SystemClock(books.purse.speed)) as api:
        if isinstance(await api.look(prediction), Missing):
            message = f"the provider knows no order {prediction}"
            raise Undecidable(message, hint="`storyboard status` shows which orders it may be")


def find_forgettable(folder: str, attempt_id: str) -> Attempt:
    """Return an attempt that can be given up; Undecidable, with what to do, if it cannot."""
    with _opened(folder, "storyboard forget") as (books, ledger):
        return _forgettable(books, ledger, attempt_id)


def forget_order(folder: str, attempt_id: str) -> Decided:
    """Write down that an attempt is given up, so that its clip can be ordered again."""
    with _opened(folder, "storyboard forget") as (books, ledger), _locked(books, "forget"):
        attempt = _forgettable(books, ledger, attempt_id)
        _lose_track(ledger, attempt)
        return Decided(ledger.record(attempt.id, Forgotten()), books.build(attempt))


@contextmanager
def _opened(folder: str, run: str) -> Iterator[tuple[Books, SqliteLedger]]:
    with open_books(folder, run) as books:
        if books.ledger is None:
            message = "nothing was ever ordered in this project"
            raise Undecidable(message, hint="give the project's folder after the attempt")
        yield books, books.ledger


@contextmanager
def _locked(books: Books, command: str) -> Iterator[None]:
    holder = this_process(f"storyboard {command}", SystemClock().now())
    with build_lock(books.settings.inside(books.purse.lock), holder):
        yield


def _find(ledger: SqliteLedger, attempt_id: str) -> Attempt:
    attempt = ledger.find(attempt_id)
    if attempt is None:
        message = f"there is no attempt {attempt_id!r}"
        hint = "`storyboard status` shows which attempts are open"
        raise Undecidable(message, hint=hint, code=ErrorCode.UNKNOWN_ATTEMPT)
    return attempt


def _forgettable(books: Books, ledger: SqliteLedger, attempt_id: str) -> Attempt:
    attempt = _find(ledger, attempt_id)
    state = attempt.job.state
    if state not in _FORGETTABLE:
        message = f"attempt {attempt.id} is {state}, and there is nothing to give up"
        build = books.build(attempt)
        anew = f"`{build} --again {shlex.quote(attempt.order.shot)}` orders the shot again"
        plainly = f"`{build}` orders the shot if it has no clip"
        raise Undecidable(message, hint=anew if state in _NO_CLIP else plainly)
    return attempt


def _lose_track(ledger: SqliteLedger, attempt: Attempt) -> None:
    """An attempt that is still INTENT while we hold the lock was left by a process that ended."""
    if attempt.job.state is State.INTENT:
        ledger.record(attempt.id, ENDED_UNANSWERED)
