"""Buying in virtual time: what is paid, what is kept, and what each trouble makes of it."""

import asyncio
import json
from dataclasses import replace

import pytest

from fakes.api import FakeApi
from fakes.clips import MemoryClips
from fakes.market import MODEL, OTHER, Market, offer, shot
from fakes.provider_script import LOST_ANSWER, LOST_ORDER, Fate
from fakes.virtual import VirtualClock
from storyboard.engine.events import Inspected, Kept, Money, ShotFailed, Stage, Staged, Submitted
from storyboard.engine.maker import Limits, Maker
from storyboard.engine.ports import Failed
from storyboard.engine.provider import Missing, NeverSent, PutOff, Refused
from storyboard.model.attempt import Caps
from storyboard.model.errors import EnvironmentFault, ShotsFailed, SpendingRefused
from storyboard.model.job import Cause, Looked, State
from storyboard.model.measure import Oddity, Remark
from storyboard.model.money import MicroUsd
from storyboard.model.plan import Generate, Reconcile, Resume, Reuse, Why

UPSTREAM = Failed("the model is unavailable", Cause.UPSTREAM)
A, B, C = shot("a"), shot("b"), shot("c")
DOLLAR = 1_000_000


def fallback(name, cost=960_000):
    return offer(name, OTHER, cost=cost)


def with_fallback(name):
    return shot(name, fallbacks=(fallback(name),))


def by_model(model, inputs):
    return MicroUsd(960_000 if model == OTHER else 400_000)


def test_every_shot_is_bought_once_and_kept():
    """One charge for each, each clip in the store, each attempt owned."""
    market = Market()
    result = market.run(A, B, C)
    assert market.made(result) == [A.key, B.key, C.key]
    assert [each.amount for each in market.provider.charges] == [400_000] * 3
    assert market.states() == [State.OWNED] * 3
    assert {A.key, B.key, C.key} == market.store.keys
    assert (result.spent, result.reserved, result.error) == (1_200_000, 0, None)


def test_what_is_owned_is_not_bought():
    """A plan of nothing but reuse asks the provider nothing at all."""
    market = Market()
    market.run(shot("a", Reuse()))
    assert sum(market.provider.calls.values()) == 0


def test_a_run_is_told_step_by_step():
    """Each shot's stages, its order's name before it is made, and the money as it moves."""
    market = Market()
    market.run(A)
    stages = [each.stage for each in market.told(Staged)]
    assert stages == [
        Stage.WAITING,
        Stage.UPLOADING,
        Stage.ORDERING,
        Stage.MAKING,
        Stage.FETCHING,
        Stage.CHECKING,
    ]
    assert [each.shot for each in market.told(Submitted)] == ["a"]
    assert market.told(Kept) == [Kept("a")]
    sums = [(each.spent, each.reserved, each.remaining) for each in market.told(Money)]
    assert (0, 400_000, 0) in sums
    assert sums[-1] == (400_000, 0, 0)


def test_no_more_is_ordered_than_the_account_may_have():
    """Neither limit of the account is passed, however many shots there are."""
    market = Market(latency=30.0)
    market.run(*(shot(f"s{n}") for n in range(30)), at_once=3, per_minute=5)
    assert market.provider.most_open <= 3
    assert market.provider.most_in_a_minute <= 5
    assert len(market.provider.charges) == 30


def test_a_still_is_handed_in_once_for_all_the_shots_that_show_it():
    """Its URL is remembered, across runs too, and each order names it."""
    market = Market()
    first = shot("a", image="sha256:same")
    market.run(first, shot("b", image="sha256:same"))
    market.run(shot("c", image="sha256:same"))
    assert len(market.provider.uploads) == 1
    assert {order.inputs["image"] for order in market.provider.charges} == set(
        market.provider.uploads
    )


def test_an_address_is_sent_as_it_is():
    """A picture that is on the web already is not handed in."""
    market = Market()
    market.run(shot("a", image="url:https://example.com/a.png"))
    assert market.provider.charges[0].inputs["image"] == "https://example.com/a.png"
    assert not market.provider.uploads


def test_words_that_look_like_a_picture_are_words():
    """A prompt is sent as it is written, whatever it begins with."""
    market = Market()
    market.run(shot("url:https://example.com", image="url:https://example.com/a.png"))
    assert market.provider.charges[0].inputs["prompt"] == "url:https://example.com"


