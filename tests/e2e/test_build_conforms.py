"""Clips that are not in the film's format are conformed once, as they arrive, and cut from that."""

import contextlib
import os
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from fakes.command import answer
from fakes.rehearsal import SPEED, environment, shop, state_folder, write_film
from fakes.rehearsal_process import Build, wait_until
from fakes.simulator import HandClock, film_clip, simulated
from storyboard.adapters.media.footage import Footage
from storyboard.adapters.media.probe import probe
from storyboard.app.clock import SystemClock
from storyboard.model.errors import ExitCode
from storyboard.model.job import State
from storyboard.simulator.faults import Endpoint, Fate, read_faults

SHOTS = 2
AT_ONCE = 3
A_MINUTE_OR_TWO = 127 / SPEED
LONG_ENOUGH = 200
"""Looks at an order that is being made, after which nothing more is expected of its siblings."""
SIZE, FPS = (854, 480), Fraction(12)
BAR = 40
"""Lines of a wrong size's black bars, of which each has 53."""

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Project:
    """A film that was built, and where its files are."""

    source: Path
    state: Path

    @property
    def film(self):
        return self.source.parent / "build" / "film.mp4"

    def clips(self):
        return sorted(self.state.glob("clips/??/*.mp4"))

    def conformed(self):
        return sorted(self.state.glob("conformed/??/*.mp4"))

    def build(self):
        ran = answer("build", self.source, "--yes")
        assert ran.code == ExitCode.OK, ran.err
        return ran.err


@pytest.fixture
def built(tmp_path, monkeypatch):
    """Build a film of clips whose height is not the ordered one."""
    settings = shop(faults=read_faults([f"fate={Fate.WRONG_SIZE}"] * SHOTS))
    with simulated(settings, film_clip) as simulator:
        for name, value in environment(simulator.base_url).items():
            monkeypatch.setenv(name, value)
        source = write_film(tmp_path / "film", shots=SHOTS)
        project = Project(source, state_folder(source, simulator.base_url))
        project.build()
        yield project


def aged(paths):
    """Make files older, and return when each was made, so that it shows what is written anew."""
    for path in paths:
        os.utime(path, (1e9, 1e9))
    return [path.stat().st_mtime for path in paths]


def grey(path):
    with av.open(str(path)) as film:
        return [frame.to_ndarray(format="gray").astype(float) for frame in film.decode(video=0)]


def test_the_film_is_as_if_cut_from_the_clips(built):
    """Every frame is there, and is what the cut would have made of the clip itself."""
    facts = probe(str(built.film))
    assert ((facts.width, facts.height), facts.fps) == (SIZE, FPS)
    pictures = grey(built.film)
    assert len(pictures) == facts.frames == SHOTS * FPS
    with contextlib.closing(Footage(str(built.clips()[0]), size=SIZE, fps=FPS)) as footage:
        wanted = [footage.planes(number).y for number in range(int(FPS))] * SHOTS
    for shown, luma in zip(pictures, wanted, strict=True):
        assert np.square(shown - (luma.astype(float) - 16) * 255 / 219).mean() < 20
        assert shown[:BAR].mean() < 3 > shown[-BAR:].mean()
        assert shown[SIZE[1] // 2].mean() > 50


def test_every_clip_was_conformed(built):
    """As the film's format has it; the clips themselves are as they were bought."""
    assert len(built.clips()) == len(built.conformed()) == SHOTS
    for path in built.conformed():
        facts = probe(str(path))
        assert ((facts.width, facts.height), facts.fps, facts.frames) == (SIZE, FPS, FPS)
    assert {probe(str(path)).height for path in built.clips()} == {56}


def test_a_second_build_encodes_nothing(built):
    """Neither a clip nor the film."""
    files = [*built.conformed(), built.film]
    made = aged(files)
    assert "nothing had changed" in built.build()
    assert [path.stat().st_mtime for path in files] == made


def test_a_film_that_is_cut_again_is_cut_from_what_was_conformed(built):
    """No clip is encoded a second time."""
    made = aged(built.conformed())
    built.film.unlink()
    built.build()
    assert len(grey(built.film)) == SHOTS * FPS
    assert [path.stat().st_mtime for path in built.conformed()] == made


def test_what_was_conformed_can_go(built):
    """Damaged or gone, it is made again as it was, and nothing is bought for it."""
    one, other = built.conformed()
    before = [one.read_bytes(), other.read_bytes()]
    one.unlink()
    other.write_bytes(b"damaged")
    built.film.unlink()
    assert "nothing spent" in built.build()
    assert [path.read_bytes() for path in built.conformed()] == before


def test_clips_are_conformed_while_another_is_made(tmp_path):
    """An account may have three made at once: they are done before the fourth is ready."""
    clock = HandClock(SystemClock().now().timestamp())
    with simulated(shop(), film_clip, clock) as simulator:
        build = Build(tmp_path, simulator, shots=AT_ONCE + 1, level="bronze")
        with build.process() as process:
            wait_until(lambda: build.ordered() == AT_ONCE, process)
            clock.move(A_MINUTE_OR_TWO)
            wait_until(lambda: build.ordered() > AT_ONCE, process)
            looks = build.seen(Endpoint.LOOK)

            def conformed():
                return len(list(build.folder.glob("conformed/??/*.mark")))

            wait_until(
                lambda: conformed() == AT_ONCE or build.seen(Endpoint.LOOK) > looks + LONG_ENOUGH,
                process,
            )
            assert process.running
            assert conformed() == AT_ONCE
            assert build.states() == {State.OWNED: AT_ONCE, State.SUBMITTED: 1}


def test_cleaning_takes_conformed_clips_and_keeps_the_film_whole(built):
    """A rehearsal goes with everything that it pretended to buy."""
    assert answer("clean", built.source).code == ExitCode.OK
    assert not built.state.exists()
    assert built.film.exists()
