"""`storyboard simulate`: a stand-in for the paid API, its clips real, its money not."""

import json
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import av
import httpx
import numpy as np
import pytest
from PIL import Image

from fakes.caller import IMAGE, SEEDANCE, SORA, SORA_PRO, Caller
from fakes.command import Ran, answer
from storyboard.adapters.media.measure import measure_clip
from storyboard.adapters.media.probe import probe
from storyboard.app.purse import load_purse
from storyboard.app.settings import load_settings
from storyboard.app.simulate import rehearse
from storyboard.model.errors import EnvironmentFault, ExitCode
from storyboard.simulator.faults import read_faults
from storyboard.simulator.settings import LEVELS, Durations, SimulatorSettings

PROGRAM = Path(sys.executable).with_name("storyboard")
AT_ONCE = Durations(shortest_latency=0, longest_latency=0)
MANY = SimulatorSettings(level=LEVELS["gold"], balance=10**9, durations=AT_ONCE)


def caller(base_url):
    """Call the simulator at an address."""
    return Caller(None, httpx.Client(base_url=base_url, timeout=30), "rehearsal")


def rehearsed(scene, settings=MANY):
    """Play a scene with a caller of the simulator, then press Ctrl-C; return the takings."""

    def on_ready(base_url):
        call = caller(base_url)
        with call.client:
            scene(call)
        raise KeyboardInterrupt

    return rehearse(settings, 0, on_ready)


def striped(path):
    """Draw a still of crimson and navy stripes and return its bytes."""
    still = Image.new("RGB", (640, 360), "crimson")
    for left in range(0, 640, 80):
        still.paste((0, 0, 128), (left, 0, left + 40, 360))
    still.save(path, "png")
    return path.read_bytes()


