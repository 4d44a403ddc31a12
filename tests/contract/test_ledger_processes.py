"""What the ledger and the build lock promise between real processes, and when one is killed."""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

import fakes.ledger_process as worker
from fakes.ledger_process import pid_file_lock
from storyboard.adapters.ledger import lock
from storyboard.adapters.ledger.database import SqliteLedger
from storyboard.adapters.ledger.lock import Holder, build_lock, this_process
from storyboard.model.errors import EnvironmentFault, ExitCode, Locked
from storyboard.model.job import State

NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
ROUNDS = 60


@dataclass
class Worker:
    """Another process with the same ledger, told what to do line by line."""

    process: Any

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def answer(self):
        return self.process.stdout.readline().strip()

    def word(self):
        return self.answer().split()[0]

    def ask(self, line):
        self.tell(line)
        return self.answer()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def path(tmp_path):
    return tmp_path / ".storyboard" / "ledger.db"


@pytest.fixture
def start(path):
    """Start workers; each is ended when the test is."""
    with ExitStack() as ends:

        def begin(kind="ledger", run="run"):
            process = ends.enter_context(
                subprocess.Popen(
                    [sys.executable, worker.__file__, kind, str(path), run],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            ends.callback(process.kill)
            begun = Worker(process)
            assert begun.answer() == "ready"
            return begun

        yield begin


# Two processes and one cap


def test_two_processes_cannot_overshoot_a_cap_together(start, path):
    """Each asks for a film's last ten micro-dollars at the same moment: one of them gets it."""
    first, second = start(run="run-1"), start(run="run-2")
    for film in range(ROUNDS):
        first.tell(f"reserve a{film} film-{film} 10")
        second.tell(f"reserve b{film} film-{film} 10")
        assert sorted([first.word(), second.word()]) == ["Attempt", "OverCap"]
    with SqliteLedger(path, lambda: NOW, "run") as ledger:
        assert [ledger.spent(film=f"film-{n}").counted for n in range(ROUNDS)] == [10] * ROUNDS


def test_what_was_looked_at_holds_until_it_is_written(start):
    """One process is stopped between the two: the other waits, and then sees what was written."""
    first, second = start("pauses"), start("pauses")
    assert first.ask("reserve a film 10") == "looked"
    second.tell("reserve b film 10")
    first.tell("go on")
    assert first.word() == "Attempt"
    assert second.word() == "OverCap"


def test_without_one_transaction_it_does_not(start):
    """The control: both look before either has written, and both get it."""
    first, second = start("each-for-itself"), start("each-for-itself")
    assert first.ask("reserve a film 10") == "looked"
    assert second.ask("reserve b film 10") == "looked"
    first.tell("go on")
    second.tell("go on")
    assert first.word() == second.word() == "Attempt"


def test_two_processes_cannot_hold_one_clip(start, path):
    """Both want the same clip at the same moment: one reserves it, one learns that it is held."""
    first, second = start(), start()
    for clip in range(ROUNDS // 3):
        first.tell(f"reserve k{clip} film 1000000")
        second.tell(f"reserve k{clip} film 1000000")
        assert sorted([first.word(), second.word()]) == ["Attempt", "Held"]


def test_processes_that_start_together_make_one_ledger(start, path):
    """None was there: what each of them wrote is in the one that stands."""
    workers = [
        subprocess.Popen(
            [sys.executable, worker.__file__, "ledger", str(path), "run"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for number, process in enumerate(workers):
        output, _ = process.communicate(f"reserve k{number} film 1000\n")
        assert "Attempt" in output
    with SqliteLedger(path, lambda: NOW, "run") as ledger:
        assert len(ledger.attempts()) == len(workers)


# A process that is killed


def kept_after_kills(start, path, kind):
    """Kill a process right after it said that something was written; return what was kept."""
    for number in range(4):
        process = start(kind)
        answer = process.ask(f"reserve k{number} film 1000")
        assert answer.split()[0] == "Attempt"
        if number % 2:
            assert process.ask(f"send {answer.split()[1]} p{number}") == "submitted"
        process.kill()
    with SqliteLedger(path, lambda: NOW, "run") as ledger:
        return [each.job.state for each in ledger.attempts()]


def test_what_was_written_is_there_after_a_kill(start, path):
    """An intent, a prediction: to the last one."""
    intent, submitted = State.INTENT, State.SUBMITTED
    assert kept_after_kills(start, path, "ledger") == [intent, submitted, intent, submitted]


def test_a_ledger_that_writes_later_loses_it(start, path):
    """The control: a reservation that is not committed when it is told is gone."""
    assert kept_after_kills(start, path, "commits-later") != [
        State.INTENT,
        State.SUBMITTED,
        State.INTENT,
        State.SUBMITTED,
    ]


def test_a_kill_in_the_middle_of_writing_damages_nothing(start, path):
    """At whatever moment: the ledger opens, and holds all that was told, or one more."""
    told = 0
    for pause in range(6):
        process = start()
        lines = [f"reserve k{pause}-{each} film 100000000\n" for each in range(400)]
        process.process.stdin.write("".join(lines))
        process.process.stdin.flush()
        for _ in range(1 + 7 * pause):
            assert process.word() == "Attempt"
            told += 1
        process.kill()
        told += len(process.process.stdout.read().splitlines())
        with SqliteLedger(path, lambda: NOW, "run") as ledger:
            written = len(ledger.attempts())
        assert told <= written <= told + 1
        told = written


# The build lock


@pytest.fixture
def lock_path(path):
    return path.with_name("ledger.lock")


ME = this_process("storyboard build film.yaml --yes", NOW)


def free(lock_path, take=build_lock):
    """Tell whether the lock can be had."""
    try:
        with take(lock_path, ME):
            return True
    except Locked:
        return False


def test_a_second_build_is_refused_and_told_who_holds_the_ledger(start, lock_path):
    """Command, process, machine and since when; exit code 6."""
    other = start()
    pid = other.ask("lock").split()[1]
    with pytest.raises(Locked) as refusal, build_lock(lock_path, ME):
        pass
    assert refusal.value.exit_code is ExitCode.LOCKED
    assert "storyboard build film.yaml (process " in refusal.value.message
    assert f"process {pid} on {ME.host}, since 2026-11-22T10:30:00Z" in refusal.value.message
    with build_lock(lock_path.with_name("another.lock"), ME):
        assert other.ask("lock").startswith("Locked another build is running: ")


def test_the_lock_dies_with_its_process(start, lock_path):
    """However it ends: killed without a word, or at its end."""
    killed = start()
    assert killed.ask("lock").startswith("locked")
    assert not free(lock_path)
    killed.kill()
    assert lock_path.read_text()
    assert free(lock_path)
    ended = start()
    assert ended.ask("lock").startswith("locked")
    ended.process.communicate()
    assert free(lock_path)


def test_a_lock_that_is_only_a_file_does_not(start, lock_path):
    """The control: after a kill nobody could ever build again."""
    killed = start()
    assert killed.ask("pid-file").startswith("locked")
    assert not free(lock_path, pid_file_lock)
    killed.kill()
    assert not free(lock_path, pid_file_lock)


def forked_then_killed(start, lock_path, fork):
    """Tell whether the lock is free when its process is killed and a child of it lives on."""
    parent = start()
    assert parent.ask("lock").startswith("locked")
    child = int(parent.ask(fork))
    try:
        assert not free(lock_path)
        parent.process.send_signal(signal.SIGKILL)
        parent.process.wait()
        return free(lock_path)
    finally:
        os.kill(child, signal.SIGKILL)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks a child")
def test_a_forked_child_does_not_keep_the_lock(start, lock_path):
    """Workers of a build that was killed do not stop the next one; careless ones would."""
    assert forked_then_killed(start, lock_path, "fork")
    assert not forked_then_killed(start, lock_path, "fork-keeping")


def test_the_lock_is_let_go_at_the_end(lock_path):
    """Also after an error; the file stays, and says nothing any more."""
    with build_lock(lock_path, ME):
        assert '"pid"' in lock_path.read_text()
    assert lock_path.read_text() == ""
    with pytest.raises(EnvironmentFault), build_lock(lock_path, ME):
        raise EnvironmentFault("no network")
    assert lock_path.read_text() == ""
    assert free(lock_path)


def test_one_process_cannot_build_twice_at_once(lock_path):
    """The studio's second build is refused like a second terminal's."""
    with build_lock(lock_path, ME):
        assert not free(lock_path)
    assert free(lock_path)


@pytest.mark.parametrize("text", ["", "null", "[]", '{"pid": 1}', "\xff", "{"])
def test_a_holder_that_cannot_be_read_is_still_a_holder(lock_path, text):
    """The text is for people: the lock is the system's."""
    with build_lock(lock_path, ME):
        lock_path.write_text(text, encoding="latin-1")
        with pytest.raises(Locked, match=r"^another build is running$"), build_lock(lock_path, ME):
            pass


def test_an_old_text_locks_nothing(lock_path):
    """What a killed build left behind is overwritten."""
    lock_path.parent.mkdir()
    lock_path.write_text("x" * 10_000)
    with build_lock(lock_path, ME):
        assert lock_path.read_text().endswith("}")


def test_a_full_disk_does_not_stop_the_lock(lock_path, monkeypatch):
    """It holds without its text."""

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(lock.os, "write", full)
    with build_lock(lock_path, ME):
        assert not free(lock_path)


def test_a_lock_that_cannot_be_made_is_a_fault(lock_path, monkeypatch):
    """A folder in its place, or a disk that knows no locks."""
    lock_path.mkdir(parents=True)
    with pytest.raises(EnvironmentFault, match="cannot be used"), build_lock(lock_path, ME):
        pass
    lock_path.rmdir()

    def no_locks(*_):
        raise OSError(37, "No locks available")

    monkeypatch.setattr(lock, "_try_lock", no_locks)
    with pytest.raises(EnvironmentFault, match="no locks available"), build_lock(lock_path, ME):
        pass


def test_a_holder_says_when_in_utc():
    """Whatever the clock's own zone."""
    holder = this_process("storyboard", NOW.astimezone(timezone(timedelta(hours=9))))
    assert holder == Holder(os.getpid(), ME.host, "storyboard", "2026-11-22T10:30:00Z")
    assert Path(f"/proc/{holder.pid}").exists() or not Path("/proc").exists()
