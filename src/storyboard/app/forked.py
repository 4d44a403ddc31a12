"""Work that is done in a forked process while this one does something else.

Two films compile in the time of one where there are two cores. Where there is but one, where the
system cannot fork or where threads forbid it, the work is done here, when its result is asked for.
"""

import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Generic, NoReturn, TypeVar

from storyboard.model.errors import StoryboardError

__all__ = ["forked"]

Result = TypeVar("Result")

_STILL_RUNNING = (0, 0)
"""What `waitpid` answers that does not wait."""


@contextmanager
def forked(work: Callable[[], Result]) -> Iterator[Callable[[], Result]]:
    """Start the work in another process; give what waits for its result, or raises its refusal.

    The result is pickled. A process that ends without one has met a bug or the end of memory: the
    work is then done here, where that shows. Whatever happens here, the process is gone afterwards.
    """
    child = _Child.start(work) if _may_fork() else None
    if child is None:
        yield work
        return
    try:
        yield child.result
    finally:
        child.end()


def _may_fork() -> bool:
    """Tell whether forking is safe, and helps.

    A lock that another thread holds would stay locked for good, and Apple's own libraries start
    threads that nobody sees.
    """
    can = hasattr(os, "fork") and os.uname().sysname != "Darwin"
    return can and threading.active_count() == 1 and _cores() > 1


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Child(Generic[Result]):
    """A forked process, and the end of the pipe that its result comes through."""

    def __init__(self, work: Callable[[], Result], process: int, pipe: int) -> None:
        self._work = work
        self._process = process
        self._pipe = pipe

    @classmethod
    def start(cls, work: Callable[[], Result]) -> "_Child[Result] | None":
        reading, writing = os.pipe()
        try:
            process = os.fork()
        except OSError:
            os.close(reading)
            os.close(writing)
            return None
        if process == 0:
            _serve(work, writing)
        os.close(writing)
        return cls(work, process, reading)

    def result(self) -> Result:
        with os.fdopen(self._pipe, "rb", closefd=False) as pipe:
            answer = pipe.read()
        try:
            result, refusal = pickle.loads(answer)  # noqa: S301  our own process wrote it
        except (EOFError, pickle.UnpicklingError):
            return self._work()
        if refusal is not None:
            raise refusal
        done: Result = result
        return done

    def end(self) -> None:
        os.close(self._pipe)
        # Whoever started us may have had SIGCHLD ignored: then the system has taken the process
        # away by itself, and its number may be another's by now.
        with suppress(ChildProcessError):
            if os.waitpid(self._process, os.WNOHANG) == _STILL_RUNNING:
                os.kill(self._process, signal.SIGKILL)
                os.waitpid(self._process, 0)


def _serve(work: Callable[[], object], pipe: int) -> NoReturn:
    """Do the work and write its result; never returns, for this is a copy of its caller."""
    try:
        answer: tuple[object, StoryboardError | None]
        try:
            answer = (work(), None)
        except StoryboardError as refusal:
            answer = (None, refusal)
        with os.fdopen(pipe, "wb") as file:
            pickle.dump(answer, file, pickle.HIGHEST_PROTOCOL)
    finally:
        os._exit(0)
