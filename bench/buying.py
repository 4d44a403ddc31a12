"""Buying a thousand shots: how near the makespan is to the ideal, and what looking costs.

Run as `python bench/buying.py [--json] [--runs N] [--shots N] [--at-once N]`. The client buys over
real HTTP from a provider in a process of its own, 2 s a clip, so many at once: ledger and clips on
disk, one still, the same connections throughout. Measuring and conforming are left out: the
stand-in's clips are no pictures. The ideal is the provider's own time: shots / at once x 2 s.

The second part runs the poller in virtual time over latencies of 60 to 127 s that it has to learn.
The exit code is 1 when a goal is missed.
"""

import argparse
import asyncio
import heapq
import json
import random
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from PIL import Image

from storyboard.adapters.clips import FolderClips
from storyboard.adapters.ledger.database import SqliteLedger
from storyboard.adapters.wavespeed.client import WaveSpeed
from storyboard.app.clock import SystemClock
from storyboard.app.shop import Counter, open_shop
from storyboard.engine.buying import buy_plan
from storyboard.engine.poller import Poller
from storyboard.engine.ports import Clip, Ready, Running
from storyboard.engine.shop import Bought
from storyboard.model.account import Account
from storyboard.model.attempt import Caps
from storyboard.model.money import MicroUsd, Millis
from storyboard.model.plan import Generate, Plan, PlannedShot, Why
from storyboard.model.request import ClipRequest, clip_key
from storyboard.model.secret import Secret

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from fakes.virtual import VirtualClock, run_virtual

MOST_OVER_IDEAL = 1.15
MOST_MEGABYTES = 250
MOST_CONNECTIONS = 100  # one pool each for orders, for looks and for files, whatever the shots
MOST_POLLS = 13
MOST_LATENESS = 0.03

_LATENCY = 2.0
_MODEL = "openai/sora-2/image-to-video"
_SECONDS = 4
_PRICE = MicroUsd(400_000)
_PROVIDER = Path(__file__).with_name("quick_provider.py")
_ENDLESS = MicroUsd(10**12)


@dataclass(frozen=True)
class Buying:
    """What buying everything took: seconds, megabytes at the peak, connections, seconds of CPU."""

    ideal: float
    makespan: float
    megabytes: float
    connections: int
    client_cpu: float
    provider_cpu: float

    @property
    def over(self) -> float:
        return self.makespan / self.ideal


@dataclass(frozen=True)
class Looking:
    """Looks at each order, and how late a clip was noticed as a share of its latency."""

    polls: float
    lateness: float


