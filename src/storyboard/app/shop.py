"""Puts together what a build buys with: the provider, the ledger, the limits, the listeners."""

import asyncio
import functools
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from storyboard.adapters.clips import FolderClips
from storyboard.adapters.ledger.database import SqliteLedger
from storyboard.app.desk import open_desk
from storyboard.engine.billing import Blocking
from storyboard.engine.poller import Poller
from storyboard.engine.ports import Clock, Inspector, Ledger, Listener
from storyboard.engine.provider import PaidApi
from storyboard.engine.shop import Pictures, Shop, Till
from storyboard.engine.throttle import Throttle
from storyboard.model.account import Account
from storyboard.model.attempt import Attempt, Caps
from storyboard.model.job import Adopted, Finished, Sent, State

__all__ = ["Counter", "latencies", "open_shop"]

_DISK_THREADS = 1
"""A disk flushes one file after the other: more threads would only get in the loop's way."""
_LEARN_FROM = 60
"""Attempts of each model, the newest, from which its latency is learned."""


@dataclass(frozen=True, slots=True)
class Counter:
    """What stays the same from shop to shop of one build."""

    ledger: SqliteLedger
    store: FolderClips
    pictures: Pictures
    inspect: Inspector
    caps: Caps
    account: Account
    clock: Clock


@contextmanager
def open_shop(counter: Counter, api: PaidApi, listen: Listener) -> Iterator[Shop]:
    """Open a shop: the ledger is asked in one thread while the loop goes on."""
    clock, account = counter.clock, counter.account
    with (
        open_desk(counter.ledger) as desk,
        ThreadPoolExecutor(_DISK_THREADS, "disk") as disk,
        ThreadPoolExecutor(os.cpu_count(), "decode") as cores,
    ):
        yield Shop(
            api=api,
            ledger=counter.ledger,
            store=counter.store,
            clock=clock,
            pictures=counter.pictures,
            inspect=counter.inspect,
            caps=counter.caps,
            listen=listen,
            poller=Poller(api.look, clock, learned=latencies(counter.ledger)),
            throttle=Throttle(account.at_once, account.per_minute, clock),
            books=desk,
            blocking=_in(disk),
            decoding=_in(cores),
            till=Till(listen),
        )


def _in(threads: ThreadPoolExecutor) -> Blocking:
    async def run(function: Callable[..., Any], *arguments: object) -> Any:  # noqa: ANN401
        work = functools.partial(function, *arguments)
        return await asyncio.get_running_loop().run_in_executor(threads, work)

    return run


def latencies(ledger: Ledger) -> Mapping[str, list[float]]:
    """Return by model how many seconds the newest finished orders took, as they were noticed."""
    found: dict[str, list[float]] = {}
    for attempt in reversed(ledger.attempts()):
        known = found.setdefault(attempt.order.model, [])
        if attempt.job.state is State.OWNED and len(known) < _LEARN_FROM:
            known += _latency(attempt, ledger)
    return found


def _latency(attempt: Attempt, ledger: Ledger) -> list[float]:
    """Return the seconds between taken and finished, if one run saw both."""
    sent = None
    for entry in ledger.events(attempt.id):
        match entry.event:
            case Sent():
                sent = entry
            case Adopted():
                sent = None
            case Finished() if sent is not None and sent.run == entry.run:
                return [(entry.at - sent.at).total_seconds()]
    return []
