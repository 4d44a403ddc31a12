"""History is read whole or not at all: what it does not show could be bought again."""

import asyncio
import json
from datetime import UTC, datetime

import pytest

from fakes.simulator import HandClock, simulated
from fakes.wavespeed import answer, data, run, scripted
from storyboard.engine.provider import Taken
from storyboard.model.errors import EnvironmentFault
from storyboard.simulator.settings import LEVELS, SimulatorSettings

SORA = "openai/sora-2/image-to-video"
START = datetime.fromtimestamp(1_790_000_000, UTC)
ULTRA = LEVELS["ultra"]
RICH = 1_000_000_000


def inputs(number=0):
    return {"prompt": f"Cat {number}.", "image": "https://example.com/s.png", "duration": 8}


async def order(api, number=0):
    taken = await api.submit(SORA, json.dumps(inputs(number)))
    assert isinstance(taken, Taken), taken
    return taken.prediction


def page(*items, **more):
    return data({"page": 1, "items": list(items), **more})


def item(name="abc", **more):
    return {"id": name, "model": SORA, "created_at": "2026-11-22T10:00:00.123456789Z", **more}


@pytest.mark.parametrize("shown", [True, False])
def test_history_is_read_to_its_last_page(shown):
    """More orders than a page holds are all found, with inputs where the provider shows them."""
    settings = SimulatorSettings(level=ULTRA, balance=RICH, history_inputs=shown)

    async def work(api):
        numbers = range(230)
        ordered = await asyncio.gather(*(order(api, number) for number in numbers))
        return ordered, await api.history(START)

    with simulated(settings, clock=HandClock()) as simulator:
        ordered, listing = run(simulator.base_url, work)
        pages = [each for each in simulator.report()["requests"] if each["endpoint"] == "history"]
    assert len(pages) == 3
    found = {each.prediction: each for each in listing.found}
    assert sorted(found) == sorted(ordered)
    for number, prediction in enumerate(ordered):
        assert found[prediction].inputs == (inputs(number) if shown else None)
        assert found[prediction].created_at == START
    assert listing.now is not None


def test_history_asks_for_all_models_since_a_moment():
    """An order may be listed under another name than its own; older ones do not matter."""
    with scripted(page()) as server:
        since = datetime(2026, 11, 22, 12, 30, 1, 999_999, tzinfo=UTC)
        assert run(server.base_url, lambda api: api.history(since)).found == ()
    assert json.loads(server.requests[0].body) == {
        "created_after": "2026-11-22T12:30:01.999Z",
        "include_inputs": True,
        "page": 1,
        "page_size": 100,
    }


@pytest.mark.parametrize("status", [400, 422])
def test_a_provider_that_does_not_know_include_inputs_is_asked_without(status):
    """The field is undocumented: where it is refused, history is read all the same."""
    refused = answer(status, {"code": 1401, "message": "unknown field include_inputs"})
    with scripted(refused, page(item())) as server:
        listing = run(server.base_url, lambda api: api.history(START))
    assert [each.prediction for each in listing.found] == ["abc"]
    assert ["include_inputs" in json.loads(each.body) for each in server.requests] == [True, False]


def test_an_order_that_moves_to_the_next_page_is_listed_once():
    """New orders push old ones on while pages are read."""
    first = page(*(item(f"p{number}") for number in range(100)))
    second = page(item("p98"), item("p99"), item("p100"))
    with scripted(first, second) as server:
        listing = run(server.base_url, lambda api: api.history(START))
    assert [each.prediction for each in listing.found] == [f"p{number}" for number in range(101)]


@pytest.mark.parametrize("more", [{"total": 3}, {"has_more": True}])
def test_a_page_that_is_smaller_than_asked_for_is_not_taken_for_the_last(more):
    """A provider that shows fewer at a time says that there are more."""
    with scripted(page(item("a"), item("b"), **more), page(item("c"))) as server:
        listing = run(server.base_url, lambda api: api.history(START))
    assert [each.prediction for each in listing.found] == ["a", "b", "c"]


@pytest.mark.parametrize("name", ["inputs", "input"])
def test_inputs_are_read_under_either_name(name):
    """Both stand in samples."""
    with scripted(page(item(**{name: inputs()}))) as server:
        (listed,) = run(server.base_url, lambda api: api.history(START)).found
    assert listed.inputs == inputs()


@pytest.mark.parametrize("hidden", [None, {}, "", []])
def test_inputs_that_are_not_there_are_not_shown_rather_than_empty(hidden):
    """No order is without inputs: an empty mapping would pass for somebody else's order."""
    with scripted(page(item(inputs=hidden))) as server:
        (listed,) = run(server.base_url, lambda api: api.history(START)).found
    assert listed.inputs is None


@pytest.mark.parametrize(
    "shown",
    [
        data([]),
        data({"page": 1}),
        page({"model": SORA}),
        page(item("")),
        page(item("\ud800")),
        page("abc"),
        page({"id": "abc"}),
        page(item(created_at="yesterday")),
    ],
)
def test_a_history_that_cannot_be_read_proves_nothing(shown):
    """An item that is left out could be ours, and would be bought again."""
    with scripted(shown) as server, pytest.raises(EnvironmentFault, match="cannot be read"):
        run(server.base_url, lambda api: api.history(START))


def test_a_history_without_an_end_is_a_fault():
    """A provider that forgets which page was asked for is noticed."""
    full = page(*(item(f"p{number}") for number in range(100)))
    with scripted(full) as server, pytest.raises(EnvironmentFault, match="500 pages"):
        run(server.base_url, lambda api: api.history(START))


def test_history_tells_the_provider_s_own_time():
    """As of the first page: what was ordered later was not looked for."""
    first = data(
        {"items": [item(f"p{number}") for number in range(100)]},
        Date="Sun, 22 Nov 2026 10:00:00 GMT",
    )
    second = data({"items": []}, Date="Sun, 22 Nov 2026 10:00:30 GMT")
    with scripted(first, second) as server:
        listing = run(server.base_url, lambda api: api.history(START))
    assert listing.now == datetime(2026, 11, 22, 10, tzinfo=UTC)
