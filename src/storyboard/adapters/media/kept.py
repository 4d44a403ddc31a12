"""Files that can be made again, kept by the name of what they are made from.

ab/abcd….mp4        the file
ab/abcd….mp4.mark   its own SHA-256, and the program that made it

A file that is not what its mark says counts as missing. Nothing is flushed to the disk: what a
power failure takes is made anew.
"""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import get_ident

from storyboard import __version__
from storyboard.adapters.durable import sha256_of
from storyboard.model.errors import EnvironmentFault

__all__ = ["Kept"]

_ABANDONED = timedelta(hours=1)
"""After so long nobody goes on with a file that is not finished."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A folder of such files; several threads, and processes, may use it."""

    folder: Path

    def find(self, name: str) -> str | None:
        """Return where the file of that name is, if it is whole."""
        path = self._place(name)
        try:
            written = json.loads(_mark(path).read_text(encoding="utf-8"))
            return str(path) if written == _record(path) else None
        except (OSError, ValueError, RecursionError):
            return None

    def make(self, name: str, write: Callable[[str], None]) -> str:
        """Return where the file is; if it is missing, `write` makes it, at the path it is given.

        Raises EnvironmentFault when the disk does not take it, and what `write` raises.
        """
        found = self.find(name)
        if found:
            return found
        path = self._place(name)
        aside = path.with_name(f".{os.getpid()}-{get_ident()}.unfinished.{path.name}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write(str(aside))
            _keep(aside, path)
        except OSError as error:
            message = f"{path} cannot be written: {error.strerror or error}"
            raise EnvironmentFault(message, hint="check the disk's space and rights") from error
        finally:
            with suppress(OSError):
                aside.unlink(missing_ok=True)
        return str(path)

    def sweep(self, now: datetime) -> None:
        """Delete what processes that were killed left unfinished.

        Others may be at work here, a build or a cut: what was written to of late is theirs.
        """
        latest = (now - _ABANDONED).timestamp()
        with suppress(OSError):
            for unfinished in self.folder.glob("*/.*.unfinished.*"):
                if unfinished.stat().st_mtime < latest:
                    unfinished.unlink(missing_ok=True)

    def _place(self, name: str) -> Path:
        return self.folder / name[:2] / name


def _keep(aside: Path, path: Path) -> None:
    """Put a finished file in its place, and say that it is whole: last, and in one step."""
    record = json.dumps(_record(aside))
    aside.replace(path)
    aside.write_text(record, encoding="utf-8")
    aside.replace(_mark(path))


def _record(path: Path) -> dict[str, str]:
    return {"program": __version__, "sha256": sha256_of(path)}


def _mark(path: Path) -> Path:
    return path.with_name(f"{path.name}.mark")