def test_a_still_that_is_not_there_costs_nothing():
    """Its shot fails before anything is reserved; the others go on."""
    market = Market()
    market.unreadable = {"sha256:a"}
    result = market.run(A, B)
    assert "cannot be handed in" in market.why(result, A).reason
    assert market.made(result) == [B.key]
    assert len(market.ledger.attempts()) == 1


@pytest.mark.parametrize("lag", [0.0, 4.0, 20.0])
def test_an_order_whose_answer_was_lost_is_found_and_adopted(lag):
    """It is paid once, and never sent again, though history lists it late."""
    market = Market(script={0: LOST_ANSWER}, listing_lag=lag)
    result = market.run(A)
    assert market.made(result) == [A.key]
    assert len(market.provider.charges) == 1
    assert market.provider.calls["submit"] == 1


def test_an_order_that_was_lost_is_sent_again_once_it_is_surely_absent():
    """The looks are written down, the last a minute or more after the order."""
    market = Market(script={0: LOST_ORDER})
    result = market.run(A)
    assert market.made(result) == [A.key]
    assert len(market.provider.charges) == 1
    entries = market.ledger.events(market.attempt().id)
    looks = [each.at for each in entries if isinstance(each.event, Looked)]
    assert len(looks) >= 2
    assert (looks[-1] - market.attempt().reserved_at).total_seconds() >= 60


def test_a_history_that_cannot_be_read_proves_nothing():
    """The order is left to a person, and not sent again."""
    market = Market(script={0: LOST_ORDER}, unreadable={"history"})
    result = market.run(A, B)
    assert market.why(result, A).unclear
    assert market.states() == [State.UNKNOWN, State.OWNED]
    assert market.provider.calls["submit"] == 2


def test_a_history_that_hides_inputs_settles_what_it_can():
    """With nobody else's order in sight an absent one is proved absent; else a person decides."""
    alone = Market(script={0: LOST_ORDER}, history_inputs=False)
    assert alone.made(alone.run(A)) == [A.key]
    taken = Market(script={0: LOST_ANSWER}, history_inputs=False)
    result = taken.run(A)
    assert taken.why(result, A).unclear
    assert "adopt" not in taken.why(result, A).reason
    evidence = [each.event for each in taken.ledger.events("1") if isinstance(each.event, Looked)]
    assert taken.provider.charges[0].prediction in evidence[-1].evidence


def test_after_a_week_nothing_is_proved():
    """History has forgotten by then: an intent that old is left to a person."""
    market = Market(script={0: LOST_ORDER}, unreadable={"history"})
    market.run(A)
    market.provider.unreadable.clear()
    market.wait(7 * 24 * 3600)
    result = market.run(shot("a", Reconcile("1")))
    assert market.why(result, A).unclear
    assert market.provider.calls["submit"] == 1


@pytest.mark.parametrize("ahead", [-86_400.0, -3_000.0, 0.0, 3_000.0, 86_400.0])
def test_clocks_that_disagree_do_not_hide_an_order(ahead):
    """A provider's clock may be a day off: the order is found all the same."""
    market = Market(script={0: LOST_ANSWER}, ahead=ahead)
    market.run(A)
    assert len(market.provider.charges) == 1
    assert market.states() == [State.OWNED]


def test_an_order_that_was_put_off_waits_and_goes_again():
    """As long as the provider asks; nobody else is sent meanwhile."""
    market = Market(script={0: Fate(PutOff("too many requests", 30.0))})
    result = market.run(A)
    assert market.made(result) == [A.key]
    assert len(market.provider.charges) == 1
    assert market.seconds >= 90


def test_an_order_that_never_left_goes_again():
    """A refused connection is no order."""
    market = Market(script={n: Fate(NeverSent("connection refused")) for n in range(3)})
    assert market.made(market.run(A)) == [A.key]
    assert len(market.provider.charges) == 1


def test_a_network_that_is_gone_ends_the_orders():
    """After several tries nothing more is tried; nothing is reserved any more."""
    market = Market(script=lambda _: Fate(NeverSent("connection refused")))
    result = market.run(A, B, C)
    assert isinstance(result.error, EnvironmentFault)
    assert (result.spent, result.reserved) == (0, 0)
    assert set(market.states()) == {State.WITHDRAWN}


