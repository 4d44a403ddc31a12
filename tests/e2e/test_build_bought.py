"""The example film, bought: real processes, real HTTP, real clips, and the books at both ends."""

import json
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import av
import httpx
import numpy as np
import pytest
from PIL import Image

from fakes.command import Ran, storyboard
from fakes.rehearsal import KEY, environment, files_with
from storyboard.adapters.media.probe import probe
from storyboard.model.errors import ExitCode

EXAMPLES = Path(__file__).parents[2] / "storyboards"
FILM = "the-yarn.yaml"
SPEED = 60
MIDDLES = {"stalk": 96, "pounce": 276, "chase": 390, "moonlit": 486, "doorway": 570, "blanket": 690}
"""By shot a frame in which no other is seen, where its length and its transitions put it."""
FRAMES = 798

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Rehearsed:
    """A film that was built twice at a simulator, and what everybody had to say of it."""

    project: Path
    home: Path
    first: Ran
    second: Ran
    status: Ran
    costs: Ran
    report: dict
    simulator: str

    @property
    def film(self):
        return self.project / "build" / "the-yarn.mp4"


@pytest.fixture(scope="module")
def served():
    """The simulator, in a process of its own; return its address, and what it said at its end."""
    program = Path(sys.executable).with_name("storyboard")
    words = [program, "simulate", "--port", "0", "--speed", str(SPEED), "--level", "silver"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:

        def ended():
            run.send_signal(signal.SIGINT)
            return "".join(run.communicate(timeout=60))

        try:
            yield run.stdout.readline().strip(), ended
        finally:
            run.kill()


@pytest.fixture(scope="module")
def rehearsed(served, tmp_path_factory):
    base_url, ended = served
    project, home = tmp_path_factory.mktemp("yarn") / "film", tmp_path_factory.mktemp("home")
    shutil.copytree(EXAMPLES, project, ignore=shutil.ignore_patterns("build", ".storyboard"))
    (project / "storyboard.toml").write_text('[account]\nlevel = "silver"\n')

    def run(*words):
        return storyboard(*words, cwd=project, home=home, **environment(base_url, SPEED))

    first = run("build", FILM, "--yes")
    second = run("build", FILM)
    status = run("status", FILM, "--json")
    costs = run("costs", FILM, "--refresh", "--json")
    report = httpx.get(f"{base_url}/_simulator").json()
    return Rehearsed(project, home, first, second, status, costs, report, ended())


def small(picture):
    """Return what is left of a picture of which only the broad colours count."""
    return np.asarray(picture.convert("RGB").resize((16, 9), Image.Resampling.BOX), dtype=float)


def test_the_example_film_is_bought_and_cut(rehearsed):
    """H.264 and AAC, 1280x720 at 24 fps, picture and sound 33.25 seconds each, as planned."""
    assert rehearsed.first.code == ExitCode.OK, rehearsed.first.err
    assert rehearsed.first.out == f"build/{Path(FILM).stem}.mp4\n"
    facts = probe(str(rehearsed.film))
    assert (facts.video_codec, facts.sound_codec) == ("h264", "aac")
    assert (facts.width, facts.height, facts.fps, facts.frames) == (1280, 720, 24, FRAMES)
    assert facts.duration == facts.sound_duration == 33_250


def test_every_frame_decodes_and_shows_its_own_shot(rehearsed):
    """The middle of each shot is more like its own still than like any other."""
    stills = {name: small(Image.open(EXAMPLES / "stills" / f"{name}.png")) for name in MIDDLES}
    shots = {frame: name for name, frame in MIDDLES.items()}
    shown, frames = {}, 0
    with av.open(str(rehearsed.film)) as film:
        for frame in film.decode(video=0):
            if frames in shots:
                picture = small(frame.to_image())
                apart = {name: np.abs(picture - still).mean() for name, still in stills.items()}
                shown[shots[frames]] = min(apart, key=apart.get)
            frames += 1
    assert frames == FRAMES
    assert shown == {name: name for name in MIDDLES}


def test_a_second_build_spends_nothing_and_cuts_nothing(rehearsed):
    """It asks for no confirmation, orders nothing, and leaves the film as it is."""
    assert rehearsed.second.code == ExitCode.OK, rehearsed.second.err
    assert "6 of 6 clips owned, nothing spent" in rehearsed.second.err
    assert "nothing had changed" in rehearsed.second.err
    assert rehearsed.second.out == rehearsed.first.out
    assert len(rehearsed.report["predictions"]) == len(MIDDLES)


def test_the_books_agree_with_the_providers(rehearsed):
    """Every shot is owned; what was estimated, billed and charged is the same."""
    shots = json.loads(rehearsed.status.out)["shots"]
    assert {shot["shot"]: shot["condition"] for shot in shots} == dict.fromkeys(MIDDLES, "owned")
    owned = {shot["prediction"] for shot in shots}
    charged = rehearsed.report["charges"]
    assert owned == {row["prediction"] for row in charged}
    total = json.loads(rehearsed.costs.out)["total"]
    sums = {name: round(float(total[name]) * 1e6) for name in ("estimate_usd", "billed_usd")}
    assert set(sums.values()) == {sum(row["price_micro_usd"] for row in charged)} == {3_600_000}
    assert rehearsed.report["refunds"] == []


def test_the_key_is_written_nowhere(rehearsed):
    """Neither in a file of the project or of its user, nor in anything that was said."""
    ran = (rehearsed.first, rehearsed.second, rehearsed.status, rehearsed.costs)
    assert not any(KEY in each.out + each.err for each in ran)
    assert KEY not in rehearsed.simulator
    assert "6 orders, $3.60 charged" in rehearsed.simulator
    assert files_with(KEY, rehearsed.project, rehearsed.home) == []
    assert files_with("The Yarn", rehearsed.project), "the control: what is written is found"
