"""The plan: what is reused, what is made, why, for how much and how long."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.api import FakeApi
from fakes.clips import MemoryClips
from fakes.clock import FakeClock
from fakes.films import HEAD, card, film, still
from storyboard.compiler.planner import Owned, Script, make_plan, wall_clock
from storyboard.compiler.request import AnimaticLook
from storyboard.engine.runner import Limits, run_plan
from storyboard.model.account import Account
from storyboard.model.attempt import Past
from storyboard.model.card import AnyLength, ListedLengths, PriceRow
from storyboard.model.job import Cause, State
from storyboard.model.lock import Slate, Take
from storyboard.model.money import MicroUsd, Millis
from storyboard.model.plan import Blocked, Generate, Reconcile, Resume, Reuse, Why
from storyboard.model.request import made_from

BRONZE = Account("bronze", 5, 3)
FREE = card(id="animatic", provider="animatic", lengths=AnyLength(Millis(40), Millis(60_000)))
CARDS = {each.id: each for each in (card(), card(id="other"), FREE)}
THREE = HEAD + "shots: [{id: a, image: a.png}, {id: b, seed: 1}, {id: c, seed: 2, skip: true}]"


def planned(text, owned=None, cards=CARDS, prompts=None, stills=("a.png", "b.png"), **more):
    whole = film(text) if isinstance(text, str) else text
    script = Script(
        whole,
        prompts or {shot.id: "P" for shot in whole.shots},
        {path: still(path) for path in stills},
        cards,
    )
    return make_plan("film.yaml", script, owned=owned or Owned(), account=BRONZE, **more)


def owning(plan):
    """Own everything that a plan would make."""
    return Owned(
        frozenset(shot.key for shot in plan.shots),
        {shot.id: made_from(shot.request) for shot in plan.shots},
    )


def missing(plan):
    """Remember everything that a plan made, and own none of it any more."""
    return replace(owning(plan), clips=frozenset())


def test_a_new_film_is_made_whole():
    """Every shot that is shown is generated, because it is new; a skipped one is not there."""
    plan = planned(THREE)
    assert [(shot.id, shot.step.why) for shot in plan.shots] == [("a", Why.NEW), ("b", Why.NEW)]
    assert plan.cost == 800_000
    assert (plan.film, plan.runtime, plan.account) == ("film.yaml", 8000, "bronze")


def test_what_is_owned_is_reused():
    """With all clips owned nothing is made and nothing costs."""
    plan = planned(THREE, owning(planned(THREE)))
    assert all(shot.step == Reuse() for shot in plan.shots)
    assert (plan.cost, plan.wall_clock, list(plan.to_make())) == (0, 0, [])


def test_renaming_and_moving_shots_costs_nothing():
    """Ids, scenes, order, notes and tags are no part of a clip."""
    first = planned(HEAD + "shots: [{id: a, seed: 1}, {id: b, seed: 2}]")
    moved = HEAD + (
        "scenes: [{id: s, shots: [{id: z, seed: 2, notes: hm}]},"
        " {id: t, shots: [{id: x, seed: 1, tags: [hero]}]}]"
    )
    assert planned(moved, owning(first)).cost == 0


@pytest.mark.parametrize(
    ("changed", "names"),
    [
        ("{id: a, seed: 1, image: a.png}", ()),
        ("{id: a, seed: 2, image: a.png}", ("seed",)),
        ("{id: a, image: b.png}", ("image", "seed")),
        ("{id: a, seed: 1, image: a.png, duration: 8s}", ("duration",)),
        ("{id: a, seed: 1, image: a.png, model: other}", ("model",)),
        ("{id: a, seed: 1, image: a.png, end_image: b.png}", ("last_image",)),
        ("{id: a, seed: 1, image: a.png, inputs: {style: noir}}", ("style",)),
    ],
)
def test_a_change_is_named(changed, names):
    """The step says which inputs differ from those of the shot's last clip."""
    before = planned(HEAD + "shots: [{id: a, seed: 1, image: a.png}]")
    (shot,) = planned(f"{HEAD}shots: [{changed}]", missing(before)).shots
    why = Why.CHANGED if names else Why.CLIP_MISSING
    assert shot.step == Generate(why, shot.cost, names)


