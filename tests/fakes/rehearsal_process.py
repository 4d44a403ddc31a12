"""The real build in real processes, which are killed, or sent signals, and run again.

build = Build(tmp_path, simulator, shots=6)
assert build.killed(lambda: build.seen(Endpoint.SUBMIT) >= 2) == 2  # orders without an answer
assert build.completed().wrong(shots=6) == []
"""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final

from fakes.command import Ran
from fakes.rehearsal import Books, attempts, environment, read_books, state_folder, write_film
from fakes.simulator import RunningSimulator
from storyboard.model.errors import ExitCode
from storyboard.model.job import State

__all__ = ["GO_ON", "SETTLED", "Build", "Process", "started", "wait_until"]

GO_ON: Final = frozenset({ExitCode.SHOTS_FAILED, ExitCode.ENVIRONMENT})
"""How a run may end after which the same command goes on."""
SETTLED: Final = frozenset(
    {State.OWNED, State.FAILED, State.REFUNDED, State.REFUSED, State.WITHDRAWN}
)
"""How an order may stand for which there is nothing left to do."""

_UNANSWERED: Final = frozenset({State.INTENT, State.UNKNOWN})
_OUT: Final = "out.txt"
_ERR: Final = "err.txt"
_MOST_RUNS: Final = 10
_PATIENCE: Final = 120.0
_A_WHILE: Final = 0.002
"""Seconds between two looks at whether a moment has come."""


class Process:
    """A command in a process group of its own, which writes into `folder`."""

    def __init__(self, words: list[str], folder: Path, variables: Mapping[str, str]) -> None:
        self._out, self._err = folder / _OUT, folder / _ERR
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self._process = subprocess.Popen(
                words,
                cwd=folder,
                env=dict(variables),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def said(self) -> str:
        """Return what it has said on stderr so far."""
        return self._err.read_text("utf-8", "replace")

    def send(self, number: int) -> None:
        """Send a signal to the process and all it has started; nothing if it has ended."""
        if self.running:
            os.killpg(self._process.pid, number)

    def kill(self) -> int:
        """End it as a power cut would, and return its exit code."""
        self.send(signal.SIGKILL)
        return self._process.wait(_PATIENCE)

    def ended(self) -> Ran:
        """Wait until it has ended by itself."""
        code = self._process.wait(_PATIENCE)
        return Ran(code, self._out.read_text("utf-8", "replace"), self.said())


@contextmanager
def started(
    *words: object, home: Path, measured: bool = True, **variables: str
) -> Iterator[Process]:
    """Start `storyboard` with these words; what still runs at the end is killed.

    A process that is to be killed need not be `measured`: its coverage would be lost with it.
    """
    home.mkdir(parents=True, exist_ok=True)
    kept = ["PATH", *(("COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START") if measured else ())]
    environ = {name: value for name in kept if (value := os.environ.get(name))}  # noqa: TID251
    own = {"HOME": str(home), "STORYBOARD_CACHE": str(home / "cache"), "LANG": "C.UTF-8"}
    command = [sys.executable, "-m", "storyboard", *map(str, words)]
    process = Process(command, home, {**environ, **own, **variables})
    try:
        yield process
    finally:
        if process.running:
            process.kill()


def wait_until(moment: Callable[[], object], *processes: Process) -> None:
    """Wait for a moment, or for the processes to end before it."""
    while any(each.running for each in processes) and not moment():
        time.sleep(_A_WHILE)  # noqa: TID251  # another process's time is real


class Build:
    """A film in a folder of its own, which is built by one process after another."""

    def __init__(
        self, folder: Path, simulator: RunningSimulator, *, shots: int = 6, level: str = "ultra"
    ) -> None:
        self.film = write_film(folder / "film", shots=shots, level=level)
        self._home = folder / "home"
        self._simulator = simulator

    @property
    def folder(self) -> Path:
        """Where its ledger and its clips are."""
        return state_folder(self.film, self._simulator.base_url)

    def process(self, *words: str, name: str = "home") -> AbstractContextManager[Process]:
        """Start the build, or another command, on the film.

        Processes that run side by side need homes of different names.
        """
        variables = environment(self._simulator.base_url)
        home = self._home.with_name(name)
        command, *options = words or ("build", "--yes")
        return started(command, self.film, *options, home=home, measured=False, **variables)

    def killed(self, moment: Callable[[], object]) -> int:
        """Start it and kill it when the moment has come; return how many orders it left open."""
        with self.process() as process:
            wait_until(moment, process)
            process.kill()
        return sum(count for state, count in self.states().items() if state in _UNANSWERED)

    def stopped(
        self,
        moment: Callable[[], object],
        *signals: int,
        then: Callable[[], object] = lambda: None,
    ) -> Ran:
        """Start it and send it signals from that moment on, each when it has heard the last.

        `then` is called when it has heard the first, before its end is awaited.
        """
        with self.process() as process:
            wait_until(moment, process)
            for number in signals:
                process.send(number)
                wait_until(lambda: "stopping: " in process.said(), process)
            then()
            return process.ended()

    def completed(self) -> Books:
        """Run it until it ends well; return its books."""
        codes: list[int] = []
        while len(codes) < _MOST_RUNS and GO_ON.issuperset(codes):
            with self.process() as process:
                ran = process.ended()
            codes.append(ran.code)
            if ran.code == ExitCode.OK:
                return self.books()
        message = f"it ended with {codes}"
        raise AssertionError(message)

    def books(self) -> Books:
        return read_books(self._simulator.report())

    def states(self) -> Counter[State]:
        """Count its orders by how they stand in its ledger."""
        found = attempts(self.film, self._simulator.base_url)
        return Counter(each.job.state for each in found)

    def ordered(self) -> int:
        """Count the orders that its last process has said were taken."""
        return (self._home / _ERR).read_text("utf-8", "replace").count(": ordered as ")

    def seen(self, endpoint: str | None = None) -> int:
        """Count the requests that have come to the provider."""
        every = tuple(self._simulator.provider.seen)
        return sum(endpoint in (None, each.endpoint) for each in every)
