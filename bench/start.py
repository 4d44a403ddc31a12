"""Start-up and checking as whole processes, beside a bare interpreter in the same run.

Run as `python bench/start.py [--json] [--runs N]`. Every round runs each command once, in turn, so
that a slow moment of the machine meets them all; medians and their ratios are printed. The exit
code is 1 when a goal is missed.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

GOALS = {
    "--help": ("bare", 6.0),
    "check, 50 shots, warm": ("bare", 12.0),
    "check, 50 shots, cold": ("bare", 28.0),
    "check, 1,000 shots, cold": ("yaml.safe_load, 1,000 shots", 0.5),
    "check, 1,000 shots, warm": ("yaml.safe_load, 1,000 shots", 0.1),
}
_MOVES = ("push-in", "pull-out", "pan-left", "static", "truck-right", "tilt-up")


@dataclass(frozen=True)
class Command:
    """A process to time; `cold` gives it an empty cache each time."""

    name: str
    arguments: list[str]
    cold: bool = False


def film(shots: int) -> str:
    """Write a film of so many shots, twelve fields each."""
    lines = [
        "storyboard: 1",
        f"title: A film of {shots} shots",
        'format: {aspect: "16:9", resolution: 720p, fps: 24}',
        "model: bytedance/seedance-2.0/image-to-video",
        "look: warm tungsten, 35 mm, shallow depth of field",
        "characters:",
        "  mia: {description: a grey tabby kitten with a white chin, voice: high and playful}",
        "  ada: {description: an old lady in a green shawl, voice: low and kind}",
        "locations:",
        "  parlour: {description: a candle-lit Victorian parlour, ambience: a clock ticks}",
        "scenes:",
    ]
    for index in range(shots):
        if index % 25 == 0:
            lines += [
                f"  - id: scene-{index // 25}",
                "    heading: INT. PARLOUR - NIGHT",
                "    location: parlour",
                "    shots:",
            ]
        lines += [
            f"      - id: shot-{index}",
            f"        image: stills/{index % 4}.png",
            f"        action: The kitten takes step {index} along the shelf and looks back.",
            "        sound: {ambience: the clock, effects: [soft pats of paws, a purr]}",
            "        dialogue:",
            f'          - {{character: {"mia" if index % 2 else "ada"}, line: "Number {index}."}}',
            f"        camera: {{size: cu, angle: low, move: {_MOVES[index % 6]}, lens: 35}}",
            "        lighting: practical",
            "        mood: expectant",
            "        duration: 6s",
            "        tags: [draft]",
            f"        notes: shot {index} of the long run",
        ]
    return "\n".join(lines) + "\n"


def commands(folder: Path) -> list[Command]:
    """List what is timed; the 1,000-shot film is also read by plain PyYAML."""
    storyboard = str(Path(sys.executable).with_name("storyboard"))
    small, large = str(folder / "small.yaml"), str(folder / "large.yaml")
    read = f"import yaml; yaml.safe_load(open({large!r}, encoding='utf-8'))"
    return [
        Command("bare", [sys.executable, "-c", "pass"]),
        Command("--help", [storyboard, "--help"]),
        Command("check, 50 shots, warm", [storyboard, "check", small]),
        Command("check, 50 shots, cold", [storyboard, "check", small], cold=True),
        Command("check, 1,000 shots, warm", [storyboard, "check", large]),
        Command("check, 1,000 shots, cold", [storyboard, "check", large], cold=True),
        Command("yaml.safe_load, 1,000 shots", [sys.executable, "-c", read]),
    ]


def stage(folder: Path) -> None:
    """Lay out the films and the stills they name."""
    (folder / "stills").mkdir(parents=True)
    for index in range(4):
        Image.effect_noise((1280, 720), 20 + index).save(folder / "stills" / f"{index}.png")
    (folder / "small.yaml").write_text(film(50))
    (folder / "large.yaml").write_text(film(1000))


def seconds(command: Command, folder: Path, number: int) -> float:
    """Run a command once and return how long its process took."""
    # Outside the project: a cache that lies in one is not used.
    cache = folder.parent / "caches" / (f"cold-{number}" if command.cold else "warm")
    environment = {
        key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"
    }
    environment |= {"STORYBOARD_CACHE": str(cache), "NO_COLOR": "1"}
    begin = time.perf_counter()
    done = subprocess.run(
        command.arguments, env=environment, cwd=folder, capture_output=True, check=False
    )
    took = time.perf_counter() - begin
    if done.returncode != 0:
        sys.exit(f"{command.name} failed:\n{done.stdout.decode()}\n{done.stderr.decode()}")
    return took


def measure(folder: Path, runs: int) -> dict[str, float]:
    """Return each command's median in seconds, after one round that is not counted."""
    listed = commands(folder)
    taken: dict[str, list[float]] = {command.name: [] for command in listed}
    for number in range(runs + 1):
        for command in listed:
            took = seconds(command, folder, number)
            if number:
                taken[command.name].append(took)
    return {name: statistics.median(times) for name, times in taken.items()}


def report(medians: dict[str, float]) -> list[dict[str, object]]:
    """Set each goal beside its figure."""
    rows = []
    for name, (peer, most) in GOALS.items():
        ratio = medians[name] / medians[peer]
        rows.append({"what": name, "over": peer, "ratio": ratio, "goal": most, "ok": ratio <= most})
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--runs", type=int, default=9)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "project"
        stage(folder)
        medians = measure(folder, options.runs)
    rows = report(medians)
    if options.json:
        print(json.dumps({"medians_s": medians, "goals": rows}, indent=1))
        return 0 if all(row["ok"] for row in rows) else 1
    for name, median in medians.items():
        print(f"{name:28} {median * 1000:8.1f} ms")
    print()
    for row in rows:
        mark = "ok    " if row["ok"] else "MISSED"
        print(f"{mark} {row['what']:26} {row['ratio']:6.2f} x {row['over']} (goal {row['goal']})")
    return 0 if all(row["ok"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
