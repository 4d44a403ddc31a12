"""Every fault of the simulator by order: what a client sees, and what was really done behind it."""

import asyncio
import json

import httpx
import pytest

from fakes.caller import called
from fakes.simulator import HandClock
from storyboard.simulator.clock import SystemClock
from storyboard.simulator.faults import ENDINGS, Endpoint, Face, Fate, Fault, Faults, read_faults
from storyboard.simulator.settings import Durations, SimulatorSettings
from storyboard.simulator.weather import CLIMATES, Weather

PLAIN = Durations(shortest_latency=60, longest_latency=60)


def seen(ask):
    """Return what a client makes of an answer: its kind of failure, or status and body."""
    try:
        answer = ask()
    except httpx.HTTPError as error:
        return type(error).__name__
    try:
        data = answer.json()
    except json.JSONDecodeError:
        return answer.status_code, "html" if "<html>" in answer.text else "broken"
    code = data["code"]
    return answer.status_code, "null" if code == 200 and data["data"] is None else code


LOST_FACES = [
    (Face.RESET, "ReadError"),
    (Face.HANG_UP, "RemoteProtocolError"),
    (Face.HANG, "RemoteProtocolError"),
    (Face.SERVER_ERROR, (500, 500)),
    (Face.BAD_GATEWAY, (502, "html")),
    (Face.UNAVAILABLE, (503, "html")),
    (Face.GATEWAY_TIMEOUT, (504, "html")),
    (Face.LIMITED, (429, 429)),
    (Face.LIMITED_SILENT, (429, 429)),
    (Face.FORBIDDEN, (403, 403)),
    (Face.NOT_FOUND, (404, 404)),
    (Face.TOO_LARGE, (413, 413)),
    (Face.TRUNCATED, (200, "broken")),
    (Face.NULL_DATA, (200, "null")),
    (Face.ENVELOPE_ERROR, (200, 500)),
]


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize(("face", "expected"), LOST_FACES)
def test_only_the_history_tells_whether_a_submission_was_taken(face, expected, done):
    """The answer looks the same; the charge and the history do not."""
    faults = Faults({Endpoint.SUBMIT: (Fault(face, done=done),)})
    with called(SimulatorSettings(faults=faults)) as call:
        assert seen(call.submit) == expected
        assert len(call.history()) == len(call.rows()) == int(done)
        assert seen(call.submit) == (200, 200)


@pytest.mark.parametrize("done", [True, False])
def test_nothing_in_the_bytes_tells_either(done):
    """Of the faces that have bytes, they are the same whether the submission was taken or not."""
    with called() as call:

        def answer(face, *, done):
            call.simulator.order(Faults({Endpoint.SUBMIT: (Fault(face, done=done),)}))
            got = call.submit(prompt=f"{face} {done}")
            got.headers.pop("date", None)
            return got.status_code, sorted(got.headers.items()), got.content

        for face, expected in LOST_FACES:
            if isinstance(expected, tuple):
                assert answer(face, done=done) == answer(face, done=not done)


def test_a_slow_answer_comes_late_and_whole():
    """It takes the seconds that are set, on the simulator's clock."""
    clock = HandClock()
    with called(SimulatorSettings(faults=read_faults(["submit=slow"])), clock=clock) as call:
        assert seen(call.submit) == (200, 200)
        assert len(call.history()) == 1
    assert clock.slept == [8]
    settings = SimulatorSettings(faults=read_faults(["submit=slow"]), speed=100_000)
    with called(settings, clock=SystemClock()) as call:
        assert seen(call.submit) == (200, 200)


def test_a_hanging_answer_lasts_longer_than_a_client_waits():
    """Nothing comes; when the client has gone, the next request is served as ever."""

    class Forever(HandClock):
        async def sleep(self, seconds):
            self.slept.append(seconds)
            await asyncio.Event().wait()

    clock = Forever()
    settings = SimulatorSettings(faults=read_faults(["submit=hang+done"]))
    with called(settings, clock=clock) as call:
        impatient = httpx.Timeout(30, read=0.05)
        with pytest.raises(httpx.ReadTimeout):
            call.client.post(
                "/api/v3/openai/sora-2/image-to-video",
                json={"prompt": "A cat.", "image": "https://example.com/a.png"},
                headers={"Authorization": "Bearer a-key"},
                timeout=impatient,
            )
        assert len(call.history()) == 1
    assert clock.slept == [120]


