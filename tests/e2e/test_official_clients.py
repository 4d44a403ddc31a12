"""The provider's own clients, unmodified, at the simulator: from PyPI and from npm.

What they take for an answer is our second opinion on the simulator: it was written from the same
documentation as our client, but not by us.
"""

import hashlib
import io
import json
import subprocess
import urllib.request

import av
import pytest
from PIL import Image
from wavespeed import Client

from fakes.npm import NODE, NPM, install
from fakes.simulator import film_clip, simulated, stub_clip
from storyboard.simulator.faults import read_faults
from storyboard.simulator.settings import LEVELS, Durations, Level, SimulatorSettings

pytestmark = pytest.mark.slow

SORA = "openai/sora-2/image-to-video"
INPUTS = {"image": "https://example.com/still.png", "prompt": "A cat sits.", "duration": 4}
QUICK = Durations(shortest_latency=0.02, longest_latency=0.05, minute=3600, refund_delay=0)
RETRIED = ("429", "500", "502", "503", "504", "reset")
ENDED = [
    ("failed-5000", "failed", "Internal error."),
    ("failed-1200", "failed", "Content moderation: the request was rejected."),
    ("cancelled", "cancelled", "Task cancelled."),
    ("timeout", "timeout", "Task timeout."),
    ("deleted", "deleted", "Task deleted."),
]
LOST = ["reset+done", "reset", "hang-up+done", "502+done", "504", "429", "null-data+done"]


def quick(*faults, level=LEVELS["gold"], **others):
    """Return settings under which a clip is made in no time."""
    return SimulatorSettings(durations=QUICK, level=level, faults=read_faults(faults), **others)


@pytest.fixture
def still(tmp_path):
    path = tmp_path / "still.png"
    Image.new("RGB", (90, 160), "teal").save(path)
    return path


def python(simulator, key="a-key"):
    """Return the client from PyPI."""
    return Client(api_key=key, base_url=simulator.base_url, retry_interval=0.01)


@pytest.fixture(scope="session")
def npm():
    """The client from npm, installed."""
    install()


def javascript(simulator, *calls, key="a-key"):
    """Make calls with the client from npm; return what each gave."""
    asked = {
        "baseUrl": simulator.base_url,
        "apiKey": key,
        "options": {"retryInterval": 0.01},
        "calls": calls,
    }
    done = subprocess.run(
        [NODE, NPM / "wavespeed_client.cjs"],
        input=json.dumps(asked),
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
    )
    return json.loads(done.stdout)


def run(inputs=None):
    """Return the call by which the client from npm makes a clip."""
    return ["run", SORA, inputs or INPUTS, {"pollInterval": 0.01}]


def statuses(simulator):
    """Return what each request met, or its status."""
    requests = simulator.report()["requests"]
    return [(each["endpoint"], each["fault"] or each["status"]) for each in requests]


def test_python_uploads_submits_polls_and_gets_a_film(still):
    """The whole way: a still in, a real clip out, in the still's orientation."""
    with simulated(quick(), film_clip) as simulator:
        client = python(simulator)
        address = client.upload(str(still))
        made = client.run(SORA, {**INPUTS, "image": address}, poll_interval=0.01)
        report = simulator.report()
        name = report["predictions"][0]["id"]
        assert client.get_result(name)["data"]["outputs"] == made["outputs"]
        with urllib.request.urlopen(made["outputs"][0]) as answer:
            clip = io.BytesIO(answer.read())
    with av.open(clip) as film:
        picture, sound = film.streams.video[0], film.streams.audio[0]
        assert (picture.width, picture.height, picture.frames) == (720, 1280, 96)
        assert float(sound.duration * sound.time_base) == pytest.approx(4, abs=0.1)
    assert report["uploads"] == 1
    assert (len(report["charges"]), report["refunds"]) == (1, [])


def test_python_uploads_a_stream():
    """A file that has no path, whose length the client finds out."""
    content = b"\x00\r\n" * 10_000
    with simulated(quick()) as simulator:
        python(simulator).upload(io.BytesIO(content))
        (ticket,) = simulator.provider.uploads.stored()
        stored = ticket.path.read_bytes()
    assert hashlib.sha256(stored).digest() == hashlib.sha256(content).digest()


@pytest.mark.parametrize(("fate", "status", "words"), ENDED)
def test_python_reads_every_end(fate, status, words):
    """The client raises with the status, the prediction's id and the provider's words."""
    with simulated(quick(f"fate={fate}")) as simulator:
        with pytest.raises(RuntimeError) as caught:
            python(simulator).run(SORA, INPUTS, poll_interval=0.01)
        name = simulator.report()["predictions"][0]["id"]
    assert str(caught.value) == f"Prediction {status} (task_id: {name}): {words}"


def test_python_looks_again_when_a_look_fails():
    """Each of the failures for which it is built, then the clip, for one charge."""
    faults = [f"look={face}" for face in RETRIED[:5]]
    with simulated(quick(*faults)) as simulator:
        made = python(simulator).run(SORA, INPUTS, poll_interval=0.01)
        seen = statuses(simulator)
        assert simulator.sums() == (400_000, 0)
    assert made["outputs"]
    assert [fault for endpoint, fault in seen if endpoint == "look"][:5] == list(RETRIED[:5])


