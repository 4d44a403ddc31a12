"""With a key the provider is asked before a person's word is taken; a vain wish is refused."""

from datetime import UTC, datetime

import pytest
from PIL import Image

from fakes.command import answer
from fakes.simulator import simulated
from storyboard.adapters.ledger.database import SqliteLedger
from storyboard.app.purse import load_purse
from storyboard.app.settings import load_settings
from storyboard.model import job
from storyboard.model.attempt import Caps, Order
from storyboard.model.errors import ExitCode
from storyboard.model.job import State
from storyboard.model.money import MicroUsd
from storyboard.model.request import ClipKey
from storyboard.simulator.settings import SimulatorSettings

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FILM = """\
storyboard: 1
title: A cat
format: {aspect: "16:9", resolution: 720p, fps: 24}
model: openai/sora-2/image-to-video
shots: [{id: sits, image: a.png, action: A cat sits., duration: 4s}]
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A film whose provider is a simulator of this machine."""
    Image.new("RGB", (1280, 720), "teal").save(tmp_path / "a.png")
    (tmp_path / "film.yaml").write_text(FILM)
    (tmp_path / "storyboard.toml").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WAVESPEED_API_KEY", "rehearsal")
    monkeypatch.setenv("STORYBOARD_REHEARSAL_SPEED", "1000")
    with simulated(SimulatorSettings(speed=1000)) as simulator:
        monkeypatch.setenv("WAVESPEED_BASE_URL", simulator.base_url)
        yield tmp_path


def books(project):
    return SqliteLedger(load_purse(load_settings(project)).ledger, lambda: NOW, "a build")


def test_an_order_that_nobody_has_is_not_adopted(project):
    """A slip of the pen would lose the clip: the attempt stays unclear."""
    order = Order(ClipKey("a" * 64), "sits", "film.yaml", "m", MicroUsd(400_000), "{}")
    with books(project) as ledger:
        number = ledger.reserve(order, Caps()).id
        ledger.record(number, job.LostTrack("reset"))
    ran = answer("adopt", number, "0" * 32)
    assert ran.code == ExitCode.USAGE
    assert "the provider knows no order" in ran.err
    with books(project) as ledger:
        assert ledger.find(number).job.state is State.UNKNOWN


@pytest.mark.parametrize(
    ("wish", "said"),
    [("stis", 'did you mean "sits"?'), ("nope", "the film has: sits")],
)
def test_a_shot_that_is_none_is_not_ordered_again(project, wish, said):
    """Nothing is spent on a slip."""
    ran = answer("build", "film.yaml", "--yes", "--again", wish)
    assert ran.code == ExitCode.USAGE
    assert said in ran.err


def test_a_shot_that_is_under_way_is_not_ordered_again(project):
    """That would be paid twice."""
    plan = answer("plan", "film.yaml", "--json").out
    key = ClipKey(plan.partition('"key": "')[2][:64])
    order = Order(key, "sits", "film.yaml", "m", MicroUsd(400_000), "{}")
    with books(project) as ledger:
        ledger.record(ledger.reserve(order, Caps()).id, job.Sent("p"))
    ran = answer("build", "film.yaml", "--yes", "--again", "sits")
    assert ran.code == ExitCode.USAGE
    assert "there is nothing to order again" in ran.err
