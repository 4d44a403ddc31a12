"""The few seams of the engine: who makes clips, who keeps them, who tells the time, who listens."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias

from storyboard.engine.events import RunEvent
from storyboard.model.attempt import Attempt, Caps, Entry, Order, Reservation, Spending
from storyboard.model.job import Cause, JobEvent
from storyboard.model.measure import Remark
from storyboard.model.request import ClipKey, ClipRequest

__all__ = [
    "Clip",
    "ClipStore",
    "Clock",
    "Failed",
    "Inspector",
    "Ledger",
    "Listener",
    "Look",
    "Ready",
    "Running",
    "VideoApi",
]


@dataclass(frozen=True, slots=True)
class Clip:
    """An owned clip: the key it was ordered under, where its file is, and the file's SHA-256."""

    key: ClipKey
    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Running:
    """Still being made; `done` is from 0 to 1, or None where the provider does not say."""

    done: float | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """Made, and waiting to be downloaded: from `url`, where the provider keeps it behind one."""

    url: str = ""
    flagged: bool = False  # the provider's own filter thinks it is not safe for work
    model: str = ""  # what the provider says has made it


@dataclass(frozen=True, slots=True)
class Failed:
    """Refused or broken, in the provider's words."""

    reason: str
    cause: Cause = Cause.OTHER


Look: TypeAlias = Running | Ready | Failed


class VideoApi(Protocol):
    """A maker of clips, free or paid. Every call may raise EnvironmentFault."""

    async def submit(self, request: ClipRequest) -> str:
        """Order a clip and return the provider's name for the order."""
        ...

    async def look(self, prediction: str) -> Look:
        """Tell how an order stands."""
        ...

    async def download(self, prediction: str, path: str) -> None:
        """Write the finished clip to `path`, whole; the file is complete when this returns."""
        ...


class ClipStore(Protocol):
    """Clips by what made them; one that does not match its recorded hash counts as missing."""

    def find(self, key: ClipKey) -> Clip | None:
        """Return the clip, its bytes verified, or None."""
        ...

    def recorded(self, key: ClipKey) -> str | None:
        """Return the hash that the key's clip was kept with, None where it is not there."""
        ...

    def scratch(self, key: ClipKey) -> str:
        """Return a path beside the store where a clip may be written before it is kept."""
        ...

    def keep(self, key: ClipKey, path: str) -> Clip:
        """Take over the complete file at `path`, durably, and return it as an owned clip."""
        ...


class Inspector(Protocol):
    """Measures a clip against its order."""

    def __call__(self, clip: Clip, request: ClipRequest, /) -> tuple[Remark, ...]:
        """Return what is odd about the clip; blocks while it decodes. Never raises for a clip."""
        ...


class Clock(Protocol):
    """Time that a test can set."""

    def now(self) -> datetime:
        """Return the moment, with its zone: UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that only grow."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait, letting others run."""
        ...


class Listener(Protocol):
    """Anything that watches a run."""

    def __call__(self, event: RunEvent, /) -> None:
        """Take note of an event; must return quickly."""
        ...


class Ledger(Protocol):
    """Every attempt to buy a clip, one row each, and all that happened to it.

    What a call has written is on the disk when it returns. Calls may block for a disk's flush, and
    come from any thread. Every one may raise EnvironmentFault, or Locked where another process
    writes for too long.
    """

    def reserve(self, order: Order, caps: Caps) -> Reservation:
        """Write the intent to buy a clip, if no cap and no other attempt for it is in the way.

        Checked and written as one, also against other processes. Only an Attempt is leave to send.
        """
        ...

    def record(self, attempt: str, event: JobEvent) -> Attempt:
        """Write down what happened; IllegalEvent, and nothing changes, where it cannot have.

        A prediction belongs to one attempt: giving it to a second one is illegal too.
        """
        ...

    def find(self, attempt: str) -> Attempt | None:
        """Return the attempt of that id."""
        ...

    def attempt_for(self, key: ClipKey) -> Attempt | None:
        """Return the newest attempt for a clip: the one that binds, if any does."""
        ...

    def holder_of(self, prediction: str) -> Attempt | None:
        """Return the attempt that a prediction belongs to."""
        ...

    def open_attempts(self) -> tuple[Attempt, ...]:
        """Return the attempts a build has something left to do for, oldest first."""
        ...

    def attempts(self, film: str | None = None) -> tuple[Attempt, ...]:
        """Return all attempts, or a film's, oldest first."""
        ...

    def events(self, attempt: str) -> tuple[Entry, ...]:
        """Return what happened to an attempt, in order."""
        ...

    def spent(
        self, *, film: str | None = None, month: str | None = None, run: str | None = None
    ) -> Spending:
        """Sum what counts, of one film, one month (`2026-11`, UTC) or one run, or of all."""
        ...

    def upload(self, sha256: str) -> str | None:
        """Return where a still's bytes are, if they were uploaded and will stay long enough."""
        ...

    def remember_upload(self, sha256: str, url: str) -> None:
        """Note that a still's bytes were uploaded just now."""
        ...