def test_a_refused_shot_stops_no_other():
    """Its siblings are bought; it is told why, and costs nothing."""
    market = Market(script=lambda order: _refused_if(order, "b", Cause.INPUT))
    result = market.run(A, B, C)
    assert market.made(result) == [A.key, C.key]
    assert market.why(result, B).reason == "no"
    assert market.told(ShotFailed) == [ShotFailed("b", "no")]
    assert result.spent == 800_000


def _refused_if(order, name, cause):
    return Fate(Refused("no", cause)) if order.inputs["prompt"] == name else Fate()


@pytest.mark.parametrize("cause", [Cause.ACCOUNT, Cause.CREDIT])
def test_what_no_other_shot_would_survive_stops_the_build(cause):
    """A refused key or an empty account ends it with one sentence; what is in flight is kept."""
    market = Market(script={1: Fate(Refused("the key is not accepted", cause))}, latency=90.0)
    shots = [shot(f"s{n}") for n in range(10)]
    result = market.run(*shots, at_once=2)
    assert isinstance(result.error, EnvironmentFault)
    assert result.error.message == "the key is not accepted"
    assert market.made(result) == [shots[0].key]
    assert len(market.provider.charges) == 1
    assert sum(each.unordered for each in _not_bought(result)) == 9
    assert market.told(ShotFailed) == []


def _not_bought(result):
    return [each for each in result.outcomes.values() if not hasattr(each, "clip")]


def test_a_moderated_shot_is_not_asked_again():
    """Not of another model either; the sentence names what to change."""
    for fate in (
        Fate(Refused("image contains a real person", Cause.MODERATION)),
        Fate(end=Failed("image contains a real person", Cause.MODERATION)),
    ):
        market = Market(script=lambda _, fate=fate: fate, price=by_model)
        result = market.run(with_fallback("a"))
        assert "its still" in market.why(result, A).reason
        assert market.provider.calls["submit"] == 1


def test_a_fallback_makes_what_the_first_model_surely_refused():
    """At the price that the plan has shown for it."""
    market = Market(script=lambda o: _refused_by(o, MODEL), price=by_model)
    result = market.run(with_fallback("a"))
    made = result.outcomes[A.key]
    assert made.offer.model == OTHER
    assert [each.amount for each in market.provider.charges] == [960_000]
    assert market.states() == [State.REFUSED, State.OWNED]


def _refused_by(order, model):
    refused = Refused("the model is gone", Cause.MODEL)
    return Fate(refused) if order.model == model else Fate()


def test_a_fallback_waits_for_the_refund():
    """With the refund noted the other model makes it; without, no money is put at stake."""
    fate = {0: Fate(end=UPSTREAM)}
    back = Market(script=fate, price=by_model, refund_delay=10.0)
    assert back.run(with_fallback("a")).outcomes[A.key].offer.model == OTHER
    assert back.states() == [State.REFUNDED, State.OWNED]
    late = Market(script=fate, price=by_model, refund_delay=7200.0)
    result = late.run(with_fallback("a"))
    assert late.why(result, A).reason == UPSTREAM.reason
    assert late.states() == [State.FAILED]
    assert late.provider.calls["submit"] == 1


def test_an_unclear_order_has_no_fallback():
    """Money may be at stake with the first model."""
    market = Market(script={0: LOST_ORDER}, unreadable={"history"}, price=by_model)
    result = market.run(with_fallback("a"))
    assert market.why(result, A).unclear
    assert market.provider.calls["submit"] == 1


def test_the_circuit_opens_when_the_provider_fails_again_and_again():
    """Nothing more is ordered after several failures in a row."""
    market = Market(script=lambda _: Fate(end=UPSTREAM))
    result = market.run(*(shot(f"s{n}") for n in range(40)), at_once=1)
    assert isinstance(result.error, ShotsFailed)
    assert len(market.provider.charges) == 5


def test_one_success_closes_the_circuit():
    """Only failures with no success between count."""
    market = Market(script=lambda order: Fate(end=UPSTREAM) if order.number % 4 else Fate())
    result = market.run(*(shot(f"s{n}") for n in range(20)), at_once=1)
    assert result.error is None
    assert len(market.provider.charges) == 20


