"""A film that was bought on one machine, on another: the lock file is all that git brings.

Real HTTP, real ledgers; the clips are tiny, for only what is known and what is spent count here.
"""

import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest
import yaml

from fakes.command import answer
from fakes.rehearsal import environment, shop, state_folder, write_film
from fakes.simulator import film_clip, simulated
from storyboard.adapters.clips import FolderClips
from storyboard.model.errors import EnvironmentFault, ExitCode

SHOTS = 3
PRICE = "0.10"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def simulator():
    with simulated(shop(), film_clip) as running:
        yield running


class Clone:
    """A folder with a film, as a person works in it."""

    def __init__(self, film, base_url, monkeypatch):
        self.film, self.base_url, self._monkeypatch = film, base_url, monkeypatch

    @property
    def state(self):
        return state_folder(self.film, self.base_url)

    @property
    def lock(self):
        (found,) = (self.state / "locks").iterdir()
        return found

    def run(self, *words, key=True):
        for name, value in environment(self.base_url).items():
            self._monkeypatch.setenv(name, value)
        if not key:
            self._monkeypatch.delenv("WAVESPEED_API_KEY")
        self._monkeypatch.setenv("STORYBOARD_CACHE", str(self.film.parent.parent / "cache"))
        self._monkeypatch.chdir(self.film.parent)
        return answer(*words)

    def plan(self):
        return json.loads(self.run("plan", "film.yaml", "--json").out)

    def steps(self):
        return [shot["step"] for shot in self.plan()["shots"]]

    def clone(self, folder, *kept):
        """Copy the sources and the lock, and of the rest only what is named."""
        film = folder / self.film.name
        shutil.copytree(
            self.film.parent, folder, ignore=shutil.ignore_patterns(".storyboard", "build")
        )
        other = Clone(film, self.base_url, self._monkeypatch)
        for name in ("locks", *kept):
            shutil.copytree(self.state / name, other.state / name)
        return other

    def edit_lock(self, change):
        text = self.lock.read_text("utf-8")
        self.lock.write_text(change(text), "utf-8")


@pytest.fixture(scope="module")
def origin_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("origin")