def test_python_looks_again_when_the_connection_breaks():
    """A reset connection is one of them."""
    with simulated(quick("look=reset", "look=hang-up")) as simulator:
        assert python(simulator).run(SORA, INPUTS, poll_interval=0.01)["outputs"]


@pytest.mark.parametrize("word", LOST)
def test_python_submits_once(word):
    """Whatever becomes of the answer, there is one POST, and a charge where it was carried out."""
    with simulated(quick(f"submit={word}")) as simulator:
        result = python(simulator).run_no_throw(SORA, INPUTS, poll_interval=0.01)
        submits = [each for each in statuses(simulator) if each[0] == "submit"]
        charged, _ = simulator.sums()
    assert result["status"] == "failed"
    assert submits == [("submit", word)]
    assert charged == (400_000 if word.endswith("+done") else 0)


def test_python_is_told_of_the_limit():
    """The second submission of a minute that allows one; nothing is charged for it."""
    with simulated(quick(level=Level("slow", 1, 1))) as simulator:
        client = python(simulator)
        client.run(SORA, INPUTS, poll_interval=0.01)
        with pytest.raises(RuntimeError, match=r"HTTP 429: .*Too Many Requests"):
            client.run(SORA, INPUTS)
        assert simulator.sums() == (400_000, 0)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (quick(upload_quota=0), "HTTP 429: .*Upload quota exceeded"),
        (quick(upload_limit=10), "HTTP 413: .*File too large"),
        (quick("put=500"), "Failed to upload file: HTTP 500"),
        (quick("ticket=envelope-error"), "Upload failed: internal error"),
    ],
)
def test_python_is_told_why_an_upload_is_refused(settings, words, still):
    """By the ticket, or by the store."""
    with simulated(settings) as simulator, pytest.raises(RuntimeError, match=words):
        python(simulator).upload(str(still))


def test_python_is_told_what_is_wrong_with_the_inputs():
    """The name of the field is in the error."""
    with simulated(quick()) as simulator, pytest.raises(RuntimeError, match="duration"):
        python(simulator).run(SORA, {**INPUTS, "duration": 5})


@pytest.mark.usefixtures("npm")
def test_javascript_uploads_submits_polls_and_gets_a_clip(still):
    """The whole way: a still in, the address of a clip out."""
    with simulated(quick(), stub_clip) as simulator:
        (upload,) = javascript(simulator, ["upload", str(still)])
        (made,) = javascript(simulator, run({**INPUTS, "image": upload["value"]}))
        (ticket,) = simulator.provider.uploads.stored()
        assert ticket.path.read_bytes() == still.read_bytes()
        report = simulator.report()
    name = report["predictions"][0]["id"]
    assert made == {"value": {"outputs": [f"{simulator.base_url}/outputs/{name}/1.mp4"]}}
    assert report["predictions"][0]["inputs"]["image"] == upload["value"]
    assert simulator.provider.predictions.find(name, 0).clip.width == 720


@pytest.mark.usefixtures("npm")
def test_javascript_reads_every_end():
    """The client raises with the provider's words, and counts each as one charge."""
    with simulated(quick(*(f"fate={fate}" for fate, _, _ in ENDED))) as simulator:
        results = javascript(simulator, *[run() for _ in ENDED])
        names = [each["id"] for each in simulator.report()["predictions"]]
        charged, refunded = simulator.sums()
    assert len(results) == len(names) == len(ENDED)
    for result, name, (_, _, words) in zip(results, names, ENDED, strict=True):
        assert name in result["message"]
        assert words in result["message"]
    assert charged == refunded == 400_000 * len(ENDED)


@pytest.mark.usefixtures("npm")
def test_javascript_looks_again_when_a_look_fails():
    """Each of the failures for which it is built, then the clip, for one charge."""
    faults = [f"look={face}" for face in RETRIED[1:]]
    with simulated(quick(*faults)) as simulator:
        (made,) = javascript(simulator, run())
        seen = statuses(simulator)
        assert simulator.sums() == (400_000, 0)
    assert made["value"]["outputs"]
    assert [fault for endpoint, fault in seen if endpoint == "look"][:5] == list(RETRIED[1:])


@pytest.mark.usefixtures("npm")
def test_javascript_submits_once_and_is_told_of_the_limit():
    """Whatever becomes of the answer, one POST for each call; at the end the minute is full."""
    level = Level("slow", 1 + sum(word.endswith("+done") for word in LOST), 100)
    with simulated(quick(*(f"submit={word}" for word in LOST), level=level)) as simulator:
        *lost, made, limited = javascript(simulator, *[run() for _ in (*LOST, "made", "limited")])
        submits = [fault for endpoint, fault in statuses(simulator) if endpoint == "submit"]
        charged, _ = simulator.sums()
    assert submits == [*LOST, 200, 429]
    assert all("submission failed" in each["message"] for each in lost)
    assert made["value"]["outputs"]
    assert "HTTP 429" in limited["message"]
    assert charged == 400_000 * level.per_minute


@pytest.mark.usefixtures("npm")
def test_javascript_is_told_why_an_upload_is_refused(still):
    """By the quota, and by the store."""
    with simulated(quick("put=500", upload_quota=1)) as simulator:
        stored, quota = javascript(simulator, *[["upload", str(still)]] * 2)
    assert "HTTP 500" in stored["message"]
    assert "HTTP 429" in quota["message"]
