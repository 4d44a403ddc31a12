"""How a run is followed: bars with the time left in a terminal, a line per clip elsewhere.

Both watchers are context managers, so that a terminal is itself again whatever happens inside.
"""

import sys
from types import TracebackType
from typing import Protocol, Self, TextIO

from storyboard.engine.events import (
    Finished,
    Inspected,
    Kept,
    Money,
    Noted,
    RunEvent,
    ShotFailed,
    Staged,
    Started,
    Submitted,
    Working,
)
from storyboard.model.money import show_usd
from storyboard.report.cells import harmless

__all__ = ["FramesProgress", "RunProgress", "frames_progress", "run_progress"]

_QUARTERS = 4


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


def run_progress(*, stream: TextIO | None = None, live: bool | None = None) -> RunProgress:
    """Follow a run on a stream, stderr unless told, with bars (`live`) if it is a terminal."""
    stream = sys.stderr if stream is None else stream
    if not (stream.isatty() if live is None else live):
        return RunLines(stream)
    from storyboard.report.bars import RunBars  # noqa: PLC0415  # rich, for a terminal alone

    return RunBars(stream)


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
    """One line per clip that is kept or has failed."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._clips = 0
        self._ended = 0

    def __call__(self, event: RunEvent) -> None:
        match event:
            case Started(clips, cost):
                self._clips = clips
                self._say(opening(clips, show_usd(cost) if cost else "free"))
            case Kept(shot):
                self._end(f"{shot}: kept")
            case ShotFailed(shot, reason):
                self._end(f"{shot}: failed: {reason}")
            case Submitted() | Working() | Finished() | Staged() | Inspected() | Money() | Noted():
                pass

    def _end(self, line: str) -> None:
        self._ended += 1
        self._say(f"[{self._ended}/{self._clips}] {line}")


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


def opening(clips: int, price: str) -> str:
    """Say what a run is going to make."""
    return f"making {clips} {'clip' if clips == 1 else 'clips'}, {price}"