def test_a_changed_length_is_a_change_for_a_model_that_is_not_told_it():
    """The animatic has no input for its length; another length is another clip all the same."""
    silent = {"house": card(lengths=AnyLength(Millis(1000), Millis(20_000)), inputs=())}
    before = planned(HEAD + "shots: [{id: a, duration: 4s}]", cards=silent)
    after = HEAD + "shots: [{id: a, duration: 5s}]"
    (shot,) = planned(after, missing(before), silent).shots
    assert shot.step == Generate(Why.CHANGED, shot.cost, ("duration",))


def test_a_changed_prompt_is_named():
    """A prompt that reads otherwise is a change of the prompt."""
    before = planned(HEAD + "shots: [{id: a}]")
    (shot,) = planned(HEAD + "shots: [{id: a}]", missing(before), prompts={"a": "Q"}).shots
    assert shot.step.changed == ("prompt",)


def test_a_clip_that_two_shots_share_is_ordered_once():
    """The first shot makes it, the others reuse it, whoever of them comes first."""
    plan = planned(HEAD + "shots: [{id: a}, {id: b}, {id: c, seed: 1}, {id: d}]")
    assert [type(shot.step) for shot in plan.shots] == [Generate, Reuse, Generate, Reuse]
    assert plan.cost == 800_000
    assert len({shot.key for shot in plan.shots}) == 2


def test_the_bought_length_is_what_is_paid():
    """Five seconds are wanted, eight are bought, eight are paid; handles are bought too."""
    plan = planned(HEAD + "shots: [{id: a, duration: 5s}, {id: b, duration: 7s, handles: 1s}]")
    assert [(shot.wanted, shot.bought, shot.cost) for shot in plan.shots] == [
        (5000, 8000, 800_000),
        (9000, 12_000, 1_200_000),
    ]


def test_the_price_is_that_of_what_is_ordered():
    """The row that fits the order's inputs is the price, also where the shot has its own."""
    rows = (PriceRow(MicroUsd(500_000), (("resolution", "1080p"),)), PriceRow(MicroUsd(100_000)))
    shots = "shots: [{id: a}, {id: b, inputs: {resolution: 1080p}}]"
    plan = planned(HEAD + shots, cards={"house": card(prices=rows)})
    assert [shot.cost for shot in plan.shots] == [400_000, 2_000_000]


def test_an_animatic_needs_no_model_of_the_film():
    """Given a look, every shot is planned with the animatic's card, whatever it asks for."""
    plan = planned(HEAD + "shots: [{id: a, model: nobody-knows}]", animatic=AnimaticLook())
    assert [shot.model for shot in plan.shots] == ["animatic"]


def test_a_shot_may_ask_for_the_animatic_itself():
    """It is ordered as the free film orders it, at its own length, for nothing."""
    text = HEAD + "shots: [{id: a, image: a.png, model: animatic, duration: 2.5s}]"
    asked, free = planned(text).shots[0], planned(text, animatic=AnimaticLook()).shots[0]
    assert (asked.key, asked.bought) == (free.key, 2500)


def test_the_limits_alone_are_known_without_a_latency():
    """Eleven orders at five a minute are two minutes of submits, however long each takes."""
    shots = ", ".join(f"{{id: s{index}, action: run {index}}}" for index in range(11))
    prompts = {f"s{index}": f"P{index}" for index in range(11)}
    plan = planned(HEAD + f"shots: [{shots}]", prompts=prompts)
    assert plan.pacing == 120_000


