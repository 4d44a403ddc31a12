"""`storyboard diff` of 1,000 shots against the commit before, as a whole process.

Run as `python bench/diff.py [--json] [--runs N]`. The film is that of bench/start.py, in a git
repository of two commits between which five shots were edited. Each round runs every command once,
in turn, so that a slow moment of the machine meets them all; PyYAML reading both versions is what
they are held against. The exit code is 1 when a goal is missed.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from start import Command, film, seconds, stage

GOAL = 1.5
"""Seconds that a cold diff may take."""
EDITED = (7, 250, 500, 501, 999)


def versions(folder: Path) -> None:
    """Commit the film, edit five of its shots, and commit it again."""
    stage(folder)
    git(folder, "init", "--quiet")
    (folder / "large.yaml").write_text(film(1000))
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "before")
    text = film(1000)
    for number in EDITED:
        text = text.replace(f"takes step {number} along", f"jumps over {number} along")
    (folder / "large.yaml").write_text(text)
    git(folder, "commit", "--quiet", "--all", "--message", "after")


def git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=bench", "-c", "user.email=bench@example.org")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


def commands(folder: Path) -> list[Command]:
    storyboard = str(Path(sys.executable).with_name("storyboard"))
    large = str(folder / "large.yaml")
    read = f"import yaml; text = open({large!r}).read(); [yaml.safe_load(text) for _ in range(2)]"
    diff = [storyboard, "diff", large, "--against", "HEAD~1"]
    return [
        Command("diff, cold", diff, cold=True),
        Command("diff, warm", diff),
        Command("yaml.safe_load, both versions", [sys.executable, "-c", read]),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    taken: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "project"
        versions(folder)
        for number in range(options.runs + 1):
            for command in commands(folder):
                took = seconds(command, folder, number)
                if number:  # the first round is not counted
                    taken.setdefault(command.name, []).append(took)
    medians = {name: statistics.median(times) for name, times in taken.items()}
    over = medians["diff, cold"] / medians["yaml.safe_load, both versions"]
    ok = medians["diff, cold"] <= GOAL
    if options.json:
        print(json.dumps({"medians_s": medians, "over_yaml": over, "goal_s": GOAL, "ok": ok}))
        return 0 if ok else 1
    for name, median in medians.items():
        print(f"{name:30} {median * 1000:8.1f} ms")
    mark = "ok    " if ok else "MISSED"
    print(
        f"\n{mark} diff, cold: {medians['diff, cold']:.2f} s (goal {GOAL} s), {over:.2f} x PyYAML"
    )
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