def mean_colour(path):
    """Return the mean colour of a clip's frames, below the label."""
    with av.open(str(path)) as clip:
        frames = [frame.to_ndarray(format="rgb24") for frame in clip.decode(video=0)]
    return np.mean([frame[frame.shape[0] // 4 :].mean(axis=(0, 1)) for frame in frames], axis=0)


def test_a_clip_is_its_orders_own_still(tmp_path):
    """It is as long and large as sold, shows the still that was uploaded, moves, and sounds."""
    clip = tmp_path / "clip.mp4"

    def scene(call):
        still = call.upload(striped(tmp_path / "still.png"))
        done = call.wait(call.order(SORA, image=still, prompt="Stripes. The camera pans left."))
        clip.write_bytes(call.plain("GET", done["outputs"][0]).content)

    takings = rehearsed(scene)
    measured = measure_clip(str(clip))
    assert (measured.width, measured.height, measured.fps) == (1280, 720, 24)
    assert (measured.length, probe(str(clip)).frames) == (4000, 96)
    assert (measured.black, measured.frozen) == (0, 0)
    assert measured.peak > 0.05
    assert np.abs(mean_colour(clip) - (110, 10, 94)).max() < 15
    assert (takings.orders, takings.charged, takings.refunded) == (1, 400_000, 0)


def test_a_picture_from_elsewhere_becomes_a_slate(tmp_path):
    """What is only an address is not fetched; the clip is a card, and no failure."""
    clip = tmp_path / "clip.mp4"

    def scene(call):
        done = call.wait(call.order(SEEDANCE, image=IMAGE, resolution="480p"))
        clip.write_bytes(call.plain("GET", done["outputs"][0]).content)

    rehearsed(scene)
    measured = measure_clip(str(clip))
    assert (measured.height, measured.length) == (480, 4000)
    assert measured.peak > 0.05
    assert mean_colour(clip).min() > 80, "the card is paper"


def test_ctrl_c_leaves_clips_that_nobody_waits_for():
    """With more clips ordered than are drawn at once, it ends in order and has counted them."""

    def scene(call):
        for number in range(40):
            call.order(SORA_PRO, prompt=f"Shot {number}.", duration=20, resolution="1080p")

    takings = rehearsed(scene)
    assert takings.orders == 40
    assert takings.charged == 40 * 10_000_000


def test_refunds_are_counted_though_nobody_looked_again():
    """What was due by the end has happened."""
    settings = SimulatorSettings(
        durations=replace(AT_ONCE, refund_delay=0), faults=read_faults(["fate=failed-5000"])
    )
    takings = rehearsed(lambda call: call.order(SORA), settings)
    assert (takings.orders, takings.charged, takings.refunded) == (1, 400_000, 400_000)


def test_nothing_of_a_rehearsal_stays_behind(tmp_path, monkeypatch):
    """The folder of its uploads and clips goes when it ends."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def scene(call):
        call.upload(b"123")
        assert list(tmp_path.glob("storyboard-rehearsal-*/*"))

    rehearsed(scene)
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_is_taken_is_told_in_a_sentence():
    """Exit code 7, with what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = answer("simulate", "--port", port)
        with pytest.raises(EnvironmentFault):
            rehearse(MANY, port, print)
    assert ran.code == ExitCode.ENVIRONMENT
    assert ran.err.startswith(f"error[environment]: port {port} is taken\n")
    assert "--port 0" in ran.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--fault", "submit=sunshine"), '"sunshine" is none of reset, hang-up,'),
        (("--fault", "sbumit=reset"), '"sbumit" is none of submit, look,'),
        (("--fault", "submit"), '"" is none of'),
        (("--fault", "fate=bad"), '"bad" is none of completed,'),
        (("--weather", "foggy"), "calm"),
        (("--level", "tin"), "bronze"),
        (("--speed", "0.5"), "0.5"),
        (("--speed", "nan"), "'nan' is not a number"),
        (("--balance", "-1"), "-1"),
        (("--balance", "nan"), "'nan' is not a number"),
        (("--latency", "9", "3"), "the shorter latency comes first"),
        (("--port", "70000"), "70000"),
    ],
)
def test_a_word_that_makes_no_sense_is_refused(words, said):
    """A usage error that says which words there are; nothing is served."""
    ran = answer("simulate", *words)
    assert (ran.code, ran.out) == (ExitCode.USAGE, "")
    assert said in ran.err


class Served:
    """`storyboard simulate` in a process of its own, until it is told to stop."""

    def __init__(self, *words):
        self.process = subprocess.Popen(
            [PROGRAM, "simulate", "--port", "0", *map(str, words)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.first = self.process.stdout.readline()
        self.call = caller(self.first.strip())

    def ended(self, by):
        """Stop it by a signal and return all that it said."""
        self.call.client.close()
        self.process.send_signal(by)
        out, err = self.process.communicate(timeout=60)
        return Ran(self.process.returncode, self.first + out, err)


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_it_says_what_to_type_and_what_it_came_to(tmp_path, monkeypatch, by):
    """The address alone is on stdout; what is to be pasted makes the purse a rehearsal's."""
    served = Served("--speed", "60", "--weather", "stormy", "--seed", "7")
    ran = served.ended(by)
    base_url = ran.out.removesuffix("\n")
    assert (ran.code, ran.out.count("\n")) == (ExitCode.OK, 1)
    assert ran.err.splitlines()[-1] == (
        "the rehearsal is over: 0 orders, $0.00 charged, $0.00 refunded"
    )
    pasted = [line.strip() for line in ran.err.splitlines() if line.startswith("    ")]
    assert pasted[-1] == "storyboard build film.yaml --yes"
    for line in pasted[:-1]:
        for pair in line.removeprefix("export ").split():
            monkeypatch.setenv(*pair.split("="))
    purse = load_purse(load_settings(tmp_path))
    assert (purse.base_url, purse.rehearsal, purse.speed) == (base_url, True, 60)


def test_what_is_asked_for_is_what_is_simulated():
    """Level, balance, faults, latency and silence of the history all arrive."""
    served = Served(
        *("--level", "silver", "--balance", "0.50", "--latency", "0", "0"),
        *("--fault", "submit=503", "--fault", "fate=failed-1200", "--no-history-inputs"),
    )
    call = served.call
    faulty = call.submit().status_code
    ended = call.wait(call.order())
    listed = call.history(include_inputs=True)
    refused = call.submit().json()
    report = json.loads(call.plain("GET", "/_simulator").content)
    ran = served.ended(signal.SIGINT)
    assert (faulty, ended["status"], ended["code"]) == (503, "failed", 1200)
    assert "inputs" not in listed[0]
    assert refused["message"] == "insufficient credits"
    assert [each["level"] for each in report["accounts"]] == ["silver"]
    assert "STORYBOARD_REHEARSAL_SPEED" not in ran.err
    assert ran.err.endswith("1 order, $0.40 charged, $0.00 refunded\n")


@pytest.mark.parametrize("words", [("--help",), ("simulate", "--help")])
def test_help_does_not_load_a_web_server(words):
    """Neither uvicorn nor Starlette is there when help has been printed; both come to serve."""
    script = (
        "import sys\nfrom storyboard.cli.main import main\n"
        f"try: main({list(words)!r})\nexcept SystemExit: pass\n"
        "print(sorted({'uvicorn', 'starlette', 'numpy'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.stderr == "[]\n"
    assert "simulate" in done.stdout