@pytest.mark.parametrize(("limited", "wait"), [("429", "1"), ("429-silent", None)])
def test_a_limit_may_say_how_long(limited, wait):
    """With Retry-After, in seconds as they pass here, and without."""
    for speed, seconds in ((1, wait), (100, wait and "0")):
        settings = SimulatorSettings(faults=read_faults([f"look={limited}"]), speed=speed)
        with called(settings) as call:
            answer = call.get("/predictions/any/result")
        assert (answer.status_code, answer.headers.get("retry-after")) == (429, seconds)


@pytest.mark.parametrize("endpoint", ["history", "price", "models", "balance", "billings"])
@pytest.mark.parametrize(("face", "expected"), [*LOST_FACES[:1], *LOST_FACES[3:8]])
def test_every_question_can_fail_once(endpoint, face, expected):
    """And is answered when it is asked again."""
    ask = {
        "history": lambda call: call.post("/predictions", {"page": 1}),
        "price": lambda call: call.post("/model/price", {"model_id": model, "inputs": {}}),
        "models": lambda call: call.get("/models"),
        "balance": lambda call: call.get("/balance"),
        "billings": lambda call: call.post("/billings/search", {"page": 1}),
    }[endpoint]
    model = "openai/sora-2/image-to-video"
    with called(SimulatorSettings(faults=read_faults([f"{endpoint}={face}"]))) as call:
        assert seen(lambda: ask(call)) == expected
        assert seen(lambda: ask(call)) == (200, 200)


@pytest.mark.parametrize("status", ["queued", "pending"])
def test_a_prediction_can_show_a_status_that_is_not_documented(status):
    """Once; then it shows the one it has."""
    clock = HandClock()
    with called(SimulatorSettings(durations=PLAIN), clock=clock) as call:
        name = call.order()
        clock.move(60)
        call.wait(name)
        call.simulator.order(read_faults([f"look={status}"]))
        first, second = call.look(name), call.look(name)
    assert (first["status"], first["outputs"]) == (status, [])
    assert second["status"] == "completed"


def test_a_prediction_that_is_not_there_shows_no_status():
    """A look that fails by itself is not mended by a fault."""
    with called(SimulatorSettings(faults=read_faults(["look=queued"]))) as call:
        assert seen(lambda: call.get("/predictions/unknown")) == (404, 404)


@pytest.mark.parametrize("fate", sorted(ENDINGS))
def test_every_failure_has_its_code_and_its_refund(fate):
    """A failed prediction is read back as a success of the request, with the code inside."""
    clock = HandClock()
    settings = SimulatorSettings(durations=PLAIN, faults=Faults(fates=(fate,)))
    with called(settings, clock=clock) as call:
        name = call.order()
        clock.move(60)
        failed = call.look(name)
        clock.move(60)
        assert call.simulator.sums() == (400_000, 400_000)
    ending = ENDINGS[fate]
    shown = (failed["status"], failed["code"], failed["error"], failed["outputs"])
    assert shown == (ending.status, ending.code, ending.error, [])


@pytest.mark.parametrize(
    ("fate", "made"),
    [
        (Fate.COMPLETED, [1280, 720, 4]),
        (Fate.LONGER, [1280, 720, 4.2]),
        (Fate.WRONG_SIZE, [1280, 704, 4]),
        (Fate.OTHER_MODEL, [1280, 688, 4]),
    ],
)
def test_a_clip_may_be_other_than_ordered(fate, made):
    """The prediction says nothing of it: it is completed, and billed."""
    clock = HandClock()
    settings = SimulatorSettings(durations=PLAIN, faults=Faults(fates=(fate,)))
    with called(settings, clock=clock) as call:
        name = call.order()
        clock.move(60)
        clip = call.plain("GET", call.wait(name)["outputs"][0]).json()
    assert clip[1:] == made


@pytest.mark.parametrize(
    ("face", "expected"),
    [
        ("truncated", "RemoteProtocolError"),
        ("reset", "ReadError"),
        ("403", (403, 403)),
        ("404", (404, 404)),
        ("503", (503, "html")),
    ],
)
def test_a_download_can_fail_once(face, expected):
    """The clip is there when it is fetched again."""
    clock = HandClock()
    with called(SimulatorSettings(durations=PLAIN), clock=clock) as call:
        name = call.order()
        clock.move(60)
        output = call.wait(name)["outputs"][0]
        call.simulator.order(read_faults([f"download={face}"]))
        assert seen(lambda: call.plain("GET", output)) == expected
        assert call.plain("GET", output).json()[1:] == [1280, 720, 4]


