"""The two streams of a command: data goes to stdout, talk to stderr, both in UTF-8."""

import io
import os
import select
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from storyboard.cli.environment import variable
from storyboard.model.errors import EnvironmentFault
from storyboard.report.refusal import Refusal, render_refusal_text

__all__ = [
    "await_data",
    "data_was_written",
    "emit",
    "flush",
    "reader_left",
    "refuse",
    "say",
    "silence_stdout",
    "speak_utf8",
    "wants_colour",
    "width",
]

_WIDTH = 100


class _Data:
    """Whether this command has written data: what goes wrong then may not be written after it."""

    written = False


def speak_utf8() -> None:
    """Make both streams write UTF-8 whatever the locale says, and never fail at a character."""
    if sys.stdout is None:  # a closed descriptor: nobody listens, so let the talk go nowhere
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def await_data() -> None:
    """Begin a command: none of its data has been written."""
    _Data.written = False


def data_was_written() -> bool:
    """Tell whether the command has written data to stdout, if only in part."""
    return _Data.written


def emit(text: str) -> None:
    """Write data to stdout, as it is."""
    _Data.written = True
    with _told_if_full():
        sys.stdout.write(text)


def flush() -> None:
    """Make sure that the data is out, while it can still be told if it is not."""
    with _told_if_full():
        sys.stdout.flush()


@contextmanager
def _told_if_full() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        silence_stdout()
        message = f"the output cannot be written: {error.strerror}"
        raise EnvironmentFault(message) from error


def say(text: str) -> None:
    """Say something to the person, on stderr, as it is: what files hold, report makes harmless."""
    _tell(text.removesuffix("\n"))


def refuse(refusal: Refusal) -> None:
    """Say on stderr why something was not done, and what to do about it."""
    say(render_refusal_text(refusal, colour=wants_colour(sys.stderr)))


def wants_colour(stream: TextIO) -> bool:
    """Tell whether a stream takes colour: a terminal does, unless NO_COLOR or TERM=dumb."""
    if variable("NO_COLOR") or variable("TERM") == "dumb":
        return False
    return stream.isatty() or variable("FORCE_COLOR") not in {"", "0"}


def width() -> int:
    """Return how many cells a line may take."""
    return min(shutil.get_terminal_size((_WIDTH, 24)).columns, _WIDTH)


def reader_left() -> bool:
    """Tell whether nobody reads stdout any more; where that cannot be asked, it is believed."""
    with suppress(OSError, ValueError):
        if hasattr(select, "poll"):
            poll = select.poll()
            poll.register(sys.stdout.fileno(), 0)
            return any(event & select.POLLERR for _, event in poll.poll(0))
        return True
    return False


def silence_stdout() -> None:
    """Drop what a broken stdout still holds; the interpreter would complain of it at its end."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _tell(text: str) -> None:
    """Write to stderr; one that is gone is no reason to fail."""
    with suppress(OSError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
