"""Remembers what a film compiled to, as long as nothing that went into it has changed.

The entries are pickles, which run code when they are read; so they lie in the user's own cache
folder, never in the project, where a stranger's pull request could put one. A folder that others
may write to is not used. Deleting the cache is always safe.
"""

import contextlib
import hashlib
import os
import pickle
import stat
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from storyboard import __version__

__all__ = ["Cache", "Inputs"]

# A file changed this shortly before it was recorded may change again within one tick of its clock.
_SETTLED_NS = 50_000_000
_OURS_ALONE = 0o700
_LARGEST_TEXT = 16 * 1024 * 1024
_CHECK = 4


@dataclass(slots=True)
class Inputs:
    """Everything a compilation looked at.

    Texts by their hash, pictures by what the disk says of them, and the files and folders whose
    absence or listing mattered.
    """

    texts: dict[str, str] = field(default_factory=dict)
    pictures: dict[str, str] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)
    folders: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def read(self, path: str, text: str) -> None:
        self.texts[path] = _digest(text)

    def looked_at(self, path: str) -> None:
        self.pictures[path] = _mark(path, settled_before=time.time_ns() - _SETTLED_NS)

    def missed(self, path: str) -> None:
        self.absent.add(path)

    def listed(self, folder: str) -> None:
        self.folders[folder] = _names(folder)

    def unchanged(self, texts: dict[str, str]) -> bool:
        """Tell whether all of it is as it was; fills `texts` with the texts read on the way."""
        return (
            not any(os.path.lexists(path) for path in self.absent)
            and all(_names(folder) == names for folder, names in self.folders.items())
            and all(mark == _mark(path) for path, mark in self.pictures.items())
            and all(_same_text(path, digest, texts) for path, digest in self.texts.items())
        )


@dataclass(frozen=True, slots=True)
class Cache:
    """Entries under one folder, by the film and the options they were compiled with."""

    folder: Path

    def find(self, *key: str) -> tuple[Inputs, bytes, bytes] | None:
        """Return an entry: its inputs and the two parts that were stored; None without one."""
        path = self._path(key)
        try:
            if not _ours_alone(self.folder):
                return None
            written = path.read_bytes()
            if written[:_CHECK] != _check(written[_CHECK:]):
                return None
            inputs, first, second = pickle.loads(written[_CHECK:])  # noqa: S301  see the module
        except Exception:  # noqa: BLE001  a cache that cannot be read, for any reason, is no cache
            return None
        whole = isinstance(inputs, Inputs) and isinstance(first, bytes)
        return (inputs, first, second) if whole else None

    def store(self, inputs: Inputs, first: bytes, second: bytes, *key: str) -> None:
        """Keep an entry; a cache that cannot be written is done without."""
        path = self._path(key)
        with contextlib.suppress(OSError):
            path.parent.mkdir(mode=_OURS_ALONE, parents=True, exist_ok=True)
            if not _ours_alone(self.folder):
                return
            entry = pickle.dumps((inputs, first, second), protocol=pickle.HIGHEST_PROTOCOL)
            handle, aside = tempfile.mkstemp(dir=path.parent)
            with os.fdopen(handle, "wb") as file:
                file.write(_check(entry) + entry)
            Path(aside).replace(path)

    def _path(self, key: tuple[str, ...]) -> Path:
        return self.folder / _digest("\0".join((_fingerprint(), *key)))


def _fingerprint() -> str:
    """Name this very version of the program, a checkout's unsaved state included."""
    package = Path(__file__).parents[1]
    state = hashlib.sha256(f"{__version__} {sys.version}".encode())
    for folder in (package, *(package.parents[1] / name for name in ("templates", "schemas"))):
        for name, size, changed in _files(folder):
            state.update(f"{name} {size} {changed}\n".encode())
    return state.hexdigest()


def _files(folder: Path) -> Iterator[tuple[str, int, int]]:
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda each: each.name):
            if entry.is_dir() and entry.name != "__pycache__":
                yield from _files(Path(entry.path))
            elif entry.is_file():
                status = entry.stat()
                yield entry.path, status.st_size, status.st_mtime_ns


def _check(entry: bytes) -> bytes:
    """Return what tells a whole entry from one torn or decayed, parts of it unread included."""
    return zlib.crc32(entry).to_bytes(_CHECK, "big")


def _ours_alone(folder: Path) -> bool:
    status = folder.stat()
    others = stat.S_IWGRP | stat.S_IWOTH
    return status.st_uid == os.getuid() and not status.st_mode & others


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _same_text(path: str, digest: str, texts: dict[str, str]) -> bool:
    try:
        status = Path(path).stat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST_TEXT:
            return False
        text = Path(path).read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return False
    texts[path] = text
    return _digest(text) == digest


def _mark(path: str, settled_before: int | None = None) -> str:
    """Return what the disk says of a file; for one changed just now, what never matches."""
    try:
        status = Path(path).stat()
    except (OSError, ValueError):  # ValueError: a name that no file can have
        return "absent"
    if settled_before is not None and max(status.st_mtime_ns, status.st_ctime_ns) > settled_before:
        return "unsettled"
    return f"{status.st_ino} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}"


def _names(folder: str) -> tuple[str, ...]:
    try:
        return tuple(sorted(entry.name for entry in Path(folder).iterdir()))
    except OSError:
        return ()
