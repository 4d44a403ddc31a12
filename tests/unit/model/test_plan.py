"""The plan as a value: its sums, and which clips it makes."""

from storyboard.model.money import MicroUsd, Millis
from storyboard.model.plan import (
    Generate,
    Plan,
    PlannedShot,
    Reconcile,
    Resume,
    Reuse,
    Why,
    step_name,
)
from storyboard.model.request import ClipKey, ClipRequest


def planned(name, step, key="k"):
    request = ClipRequest("house", (), Millis(4000))
    return PlannedShot(
        name, "scene", "house", step, Millis(4000), Millis(4000), request, ClipKey(key)
    )


def plan(*shots, **more):
    return Plan("film.yaml", shots, Millis(4000 * len(shots)), **more)


def test_only_what_is_generated_costs():
    """Clips that are owned, being made or lost track of are not paid for again."""
    made = plan(
        planned("a", Generate(Why.NEW, MicroUsd(400_000)), "a"),
        planned("b", Reuse(), "b"),
        planned("c", Resume("p1"), "c"),
        planned("d", Reconcile("a1"), "d"),
        planned("e", Generate(Why.CHANGED, MicroUsd(1), ("prompt",)), "e"),
    )
    assert made.cost == 400_001
    assert [made.count(kind) for kind in (Generate, Reuse, Resume, Reconcile)] == [2, 1, 1, 1]


def test_a_shared_clip_is_made_once():
    """Of two shots that would order the same clip, the first does."""
    step = Generate(Why.NEW, MicroUsd(1))
    made = plan(planned("a", step, "x"), planned("b", step, "x"), planned("c", Reuse(), "y"))
    assert [shot.id for shot in made.to_make()] == ["a"]


def test_a_budget_is_kept_to_the_last_millionth():
    """A plan may cost as much as the budget, and not a millionth more; without one, anything."""
    shot = planned("a", Generate(Why.NEW, MicroUsd(5)))
    assert not plan(shot).over_budget
    assert not plan(shot, budget_cost=MicroUsd(5)).over_budget
    assert plan(shot, budget_cost=MicroUsd(4)).over_budget
    assert plan(shot, budget_cost=MicroUsd(0)).over_budget


def test_the_word_for_a_step():
    """A step is called by its own name in small letters."""
    steps = (Reuse(), Generate(Why.NEW, MicroUsd(0)), Resume(""), Reconcile(""))
    assert [step_name(step) for step in steps] == ["reuse", "generate", "resume", "reconcile"]