def test_the_budget_goes_with_the_plan():
    """Both limits are the film's."""
    plan = planned(HEAD + "budget: {cost: 0.39, runtime: 1s}\nshots: [{id: a}]")
    assert (plan.budget_cost, plan.budget_runtime, plan.over_budget) == (390_000, 1000, True)


CHAIN = HEAD + (
    "shots: [{id: a, image: {from: b}}, {id: b, image: {from: c}}, "
    "{id: c, image: a.png, seed: SEED, skip: true}, {id: d}]"
)


def test_a_chain_follows_the_clips_it_starts_from():
    """Changing the shot at the head of a chain makes every clip behind it another one."""
    before = planned(CHAIN.replace("SEED", "1"))
    after = planned(CHAIN.replace("SEED", "2"), missing(before))
    assert [shot.step.changed for shot in after.shots] == [("image",), ("image",), ()]
    assert [shot.step.why for shot in after.shots][-1] == Why.CLIP_MISSING


def test_renaming_the_head_of_a_chain_costs_nothing():
    """A chain holds on to the clip, not to the name of the shot."""
    before = planned(CHAIN)
    renamed = CHAIN.replace("id: c", "id: x").replace("from: c", "from: x")
    assert planned(renamed, owning(before)).cost == 0


def test_a_thousand_shots_in_one_chain():
    """A chain may be as long as the film, in either direction."""
    links = ", ".join(f"{{id: s{n}, image: {{from: s{n + 1}}}}}" for n in range(1500))
    plan = planned(f"{HEAD}shots: [{links}, {{id: s1500, image: a.png}}]")
    assert len({shot.key for shot in plan.shots}) == 1501


def test_a_chain_from_a_skipped_shot_of_an_unknown_model():
    """What is skipped needs no card; the shot behind it is planned without its frame."""
    text = HEAD + "shots: [{id: a, model: gone, skip: true}, {id: b, image: {from: a}}]"
    (shot,) = planned(text).shots
    assert "image" not in dict(shot.request.inputs)


def test_an_unknown_latency_leaves_the_time_unknown():
    """One model whose latency is not known is enough, unless nothing is made with it."""
    fast = {"house": card(typical_latency=Millis(60_000)), "other": card(id="other")}
    text = HEAD + "shots: [{id: a}, {id: b, model: other}]"
    plan = planned(text, cards=fast)
    assert plan.wall_clock is None
    have_other = Owned(frozenset({plan.shots[1].key}))
    assert planned(text, have_other, fast).wall_clock == 60_000


def by_minute_and_place(latencies, account):
    """Simulate millisecond after millisecond: the slow, plain way to say what the limits mean."""
    waiting = sorted(latencies, reverse=True)
    sent, ends, now = [], [], 0
    while waiting:
        running = sum(end > now for end in ends)
        lately = sum(at > now - 60_000 for at in sent)
        if running < account.at_once and lately < account.per_minute:
            sent.append(now)
            ends.append(now + waiting.pop(0))
        else:
            now = min(moment for moment in (*ends, *(at + 60_000 for at in sent)) if moment > now)
    return max(ends, default=0)


@given(
    st.lists(st.integers(1, 200_000), max_size=12),
    st.integers(1, 5),
    st.integers(1, 4),
)
def test_the_wall_clock_keeps_both_limits(latencies, per_minute, at_once):
    """It is what a simulation of both limits comes to, for any orders and any account."""
    account = Account("any", per_minute, at_once)
    assert wall_clock(latencies, account) == by_minute_and_place(latencies, account)


@pytest.mark.parametrize(
    ("latencies", "account", "millis"),
    [
        ([], Account("a", 1, 1), 0),
        ([1000, 1000, 1000], Account("a", 100, 1), 3000),
        ([1000, 1000, 1000], Account("a", 100, 3), 1000),
        ([1000, 1000, 1000], Account("a", 1, 3), 121_000),
        ([1000, 90_000], Account("a", 1, 2), 90_000),
    ],
)
def test_the_wall_clock_of_a_few_orders(latencies, account, millis):
    """One at a time, three at once, one a minute, the longest first."""
    assert wall_clock(latencies, account) == millis


