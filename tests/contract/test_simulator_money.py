"""Money at the simulator: charged at submission, given back on failure, never lost from sight."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.caller import SEEDANCE, SORA, SORA_PRO, called
from fakes.simulator import HandClock
from storyboard.simulator.account import Account
from storyboard.simulator.catalogue import CATALOGUE, MicroUsd
from storyboard.simulator.clock import iso
from storyboard.simulator.faults import Fate, Faults
from storyboard.simulator.settings import LEVELS, AccountTerms, Durations, SimulatorSettings

PLAIN = Durations(shortest_latency=60, longest_latency=60, refund_delay=600)
FAILING = Faults(fates=(Fate.INTERNAL,))


@pytest.mark.parametrize(
    ("model", "inputs", "price"),
    [
        (SORA, {"duration": None}, 0.40),
        (SORA, {"duration": 20}, 2.00),
        (SORA_PRO, {"duration": 8}, 2.40),
        (SORA_PRO, {"duration": 8, "resolution": "1080p"}, 4.00),
        (SEEDANCE, {"duration": None}, 1.20),
        (SEEDANCE, {"duration": 15, "resolution": "480p"}, 1.80),
        (SEEDANCE, {"duration": 4, "resolution": "1080p"}, 1.44),
    ],
)
def test_the_price_is_taken_at_submission(model, inputs, price):
    """The balance falls by what the catalogue says, while the clip is still being made."""
    with called() as call:
        call.order(model, **inputs)
        assert call.balance() == pytest.approx(100 - price)
        assert [row["price"] for row in call.rows()] == [price]


def test_a_charge_is_shown_in_the_documented_shape():
    """`pre` and `created` at submission, `done` and the prediction's own status at its end."""
    clock = HandClock()
    with called(SimulatorSettings(durations=PLAIN), clock=clock) as call:
        name = call.order(duration=8)
        row = call.rows()[0]
        uuid = row["uuid"]
        start = clock.now()
        assert row == {
            "uuid": uuid,
            "billing_type": "deduct",
            "price": 0.8,
            "created_at": iso(start),
            "updated_at": iso(start),
            "access_key_id": "1",
            "access_key_name": "default",
            "order": {
                "uuid": uuid,
                "state": "pre",
                "price": 0.8,
                "origin_price": 0.8,
                "status": "",
                "ak_id": 1,
            },
            "prediction": {"uuid": name, "model_uuid": SORA, "status": "created"},
        }
        clock.move(60)
        call.wait(name)
        row = call.rows()[0]
    assert (row["order"]["state"], row["prediction"]["status"]) == ("done", "completed")
    assert (row["created_at"], row["updated_at"]) == (iso(start), iso(start + 60))


def test_a_failure_is_refunded_later():
    """The charge stays; a row of its own gives the price back when its time has come."""
    clock = HandClock()
    with called(SimulatorSettings(durations=PLAIN, faults=FAILING), clock=clock) as call:
        name = call.order(duration=8)
        clock.move(60)
        assert call.look(name)["status"] == "failed"
        clock.move(599)
        assert call.balance() == pytest.approx(99.2)
        assert call.rows(billing_type="refund") == []
        clock.move(1)
        assert call.balance() == 100
        (refund,) = call.rows(billing_type="refund")
        assert (refund["price"], refund["prediction"]["uuid"]) == (0.8, name)
        assert call.simulator.sums() == (800_000, 800_000)


def test_a_failure_can_cost():
    """Whether moderation is refunded is not documented: it can be simulated both ways."""
    clock = HandClock()
    settings = SimulatorSettings(
        durations=PLAIN,
        faults=Faults(fates=(Fate.MODERATED, Fate.INTERNAL)),
        unrefunded=frozenset({Fate.MODERATED}),
    )
    with called(settings, clock=clock) as call:
        moderated, broken = call.order(), call.order()
        clock.move(3600)
        assert {call.look(moderated)["status"], call.look(broken)["status"]} == {"failed"}
        assert [each["prediction"]["uuid"] for each in call.rows(billing_type="refund")] == [broken]


