"""How a run is followed: live lines with the time left in a terminal, plain lines elsewhere.

All watchers are context managers, so that a terminal is itself again whatever happens inside. They
read no clock but the one they are given; plain lines without one tell no times.
"""

import sys
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Protocol, Self, TextIO

from storyboard.engine.events import (
    Kept,
    RunEvent,
    ShotFailed,
    Stage,
    Staged,
    Started,
    Submitted,
)
from storyboard.model.money import Millis, show_seconds, show_usd
from storyboard.report.cells import harmless
from storyboard.report.run_words import notes, opening, stage_words
from storyboard.report.standing import Standing

__all__ = ["FramesProgress", "RunProgress", "frames_progress", "run_progress"]

_QUARTERS = 4
_BETWEEN_SUMS = 60.0  # seconds


class RunProgress(Protocol):
    """A listener of a run's events, open while the run goes on."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
    def __call__(self, event: RunEvent) -> None:
        """Show an event."""
        ...


class FramesProgress(Protocol):
    """A count of frames written, open while they are."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
    def update(self, done: int, total: int) -> None:
        """Show that so many of so many frames are written."""
        ...


def run_progress(
    *,
    stream: TextIO | None = None,
    live: bool | None = None,
    monotonic: Callable[[], float] | None = None,
) -> RunProgress:
    """Follow a run on a stream, stderr unless told, and live if it is a terminal."""
    stream = sys.stderr if stream is None else stream
    if not (stream.isatty() if live is None else live):
        return RunLines(stream, monotonic)
    from storyboard.report.bars import RunBars, terminal  # noqa: PLC0415  # rich, if drawn with

    console = terminal(stream)
    return RunBars(console, monotonic) if console.is_interactive else RunLines(stream, monotonic)


def frames_progress(
    label: str, *, stream: TextIO | None = None, live: bool | None = None
) -> FramesProgress:
    """Follow the writing of a film, in the same way."""
    stream = sys.stderr if stream is None else stream
    if not (stream.isatty() if live is None else live):
        return FramesLines(label, stream)
    from storyboard.report.bars import FramesBar  # noqa: PLC0415  # rich, for a terminal alone

    return FramesBar(label, stream)


class _Lines:
    """A watcher that writes lines and has nothing to put back."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stream.flush()

    def _say(self, line: str) -> None:
        self._stream.write(f"{harmless(line)}\n")
        self._stream.flush()


class RunLines(_Lines):
    """A line for everything that matters to a shot, and now and then one for the whole."""

    def __init__(self, stream: TextIO, monotonic: Callable[[], float] | None = None) -> None:
        super().__init__(stream)
        self._monotonic = monotonic
        self._standing = Standing()
        self._summed = 0.0

    def __call__(self, event: RunEvent) -> None:
        now = 0.0 if self._monotonic is None else self._monotonic()
        lines = list(self._told(event, now))
        self._standing.see(event, now)
        for line in lines:
            self._say(line)
        if isinstance(event, Started):
            self._summed = now
        self._sum_up(now)

    def _told(self, event: RunEvent, now: float) -> Iterator[str]:
        """Yield what an event gives to say, before it is part of how the run stands."""
        match event:
            case Started(clips, cost):
                yield opening(clips, cost)
            case Staged(shot, Stage.UNCLEAR, detail) if not self._is_unclear(shot):
                yield f"{shot}: {stage_words(Stage.UNCLEAR, detail)}"
            case Submitted(shot, prediction) if self._standing.buys:
                # a user can find it under this name in the provider's own history
                yield f"{shot}: ordered as {prediction}"
            case Kept(shot):
                yield f"{self._count(1)} {shot}: kept{self._took(shot, now)}"
            case ShotFailed(shot, reason):
                yield f"{self._count()} {shot}: {event.word}: {reason}"
            case _:
                yield from (f"{label}: {text}" for label, text in notes(event))

    def _is_unclear(self, shot: str) -> bool:
        found = self._standing.in_hand.get(shot)
        return found is not None and found.stage is Stage.UNCLEAR

    def _count(self, more: int = 0) -> str:
        return f"[{self._standing.kept + more}/{self._standing.clips}]"

    def _took(self, shot: str, now: float) -> str:
        if self._monotonic is None or shot not in self._standing.in_hand:
            return ""
        return f" ({show_seconds(Millis(1000 * round(self._standing.age(shot, now))))})"

    def _sum_up(self, now: float) -> None:
        """Say how the whole stands, if that was long ago and something is still to come."""
        run = self._standing
        if now - self._summed < _BETWEEN_SUMS or run.ended >= run.clips:
            return
        self._summed = now
        parts = [f"{run.kept} of {run.clips} kept", f"{len(run.in_hand)} being made"]
        if run.failed:
            parts.append(f"{run.failed} failed")
        if run.money is not None:
            parts.append(f"spent {show_usd(run.money.spent)}")
            parts.append(f"reserved {show_usd(run.money.reserved)}")
        self._say(", ".join(parts))


class FramesLines(_Lines):
    """A line when each quarter of the film is written."""

    def __init__(self, label: str, stream: TextIO) -> None:
        super().__init__(stream)
        self._label = label
        self._quarters = 0

    def update(self, done: int, total: int) -> None:
        quarters = _QUARTERS * done // total if total else _QUARTERS
        if quarters > self._quarters:
            self._quarters = quarters
            self._say(f"{self._label}: {done} of {total} frames")