shots = st.lists(
    st.fixed_dictionaries(
        {
            "seed": st.integers(0, 3),
            "duration": st.sampled_from(["1s", "4s", "7s", "12s"]),
            "image": st.sampled_from(["a.png", "b.png", "missing.png", "{from: s0}"]),
            "skip": st.sampled_from(["true", "false"]),
        }
    ),
    min_size=1,
    max_size=6,
)


@given(shots)
def test_a_film_that_was_made_is_reused_for_nothing(made):
    """Plan, run on fakes, plan again: all is reused, nothing costs, nothing was sent twice."""
    made[0]["image"] = "a.png"
    listed = ", ".join(
        f"{{id: s{n}, " + ", ".join(f"{name}: {value}" for name, value in each.items()) + "}"
        for n, each in enumerate(made)
    )
    text = f"{HEAD}shots: [{listed}]"
    plan, store = planned(text), MemoryClips()
    api = FakeApi(store.files)
    limits = Limits(at_once=2, between_looks=1.0)
    asyncio.run(run_plan(plan, api, store, FakeClock(), lambda _: None, limits))
    again = planned(text, Owned(store.keys))
    assert all(shot.step == Reuse() for shot in again.shots)
    assert again.cost == 0
    assert len(api.submitted) == len(store.keys) == len({shot.key for shot in plan.shots})


def test_planning_touches_nothing(no_io):
    """A plan is made of what it is given alone."""
    whole = film(THREE)
    with no_io():
        planned(whole)


def tried(plan, state, *, number=0, cause=Cause.OTHER, prediction="p", reason="no"):
    """Remember what became of an order for a shot, of its first model unless another is named."""
    offers = plan.shots[0].offers
    return {offers[number].key: Past("7", state, prediction, reason, cause)}


def one(past, text=HEAD + "shots: [{id: a, image: a.png, fallback: [other]}]", **more):
    fresh = planned(text)
    return planned(text, replace(Owned(past=past(fresh)), **more)).shots[0]


def test_an_order_under_way_is_resumed():
    """Taken, or made and not fetched, or fetched and damaged since: it is paid for."""
    for state in (State.SUBMITTED, State.READY, State.OWNED):
        shot = one(lambda plan, state=state: tried(plan, state))
        assert shot.step == Resume("p")
        assert (shot.cost, shot.price) == (0, 400_000)


def test_an_order_that_nobody_knows_of_is_looked_up():
    """Neither bought again nor taken for bought."""
    for state in (State.INTENT, State.UNKNOWN):
        shot = one(lambda plan, state=state: tried(plan, state, prediction=None))
        assert shot.step == Reconcile("7")


def test_a_clip_that_is_there_is_reused_whatever_the_ledger_says():
    """Content decides."""
    fresh = planned(HEAD + "shots: [{id: a, image: a.png}]")
    owned = replace(owning(fresh), past=tried(fresh, State.LOST))
    assert planned(HEAD + "shots: [{id: a, image: a.png}]", owned).shots[0].step == Reuse()


def test_what_failed_is_made_again_of_the_same_model_while_its_money_is_out():
    """A fallback would put money at stake twice."""
    shot = one(lambda plan: tried(plan, State.FAILED, cause=Cause.UPSTREAM))
    assert (shot.model, shot.step.why) == ("house", Why.FAILED_BEFORE)
    assert [each.model for each in shot.fallbacks] == ["other"]


@pytest.mark.parametrize("state", [State.REFUSED, State.REFUNDED])
def test_what_surely_cost_nothing_goes_to_the_fallback(state):
    """At that model's own price; without another model the first is asked again."""
    shot = one(lambda plan: tried(plan, state))
    assert (shot.model, shot.step.why, shot.fallbacks) == ("other", Why.FAILED_BEFORE, ())
    alone = one(lambda plan: tried(plan, state), HEAD + "shots: [{id: a, image: a.png}]")
    assert (alone.model, alone.step.why) == ("house", Why.FAILED_BEFORE)


