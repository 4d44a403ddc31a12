"""The simulator on a free port of this machine, in a thread, with clips that cost next to nothing.

    with simulated(SimulatorSettings(speed=1000)) as simulator:
        ... simulator.base_url ... simulator.report() ... simulator.order(Faults(...))

`film_clip` makes real clips (moving picture, a tone), `stub_clip` a few bytes for tests that do
not look inside. A `HandClock` stands still until the test moves it.
"""

import asyncio
import contextlib
import functools
import hashlib
import http.client
import json
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import av
import numpy as np

from storyboard.simulator.admin import ADMIN_PATH
from storyboard.simulator.clips import Renderer
from storyboard.simulator.clock import Clock
from storyboard.simulator.faults import Faults
from storyboard.simulator.provider import Provider
from storyboard.simulator.server import Simulator
from storyboard.simulator.settings import SimulatorSettings

__all__ = ["HandClock", "RunningSimulator", "film_clip", "simulated", "stub_clip"]

_RATE = 24
_SOUND_RATE = 48_000


class HandClock:
    """Shows the time it was set to; `slept` holds the seconds of each sleep, which never lasts."""

    def __init__(self, now: float = 1_790_000_000.0) -> None:
        self.moment = now
        self.slept: list[float] = []

    def now(self) -> float:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.moment += seconds


@dataclass(frozen=True, slots=True)
class RunningSimulator:
    """A simulator that serves; ask it over HTTP, but read what it saw by `report`."""

    base_url: str
    provider: Provider

    def report(self) -> dict[str, Any]:
        """Return what the simulator's own page says."""
        connection = http.client.HTTPConnection(urlsplit(self.base_url).netloc, timeout=30)
        with contextlib.closing(connection):
            connection.request("GET", ADMIN_PATH)
            found: dict[str, Any] = json.load(connection.getresponse())
        return found

    def order(self, faults: Faults) -> None:
        """Let these faults happen next."""
        self.provider.weather.order(faults)

    def sums(self) -> tuple[int, int]:
        """Return what was charged and what was refunded, in millionths of a dollar."""
        report = self.report()
        charged = sum(row["price_micro_usd"] for row in report["charges"])
        refunded = sum(row["price_micro_usd"] for row in report["refunds"])
        return charged, refunded


def stub_clip(inputs: dict[str, Any], width: int, height: int, seconds: float, path: str) -> None:
    """Write a few bytes that tell what was ordered; no player opens them."""
    text = json.dumps([inputs, width, height, seconds], sort_keys=True)
    Path(path).write_text(text, "utf-8")


def film_clip(inputs: dict[str, Any], width: int, height: int, seconds: float, path: str) -> None:
    """Write a real mp4 of its own for each order: the same film, marked behind its end."""
    mark = hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).digest()
    box = (8 + len(mark)).to_bytes(4) + b"free" + mark
    Path(path).write_bytes(_film(width, height, round(seconds * _RATE)) + box)


@contextlib.contextmanager
def simulated(
    settings: SimulatorSettings | None = None,
    render: Renderer = stub_clip,
    clock: Clock | None = None,
) -> Iterator[RunningSimulator]:
    """Run a simulator as long as the block lasts."""
    wanted = settings or SimulatorSettings()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        own = replace(wanted, folder=wanted.folder or folder)
        simulator = Simulator(own, render, clock=clock)
        threading.Thread(target=simulator.run, name="simulator").start()
        try:
            yield RunningSimulator(simulator.base_url, simulator.provider)
        finally:
            simulator.stop()  # nobody waits for its end, which takes two tenths of a second


@functools.cache
def _film(width: int, height: int, frames: int) -> bytes:
    """Return a film of slanted stripes that move, with a tone; made once for each size."""
    across = np.add.outer(np.arange(height) // 2, np.arange(width))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        with av.open(str(path), "w") as film:
            fast = {"preset": "ultrafast", "crf": "35"}
            picture = film.add_stream("libx264", _RATE, options=fast)
            picture.width, picture.height, picture.pix_fmt = width, height, "yuv420p"
            sound = film.add_stream("aac", _SOUND_RATE, layout="mono")
            for number in range(frames):
                stripes = (((across + number * 4) // 64 % 2) * 120 + 60).astype(np.uint8)
                film.mux(picture.encode(av.VideoFrame.from_ndarray(stripes, "gray")))
            film.mux(picture.encode(None))
            _add_tone(film, sound, frames * _SOUND_RATE // _RATE)
        return path.read_bytes()


def _add_tone(film: Any, sound: Any, length: int) -> None:
    wave = np.sin(np.arange(length) * (2 * np.pi * 440 / _SOUND_RATE)) * 0.2
    for start in range(0, length, 1024):
        piece = wave[None, start : start + 1024].astype(np.float32)
        frame = av.AudioFrame.from_ndarray(piece, "fltp", "mono")
        frame.sample_rate, frame.pts = _SOUND_RATE, start
        film.mux(sound.encode(frame))
    film.mux(sound.encode(None))
