"""Prices, balance, bills and models: read whatever the weather, and never read wrong."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from fakes.clock import FakeClock
from fakes.simulator import HandClock, simulated
from fakes.wavespeed import Line, answer, data, mp4_clip, run, scripted
from storyboard.adapters.wavespeed.patience import TRIES
from storyboard.engine.provider import Bill, Quote, Taken
from storyboard.model.errors import EnvironmentFault
from storyboard.model.money import MicroUsd
from storyboard.simulator.faults import Endpoint, Fate, Faults
from storyboard.simulator.settings import LEVELS, AccountTerms, Durations, SimulatorSettings

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


def test_a_quote_is_exact_to_the_micro_dollar():
    """A float of dollars becomes the amount that it was written as."""
    shown = data({"model_id": SORA, "price": 1.13, "discounted_price": 0.29, "currency": "USD"})
    with scripted(shown) as server:
        quote = run(server.base_url, lambda api: api.quote(SORA, inputs()))
    assert quote == Quote(MicroUsd(1_130_000), MicroUsd(290_000))
    body = json.loads(server.requests[0].body)
    assert body == {"model_id": SORA, "inputs": inputs()}


@pytest.mark.parametrize("gone", [answer(404, b"404 page not found"), answer(405, {"code": 405})])
def test_a_quote_falls_back_to_the_older_address(gone):
    """Where there is no newer one."""
    older = data({"model_id": SORA, "unit_price": 0.8, "currency": "USD"})
    with scripted(gone, older) as server:
        quote = run(server.base_url, lambda api: api.quote(SORA, inputs()))
    assert quote == Quote(MicroUsd(800_000), MicroUsd(800_000))
    assert [each.path.rpartition("/")[2] for each in server.requests] == ["price", "pricing"]


@pytest.mark.parametrize("price", [None, True, "free", float("nan"), float("inf")])
def test_a_price_that_is_none_is_not_made_up(price):
    """A quote without an amount is a fault, never zero."""
    with scripted(data({"price": price})) as server, pytest.raises(EnvironmentFault):
        run(server.base_url, lambda api: api.quote(SORA, inputs()))


def test_a_price_in_another_currency_is_refused():
    """Amounts are dollars everywhere else."""
    shown = data({"price": 5.0, "currency": "CNY"})
    with scripted(shown) as server, pytest.raises(EnvironmentFault, match="currency"):
        run(server.base_url, lambda api: api.quote(SORA, inputs()))


def test_a_model_without_a_price_is_named():
    """The provider's own words say what is wrong."""
    with simulated(clock=HandClock()) as simulator, pytest.raises(EnvironmentFault) as raised:
        run(simulator.base_url, lambda api: api.quote("nobody/nothing", inputs()))
    assert "the price of nobody/nothing" in raised.value.message
    assert "Model not found" in raised.value.message


def test_bills_are_read_to_their_last_page():
    """A charge for every order, a refund for the one that failed, and nobody else's."""
    fates = (Fate.INTERNAL, Fate.COMPLETED)
    settings = SimulatorSettings(
        level=ULTRA,
        balance=RICH,
        faults=Faults(fates=fates, endless=True),
        durations=Durations(refund_delay=1),
    )
    clock = HandClock()

    async def work(api):
        ordered = [await order(api, number) for number in range(130)]
        for _ in range(2):
            clock.move(300)
            await api.look(ordered[0])
        return ordered, await api.bills([*ordered[:120], ordered[0]]), await api.bills([])

    with simulated(settings, mp4_clip, clock) as simulator:
        ordered, bills, none = run(simulator.base_url, work)
    price = MicroUsd(800_000)
    assert sorted(each.prediction for each in bills if each.kind == "deduct") == sorted(
        ordered[:120]
    )
    assert [each for each in bills if each.kind == "refund"] == [Bill(ordered[0], "refund", price)]
    assert {each.amount for each in bills} == {price}
    assert none == ()


@pytest.mark.parametrize(
    ("written", "amount"), [(24300, 24_300), (1, 1_000_000), (0.0243, 24_300), (-0.8, 800_000)]
)
def test_a_bill_in_micro_dollars_is_known_by_its_size(written, amount):
    """No clip costs a thousand dollars: one documented sample counts in millionths."""
    row = {"uuid": "r", "billing_type": "deduct", "price": written, "prediction": {"uuid": "abc"}}
    with scripted(page(row)) as server:
        (bill,) = run(server.base_url, lambda api: api.bills(["abc"]))
    assert bill.amount == amount


