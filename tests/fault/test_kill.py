"""Kill -9 of the real process: whenever it comes, the same command goes on and pays once.

Between a kill and the next run there is nothing but what is on the disk and what the provider
knows. `--soak` kills a hundred builds in place of a sample.
"""

import random  # noqa: TID251  # from a seed alone
import shutil
import time

import pytest

from fakes.rehearsal import SPEED, add_books, shop
from fakes.rehearsal_process import SETTLED, Build
from fakes.simulator import film_clip, simulated
from storyboard.model.errors import ExitCode
from storyboard.model.job import State
from storyboard.simulator.faults import Endpoint, read_faults
from storyboard.simulator.settings import Durations

SHOTS = 6
REQUESTS = 40
"""About as many as a build of so many shots makes."""

LOST = {"faults": read_faults(["submit=reset+done", "submit=503", "submit=hang-up+done"])}
"""Of the first three answers none comes, and two of their orders were taken."""


def late(shots):
    """Let orders be taken at once, and answered so late that a kill surely comes in between."""
    return {
        "durations": Durations(slow=1.0 * SPEED),
        "faults": read_faults(["submit=slow+done"] * shots),
    }


def pytest_generate_tests(metafunc):
    if "seeds" in metafunc.fixturenames:
        size, number = (10, 10) if metafunc.config.getoption("soak") else (4, 2)
        batches = [range(size * batch, size * (batch + 1)) for batch in range(number)]
        metafunc.parametrize("seeds", batches, ids=name_of)


def name_of(seeds):
    return f"{seeds[0]:02}-{seeds[-1]:02}"


def moment_of(seed, build, length):
    """Choose when to kill: between an order and its answer, at a request, or at any time."""
    drawn = random.Random(seed)
    begun = time.monotonic()
    if seed % 3 == 0:
        orders = drawn.randint(1, SHOTS)
        return lambda: build.seen(Endpoint.SUBMIT) >= orders
    if seed % 3 == 1:
        requests = drawn.randint(1, REQUESTS)
        return lambda: build.seen() >= requests
    after = drawn.random() * length
    return lambda: time.monotonic() - begun >= after


@pytest.fixture(scope="module")
def length(tmp_path_factory):
    """Measure how many seconds a build takes here that nothing disturbs."""
    with simulated(shop(), film_clip) as simulator:
        build = Build(tmp_path_factory.mktemp("undisturbed"), simulator, shots=SHOTS)
        begun = time.monotonic()
        assert build.completed().wrong(shots=SHOTS) == []
        return time.monotonic() - begun


def test_a_kill_at_any_moment_loses_nothing_and_pays_nothing_twice(
    seeds, tmp_path, length, record_property
):
    """Each shot is charged once, beside refunded failures, and no order is left for a person."""
    left, every = [], []
    for seed in seeds:
        weather = {"weather": "breezy" if seed % 2 else "calm", "seed": seed}
        settings = shop(**weather, **(LOST if seed % 3 else late(SHOTS)))
        with simulated(settings, film_clip) as simulator:
            build = Build(tmp_path / str(seed), simulator, shots=SHOTS)
            left.append(build.killed(moment_of(seed, build, length)))
            books = build.completed()
            every.append(books)
            assert books.wrong(shots=SHOTS) == [], f"seed {seed}"
            assert build.states().keys() <= SETTLED, f"seed {seed}"
    unanswered = f"{sum(map(bool, left))} of {len(left)} left {sum(left)} orders without an answer"
    record_property("sums", f"kills {name_of(seeds)}: {unanswered}; {add_books(every)}")
    assert any(left), "no kill came between an order and its answer"


def test_without_its_ledger_a_killed_build_pays_twice(tmp_path):
    """The control: forget what was written down before the kill, and the books say so."""
    with simulated(shop(**late(2)), film_clip) as simulator:
        build = Build(tmp_path, simulator, shots=2)
        assert build.killed(lambda: build.seen(Endpoint.SUBMIT) >= 2) == 2
        shutil.rmtree(build.folder)
        books = build.completed()
    assert (books.charged, books.worth) == (400_000, 200_000)
    assert len(books.wrong(shots=2)) == 3


def test_where_history_hides_inputs_unanswered_orders_wait_for_a_person(tmp_path):
    """Nothing can tell whose they are, so none is sent again; `status` says what to do."""
    with simulated(shop(history_inputs=False, **late(2)), film_clip) as simulator:
        build = Build(tmp_path, simulator, shots=2)
        assert build.killed(lambda: build.seen(Endpoint.SUBMIT) >= 2) == 2
        for _ in range(2):
            with build.process() as process:
                assert process.ended().code == ExitCode.SHOTS_FAILED
            assert build.states() == {State.UNKNOWN: 2}
        assert build.books().orders == 2
        with build.process("status") as process:
            told = process.ended()
    assert told.code == ExitCode.SHOTS_FAILED
    assert told.out.count("storyboard adopt") == 2


# Clips that are being stored -------------------------------------------------------------------


def large_clip(inputs, width, height, seconds, path):
    """Write a clip that takes a while to fetch: a real one, and much that no player looks at."""
    film_clip(inputs, width, height, seconds, path)
    with open(path, "ab") as clip:
        size = 96 << 20
        clip.write((8 + size).to_bytes(4) + b"free")
        clip.truncate(clip.tell() + size)


def test_half_a_clip_is_never_taken_for_one(tmp_path):
    """A kill while a clip is being fetched leaves part of it, and the whole is fetched again."""
    with simulated(shop(), large_clip) as simulator:
        build = Build(tmp_path, simulator, shots=1)

        def parts():
            return [each for each in build.folder.glob("clips/.*.part*") if each.stat().st_size]

        build.killed(parts)
        (part,) = parts()
        half = part.stat().st_size
        assert build.states() == {State.READY: 1}
        assert build.completed().wrong(shots=1) == []
        (clip,) = build.folder.glob("clips/??/*.mp4")
        assert clip.stat().st_size > half
        assert not part.exists(), "what was half fetched is swept away"
