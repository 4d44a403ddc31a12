"""The simulator as a server: for this machine alone, and for what a user types."""

import asyncio
import contextlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import httpx
import pytest

from fakes.caller import called
from fakes.simulator import HandClock, simulated, stub_clip
from storyboard.simulator.clock import SystemClock, iso, moment, to_the_millisecond
from storyboard.simulator.faults import read_faults
from storyboard.simulator.server import Simulator, create_app
from storyboard.simulator.settings import SimulatorSettings


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "93.184.216.34"])
def test_it_serves_no_other_machine(host):
    """An address that others can reach is refused before a socket is opened."""
    with pytest.raises(ValueError, match="this machine alone"):
        Simulator(SimulatorSettings(), stub_clip, host)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:1234", 200),
        ("localhost", 200),
        ("[::1]:1234", 200),
        ("evil.example", 400),
        ("127.0.0.1.evil.example", 400),
        ("", 400),
    ],
)
def test_it_answers_no_other_name(host, status):
    """A page in a browser that has its own name lead here learns nothing."""
    with simulated() as simulator:
        answer = httpx.get(f"{simulator.base_url}/_simulator", headers={"Host": host}, verify=False)
    assert answer.status_code == status


def test_a_port_that_is_taken_is_an_error_of_the_system():
    """Which the caller can tell the user."""
    with simulated() as simulator, pytest.raises(OSError, match=r"[Aa]ddress"):
        Simulator(SimulatorSettings(), stub_clip, port=int(simulator.base_url.rpartition(":")[2]))


def test_it_ends_when_it_is_stopped(tmp_path, monkeypatch):
    """A connection made before it runs is served; after its end nobody answers, nothing is left."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    simulator = Simulator(SimulatorSettings(), stub_clip, clock=HandClock())
    port = int(simulator.base_url.rpartition(":")[2])
    with contextlib.closing(socket.create_connection(("127.0.0.1", port))) as early:
        thread = threading.Thread(target=simulator.run)
        thread.start()
        early.sendall(b"GET /_simulator HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert early.recv(12) == b"HTTP/1.1 200"
        assert len(list(tmp_path.iterdir())) == 1
    simulator.stop()
    thread.join()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_serving_ends_with_an_interrupt():
    """It says where it serves, and Ctrl-C ends it without a word."""
    script = (
        "from fakes.simulator import stub_clip as clip\n"
        "from storyboard.simulator.server import serve\n"
        "from storyboard.simulator.settings import SimulatorSettings as Settings\n"
        "serve(Settings(), clip, on_ready=lambda address: print(address, flush=True))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", script],
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        address = process.stdout.readline().strip()
        assert httpx.get(f"{address}/_simulator", verify=False).status_code == 200
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=60) == ("", "")
    assert process.returncode == 0


def test_clips_lie_in_the_folder_that_is_named(tmp_path):
    """And stay there."""
    folder = tmp_path / "clips"
    with called(SimulatorSettings(folder=str(folder)), clock=HandClock()) as call:
        name = call.order()
        call.simulator.provider.clock.move(200)
        call.wait(name)
    assert [path.name for path in folder.iterdir()] == [f"{name}.mp4"]


def test_an_unknown_page_is_not_found():
    """Neither below the API nor beside it."""
    with called() as call:
        assert call.get("/nothing").status_code in (404, 405)
        assert call.plain("GET", "/").status_code == 404


def test_a_client_that_leaves_in_the_middle_orders_nothing():
    """Half an order is none, and the next client is served."""
    half = (
        b"POST /api/v3/openai/sora-2/image-to-video HTTP/1.1\r\nHost: localhost\r\n"
        b"Authorization: Bearer a-key\r\nContent-Length: 100\r\n\r\n{"
    )
    with called() as call:
        port = int(call.simulator.base_url.rpartition(":")[2])
        with contextlib.closing(socket.create_connection(("127.0.0.1", port))) as client:
            client.sendall(half)
        assert call.history() == []
        assert [each["endpoint"] for each in call.simulator.report()["requests"]] == ["history"]


def test_an_app_without_our_server_cannot_cut_connections(tmp_path):
    """Another server answers as ever, until a fault of the connection is wanted of it."""
    settings = SimulatorSettings(folder=str(tmp_path), faults=read_faults(["models=reset"]))
    transport = httpx.ASGITransport(create_app(settings, stub_clip, HandClock()))
    key = {"Authorization": "Bearer a-key"}

    async def ask():
        client = httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=key)
        async with client:
            assert (await client.get("/api/v3/balance")).status_code == 200
            with pytest.raises(TypeError, match="run the app by serve"):
                await client.get("/api/v3/models")

    asyncio.run(ask())


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("2026-11-22T10:00:00Z", 1795341600.0),
        ("2026-11-22T10:00:00.250Z", 1795341600.25),
        ("2026-11-22T10:00:00.250123456Z", 1795341600.250123),
        ("2026-11-22T11:00:00+01:00", 1795341600.0),
        ("2026-11-22T10:00:00", 1795341600.0),
        ("1795341600250", 1795341600.25),
    ],
)
def test_moments_are_read_in_both_spellings(written, seconds):
    """ISO 8601 with any fraction, UTC where no zone is named, or milliseconds since 1970."""
    assert moment(written) == seconds


def test_a_shown_moment_is_read_back_the_same():
    """So that a filter by what was shown finds it."""
    for number in range(1000):
        at = to_the_millisecond(1_795_341_600 + number * 0.0137)
        assert moment(iso(at)) == pytest.approx(at, abs=1e-6)
        assert moment(iso(at)) <= at


def test_the_system_clock_tells_the_time_of_day():
    """The one that a client beside it reads."""
    assert SystemClock().now() == pytest.approx(SystemClock().now(), abs=60)
