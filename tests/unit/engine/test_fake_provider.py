"""The fake provider and the crashing process: what the tests of buying stand on."""

import asyncio
import json
from datetime import timedelta

import pytest

from fakes.clock import FakeClock
from fakes.crash import LEDGER_CALLS, Crash, Point, Process, Side, count_calls, crashes, points
from fakes.ledger import MemoryLedger
from fakes.provider import FakeProvider
from fakes.provider_script import LOST_ANSWER, LOST_ORDER, Fate, fate_of, weather
from storyboard.engine.ports import Failed, Ready, Running
from storyboard.engine.provider import (
    Bill,
    Missing,
    NeverSent,
    NotFetched,
    PutOff,
    Quote,
    Refused,
    Taken,
    Unclear,
    Unreachable,
)
from storyboard.model.errors import EnvironmentFault
from storyboard.model.job import Cause

SORA = "openai/sora-2/image-to-video"


class Shop:
    """A provider on a clock of its own, called from plain code."""

    def __init__(self, **settings):
        self.clock = FakeClock()
        self.files = {}
        self.provider = FakeProvider(self.clock, self.files, **settings)

    def call(self, name, *arguments):
        return asyncio.run(getattr(self.provider, name)(*arguments))

    def submit(self, model=SORA, **inputs):
        return self.call("submit", model, json.dumps({"prompt": "a cat", "duration": 4} | inputs))

    def order(self, **inputs):
        return self.submit(**inputs).prediction

    def listed(self, seconds_ago=3600.0):
        since = self.clock.now() - timedelta(seconds=seconds_ago)
        return [each.prediction for each in self.call("history", since).found]

    def wait(self, seconds):
        asyncio.run(self.clock.sleep(seconds))


def test_an_order_is_charged_when_it_is_taken_and_ready_after_its_latency():
    """Money moves first; the clip comes a minute later, with bytes that tell the order."""
    shop = Shop()
    prediction = shop.order()
    assert [(each.prediction, each.amount) for each in shop.provider.charges] == [
        (prediction, 400_000)
    ]
    shop.wait(59)
    assert shop.call("look", prediction) == Running()
    shop.wait(1)
    ready = shop.call("look", prediction)
    assert isinstance(ready, Ready)
    shop.call("download", ready.url, "scratch/a")
    assert shop.files["scratch/a"] == shop.provider.clip(prediction)
    assert b"a cat" in shop.files["scratch/a"]


def test_a_clip_is_written_into_a_real_file_where_there_is_no_other_disk(tmp_path):
    """Without `files`, a path is a path of this machine."""
    shop = Shop(latency=0.0)
    shop.provider.files = None
    prediction = shop.order()
    shop.call("download", shop.call("look", prediction).url, str(tmp_path / "a.mp4"))
    assert (tmp_path / "a.mp4").read_bytes() == shop.provider.clip(prediction)


@pytest.mark.parametrize(
    "answer", [Refused("no", Cause.INPUT), PutOff("later", 3.0), NeverSent("refused"), Unclear("?")]
)
def test_what_is_not_taken_is_not_charged(answer):
    """The answer is the script's, word for word, and only the nth order meets it."""
    shop = Shop(script={1: Fate(answer, taken=False)})
    assert isinstance(shop.submit(), Taken)
    assert shop.submit() == answer
    assert isinstance(shop.submit(), Taken)
    assert len(shop.provider.charges) == 2


def test_nobody_can_tell_a_lost_answer_from_a_lost_order():
    """Both are answered alike, and one of them is charged."""
    shop = Shop(script={0: LOST_ORDER, 1: LOST_ANSWER})
    assert shop.submit() == shop.submit()
    assert len(shop.provider.charges) == 1
    assert shop.listed() == ["prediction-0"]


def test_a_script_may_look_at_the_order():
    """A function chooses each order's fate by what was asked for."""
    no = Fate(Refused("no"))
    shop = Shop(script=lambda order: no if order.inputs["prompt"] == "bad" else Fate())
    assert shop.submit(prompt="bad") == Refused("no")
    assert isinstance(shop.submit(prompt="good"), Taken)


