"""An order is sent once, and what became of it is told as sure as it is, never surer."""

import asyncio
import json
import socket

import httpx
import pytest
from httpx_aiohttp import AiohttpTransport

from fakes.simulator import HandClock, simulated
from fakes.wavespeed import Line, answer, data, run, scripted, unused_port
from storyboard.adapters.wavespeed.faults import UNSENT
from storyboard.adapters.wavespeed.transport import Timeouts
from storyboard.engine.provider import NeverSent, PutOff, Refused, Taken, Unclear
from storyboard.model.job import Cause
from storyboard.simulator.faults import Endpoint, Face, read_faults
from storyboard.simulator.settings import SimulatorSettings

SORA = "openai/sora-2/image-to-video"
ORDER = json.dumps({"prompt": "A cat sits.", "image": "https://example.com/s.png", "duration": 4})
HTML = b"<html><h1>Said</h1></html>"
ENDED = {
    Face.LIMITED: PutOff,
    Face.LIMITED_SILENT: PutOff,
    Face.FORBIDDEN: Refused,
    Face.NOT_FOUND: Refused,
    Face.TOO_LARGE: Refused,
    Face.SLOW: Taken,
    Face.QUEUED: Taken,
    Face.PENDING: Taken,
}
NEVER_BEHIND = {
    Face.LIMITED,
    Face.LIMITED_SILENT,
    Face.FORBIDDEN,
    Face.NOT_FOUND,
    Face.TOO_LARGE,
}


def order(api):
    return api.submit(SORA, ORDER)


def told(status, body, **headers):
    with scripted(answer(status, body, **headers)) as server:
        result = run(server.base_url, order)
        assert len(server.requests) == 1
    return result


def envelope(code, message="no", content=None):
    return {"code": code, "message": message, "data": content}


def test_an_order_that_is_taken_is_named():
    """The prediction's id comes back, and the payload arrives word for word."""
    with scripted(data({"id": "abc", "status": "created"})) as server:
        assert run(server.base_url, order) == Taken("abc")
    sent = server.requests[0]
    assert (sent.method, sent.path) == ("POST", f"/api/v3/{SORA}")
    assert sent.body == ORDER.encode()
    assert sent.headers["authorization"].startswith("Bearer wsk_")
    assert sent.headers["content-type"] == "application/json"
    assert sent.headers["x-client-name"] == "storyboard"


@pytest.mark.parametrize(
    ("face", "done"),
    [
        (face, done)
        for face in Face
        for done in (False, True)
        if not (done and face in NEVER_BEHIND)
    ],
)
def test_every_face_of_trouble_is_told_right_after_one_post(face, done):
    """What looks unclear is Unclear, taken or not, and nothing is sent again."""
    word = f"submit={face}{'+done' if done else ''}"
    settings = SimulatorSettings(faults=read_faults([word]))
    with simulated(settings, clock=HandClock()) as simulator:
        result = run(simulator.base_url, order)
        report = simulator.report()
    assert type(result) is ENDED.get(face, Unclear)
    posts = [each for each in report["requests"] if each["endpoint"] == Endpoint.SUBMIT]
    assert len(posts) == 1
    taken = done or face in (Face.SLOW, Face.QUEUED, Face.PENDING)
    assert len(report["charges"]) == (1 if taken else 0)


def test_a_connection_that_never_came_about_is_told_from_one_that_was_lost():
    """Refused: the order never left. Read and then dropped, or reset: unclear."""
    assert isinstance(run(f"http://127.0.0.1:{unused_port()}", order), NeverSent)
    for end in (Line.DROPPED, Line.RESET):
        with scripted(end) as server:
            assert isinstance(run(server.base_url, order), Unclear)
            assert [each.body for each in server.requests] == [ORDER.encode()]


def test_the_other_transport_cannot_tell_the_two_apart():
    """Through aiohttp an order that was read and dropped looks as if it had never been sent."""

    async def error_at(base_url):
        async with httpx.AsyncClient(transport=AiohttpTransport()) as client:
            with pytest.raises(httpx.HTTPError) as raised:
                await client.post(base_url, content=ORDER)
        return raised.value

    assert isinstance(asyncio.run(error_at(f"http://127.0.0.1:{unused_port()}")), UNSENT)
    with scripted(Line.DROPPED) as server:
        assert isinstance(asyncio.run(error_at(server.base_url)), UNSENT)
        assert len(server.requests) == 1


def test_an_order_by_the_other_transport_would_be_sent_again():
    """The control: the adapter with its one connection exchanged calls a taken order unsent."""

    async def by_the_other(api):
        transport = api._transport
        await transport._submitting.aclose()
        transport._submitting = transport._reading
        return await order(api)

    with scripted(Line.DROPPED) as server:
        assert isinstance(run(server.base_url, by_the_other), NeverSent)
        assert [each.body for each in server.requests] == [ORDER.encode()]


def test_a_server_that_speaks_no_tls_was_sent_nothing():
    """The order leaves only after the handshake."""
    with scripted(answer()) as server:
        result = run(server.base_url.replace("http:", "https:"), order, rehearsal=False)
    assert isinstance(result, NeverSent)
    assert server.requests == []


