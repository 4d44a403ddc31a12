"""An excerpt of a film that can be cut can be cut, whatever stood at its new edges."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from storyboard.cutting.excerpt import excerpt
from storyboard.cutting.timeline import make_timeline
from storyboard.model.money import Millis
from storyboard.model.placement import placements
from storyboard.model.post import Card, Mix
from storyboard.model.request import ClipKey
from storyboard.model.source import Span
from storyboard.model.story import Film, Format, Origin, Scene, Shot, Transition
from storyboard.model.vocabulary import TRANSITION

HERE = Origin(Span("film.yaml", 0, 0))
TITLE = Card("title", Millis(2000), "A film")
CREDITS = Card("credits", Millis(2000), "The end")


def shot(name, duration=2000, kind="cut", spent=0, **more):
    return Shot(
        id=name,
        scene="scene",
        duration=Millis(duration),
        model="animatic",
        template="plain",
        origin=HERE,
        transition=Transition(kind, Millis(spent)),
        **more,
    )


def film(*shots, fps=24, **more):
    return Film(
        title="A film",
        format=Format(1280, 720, Fraction(fps), "16:9", "720p"),
        model="animatic",
        template="plain",
        scenes=(Scene("scene", tuple(shots), HERE),),
        origin=HERE,
        **more,
    )


def cut(made):
    """Cut a film on paper, from clips just as long as is bought."""
    clips = {each.id: (ClipKey(each.id), each.clip_time) for each in made.shown}
    return make_timeline(made, clips).value


def joins(made):
    return [(each.shot, each.transition, each.overlap) for each in cut(made).events]


@st.composite
def films(draw):
    """Draw a film that passes the checks: its joins have room, and its sounds too."""
    shots = [
        shot(
            f"s{number}",
            draw(st.integers(1000, 3000)),
            draw(st.sampled_from(sorted(TRANSITION.phrases))),
            draw(st.integers(0, 1200)),
            handles=Millis(draw(st.sampled_from([0, 500]))),
            hold=Millis(draw(st.sampled_from([0, 0, 300]))),
            skip=draw(st.sampled_from([False, False, False, True])),
        )
        for number in range(draw(st.integers(1, 6)))
    ]
    cards = {"title_card": TITLE} if draw(st.booleans()) else {}
    silent = film(*shots, fps=draw(st.sampled_from([24, 25, 30])), **cards)
    placed = {each.item.id: each for each in placements(silent)}
    assume(all(each.fits for each in placed.values()))
    heard = [
        shot(
            each.id,
            each.duration,
            each.transition.kind,
            each.transition.duration,
            handles=each.handles,
            hold=each.hold,
            skip=each.skip,
            mix=Mix() if each.skip else Mix(placed[each.id].lead_room, placed[each.id].trail_room),
        )
        for each in shots
    ]
    return film(*heard, fps=silent.format.fps, **cards)


@given(films(), st.data())
def test_any_shots_of_a_film_make_a_film(made, data):
    """Whichever are chosen: each is shown in its order, for as long as it was."""
    shown = [each.id for each in made.shown]
    assume(shown)
    chosen = data.draw(st.sets(st.sampled_from(shown), min_size=1))
    alone = excerpt(made, chosen)
    assert [each.shot for each in cut(alone).events] == [name for name in shown if name in chosen]
    lengths = {each.id: each.screen_time for each in made.shown}
    assert all(each.screen_time == lengths[each.id] for each in alone.shown)


@given(films())
def test_all_shots_of_a_film_without_cards_are_the_film(made):
    """Nothing is made straight or silent that had room before."""
    assume(made.title_card is None)
    assert excerpt(made, {each.id for each in made.shown}) == made


@pytest.mark.parametrize(
    ("kind", "coming"),
    [("dissolve", "fade-in"), ("wipe-left", "fade-in"), ("dip-to-white", "dip-to-white")],
)
def test_a_join_at_the_edge_comes_from_nothing(kind, coming):
    """As of a film that begins with that shot: half a second of light, and nothing before."""
    made = film(shot("a"), shot("b", kind=kind, spent=500))
    assert joins(excerpt(made, {"b"})) == [("b", coming, 12)]


def test_a_join_that_has_no_room_at_its_new_place_is_a_cut():
    """A dip that took half of its time of each side would take all of it where a film begins."""
    made = film(shot("a"), shot("b", 1000, "dip-to-black", 1500))
    assert joins(excerpt(made, {"b"})) == [("b", "cut", 0)]


def test_only_the_new_join_gives_way():
    """Between a and c there is no room for c's dissolve beside a's own; a keeps that."""
    a, b, c = (
        shot("a", 1000, "fade-in", 600),
        shot("b"),
        shot("c", 3000, "dissolve", 900),
    )
    assert joins(excerpt(film(a, b, c), {"a", "c"})) == [("a", "fade-in", 14), ("c", "cut", 0)]


def test_a_fade_out_stays_the_end_of_its_shot():
    """It takes nothing of what comes before, so it never has to give way."""
    made = film(
        shot("a"), shot("b", 1000, "fade-out", 900), shot("c"), shot("d", 2000, "wipe-up", 500)
    )
    alone = cut(excerpt(made, {"b", "d"}))
    assert [(each.fade_out, each.transition) for each in alone.events] == [(22, "cut"), (0, "cut")]


def test_sound_leads_and_trails_as_far_as_there_is_a_neighbour():
    """At an edge there is none to be heard over; beside a shorter one as long as that lasts."""
    handles = Millis(1000)
    b = shot("b", handles=handles, mix=Mix(lead=Millis(800), trail=Millis(700)))
    made = film(shot("short", 300), shot("a"), b, shot("c"))
    assert excerpt(made, {"b"}).shown[0].mix == Mix()
    beside = excerpt(made, {"short", "b", "c"}).shown[1].mix
    assert beside == Mix(lead=Millis(300), trail=Millis(700))


def test_the_cards_are_left_out():
    """An excerpt is of shots, and of nothing else."""
    made = film(shot("a"), shot("b"), title_card=TITLE, credits=CREDITS)
    assert joins(excerpt(made, {"a"})) == [("a", "cut", 0)]


def test_without_giving_way_it_could_not_be_cut():
    """The control: with the others merely skipped, the same film is refused as a bug."""
    made = film(shot("a", skip=True), shot("b", 1000, "dip-to-black", 1500))
    with pytest.raises(ValueError, match="no room for its transitions"):
        cut(made)
