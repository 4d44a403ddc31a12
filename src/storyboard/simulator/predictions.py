"""Predictions from created to ended, in the order in which time would have it.

Nothing runs in between: whoever looks first says what time it is, and all that was due by then
happens, the charge's end, the next start, the refund. So a thousand predictions cost nothing.
"""

import heapq
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from itertools import count

from storyboard.simulator.account import Account
from storyboard.simulator.catalogue import Inputs, MicroUsd
from storyboard.simulator.clips import Clip
from storyboard.simulator.clock import Seconds, iso
from storyboard.simulator.faults import ENDINGS, Ending, Fate

__all__ = ["Prediction", "Predictions"]


@dataclass(slots=True, eq=False)
class Prediction:
    """A clip that was ordered; `clip` is None where fate will have none."""

    id: str
    account: Account
    model: str
    inputs: Inputs
    subject: str
    price: MicroUsd
    fate: Fate
    clip: Clip | None
    created: Seconds
    listed: Seconds
    latency: Seconds
    refund_delay: Seconds | None
    status: str = "created"
    started: Seconds | None = None
    ended: Seconds | None = None
    ending: Ending = field(default=Ending("completed", 0, ""))

    def shown(self, base_url: str, *, with_inputs: bool = False) -> dict[str, object]:
        """Return the prediction as the API writes it."""
        completed = self.status == "completed"
        taken = round(((self.ended or 0) - (self.started or 0)) * 1000) if self.ended else 0
        own = f"{base_url}/api/v3/predictions/{self.id}/result"
        error = self.ending.error if self.ended is not None else ""
        shown: dict[str, object] = {
            "id": self.id,
            "model": self.model,
            "outputs": [f"{base_url}/outputs/{self.id}/1.mp4"] if completed else [],
            "urls": {"get": own},
            "has_nsfw_contents": [False] if completed else [],
            "status": self.status,
            "created_at": iso(self.created),
            "error": error,
            "executionTime": taken,
            "timings": {"inference": taken},
        }
        if error:
            shown["code"] = self.ending.code
        return {**shown, "inputs": self.inputs} if with_inputs else shown


@dataclass(slots=True)
class _Stage:
    """What an account has in hand."""

    running: int = 0
    waiting: deque[Prediction] = field(default_factory=deque)


class Predictions:
    """All predictions; `advance` lets happen what was due."""

    def __init__(self, retention: Seconds) -> None:
        self._retention = retention
        self._all: dict[str, Prediction] = {}
        self._stages: defaultdict[Account, _Stage] = defaultdict(_Stage)
        self._due: list[tuple[Seconds, int, Callable[[Prediction, Seconds], None], Prediction]] = []
        self._order = count()
        self._rendering: list[tuple[Prediction, Seconds]] = []

    def __iter__(self) -> Iterator[Prediction]:
        return iter(self._all.values())

    def add(self, prediction: Prediction) -> None:
        """Take a prediction in; it starts at once if the account has a free place."""
        self._all[prediction.id] = prediction
        stage = self._stages[prediction.account]
        stage.waiting.append(prediction)
        self._start_waiting(stage, prediction.account, prediction.created)

    def find(self, name: str, now: Seconds) -> Prediction | None:
        """Return a prediction of the last week."""
        found = self._all.get(name)
        return found if found and now < found.created + self._retention else None

    def of(self, account: Account, now: Seconds) -> Iterator[Prediction]:
        """Yield an account's listed predictions of the last week, newest first."""
        for prediction in reversed(self._all.values()):
            fresh = prediction.listed <= now < prediction.created + self._retention
            if prediction.account is account and fresh:
                yield prediction

    def delete(self, prediction: Prediction) -> None:
        del self._all[prediction.id]

    def advance(self, now: Seconds) -> None:
        """Let happen what was due by now, in its order."""
        while self._due and self._due[0][0] <= now:
            at, _, happen, prediction = heapq.heappop(self._due)
            happen(prediction, at)
        late, self._rendering = self._rendering, []
        for prediction, at in late:
            self._end(prediction, at)

    def _start_waiting(self, stage: _Stage, account: Account, at: Seconds) -> None:
        while stage.waiting and stage.running < account.terms.level.at_once:
            prediction = stage.waiting.popleft()
            stage.running += 1
            prediction.status, prediction.started = "processing", at
            self._at(at + prediction.latency, self._finish, prediction)

    def _finish(self, prediction: Prediction, at: Seconds) -> None:
        stage = self._stages[prediction.account]
        stage.running -= 1
        self._start_waiting(stage, prediction.account, at)
        self._end(prediction, at)

    def _end(self, prediction: Prediction, at: Seconds) -> None:
        """End a prediction as it is fated, or, while its clip is rendered, let it run on."""
        clip = prediction.clip
        if clip is not None and not clip.work.done():
            self._rendering.append((prediction, at))
            return
        prediction.ending = _ending(prediction)
        prediction.status, prediction.ended = prediction.ending.status, at
        prediction.account.close(prediction.id, prediction.status, at)
        if prediction.status != "completed" and prediction.refund_delay is not None:
            self._at(at + prediction.refund_delay, _refund, prediction)

    def _at(
        self,
        at: Seconds,
        happen: Callable[[Prediction, Seconds], None],
        prediction: Prediction,
    ) -> None:
        heapq.heappush(self._due, (at, next(self._order), happen, prediction))


def _ending(prediction: Prediction) -> Ending:
    if prediction.clip is None:
        return ENDINGS[prediction.fate]
    work = prediction.clip.work
    broken = CancelledError() if work.cancelled() else work.exception()
    if broken is None:
        return prediction.ending
    failed = ENDINGS[Fate.EXECUTION_FAILED]
    return Ending(failed.status, failed.code, f"{failed.error} {broken}")


def _refund(prediction: Prediction, at: Seconds) -> None:
    prediction.account.refund(prediction.id, at)
