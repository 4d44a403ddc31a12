"""Orders at the simulator, as the provider's documentation has them: submit, look, history."""

import json

import pytest

from fakes.caller import IMAGE, SEEDANCE, SORA, SORA_PRO, called, with_key
from fakes.simulator import HandClock
from storyboard.simulator.clock import iso
from storyboard.simulator.settings import LEVELS, AccountTerms, Durations, Level, SimulatorSettings

MINUTE = Durations(shortest_latency=60, longest_latency=60)
WEEK = 7 * 24 * 3600


def test_a_submission_is_answered_in_the_documented_shape():
    """The envelope, and every field of a prediction that was just created."""
    clock = HandClock()
    with called(clock=clock) as call:
        answer = call.submit()
        assert answer.status_code == 200
        body = answer.json()
        name = body["data"].pop("id")
        assert (len(name), int(name, 16) >= 0) == (32, True)
        address = f"{call.simulator.base_url}/api/v3/predictions/{name}/result"
    assert body == {
        "code": 200,
        "message": "success",
        "data": {
            "model": SORA,
            "outputs": [],
            "urls": {"get": address},
            "has_nsfw_contents": [],
            "status": "created",
            "created_at": iso(clock.now()),
            "error": "",
            "executionTime": 0,
            "timings": {"inference": 0},
        },
    }


@pytest.mark.parametrize("suffix", ["/result", ""])
def test_a_prediction_runs_and_completes(suffix):
    """It is processing until its time has come, then it has an output and the time it took."""
    clock = HandClock()
    with called(SimulatorSettings(durations=MINUTE), clock=clock) as call:
        name = call.order(duration=8)
        clock.move(59.9)
        assert call.get(f"/predictions/{name}{suffix}").json()["data"]["status"] == "processing"
        clock.move(0.1)
        call.wait(name)
        done = call.get(f"/predictions/{name}{suffix}").json()["data"]
        clip = call.plain("GET", done["outputs"][0])
    assert done["status"] == "completed"
    assert done["has_nsfw_contents"] == [False]
    assert (done["executionTime"], done["timings"]) == (60_000, {"inference": 60_000})
    assert clip.headers["content-type"] == "video/mp4"
    inputs = {"duration": 8, "image": IMAGE, "prompt": "A cat sits."}
    assert clip.json() == [inputs, 1280, 720, 8]


def test_latencies_lie_between_the_two_that_are_set():
    """Each prediction takes its own time; none takes less or more than the settings say."""
    clock = HandClock()
    settings = SimulatorSettings(level=LEVELS["gold"], durations=Durations(10, 20))
    with called(settings, clock=clock) as call:
        names = [call.order(prompt=f"Cat {number}.") for number in range(20)]
        clock.move(9.9)
        assert {call.look(name)["status"] for name in names} == {"processing"}
        clock.move(10.2)
        taken = {call.wait(name)["executionTime"] for name in names}
    assert len(taken) > 10
    assert 10_000 <= min(taken) < max(taken) <= 20_000


def test_speed_divides_every_duration():
    """At sixty times the speed, a minute's work is done in a second."""
    clock = HandClock()
    with called(SimulatorSettings(durations=MINUTE, speed=60), clock=clock) as call:
        name = call.order()
        clock.move(0.99)
        assert call.look(name)["status"] == "processing"
        clock.move(0.02)
        assert call.wait(name)["status"] == "completed"


def test_what_is_too_much_at_once_stays_created():
    """A bronze account's fourth clip is queued, not refused, and starts when a place is free."""
    clock = HandClock()
    with called(SimulatorSettings(durations=MINUTE), clock=clock) as call:
        names = [call.order() for _ in range(5)]

        def stands():
            return [call.look(name)["status"] for name in names]

        assert stands() == ["processing"] * 3 + ["created"] * 2
        clock.move(60)
        for name in names[:3]:
            call.wait(name)
        assert stands() == ["completed"] * 3 + ["processing"] * 2
        clock.move(60)
        assert [call.wait(name)["executionTime"] for name in names] == [60_000] * 5


def test_the_next_clip_starts_when_a_place_is_free_and_not_when_somebody_looks():
    """Nobody looks for an hour, and still every clip was made in its turn."""
    clock = HandClock()
    settings = SimulatorSettings(level=Level("one", 100, 1), durations=MINUTE)
    with called(settings, clock=clock) as call:
        names = [call.order() for _ in range(4)]
        clock.move(3600)
        for name in names:
            call.wait(name)
        ended = [each["ended_at"] for each in call.simulator.report()["predictions"]]
    start = HandClock().now()
    assert ended == [iso(start + 60 * number) for number in (1, 2, 3, 4)]


