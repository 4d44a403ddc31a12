"""Brings clips to the film's format while others are still being made; kept by content.

conformed/ab/abcd….1280x720-24.mp4                in a film's format, by the clip's own SHA-256
conformed/ab/abcd….720x1280-24.cover-0.5-0.5.mp4  the same clip, framed for another shape

All of this can be made again for nothing, from clips that are kept elsewhere.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock
from types import MappingProxyType
from typing import TypeAlias

from storyboard.adapters.media.kept import Kept
from storyboard.app.clock import SystemClock
from storyboard.engine.ports import Clip, Inspector
from storyboard.model.delivery import Framing
from storyboard.model.errors import EnvironmentFault
from storyboard.model.measure import Remark
from storyboard.model.request import ClipKey, ClipRequest
from storyboard.model.story import Format

__all__ = ["Arrived", "Conforming", "Wish", "conformed_path", "open_conforming"]

_MOST_THREADS = 4  # each holds a decoder's and an encoder's frames


Arrived: TypeAlias = Callable[[ClipKey, str], None]
"""Told of a clip by its key, and of where it is in the film's format."""

_UNFRAMED: Mapping[ClipKey, Framing] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Wish:
    """What a clip is wanted as: the film's format, and its framing where that has another shape."""

    format: Format
    framing: Framing | None = None

    @property
    def name(self) -> str:
        """What tells the files of one clip apart."""
        framing = f".{self.framing.name}" if self.framing else ""
        return f"{self.format.name}{framing}"


def conformed_path(
    clip: Clip, wish: Wish, folder: Path, go_on: Callable[[], None] = lambda: None
) -> str:
    """Return where a clip is in the film's format: where it is itself, if that can be spliced.

    Else it is made in `folder`, unless it was made before and is whole. Raises EnvironmentFault;
    what `go_on` raises ends the work.
    """
    kept, name = Kept(folder), f"{clip.sha256}.{wish.name}.mp4"
    if found := kept.find(name):
        return found
    # Brings PyAV.
    from storyboard.adapters.media.conform import conform  # noqa: PLC0415
    from storyboard.adapters.media.conformity import conforms  # noqa: PLC0415
    from storyboard.adapters.media.parameter_sets import spliceable  # noqa: PLC0415

    if conforms(clip.path, wish.format) and spliceable(clip.path):
        return clip.path

    def write(path: str) -> None:
        conform(clip.path, path, wish.format, go_on, framing=wish.framing)

    return kept.make(name, write)


@contextmanager
def open_conforming(folder: Path) -> Iterator["Conforming"]:
    """Conform clips in threads as long as the context lasts; what is not done then is given up."""
    Kept(folder).sweep(SystemClock().now())
    stopped = Event()
    threads = min(os.cpu_count() or 1, _MOST_THREADS)
    with ThreadPoolExecutor(threads, "conform") as executor:
        try:
            yield Conforming(folder, executor, stopped)
        finally:
            stopped.set()
            executor.shutdown(wait=False, cancel_futures=True)


class Conforming:
    """Clips on their way to the film's format, each of them once."""

    def __init__(self, folder: Path, executor: ThreadPoolExecutor, stopped: Event) -> None:
        self._folder = folder
        self._executor = executor
        self._stopped = stopped
        self._lock = Lock()
        self._work: dict[tuple[str, Wish], Future[str]] = {}

    def inspector(
        self, inspect: Inspector, wanted: Format, arrived: Arrived | None = None
    ) -> Inspector:
        """Return an inspector that also starts to conform what it is given; any thread may ask.

        What cannot be conformed is no remark: the cut will say what is the matter with it.
        """

        def inspect_and_start(clip: Clip, request: ClipRequest, /) -> tuple[Remark, ...]:
            self.start(clip, wanted, arrived)
            return inspect(clip, request)

        return inspect_and_start

    def start(self, clip: Clip, wanted: Format, arrived: Arrived | None = None) -> None:
        """Start to conform a clip, and tell where it is once it is there."""
        work = self._start(clip, Wish(wanted))
        if arrived is not None:
            self._executor.submit(_tell, work, clip.key, arrived)

    def paths(
        self,
        clips: Mapping[ClipKey, Clip],
        wanted: Format,
        framings: Mapping[ClipKey, Framing] = _UNFRAMED,
    ) -> dict[ClipKey, str]:
        """Wait for all of these clips, and return where each is to be cut from.

        A clip that is shown in two framings comes twice, by a key for each. Raises EnvironmentFault
        where a framing cannot be made, for the cut knows of none.
        """
        wishes = {key: Wish(wanted, framings.get(key)) for key in clips}
        work = {key: self._start(clip, wishes[key]) for key, clip in clips.items()}
        return {
            key: _path(work[key], clip) if wishes[key].framing is None else work[key].result()
            for key, clip in clips.items()
        }

    def _start(self, clip: Clip, wish: Wish) -> Future[str]:
        with self._lock:
            name = (clip.sha256, wish)
            if name not in self._work:
                arguments = (clip, wish, self._folder, self._go_on)
                self._work[name] = self._executor.submit(conformed_path, *arguments)
            return self._work[name]

    def _go_on(self) -> None:
        if self._stopped.is_set():
            raise CancelledError


def _tell(work: Future[str], key: ClipKey, arrived: Arrived) -> None:
    with suppress(EnvironmentFault, CancelledError):
        arrived(key, work.result())


def _path(work: Future[str], clip: Clip) -> str:
    """Return what came of it; a clip that cannot be conformed is cut as it is."""
    try:
        return work.result()
    except EnvironmentFault:
        return clip.path
