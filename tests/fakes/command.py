"""Runs the command as a user does: the installed program, in a process of its own."""

import contextlib
import io
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from storyboard.cli.main import main

__all__ = ["Ran", "answer", "interrupted", "storyboard"]


_KEPT = ("PATH", "COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START")


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command came to."""

    code: int
    out: str
    err: str


def storyboard(*words: object, cwd: Path, home: Path, **environment: str) -> Ran:
    """Run `storyboard` with a home of its own and no key unless one is given."""
    program = Path(sys.executable).with_name("storyboard")
    done = subprocess.run(
        [program, *map(str, words)],
        cwd=cwd,
        env=_environment(home, environment),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def _environment(home: Path, more: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name in _KEPT if (value := os.environ.get(name))}  # noqa: TID251
    own = {"HOME": str(home), "STORYBOARD_CACHE": str(home / "cache"), "LANG": "C.UTF-8"}
    return {**kept, **own, **more}


def answer(*words: object) -> Ran:
    """Run the command in this process, where the test stands: far quicker than a process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main([str(word) for word in words])
        except SystemExit as end:
            return Ran(int(end.code or 0), out.getvalue(), err.getvalue())


def interrupted(*words: object, cwd: Path, home: Path, once: str) -> Ran:
    """Run `storyboard` and press Ctrl-C as soon as it says `once` on stderr."""
    program = Path(sys.executable).with_name("storyboard")
    with subprocess.Popen(
        [program, *map(str, words)],
        cwd=cwd,
        env=_environment(home, {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        said = ""
        while once not in said and (line := process.stderr.readline() if process.stderr else ""):
            said += line
        process.send_signal(signal.SIGINT)
        out, rest = process.communicate(timeout=300)
    return Ran(process.returncode, out, said + rest)