@pytest.mark.parametrize("retry_after", [True, False])
def test_what_is_too_much_a_minute_is_refused(retry_after):
    """A bronze account's sixth submission waits for the next minute, and is told how long."""
    clock = HandClock(60_000_000 + 45)  # a quarter of a minute before the next
    with called(SimulatorSettings(retry_after=retry_after), clock=clock) as call:
        for _ in range(5):
            call.order()
        refused = call.submit()
        assert refused.status_code == 429
        assert refused.json() == {"code": 429, "message": "Too Many Requests"}
        assert refused.headers.get("retry-after") == ("15" if retry_after else None)
        clock.move(15)
        call.order()
        assert len(call.history()) == 6


@pytest.mark.parametrize(
    ("model", "inputs", "code", "message"),
    [
        (SORA, {"prompt": None}, 1400, 'field "prompt" is required'),
        (SORA, {"prompt": ""}, 1400, 'field "prompt" is required'),
        (SORA, {"image": None}, 1400, 'field "image" is required'),
        (SORA, {"image": 3}, 1401, 'field "image" must be of type string'),
        (SORA, {"duration": 5}, 1401, 'field "duration" must be one of [4, 8, 12, 16, 20]'),
        (SORA, {"duration": "4"}, 1401, 'field "duration" must be of type integer'),
        (SORA, {"duration": True}, 1401, 'field "duration" must be of type integer'),
        (SEEDANCE, {"duration": 3}, 1401, 'field "duration" must be from 4 to 15'),
        (SEEDANCE, {"duration": 16}, 1401, 'field "duration" must be from 4 to 15'),
        (SEEDANCE, {"generate_audio": 1}, 1401, 'field "generate_audio" must be of type boolean'),
        (
            SORA_PRO,
            {"resolution": "480p"},
            1401,
            "field \"resolution\" must be one of ['720p', '1080p']",
        ),
    ],
)
def test_wrong_inputs_are_refused_by_name(model, inputs, code, message):
    """The field is named, and nothing is charged nor counted."""
    with called() as call:
        refused = call.submit(model, **inputs)
        assert (refused.status_code, refused.json()) == (400, {"code": code, "message": message})
        assert call.rows() == []


@pytest.mark.parametrize("body", ["[]", '"text"', "null", "{", "\x00"])
def test_a_body_that_is_no_object_is_refused(body):
    """So is one that is no JSON at all."""
    key = {"Authorization": "Bearer a-key"}
    with called() as call:
        refused = call.client.post(f"/api/v3/{SORA}", content=body, headers=key)
    assert refused.status_code == 400
    assert refused.json() == {"code": 400, "message": "the body must be a JSON object"}


def test_an_input_that_is_not_known_is_let_pass():
    """The provider does not mind it, and shows it in the history."""
    with called() as call:
        call.order(mood="grim")
        assert call.history(include_inputs=True)[0]["inputs"]["mood"] == "grim"


def test_a_model_that_was_removed_is_not_found():
    """Neither can it be ordered, nor priced, nor is it listed; others can."""
    with called(SimulatorSettings(removed=frozenset({SORA}))) as call:
        assert call.submit(SORA).json() == {"code": 404, "message": f"Model not found: {SORA}"}
        assert call.submit("no/such/model").status_code == 404
        assert call.post("/model/price", {"model_id": SORA, "inputs": {}}).status_code == 404
        listed = [each["model_id"] for each in call.get("/models").json()["data"]]
        assert SORA not in listed
        assert SEEDANCE in listed
        call.order(SEEDANCE)


@pytest.mark.parametrize(("key", "status"), [(None, 401), ("a-stranger", 401), ("barred", 403)])
def test_a_key_that_is_not_good_opens_nothing(key, status):
    """No key, a key that nobody has, and a key whose account is barred."""
    terms = (AccountTerms("good"), AccountTerms("barred", allowed=False))
    with called(SimulatorSettings(accounts=terms), key=key) as call:
        answers = [
            call.submit(),
            call.get("/balance"),
            call.get("/models"),
            call.get("/predictions/x/result"),
            call.post("/predictions", {"page": 1}),
            call.post("/billings/search", {"page": 1}),
            call.post("/media/uploads", {"filename": "a.png", "size": 1}),
        ]
    assert {answer.status_code for answer in answers} == {status}
    assert all(answer.json()["code"] == status for answer in answers)