def test_the_balance_and_the_models_are_told():
    """As the account has them."""
    with simulated(SimulatorSettings(balance=12_340_000), clock=HandClock()) as simulator:
        assert run(simulator.base_url, lambda api: api.balance()) == MicroUsd(12_340_000)
        assert SORA in run(simulator.base_url, lambda api: api.models())


def test_every_reading_survives_a_storm():
    """Quote, balance, models, history and bills come through, the same as in calm weather."""
    ordering = {Endpoint.SUBMIT: (None,)}

    async def work(api):
        first, second = await order(api, 1), await order(api, 2)
        listing = await api.history(START - timedelta(seconds=1))
        for _ in range(4):
            assert await api.quote(SORA, inputs()) == Quote(MicroUsd(800_000), MicroUsd(800_000))
            assert await api.balance() == MicroUsd(98_400_000)
            assert SORA in await api.models()
        bills = await api.bills([first, second])
        assert sorted(each.prediction for each in bills) == sorted([first, second])
        return {each.prediction for each in listing.found} <= {first, second}

    met = 0
    for seed in range(6):
        settings = SimulatorSettings(
            weather="stormy", seed=seed, faults=Faults(ordering, (Fate.COMPLETED,), endless=True)
        )
        with simulated(settings, mp4_clip, HandClock()) as simulator:
            assert run(simulator.base_url, work)
            met += sum(bool(each["fault"]) for each in simulator.report()["requests"])
    assert met > 20  # there was a storm


@pytest.mark.parametrize(
    "trouble",
    [
        Line.DROPPED,
        answer(503, b"<html>503</html>"),
        answer(400, b"<html>400</html>"),
        answer(200, b'{"code":200,"data":{"bal'),
        answer(200, {"code": 500, "message": "internal", "data": None}),
        answer(200, b"\x00garbage", Content_Encoding="gzip"),
        data(None),
        b"HTTP/1.1 BAD\r\n\r\n",
    ],
)
def test_reading_goes_on_after_trouble_and_gives_up_in_the_end(trouble):
    """Waits grow; what lasts longer than all tries is a fault that says nothing is lost."""
    clock = FakeClock()
    price = data({"price": 1.5})
    with scripted(trouble, trouble, price) as server:
        quote = run(server.base_url, lambda api: api.quote(SORA, {}), clock=clock)
    assert quote.price == MicroUsd(1_500_000)
    assert len(clock.slept) == 2
    with scripted(trouble) as server, pytest.raises(EnvironmentFault) as raised:
        run(server.base_url, lambda api: api.quote(SORA, {}), clock=clock)
    assert len(server.requests) == TRIES
    assert raised.value.message.startswith("WaveSpeed cannot be reached: ")
    assert "the same command resumes" in raised.value.hint
    waits = clock.slept[2:]
    assert waits[-1] > waits[0] > 0


def test_a_reading_waits_as_long_as_it_is_asked_to_but_not_for_an_hour():
    """Retry-After is honoured up to two minutes."""
    clock = FakeClock()
    limited = answer(429, {"code": 429, "message": "slow"}, Retry_After="33")
    endless = answer(503, b"", Retry_After="99999")
    with scripted(limited, endless, data({"balance": 1})) as server:
        run(server.base_url, lambda api: api.balance(), clock=clock)
    assert clock.slept == [33.0, 120.0]


@pytest.mark.parametrize(
    "ask",
    [
        lambda api: api.balance(),
        lambda api: api.models(),
        lambda api: api.quote(SORA, {}),
        lambda api: api.history(START),
        lambda api: api.bills(["abc"]),
    ],
)
def test_a_key_that_is_not_accepted_is_said_at_once(ask):
    """One clear sentence, after one request, with the name of what to set."""
    settings = SimulatorSettings(accounts=(AccountTerms("another key"),))
    with simulated(settings, clock=HandClock()) as simulator:
        with pytest.raises(EnvironmentFault) as raised:
            run(simulator.base_url, ask)
        assert len(simulator.report()["requests"]) == 1
    assert "does not accept the key (401" in raised.value.message
    assert "WAVESPEED_API_KEY" in raised.value.hint


def test_the_skew_of_clocks_is_known_after_an_answer():
    """The provider's clock less ours, from the latest answer that dated itself."""
    clock = FakeClock()

    async def work(api):
        before = api.skew()
        await api.balance()
        return before, api.skew()

    with scripted(data({"balance": 1}, Date="Sun, 22 Nov 2026 12:05:00 GMT")) as server:
        assert run(server.base_url, work, clock=clock) == (None, timedelta(minutes=5))
