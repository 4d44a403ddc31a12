"""Captions stand inside their own shots, in order; chapters cover the film."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.cutting.captions import captions_of, chapters_of
from storyboard.model.money import Frames, Millis
from storyboard.model.request import ClipKey
from storyboard.model.source import Span
from storyboard.model.story import Character, Film, Format, Line, Origin, Scene, Shot
from storyboard.model.timeline import Event

HERE = Origin(Span("film.yaml", 0, 0))
FPS = Fraction(24)
NTSC = Fraction(24000, 1001)
FIVE_WORDS = "one two three four five"  # two seconds of speech


def shot(name, *lines, scene="parlour"):
    said = tuple(line if isinstance(line, Line) else Line(line) for line in lines)
    return Shot(
        id=name,
        scene=scene,
        duration=Millis(8000),
        model="animatic",
        template="plain",
        origin=HERE,
        dialogue=said,
    )


def film(*shots, **more):
    scenes = tuple(
        Scene(name, tuple(each for each in shots if each.scene == name), HERE)
        for name in dict.fromkeys(each.scene for each in shots)
    )
    settings = {
        "title": "The Yarn",
        "format": Format(1280, 720, FPS, "16:9", "720p"),
        "model": "animatic",
        "template": "plain",
        "scenes": scenes,
        "origin": HERE,
        "characters": (Character("mia", "Mia Grey", "a kitten", HERE),),
    }
    return Film(**{**settings, **more})


def event(name, record=(0, 192), source=(0, 192), scene="parlour", **more):
    known = {"available": Frames(192), **more}
    return Event(
        name,
        scene,
        ClipKey(f"clip:{name}"),
        *(Frames(each) for each in record),
        *(Frames(each) for each in source),
        **known,
    )


def times(captions):
    return [(each.start, each.end) for each in captions]


def test_a_line_is_read_while_it_is_spoken_in_the_clip():
    """A second of lead, two and a half words a second, then it lingers for a moment."""
    (caption,) = captions_of(film(shot("a", FIVE_WORDS)), (event("a"),), FPS)
    assert (caption.start, caption.end) == (1000, 3350)
    assert (caption.text, caption.shot, caption.speaker) == (FIVE_WORDS, "a", None)
    assert caption.delivery == "on-screen"


def test_speakers_are_called_by_their_names():
    """A character's name stands for its id; somebody unknown is called what the line calls them."""
    lines = Line("Mrow!", "mia", "v.o."), Line("Who?", "stranger")
    captions = captions_of(film(shot("a", *lines)), (event("a"),), FPS)
    assert [(each.speaker, each.delivery) for each in captions] == [
        ("Mia Grey", "v.o."),
        ("stranger", "on-screen"),
    ]


def test_lines_follow_one_another_with_a_breath_between():
    """A caption lingers no longer than until the next line begins."""
    captions = captions_of(film(shot("a", FIVE_WORDS, FIVE_WORDS)), (event("a"),), FPS)
    assert times(captions) == [(1000, 3250), (3250, 5600)]


def test_a_trim_moves_the_words():
    """Half a second less of the clip before them is half a second earlier in the film."""
    trimmed = event("a", (24, 192), (12, 180))
    (caption,) = captions_of(film(shot("a", FIVE_WORDS)), (trimmed,), FPS)
    assert (caption.start, caption.end) == (1500, 3850)


def test_speed_scales_the_words():
    """At twice the speed they come after half the time and take half of it."""
    fast = event("a", (0, 96), (0, 192), speed=Fraction(2))
    (caption,) = captions_of(film(shot("a", FIVE_WORDS)), (fast,), FPS)
    assert (caption.start, caption.end) == (500, 1500 + 350)


def test_words_cut_short_by_a_trim_end_with_their_picture():
    """More than half of the line is shown: it keeps its time."""
    cut = event("a", (0, 60), (0, 60))
    (caption,) = captions_of(film(shot("a", FIVE_WORDS)), (cut,), FPS)
    assert (caption.start, caption.end) == (1000, 2500)


def test_words_are_not_lost_to_a_trim():
    """Where the rule puts a line into what is cut away, the lines are paced over what is left."""
    late = event("a", (0, 96), (96, 192))
    captions = captions_of(film(shot("a", "one", FIVE_WORDS)), (late,), FPS)
    assert times(captions) == [(500, 1550), (1550, 3900)]


def test_nothing_is_spoken_over_a_held_frame_but_a_caption_may_linger_there():
    """The sound ends where the picture stops."""
    held = event("a", (0, 72), (0, 60), hold=Frames(12))
    (caption,) = captions_of(film(shot("a", FIVE_WORDS)), (held,), FPS)
    assert (caption.start, caption.end) == (1000, 2850)


@pytest.mark.parametrize(("delivery", "start"), [("pre-lap", 3500), ("on-screen", 4000)])
def test_only_a_pre_lap_line_comes_before_its_picture(delivery, start):
    """It may begin in the sound's lead, and no line of another kind may."""
    events = event("a", (0, 96), (0, 96)), event("b", (96, 240), (36, 180), lead=Frames(24))
    said = film(shot("a"), shot("b", Line(FIVE_WORDS, None, delivery)))
    (caption,) = captions_of(said, events, FPS)
    assert caption.start == start


def test_a_pre_lap_line_does_not_begin_before_the_film():
    """A lead of the first shot is no lead."""
    first = event("a", (0, 144), (48, 192), lead=Frames(48))
    (caption,) = captions_of(film(shot("a", Line(FIVE_WORDS, None, "pre-lap"))), (first,), FPS)
    assert caption.start == 0


