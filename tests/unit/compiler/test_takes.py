"""Takes: which of them a shot has and asks for, which one the film shows, what is bought."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from fakes.films import HEAD, card, film, still
from storyboard.compiler.planner import Owned, Script, make_plan
from storyboard.model.account import Account
from storyboard.model.attempt import Past
from storyboard.model.job import Cause, State
from storyboard.model.lock import Slate, Take
from storyboard.model.money import MicroUsd, Millis
from storyboard.model.plan import Blocked, Generate, Reconcile, Resume, Reuse, Why
from storyboard.model.request import ClipKey

ACCOUNT = Account("bronze", 5, 3)
CARDS = {each.id: each for each in (card(), card(id="other"))}
BOUGHT = datetime(2026, 11, 22, 12, tzinfo=UTC)
ONE = HEAD + "shots: [{id: a, image: a.png, seed: 1}]"
EDITED = ONE.replace("seed: 1", "seed: 2")
CHAINED = ONE[:-1] + ", {id: b, image: {from: a}}]"
UNCLEAR = frozenset({State.INTENT, State.UNKNOWN})


def planned(text=ONE, owned=None, *, takes=None, slate=None, **more):
    """Plan a film; `takes` is how many the shot asks for, `slate` what the lock has of it."""
    text = text if takes is None else text.replace("{id: a,", f"{{id: a, takes: {takes},")
    whole = film(text)
    owned = replace(owned or Owned(), **more)
    if slate is not None:
        owned = replace(owned, slates={slate.shot: slate})
    script = Script(
        whole,
        {shot.id: "P" for shot in whole.shots},
        {path: still(path) for path in ("a.png", "b.png")},
        CARDS,
    )
    return make_plan("film.yaml", script, owned=owned, account=ACCOUNT)


def keys(count=5, text=ONE):
    """Return the keys of the first takes of the shot that a film begins with."""
    shot = planned(text, takes=count).shots[0]
    return tuple(offer.key for offer in shot.asked)


def take(number, key, length=4000):
    price = MicroUsd(400_000)
    return Take(number, key, "c" * 64, "house", Millis(length), price, BOUGHT)


def slate(*named, circled=None, for_=None, shot="a"):
    return Slate(shot, tuple(take(n, key) for n, key in enumerate(named, 1)), circled, for_)


def past(state, *named, cause=Cause.OTHER):
    return {key: Past(str(n), state, f"p{n}", "no", cause) for n, key in enumerate(named, 1)}


def ordered(plan):
    """Return the takes that a build would pay for, by their number within what is asked for."""
    return sorted(each.request.take for each in plan.to_make())


# --- how many


def test_the_first_take_has_the_key_that_it_had_before_there_were_others():
    """One take or several: what was bought as the only one is the first."""
    assert planned(takes=3).shots[0].base == planned().shots[0].key == keys()[0]
    assert len(set(keys())) == 5


def test_as_many_takes_are_bought_as_are_asked_for():
    """Each of them once, all of them priced, and none is bought again."""
    plan = planned(takes=3)
    assert (ordered(plan), plan.cost, len(plan.shots), len(plan.takes)) == (
        [1, 2, 3],
        1_200_000,
        1,
        2,
    )
    assert {order.step.why for order in plan.orders} == {Why.NEW}
    owned = Owned(frozenset(keys(3)))
    assert planned(owned=owned, takes=3).cost == 0


def test_asking_for_more_takes_buys_only_those():
    """They are retakes of what is owned already, and the newest one is what will be shown."""
    plan = planned(owned=Owned(frozenset(keys(1))), takes=3)
    assert (ordered(plan), plan.cost) == ([2, 3], 800_000)
    assert {order.step.why for order in plan.orders} == {Why.RETAKE}
    assert plan.shots[0].request.take == 3


def test_asking_for_fewer_takes_forgets_none():
    """What was bought is still what the shot asks for."""
    plan = planned(owned=Owned(frozenset(keys(3))), takes=1)
    assert (plan.cost, plan.shots[0].key, len(plan.shots[0].asked)) == (0, keys(3)[2], 3)


def test_a_take_after_one_that_failed_is_found():
    """The second was refunded, the third came: with one asked for, the third is what is shown."""
    first, second, third = keys(3)
    tried = past(State.REFUNDED, second) | past(State.OWNED, first, third)
    plan = planned(owned=Owned(frozenset({first, third}), past=tried))
    assert (plan.shots[0].key, plan.shots[0].step) == (third, Reuse())


@pytest.mark.parametrize(("takes", "bought"), [(1, []), (2, [1]), (3, [1, 2])])
def test_only_as_many_takes_are_bought_as_are_lacking(takes, bought):
    """Of three only the last came: where fewer are asked for now, the others are not wanted."""
    first, second, third = keys(3)
    tried = past(State.REFUNDED, first, second) | past(State.OWNED, third)
    owned = Owned(frozenset({third}), past=tried)
    assert ordered(planned(owned=owned, takes=takes)) == bought


def test_what_costs_nothing_is_made_once():
    """However many takes are asked for: they would all be the same."""
    free = card(id="house", prices=())
    whole = film(ONE.replace("{id: a,", "{id: a, takes: 3,"))
    script = Script(whole, {"a": "P"}, {"a.png": still("a.png")}, {"house": free})
    plan = make_plan("film.yaml", script, owned=Owned(), account=ACCOUNT)
    assert [order.request.take for order in plan.orders] == [1]


# --- one more


def retaken(owned, **more):
    return planned(owned=owned, retakes=frozenset({"a"}), **more)


def test_a_retake_is_one_more_than_there_are():
    """Priced, shown once it is there, and the older one stands in meanwhile."""
    first, second = keys(2)
    plan = retaken(Owned(frozenset({first})), slate=slate(first))
    (shot,) = plan.shots
    assert (shot.key, shot.step) == (second, Generate(Why.RETAKE, MicroUsd(400_000)))
    assert (plan.cost, shot.stands_in.number, shot.stale) == (400_000, 1, False)


@pytest.mark.parametrize("state", [State.INTENT, State.UNKNOWN, State.SUBMITTED, State.READY])
@pytest.mark.parametrize("number", [1, 2])
def test_a_retake_that_is_under_way_is_seen_through_and_not_bought_twice(state, number):
    """Its run ended after the order had left: the same command goes on with it."""
    first, second = keys(2)
    had, sent = ((), first) if number == 1 else ((first,), second)
    tried = past(State.OWNED, *had) | past(state, sent)
    plan = retaken(Owned(frozenset(had), past=tried))
    assert (ordered(plan), plan.cost) == ([], 0)
    step = plan.shots[0].step
    assert isinstance(step, Reconcile if state in UNCLEAR else Resume)


def test_without_what_the_ledger_knows_a_retake_would_be_bought_twice():
    """The control: it is the order under way that keeps the next from being sent."""
    first, second = keys(2)
    assert ordered(retaken(Owned(frozenset({first, second})))) == [3]


def test_a_retake_of_what_was_never_bought_is_its_first_take():
    """Nothing is there of which there could be one more."""
    assert ordered(retaken(Owned())) == [1]


def test_a_retake_that_failed_is_tried_under_its_number():
    """The money is back; and nobody tries it again unasked."""
    first, second = keys(2)
    tried = past(State.OWNED, first) | past(State.REFUNDED, second)
    owned = Owned(frozenset({first}), past=tried)
    assert ordered(retaken(owned)) == [2]
    assert ordered(planned(owned=owned)) == []


@pytest.mark.parametrize(
    ("state", "cause"), [(State.LOST, Cause.OTHER), (State.REFUSED, Cause.MODERATION)]
)
def test_a_retake_passes_over_a_number_that_nothing_comes_of(state, cause):
    """Lost, or refused by moderation: the next number is ordered, not the same once more."""
    first, second = keys(2)
    tried = past(State.OWNED, first) | past(state, second, cause=cause)
    plan = retaken(Owned(frozenset({first}), past=tried))
    assert (ordered(plan), plan.shots[0].request.take) == ([3], 3)


# --- which is shown


@pytest.mark.parametrize("circled", [1, 2, 3])
def test_the_circled_take_is_shown(circled):
    """Whichever it is, for nothing, with its number."""
    named = keys(3)
    owned = Owned(frozenset(named))
    plan = planned(owned=owned, slate=slate(*named, circled=circled, for_=named[0]))
    (shot,) = plan.shots
    assert (shot.key, shot.number, shot.step) == (named[circled - 1], circled, Reuse())


def test_without_a_circle_the_newest_take_is_shown():
    """And without one that is there, the one that is still to be had."""
    first, second, third = keys(3)
    owned = Owned(frozenset({first, second}), past=past(State.LOST, third))
    assert planned(owned=owned, takes=3).shots[0].key == second
    assert planned(owned=replace(owned, past={}), takes=3).shots[0].key == third


def test_an_edit_lets_the_circle_lapse_and_undoing_it_brings_it_back():
    """What the shot asked for when it was circled is part of the circle."""
    first, second = keys(2)
    known = slate(first, second, circled=1, for_=first)
    owned = Owned(frozenset({first, second}), made={"a": {}})
    (shot,) = planned(EDITED, owned, slate=known).shots
    assert (shot.key, shot.cost, shot.number) == (keys(1, EDITED)[0], 400_000, None)
    assert (shot.stands_in.number, shot.stale) == (1, True)
    assert planned(ONE, owned, slate=known).shots[0].key == first


def test_a_stale_take_that_is_circled_is_pinned():
    """It is shown although the shot asks for something else, and nothing is bought."""
    (first,), (wanted,) = keys(1), keys(1, EDITED)
    known = slate(first, circled=1, for_=wanted)
    plan = planned(EDITED, Owned(frozenset({first})), slate=known, takes=3)
    assert (plan.shots[0].key, plan.shots[0].step, plan.cost, plan.takes) == (first, Reuse(), 0, ())
    changed = EDITED.replace("seed: 2", "seed: 3")
    assert planned(changed, Owned(frozenset({first})), slate=known).cost == 400_000


@pytest.mark.parametrize("takes", [1, 3])
def test_a_pinned_take_is_shown_while_one_more_is_bought(takes):
    """Exactly one, of what the shot asks for now, however many takes it asks for."""
    (first,), (wanted,) = keys(1), keys(1, EDITED)
    known = slate(first, circled=1, for_=wanted)
    owned = Owned(frozenset({first}), retakes=frozenset({"a"}))
    plan = planned(EDITED, owned, slate=known, takes=takes)
    assert (plan.shots[0].key, [order.key for order in plan.takes]) == (first, [wanted])
    assert plan.cost == 400_000


@pytest.mark.parametrize("again", [frozenset(), frozenset({"a"})])
def test_a_pinned_take_that_is_gone_is_never_ordered(again):
    """Nobody knows what was sent for it: an order would send nothing at all."""
    (first,), (wanted,) = keys(1), keys(1, EDITED)
    known = slate(first, circled=1, for_=wanted)
    lost = Owned(past=past(State.LOST, first), again=again)
    for owned in (Owned(again=again), lost, Owned(known=frozenset({first}), again=again)):
        plan = planned(EDITED, owned, slate=known)
        assert (plan.cost, ordered(plan)) == (0, [])
        assert isinstance(plan.shots[0].step, Blocked)
        assert "take 1 is circled" in plan.shots[0].step.reason


def test_one_take_is_ordered_again_and_not_all_that_were_lost():
    """The newest, or the one that is circled; the plan has the price of that one alone."""
    three = keys(3)
    lost = Owned(past=past(State.LOST, *three), known=frozenset(three))
    again = replace(lost, again=frozenset({"a"}))
    assert (planned(owned=lost, takes=3).cost, ordered(planned(owned=again, takes=3))) == (0, [3])
    chosen = slate(*three, circled=1, for_=three[0])
    plan = planned(owned=again, slate=chosen, takes=3, elsewhere=frozenset(three))
    assert (ordered(plan), plan.cost) == ([1], 400_000)


def test_a_pinned_take_is_fetched_while_the_provider_has_it():
    """Another clone paid for it: it costs nothing here."""
    (first,), (wanted,) = keys(1), keys(1, EDITED)
    known = slate(first, circled=1, for_=wanted)
    (shot,) = planned(EDITED, slate=known, fetchable={first: "p-1"}).shots
    assert shot.step == Resume("p-1")


def test_a_chain_starts_from_the_take_that_is_shown():
    """Another circle is another first frame, so the next shot asks for another clip."""
    first, second = keys(2)
    owned = Owned(frozenset({first, second}))
    starts = {
        circled: planned(CHAINED, owned, slate=slate(first, second, circled=circled, for_=first))
        for circled in (1, 2)
    }
    images = [dict(plan.shots[1].request.inputs)["image"] for plan in starts.values()]
    assert images == [f"clip:{first}#last", f"clip:{second}#last"]
    assert starts[1].shots[1].base != starts[2].shots[1].base


# --- what the lock knows


def test_what_only_the_lock_knows_is_there():
    """A clone has the lock and not the clips: nothing is bought again unasked."""
    first, second = keys(2)
    plan = planned(slate=slate(first, second), known=frozenset({first, second}))
    assert (plan.cost, [type(each.step) for each in plan.orders]) == (0, [Blocked])
    fetched = planned(slate=slate(first, second), fetchable={first: "p-1", second: "p-2"})
    assert {each.step.prediction for each in fetched.orders} == {"p-1", "p-2"}


def test_a_take_behind_a_number_that_nothing_came_of_is_found_in_a_clone():
    """The second was refused, which only the ledger knows that asked for it: the third is shown."""
    first, _, third = keys(3)
    bought = frozenset({first, third})
    plan = planned(owned=Owned(bought, elsewhere=bought), slate=slate(first, third))
    assert (plan.shots[0].key, plan.shots[0].number, plan.cost) == (third, 2, 0)
    more = planned(owned=Owned(bought, retakes=frozenset({"a"})), slate=slate(first, third))
    assert ordered(more) == [4]


def test_a_take_that_the_lock_has_of_another_shot_is_none_to_buy():
    """A shot that was renamed to the id of one that was bought as well."""
    first, second = keys(2)
    slates = {"a": slate(ClipKey("0" * 64)), "b": slate(first, second, shot="b")}
    fetchable = {first: "p-1", second: "p-2"}
    owned = Owned(slates=slates, elsewhere=frozenset(fetchable), fetchable=fetchable)
    assert [each.step for each in planned(owned=owned).orders] == [Resume("p-2"), Resume("p-1")]


def test_a_renamed_shot_takes_its_slate_along():
    """The clips tell whose it is: its circle holds, and nothing is bought."""
    first, second = keys(2)
    known = slate(first, second, circled=1, for_=first, shot="long-ago")
    (shot,) = planned(owned=Owned(frozenset({first, second})), slate=known).shots
    assert (shot.number, shot.slate.shot, shot.step) == (1, "long-ago", Reuse())


# --- stand-ins


def test_the_circled_take_stands_in_before_the_newest():
    """A person liked it best."""
    first, second = keys(2)
    known = slate(first, second, circled=1, for_=first)
    assert (
        planned(EDITED, Owned(frozenset({first, second})), slate=known).shots[0].stands_in.number
        == 1
    )
    newest = replace(known, circled=None, circled_for=None)
    assert (
        planned(EDITED, Owned(frozenset({first, second})), slate=newest).shots[0].stands_in.number
        == 2
    )


def test_a_take_that_is_not_there_or_too_short_stands_in_for_nothing():
    """The next best one does, if there is one."""
    first, second = keys(2)
    known = Slate("a", (take(1, first, 8000), take(2, second, 4000)))
    both = frozenset({first, second})
    longer = EDITED.replace("id: a,", "id: a, duration: 6s,")
    assert planned(longer, Owned(both), slate=known).shots[0].stands_in.number == 1
    assert planned(longer, Owned(frozenset({second})), slate=known).shots[0].stands_in is None
    assert planned(EDITED, Owned(both), slate=known).shots[0].stands_in.number == 2


def test_a_shot_whose_clip_is_there_needs_no_stand_in():
    """Also one that two shots share; while it is missing, both have theirs."""
    text = ONE[:-1] + ", {id: b, image: a.png, seed: 1}]"
    old = ClipKey("0" * 64)
    slates = {"a": slate(old), "b": slate(old, shot="b")}
    missing = planned(text, Owned(frozenset({old}), slates=slates))
    assert [shot.stands_in.number for shot in missing.shots] == [1, 1]
    there = planned(text, Owned(frozenset({old, *keys(1)}), slates=slates))
    assert [shot.stands_in for shot in there.shots] == [None, None]
