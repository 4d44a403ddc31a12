"""The film as a value: how long it runs, and where each of its fields was written."""

import pickle
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.films import HEAD, film, marked, tree
from storyboard.model.money import Millis
from storyboard.model.post import Card
from storyboard.model.story import OVERLAPPING, Camera, Origin, Transition, Trim
from storyboard.model.vocabulary import TRANSITION

TWO = film(HEAD + "shots: [{id: one, duration: 8s}, {id: two, duration: 4s}]")


def with_shots(*changes):
    """Make a film of as many shots as there are changes, each eight seconds long."""
    scene = TWO.scenes[0]
    shots = tuple(replace(scene.shots[0], id=f"s{n}", **change) for n, change in enumerate(changes))
    return replace(TWO, scenes=(replace(scene, shots=shots),))


@pytest.mark.parametrize(
    ("changes", "runtime"),
    [
        ([], 0),
        ([{}], 8000),
        ([{}, {}], 16000),
        ([{"trim": Trim(Millis(500), Millis(7000))}, {}], 14500),
        ([{"trim": Trim(Millis(500))}], 7500),
        ([{"handles": Millis(1000)}], 8000),
        ([{}, {"transition": Transition("dissolve", Millis(500))}], 15500),
        ([{}, {"transition": Transition("wipe-left", Millis(500))}], 15500),
        ([{}, {"transition": Transition("dip-to-black", Millis(500))}], 16000),
        ([{}, {"transition": Transition("fade-out", Millis(500))}], 16000),
        ([{"transition": Transition("dissolve", Millis(500))}, {}], 16000),
        ([{}, {"skip": True}], 8000),
        ([{"skip": True}, {"transition": Transition("dissolve", Millis(500))}], 8000),
        ([{"speed": Fraction(2)}, {"speed": Fraction(1, 2)}], 20000),
        ([{"speed": Fraction(3)}], 2667),
        ([{"speed": Fraction(2), "trim": Trim(Millis(0), Millis(4000)), "hold": Millis(70)}], 2070),
        ([{}, {"transition": Transition("wipe-up", Millis(500))}], 15500),
    ],
)
def test_running_time(changes, runtime):
    """Time on screen less what dissolves and wipes share; the first shot shares with nobody."""
    assert with_shots(*changes).runtime == runtime


@given(
    st.lists(
        st.tuples(
            st.integers(1000, 20_000),
            st.sampled_from(sorted(TRANSITION.phrases)),
            st.integers(0, 400),
            st.booleans(),
        )
    )
)
def test_running_time_is_where_the_last_shot_ends(made):
    """Laying the shots on a clock one after the other comes to the same time."""
    whole = with_shots(
        *(
            {"duration": Millis(length), "transition": Transition(kind, Millis(over)), "skip": skip}
            for length, kind, over, skip in made
        )
    )
    end = 0
    for n, (length, kind, over, _) in enumerate(each for each in made if not each[3]):
        start = end - over if n and kind in OVERLAPPING else end
        end = start + length
    assert whole.runtime == end


def test_cards_are_part_of_the_running_time():
    """A title and credits take their own time; a dissolve after a title shares none of it."""
    dissolve = {"transition": Transition("dissolve", Millis(500))}
    title, credit = Card("title", Millis(3000)), Card("credits", Millis(2500))
    whole = replace(with_shots(dissolve, dissolve), title_card=title, credits=credit)
    assert whole.runtime == 3000 + 15_500 + 2500


def test_a_clip_is_longer_than_its_shot_by_its_handles():
    """Handles are spare time at both ends; a trim takes nothing off what is ordered."""
    shot = replace(TWO.shots[0], handles=Millis(500), trim=Trim(Millis(1000), Millis(2000)))
    assert (shot.clip_time, shot.screen_time) == (9000, 1000)


def test_straight_cuts_share_no_time():
    """No transition both overlaps and takes no time."""
    assert OVERLAPPING.isdisjoint({"cut", "smash", "match"})
    assert set(TRANSITION.phrases) >= OVERLAPPING


def test_a_camera_that_is_told_nothing_holds_still():
    """One shot has one move: the first, or none."""
    assert Camera().move == "static"
    assert Camera(moves=("push-in", "roll")).move == "push-in"


def test_people_and_places_are_found_by_id():
    """An id that the film does not have is None."""
    people = film(HEAD + "characters: {mia: a kitten}\nlocations: {hall: dark}\nshots: [{id: a}]")
    assert people.character("mia").name == "Mia"
    assert people.character("tom") is None
    assert people.place("hall").description == "dark"
    assert people.place(None) is None


def origin_of(text):
    plain, spans = marked(text)
    root = tree(plain)
    return Origin(root.span, root), spans


def test_a_field_is_placed_where_it_was_written():
    """A value, a key, and an item of a list each have their own place."""
    origin, (key, value, item) = origin_of("a: {«b»: «1»}\nc: [0, «x»]")
    assert origin.at("a", "b") == value
    assert origin.key("a", "b") == key
    assert origin.at("c", 1) == item
    assert origin.entries("a") == (("b", key),)


def test_a_field_that_was_not_written_is_placed_at_its_nearest_ancestor():
    """What is missing inside a field points at the field; a missing field at the whole."""
    origin, (camera,) = origin_of("camera: «{size: cu}»")
    assert origin.at("camera", "move") == camera
    assert origin.at("sound", "music") == origin.span
    assert origin.key("camera", "move") == camera
    assert origin.at() == origin.span
    assert origin.entries("sound") == ()
    assert origin.has("camera")
    assert not origin.has("sound")


def test_an_origin_that_was_stored_keeps_its_own_place():
    """The tree under it is dropped, and every field is then placed at the whole."""
    origin, (whole,) = origin_of("«a: {b: 1}»")
    stored = pickle.loads(pickle.dumps(origin))
    assert stored.span == stored.at("a", "b") == stored.key("a", "b") == whole
    assert not stored.has("a")
    assert stored.entries("a") == ()


def test_where_a_film_was_written_is_no_part_of_what_it_is():
    """Two films of the same meaning are equal wherever their fields stand."""
    moved = film("\n\n" + HEAD + "shots:\n  - {id: one, duration: 8}\n  - {id: two, duration: 4s}")
    assert moved == TWO
    assert moved.origin.span != TWO.origin.span
