"""Histories: whatever people do with a film and its clones, a build costs what its plan says.

Seeded random days of two clones of one film, over real HTTP: they edit, rename, reorder, retake,
circle, crash, lose their ledgers and clips, and merge their locks with git. A model (see
`fakes/histories.py`) says what each step has to cost; `--soak` plays many seeds.
"""

import json
import random  # noqa: TID251  # from a seed alone
import re
import shutil
import subprocess
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace

import pytest

from fakes.command import answer
from fakes.histories import CloneModel, FilmModel, ShotModel, SlateModel, merged
from fakes.rehearsal import attempts, environment, shop, state_folder, write_film
from fakes.simulator import film_clip, simulated
from storyboard.adapters.clips import FolderClips
from storyboard.adapters.ledger.database import SqliteLedger
from storyboard.app import buy
from storyboard.app import plan as planning
from storyboard.app.resources import resource
from storyboard.compiler.lock import read_lock, write_lock
from storyboard.compiler.steps import Owned
from storyboard.model.errors import ExitCode
from storyboard.model.job import State
from storyboard.model.lock import Lock, Slate
from storyboard.model.source import Source

SEEDS = range(300)
SAMPLE = (0, 1, 2, 3)
STEPS = 12
SHOTS = 4
PRICE = 100_000
HALF = 0.5
SPEED = 4000.0
SCHEMA = json.loads(resource("schemas", "lock.schema.json"))
HEAD = """\
storyboard: 1
title: A history
format: {aspect: "16:9", resolution: 480p, fps: 12}
model: tiny/image-to-video
defaults: {duration: 1s}
shots:
"""

pytestmark = pytest.mark.slow


def pytest_generate_tests(metafunc):
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", SEEDS if metafunc.config.getoption("soak") else SAMPLE)


class Crash(Exception):
    """The process is no more."""


@pytest.fixture(autouse=True)
def uncut(monkeypatch):
    """Leave the films uncut: that is half of the time, and costs no money."""
    monkeypatch.setattr(buy, "cut_film", lambda *_, **__: None)


class Folder:
    """One clone, as it is on disk, beside what the model says of it."""

    def __init__(self, film, model, play):
        self.film, self.model, self._play = film, model, play

    @property
    def state(self):
        return state_folder(self.film, self._play.simulator.base_url)

    @property
    def lock_file(self):
        return self.state / "locks" / "film.lock.yaml"

    def run(self, *words):
        self._play.monkeypatch.chdir(self.film.parent)
        return answer(*words)

    def plan(self, *words):
        ran = self.run("plan", "film.yaml", "--json", *words)
        assert ran.code == ExitCode.OK, ran.out + ran.err
        return json.loads(ran.out)

    def cost(self, *words):
        return round(float(self.plan(*words)["totals"]["cost_usd"]) * 1_000_000)

    def lock_text(self):
        return self.lock_file.read_text("utf-8") if self.lock_file.exists() else ""

    def stamp(self):
        """Return what changes when the lock is written, be it with the same text."""
        return self.lock_file.stat() if self.lock_file.exists() else None

    def lock(self):
        return read(self.lock_text())

    def attempts(self):
        return attempts(self.film, self._play.simulator.base_url)

    def write(self, text):
        self.film.write_text(text, "utf-8")

    def write_lock(self, text):
        self.lock_file.parent.mkdir(parents=True, exist_ok=True)
        self.lock_file.write_text(text, "utf-8")

    def forget(self, *names):
        for name in names:
            if name == "ledger":
                for path in self.state.glob("ledger.db*"):
                    path.unlink()
            else:
                shutil.rmtree(self.state / name, ignore_errors=True)


def read(text):
    if not text:
        return Lock()
    outcome = read_lock(Source("film.lock.yaml", text), SCHEMA)
    assert outcome.value is not None, (outcome.diagnostics, text)
    return outcome.value


