"""What a build bought goes into the lock: numbered on, never twice, renames followed."""

from dataclasses import replace
from datetime import UTC, datetime

from fakes.films import HEAD, card, film
from storyboard.app.recording import with_takes
from storyboard.compiler.planner import Owned, Script, make_plan
from storyboard.model.account import Account
from storyboard.model.lock import Lock, Slate, Take
from storyboard.model.money import MicroUsd, Millis

BRONZE = Account("bronze", 5, 3)
AT = datetime(2026, 11, 22, tzinfo=UTC)


def plan(text, lock=None, **owned):
    whole = film(HEAD + text)
    prompts = {shot.id: f"{shot.action}" for shot in whole.shots}
    script = Script(whole, prompts, {}, {"house": card()})
    slates = {slate.shot: slate for slate in (lock or Lock()).slates}
    return make_plan("film.yaml", script, owned=Owned(slates=slates, **owned), account=BRONZE)


def take(key, number=1):
    return Take(number, key, "c" * 64, "house", Millis(4000), MicroUsd(400_000), AT)


def bought(planned):
    """Return the takes of every order that a plan asks for, as a build would have bought them."""
    return {offer.key: take(offer.key) for shot in planned.shots for offer in shot.asked}


def numbers(lock):
    return {slate.shot: [each.number for each in slate.takes] for slate in lock.slates}


def test_every_shot_gets_its_takes_in_order():
    """Three takes are three numbers."""
    planned = plan("shots: [{id: b, action: x, takes: 3}, {id: a, action: w}]")
    lock = with_takes(Lock(), planned, bought(planned))
    assert numbers(lock) == {"a": [1], "b": [1, 2, 3]}


def test_what_is_there_already_is_not_added_again():
    """Writing the same once more changes nothing at all."""
    planned = plan("shots: [{id: a, action: x, takes: 2}]")
    lock = with_takes(Lock(), planned, bought(planned))
    assert with_takes(lock, planned, bought(planned)) == lock


def test_numbers_go_on_after_a_shot_was_edited():
    """Old takes stay, and keep the number that people know them by."""
    first = plan("shots: [{id: a, action: x}]")
    lock = with_takes(Lock(), first, bought(first))
    second = plan("shots: [{id: a, action: another}]", lock)
    after = with_takes(lock, second, bought(second))
    assert numbers(after) == {"a": [1, 2]}
    assert after.slates[0].takes[0] == lock.slates[0].takes[0]


def test_a_number_is_never_given_twice():
    """Not even one that was left free: somebody may know a clip by it."""
    planned = plan("shots: [{id: a, action: x}]")
    known = Lock((Slate("a", (take("old"), take("older", 4))),))
    assert numbers(with_takes(known, planned, bought(planned))) == {"a": [1, 4, 5]}


def test_a_circle_drawn_meanwhile_stays():
    """It is the lock as it is now that gets the takes, not as it was when the build began."""
    planned = plan("shots: [{id: a, action: x, takes: 2}]")
    lock = with_takes(Lock(), planned, bought(planned))
    circled = Lock((replace(lock.slates[0], circled=1, circled_for=planned.shots[0].base),))
    assert with_takes(circled, planned, bought(planned)) == circled
    stale = with_takes(lock, planned, bought(planned))
    assert stale.slates[0].circled is None, "the control: the lock as it was has no circle"


def test_a_renamed_shot_takes_its_takes_along():
    """Its circle too; the old name goes."""
    first = plan("shots: [{id: a, action: x}]")
    lock = with_takes(Lock(), first, bought(first))
    lock = Lock((replace(lock.slates[0], circled=1, circled_for=first.shots[0].base),))
    second = plan("shots: [{id: z, action: x}]", lock)
    after = with_takes(lock, second, bought(second))
    assert after == Lock((replace(lock.slates[0], shot="z"),))


def test_a_copy_is_no_rename():
    """A second shot that asks for the same has the same clip, and leaves the first its slate."""
    first = plan("shots: [{id: a, action: x}]")
    lock = with_takes(Lock(), first, bought(first))
    second = plan("shots: [{id: a, action: x}, {id: z, action: x}]", lock)
    assert numbers(with_takes(lock, second, bought(second))) == {"a": [1], "z": [1]}


def test_the_takes_of_a_shot_that_is_gone_stay():
    """They were paid for, and the shot may come back."""
    first = plan("shots: [{id: a, action: x}, {id: b, action: w}]")
    lock = with_takes(Lock(), first, bought(first))
    second = plan("shots: [{id: b, action: w}]", lock)
    assert with_takes(lock, second, bought(second)) == lock


def test_what_nobody_bought_is_not_there():
    """A slate without takes is not written."""
    planned = plan("shots: [{id: a, action: x}]")
    assert with_takes(Lock((Slate("b", (take("k"),)),)), planned, {}).slates[0].shot == "b"


def test_what_was_lost_and_ordered_once_more_is_a_further_take():
    """Both were paid for: the first stays as it was written, and nothing is added twice."""
    text = "shots: [{id: a, action: x}]"
    first = plan(text)
    key = first.shots[0].key
    lock = with_takes(Lock(), first, {key: replace(take(key), prediction="p-1")})
    second = plan(text, lock, known=frozenset({key}), again=frozenset({"a"}))
    found = {key: replace(take(key), prediction="p-2")}
    after = with_takes(lock, second, found)
    assert [each.prediction for each in after.slates[0].takes] == ["p-1", "p-2"]
    assert with_takes(after, second, found) == after
    settled = plan(text, after, clips=frozenset({key}))
    assert with_takes(lock, settled, found) == lock  # the control: it is this plan that ordered it


def test_a_clip_that_no_shot_asks_for_any_more_is_written_before_what_is_new():
    """Its order was under way when the shot was edited; under the id that the shot has now."""
    first = plan("shots: [{id: a, action: x}]")
    lock = with_takes(Lock(), first, bought(first))
    second = plan("shots: [{id: z, action: x, takes: 2}]", lock)
    after = with_takes(lock, second, bought(second), [("a", take("late")), ("gone", take("k"))])
    assert numbers(after) == {"gone": [1], "z": [1, 2, 3]}
    assert [each.key for each in after.slates[1].takes][1] == "late"


def test_a_take_is_the_same_under_another_shot():
    """What is copied has the price and the order that the lock knows, not what is found here."""
    first = plan("shots: [{id: a, action: x}]")
    lock = with_takes(Lock(), first, bought(first))
    second = plan("shots: [{id: a, action: x}, {id: z, action: x}]", lock)
    free = {key: replace(each, price=MicroUsd(0)) for key, each in bought(second).items()}
    after = with_takes(lock, second, free)
    assert {each.price for _, each in after.takes} == {MicroUsd(400_000)}
