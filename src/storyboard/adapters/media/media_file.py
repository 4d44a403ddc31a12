"""A media file being written: whole when it is left, gone when anything goes wrong before that."""

import contextlib
import pathlib
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

import av

from storyboard.adapters.media.container import writing

__all__ = ["MediaFile"]


class MediaFile(ABC):
    """A context that is one file at `path`; when the body raises, the file is removed."""

    def __init__(self, path: str, form: str, options: dict[str, str]) -> None:
        self._path = path
        with writing(path):
            self._container = av.open(path, "w", form, options=options)
            try:
                self._open_streams()
                self._container.start_encoding()  # a path that cannot be written is told now
            except BaseException:
                self._discard()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._discard()
            return
        try:
            with writing(self._path):
                self._finish()
                self._container.close()
        except BaseException:
            self._discard()
            raise

    @abstractmethod
    def _open_streams(self) -> None:
        """Add the file's streams."""

    @abstractmethod
    def _finish(self) -> None:
        """Write what is left to write."""

    def _discard(self) -> None:
        # Closing a broken muxer may fail again; the first error is the one to tell.
        with contextlib.suppress(av.FFmpegError, OSError):
            self._container.close()
        with contextlib.suppress(OSError):
            pathlib.Path(self._path).unlink(missing_ok=True)