class Play:
    """A history: two clones, what happened to them, and what must hold after each step."""

    def __init__(self, seed, folder, simulator, monkeypatch):
        self.chance = random.Random(seed)
        self.simulator, self.monkeypatch = simulator, monkeypatch
        self.told = []
        self.actions = SHOTS
        shots = [ShotModel(f"s{n}", n) for n in range(SHOTS - 1)]
        self.model = FilmModel([*shots, ShotModel(f"s{SHOTS - 1}", SHOTS - 1, start=0)])
        self.versions = {each.id: [each.action] for each in self.model.shots}
        self.paid = Counter()
        first = write_film(folder / "a", shots=1)
        shutil.copytree(first.parent, folder / "b")
        self.clones = [
            Folder(folder / name / "film.yaml", CloneModel(self.model), self) for name in "ab"
        ]
        self.base, self.base_model = "", {}
        self.save()

    def save(self):
        """Write the film as the model has it, in both clones."""
        lines = []
        for shot in self.model.shots:
            start = None if shot.start is None else self.model.shots[shot.start].id
            image = f"{shot.action % 4}.png" if start is None else f"{{from: {start}}}"
            action = f"The cat jumps on box number {shot.action}."
            lines.append(
                f"  - {{id: {shot.id}, image: {image}, takes: {shot.takes}, action: {action}}}\n"
            )
        for clone in self.clones:
            clone.write(HEAD + "".join(lines))

    # --- what happens

    def step(self):
        clone = self.chance.choice(self.clones)
        kinds = {
            self.edit: 3,
            self.revert: 2,
            self.rename: 1,
            self.reorder: 1,
            self.takes: 2,
            self.build: 6,
            self.build_some: 3,
            self.retake: 4,
            self.circle: 4,
            self.crash: 2,
            self.lose: 3,
            self.merge: 4,
        }
        happens = self.chance.choices(list(kinds), list(kinds.values()))[0]
        happens(clone)
        self.check()

    def say(self, what, clone=None):
        self.told.append(what if clone is None else f"{what} in {clone.film.parent.name}")

    def a_shot(self):
        return self.chance.randrange(len(self.model.shots))

    def edit(self, _):
        place = self.a_shot()
        self.model.change(place, action=self.actions)
        self.versions.setdefault(self.model.shots[place].id, []).append(self.actions)
        self.actions += 1
        self.say(f"edit {self.model.shots[place]}")
        self.save()

    def revert(self, _):
        place = self.a_shot()
        shot = self.model.shots[place]
        self.model.change(place, action=self.chance.choice(self.versions[shot.id]))
        self.say(f"revert {self.model.shots[place]}")
        self.save()

    def rename(self, _):
        place = self.a_shot()
        shot = self.model.shots[place]
        name = f"r{len(self.told)}"
        self.versions[name] = self.versions.pop(shot.id)
        self.model.change(place, id=name)
        self.say(f"rename {shot.id} to {name}")
        self.save()

    def reorder(self, _):
        before = list(self.model.shots)
        order = self.chance.sample(range(SHOTS), SHOTS)
        self.model.shots[:] = [
            ShotModel(
                before[n].id,
                before[n].action,
                before[n].takes,
                None if before[n].start is None else order.index(before[n].start),
            )
            for n in order
        ]
        self.say(f"reorder to {[each.id for each in self.model.shots]}")
        self.save()

    def takes(self, _):
        place = self.a_shot()
        self.model.change(place, takes=self.chance.randint(1, 3))
        self.say(f"takes {self.model.shots[place]}")
        self.save()

    def build(self, clone, *, only=None, retakes=frozenset(), reserved=0):
        """Build: the plan's cost is what is charged, but for what a crash left reserved, unsent."""
        self.say(f"build only={only} retakes={sorted(retakes)}", clone)
        words = self.words(only, retakes)
        expected = clone.model.to_buy(only, retakes)
        assert clone.cost(*words) == (len(expected) - reserved) * PRICE, self.story(expected)
        before, lock = self.charged(), clone.lock_text()
        ran = clone.run("build", "film.yaml", "--yes", *words)
        assert ran.code == ExitCode.OK, self.story(ran.out + ran.err)
        assert self.charged() - before == len(expected) * PRICE, self.story(expected)
        self.paid += Counter(clip.asked.action for clip in expected)
        clone.model.order(expected)
        clone.model.record()
        again = self.words(only, frozenset())
        assert clone.cost(*again) == 0, self.story(clone.plan(*again))
        written = clone.stamp()
        idle = clone.run("build", "film.yaml", *again)
        assert idle.code == ExitCode.OK, self.story(idle.err)
        assert clone.stamp() == written, self.story("the lock was written for nothing")
        self.keeps(lock, clone)
        if only is None:
            self.all_listed(clone)

    def words(self, only, retakes):
        ids = [] if only is None else [self.model.shots[place].id for place in only]
        chosen = ["--only", ", ".join(ids)] if ids else []
        return [*chosen, *(word for name in sorted(retakes) for word in ("--retake", name))]

    def build_some(self, clone):
        self.build(clone, only=self.chance.sample(range(SHOTS), self.chance.randint(1, 2)))

    def retake(self, clone):
        place = self.a_shot()
        only = self.chance.choice([None, [place]])
        self.build(clone, only=only, retakes=frozenset({self.model.shots[place].id}))

    def circle(self, clone):
        place = self.a_shot()
        shot = self.model.shots[place]
        asked = clone.model.need(place).asked
        found = clone.model.slate(shot, asked)
        if found is None:
            return
        name, slate = found
        number = self.chance.choice([None, *range(1, len(slate.clips) + 1)])
        self.say(f"circle {shot.id} {number}", clone)
        wanted = (None, None) if number is None else (slate.clips[number - 1], asked)
        same = wanted == (slate.circled, None if number is None else slate.circled_for)
        words = ["--clear"] if number is None else [str(number)]
        ran = clone.run("circle", "film.yaml", shot.id, *words)
        assert ran.code == ExitCode.OK, self.story(ran.err)
        if same:
            return
        clone.model.record(anew=False)
        kept = clone.model.lock[shot.id].clips
        assert kept == slate.clips, self.story(name)
        circled = None if number is None else kept[number - 1]
        clone.model.lock[shot.id] = SlateModel(kept, circled, asked if circled else None)

    def crash(self, clone):
        """A build dies at one of its writes; what it had paid for is seen through by the next."""
        expected = clone.model.to_buy()
        at = self.chance.randint(0, 1 + 8 * len(expected))
        self.say(f"crash at {at}", clone)
        before, named, lock = self.bought_by_action(), self.named(clone), clone.lock_text()
        with dying(at):
            clone.run("build", "film.yaml", "--yes")
        paid = self.bought_by_action() - before
        for action, count in paid.items():
            mine = sorted(clip for clip in expected if clip.asked.action == action)
            assert count <= len(mine), self.story("more was ordered than was planned")
            clone.model.order(mine[:count])
            self.paid[action] += count
        if clone.lock_text() != lock:  # that was its last write
            clone.model.record()
        unnamed = sum(each.job.state in {State.INTENT, State.UNKNOWN} for each in clone.attempts())
        unsent = unnamed - (paid.total() - (self.named(clone) - named))
        if not unsent and self.chance.random() < HALF:
            self.edit(clone)
        self.build(clone, reserved=unsent)

    def named(self, clone):
        """Count the orders of its own of which a clone knows what the provider calls them."""
        own = (each.job for each in clone.attempts() if each.order.price)
        return sum(job.prediction is not None for job in own)

    def lose(self, clone):
        """The ledger is gone, or the clips, or all but the lock: a fresh clone."""
        lost = self.chance.choice([("ledger",), ("clips",), ("clips", "ledger")])
        self.say(f"lose {lost}", clone)
        clone.forget(*lost)
        if "ledger" in lost:
            clone.model.booked = {}
        if len(lost) == 2:
            clone.model.own = set()

    def merge(self, _):
        """Both commit their locks and pull: git merges, or a person keeps the takes of both."""
        ours, theirs = self.clones
        self.say("merge")
        for each in self.clones:
            for slate in each.lock().slates:
                assert [take.number for take in slate.takes] == list(range(1, len(slate.takes) + 1))
        text = self.git_merged(self.base, ours.lock_text(), theirs.lock_text())
        wanted = merged_locks(read(self.base), ours.lock(), theirs.lock())
        if text is None:
            text = write_lock(wanted) if wanted.slates else ""
        assert read(text) == wanted, self.story(text)
        model = merged(self.base_model, ours.model.lock, theirs.model.lock, both_models)
        for each in self.clones:
            if text:
                each.write_lock(text)
            each.model.lock = dict(model)
        self.base, self.base_model = text, dict(model)

    def git_merged(self, *texts):
        """Return what git makes of three locks; None where a person has to join them."""
        places = [self.clones[0].film.parent / name for name in ("base", "ours", "theirs")]
        for place, text in zip(places, texts, strict=True):
            place.write_text(text, "utf-8")
        base, ours, theirs = map(str, places)
        done = subprocess.run(
            ["git", "merge-file", "-p", "-q", ours, base, theirs], capture_output=True, check=False
        )
        return done.stdout.decode() if done.returncode == 0 else None

    # --- what must hold

    def check(self):
        """What was paid is what was expected, and the locks say what the model says."""
        assert self.bought_by_action() == self.paid, self.story("paid")
        for clone in self.clones:
            real = {slate.shot: len(slate.takes) for slate in clone.lock().slates}
            model = {name: len(slate.clips) for name, slate in clone.model.lock.items()}
            assert real == model, self.story(clone.lock_text())
            expected = clone.model.to_buy()
            assert clone.cost() == len(expected) * PRICE, self.story((clone.film, expected))

    def keeps(self, before, clone):
        """No take of a lock is ever lost, nor its number given to another."""
        now = {take.prediction or take.key: take for _, take in clone.lock().takes}
        for _, take in read(before).takes:
            assert now[take.prediction or take.key] == take, self.story(clone.lock_text())

    def all_listed(self, clone):
        """What this clone has paid for is in its lock."""
        listed = {take.key for _, take in clone.lock().takes}
        lacking = {each.order.key for each in clone.attempts() if each.job.prediction} - listed
        assert not lacking, self.story(lacking)

    def charged(self):
        return self.simulator.sums()[0]

    def bought_by_action(self):
        found = re.compile(r"box number (\d+)")
        prompts = (each["inputs"]["prompt"] for each in self.simulator.report()["predictions"])
        return Counter(int(found.search(prompt)[1]) for prompt in prompts)

    def story(self, last):
        return "\n".join([*self.told, str(last)])