def test_a_clip_that_the_fallback_made_stands_for_the_shot():
    """It is not bought again of the first model."""
    text = HEAD + "shots: [{id: a, image: a.png, fallback: [other]}]"
    fresh = planned(text)
    made = fresh.shots[0].fallbacks[0].key
    shot = planned(text, Owned(frozenset({made}), past=tried(fresh, State.REFUSED))).shots[0]
    assert (shot.step, shot.model, shot.key) == (Reuse(), "other", made)


def test_a_fallback_that_sells_no_such_length_is_none():
    """It could not make the shot."""
    cards = {**CARDS, "other": card(id="other", lengths=ListedLengths((Millis(1000),)))}
    text = HEAD + "shots: [{id: a, image: a.png, fallback: [other, nobody]}]"
    assert planned(text, cards=cards).shots[0].fallbacks == ()


@pytest.mark.parametrize(
    ("state", "cause"),
    [
        (State.REFUSED, Cause.MODERATION),
        (State.FAILED, Cause.MODERATION),
        (State.REFUNDED, Cause.MODERATION),
        (State.LOST, Cause.OTHER),
    ],
)
def test_what_a_person_has_to_decide_is_blocked(state, cause):
    """Moderated as it is, or bought and lost: nothing is spent on it until somebody says so."""
    text = HEAD + "shots: [{id: a, image: a.png}]"
    shot = one(lambda plan: tried(plan, state, cause=cause), text)
    assert isinstance(shot.step, Blocked)
    assert (shot.cost, shot.step.cost, shot.fallbacks) == (0, 400_000, ())
    again = one(lambda plan: tried(plan, state, cause=cause), text, again=frozenset({"a"}))
    assert isinstance(again.step, Generate)
    assert again.cost == 400_000


def test_a_clip_that_was_owned_once_is_never_bought_again_by_itself():
    """The ledger may be gone, and the clip's file: its record alone stops the money."""
    text = HEAD + "shots: [{id: a, image: a.png}]"
    known = frozenset(shot.key for shot in planned(text).shots)
    shot = planned(text, Owned(known=known)).shots[0]
    assert isinstance(shot.step, Blocked)
    free = planned(text, Owned(known=known), animatic=AnimaticLook()).shots[0]
    assert isinstance(free.step, Generate), "what costs nothing is simply made again"


def test_a_chain_starts_from_the_clip_that_stands_for_its_shot():
    """Once the fallback has made it, what follows is another order: it shows another frame."""
    text = HEAD + (
        "shots: [{id: a, image: a.png, fallback: [other]}, {id: b, image: {from: a, frame: last}}]"
    )
    fresh = planned(text)
    made = fresh.shots[0].fallbacks[0].key
    later = planned(text, Owned(frozenset({made}), past=tried(fresh, State.REFUNDED)))
    assert dict(fresh.shots[1].request.inputs)["image"] == f"clip:{fresh.shots[0].key}#last"
    assert dict(later.shots[1].request.inputs)["image"] == f"clip:{made}#last"


def test_what_was_spent_is_the_plans_to_tell():
    """All that counts against the film's budget."""
    assert planned(THREE, Owned(spent=MicroUsd(5))).spent == 5


@pytest.mark.parametrize("cause", [Cause.ACCOUNT, Cause.CREDIT])
def test_a_mended_account_goes_on_with_the_model_that_was_asked_for(cause):
    """No model was out of order: its fallback is not called for."""
    shot = one(lambda plan: tried(plan, State.REFUSED, cause=cause))
    assert (shot.model, shot.step.why) == ("house", Why.FAILED_BEFORE)


