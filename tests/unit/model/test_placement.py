"""Where shots and cards stand in the film, and what their ends are spent on."""

from fractions import Fraction

import pytest

from fakes.films import HEAD, film
from storyboard.model.placement import placements


def placed(shots, top=""):
    return placements(film(f"{HEAD}{top}\nshots: [{shots}]"))


def test_shots_follow_each_other():
    """Each begins where the one before ends, or earlier by what they share."""
    shots = "{id: a}, {id: b, transition: {type: dissolve, duration: 1s}}, {id: c, skip: true}"
    assert [(each.start, each.end) for each in placed(shots)] == [(0, 4000), (3000, 7000)]


def test_cards_stand_at_the_ends():
    """A title before everything, credits after."""
    found = placed("{id: a}", "title_card: true\ncredits: [Ann]")
    assert [each.item.id for each in found] == ["title", "a", "credits"]
    assert [(each.start, each.end) for each in found] == [(0, 3000), (3000, 7000), (7000, 10_000)]


@pytest.mark.parametrize(
    ("kind", "first", "opening", "leaving"),
    [
        ("cut", ("cut", 0), 0, 0),
        ("smash", ("cut", 0), 0, 0),
        ("dissolve", ("fade-in", 1000), 1000, 1000),
        ("wipe-down", ("fade-in", 1000), 1000, 1000),
        ("fade-in", ("fade-in", 1000), 1000, 0),
        ("fade-out", ("cut", 0), 0, 0),
        ("dip-to-white", ("dip-to-white", 1000), 500, 500),
    ],
)
def test_what_a_transition_takes(kind, first, opening, leaving):
    """Of the shot it leads into and of the one before; a first shot bears all of it."""
    transition = f"transition: {{type: {kind}, duration: 1s}}"
    alone, *_ = placed(f"{{id: a, {transition}}}")
    before, after = placed(f"{{id: a}}, {{id: b, {transition}}}")
    assert (alone.kind, alone.opening) == first
    assert (after.opening, before.leaving) == (opening, leaving)
    assert after.fade_out == (1000 if kind == "fade-out" else 0)
    assert after.spent == after.opening + after.fade_out


def test_half_of_an_odd_dip_is_not_rounded():
    """Both halves make the whole."""
    _, after = placed("{id: a}, {id: b, transition: {type: dip-to-black, duration: 333ms}}")
    assert after.opening == Fraction(333, 2)


def test_a_card_gives_way_to_a_dip():
    """A title ends in the colour of the dip after it; else it fades out by itself."""
    dip = "{id: a, transition: {type: dip-to-white, duration: 1s}}"
    title, _ = placed(dip, "title_card: true")
    assert (title.opening, title.fade_out, title.leaving) == (500, 0, 500)
    title, _ = placed("{id: a}", "title_card: true")
    assert (title.opening, title.fade_out, title.leaving) == (500, 500, 0)


@pytest.mark.parametrize(
    ("fields", "rooms"),
    [
        ("", (0, 0)),
        ("handles: 1s", (1000, 1000)),
        ("trim: {in: 1s, out: 3.5s}", (1000, 500)),
        ("trim: {in: 1s}, handles: 1s", (2000, 1000)),
        ("handles: 1s, speed: 2", (500, 500)),
        ("handles: 1s, speed: 3", (333, 333)),
        ("handles: 1s, speed: 50%", (2000, 2000)),
        ("handles: 1s, hold: 100ms", (1000, 0)),
        ("handles: 9s", (4000, 4000)),
        ("handles: 9s, transition: {type: dissolve, duration: 1s}", (3000, 4000)),
    ],
)
def test_how_far_a_sound_can_lead_and_trail(fields, rooms):
    """As far as its clip goes at its speed, and over no more than one neighbour."""
    _, middle, _ = placed(f"{{id: a}}, {{id: b, {fields}}}, {{id: c}}")
    assert (middle.lead_room, middle.trail_room) == rooms


def test_nothing_is_heard_beside_the_film():
    """The first shot cannot lead nor the last trail, but over a card they can."""
    (only,) = placed("{id: a, handles: 1s}")
    assert (only.lead_room, only.trail_room) == (0, 0)
    _, only, _ = placed("{id: a, handles: 1s}", "title_card: true\ncredits: [Ann]")
    assert (only.lead_room, only.trail_room) == (1000, 1000)


def test_a_trim_that_leaves_less_than_nothing_leaves_no_room():
    """Until the check has found it, nothing is negative."""
    first, second = placed("{id: a, trim: {in: 9s}}, {id: b, handles: 1s}")
    assert min(first.lead_room, first.trail_room, second.lead_room, second.trail_room) == 0
    assert first.fits
    assert not first.moves(Fraction(24))
