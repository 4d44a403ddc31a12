"""`storyboard clean` deletes what costs nothing to make again, and only that."""

import pytest

from fakes.command import answer
from fakes.rehearsal import write_film
from storyboard.adapters.ledger.lock import Holder, build_lock
from storyboard.model.errors import ExitCode

BUILDER = Holder(1, "here", "storyboard build film.yaml", "2026-11-22T12:00:00Z")
FREE = (
    "animatic/ab/clip.mp4",
    "conformed/ab/clip.1280x720-24.mp4",
    "conformed/ab/clip.1280x720-24.mp4.mark",
    "cuts/cut.json",
    "rehearsals/127.0.0.1-8000/ledger.db",
    "rehearsals/127.0.0.1-8000/clips/ab/clip.mp4",
    "rehearsals/127.0.0.1-8000/conformed/ab/clip.mp4",
)
PRECIOUS = (
    "clips/ab/clip.mp4",
    "clips/orders/ab/key.json",
    "clips/measures/ab/clip.json",
    "frames/frame.png",
    "ledger.db",
    "ledger.db-wal",
)


@pytest.fixture
def film(tmp_path):
    return write_film(tmp_path / "film", shots=1)


@pytest.fixture
def state(film):
    """The project's own folder, with a file of everything that there may be."""
    folder = film.parent / ".storyboard"
    for name in (*FREE, *PRECIOUS):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return folder


def files(folder):
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def test_what_is_free_goes_and_what_was_paid_for_stays(film, state):
    """Conformed clips are copies, and a rehearsal is all pretence; clips and ledger are neither."""
    source = files(film.parent).keys() - {f".storyboard/{name}" for name in (*FREE, *PRECIOUS)}
    assert answer("clean", film).code == ExitCode.OK
    assert files(state) == {name: name.encode() for name in PRECIOUS}
    assert source <= files(film.parent).keys()


def test_cleaning_twice(film, state):
    """There is nothing left to do."""
    answer("clean", film)
    ran = answer("clean", film)
    assert ran.code == ExitCode.OK
    assert "freed 0.0 MB" in ran.err


@pytest.mark.parametrize("folder", ["", "rehearsals/127.0.0.1-8000"])
def test_nothing_is_taken_from_a_build_that_is_running(film, state, folder):
    """It is named, and nothing is deleted; when it has ended, everything is as ever."""
    before = files(state)
    lock = state / folder / "build.lock"
    with build_lock(lock, BUILDER):
        ran = answer("clean", film)
        assert ran.code == ExitCode.LOCKED
        assert "another build is running: storyboard build film.yaml" in ran.err
        assert before.items() <= files(state).items()
    assert answer("clean", film).code == ExitCode.OK
    assert files(state).keys() - {"build.lock"} == {*PRECIOUS}


@pytest.mark.parametrize("place", ["rehearsals", "conformed", "rehearsals/127.0.0.1-8000"])
def test_nothing_is_deleted_through_a_link(film, state, place):
    """Wherever in the project it leads, such as to what was bought."""
    link = state / place
    link.rename(state / "aside")
    link.symlink_to(state / "clips")
    answer("clean", film)
    assert {name: name.encode() for name in PRECIOUS}.items() <= files(state).items()


def test_nothing_outside_the_project_is_deleted(film, state, tmp_path):
    """A stranger's project may hold a link that leads out of it."""
    outside = tmp_path / "outside"
    (state / "rehearsals").rename(outside)
    (state / "rehearsals").symlink_to(outside)
    before = files(outside)
    assert answer("clean", film).code == ExitCode.ENVIRONMENT
    assert files(outside) == before