def test_accounts_do_not_see_each_other():
    """A prediction is not found with another's key, nor listed, nor deleted."""
    with called(key="mine") as mine:
        name = mine.order()
        theirs = with_key(mine, "theirs")
        assert theirs.get(f"/predictions/{name}/result").status_code == 404
        assert theirs.history() == theirs.rows() == []
        deleted = theirs.post("/predictions/delete", {"ids": [name]}).json()["data"]
        assert deleted == {"deleted_count": 0}
        assert mine.look(name)["status"] == "processing"


def test_a_prediction_lasts_a_week():
    """After seven days it is found no more, listed no more, and its clip is gone."""
    clock = HandClock()
    with called(clock=clock) as call:
        name = call.order()
        clock.move(WEEK - 1)
        output = call.wait(name)["outputs"][0]
        assert call.plain("GET", output).status_code == 200
        clock.move(1)
        assert call.get(f"/predictions/{name}/result").status_code == 404
        assert call.plain("GET", output).status_code == 403
        assert call.history() == []


def test_the_history_is_newest_first_in_pages():
    """Pages do not overlap, the last is short, and the one after it is empty."""
    clock = HandClock()
    with called(SimulatorSettings(level=LEVELS["gold"]), clock=clock) as call:
        names = []
        for _ in range(5):
            names.append(call.order())
            clock.move(1)
        pages = [[each["id"] for each in call.history(page=n, page_size=2)] for n in (1, 2, 3, 4)]
    newest = names[::-1]
    assert pages == [newest[:2], newest[2:4], newest[4:], []]


def test_the_history_can_be_filtered():
    """By model, by status, and by time, of which the start is included."""
    clock = HandClock()
    settings = SimulatorSettings(level=LEVELS["gold"], durations=MINUTE)
    with called(settings, clock=clock) as call:
        first = call.order()
        clock.move(90)
        second = call.order(SEEDANCE)
        call.wait(first)
        made = {each["id"]: each["created_at"] for each in call.history()}

        def found(**body):
            return [each["id"] for each in call.history(**body)]

        assert found(model=SORA) == [first]
        assert found(status="completed") == [first]
        assert found(status="processing") == [second]
        assert found(created_after=made[second]) == [second]
        assert found(created_after=made[first]) == [second, first]
        assert found(created_before=made[first]) == [first]
        assert found(created_after="2020-01-01T00:00:00Z", model=SEEDANCE) == [second]


@pytest.mark.parametrize("shown", [True, False])
def test_the_history_shows_inputs_when_asked_if_it_can(shown):
    """A client must cope with a provider that does not."""
    with called(SimulatorSettings(history_inputs=shown)) as call:
        call.order()
        inputs = {"image": IMAGE, "prompt": "A cat sits.", "duration": 4}
        assert call.history(include_inputs=True)[0].get("inputs") == (inputs if shown else None)
        assert "inputs" not in call.history()[0]


def test_the_history_lags():
    """A prediction can be looked at from the start, and is listed later."""
    clock = HandClock()
    with called(SimulatorSettings(durations=Durations(listing_lag=5)), clock=clock) as call:
        name = call.order()
        clock.move(4.9)
        assert call.history() == []
        assert call.look(name)["status"] == "processing"
        clock.move(0.2)
        assert [each["id"] for each in call.history()] == [name]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "page"),
        ({"page": 0}, "page"),
        ({"page": "1"}, "page"),
        ({"page": 1, "page_size": 0}, "page_size"),
        ({"page": 1, "page_size": 101}, "page_size"),
        ({"page": 1, "created_after": "yesterday"}, "created_after"),
        ({"page": 1, "created_before": "9" * 400}, "created_before"),
    ],
)
def test_a_wrong_question_about_the_history_is_refused(body, field):
    """The field is named."""
    with called() as call:
        refused = call.post("/predictions", body)
    assert refused.status_code == 400
    assert f'"{field}"' in refused.json()["message"]


def test_predictions_can_be_deleted():
    """Names that are not known are passed over; the charge stays."""
    with called() as call:
        kept, deleted = call.order(), call.order()
        answer = call.post("/predictions/delete", {"ids": [deleted, "unknown", deleted]})
        assert answer.json()["data"] == {"deleted_count": 1}
        assert [each["id"] for each in call.history()] == [kept]
        assert call.get(f"/predictions/{deleted}/result").status_code == 404
        assert len(call.rows()) == 2
        assert call.post("/predictions/delete", {}).status_code == 400


def test_a_key_is_shown_nowhere():
    """The simulator's own page names an account without its key."""
    with called(key="wsk_secret") as call:
        call.order()
        page = json.dumps(call.simulator.report())
    assert "wsk_secret" not in page
    assert "key-" in page