@pytest.mark.parametrize("cap", ["run", "film", "month"])
def test_no_cap_is_passed(cap):
    """Shots side by side cannot overshoot together; what stopped the build is said."""
    market = Market()
    result = market.run(*(shot(f"s{n}") for n in range(9)), caps=Caps(**{cap: MicroUsd(DOLLAR)}))
    assert market.provider.settled() == 800_000
    assert isinstance(result.error, SpendingRefused)
    assert cap in result.error.message


def test_another_price_than_the_cards_stops_the_build_before_it_spends():
    """It says both prices; a discount on the card's own price is welcome."""
    market = Market(price=lambda *_: MicroUsd(500_000))
    result = market.run(A)
    assert isinstance(result.error, SpendingRefused)
    assert "$0.50" in result.error.message
    assert "$0.40" in result.error.message
    assert market.provider.calls["submit"] == 0
    assert Market(discount=50).run(A).error is None


def test_a_fallback_of_another_price_is_left_out():
    """The first model is still tried; the other is not, at a price that nobody was shown."""
    market = Market(
        script=lambda o: _refused_by(o, MODEL),
        price=lambda model, _: MicroUsd(990_000 if model == OTHER else 400_000),
    )
    result = market.run(with_fallback("a"))
    assert market.why(result, A).reason == "the model is gone"
    assert not market.provider.charges


def test_too_small_a_balance_stops_the_build_before_it_spends():
    """The account's own refusal is not waited for."""
    market = Market(deposit=MicroUsd(700_000))
    result = market.run(A, B)
    assert isinstance(result.error, SpendingRefused)
    assert market.provider.calls["submit"] == 0


def test_prices_are_asked_once_for_shots_alike():
    """A thousand shots of one model and length are one question."""
    market = Market()
    market.run(*(shot(f"s{n}") for n in range(20)))
    assert market.provider.calls["quote"] == 1


def test_a_clip_that_cannot_be_fetched_now_is_fetched_by_the_next_run():
    """It is paid for: the order stays, and nothing is bought anew."""
    market = Market(script={0: Fate(not_fetched=1)})
    result = market.run(A)
    assert "paid for" in market.why(result, A).reason
    assert market.states() == [State.READY]
    again = market.run(shot("a", Resume(market.attempt().job.prediction)))
    assert market.made(again) == [A.key]
    assert len(market.provider.charges) == 1


def test_a_damaged_clip_is_fetched_again_and_not_bought_again():
    """As long as the provider has it; afterwards it is lost, and that is said."""
    market = Market()
    market.run(A)
    market.store.files.clear()
    resumed = shot("a", Resume(market.attempt().job.prediction))
    assert market.made(market.run(resumed)) == [A.key]
    assert len(market.provider.charges) == 1
    market.store.files.clear()
    market.wait(8 * 24 * 3600)
    result = market.run(resumed)
    assert "lost" in market.why(result, A).reason
    assert market.states() == [State.LOST]
    assert len(market.provider.charges) == 1


def test_orders_that_no_shot_asks_for_any_more_are_kept_too():
    """The film was edited after a crash: what is paid for is not lost."""
    market = Market(script={0: Fate(not_fetched=1)})
    market.run(A)
    result = market.run(B)
    assert {A.key, B.key} == market.store.keys == set(market.made(result))


def test_an_order_that_the_provider_does_not_show_is_waited_for():
    """It is paid for: neither lost nor bought again, until history has forgotten it."""
    market = Market(script={0: Fate(end=Missing("no such order"))})
    result = market.run(A)
    assert "does not show" in market.why(result, A).reason
    assert market.states() == [State.SUBMITTED]
    resumed = shot("a", Resume(market.attempt().job.prediction))
    market.run(resumed)
    assert (market.states(), len(market.provider.charges)) == ([State.SUBMITTED], 1)
    market.wait(7 * 24 * 3600)
    result = market.run(resumed)
    assert "lost" in market.why(result, A).reason
    assert market.states() == [State.LOST]


@pytest.mark.parametrize("wait", [60.0, 700.0])
def test_an_order_that_was_put_off_for_long_is_looked_up_as_thoroughly(wait):
    """It left just now, however long ago its intent was written: listing may lag."""
    script = {0: Fate(PutOff("too many requests", wait)), 1: LOST_ANSWER}
    market = Market(script=script, listing_lag=20.0)
    assert market.made(market.run(A)) == [A.key]
    assert len(market.provider.charges) == 1


