"""The crash matrix: wherever a build dies, running it again gets every clip and pays once for each.

A film of three shots, one chained; every outside call of its first run, just before and just after.
"""

import random  # noqa: TID251 - from a seed alone
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

import pytest

from fakes.crash import points
from fakes.crash_build import CrashBuild
from fakes.provider_script import LOST_ANSWER, LOST_ORDER, Fate
from storyboard.engine.buyer import Buyer
from storyboard.engine.ports import Failed
from storyboard.engine.provider import NeverSent, PutOff, Taken
from storyboard.model.attempt import Attempt
from storyboard.model.job import Cause, Saved, Sent

UPSTREAM = Failed("the model is unavailable", Cause.UPSTREAM)
WEATHERS = {
    "calm": {},
    "unclear": {"a": LOST_ANSWER, "b": LOST_ORDER, "c": LOST_ANSWER},
    "failing": {
        "a": Fate(PutOff("too many requests", 7.0)),
        "b": Fate(end=UPSTREAM),
        "c": Fate(NeverSent("connection refused"), not_fetched=1),
    },
}
"""What becomes of the first order for each shot; all later ones go well."""


def first_orders(fates):
    """Return a new script each time: it remembers for which shots it has seen an order."""

    def new():
        left = dict(fates)
        return lambda order: left.pop(order.inputs["prompt"], Fate())

    return new


class Matrix:
    """Builds that die, each in a folder of its own; each alike but for where it dies."""

    def __init__(self, folder, weather="calm", **settings):
        self._folder = folder
        self._settings = {"script": first_orders(WEATHERS[weather]), **settings}

    def build(self):
        return CrashBuild(Path(mkdtemp(dir=self._folder)), **self._settings)

    def points(self):
        return points(self.build().calls())

    def after(self, *crashes):
        build = self.build()
        build.through(*crashes)
        return build

    def wrong(self):
        """Return what is wrong at the last point after which anything is."""
        found = (self.after(point).wrong() for point in reversed(self.points()))
        return next(filter(None, found), [])


@pytest.fixture
def matrix(tmp_path):
    """Make matrices on a disk in memory, where there is one: nothing here is about a power cut."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as folder:
        yield lambda *settings, **more: Matrix(folder, *settings, **more)


@pytest.mark.parametrize("weather", WEATHERS)
def test_a_crash_at_any_call_loses_nothing_and_pays_nothing_twice(matrix, weather):
    """One payment for each shot, every clip kept, and nothing is left for a person."""
    every = matrix(weather)
    tried = every.points()
    assert len(tried) > 80, "three shots of a dozen calls each, two sides of each call"
    for point in tried:
        build = every.after(point)
        assert build.deaths == 1, point
        assert build.wrong() == [], point
        assert build.left == [], point
        assert sorted(build.provider.paid_by_payload().values()) == [1, 1, 1], point


def test_what_history_hides_is_left_for_a_person(matrix):
    """Without inputs in it, an order that was taken unseen stands for any; never is one guessed.

    Two shots are ordered at once: the one whose order has no name yet is unclear, and so is the
    other while its own is not answered, for it might be that order's. The chained shot is alone.
    """
    every = matrix(history_inputs=False)
    left = {}
    for point in every.points():
        build = every.after(point)
        assert build.wrong() == [], point
        if build.left:
            left[point] = "".join(each.order.shot for each in build.left)
    assert sorted(left.values()) == ["a", "ab", "ab", "ab", "ab", "b", "b", "b", "c", "c"]


@pytest.mark.parametrize("weather", WEATHERS)
def test_a_second_crash_changes_nothing(matrix, weather):
    """Two runs that die at points drawn from a seed, and what they left behind is put right."""
    drawn = random.Random(weather)
    every = matrix(weather)
    tried = every.points()
    deaths = 0
    for _ in range(60):
        crashes = drawn.choice(tried), drawn.choice(tried[: len(tried) * 2 // 3])
        build = every.after(*crashes)
        assert build.wrong() == [], crashes
        assert build.left == [], crashes
        deaths += build.deaths
    assert deaths > 90, "a second run may be over before it comes to its point"


def test_a_run_that_nothing_stops_pays_for_each_shot_once(matrix):
    """The controls below are right too as long as nothing happens: only the matrix sees them."""
    for buyer in (Buyer, *CARELESS):
        build = matrix(buyer=buyer).after()
        assert (build.wrong(), build.left, build.runs) == ([], [], 1)


class SendsFirst(Buyer):
    """Careless: writes the intent down once the order has been answered."""

    async def _reserved_and_sent(self, order):
        shop = self._shop
        answer = await shop.api.submit(order.model, order.payload)
        assert isinstance(answer, Taken)
        attempt = await shop.books(shop.ledger.reserve, order, shop.caps)
        assert isinstance(attempt, Attempt)
        return await shop.record(attempt, Sent(answer.prediction))


class SavedFirst(Buyer):
    """Careless: calls a clip owned before the store has it."""

    async def _saved(self, attempt, path):
        await self._shop.record(attempt, Saved("0" * 64))
        return await self._shop.blocking(self._shop.store.keep, attempt.order.key, path)


class TrustsIntents(Buyer):
    """Careless: takes an intent of a run that ended for one that was never sent."""

    async def _cleared(self, attempt):
        return attempt


CARELESS = (SendsFirst, SavedFirst, TrustsIntents)


@pytest.mark.parametrize(
    ("buyer", "complaint"),
    [
        (SendsFirst, "paid 2 times"),
        (TrustsIntents, "paid 2 times"),
        (SavedFirst, "owned, and not in the store"),
    ],
)
def test_the_matrix_notices_a_careless_buyer(matrix, buyer, complaint):
    """With a step in the wrong order, or one left out, some crash costs money or a clip."""
    assert any(found.startswith(complaint) for found in matrix(buyer=buyer).wrong())
