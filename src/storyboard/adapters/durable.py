"""Files that are whole or not there, whatever happens to the machine: aside, flushed, renamed.

The one module that the other adapters share: how to write so that nothing is lost has one answer.
"""

import errno
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from storyboard.model.errors import EnvironmentFault

__all__ = ["aside", "flush", "make_folder", "reason", "settle", "sha256_of", "write_aside"]

_REASONS: Final = {
    errno.EACCES: "it may not be read by this user",
    errno.EPERM: "it may not be read by this user",
    errno.ELOOP: "its symbolic links lead in a circle",
    errno.ENAMETOOLONG: "its name is too long",
    errno.ENOTDIR: "a part of its path is not a folder",
    errno.ENXIO: "it is a pipe or a socket",
    errno.ENOENT: "it does not exist",
}


def write_aside(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; EnvironmentFault where the disk refuses."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.aside")
    try:
        make_folder(path.parent)
        aside.write_bytes(data)
        settle(aside, path)
    except OSError as error:
        message = f"{path} cannot be written: {reason(error)}"
        raise EnvironmentFault(message, hint="check the disk's space and rights") from error
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)


@contextmanager
def aside(path: str) -> Iterator[str]:
    """Give a path to write to; when the body ends well, put it in place of `path`, durably.

    Whatever interrupts the body, what was at `path` is there as before. EnvironmentFault where the
    disk refuses.
    """
    place = Path(path)
    unfinished = place.with_name(f".{place.stem}.{os.getpid()}.unfinished{place.suffix}")
    try:
        with _refusals(path):
            make_folder(place.parent)
        # With its folder, or of `a:b.mp4` a media library would take `a` for a protocol.
        yield f"{unfinished.parent}/{unfinished.name}"
        with _refusals(path):
            settle(unfinished, place)
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


@contextmanager
def _refusals(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"could not write {path}: {error.strerror or error}"
        raise EnvironmentFault(message) from error


def settle(unfinished: Path, path: Path) -> None:
    """Put a complete file in its place so that it survives a power cut; raises OSError.

    Its bytes are on the disk before its name is, and its name before this returns.
    """
    flush(unfinished)
    unfinished.replace(path)
    flush(path.parent)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, each of which survives a power cut; raises OSError."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        flush(folder.parent)


def flush(path: Path) -> None:
    """Wait until a file's bytes, or a folder's list of names, are on the disk; raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal; raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def reason(error: OSError) -> str:
    """Say in a few plain words why the system refused."""
    return _REASONS.get(error.errno or 0) or (error.strerror or "the system refused").lower()