def test_nobody_waits_for_a_day_to_order():
    """A provider that asks for that is come back to; nothing stays reserved."""
    market = Market(script={0: Fate(PutOff("too many requests", 100_000.0))})
    result = market.run(A, B, at_once=1)
    assert isinstance(result.error, EnvironmentFault)
    assert market.seconds < 3600
    assert market.states() == [State.WITHDRAWN]


@pytest.mark.parametrize("inputs", [True, False])
def test_an_order_that_is_listed_under_another_name_is_not_bought_again(inputs):
    """Who answers for a model may call it otherwise: the inputs count, not the name."""
    market = Market(script={0: LOST_ANSWER}, listed_as="house/v2", history_inputs=inputs)
    result = market.run(A)
    assert len(market.provider.charges) == 1
    assert market.made(result) == ([A.key] if inputs else [])
    assert market.states() == [State.OWNED if inputs else State.UNKNOWN]


def test_what_a_crash_left_is_not_ordered_at_another_price():
    """Prices are asked again before anything is ordered anew, whoever reserved it."""
    market = Market(script={0: LOST_ORDER}, unreadable={"history"})
    market.run(A)
    market.provider.unreadable.clear()
    market.provider.price = lambda *_: MicroUsd(4_000_000)
    result = market.run(replace(A, step=Reconcile("1")))
    assert isinstance(result.error, SpendingRefused)
    assert not market.provider.charges


def test_without_prices_what_is_paid_for_is_still_seen_through():
    """Nothing new is ordered; the clip that was bought is fetched."""
    market = Market(script={0: Fate(not_fetched=1)})
    market.run(A)
    market.provider.unreadable = {"quote"}
    result = market.run(shot("a", Resume(market.attempt().job.prediction)), B)
    assert market.made(result) == [A.key]
    assert isinstance(result.error, EnvironmentFault)
    assert len(market.provider.charges) == 1


def test_a_clip_that_was_kept_before_a_crash_is_not_fetched_again():
    """Its bytes are there: only the line in the ledger is missing."""
    market = Market(script={0: Fate(not_fetched=1)})
    market.run(A)
    path = market.store.scratch(A.key)
    market.store.files[path] = b"the clip"
    market.store.keep(A.key, path)
    before = market.provider.calls["download"]
    result = market.run(shot("a", Resume(market.attempt().job.prediction)))
    assert market.made(result) == [A.key]
    assert market.provider.calls["download"] == before
    assert market.states() == [State.OWNED]


def test_an_interrupt_stops_orders_and_keeps_what_is_in_flight():
    """Nothing more is ordered; the shots in flight are seen through."""
    market = Market(latency=100.0)

    async def interrupt(shop):
        await asyncio.sleep(30)
        shop.brake.pull("interrupted")

    shots = [shot(f"s{n}") for n in range(10)]
    result = market.run(*shots, at_once=3, meanwhile=interrupt)
    assert len(market.made(result)) == len(market.provider.charges) == 3
    assert (result.stopped, result.error) == ("interrupted", None)
    again = market.run(*shots[3:])
    assert len(market.made(again)) == 7
    assert len(market.provider.charges) == 10


def test_an_interrupt_withdraws_an_order_that_waits_to_be_sent_again():
    """It surely was not taken, so nothing stays reserved."""
    market = Market(script=lambda _: Fate(PutOff("too many requests", 600.0)))

    async def interrupt(shop):
        await asyncio.sleep(30)
        shop.brake.pull("interrupted")

    result = market.run(A, meanwhile=interrupt)
    assert market.states() == [State.WITHDRAWN]
    assert (result.spent, result.reserved) == (0, 0)


def chained(name, to):
    return shot(name, image=f"clip:{to.key}#last")


def test_a_chained_shot_waits_for_the_clip_it_starts_from():
    """Its order shows that clip's last frame; siblings do not wait."""
    market = Market()
    second = chained("second", A)
    result = market.run(second, A, B)
    assert set(market.made(result)) == {second.key, A.key, B.key}
    ordered = [each.inputs["prompt"] for each in market.provider.charges]
    assert ordered.index("second") > ordered.index("a")
    assert f"clip:{A.key}#last" in market.pictures