def merged_locks(base, ours, theirs):
    slates = [{slate.shot: slate for slate in lock.slates} for lock in (base, ours, theirs)]
    return Lock(tuple(merged(*slates, both_slates).values()))


def both_slates(ours, theirs):
    """Keep the takes of both sides, the later ones with the next numbers; the circle is ours."""
    keys = {take.key for take in ours.takes}
    new = [take for take in theirs.takes if take.key not in keys]
    last = ours.takes[-1].number
    more = tuple(replace(take, number=n) for n, take in enumerate(new, last + 1))
    return Slate(ours.shot, (*ours.takes, *more), ours.circled, ours.circled_for)


def both_models(ours, theirs):
    new = tuple(clip for clip in theirs.clips if clip not in ours.clips)
    return SlateModel(ours.clips + new, ours.circled, ours.circled_for)


@contextmanager
def dying(at):
    """Let the process die at its so-manieth write, just before it or just after."""
    left, after = at // 2, at % 2
    dead = False

    def cut(write):
        def instead(*arguments, **options):
            nonlocal left, dead
            left -= 1
            dead = dead or (left < 0 and not after)
            if dead:
                raise Crash
            done = write(*arguments, **options)
            dead = left < 0
            if dead:
                raise Crash
            return done

        return instead

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SqliteLedger, "record", cut(SqliteLedger.record))
        patch.setattr(FolderClips, "keep", cut(FolderClips.keep))
        patch.setattr(buy, "record_takes", cut(buy.record_takes))
        yield


