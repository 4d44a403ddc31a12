"""What a terminal shows while it waits; loaded when there is one, for it brings rich's drawing."""

from collections.abc import Callable
from threading import Lock
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from storyboard.engine.events import RunEvent
from storyboard.report.board import board, said_above
from storyboard.report.cells import harmless
from storyboard.report.standing import Standing

__all__ = ["FramesBar", "RunBars", "terminal"]

_DRAWN = 5  # times a second, however many events there are


def terminal(stream: TextIO) -> Console:
    """Open a terminal for drawing; one that cannot move its cursor is not interactive."""
    return Console(file=stream, force_terminal=True)


class RunBars:
    """The shots in hand with the totals under them; an event is only noted, and drawn later."""

    def __init__(self, console: Console, monotonic: Callable[[], float] | None = None) -> None:
        self._console = console
        self._monotonic = console.get_time if monotonic is None else monotonic
        self._lock = Lock()  # events come from the run's thread, drawing from one of its own
        self._run = Standing()
        self._above: list[Text] = []
        self._live = _Board(console, self._draw, self._take_above)

    def __enter__(self) -> Self:
        self._live.start(refresh=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()

    def __call__(self, event: RunEvent) -> None:
        lines = tuple(said_above(event))
        with self._lock:
            self._run.see(event, self._monotonic())
            self._above.extend(lines)

    def _draw(self) -> RenderableType:
        with self._lock:
            return board(self._run, self._monotonic(), self._console.size)

    def _take_above(self) -> list[Text]:
        with self._lock:
            lines, self._above = self._above, []
        return lines


class _Board(Live):
    """A picture that is drawn anew some times a second, and gone when it is closed.

    What is to stand above it is printed when it is drawn, all at once: printing redraws the
    picture, and a hundred shots that fail together would hold up the run.
    """

    def __init__(
        self,
        console: Console,
        draw: Callable[[], RenderableType],
        take_above: Callable[[], list[Text]],
    ) -> None:
        super().__init__(
            console=console,
            get_renderable=draw,
            refresh_per_second=_DRAWN,
            transient=True,
            redirect_stdout=False,  # what a script reads does not go through the board
        )
        self._take_above = take_above

    def refresh(self) -> None:
        lines = self._take_above()
        if lines:
            self.console.print(Group(*lines))
        super().refresh()


class FramesBar:
    """One bar for the frames of a film, with the time left."""

    def __init__(self, label: str, stream: TextIO) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("frames"),
            TimeRemainingColumn(),
            console=terminal(stream),
            transient=True,
            redirect_stdout=False,  # what a script reads does not go through the bar
        )
        self._task = self._progress.add_task(escape(harmless(label)), total=None)

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

    def update(self, done: int, total: int) -> None:
        self._progress.update(self._task, completed=done, total=total)