def test_a_moderated_shot_has_no_fallback_even_when_its_money_is_back():
    """Another model would be asked for the same."""
    shot = one(lambda plan: tried(plan, State.REFUNDED, cause=Cause.MODERATION))
    assert isinstance(shot.step, Blocked)


class TestFallbacksInAClone:
    """Where no ledger says that a model came to nothing, the lock does."""

    FALLBACK = HEAD + "shots: [{id: a, fallback: [other]}]"

    def lock(self, offer, own):
        at = datetime(2026, 11, 22, tzinfo=UTC)
        take = Take(1, offer.key, "c" * 64, offer.model, offer.bought, offer.cost, at)
        return Slate("a", (replace(take, instead_of=own and own.key),))

    def cloned(self, text, *, instead):
        own, other = planned(self.FALLBACK).shots[0].offers
        slate = self.lock(other, own if instead else None)
        owned = Owned(frozenset({other.key}), slates={"a": slate}, known=frozenset({other.key}))
        return planned(text, owned).shots[0], other

    def test_the_clip_that_a_fallback_made_is_the_shots(self):
        """It is reused, and the shot's own model is not asked again."""
        shot, other = self.cloned(self.FALLBACK, instead=True)
        assert (shot.step, shot.key, shot.number) == (Reuse(), other.key, 1)

    def test_without_that_word_the_own_model_would_be_paid(self):
        """The control: the lock's `instead_of` is what holds it back."""
        shot, _ = self.cloned(self.FALLBACK, instead=False)
        assert isinstance(shot.step, Generate)

    def test_a_shot_that_changed_its_model_is_made_by_the_new_one(self):
        """The old model's clip stands in for nothing, although that model is a fallback now."""
        text = HEAD + "shots: [{id: a, model: other, fallback: [house]}]"
        own, _ = planned(self.FALLBACK).shots[0].offers
        slate = self.lock(own, None)
        shot = planned(text, Owned(frozenset({own.key}), slates={"a": slate})).shots[0]
        assert (shot.step, shot.model) == (Generate(Why.CHANGED, shot.price), "other")
        assert shot.stands_in == slate.takes[0]


class TestWhatAnotherCloneBought:
    """A take that the lock knows, whose clip is not here."""

    TEXT = HEAD + "shots: [{id: a, seed: 1}]"

    def step(self, *, fetchable=False, state=None):
        (shot,) = planned(self.TEXT).shots
        at = datetime(2026, 11, 22, tzinfo=UTC)
        take = Take(1, shot.key, "c" * 64, shot.model, shot.bought, shot.cost, at)
        owned = Owned(
            slates={"a": Slate("a", (take,))},
            elsewhere=frozenset({shot.key}),
            fetchable={shot.key: "p-1"} if fetchable else {},
            past={shot.key: Past("1", state)} if state else {},
        )
        return planned(self.TEXT, owned).shots[0].step

    @pytest.mark.parametrize("state", [None, State.WITHDRAWN, State.REFUSED, State.REFUNDED])
    def test_is_fetched_while_the_provider_has_it(self, state):
        """Also where this ledger once ordered the same, and nothing came of it."""
        assert self.step(fetchable=True, state=state) == Resume("p-1")

    @pytest.mark.parametrize("state", [None, State.WITHDRAWN, State.REFUSED, State.REFUNDED])
    def test_is_not_bought_again_unasked(self, state):
        """A person says so, or copies the clip over."""
        assert isinstance(self.step(state=state), Blocked)

    def test_has_no_fallback(self):
        """It was made: no other model is to try."""
        text = HEAD + "shots: [{id: a, fallback: [other]}]"
        (shot,) = planned(text).shots
        owned = Owned(elsewhere=frozenset({shot.key}), fetchable={shot.key: "p-1"})
        assert planned(text, owned).shots[0].fallbacks == ()
        assert planned(text).shots[0].fallbacks  # the control
