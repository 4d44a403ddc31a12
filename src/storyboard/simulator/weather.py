"""What goes wrong, and when: first what is ordered, then what the climate and the seed bring.

A draw depends on the seed, on what is asked for, and on how often that was asked, not on the order
in which other shots' requests arrive: a build behaves the same however its shots interleave.

The weather is bounded. No request meets more than two faults in a row, no shot more than a few in
all, and what it withholds (a refund, a place in the listing) comes in the end: a client that
behaves always completes. Faults after which a client must stop for good are for `Faults` alone.
"""

import hashlib
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from storyboard.simulator.clock import Seconds
from storyboard.simulator.faults import Endpoint, Face, Fate, Fault, Faults

__all__ = ["CLIMATES", "Climate", "Weather"]

_Any = TypeVar("_Any")


@dataclass(frozen=True, slots=True)
class Climate:
    """How bad it is: shares of requests, predictions and clips, and the longest delays."""

    name: str
    faulty: float = 0.0
    failing: float = 0.0
    odd: float = 0.0
    listing_lag: Seconds = 0.0
    refund_delay: Seconds = 0.0


CLIMATES: Mapping[str, Climate] = MappingProxyType(
    {
        each.name: each
        for each in (
            Climate("calm"),
            Climate("breezy", 0.08, 0.05, 0.05, listing_lag=2.0, refund_delay=60.0),
            Climate("stormy", 0.30, 0.20, 0.10, listing_lag=5.0, refund_delay=600.0),
        )
    }
)

_LOST = (Face.RESET, Face.HANG_UP)
_BUSY = (Face.SERVER_ERROR, Face.BAD_GATEWAY, Face.UNAVAILABLE, Face.GATEWAY_TIMEOUT)
_LIMITED = (Face.LIMITED, Face.LIMITED_SILENT)
_GARBLED = (Face.TRUNCATED, Face.NULL_DATA, Face.ENVELOPE_ERROR)
_READING = (*_LOST, *_BUSY, *_LIMITED, Face.TRUNCATED, Face.SLOW)
_WRITING = (*_LOST, *_BUSY, Face.SLOW)
_FACES: Mapping[Endpoint, Sequence[Face]] = MappingProxyType(
    {
        Endpoint.SUBMIT: (*_LOST, *_BUSY, *_LIMITED, *_GARBLED, Face.HANG, Face.SLOW),
        Endpoint.LOOK: (*_READING, Face.QUEUED, Face.PENDING),
        Endpoint.HISTORY: _READING,
        Endpoint.DELETE: (),
        Endpoint.PRICE: _READING,
        Endpoint.MODELS: _READING,
        Endpoint.BALANCE: _READING,
        Endpoint.BILLINGS: _READING,
        Endpoint.TICKET: (*_WRITING, Face.TRUNCATED),
        Endpoint.PUT: _WRITING,
        Endpoint.BINARY: _WRITING,
        Endpoint.UPLOADED: _WRITING,
        Endpoint.DOWNLOAD: (*_WRITING, Face.TRUNCATED, Face.FORBIDDEN, Face.NOT_FOUND),
    }
)
_NEVER_DONE = frozenset({*_LIMITED, Face.FORBIDDEN, Face.NOT_FOUND, Face.TOO_LARGE})
_FAILING = (
    Fate.EXECUTION_FAILED,
    Fate.TASK_FAILED,
    Fate.INTERNAL,
    Fate.UNAVAILABLE,
    Fate.TIMED_OUT,
    Fate.TIMEOUT,
    Fate.CANCELLED,
)
_ODD = (Fate.LONGER, Fate.WRONG_SIZE, Fate.OTHER_MODEL)

_IN_A_ROW = 2
_FAILURES = 2
"""Of one shot, however often it is ordered."""
_MOST: Mapping[Endpoint, int] = MappingProxyType(
    {Endpoint.SUBMIT: 3, Endpoint.LOOK: 6, Endpoint.DOWNLOAD: 4}
)
"""Faults of one shot in all; where requests are not about a shot, `_MOST_OF_ALL` of an account."""
_MOST_OF_ALL = 60


@dataclass(slots=True)
class _Tally:
    met: int = 0
    faulty: int = 0
    in_a_row: int = 0


class Weather:
    """Decides each request's fault, each prediction's fate, and the lengths of delays."""

    def __init__(self, climate: Climate, seed: int, faults: Faults) -> None:
        self._climate = climate
        self._seed = seed
        self._tallies: defaultdict[tuple[str, str], _Tally] = defaultdict(_Tally)
        self.order(faults)

    def order(self, faults: Faults) -> None:
        """Let these faults happen next, in place of what was ordered before."""
        self._requests = {each: deque(script) for each, script in faults.requests.items()}
        self._fates = deque(faults.fates)
        self._endless = faults.endless

    def meet(self, endpoint: Endpoint, subject: str) -> Fault | None:
        """Return what the next request to `endpoint` about `subject` meets."""
        script = self._requests.get(endpoint)
        if script:
            return self._next(script)
        tally = self._tallies[endpoint, subject]
        tally.met += 1
        most = _MOST.get(endpoint, _MOST_OF_ALL)
        fair = tally.in_a_row == _IN_A_ROW or tally.faulty == most or not _FACES[endpoint]
        if fair or self.draw("meet", endpoint, subject, tally.met) >= self._climate.faulty:
            tally.in_a_row = 0
            return None
        tally.in_a_row += 1
        tally.faulty += 1
        face = self._choose(_FACES[endpoint], "face", endpoint, subject, tally.met)
        done = self.draw("done", endpoint, subject, tally.met) < 1 / 2
        return Fault(face, done=done and face not in _NEVER_DONE)

    def fate(self, subject: str) -> Fate:
        """Return what becomes of the next prediction about `subject`."""
        if self._fates:
            return self._next(self._fates)
        tally = self._tallies["fate", subject]
        tally.met += 1
        drawn = self.draw("fate", subject, tally.met)
        if tally.faulty < _FAILURES and drawn < self._climate.failing:
            tally.faulty += 1
            return self._choose(_FAILING, "failing", subject, tally.met)
        if 1 - drawn < self._climate.odd:
            return self._choose(_ODD, "odd", subject, tally.met)
        return Fate.COMPLETED

    def listing_lag(self, subject: str) -> Seconds:
        """Return how long a new prediction stays out of the history, beside the settings' lag."""
        return self.draw("lag", subject) * self._climate.listing_lag

    def refund_delay(self, subject: str) -> Seconds:
        """Return how long a refund is awaited, beside the settings' delay."""
        return self.draw("refund", subject) * self._climate.refund_delay

    def draw(self, *about: object) -> float:
        """Return a share from 0 to below 1 that is always the same for the seed and `about`."""
        words = "\n".join(map(str, (self._seed, *about)))
        drawn = hashlib.blake2b(words.encode(), digest_size=6).digest()
        return int.from_bytes(drawn) / 2**48

    def _choose(self, offered: Sequence[_Any], *about: object) -> _Any:
        return offered[int(self.draw(*about) * len(offered))]

    def _next(self, script: deque[_Any]) -> _Any:
        return script[0] if self._endless and len(script) == 1 else script.popleft()
