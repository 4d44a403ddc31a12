"""The provider itself, behind its endpoints: all that it knows, and how an order is taken."""

import hashlib
import json
import uuid
from collections import Counter, deque
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from storyboard.simulator.account import Account, Accounts
from storyboard.simulator.catalogue import Inputs, Model
from storyboard.simulator.clips import Clip, Clips, Renderer
from storyboard.simulator.clock import Clock, Seconds, to_the_millisecond
from storyboard.simulator.faults import ENDINGS, Fate
from storyboard.simulator.predictions import Prediction, Predictions
from storyboard.simulator.reply import Refusal
from storyboard.simulator.settings import SimulatorSettings
from storyboard.simulator.uploads import Uploads, picture_size
from storyboard.simulator.weather import CLIMATES, Weather

__all__ = ["Provider", "Seen", "subject_of"]

_PICTURES = ("image", "last_image")
_SEEN = 100_000
"""Requests that are remembered."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A request that came: what it met is empty where it met nothing but its answer."""

    at: str
    endpoint: str
    method: str
    path: str
    account: str
    status: int
    fault: str = ""


class Provider:
    """Accounts, predictions, uploads, clips and weather, on one clock."""

    def __init__(
        self,
        settings: SimulatorSettings,
        render: Renderer,
        clock: Clock,
        executor: Executor,
        folder: Path,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.durations = settings.durations.at_speed(settings.speed)
        self.weather = Weather(CLIMATES[settings.weather], settings.seed, settings.faults)
        self.models = {each.id: each for each in settings.catalogue}
        self.removed = set(settings.removed)
        self.accounts = Accounts(settings)
        self.predictions = Predictions(self.durations.retention)
        self.uploads = Uploads(folder, self.durations.ticket_life, self.durations.retention)
        self.seen: deque[Seen] = deque(maxlen=_SEEN)
        self._ordered: Counter[str] = Counter()
        self._clips = Clips(render, executor, folder)

    def now(self) -> Seconds:
        """Return the time, when all that was due by it has happened."""
        now = self.clock.now()
        self.predictions.advance(now)
        return now

    def model(self, name: str) -> Model:
        """Return a model that is on sale, or refuse."""
        if name in self.removed or name not in self.models:
            raise Refusal(404, f"Model not found: {name}")
        return self.models[name]

    def submit(self, account: Account, model_id: str, inputs: Inputs) -> Prediction:
        """Take an order: refuse it, or charge for it and start."""
        now, model = self.now(), self.model(model_id)
        if (problem := model.problem(inputs)) is not None:
            raise Refusal(problem.code, problem.message, 400)
        account.admit(now, self.durations.minute, retry_after=self.settings.retry_after)
        account.check_credit(model.price(inputs), self.settings.no_credit_status)
        prediction = self._prediction(account, model, inputs, now)
        account.deduct(prediction.price, prediction.id, model.id, prediction.created)
        self.predictions.add(prediction)
        return prediction

    def _prediction(
        self, account: Account, model: Model, inputs: Inputs, now: Seconds
    ) -> Prediction:
        subject, name = subject_of(model.id, inputs), uuid.uuid4().hex
        fate = self.weather.fate(subject)
        fate, clip = self._clip(name, model, inputs, fate, now)
        created, durations = to_the_millisecond(now), self.durations
        about = f"{subject}/{self._ordered[subject]}"
        self._ordered[subject] += 1
        spread = durations.longest_latency - durations.shortest_latency
        lag = self.weather.listing_lag(about) / self.settings.speed + durations.listing_lag
        delay = self.weather.refund_delay(about) / self.settings.speed + durations.refund_delay
        return Prediction(
            id=name,
            account=account,
            model=model.id,
            inputs=inputs,
            subject=about,
            price=model.price(inputs),
            fate=fate,
            clip=clip,
            created=created,
            listed=created + lag,
            latency=durations.shortest_latency + spread * self.weather.draw("latency", about),
            refund_delay=None if fate in self.settings.unrefunded else delay,
        )

    def _clip(
        self,
        prediction: str,
        model: Model,
        inputs: Inputs,
        fate: Fate,
        now: Seconds,
    ) -> tuple[Fate, Clip | None]:
        """Order the clip, unless fate will have none or a picture is not there."""
        if fate in ENDINGS:
            return fate, None
        try:
            local = {
                name: str(path)
                for name in _PICTURES
                if name in inputs and (path := self.uploads.local(inputs[name], now))
            }
        except FileNotFoundError:
            return Fate.UNREACHABLE_MEDIA, None
        size = picture_size(Path(local["image"])) if "image" in local else None
        if "image" in local and size is None:
            return Fate.UNREACHABLE_MEDIA, None
        return fate, self._clips.order(prediction, model, {**inputs, **local}, size, fate)


def subject_of(model_id: str, inputs: Inputs) -> str:
    """Return what an order is about, the same for each attempt: a picture's URL may change."""
    lasting = {name: value for name, value in inputs.items() if name not in _PICTURES}
    words = json.dumps([model_id, lasting], sort_keys=True, default=str)
    return hashlib.sha256(words.encode()).hexdigest()[:16]
