"""Two people buy on two branches: git merges their locks, or says plainly that it cannot."""

import json
import subprocess
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from fakes.repository import Repository
from storyboard.app.resources import resource
from storyboard.compiler.lock import read_lock, write_lock
from storyboard.model.diagnostic import Code
from storyboard.model.lock import Lock, Slate, Take
from storyboard.model.money import MicroUsd, Millis
from storyboard.model.request import ClipKey
from storyboard.model.source import Source

AT = datetime(2026, 11, 22, tzinfo=UTC)
SHOTS = ("chase", "hug", "pounce", "stalk", "yawn")


def take(number, name):
    key = ClipKey((f"{number}{name}".encode().hex() * 16)[:64])
    return Take(number, key, key[::-1], "a/model", Millis(8000), MicroUsd(800_000), AT)


def bought(lock, shot):
    """Return a lock with one more take of a shot, the next number its own."""
    slates = {slate.shot: slate for slate in lock.slates}
    before = slates.get(shot) or Slate(shot, ())
    slates[shot] = replace(before, takes=(*before.takes, take(len(before.takes) + 1, shot)))
    return Lock(tuple(slates[name] for name in sorted(slates)))


def circled(lock, shot, number):
    slates = [
        replace(slate, circled=number, circled_for=slate.takes[0].key)
        if slate.shot == shot
        else slate
        for slate in lock.slates
    ]
    return Lock(tuple(slates))


@pytest.fixture
def base():
    lock = Lock()
    for shot in SHOTS:
        lock = bought(lock, shot)
    return lock


def merged(tmp_path, base, ours, theirs):
    """Commit a lock, change it on two branches, and merge them; return whether git could."""
    repository = Repository(tmp_path / "film")
    path = repository.write("film.lock.yaml", write_lock(base))
    repository.commit("bought")
    repository.git("branch", "theirs")
    repository.write("film.lock.yaml", write_lock(ours))
    repository.commit("ours")
    repository.git("checkout", "--quiet", "theirs")
    repository.write("film.lock.yaml", write_lock(theirs))
    repository.commit("theirs")
    try:
        repository.git("merge", "--quiet", "--no-edit", "main")
    except subprocess.CalledProcessError:
        return False, path
    return True, path


def read(path):
    schema = json.loads(resource("schemas", "lock.schema.json"))
    return read_lock(Source("film.lock.yaml", path.read_text("utf-8")), schema)


def test_takes_of_different_shots_merge_by_themselves(tmp_path, base):
    """Neither side has to know of the other, and both clips are known afterwards."""
    done, path = merged(tmp_path, base, bought(base, "chase"), bought(base, "stalk"))
    assert done
    assert read(path).value == bought(bought(base, "chase"), "stalk")


def test_a_circle_and_a_take_of_other_shots_merge_by_themselves(tmp_path, base):
    """Choosing on one side does not hold up buying on the other."""
    done, path = merged(tmp_path, base, circled(base, "hug", 1), bought(base, "yawn"))
    assert done
    assert read(path).value == circled(bought(base, "yawn"), "hug", 1)


def test_shots_bought_first_on_either_side_merge_by_themselves(tmp_path, base):
    """A shot that is new on one side, and another on the other, stand apart in the file."""
    done, path = merged(tmp_path, base, bought(base, "aside"), bought(base, "rain"))
    assert done
    assert read(path).value == bought(bought(base, "aside"), "rain")


def test_two_takes_of_one_shot_are_left_to_a_person(tmp_path, base):
    """Both have the same number: git stops, and the file is a finding until it is settled."""
    theirs = bought(base, "hug")
    last = theirs.slates[1].takes[-1]
    other = replace(last, key=ClipKey("e" * 64), sha256="f" * 64)
    slate = replace(theirs.slates[1], takes=(*theirs.slates[1].takes[:-1], other))
    ours = Lock((theirs.slates[0], slate, *theirs.slates[2:]))
    done, path = merged(tmp_path, base, ours, theirs)
    assert not done
    (finding,) = read(path).diagnostics
    assert (finding.code, finding.message) == (Code.BAD_LOCK, "git left this file unmerged")
