"""Prepares a film's cut while its clips are still being bought."""

from collections.abc import Mapping
from concurrent.futures import CancelledError
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING, Self

from storyboard.cutting.timeline import make_timeline
from storyboard.model.money import Millis
from storyboard.model.request import ClipKey
from storyboard.model.story import Film

if TYPE_CHECKING:
    from storyboard.adapters.media.cut.ahead import Ahead

__all__ = ["Preparing"]


class Preparing:
    """A context in which a film's cut is begun, with the first clip that comes.

    `orders` is each shot's clip and its length, as planned: a clip that comes of another order, a
    fallback's, is left to the cut.
    """

    def __init__(
        self, film: Film, orders: Mapping[str, tuple[ClipKey, Millis]], folder: Path
    ) -> None:
        self._film, self._orders, self._folder = film, orders, folder
        self._stopped = Event()
        self._lock = Lock()
        self._ahead: Ahead | None = None

    def arrived(self, key: ClipKey, path: str) -> None:
        """Take in a clip that is in the film's format; any thread may tell of one.

        Raises CancelledError once it was stopped, and what media raise.
        """
        self._go_on()
        self._begun().arrived(key, path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Begin nothing more: what is not there yet, the cut makes itself."""
        self._stopped.set()

    def _begun(self) -> "Ahead":
        with self._lock:
            if self._ahead is None:
                self._ahead = self._begin()
            return self._ahead

    def _begin(self) -> "Ahead":
        from storyboard.adapters.media.cut.ahead import Ahead  # noqa: PLC0415  brings PyAV

        timeline = make_timeline(self._film, self._orders).value
        if timeline is None:
            raise CancelledError
        return Ahead(timeline, self._folder, self._go_on)

    def _go_on(self) -> None:
        if self._stopped.is_set():
            raise CancelledError
