"""What every unit test may use: `no_io`, a context in which touching the world is a failure."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

_WATCHED = ("open", "socket.", "sqlite3.", "subprocess.", "os.", "shutil.", "tempfile.")
_attempts: list[str] | None = None


class IoAttempt(AssertionError):
    """Code that is to be pure reached for the world."""


def _watch(event: str, _: tuple[object, ...]) -> None:
    # An audit hook cannot be taken out again; it sleeps while no context is armed.
    if _attempts is not None and event.startswith(_WATCHED):
        _attempts.append(event)
        raise IoAttempt(event)


sys.addaudithook(_watch)


@contextmanager
def _armed() -> Iterator[None]:
    """Fail on any attempt, also on one whose exception the code under test swallows."""
    global _attempts  # noqa: PLW0603 - the hook is the process's, so its switch is too
    attempts = _attempts = []
    try:
        yield
    finally:
        _attempts = None
    if attempts:
        raise IoAttempt(", ".join(attempts))


@pytest.fixture
def no_io() -> Callable[[], AbstractContextManager[None]]:
    """Arm the guard around the call under test only: pytest itself touches the world."""
    return _armed
