"""How long it takes to make a film of its clips, and how much memory, beside moviepy and ffmpeg.

Clips are four seconds of 720p24, hard to encode, once as a provider sends them (a single key frame)
and once as they are conformed on arrival (one in each half second). Each way makes its film as a
whole process, starting the interpreter included; ways take turns, and medians of the same run are
compared. "Hot" is when all that can be done before the last clip comes is done: the film without
its last clip was made before, and what clips are is known. Memory is what every process of a tree
has for itself, and once what they share, looked at twenty times a second; where the kernel saw one
process higher than that, it is believed.

`--all` runs moviepy at 50 and 100 clips too, and leaves out what does not fit into free memory. The
exit code is 1 when a goal is missed.
"""

import argparse
import contextlib
import json
import operator
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from cut_ways import SHARED, Order, command

from storyboard.adapters.durable import sha256_of

FEW, MANY = 10, 100
GOALS = (
    ("cuts, 10 clips, cold: times as quick as moviepy", ">=", 10.0),
    ("cuts, 10 clips, cold: of the time of ffmpeg with sound anew", "<=", 1.5),
    ("cuts, 100 clips, hot: of the time of ffmpeg's copy", "<=", 1.0),
    ("dissolves, 10 clips, cold: of moviepy's processor time, one in", ">=", 8.0),
    ("dissolves, 10 clips, cold: of ffmpeg xfade's processor time, one in", ">=", 2.5),
    ("memory at 10 clips, MB", "<=", 250.0),
    ("memory at 100 clips, MB", "<=", 250.0),
)
MOVIEPY_MB = 140  # for each clip, with something to spare: what must be free before it is tried
_HOLDS = {">=": operator.ge, "<=": operator.le}


@dataclass(frozen=True)
class Cost:
    """What one run took: seconds on the wall and of the processors, and megabytes at most."""

    wall: float
    cpu: float
    memory: float


@dataclass(frozen=True)
class Row:
    """A way and its film; `rounds` says how many runs the median is of."""

    name: str
    way: str
    order: Order
    rounds: int


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--all", action="store_true", help="moviepy at 50 and 100 clips as well")
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        costs = measure(Path(folder), options.rounds, everything=options.all)
    figures = dict(zip((name for name, *_ in GOALS), compare(costs), strict=True))
    met = {name: _HOLDS[sign](figures[name], goal) for name, sign, goal in GOALS}
    if options.json:
        said = {name: [vars(cost) for cost in each] for name, each in costs.items()}
        print(json.dumps({"runs": said, "figures": figures, "met": met}, indent=2))
    else:
        print(report(costs, figures, met))
    return 0 if all(met.values()) else 1


def measure(folder: Path, rounds: int, *, everything: bool) -> dict[str, list[Cost]]:
    print("making clips …", file=sys.stderr)
    maker = str(Path(__file__).with_name("cut_clips.py"))
    subprocess.run([sys.executable, maker, str(folder), str(MANY), str(FEW)], check=True)
    clips = [str(folder / f"{number}.mp4") for number in range(MANY)]
    keyed = [str(folder / f"{number}.keyed.mp4") for number in range(FEW)]
    rows = list(ordered(folder, clips, keyed, rounds))
    if everything:
        rows += [
            Row(f"cuts, {count}, moviepy", "moviepy", Order(clips[:count], film(folder)), 1)
            for count in (MANY // 2, MANY)
        ]
    costs: dict[str, list[Cost]] = {row.name: [] for row in rows}
    for turn in range(rounds):
        for row in rows:
            if turn < row.rounds and fits(row):
                costs[row.name].append(run(row))
                print(f"  {row.name}: {costs[row.name][-1].wall:.1f} s", file=sys.stderr)
    return {name: each for name, each in costs.items() if each}


def ordered(folder: Path, clips: list[str], keyed: list[str], rounds: int) -> Iterator[Row]:
    few, many = Order(clips[:FEW], film(folder)), Order(clips, film(folder))
    mixed = Order(keyed, film(folder), SHARED)
    yield Row("cuts, 10, ours cold", "ours", few, rounds)
    yield Row("cuts, 10, ffmpeg sound anew", "ffmpeg sound anew", few, rounds)
    yield Row("cuts, 10, moviepy", "moviepy", few, rounds)
    yield Row("cuts, 100, ours hot", "ours", heated(many, folder / "kept"), rounds)
    yield Row("cuts, 100, ffmpeg copy", "ffmpeg copy", many, rounds)
    yield Row("cuts, 100, ours cold", "ours", many, 1)
    yield Row("cuts, 100, ffmpeg sound anew", "ffmpeg sound anew", many, 1)
    yield Row("dissolves, 10, ours cold", "ours", mixed, rounds)
    yield Row("dissolves, 10, ffmpeg xfade", "ffmpeg xfade", mixed, rounds)
    yield Row("dissolves, 10, moviepy", "moviepy", mixed, 1)


def film(folder: Path) -> str:
    return str(folder / "film.mp4")


def heated(order: Order, kept: Path) -> Order:
    """Make the film without its last clip, and note what each clip is, as a build does."""
    digests = {str(place): sha256_of(Path(clip)) for place, clip in enumerate(order.clips)}
    hot = replace(order, kept=str(kept), digests=digests)
    before = {place: digest for place, digest in digests.items() if place != str(MANY - 1)}
    run(Row("", "ours", replace(hot, clips=order.clips[:-1], digests=before), 1))
    return hot


def run(row: Row) -> Cost:
    """Make a film once; what was kept before is as it was afterwards."""
    with untouched(row.order.kept) as kept:
        order = replace(row.order, kept=kept)
        cost = measured(command(row.way, order))
    if row.way == "ours":
        subprocess.run(command("check", order), check=True)
    Path(order.film).unlink()
    return cost


@contextlib.contextmanager
def untouched(kept: str | None) -> Iterator[str | None]:
    """Give a copy to work in, so that the next run knows no more than this one did."""
    if kept is None or not Path(kept).is_dir():
        yield kept
        return
    with tempfile.TemporaryDirectory(dir=Path(kept).parent) as copy:
        shutil.copytree(kept, copy, dirs_exist_ok=True)
        yield copy


def measured(arguments: list[str]) -> Cost:
    """Run a process and all it starts; its processor time counts those it has waited for."""
    begin = time.perf_counter()
    process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL)
    with watched(process.pid) as highest:
        _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, arguments)
    memory = max(usage.ru_maxrss / 1024, *highest)
    return Cost(wall, usage.ru_utime + usage.ru_stime, memory)


