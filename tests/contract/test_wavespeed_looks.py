"""A look never ends an order by mistake: what was paid for goes on."""

import json

import pytest

from fakes.simulator import HandClock, simulated
from fakes.wavespeed import Line, answer, data, run, scripted, unused_port
from storyboard.adapters.wavespeed.transport import Timeouts
from storyboard.engine.ports import Failed, Ready, Running
from storyboard.engine.provider import Missing, Taken, Unreachable
from storyboard.model.job import Cause
from storyboard.simulator.faults import Endpoint, Face, Faults, read_faults
from storyboard.simulator.settings import SimulatorSettings

SORA = "openai/sora-2/image-to-video"


def inputs(number=0):
    return {"prompt": f"Cat {number}.", "image": "https://example.com/s.png", "duration": 8}


async def order(api, number=0):
    taken = await api.submit(SORA, json.dumps(inputs(number)))
    assert isinstance(taken, Taken), taken
    return taken.prediction


def looked(*answers, **how):
    with scripted(*answers) as server:
        result = run(server.base_url, lambda api: api.look("abc"), **how)
        assert server.requests[0].path == "/api/v3/predictions/abc/result"
    return result


def stands(status, **more):
    return data({"id": "abc", "status": status, "outputs": [], "error": "", **more})


@pytest.mark.parametrize("status", ["created", "processing", "pending", "queued", "Completed"])
def test_a_status_that_is_no_ending_is_running(status):
    """An order ends only by a word that is known to end it."""
    assert looked(stands(status)) == Running()


def test_a_finished_order_tells_where_its_clip_is():
    """The first URL among the outputs, and whether the provider's filter flags it."""
    urls = ["https://cdn.example.com/1.mp4", "https://cdn.example.com/2.mp4"]
    calm = stands("completed", outputs=["bm90IGEgdXJs", *urls], has_nsfw_contents=[False])
    assert looked(calm) == Ready(urls[0])
    flagged = stands("completed", outputs=urls, has_nsfw_contents=[False, True])
    assert looked(flagged) == Ready(urls[0], flagged=True)


@pytest.mark.parametrize("outputs", [[], None, ["bm90IGEgdXJs"], [{"text": "no"}]])
def test_a_finished_order_without_a_clip_is_not_called_failed(outputs):
    """It is billed: as long as its clip is missing, nobody orders it again."""
    assert isinstance(looked(stands("completed", outputs=outputs)), Missing)


@pytest.mark.parametrize(
    ("status", "code", "error", "cause"),
    [
        ("failed", 1200, "rejected", Cause.MODERATION),
        ("failed", 1403, "output audio may contain sensitive information", Cause.MODERATION),
        ("failed", 1400, "missing", Cause.INPUT),
        ("failed", 1401, "wrong", Cause.INPUT),
        ("failed", 1402, "Failed to download image", Cause.INPUT),
        ("failed", 1403, "failed", Cause.UPSTREAM),
        ("failed", 1405, "failed", Cause.UPSTREAM),
        ("failed", 5000, "internal; safety check crashed", Cause.UPSTREAM),
        ("failed", 5003, "unavailable", Cause.UPSTREAM),
        ("timeout", 0, "", Cause.UPSTREAM),
        ("cancelled", 0, "", Cause.OTHER),
        ("deleted", None, None, Cause.OTHER),
    ],
)
def test_an_order_that_failed_says_why(status, code, error, cause):
    """In the provider's words where it has some, with the cause that decides what comes next."""
    result = looked(stands(status, code=code, error=error))
    assert isinstance(result, Failed)
    assert result.cause is cause
    assert (error or status) in result.reason


def test_an_order_that_is_not_known_is_missing_only_by_the_provider_s_word():
    """A gateway's 404 says nothing about the order."""
    known = answer(404, {"code": 404, "message": "Prediction not found"})
    assert isinstance(looked(known), Missing)
    assert isinstance(looked(answer(404, b"<html>404</html>")), Unreachable)


@pytest.mark.parametrize(
    "said",
    [
        answer(401, {"code": 401, "message": "Unauthorized"}),
        answer(403, {"code": 403, "message": "Forbidden"}),
        answer(429, {"code": 429, "message": "Too Many Requests"}),
        answer(500, {"code": 500, "message": "internal"}),
        answer(502, b"<html>502</html>"),
        answer(200, b'{"code":200,"message":"success","data":{"status":"fai'),
        answer(200, {"code": 500, "message": "no", "data": {"status": "failed"}}),
        data(None),
        data({"id": "abc"}),
        answer(302, b"", Location="http://127.0.0.1:1/"),
        Line.DROPPED,
        Line.RESET,
    ],
)
def test_an_answer_that_says_nothing_about_the_order_leaves_it_as_it_is(said):
    """The order goes on: it was paid for."""
    assert isinstance(looked(said), Unreachable)


def test_a_look_that_nobody_answers_is_given_up():
    """Silence is Unreachable, and so is a host where nobody listens."""
    silent = looked(Line.SILENT, timeouts=Timeouts(read=0.05))
    assert isinstance(silent, Unreachable)
    nobody = run(f"http://127.0.0.1:{unused_port()}", lambda api: api.look("abc"))
    assert isinstance(nobody, Unreachable)


def test_a_look_passes_on_how_long_to_wait():
    """The engine decides when to look again."""
    limited = answer(429, {"code": 429, "message": "slow"}, Retry_After="9")
    assert looked(limited).wait == 9.0


def test_a_look_at_every_face_of_trouble_never_ends_an_order():
    """Whatever the simulator shows, an order that is being made is never Ready or Failed."""
    faces = [face for face in Face if face is not Face.NOT_FOUND]
    faults = Faults(
        {Endpoint.LOOK: read_faults([f"look={face}" for face in faces]).requests["look"]}
    )

    async def looks(api):
        prediction = await order(api)
        return [await api.look(prediction) for _ in faces]

    with simulated(SimulatorSettings(faults=faults), clock=HandClock()) as simulator:
        results = run(simulator.base_url, looks)
    assert {type(each) for each in results} == {Running, Unreachable}