@pytest.fixture(scope="module")
def bought(simulator, origin_folder):
    """The film, bought once for all of these tests, which only clone it."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        film = write_film(origin_folder / "project", shots=SHOTS)
        origin = Clone(film, simulator.base_url, monkeypatch)
        done = origin.run("build", "film.yaml", "--yes")
        assert done.code == ExitCode.OK, done.err
    return film


@pytest.fixture
def origin(bought, simulator, monkeypatch):
    return Clone(bought, simulator.base_url, monkeypatch)


def orders(simulator):
    return len(simulator.report()["predictions"])


def test_the_lock_says_all_that_was_bought(origin, simulator):
    """Each shot has its take: key, clip, model asked and seen, length, price, order and time."""
    known = {each["id"]: each for each in simulator.report()["predictions"]}
    document = yaml.safe_load(origin.lock.read_text("utf-8"))
    planned = {shot["id"]: shot for shot in origin.plan()["shots"]}
    assert sorted(document["shots"]) == [f"s{number}" for number in range(SHOTS)]
    for shot, slate in document["shots"].items():
        (take,) = slate["takes"]
        assert take["key"] == planned[shot]["key"]
        assert (take["take"], take["price_usd"], take["seconds"]) == (1, PRICE, 1)
        assert take["model"] == take["seen"] == known[take["prediction"]]["model"]
        clip = origin.state / "clips" / take["clip"][:2] / f"{take['clip']}.mp4"
        assert clip.is_file()


def test_a_build_with_nothing_to_do_leaves_the_lock_alone(origin):
    """It is not even written with the same bytes."""
    before = origin.lock.stat()
    assert origin.run("build", "film.yaml").code == ExitCode.OK
    assert origin.lock.stat() == before


def test_the_lock_and_the_clips_are_enough(origin, simulator, tmp_path):
    """No ledger, no records of orders, no key: the film is cut, and nothing is ordered."""
    clone = origin.clone(tmp_path / "clone", "clips")
    shutil.rmtree(clone.state / "clips" / "orders")
    before = orders(simulator)
    assert clone.steps() == ["reuse"] * SHOTS
    built = clone.run("build", "film.yaml", key=False)
    assert (built.code, built.out) == (ExitCode.OK, "build/film.mp4\n"), built.err
    assert orders(simulator) == before
    assert clone.plan()["totals"]["spent_usd"] == "0.30"


def test_without_the_lock_the_same_clips_are_nobodys(origin, tmp_path):
    """The control: it is the lock that knows what they are."""
    clone = origin.clone(tmp_path / "clone", "clips")
    shutil.rmtree(clone.state / "clips" / "orders")
    clone.lock.unlink()
    assert clone.steps() == ["generate"] * SHOTS


def test_a_clip_that_is_not_the_one_in_the_lock_is_not_taken(origin, tmp_path):
    """Its bytes are held against the hash before it is cut into a film."""
    clone = origin.clone(tmp_path / "clone", "clips")
    shutil.rmtree(clone.state / "clips" / "orders")
    clip = next((clone.state / "clips").glob("*/*.mp4"))
    clip.write_bytes(clip.read_bytes()[:-1] + b"!")
    built = clone.run("build", "film.yaml", "--yes", key=False)
    assert built.code != ExitCode.OK


def test_without_clips_they_are_fetched_while_the_provider_has_them(origin, simulator, tmp_path):
    """Nothing is bought, nothing is spent, and the lock stays as it is."""
    clone = origin.clone(tmp_path / "clone")
    before, lock = orders(simulator), clone.lock.read_bytes()
    assert clone.steps() == ["resume"] * SHOTS
    assert clone.plan()["totals"]["cost_usd"] == "0.00"
    built = clone.run("build", "film.yaml")
    assert (built.code, built.out) == (ExitCode.OK, "build/film.mp4\n"), built.err
    assert orders(simulator) == before
    assert clone.lock.read_bytes() == lock
    assert clone.steps() == ["reuse"] * SHOTS


def test_what_the_provider_has_no_more_is_not_bought_again_unasked(origin, simulator, tmp_path):
    """A clone a month later says what is missing and what it costs; only --again buys it."""
    clone = origin.clone(tmp_path / "clone")
    now = f"{datetime.now(UTC):%Y-%m-%d}"  # noqa: TID251
    then = f"{datetime.now(UTC) - timedelta(days=31):%Y-%m-%d}"  # noqa: TID251
    clone.edit_lock(lambda text: text.replace(now, then))
    before = orders(simulator)
    shown = clone.run("plan", "film.yaml")
    assert clone.steps() == ["blocked"] * SHOTS
    assert shown.out.count("not on this machine") == SHOTS
    assert "$0.10" in shown.out
    refused = clone.run("build", "film.yaml", "--yes")
    assert refused.code == ExitCode.SHOTS_FAILED
    assert orders(simulator) == before
    again = clone.run("build", "film.yaml", "--yes", "--again", "s1")
    assert again.code == ExitCode.SHOTS_FAILED, again.err
    assert orders(simulator) == before + 1


def test_an_unreadable_lock_stops_a_build_before_it_spends(origin, simulator, tmp_path):
    """What it holds would be bought a second time, and it is not written over."""
    clone = origin.clone(tmp_path / "clone")
    clone.edit_lock(lambda text: text.replace("  s1:", "<<<<<<< HEAD\n  s1:"))
    before, lock = orders(simulator), clone.lock.read_bytes()
    refused = clone.run("build", "film.yaml", "--yes")
    assert refused.code == ExitCode.INVALID_STORYBOARD
    assert "error[bad-lock]" in refused.err
    assert (orders(simulator), clone.lock.read_bytes()) == (before, lock)


def test_a_renamed_shot_takes_its_slate_along(origin, simulator, tmp_path):
    """Cached, at no cost; the next build writes the take under the new name."""
    clone = origin.clone(tmp_path / "clone", "clips")
    clone.film.write_text(clone.film.read_text("utf-8").replace("id: s1,", "id: hug,"), "utf-8")
    before = orders(simulator)
    assert clone.steps() == ["reuse"] * SHOTS
    assert clone.run("build", "film.yaml", key=False).code == ExitCode.OK
    assert sorted(yaml.safe_load(clone.lock.read_text("utf-8"))["shots"]) == ["hug", "s0", "s2"]
    assert orders(simulator) == before


def test_some_shots_may_be_bought_before_the_others(simulator, tmp_path, monkeypatch):
    """--only buys what it chooses; the film is cut once all its shots are there, by whatever."""
    film = write_film(tmp_path / "project", shots=SHOTS)
    film.write_text(film.read_text("utf-8").replace("The cat", "Another cat"), "utf-8")
    other = Clone(film, simulator.base_url, monkeypatch)
    before = orders(simulator)
    first = other.run("build", "film.yaml", "--yes", "--only", "s1")
    assert (first.code, first.out) == (ExitCode.OK, ""), first.err
    assert "the film is not cut: 2 of its shots are not owned (s0, s2)" in first.err
    assert orders(simulator) == before + 1
    assert other.steps() == ["generate", "reuse", "generate"]
    rest = other.run("build", "film.yaml", "--yes", "--only", "!s1")
    assert (rest.code, rest.out) == (ExitCode.OK, "build/film.mp4\n"), rest.err
    assert orders(simulator) == before + SHOTS


def test_what_was_bought_before_a_fault_is_in_the_lock(simulator, tmp_path, monkeypatch):
    """A disk that fills up ends the run; the clips that were kept until then are written down."""
    film = write_film(tmp_path / "project", shots=SHOTS)
    film.write_text(film.read_text("utf-8").replace("The cat", "A third cat"), "utf-8")
    other = Clone(film, simulator.base_url, monkeypatch)
    keep, kept = FolderClips.keep, []

    def full_after_one(store, key, path):
        if kept:
            message = "there is no space left"
            raise EnvironmentFault(message)
        kept.append(key)
        return keep(store, key, path)

    with monkeypatch.context() as patched:
        patched.setattr(FolderClips, "keep", full_after_one)
        ended = other.run("build", "film.yaml", "--yes")
    assert ended.code == ExitCode.ENVIRONMENT, ended.err
    slates = yaml.safe_load(other.lock.read_text("utf-8"))["shots"].values()
    assert [take["key"] for slate in slates for take in slate["takes"]] == kept
    assert other.run("build", "film.yaml", "--yes").code == ExitCode.OK
