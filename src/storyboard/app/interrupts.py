"""Ctrl-C while orders are out: the first stops orders alone, the second leaves at once."""

import asyncio
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from storyboard.engine.brake import Brake
from storyboard.engine.events import Noted
from storyboard.engine.ports import Listener

__all__ = ["INTERRUPTED", "interruptible"]

INTERRUPTED = "interrupted"
_STOPS = (signal.SIGINT, signal.SIGTERM)
_STOPPING = (
    "stopping: nothing more is ordered, and what is in flight is seen through;"
    " Ctrl-C again leaves at once, and the same command goes on from there"
)


@contextmanager
def interruptible(brake: Brake, listen: Listener) -> Iterator[None]:
    """Let the first Ctrl-C or SIGTERM stop orders and nothing else; the second leaves at once."""
    loop = asyncio.get_running_loop()
    terminated = signal.getsignal(signal.SIGTERM)

    def stop() -> None:
        leave_to_python()
        brake.pull(INTERRUPTED)
        listen(Noted(_STOPPING))

    def leave_to_python() -> None:
        for each in _STOPS:
            loop.remove_signal_handler(each)
        signal.signal(signal.SIGTERM, terminated)  # asyncio would end the process without a word

    if sys.platform == "win32":  # no such handlers there: the first one leaves at once, safely too
        yield
        return
    for each in _STOPS:
        loop.add_signal_handler(each, stop)
    try:
        yield
    finally:
        leave_to_python()
