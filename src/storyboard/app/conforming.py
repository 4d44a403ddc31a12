"""Brings clips to the film's format while others are still being made; kept by content.

conformed/ab/abcd….1280x720-24.mp4   a clip in a film's format, by the SHA-256 of the clip itself
conformed/ab/abcd….1280x720-24.json  its own SHA-256, and the program that made it

All of this can be made again for nothing, from clips that are kept elsewhere.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Lock

from storyboard import __version__
from storyboard.adapters.durable import sha256_of
from storyboard.engine.ports import Clip, Inspector
from storyboard.model.errors import EnvironmentFault
from storyboard.model.measure import Remark
from storyboard.model.request import ClipKey, ClipRequest
from storyboard.model.story import Format

__all__ = ["Conforming", "conformed_path", "open_conforming"]

_MOST_THREADS = 4  # each holds a decoder's and an encoder's frames


def conformed_path(
    clip: Clip, wanted: Format, folder: Path, go_on: Callable[[], None] = lambda: None
) -> str:
    """Return where a clip is in the film's format: where it is itself, if it conforms.

    Else it is made in `folder`, unless it was made before and is whole. Raises EnvironmentFault;
    what `go_on` raises ends the work.
    """
    rate = f"{wanted.fps}".replace("/", "-")
    name = f"{clip.sha256}.{wanted.size}-{rate}"
    kept = folder / clip.sha256[:2] / f"{name}.mp4"
    if _is_whole(kept):
        return str(kept)
    from storyboard.adapters.media.conform import conform, conforms  # noqa: PLC0415  brings PyAV

    if conforms(clip.path, wanted):
        return clip.path
    conform(clip.path, str(kept), wanted, go_on)
    _mark(kept)
    return str(kept)


@contextmanager
def open_conforming(folder: Path) -> Iterator["Conforming"]:
    """Conform clips in threads as long as the context lasts; what is not done then is given up.

    For whoever holds the lock: what killed builds left unfinished is deleted.
    """
    with suppress(OSError):
        for unfinished in folder.glob("*/.*.unfinished.*"):
            unfinished.unlink(missing_ok=True)
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
        self._work: dict[tuple[str, Format], Future[str]] = {}

    def inspector(self, inspect: Inspector, wanted: Format) -> Inspector:
        """Return an inspector that also starts to conform what it is given; any thread may ask.

        What cannot be conformed is no remark: the cut will say what is the matter with it.
        """

        def inspect_and_start(clip: Clip, request: ClipRequest, /) -> tuple[Remark, ...]:
            self._start(clip, wanted)
            return inspect(clip, request)

        return inspect_and_start

    def paths(self, clips: Mapping[ClipKey, Clip], wanted: Format) -> dict[ClipKey, str]:
        """Wait for all of these clips, and return where each is to be cut from."""
        work = {key: self._start(clip, wanted) for key, clip in clips.items()}
        return {key: _path(work[key], clip) for key, clip in clips.items()}

    def _start(self, clip: Clip, wanted: Format) -> Future[str]:
        with self._lock:
            name = (clip.sha256, wanted)
            if name not in self._work:
                arguments = (clip, wanted, self._folder, self._go_on)
                self._work[name] = self._executor.submit(conformed_path, *arguments)
            return self._work[name]

    def _go_on(self) -> None:
        if self._stopped.is_set():
            raise CancelledError


def _path(work: Future[str], clip: Clip) -> str:
    """Return what came of it; a clip that cannot be conformed is cut as it is."""
    try:
        return work.result()
    except EnvironmentFault:
        return clip.path


def _is_whole(kept: Path) -> bool:
    """Tell whether the file is what was made there, by this very program."""
    try:
        marker = json.loads(_marker(kept).read_text(encoding="utf-8"))
        return bool(marker == _record(kept))
    except (OSError, ValueError, RecursionError):
        return False


def _mark(kept: Path) -> None:
    """Say that the file is complete. No flush: a marker that is lost costs a little work."""
    aside = kept.with_name(f".{kept.stem}.{os.getpid()}.unfinished.json")
    try:
        aside.write_text(json.dumps(_record(kept)), encoding="utf-8")
        aside.replace(_marker(kept))
    except OSError as error:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        message = f"{kept} cannot be marked: {error.strerror or error}"
        raise EnvironmentFault(message, hint="check the disk's space and rights") from error


def _record(kept: Path) -> dict[str, str]:
    return {"program": __version__, "sha256": sha256_of(kept)}


def _marker(kept: Path) -> Path:
    return kept.with_suffix(".json")