def test_the_longest_chain_goes_first():
    """With one place, what holds up most is ordered before what holds up nothing."""
    market = Market()
    second = chained("second", C)
    market.run(A, B, C, second, at_once=1)
    ordered = [each.inputs["prompt"] for each in market.provider.charges]
    assert ordered[0] == "c"


def test_what_starts_from_a_shot_that_failed_is_not_ordered():
    """All along the chain, and nothing else."""
    market = Market(script=lambda order: _refused_if(order, "a", Cause.INPUT))
    second = chained("second", A)
    third = chained("third", second)
    result = market.run(A, second, third, B)
    assert market.made(result) == [B.key]
    assert market.why(result, third).reason == "it starts from second, whose clip is not there"


def test_no_two_attempts_send_the_same():
    """A second order of the same clip shows the picture under another URL: history tells them."""
    market = Market(script={0: Fate(end=UPSTREAM)})
    market.run(A)
    market.run(A)
    payloads = [json.loads(each.order.payload) for each in market.ledger.attempts()]
    assert payloads[0]["image"] != payloads[1]["image"]
    assert {**payloads[0], "image": ""} == {**payloads[1], "image": ""}


def test_what_is_odd_about_a_clip_is_told_and_the_clip_is_kept():
    """Measured right after it came, not believed."""
    market = Market()
    remark = Remark(Oddity.SHORT, "the clip lasts 3 s, and 4 s were ordered")
    market.remarks = {"a": (remark,)}
    market.run(A, B)
    assert market.told(Inspected) == [Inspected("a", (remark,))]
    assert market.states() == [State.OWNED, State.OWNED]


def test_a_full_disk_ends_the_run_and_nothing_more_is_ordered():
    """What the ledger cannot write down stops the rest; the order that was taken is found later."""
    market = Market()
    market.disk_is_full = True
    with pytest.raises(EnvironmentFault, match="disk is full"):
        market.run(*(shot(f"s{n}") for n in range(20)), at_once=1)
    assert len(market.provider.charges) == 1
    market.disk_is_full = False
    result = market.run(shot("s0", Reconcile(market.attempt().id)))
    assert len(market.made(result)) == 1
    assert len(market.provider.charges) == 1


def test_a_plans_price_is_what_an_order_is_booked_at():
    """A shot that is looked up first, and then ordered anew, costs what it cost."""
    market = Market(script={0: LOST_ORDER}, unreadable={"history"})
    market.run(A)
    market.provider.unreadable.clear()
    market.run(replace(A, step=Reconcile("1")))
    assert [each.order.price for each in market.ledger.attempts()] == [400_000, 400_000]
    assert market.states() == [State.WITHDRAWN, State.OWNED]


def test_shots_that_cost_nothing_are_made_beside_those_that_are_bought():
    """They are kept apart, never ordered, and a bought shot may start from one of them."""
    market = Market()
    free = MemoryClips()
    drawn = shot("drawn", Generate(Why.NEW, MicroUsd(0)), cost=0)
    limits = Limits(at_once=2, between_looks=1.0)
    clock = VirtualClock()
    maker = Maker(FakeApi(free.files), free, clock, market.events.append, limits)
    result = market.run(A, drawn, chained("second", drawn), maker=maker)
    assert len(market.made(result)) == 3
    assert free.keys == {drawn.key}
    assert [each.inputs["prompt"] for each in market.provider.charges] == ["a", "second"]
    assert result.spent == 800_000


@pytest.mark.parametrize("step", [Resume("p-of-another-ledger"), Reconcile("7")])
def test_what_a_plan_says_is_ordered_is_never_ordered_anew(step):
    """Not even where the ledger knows nothing of it: somebody has paid for that clip."""
    market = Market()
    result = market.run(shot("a", step), B)
    assert market.made(result) == [B.key]
    assert len(market.provider.charges) == 1
    assert "does not know its order" in result.outcomes[A.key].reason


def test_takes_of_one_shot_are_told_apart():
    """While they are made each has a name of its own; in the ledger both are the shot's."""
    market = Market()
    later = replace(C, id="a", request=replace(C.request, take=2), called=2)
    market.run(A, later)
    assert {each.shot for each in market.told(Submitted)} == {"a", "a (take 2)"}
    assert [each.order.shot for each in market.ledger.attempts()] == ["a", "a"]
