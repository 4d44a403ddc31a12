"""The film laid end to end for editors: every frame is there, and it can be put back together."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given

from fakes.timelines import any_timelines, cut, event
from storyboard.cutting.interchange import (
    Join,
    Media,
    Piece,
    events_of,
    laid_place,
    lanes,
    picture,
    sounds,
)
from storyboard.model.money import Frames, Millis
from storyboard.model.timeline import Laid

UNTOLD = {"hold": Frames(0), "source_out": Frames(0), "lead": Frames(0), "trail": Frames(0)}


def pieces(film):
    return [each for each in picture(film.events) if isinstance(each, Piece)]


def joins(film):
    return [each for each in picture(film.events) if isinstance(each, Join)]


def bare(made):
    """Return what a track does not say of an event."""
    nothing = Frames(0)
    times = dict.fromkeys(("record_in", "record_out", "source_in", "source_out"), nothing)
    ways = {"overlap": nothing, "fade_out": nothing, "hold": nothing}
    return replace(made, transition="cut", lead=nothing, trail=nothing, **times, **ways)


@given(any_timelines())
def test_pieces_run_on_without_a_hole(film):
    """Each begins where the one before ends; together they are the film."""
    end = 0
    for piece in pieces(film):
        assert piece.record == end
        assert piece.length > 0
        end = piece.end
    assert end == film.length


@given(any_timelines())
def test_pieces_show_the_frames_that_the_film_shows(film):
    """At its first and last frame, each piece is at the event's own frame of the clip."""
    for piece in pieces(film):
        made = piece.event
        assert piece.source == made.source_frame(piece.record - made.record_in)
        last = piece.source + (0 if piece.still else int((piece.length - 1) * made.speed))
        if made.speed.denominator == 1:
            assert last == made.source_frame(piece.end - 1 - made.record_in)


@given(any_timelines())
def test_a_track_can_be_read_back(film):
    """All but what lies hidden under a transition comes back from the pieces and the sounds."""
    lane = [
        replace(each, event=bare(each.event)) if isinstance(each, Piece) else each
        for each in picture(film.events)
    ]
    heard = [replace(each, event=bare(each.event)) for each in sounds(film.events)]
    read = events_of(tuple(lane), heard)
    assert [replace(each, **UNTOLD) for each in read] == [
        replace(each, **UNTOLD) for each in film.events
    ]


def test_a_dissolve_is_cut_in_its_middle():
    """An odd frame is after the cut."""
    film = cut(event("a", 48), event("b", 48, transition="dissolve", overlap=13))
    assert joins(film) == [Join("dissolve", Frames(6), Frames(7))]
    assert [(each.record, each.length, each.source) for each in pieces(film)] == [
        (0, 41, 0),
        (41, 42, 6),
    ]


@pytest.mark.parametrize(
    ("hold", "before"),
    [(4, 6), (9, 3), (12, 6), (30, 6)],
)
def test_held_frames_stay_on_one_side_of_a_cut(hold, before):
    """A clip has no held frames to be handles; where the hold is long enough it is a piece."""
    film = cut(event("a", 60, hold=hold), event("b", 48, transition="dissolve", overlap=12))
    (join,) = joins(film)
    assert (join.before, join.after) == (before, 12 - before)
    assert any(each.still for each in pieces(film)) == (hold >= 12)


def test_a_moving_frame_is_left_after_the_cut():
    """A shot that hardly moves is cut before it stands still."""
    film = cut(event("a", 48), event("b", 30, transition="dissolve", overlap=12, hold=27))
    assert joins(film) == [Join("dissolve", Frames(2), Frames(10))]


def test_a_hold_that_is_all_under_the_dissolve_has_no_piece():
    """What is left of it has no frames."""
    film = cut(event("a", 48, hold=12), event("b", 14, transition="dissolve", overlap=12, hold=13))
    assert joins(film) == [Join("dissolve", Frames(0), Frames(12))]
    assert [each.still for each in pieces(film)] == [False, False, True]


def test_fades_and_dips_meet_nothing_or_the_colour():
    """A fade is on one side of the cut, a dip on both, and the film's first has only one."""
    film = cut(
        event("a", 48, transition="dip-to-white", overlap=8, fade_out=9),
        event("b", 48, transition="fade-in", overlap=7, fade_out=5),
        event("c", 48, transition="dip-to-black", overlap=6, fade_out=4),
    )
    assert [(each.kind, each.before, each.after) for each in joins(film)] == [
        ("dip-to-white", 0, 8),
        ("fade-out", 9, 0),
        ("fade-in", 0, 7),
        ("dip-to-black", 6, 6),
        ("fade-out", 4, 0),
    ]


def test_sound_is_heard_from_its_lead_to_its_trail():
    """It fades with the picture where it goes with it; a film has no sound before it begins."""
    film = cut(
        event("a", 48, lead=6, transition="fade-in", overlap=9),
        event("b", 48, source_in=20, speed=Fraction(2), lead=4, trail=5),
        event("c", 48, transition="dissolve", overlap=10, hold=8),
        event("d", 48, transition="dip-to-black", overlap=6, fade_out=3),
        event("e", 48, mute=True),
    )
    told = [(s.record, s.end, s.source, s.rise, s.fall) for s in sounds(film.events)]
    assert told == [
        (0, 48, 0, 0, 0),
        (44, 101, 12, 0, 0),
        (86, 126, 0, 10, 0),
        (134, 182, 0, 6, 3),
    ]


def test_an_empty_film_has_empty_tracks():
    """Nothing is laid, nothing is read."""
    assert (picture(()), sounds(()), events_of((), ())) == ((), (), ())


def test_what_overlaps_is_spread_over_tracks():
    """Each span goes on the first track that is free."""
    spans = [(0, 10), (5, 15), (10, 20), (12, 13), (15, 30)]
    assert lanes(spans, lambda span: span) == (
        ((0, 10), (10, 20)),
        ((5, 15), (15, 30)),
        ((12, 13),),
    )


@pytest.mark.parametrize(
    ("end", "facts", "place"),
    [
        (None, (), (24, 240)),
        (None, (("milliseconds", "500"),), (24, 36)),
        (Millis(3000), (("milliseconds", "500"),), (24, 72)),
        (Millis(1000), (), (24, 25)),
    ],
)
def test_a_laid_sound_lasts_as_long_as_it_is_known_to(end, facts, place):
    """Its end, else its file's length, else the film's end; never no time at all."""
    laid = Laid("x.wav", Millis(1000), "effect", end=end)
    assert laid_place(laid, cut(event("a", 240)), Media(facts=facts)) == place
