"""Progress bars in a terminal; the one file that loads rich's drawing, when bars are drawn."""

from types import TracebackType
from typing import Self, TextIO

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

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
from storyboard.report.cells import harmless

__all__ = ["FramesBar", "RunBars"]

_WHOLE = 1.0


class _Bars:
    """A set of bars that is drawn while it is open and gone afterwards."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()


class RunBars(_Bars):
    """One bar for all clips, with the time left, and one for each clip that is being made."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(
            Progress(
                SpinnerColumn(),
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn("{task.fields[count]}"),
                TimeElapsedColumn(),
                TimeRemainingColumn(),
                console=Console(file=stream, force_terminal=True),
                transient=True,
                redirect_stdout=False,  # what a script reads does not go through the bars
            )
        )
        self._whole = self._progress.add_task("clips", total=None, count="")
        self._clips = 0
        self._ended = 0
        self._shots: dict[str, tuple[TaskID, float]] = {}

    def __call__(self, event: RunEvent) -> None:
        match event:
            case Started(clips, _):
                self._clips = clips
            case Submitted(shot, _):
                self._work(shot, None)
            case Working(shot, done):
                self._work(shot, done)
            case Kept(shot):
                self._end(shot)
            case ShotFailed(shot, reason):
                self._end(shot)
                line = escape(harmless(f"{shot}: {reason}"))
                self._progress.console.print(f"[red]failed[/red] {line}", highlight=False)
            case Finished() | Staged() | Inspected() | Money() | Noted():
                pass
        self._count()

    def _work(self, shot: str, done: float | None) -> None:
        if shot not in self._shots:
            name = escape(harmless(shot))
            self._shots[shot] = (self._progress.add_task(name, total=None, count=""), 0.0)
        if done is not None:
            task, _ = self._shots[shot]
            self._shots[shot] = (task, done)
            self._progress.update(task, completed=done, total=_WHOLE, count=f"{done:.0%}")

    def _end(self, shot: str) -> None:
        self._ended += 1
        task, _ = self._shots.pop(shot, (None, 0.0))
        if task is not None:
            self._progress.remove_task(task)

    def _count(self) -> None:
        """Move the bar of the whole; a half-made clip counts half, or the time left would jump."""
        under_way = sum(done for _, done in self._shots.values())
        self._progress.update(
            self._whole,
            total=max(self._clips, 1),
            completed=self._ended + under_way,
            count=f"{self._ended}/{self._clips}",
        )


class FramesBar(_Bars):
    """One bar for the frames of a film, with the time left."""

    def __init__(self, label: str, stream: TextIO) -> None:
        super().__init__(
            Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("frames"),
                TimeRemainingColumn(),
                console=Console(file=stream, force_terminal=True),
                transient=True,
                redirect_stdout=False,  # what a script reads does not go through the bars
            )
        )
        self._task = self._progress.add_task(escape(harmless(label)), total=None)

    def update(self, done: int, total: int) -> None:
        self._progress.update(self._task, completed=done, total=total)
