"""One build at a time: a lock that the system takes back when its process ends, however it ends.

The lock is the system's on an open file, never the file's being there, so nothing is ever stale.
What the file says is only for people: who holds it.
"""

import errno
import json
import os
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from storyboard.adapters.durable import make_folder, reason
from storyboard.model.errors import EnvironmentFault, Locked

__all__ = ["Holder", "brief_lock", "build_lock", "this_process"]

_MOST: Final = 4096
_held: Final[set[int]] = set()

if sys.platform == "win32":
    import msvcrt

    _BEYOND: Final = 1 << 30  # Windows forbids reading what is locked: lock past what is written

    def _try_lock(descriptor: int) -> None:
        os.lseek(descriptor, _BEYOND, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

    def _wait_for_lock(descriptor: int) -> None:
        os.lseek(descriptor, _BEYOND, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)

else:
    import fcntl

    def _try_lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _wait_for_lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)

    def _let_go() -> None:
        """A forked child must not keep its parent's lock alive."""
        while _held:
            with suppress(OSError):
                os.close(_held.pop())

    os.register_at_fork(after_in_child=_let_go)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the lock; `since` is ISO 8601 in UTC."""

    pid: int
    host: str
    command: str
    since: str

    def __str__(self) -> str:
        return f"{self.command} (process {self.pid} on {self.host}, since {self.since})"


def this_process(command: str, now: datetime) -> Holder:
    """Describe this process as a holder."""
    since = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Holder(os.getpid(), platform.node(), command, since)


@contextmanager
def build_lock(path: Path, holder: Holder) -> Iterator[None]:
    """Hold the lock while the context lasts; Locked, naming its holder, if another build does.

    The file stays when the lock is let go: taking it away could take away another build's.
    """
    with _opened(path) as descriptor:
        _take(descriptor, path)
        _sign(descriptor, json.dumps(asdict(holder)))
        try:
            yield
        finally:
            _sign(descriptor, "")


@contextmanager
def brief_lock(path: Path) -> Iterator[None]:
    """Hold a lock for a few milliseconds' work; whoever comes meanwhile waits."""
    with _opened(path) as descriptor:
        try:
            _wait_for_lock(descriptor)
        except OSError as error:
            raise _unusable(path, error) from error
        yield


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """Open the lock's file; closing it lets the lock go."""
    try:
        make_folder(path.parent)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise _unusable(path, error) from error
    _held.add(descriptor)
    try:
        yield descriptor
    finally:
        if descriptor in _held:  # not in a child that was forked meanwhile
            _held.remove(descriptor)
            os.close(descriptor)


def _take(descriptor: int, path: Path) -> None:
    try:
        _try_lock(descriptor)
    except OSError as error:
        if error.errno not in {errno.EACCES, errno.EAGAIN, errno.EDEADLK}:
            raise _unusable(path, error) from error
        holder = _read(descriptor)
        message = f"another build is running: {holder}" if holder else "another build is running"
        raise Locked(message, hint="wait until it has ended, or stop it, then run again") from error


def _unusable(path: Path, error: OSError) -> EnvironmentFault:
    message = f"the lock {path} cannot be used: {reason(error)}"
    return EnvironmentFault(message, hint="check the disk's space and rights")


def _sign(descriptor: int, text: str) -> None:
    """Write who holds the lock; it holds without that too, on a full disk for one."""
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, text.encode())


def _read(descriptor: int) -> Holder | None:
    """Read who holds the lock; None while that is being written, or where it is not ours."""
    try:
        os.lseek(descriptor, 0, os.SEEK_SET)
        return Holder(**json.loads(os.read(descriptor, _MOST)))
    except (OSError, ValueError, TypeError):
        return None
