"""What every test stands on: no home folder, no network beyond this machine, no shared cache."""

import os
import sys

import pytest
from hypothesis import HealthCheck, settings

# No deadline: a slow machine is no failure. The same examples in each run, so that no change is
# blamed for another's bug; HYPOTHESIS_PROFILE=explore looks at new ones.
_QUIET = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture)
settings.register_profile(
    "steady", deadline=None, database=None, derandomize=True, suppress_health_check=_QUIET
)
settings.register_profile("explore", settings.get_profile("steady"), derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))  # noqa: TID251

_LOOPBACK = ("127.", "::1", "localhost")


def pytest_addoption(parser):
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden files")
    parser.addoption("--soak", action="store_true", help="every storm and kill, not a sample")


def pytest_terminal_summary(terminalreporter):
    """Print the sums that tests note with `record_property("sums", …)`, from all workers."""
    reports = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    lines = [text for each in reports for name, text in each.user_properties if name == "sums"]
    if lines:
        terminalreporter.section("sums")
        for line in sorted(lines):
            terminalreporter.write_line(line)


def _refuse_the_network(event, arguments):
    """Let tests reach this machine only; npm's one installation runs in a process of its own."""
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else ""
        if isinstance(address, tuple) and not str(host).startswith(_LOOPBACK):
            message = f"a test tried to reach {host}"
            raise PermissionError(message)


sys.addaudithook(_refuse_the_network)


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory, monkeypatch):
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    monkeypatch.setenv("STORYBOARD_CACHE", str(home / "cache" / "storyboard"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    for name in ("WAVESPEED_API_KEY", "WAVESPEED_BASE_URL", "NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    return home
