"""How long models have taken, and so when to look at an order next.

Looking often costs requests; looking seldom costs time between made and noticed. Where a model's
latencies are known, hardly any order is ready before their 10th percentile: the first look is about
then, and the next whenever the order has grown 4 % older.
"""

import math
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Final

__all__ = ["Latencies"]

_EARLIEST: Final = 2.0
_LATEST_FIRST: Final = 120.0  # whatever odd latencies were handed in
_GROWTH: Final = 0.04
_BLIND_GROWTH: Final = 0.3
_SOONER: Final = 0.85  # what was noticed late was made before, who knows how long
_SHORTEST: Final = 0.1
_LONGEST: Final = 60.0
_REMEMBERED: Final = 200  # of each model: a provider's pace changes from hour to hour


class Latencies:
    """Seconds from order to clip, by model.

    Who looks only when an order should be ready never sees that it was ready sooner. So what was
    noticed without having been seen running before, and all that earlier runs noticed, counts for
    somewhat less than it took: the first look comes down to a model that has become faster.
    """

    def __init__(self, learned: Mapping[str, Sequence[float]]) -> None:
        self._seconds: dict[str, deque[float]] = {}
        for model, seconds in learned.items():
            for each in seconds:
                self._add(model, _SOONER * each)

    def known(self, model: str) -> bool:
        """Whether there is anything to go by."""
        return model in self._seconds

    def learn(self, model: str, running: float | None, ready: float) -> None:
        """Take in how old an order was when last seen running, None for never, and when ready.

        It was made between the two; where they are far apart, that says nothing.
        """
        if running is None:
            self._add(model, _SOONER * ready)
        elif ready - running <= ready / 2:
            self._add(model, (running + ready) / 2)

    def _add(self, model: str, seconds: float) -> None:
        if 0 < seconds < math.inf:
            self._seconds.setdefault(model, deque(maxlen=_REMEMBERED)).append(seconds)

    def next_look(self, model: str, looked: float | None) -> float:
        """Return the age to look at an order that was running at age `looked`; None: the first."""
        first = self._first_look(model)
        if looked is None:
            return first
        growth = _GROWTH if self.known(model) else _BLIND_GROWTH
        return max(first, looked + min(max(_SHORTEST, growth * looked), _LONGEST))

    def _first_look(self, model: str) -> float:
        if not self.known(model):
            return _EARLIEST
        known = sorted(self._seconds[model])
        few = 1 - 1 / (2 * len(known))  # one order proves little about the fastest
        return min(max(_EARLIEST, few * known[len(known) // 10]), _LATEST_FIRST)