def test_a_name_that_nobody_knows_was_sent_nothing(monkeypatch):
    """A look-up that fails comes before everything else."""

    def unknown(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    result = run("https://api.example.invalid", order, rehearsal=False)
    assert isinstance(result, NeverSent)


def test_a_server_that_says_nothing_leaves_the_order_unclear():
    """Time runs out after the order was sent."""
    with scripted(Line.SILENT) as server:
        result = run(server.base_url, order, timeouts=Timeouts(submit=0.05))
    assert isinstance(result, Unclear)
    assert "in time" in result.reason


@pytest.mark.parametrize(
    ("status", "code", "message", "cause"),
    [
        (400, 1401, 'field "duration" must be one of 4, 8', Cause.INPUT),
        (422, 422, "unprocessable", Cause.INPUT),
        (413, 413, "too large", Cause.INPUT),
        (400, 1407, "insufficient credits", Cause.CREDIT),
        (400, 400, "Insufficient balance, please top up", Cause.CREDIT),
        (402, 402, "pay", Cause.CREDIT),
        (401, 401, "Unauthorized", Cause.ACCOUNT),
        (403, 403, "your role may not; balance insufficient", Cause.ACCOUNT),
        (404, 404, "Model not found", Cause.MODEL),
        (400, 1200, "rejected", Cause.MODERATION),
        (400, 400, "flagged as sensitive", Cause.MODERATION),
    ],
)
def test_a_refusal_in_the_provider_s_own_json_is_sure(status, code, message, cause):
    """Its words are passed on, with the cause that decides what may be tried next."""
    result = told(status, envelope(code, message))
    assert isinstance(result, Refused)
    assert result.cause is cause
    assert message in result.reason


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 413, 422, 429])
@pytest.mark.parametrize(
    "body",
    [HTML, b"", b'{"code":400,"mess', {"detail": "no"}, {"code": "400"}, {"code": True}, [1]],
)
def test_a_refusal_in_other_words_is_unclear(status, body):
    """A gateway's page says nothing about what lies behind it."""
    assert isinstance(told(status, body), Unclear)


@pytest.mark.parametrize("status", [201, 202, 204, 400, 429])
def test_a_success_in_the_envelope_refuses_nothing(status):
    """Where status and envelope contradict each other, nothing is sure."""
    assert isinstance(told(status, envelope(200, "success", {"id": "abc"})), Unclear)


@pytest.mark.parametrize("status", [405, 408, 409, 418, 425, 451, 500, 502, 503, 504, 529])
def test_any_other_answer_is_unclear_even_in_json(status):
    """Only a few statuses are refusals."""
    assert isinstance(told(status, envelope(status)), Unclear)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_an_order_is_not_sent_on_to_another_address(status):
    """A redirect is not followed: unclear, and its target is asked nothing."""
    with scripted(data({"id": "abc"})) as target:
        result = told(status, b"", Location=f"{target.base_url}/api/v3/x")
    assert isinstance(result, Unclear)
    assert target.requests == []


@pytest.mark.parametrize(
    "body",
    [
        envelope(200, "success", None),
        envelope(200, "success", {"id": ""}),
        envelope(200, "success", {"id": 7}),
        envelope(200, "success", {"id": "\ud800"}),
        envelope(200, "success", {"id": "a\nb"}),
        envelope(200, "success", [{"id": "abc"}]),
        envelope(500, "internal error", {"id": "abc"}),
        envelope(5004, "sync mode timed out", {"status": "processing"}),
        {"data": {"id": "abc"}},
        b"[" * 100_000,
        b'{"code":200,"data":{"id":"',
    ],
)
def test_an_answer_that_does_not_name_the_order_is_unclear(body):
    """HTTP 200 alone is no receipt."""
    assert isinstance(told(200, body), Unclear)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "17"}, 17.0),
        ({"Retry-After": "0"}, 0.0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-3"}, None),
        ({}, None),
        (
            {
                "Date": "Sun, 22 Nov 2026 10:00:00 GMT",
                "Retry-After": "Sun, 22 Nov 2026 10:00:40 GMT",
            },
            40.0,
        ),
        ({"Retry-After": "Sun, 22 Nov 2026 12:00:09 GMT"}, 9.0),
        ({"Retry-After": "Sun, 22 Nov 2020 12:00:09 GMT"}, 0.0),
    ],
)
def test_a_limit_says_how_long_to_wait(headers, wait):
    """Retry-After in seconds, or as a date on the provider's clock, else on ours."""
    result = told(429, envelope(429, "Too Many Requests"), **headers)
    assert isinstance(result, PutOff)
    assert result.wait == wait


def test_the_provider_s_words_do_nothing_to_a_terminal():
    """Control characters and hidden ones are taken out, and a long text is cut."""
    result = told(400, envelope(400, "bad \x1b[2J\u202e\nprompt " + "x" * 5000))
    assert result.reason.isprintable()
    assert len(result.reason) < 400
    assert "bad [2J prompt" in result.reason


def test_a_model_s_name_cannot_lead_elsewhere():
    """What is no letter of a name is quoted, so the address stays the API's."""
    with scripted(data({"id": "abc"})) as server:
        run(server.base_url, lambda api: api.submit("a/b?webhook=x#y", ORDER))
    assert server.requests[0].path == "/api/v3/a/b%3Fwebhook%3Dx%23y"


def test_two_hundred_orders_at_once_are_each_sent_once():
    """The gate lets them pass a few at a time, and none is given up."""

    async def all_of_them(api):
        return await asyncio.gather(*(order(api) for _ in range(200)))

    with scripted(data({"id": "abc"})) as server:
        assert set(run(server.base_url, all_of_them)) == {Taken("abc")}
        assert len(server.requests) == 200
