"""The key goes into one header of requests to the API, and is found nowhere else."""

import asyncio
import gc
import logging
import pickle
import traceback
from datetime import UTC, datetime

import pytest

from fakes.clock import FakeClock
from fakes.wavespeed import KEY, Line, answer, data, run, scripted, unused_port
from storyboard.adapters.wavespeed.client import WaveSpeed
from storyboard.model.errors import EnvironmentFault
from storyboard.model.secret import Secret

SORA = "openai/sora-2/image-to-video"
ECHO = {"code": 401, "message": f"invalid API key {KEY}", "data": {"error": KEY}}
ASKS = [
    lambda api: api.submit(SORA, "{}"),
    lambda api: api.look("abc"),
    lambda api: api.history(datetime(2026, 11, 22, tzinfo=UTC)),
    lambda api: api.quote(SORA, {}),
    lambda api: api.balance(),
    lambda api: api.bills(["abc"]),
    lambda api: api.models(),
    lambda api: api.upload(__file__),
    lambda api: api.download("http://127.0.0.1:1/clip.mp4", "/nowhere/clip.mp4"),
]
TROUBLE = [
    Line.DROPPED,
    Line.RESET,
    b"HTTP/1.1 BAD\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nX: \x00\r\n\r\n",
    answer(401, ECHO),
    answer(400, ECHO),
    answer(200, ECHO),
    answer(500, ECHO),
    answer(502, f"<html>Authorization: Bearer {KEY}</html>".encode()),
    data({"status": "failed", "error": f"no account has {KEY}"}),
    answer(302, b"", Location="http://127.0.0.1:1/"),
]


def all_of(error):
    """Write an error down as fully as can be: its whole chain, with every object's own words."""
    words = ["".join(traceback.format_exception(error))]
    while error is not None:
        words += [str(error), repr(error), repr(error.args), repr(vars(error))]
        error = error.__cause__ or error.__context__
    return "\n".join(words)


def written(base_url, ask):
    """Return all that a call gives back or raises."""
    try:
        return repr(run(base_url, ask))
    except Exception as error:  # noqa: BLE001  what it is called does not matter here
        return all_of(error)


@pytest.mark.parametrize("trouble", TROUBLE)
def test_the_key_is_in_nothing_that_a_failing_call_writes(caplog, capfd, trouble):
    """Logs at their loudest, results, errors and their chains: the key is in none."""
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore", "aiohttp", "asyncio"):
        caplog.set_level(logging.DEBUG, logger=name)
    seen = []
    with scripted(trouble) as server:
        for ask in ASKS:
            seen.append(written(server.base_url, ask))
            seen.append(written(f"http://127.0.0.1:{unused_port()}", ask))
    gc.collect()
    # Here the key was sent, and something was logged: the search could have found it.
    assert any(KEY in each.headers.get("authorization", "") for each in server.requests)
    assert "send_request_headers" in caplog.text
    assert not any(KEY in each.path for each in server.requests)
    output = capfd.readouterr()
    for text in (*seen, caplog.text, output.out, output.err):
        assert KEY not in text


def test_an_answer_that_repeats_the_key_is_shown_without_it():
    """The rest of its words stay."""
    with scripted(answer(401, ECHO)) as server, pytest.raises(EnvironmentFault) as raised:
        run(server.base_url, lambda api: api.balance())
    assert "invalid API key ***" in raised.value.message


def test_the_client_shows_no_key():
    """Neither it nor what it is made of, as far as `repr` goes; and it is not pickled."""

    async def work(api):
        await api.balance()
        parts = [api, *vars(api).values(), *vars(api._transport).values()]
        with pytest.raises(TypeError):
            pickle.dumps(api._transport._key)
        return [repr(each) + str(each) for each in parts]

    with scripted(data({"balance": 1})) as server:
        shown = run(server.base_url, work)
    assert shown
    assert not any(KEY in each for each in shown)


@pytest.mark.parametrize("key", ["", "wsk\n_abc", "wsk abc", "wsk_ä", "wsk\x00abc"])
def test_a_key_that_no_header_takes_is_refused_without_being_shown(key):
    """A library would quote it in its error."""

    async def work():
        with pytest.raises(EnvironmentFault) as raised:
            WaveSpeed("https://api.wavespeed.ai", Secret(key), FakeClock(), rehearsal=False)
        return raised.value

    fault = asyncio.run(work())
    assert "WAVESPEED_API_KEY" in fault.hint
    assert not key or key not in all_of(fault)