def test_a_truncated_download_promises_the_whole():
    """Its Content-Length is the clip's, so that a client which compares finds out."""
    clock = HandClock()

    def render(_inputs, _width, _height, _seconds, path):
        with open(path, "wb") as file:
            file.write(b"x" * 100_000)

    with called(SimulatorSettings(durations=PLAIN), render, clock) as call:
        name = call.order()
        clock.move(60)
        output = call.wait(name)["outputs"][0]
        call.simulator.order(read_faults(["download=truncated"]))
        pieces = []
        with call.client.stream("GET", output) as answer:
            assert answer.headers["content-length"] == "100000"
            with pytest.raises(httpx.RemoteProtocolError):
                pieces.extend(answer.iter_raw())
    assert b"".join(pieces) == b"x" * 50_000


def test_what_the_renderer_raises_fails_the_prediction():
    """It is refunded like any failure, and the words say what was wrong."""
    clock = HandClock()

    def render(*_):
        message = "no such still"
        raise ValueError(message)

    with called(SimulatorSettings(durations=PLAIN), render, clock) as call:
        name = call.order()
        clock.move(60)
        failed = call.wait(name)
        clock.move(60)
        assert call.simulator.sums() == (400_000, 400_000)
    assert (failed["status"], failed["code"]) == ("failed", 1403)
    assert failed["error"] == "Task execution failed. no such still"


def test_faults_come_in_order_and_end():
    """A word for each request; then all is well."""
    words = ["submit=502", "submit=reset+done", "look=503", "fate=failed-1200", "fate=longer"]
    assert read_faults(words) == Faults(
        {
            Endpoint.SUBMIT: (Fault(Face.BAD_GATEWAY), Fault(Face.RESET, done=True)),
            Endpoint.LOOK: (Fault(Face.UNAVAILABLE),),
        },
        (Fate.MODERATED, Fate.LONGER),
    )
    weather = Weather(CLIMATES["calm"], 0, read_faults(words))
    met = [weather.meet(Endpoint.SUBMIT, "any") for _ in range(3)]
    assert met == [Fault(Face.BAD_GATEWAY), Fault(Face.RESET, done=True), None]
    fates = [weather.fate("any") for _ in range(3)]
    assert fates == [Fate.MODERATED, Fate.LONGER, Fate.COMPLETED]


def test_the_last_fault_can_go_on_for_ever():
    """As long as nothing else is ordered."""
    weather = Weather(CLIMATES["calm"], 0, read_faults(["look=404", "look=503"], endless=True))
    met = [weather.meet(Endpoint.LOOK, "any") for _ in range(4)]
    assert met == [Fault(Face.NOT_FOUND)] + [Fault(Face.UNAVAILABLE)] * 3
    weather.order(Faults())
    assert weather.meet(Endpoint.LOOK, "any") is None


def test_a_request_can_be_let_pass():
    """None stands for a request that meets nothing."""
    faults = Faults({Endpoint.LOOK: (None, Fault(Face.UNAVAILABLE))})
    weather = Weather(CLIMATES["calm"], 0, faults)
    assert [weather.meet(Endpoint.LOOK, "any") for _ in range(3)] == [
        None,
        Fault(Face.UNAVAILABLE),
        None,
    ]


@pytest.mark.parametrize("word", ["submit=rest", "sumbit=reset", "submit", "fate=failed", ""])
def test_a_fault_that_is_not_known_is_refused_with_those_that_are(word):
    """The message lists them."""
    with pytest.raises(ValueError, match=r'".*" is none of \w+'):
        read_faults([word])


def test_the_report_tells_what_each_request_met():
    """Method and account, the status of the answer, and the fault in the words of a switch."""
    with called(SimulatorSettings(faults=read_faults(["submit=502+done", "look=reset"]))) as call:
        call.submit()
        seen(lambda: call.get("/predictions/any/result"))
        call.balance()
        requests = call.simulator.report()["requests"]
    assert [(each["endpoint"], each["fault"]) for each in requests] == [
        ("submit", "502+done"),
        ("look", "reset"),
        ("balance", ""),
    ]
    assert (requests[0]["method"], requests[0]["status"]) == ("POST", 502)
    assert len({each["account"] for each in requests}) == 1