def test_a_failure_is_refunded_later():
    """What came back is in the refunds, the bills and the balance, once its delay is over."""
    failed = Failed("too dark", Cause.UPSTREAM)
    shop = Shop(script={0: Fate(end=failed)}, refund_delay=100.0)
    bad, good = shop.order(), shop.order()
    assert shop.provider.settled() == 400_000, "as if it had come back"
    shop.wait(60)
    assert shop.call("look", bad) == failed
    assert shop.call("balance") == shop.provider.deposit - 800_000
    shop.wait(100)
    assert shop.call("balance") == shop.provider.deposit - 400_000
    assert shop.provider.net() == 400_000
    assert shop.call("bills", [bad]) == (
        Bill(bad, "deduct", 400_000),
        Bill(bad, "refund", 400_000),
    )
    assert shop.call("bills", [good]) == (Bill(good, "deduct", 400_000),)


def test_payments_are_counted_by_what_was_ordered():
    """Failures that come back are not paid for; an upload's address does not make another order."""
    shop = Shop(script={0: Fate(end=Failed("x")), 3: Fate(end=Failed("x"), refunded=False)})
    for _ in range(3):
        shop.order(image=shop.call("upload", "a.png"))
    shop.order(image=shop.call("upload", "b.png"))
    assert sorted(shop.provider.charged_by_payload().values()) == [1, 3]
    assert sorted(shop.provider.paid_by_payload().values()) == [1, 2]
    assert len(shop.provider.uploads) == 4


def test_history_lists_late_and_only_what_was_asked_for():
    """Of every model, since a moment, newest first, once the lag is over; for seven days."""
    shop = Shop(listing_lag=30.0)
    first = shop.order()
    other = shop.submit(model="another/model").prediction
    shop.wait(29)
    assert shop.listed() == []
    shop.wait(1)
    second = shop.order()
    shop.wait(30)
    assert shop.listed() == [second, other, first]
    assert shop.listed(seconds_ago=59) == [second]
    shop.wait(7 * 24 * 3600)
    assert shop.listed(seconds_ago=30 * 24 * 3600) == []
    assert isinstance(shop.call("look", first), Missing)


@pytest.mark.parametrize("shown", [True, False])
def test_history_may_hide_the_inputs(shown):
    """The inputs are those that were sent, or None."""
    shop = Shop(history_inputs=shown)
    shop.order(prompt="here")
    (found,) = shop.call("history", shop.clock.now()).found
    assert found.inputs == ({"prompt": "here", "duration": 4} if shown else None)


def test_the_provider_has_a_clock_of_its_own():
    """Its moments are its own, and a history tells what it takes the time to be."""
    shop = Shop(ahead=300.0)
    shop.order()
    listing = shop.call("history", shop.clock.now())
    assert listing.now == shop.clock.now() + timedelta(seconds=300)
    assert listing.found[0].created_at == listing.now


def test_looks_and_fetches_fail_as_often_as_the_script_says():
    """Then they go well; the order is the same."""
    shop = Shop(script={0: Fate(unreachable=2, not_fetched=1)}, latency=0.0)
    prediction = shop.order()
    looks = [shop.call("look", prediction) for _ in range(3)]
    assert [type(each) for each in looks] == [Unreachable, Unreachable, Ready]
    with pytest.raises(NotFetched):
        shop.call("download", looks[2].url, "a")
    shop.call("download", looks[2].url, "a")
    assert list(shop.files) == ["a"]


def test_an_unknown_prediction_is_missing_and_an_unfinished_one_has_no_file():
    """The provider never makes anything up."""
    shop = Shop()
    assert isinstance(shop.call("look", "prediction-9"), Missing)
    prediction = shop.order()
    with pytest.raises(NotFetched):
        shop.call("download", f"https://outputs.provider.test/{prediction}", "a")


def test_a_quote_is_what_is_charged():
    """The list price and the discounted one; the charge is the second."""
    shop = Shop(discount=25)
    assert shop.call("quote", SORA, {"duration": 4}) == Quote(400_000, 300_000)
    shop.order()
    assert shop.provider.net() == 300_000


def test_an_empty_account_is_refused():
    """What the deposit cannot pay is not taken."""
    shop = Shop(deposit=400_000)
    assert isinstance(shop.submit(), Taken)
    assert shop.submit().cause is Cause.CREDIT
    assert shop.call("balance") == 0


def test_uploads_fail_as_often_as_told():
    """The first ones; the next is handed in."""
    shop = Shop(failed_uploads=1)
    with pytest.raises(NotFetched):
        shop.call("upload", "a.png")
    assert shop.provider.uploads == {shop.call("upload", "a.png"): "a.png"}


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("history", (None,)), ("quote", (SORA, {})), ("balance", ()), ("bills", ([],))],
)
def test_what_cannot_be_read_is_a_fault(name, arguments):
    """A test may take any page of the provider away."""
    with pytest.raises(EnvironmentFault):
        Shop(unreadable={name}).call(name, *arguments)


