"""Who does the work of a cut, and how what they work on is named."""

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from storyboard.adapters.durable import reason, sha256_of
from storyboard.adapters.media.container import DamagedClip
from storyboard.model.request import ClipKey

__all__ = ["Hands", "digests_of", "open_hands"]


class Hands(ThreadPoolExecutor):
    """As many threads as there are cores, which can be told to stop in the middle of something."""

    def __init__(self) -> None:
        super().__init__(os.cpu_count() or 1, "cut")
        self._stopped = Event()

    def go_on(self) -> None:
        """Raise CancelledError once they have been told to stop; whoever works long asks it."""
        if self._stopped.is_set():
            raise CancelledError

    def stop(self) -> None:
        """Begin nothing more, and wait for what was begun, which is given up."""
        self._stopped.set()
        self.shutdown(wait=True, cancel_futures=True)


@contextmanager
def open_hands() -> Iterator[Hands]:
    """Open the threads; what is not done when the body ends never is."""
    hands = Hands()
    try:
        yield hands
    finally:
        hands.stop()


def digests_of(clips: Mapping[ClipKey, str]) -> dict[ClipKey, str]:
    """Return the SHA-256 of every clip, each file read once; DamagedClip where it cannot be."""
    known = {path: _digest(path) for path in set(clips.values())}
    return {key: known[path] for key, path in clips.items()}


def _digest(path: str) -> str:
    try:
        return sha256_of(Path(path))
    except OSError as error:
        message = f"could not read the clip {path}: {reason(error)}"
        raise DamagedClip(message) from error