def buying(shots: int, at_once: int) -> Buying:
    """Start a provider, and buy everything from it."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(_PROVIDER), str(_LATENCY)]
        provider = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        base_url = provider.stdout.readline().strip()
        before = time.process_time()
        try:
            makespan = asyncio.run(buy(base_url, Path(folder), shots, at_once))
        finally:
            provider.send_signal(signal.SIGINT)
            told, _ = provider.communicate()
    seen = json.loads(told)
    return Buying(
        _LATENCY * -(-shots // at_once),
        makespan,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        seen["connections"],
        time.process_time() - before,
        seen["cpu"],
    )


async def buy(base_url: str, folder: Path, shots: int, at_once: int) -> float:
    """Buy everything, and return the seconds it took."""
    clock = SystemClock()
    still = folder / "still.png"
    Image.new("RGB", (1280, 720), "tan").save(still)
    with SqliteLedger(folder / "ledger.db", clock.now, "bench") as ledger:
        counter = Counter(
            ledger=ledger,
            store=FolderClips(folder / "clips", {}),
            pictures=OneStill(str(still)),
            inspect=nothing_odd,
            caps=Caps(film=_ENDLESS),
            account=Account("bench", 10**6, at_once),
            clock=clock,
        )
        async with WaveSpeed(base_url, Secret("rehearsal"), clock, rehearsal=True) as api:
            with open_shop(counter, api, lambda _: None) as shop:
                start = time.perf_counter()
                result = await buy_plan(plan_of(shots), shop, film="bench.yaml")
                took = time.perf_counter() - start
    kept = sum(isinstance(each, Bought) for each in result.outcomes.values())
    if (kept, result.spent) != (shots, shots * _PRICE):
        sys.exit(f"{kept} of {shots} clips were kept, for {result.spent} micro-dollars")
    return took


def plan_of(shots: int) -> Plan:
    """Plan so many shots of one still, each with words of its own."""
    return Plan("bench.yaml", tuple(map(shot, range(shots))), Millis(0))


def shot(number: int) -> PlannedShot:
    inputs = (
        ("image", "sha256:still"),
        ("prompt", f"The kitten pounces on the yarn for the {number}th time."),
        ("duration", _SECONDS),
    )
    length = Millis(_SECONDS * 1000)
    request = ClipRequest(_MODEL, inputs, length, pictures=("image",))
    return PlannedShot(
        id=f"s{number:04}",
        scene="bench",
        model=_MODEL,
        step=Generate(Why.NEW, _PRICE),
        wanted=length,
        bought=length,
        request=request,
        key=clip_key(request),
        price=_PRICE,
    )


@dataclass(frozen=True)
class OneStill:
    """The same picture for every shot."""

    path: str

    def file(self, _reference: str, _request: ClipRequest) -> str:
        return self.path


def nothing_odd(_clip: Clip, _request: ClipRequest) -> tuple[()]:
    return ()


def looking(orders: int = 2000, at_once: int = 100) -> Looking:
    """Follow orders of 60 to 127 s, so many at once, in virtual time."""
    drawn = random.Random(7)
    latencies = {str(number): drawn.uniform(60, 127) for number in range(orders)}
    begun: dict[str, float] = {}
    polls: list[str] = []
    lateness: list[float] = []

    async def follow() -> None:
        clock = VirtualClock()

        async def look(order: str) -> Ready | Running:
            polls.append(order)
            return Ready() if clock.monotonic() >= begun[order] + latencies[order] else Running()

        async def one(poller: Poller, order: str) -> None:
            begun[order] = clock.monotonic()
            await poller.outcome(order, model="m", since=begun[order], told=lambda _: None)
            late = clock.monotonic() - begun[order] - latencies[order]
            lateness.append(late / latencies[order])

        async def lane(poller: Poller, waiting: list[str]) -> None:
            while waiting:
                await one(poller, heapq.heappop(waiting))

        async with Poller(look, clock) as poller:
            waiting = sorted(latencies)
            await asyncio.gather(*(lane(poller, waiting) for _ in range(at_once)))

    run_virtual(follow)
    return Looking(len(polls) / orders, statistics.mean(lateness))


def main() -> int:
    """Measure, print, and say whether every goal is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shots", type=int, default=1000)
    parser.add_argument("--at-once", type=int, default=200)
    parser.add_argument("--runs", type=int, default=3, help="the median of so many counts")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    runs = [buying(options.shots, options.at_once) for _ in range(options.runs)]
    bought = sorted(runs, key=lambda each: each.makespan)[len(runs) // 2]
    looked = looking()
    goals = {
        f"makespan / ideal of {bought.ideal:.1f} s": (bought.over, MOST_OVER_IDEAL),
        "peak memory, MB": (bought.megabytes, MOST_MEGABYTES),
        "connections": (bought.connections, MOST_CONNECTIONS),
        "looks at an order of 60-127 s": (looked.polls, MOST_POLLS),
        "mean lateness / latency": (looked.lateness, MOST_LATENESS),
    }
    if options.json:
        print(json.dumps({"buying": asdict(bought), "looking": asdict(looked)}, indent=1))
    else:
        each = ", ".join(f"{run.makespan:.2f}" for run in runs)
        print(f"{options.shots} shots, {options.at_once} at once: {each} s, the median counts")
        print(f"cpu: client {bought.client_cpu:.1f} s, provider {bought.provider_cpu:.1f} s\n")
        for name, (measured, goal) in goals.items():
            verdict = "ok" if measured <= goal else "MISSED"
            print(f"{name:<34}{measured:>9.3f}  goal {goal:<7g}{verdict}")
    return int(any(measured > goal for measured, goal in goals.values()))


if __name__ == "__main__":
    sys.exit(main())