def test_the_watch_sees_the_most_at_once_and_in_a_minute():
    """Orders overlap while they are made; a submission a whole minute later is in the next."""
    shop = Shop(latency=50.0, script={3: Fate(PutOff("x")), 4: Fate(NeverSent("x"))})
    for pause in (0, 10, 40, 9, 0, 1):
        shop.wait(pause)
        shop.submit()
    assert shop.provider.most_open == 2
    assert shop.provider.most_in_a_minute == 4


def test_weather_is_the_same_for_a_seed_and_ends():
    """Two of a seed agree, two seeds differ, and after the most of bad fates all is well."""
    fates = [[fate_of(script, None) for _ in range(200)] for script in map(weather, (1, 1, 2))]
    assert fates[0] == fates[1] != fates[2]
    assert sum(each != Fate() for each in fates[0]) == 20


def test_a_cancelled_submission_may_have_been_taken():
    """A call takes effect half-way: whoever leaves after that has paid and knows no name."""

    async def leave_after(seconds):
        task = asyncio.create_task(provider.submit(SORA, '{"duration": 4}'))
        for _ in range(seconds):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return len(provider.charges)

    provider = FakeProvider(FakeClock())
    assert asyncio.run(leave_after(1)) == 0
    assert asyncio.run(leave_after(2)) == 1


class Diary:
    """Something with a call of each kind; `lines` is what took effect."""

    def __init__(self):
        self.lines = []

    def write(self, line):
        self.lines.append(line)
        return line

    async def send(self, line):
        self.lines.append(line)
        await asyncio.sleep(0)
        return line

    def read(self):
        return len(self.lines)


class Writer:
    """A run of four outside calls that tries to write in `finally` too."""

    def __init__(self):
        self.diary = Diary()

    def __call__(self, process):
        diary = process.port(self.diary, frozenset({"write", "send"}))
        try:
            asyncio.run(self.work(diary))
        finally:
            diary.write("the end")

    async def work(self, diary):
        assert diary.write("one") == "one"
        assert await diary.send("two") == "two"
        assert diary.read() == 2
        assert await diary.send("three") == "three"


def test_every_outside_call_is_counted_and_reading_is_not_one():
    """Plain and async calls that were named, in their order."""
    writer, process = Writer(), Process()
    writer(process)
    assert process.made == ["write", "send", "send", "write"]
    assert count_calls(Writer()) == 4
    assert len(points(4)) == 8


@pytest.mark.parametrize("point", points(4))
def test_a_crash_before_a_call_prevents_it_and_one_after_does_not(point):
    """What was written is a prefix, whole calls long, and nothing is written on the way out."""
    writer = Writer()
    assert crashes(writer, point)
    written = point.call + (point.side is Side.AFTER)
    assert writer.diary.lines == ["one", "two", "three", "the end"][:written]


def test_a_run_without_a_point_does_not_crash():
    """It runs to its end, and its own exceptions are its own."""
    assert not crashes(Writer())
    with pytest.raises(ZeroDivisionError):
        crashes(lambda _: 1 / 0)


def test_a_dead_process_can_do_nothing_more():
    """Each call crashes again, counted or not, also one that was under way."""
    diary, process = Diary(), Process(Point(0, Side.BEFORE))
    port = process.port(diary, frozenset({"write"}))

    async def two():
        under_way = asyncio.create_task(port.send("sent"))
        await asyncio.sleep(0)
        with pytest.raises(Crash):
            port.write("never")
        with pytest.raises(Crash):
            await under_way

    asyncio.run(two())
    for late in (port.read, lambda: port.write("never")):
        with pytest.raises(Crash):
            late()
    assert diary.lines == ["sent"]


def test_a_swallowed_crash_is_a_crash():
    """A run that catches what it must not is told as crashed all the same."""

    def run(process):
        diary = process.port(Diary(), frozenset({"write"}))
        try:
            diary.write("x")
        except BaseException:  # noqa: BLE001 - the careless run this is about
            return

    assert crashes(run, Point(0, Side.BEFORE))


def test_a_ledger_behind_a_process_is_a_ledger():
    """What is read goes through uncounted."""
    clock, process = FakeClock(), Process()
    ledger = process.port(MemoryLedger(clock.now, "run"), LEDGER_CALLS)
    ledger.remember_upload("ab", "https://x")
    assert ledger.upload("ab") == "https://x"
    assert process.made == ["remember_upload"]
