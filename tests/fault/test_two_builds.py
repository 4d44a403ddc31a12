"""Two builds of one project, started together, spend once."""

import re

from fakes.rehearsal import SPEED, shop
from fakes.rehearsal_process import Build, wait_until
from fakes.simulator import HandClock, film_clip, simulated
from storyboard.app.clock import SystemClock
from storyboard.model.errors import ExitCode
from storyboard.simulator.faults import Endpoint

SHOTS = 3
A_MINUTE_OR_TWO = 127 / SPEED


def started_together(one, other, clock):
    """Start two builds at once; no clip is ready before all have ordered that were not refused."""
    with one.process(name="one") as first, other.process(name="other") as second:

        def all_have_ordered():
            running = first.running + second.running
            return one.seen(Endpoint.SUBMIT) >= running * SHOTS

        wait_until(all_have_ordered, first, second)
        clock.move(A_MINUTE_OR_TWO)
        return sorted((first.ended(), second.ended()), key=lambda ran: ran.code)


def test_two_builds_started_together_spend_once(tmp_path):
    """One is refused and names the other, which completes; after that a third costs nothing."""
    clock = HandClock(SystemClock().now().timestamp())
    with simulated(shop(), film_clip, clock) as simulator:
        build = Build(tmp_path, simulator, shots=SHOTS)
        done, refused = started_together(build, build, clock)
        assert (done.code, refused.code) == (ExitCode.OK, ExitCode.LOCKED)
        assert re.search(r"another build is running: storyboard build \S+ \(process ", refused.err)
        assert "ordered as" not in refused.err
        books = build.books()
        assert (books.orders, books.wrong(shots=SHOTS)) == (SHOTS, [])
        assert build.completed() == books


def test_two_builds_without_a_common_project_spend_twice(tmp_path):
    """The control: the same film in two folders, whose builds know nothing of each other."""
    clock = HandClock(SystemClock().now().timestamp())
    with simulated(shop(), film_clip, clock) as simulator:
        one, other = (Build(tmp_path / name, simulator, shots=SHOTS) for name in ("one", "other"))
        started_together(one, other, clock)
        books = one.books()
    assert (books.orders, len(books.wrong(shots=SHOTS))) == (2 * SHOTS, SHOTS + 1)
