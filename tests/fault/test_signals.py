"""Ctrl-C and SIGTERM of the real process: once orders nothing more, twice leaves at once."""

import signal

import pytest

from fakes.rehearsal import SPEED, shop
from fakes.rehearsal_process import Build
from fakes.simulator import HandClock, film_clip, simulated
from storyboard.app.clock import SystemClock
from storyboard.model.errors import ExitCode
from storyboard.model.job import State
from storyboard.simulator.faults import Endpoint, read_faults
from storyboard.simulator.settings import Durations

STOPS = pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
SHOTS = 6
AT_ONCE = 3
A_MINUTE_OR_TWO = 127 / SPEED
LONGER_THAN_A_TEST = Durations(hang=1e6)


@pytest.fixture
def clock():
    """Stands still: no clip is ever ready before the test lets time go on."""
    return HandClock(SystemClock().now().timestamp())


@STOPS
def test_a_first_signal_orders_nothing_more_and_sees_through_what_is_ordered(tmp_path, clock, stop):
    """An account may have three made at once: they are kept, and a fourth is never ordered."""
    with simulated(shop(), film_clip, clock) as simulator:
        build = Build(tmp_path, simulator, shots=SHOTS, level="bronze")
        ran = build.stopped(
            lambda: build.ordered() == AT_ONCE,
            stop,
            then=lambda: clock.move(A_MINUTE_OR_TWO),
        )
        assert ran.code == ExitCode.INTERRUPTED
        assert "the same command goes on from there" in ran.err
        assert build.states() == {State.OWNED: AT_ONCE}
        assert build.books().orders == AT_ONCE


def test_after_a_signal_the_same_command_completes(tmp_path):
    """What was kept is not bought again."""
    with simulated(shop(), film_clip) as simulator:
        build = Build(tmp_path, simulator, shots=SHOTS, level="bronze")
        ran = build.stopped(lambda: build.seen(Endpoint.SUBMIT) > 0, signal.SIGINT)
        assert ran.code == ExitCode.INTERRUPTED
        books = build.completed()
    assert (books.orders, books.wrong(shots=SHOTS)) == (SHOTS, [])


@STOPS
def test_a_second_signal_leaves_orders_that_are_being_made(tmp_path, clock, stop):
    """It waits for none of them; the next run fetches them, and orders none again."""
    with simulated(shop(), film_clip, clock) as simulator:
        build = Build(tmp_path, simulator, shots=SHOTS)
        ran = build.stopped(lambda: build.ordered() == SHOTS, stop, stop)
        assert ran.code == ExitCode.INTERRUPTED
        assert build.states() == {State.SUBMITTED: SHOTS}
        clock.move(A_MINUTE_OR_TWO)
        books = build.completed()
    assert (books.orders, books.wrong(shots=SHOTS)) == (SHOTS, [])


@STOPS
def test_a_second_signal_leaves_orders_that_are_not_answered(tmp_path, stop):
    """They are found in history by the next run, and none is ordered again."""
    settings = shop(durations=LONGER_THAN_A_TEST, faults=read_faults(["submit=hang+done"] * SHOTS))
    with simulated(settings, film_clip) as simulator:
        build = Build(tmp_path, simulator, shots=SHOTS)
        ran = build.stopped(lambda: build.seen(Endpoint.SUBMIT) == SHOTS, stop, stop)
        assert ran.code == ExitCode.INTERRUPTED
        assert build.states() == {State.INTENT: SHOTS}
        books = build.completed()
    assert (books.orders, books.wrong(shots=SHOTS)) == (SHOTS, [])
