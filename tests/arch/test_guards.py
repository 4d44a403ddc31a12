"""The guards that keep tests to themselves do bite."""

import os
import socket
from pathlib import Path

import pytest


def test_a_test_cannot_reach_the_network():
    """A connection to another machine fails before a packet leaves."""
    with socket.socket() as connection, pytest.raises(PermissionError, match=r"192\.0\.2\.1"):
        connection.connect(("192.0.2.1", 80))


def test_a_test_has_a_home_of_its_own(tmp_path_factory):
    """The home folder is a temporary one, and no key is set."""
    assert Path.home().is_relative_to(tmp_path_factory.getbasetemp())
    assert "WAVESPEED_API_KEY" not in os.environ  # noqa: TID251