@pytest.fixture
def began(tmp_path, monkeypatch):
    """Return what begins the history of a seed."""
    with simulated(shop(speed=SPEED), film_clip) as simulator:
        for name, value in environment(simulator.base_url, SPEED).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("STORYBOARD_CACHE", str(tmp_path / "cache"))
        yield lambda seed: Play(seed, tmp_path, simulator, monkeypatch)


def test_a_build_costs_what_its_plan_says_whatever_came_before(seed, began):
    """Every plan, every charge and every lock is as the model says, after each step."""
    history = began(seed)
    for _ in range(STEPS):
        history.step()


def forgetful(**known):
    return Owned(**{**known, "elsewhere": frozenset(), "fetchable": {}, "slates": {}})


@pytest.mark.parametrize(
    ("module", "name", "instead"),
    [
        (None, "", None),
        (planning, "Owned", forgetful),
        (buy, "take_over", lambda *_: None),
        (buy, "record_takes", lambda *_: None),
    ],
    ids=["as it is", "the lock is not looked at", "nothing is taken over", "nothing is recorded"],
)
def test_the_model_notices_a_bug(module, name, instead, began, monkeypatch):
    """The control: a clone that has only the lock buys nothing, unless something is taken out."""
    if module is not None:
        monkeypatch.setattr(module, name, instead)

    def fresh_clone():
        history = began(0)
        history.build(history.clones[0])
        history.merge(None)
        for kind in ("clips", "ledger"):
            history.clones[1].forget(kind)
        history.build(history.clones[1])
        history.check()

    if module is None:
        fresh_clone()
        return
    with pytest.raises(AssertionError):
        fresh_clone()
