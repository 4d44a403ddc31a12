"""The few seams of the engine: who makes clips, who keeps them, who tells the time, who listens."""

from dataclasses import dataclass
from typing import Protocol, TypeAlias

from storyboard.engine.events import RunEvent
from storyboard.model.request import ClipKey, ClipRequest

__all__ = [
    "Clip",
    "ClipStore",
    "Clock",
    "Failed",
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
    """Made, and waiting to be downloaded."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Refused or broken, in the provider's words."""

    reason: str


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

    def scratch(self, key: ClipKey) -> str:
        """Return a path beside the store where a clip may be written before it is kept."""
        ...

    def keep(self, key: ClipKey, path: str) -> Clip:
        """Take over the complete file at `path`, durably, and return it as an owned clip."""
        ...


class Clock(Protocol):
    """Time that a test can set."""

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