def test_two_who_speak_at_once_share_the_time():
    """Under a dissolve the first caption makes room for the second half way."""
    events = event("a", (0, 72), (0, 72)), event("b", (24, 216), transition="dissolve")
    captions = captions_of(film(shot("a", FIVE_WORDS), shot("b", FIVE_WORDS)), events, FPS)
    assert times(captions) == [(1000, 2500), (2500, 4350)]


def test_a_third_voice_at_once_is_left_out():
    """Where three overlap there is no time for the shortest of them."""
    lines = film(*(shot(name, Line("one", None, "pre-lap")) for name in "abc"))
    events = (
        event("a", (0, 192)),
        event("b", (96, 288), (96, 192), lead=Frames(96)),
        event("c", (97, 288), (97, 192), lead=Frames(97)),
    )
    found = captions_of(lines, events, FPS)
    assert all(before.end <= after.start for before, after in pairwise(found))
    assert len(found) < 3


def test_a_shot_of_one_frame_gives_its_words_that_frame():
    """Whatever is said in it, nothing stands outside it."""
    (caption,) = captions_of(film(shot("a", FIVE_WORDS)), (event("a", (10, 11), (0, 1)),), FPS)
    assert 416 < caption.start < caption.end <= 458


def test_cards_and_silent_shots_have_no_captions():
    """A card is not a shot, even where a shot is called the same."""
    events = event("title", scene=""), event("a", (192, 384))
    assert captions_of(film(shot("title", FIVE_WORDS), shot("a")), events, FPS) == ()


def test_skipped_shots_say_nothing():
    """An event of a shot that is not in the film has no words."""
    skipped = replace(shot("a", FIVE_WORDS), skip=True)
    assert captions_of(film(skipped), (event("a"),), FPS) == ()


WORDS = st.lists(
    st.tuples(
        st.sampled_from(["Mrow!", FIVE_WORDS, FIVE_WORDS * 9, "猫が毛糸を持って行った"]),
        st.sampled_from(["on-screen", "v.o.", "pre-lap"]),
    ),
    max_size=4,
)
SHOTS = st.lists(
    st.tuples(
        WORDS,
        st.integers(1, 200),  # frames of the clip that are shown
        st.integers(0, 60),  # frames trimmed at its head
        st.sampled_from([Fraction(1, 2), Fraction(1), Fraction(3)]),
        st.integers(0, 24),  # frames held
        st.integers(0, 24),  # frames of lead
        st.integers(0, 12),  # frames shared with the shot before, if it has them
    ),
    min_size=1,
    max_size=5,
)


@given(SHOTS, st.sampled_from([FPS, NTSC]))
def test_captions_never_overlap_and_never_leave_their_shots(shots, fps):
    """Whatever is trimmed, held, sped up and dissolved, and on whichever clock."""
    made, events, clock = [], [], 0
    for number, (words, shown, trimmed, speed, hold, lead, shared) in enumerate(shots):
        made.append(shot(str(number), *(Line(text, None, how) for text, how in words)))
        length = max(1, round(shown / speed)) + hold
        start = max(0, clock - min(shared, length - 1))
        clock = max(clock + 1, start + length)
        more = {"speed": speed, "hold": Frames(hold), "lead": Frames(lead)}
        source = (trimmed, trimmed + shown)
        events.append(event(str(number), (start, clock), source, available=Frames(0), **more))
    captions = captions_of(film(*made), events, fps)
    assert all(before.end <= after.start for before, after in pairwise(captions))
    for caption in captions:
        where = events[int(caption.shot)]
        lead = where.lead if caption.delivery == "pre-lap" else 0
        assert (where.record_in - lead) * 1000 / fps <= caption.start < caption.end
        assert caption.end * fps / 1000 <= where.record_out


def test_every_scene_and_card_is_a_chapter():
    """In film order, without a gap, called after the heading or else the id."""
    story = film(shot("a"), shot("b"), shot("c", scene="garden"))
    parlour, garden = story.scenes
    story = replace(story, scenes=(replace(parlour, heading="INT. PARLOUR - NIGHT"), garden))
    events = (
        event("title", (0, 48), scene=""),
        event("a", (48, 96)),
        event("b", (96, 144)),
        event("c", (132, 180), scene="garden", transition="dissolve", overlap=Frames(12)),
        event("credits", (180, 228), scene=""),
    )
    assert [(each.start, each.end, each.title) for each in chapters_of(story, events)] == [
        (0, 48, "Title"),
        (48, 132, "INT. PARLOUR - NIGHT"),
        (132, 180, "garden"),
        (180, 228, "Credits"),
    ]


def test_a_film_of_one_scene_without_a_heading_is_one_chapter_of_its_title():
    """Its only scene has no name that anybody would look for."""
    (chapter,) = chapters_of(film(shot("a")), (event("a"),))
    assert (chapter.start, chapter.end, chapter.title) == (0, 192, "The Yarn")


def test_what_is_neither_scene_nor_card_is_called_what_it_is():
    """A card of another kind and an unknown scene go by their ids."""
    events = event("leader", scene=""), event("x", (192, 200), scene="attic")
    titles = [each.title for each in chapters_of(film(shot("a"), shot("b", scene="c")), events)]
    assert titles == ["leader", "attic"]


def test_a_film_of_nothing_has_neither_captions_nor_chapters():
    """No events, no words."""
    assert captions_of(film(), (), FPS) == ()
    assert chapters_of(film(), ()) == ()