@pytest.mark.parametrize("status", [400, 402])
def test_what_the_balance_does_not_cover_is_refused(status):
    """With a code of its own; the HTTP status of the real one is not known."""
    settings = SimulatorSettings(balance=MicroUsd(1_000_000), no_credit_status=status)
    with called(settings) as call:
        call.order(duration=8)
        refused = call.submit()
        assert refused.status_code == status
        assert refused.json() == {"code": 1407, "message": "insufficient credits"}
        assert (call.balance(), len(call.rows())) == (pytest.approx(0.2), 1)


def test_the_billing_search_filters_and_sorts():
    """By kind, prediction and time in either spelling; newest first, or as asked."""
    clock = HandClock()
    settings = SimulatorSettings(level=LEVELS["gold"], durations=PLAIN, faults=FAILING)
    with called(settings, clock=clock) as call:
        failed = call.order()
        clock.move(1000)
        late = call.order()
        start, second = HandClock().now(), HandClock().now() + 1000

        def found(**body):
            rows = call.rows(**body)
            return [(row["billing_type"], row["prediction"]["uuid"]) for row in rows]

        rows = [("deduct", late), ("refund", failed), ("deduct", failed)]
        assert found() == found(sort="created_at DESC") == rows
        assert found(sort="created_at ASC") == rows[::-1]
        assert found(billing_type="deduct") == [rows[0], rows[2]]
        assert found(prediction_uuids=[failed]) == rows[1:]
        assert found(start_time=iso(second)) == rows[:1]
        assert found(end_time=str(round(start * 1000))) == rows[2:]
        page = call.post("/billings/search", {"page": 2, "page_size": 2}).json()["data"]
        assert (page["page"], page["total"], len(page["items"])) == (2, 3, 1)


@pytest.mark.parametrize(
    ("inputs", "price"),
    [
        ({"duration": 8, "resolution": "1080p"}, 4.0),
        ({"duration": 8}, 2.4),
        ({"duration": 8, "image": "https://nowhere.invalid/x.png", "mood": "grim"}, 2.4),
        ({"resolution": "1080p"}, 1.2),
        ({"duration": 9, "resolution": "1080p"}, 1.2),
        ({}, 1.2),
    ],
)
def test_prices_are_quoted(inputs, price):
    """Both endpoints agree; an input that is missing or wrong makes the quote the least price."""
    with called() as call:
        body = {"model_id": SORA_PRO, "inputs": inputs}
        new = call.post("/model/price", body).json()["data"]
        old = call.post("/model/pricing", body).json()["data"]
        assert call.rows() == []
    both = {"price": price, "discounted_price": price}
    assert new == {"model_id": SORA_PRO, **both, "currency": "USD"}
    assert old == {"model_id": SORA_PRO, "unit_price": price, "currency": "USD"}


def test_the_models_are_listed_with_their_inputs():
    """In the documented shape, so that a client can read limits and defaults from it."""
    with called() as call:
        listed = {each["model_id"]: each for each in call.get("/models").json()["data"]}
        assert call.post("/model/price", {"inputs": {}}).status_code == 400
    assert set(listed) == {each.id for each in CATALOGUE}
    assert listed[SORA]["base_price"] == 0.4
    (schema,) = listed[SORA]["api_schema"]["api_schemas"]
    assert (schema["type"], schema["api_path"]) == ("model_run", f"/api/v3/{SORA}")
    request = schema["request_schema"]
    assert request["required"] == ["image", "prompt"]
    assert request["properties"]["duration"]["enum"] == [4, 8, 12, 16, 20]
    assert request["properties"]["duration"]["default"] == 4


@given(
    st.lists(
        st.tuples(st.sampled_from(["deduct", "close", "refund"]), st.integers(1, 9)), max_size=30
    )
)
def test_no_money_is_made_or_lost(events):
    """The balance and the rows always add up to what the account began with."""
    account = Account(AccountTerms("key", balance=MicroUsd(1_000_000)))
    running, closed = [], []
    for number, (event, price) in enumerate(events):
        if event == "deduct":
            account.deduct(MicroUsd(price), str(number), SORA, number)
            running.append(str(number))
        elif event == "close" and running:
            account.close(running[0], "failed", number)
            closed.append(running.pop(0))
        elif event == "refund" and closed:
            account.refund(closed.pop(), number)
    moved = sum(row.price if row.kind == "refund" else -row.price for row in account.rows)
    assert account.balance == 1_000_000 + moved
