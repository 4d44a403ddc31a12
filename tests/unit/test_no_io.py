"""The guard against I/O in pure code bites, or the tests that use it would prove nothing."""

import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    "reach_out",
    [
        lambda: Path(os.devnull).read_bytes(),
        lambda: list(Path().iterdir()),
        lambda: os.putenv("STORYBOARD_TEST", "1"),
        lambda: socket.socket().connect(("127.0.0.1", 9)),
        lambda: sqlite3.connect(":memory:"),
        lambda: subprocess.Popen([sys.executable, "--version"]),
        tempfile.mkdtemp,
    ],
    ids=["open", "listdir", "environment", "socket", "sqlite3", "process", "tempfile"],
)
def test_reaching_out_fails(no_io, reach_out):
    """Files, folders, the environment, sockets, databases and processes are all seen."""
    with pytest.raises(AssertionError), no_io():
        reach_out()


def test_a_swallowed_attempt_still_fails(no_io):
    """Code cannot hide an attempt by catching every exception."""
    with pytest.raises(AssertionError, match="open"), no_io(), suppress(Exception):
        Path(os.devnull).read_bytes()


def test_pure_code_passes(no_io):
    """The guard lets plain computing through, and is off again afterwards."""
    with no_io():
        assert sum(range(10)) == 45
    assert Path(os.devnull).read_bytes() == b""
