"""What is copied and what is rendered: every frame once, and a copy only where one can be."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from storyboard.cutting.joins import Fade, alone, coming, going, shared
from storyboard.cutting.splice import ClipShape, Copied, Rendered, splice
from storyboard.model.timeline import Event, Timeline

FREE = ClipShape(tuple(range(1000)), tuple(range(1, 1001)))
"""A clip of key frames only, which can be cut anywhere."""
ONE_START = ClipShape((0,), tuple(range(1, 1001, 3)))
"""A clip as providers make them: one picture to start from, and three that lean on each other."""


def event(name, start, length, transition="cut", overlap=0, **more):
    return Event(name, "scene", name, start, start + length, 0, length, transition, overlap, **more)


def film(*events):
    return Timeline("film", 1280, 720, Fraction(24), events)


def chain(*shots):
    """Lay shots, each (length, transition, overlap), one after another."""
    events, clock = [], 0
    for number, (length, transition, overlap) in enumerate(shots):
        made = event(f"{number}", clock, length, transition, overlap)
        made = replace(made, record_in=clock - shared(made))
        events.append(replace(made, record_out=made.record_in + length))
        clock = events[-1].record_out
    return film(*events)


def shapes(timeline, shape=FREE):
    return {each.clip: shape for each in timeline.events}


def written(pieces):
    return [
        f"{'copy' if isinstance(each, Copied) else 'render'} {each.record_in}-{each.record_out}"
        for each in pieces
    ]


def test_a_film_of_cuts_is_copied_whole():
    made = chain((96, "cut", 0), (48, "cut", 0), (96, "smash", 0))
    assert written(splice(made, shapes(made, ONE_START))) == [
        "copy 0-94",
        "render 94-96",
        "copy 96-142",
        "render 142-144",
        "copy 144-238",
        "render 238-240",
    ]
    assert written(splice(made, shapes(made))) == ["copy 0-96", "copy 96-144", "copy 144-240"]


def test_only_the_frames_of_a_dissolve_are_rendered():
    made = chain((96, "cut", 0), (96, "dissolve", 12))
    assert written(splice(made, shapes(made))) == ["copy 0-84", "render 84-96", "copy 96-180"]


def test_a_clip_with_one_start_is_rendered_after_a_dissolve_apart_from_it():
    """The stretch after the dissolve is not made again when only the shot before it changes."""
    made = chain((96, "cut", 0), (96, "dissolve", 12))
    assert written(splice(made, shapes(made, ONE_START))) == [
        "copy 0-82",
        "render 82-96",
        "render 96-180",
    ]


def test_a_copy_ends_where_no_picture_needs_a_later_one():
    made = film(replace(event("a", 0, 50), source_in=0, source_out=50))
    (copy, rest) = splice(made, {"a": ClipShape((0,), (40, 45, 60))})
    assert (copy.record_out, rest) == (45, Rendered(45, 50))


def test_a_copy_begins_at_a_picture_that_can_be_started_from():
    made = film(replace(event("a", 0, 50), source_in=10, source_out=60))
    (lead, copy) = splice(made, {"a": ClipShape((0, 24, 48), tuple(range(1, 61)))})
    assert lead == Rendered(0, 14)
    assert copy == Copied(14, 50, "a", 24)


def test_a_copy_of_a_few_frames_is_not_worth_it():
    made = film(event("a", 0, 40))
    assert written(splice(made, {"a": ClipShape((37,), (40,))})) == ["render 0-40"]


@pytest.mark.parametrize("change", [{"speed": Fraction(2)}, {"speed": Fraction(1, 2)}, {"hold": 6}])
def test_a_shot_at_another_speed_or_held_is_rendered(change):
    made = film(event("a", 0, 48, **change), event("b", 48, 48))
    assert written(splice(made, shapes(made))) == ["render 0-48", "copy 48-96"]


def test_what_has_no_shape_is_rendered_and_cut_at_its_joins():
    made = chain((48, "cut", 0), (2, "cut", 0), (48, "cut", 0))
    assert written(splice(made, {})) == ["render 0-48", "render 48-50", "render 50-98"]


def test_under_a_caption_frames_are_rendered():
    made = chain((96, "cut", 0), (96, "cut", 0))
    busy = ((10, 30), (90, 100), (185, 192))
    assert written(splice(made, shapes(made), busy)) == [
        "copy 0-10",
        "render 10-30",
        "copy 30-90",
        "render 90-96",
        "render 96-100",
        "copy 100-185",
        "render 185-192",
    ]


def test_fades_and_dips_are_rendered_with_their_own_shot():
    made = chain((48, "fade-in", 12), (48, "dip-to-white", 6), (48, "cut", 0))
    made = film(*made.events[:-1], replace(made.events[-1], fade_out=10))
    assert written(splice(made, shapes(made))) == [
        "render 0-12",
        "copy 12-42",
        "render 42-48",
        "render 48-54",
        "copy 54-96",
        "copy 96-134",
        "render 134-144",
    ]


def test_how_an_event_comes_and_goes_is_read_off_its_neighbours():
    dip, fade = event("b", 48, 48, "dip-to-white", 6), event("a", 0, 48, "fade-in", 12, fade_out=9)
    assert coming(fade) == Fade(12, "black")
    assert coming(dip) == Fade(6, "white")
    assert coming(event("c", 0, 9)) is coming(event("c", 0, 9, "dissolve", 4)) is None
    assert going(fade, dip) == Fade(6, "white")
    assert going(fade, event("c", 48, 9)) == Fade(9, "black")
    assert going(event("c", 0, 9), None) is None
    assert (shared(None), shared(dip), shared(event("c", 0, 9, "wipe-up", 4))) == (0, 0, 4)
    assert alone(fade, dip) == (12, 42)


LENGTHS = some.integers(20, 120)
JOINS = some.tuples(
    some.sampled_from(["cut", "dissolve", "wipe-left", "dip-to-black", "fade-in", "match"]),
    some.integers(1, 9),
)
SHAPES = some.builds(
    lambda starts, ends: ClipShape((0, *sorted(starts)), (*sorted(ends), 120)),
    some.sets(some.integers(1, 119), max_size=6),
    some.sets(some.integers(1, 119), max_size=30),
)


@some.composite
def films(draw):
    shots = [
        (draw(LENGTHS), *(draw(JOINS) if number else ("cut", 0)))
        for number in range(draw(some.integers(1, 5)))
    ]
    made = chain(
        *((length, kind, 0 if kind in {"cut", "match"} else n) for length, kind, n in shots)
    )
    edges = sorted(draw(some.sets(some.integers(0, made.length), max_size=4)))
    busy = tuple(pairwise(edges))[::2]
    return made, {each.clip: draw(SHAPES) for each in made.events if draw(some.booleans())}, busy


@given(films())
def test_every_frame_is_in_one_piece_and_a_copy_shows_what_the_film_shows(given_film):
    made, known, busy = given_film
    pieces = splice(made, known, busy)
    assert [each.record_in for each in pieces] == [0, *(each.record_out for each in pieces[:-1])]
    assert pieces[-1].record_out == made.length
    for copy in pieces:
        if isinstance(copy, Copied):
            (shown,) = (each for each in made.events if each.clip == copy.clip)
            after = next((each for each in made.events if each.record_out > shown.record_out), None)
            first, until = alone(shown, after)
            assert first <= copy.record_in < copy.record_out <= until
            assert copy.source_in == copy.record_in - shown.record_in + shown.source_in
            assert copy.source_in in known[copy.clip].starts
            assert copy.source_in + copy.record_out - copy.record_in in known[copy.clip].ends
            assert not any(a < copy.record_out and copy.record_in < b for a, b in busy)


@given(films())
def test_what_is_rendered_never_crosses_a_cut(given_film):
    made, known, busy = given_film
    cuts = {each.record_in for each in made.events if not shared(each)}
    for piece in splice(made, known, busy):
        assert not any(piece.record_in < cut < piece.record_out for cut in cuts)