@contextlib.contextmanager
def watched(process: int) -> Iterator[list[float]]:
    """Look at the memory of a tree of processes until the body ends."""
    highest, over = [0.0], threading.Event()

    def look() -> None:
        while not over.wait(0.05):
            highest[0] = max(highest[0], memory_of(process))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield highest
    finally:
        over.set()
        thread.join()


def memory_of(process: int) -> float:
    """Return the megabytes that a tree has: each its own, and the largest share once."""
    own, shared = [0], [0]
    for each in tree(process):
        with contextlib.suppress(OSError):
            _, resident, together, *_ = map(int, Path(f"/proc/{each}/statm").read_text().split())
            own.append(resident - together)
            shared.append(together)
    return (sum(own) + max(shared)) * os.sysconf("SC_PAGE_SIZE") / 2**20


def tree(process: int) -> Iterator[int]:
    yield process
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from tree(int(child))


def fits(row: Row) -> bool:
    """Tell whether moviepy's readers find room; ours and ffmpeg's joins need none to speak of."""
    needed = MOVIEPY_MB * len(row.order.clips) if row.way == "moviepy" else 0
    lines = Path("/proc/meminfo").read_text().splitlines()
    free = next(int(line.split()[1]) / 1024 for line in lines if line.startswith("MemAvailable"))
    if needed > free:
        print(f"  {row.name}: left out, {needed} MB are not free", file=sys.stderr)
    return needed <= free


def compare(costs: dict[str, list[Cost]]) -> Iterator[float]:
    """Yield the figures in the order of the goals."""

    def median(name: str, of: str) -> float:
        return statistics.median(getattr(cost, of) for cost in costs[name])

    def most(*names: str) -> float:
        return max(cost.memory for name in names for cost in costs[name])

    ours = median("cuts, 10, ours cold", "wall")
    yield median("cuts, 10, moviepy", "wall") / ours
    yield ours / median("cuts, 10, ffmpeg sound anew", "wall")
    yield median("cuts, 100, ours hot", "wall") / median("cuts, 100, ffmpeg copy", "wall")
    spent = median("dissolves, 10, ours cold", "cpu")
    yield median("dissolves, 10, moviepy", "cpu") / spent
    yield median("dissolves, 10, ffmpeg xfade", "cpu") / spent
    yield most("cuts, 10, ours cold", "dissolves, 10, ours cold")
    yield most("cuts, 100, ours cold", "cuts, 100, ours hot")


def report(costs: dict[str, list[Cost]], figures: dict[str, float], met: dict[str, bool]) -> str:
    """Print every row that was measured, none extrapolated, and every goal."""
    lines = [f"{'720p24, clips of 4 s':32} {'runs':>4} {'wall s':>8} {'cpu s':>8} {'MB':>6}"]
    for name, each in costs.items():
        wall, cpu, memory = (
            statistics.median(getattr(cost, of) for cost in each)
            for of in ("wall", "cpu", "memory")
        )
        lines.append(f"{name:32} {len(each):4} {wall:8.2f} {cpu:8.2f} {memory:6.0f}")
    lines.append("")
    for name, sign, goal in GOALS:
        verdict = "held" if met[name] else "MISSED"
        lines.append(f"{name:70} {figures[name]:7.2f}  goal {sign} {goal:g}  {verdict}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
