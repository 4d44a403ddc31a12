"""An exported .edl is CMX 3600 to the letter, and says of each shot what the film does."""

import re
from dataclasses import dataclass, replace
from fractions import Fraction

import opentimelineio as otio
import pytest
from hypothesis import given

from fakes.timelines import HOSTILE, RATES, any_timelines, cut, event, media_of, rich_film
from storyboard.adapters.interchange.edl import write_edl
from storyboard.cutting.interchange import Media
from storyboard.cutting.joins import shared
from storyboard.model.money import Frames, Millis
from storyboard.model.timeline import Caption

LINE = re.compile(
    r"(?P<number>\d{3,})  (?P<reel>[A-Z0-9]{1,8} *) (?P<channels>V|AA|AA/V) +"
    r"(?P<way>C|D|W\d{3})(?: (?P<length>\d{3}))? +"
    r"(?P<times>(?:\d\d:\d\d:\d\d[:;]\d\d ?){4})"
)


@dataclass(frozen=True)
class Line:
    """A line of an edit, its times in frames."""

    number: int
    reel: str
    channels: str
    way: str
    length: int
    source: tuple
    record: tuple


def parsed(text, fps):
    """Read every numbered line; a line that is neither that nor a comment is an error."""
    head, *rest = text.splitlines()
    assert head.startswith("TITLE: ")
    assert rest[0] in {"FCM: NON-DROP FRAME", "FCM: DROP FRAME"}
    lines = []
    for line in rest[1:]:
        if line and line[0].isdigit():
            found = LINE.fullmatch(line)
            assert found is not None, line
            times = [frames(each, fps) for each in found["times"].split()]
            source, record = tuple(times[:2]), tuple(times[2:])
            length = int(found["length"] or 0)
            lines.append(
                Line(
                    int(found["number"]),
                    found["reel"].strip(),
                    found["channels"],
                    found["way"],
                    length,
                    source,
                    record,
                )
            )
        else:
            assert not line or line.startswith(("* ", "M2 ")), line
    return lines


def frames(stamp, fps):
    """Count a timecode's frames; drop-frame ones by the library's own arithmetic."""
    if ";" in stamp:
        return round(otio.opentime.from_timecode(stamp, float(fps)).value)
    hours, minutes, seconds, rest = map(int, stamp.split(":"))
    return ((hours * 60 + minutes) * 60 + seconds) * round(fps) + rest


def shown(lines):
    """Return, by reel, the frames of the film that its picture is on, what follows it included."""
    pictures = [each for each in lines if each.channels != "AA"]
    found = {}
    for each, after in zip(pictures, [*pictures[1:], None], strict=True):
        if each.record[0] == each.record[1] and each.way == "C":
            continue  # where the outgoing picture stands
        end = each.record[1]
        if after is not None and after.reel == each.reel and after.record[0] == end:
            late = pictures[pictures.index(after) + 1 :][:1]
            end += late[0].length if late and late[0].number == after.number else 0
        start, last = found.get(each.reel, (each.record[0], 0))
        found[each.reel] = (min(start, each.record[0]), max(last, end))
    found.pop("BL", None)
    return found


def mismatches(film, text):
    """List the shots that the list does not have where the film has them."""
    lines = parsed(text, film.fps)
    places = shown(lines)
    wanted = [(each.record_in, each.record_out) for each in film.events if each.scene]
    return [pair for pair in wanted if pair not in places.values()]


@pytest.mark.parametrize("fps", RATES)
def test_every_shot_is_where_the_film_has_it(fps):
    """Records run on without a hole, and each reel is on from record in to record out."""
    film = rich_film(fps)
    text = write_edl(film, media_of(film))
    assert mismatches(film, text) == []
    pictures = [each for each in parsed(text, fps) if each.channels != "AA"]
    assert [a.record[1] for a in pictures[:-1]] == [b.record[0] for b in pictures[1:]]
    assert pictures[-1].record[1] == film.length


@given(any_timelines())
def test_any_film_can_be_listed(film):
    """Whatever the names and joins, every line is in form, no reel is another shot's."""
    text = write_edl(film, media_of(film))
    assert mismatches(film, text) == []
    reels = {each.reel for each in parsed(text, film.fps)} - {"BL"}
    assert len(reels) == len(film.events)


def test_a_shot_one_frame_late_is_noticed():
    """The control: the comparison sees a shot that is one frame off."""
    film = rich_film()
    moved = tuple(
        replace(each, record_in=Frames(each.record_in + 1), record_out=Frames(each.record_out + 1))
        for each in film.events
    )
    assert mismatches(replace(film, events=moved), write_edl(film, {})) != []


def straight(fps=Fraction(24)):
    """A film of what OpenTimelineIO's reader takes: it refuses a fade at the very beginning."""
    return cut(
        event("one", 48, source_in=12),
        event("two", 50, source_in=5, transition="dissolve", overlap=13),
        event("three", 40, transition="wipe-left", overlap=10),
        event("four", 40, speed=Fraction(2), source_in=4),
        event("five", 40, hold=12),
        fps=fps,
        captions=(Caption(Millis(500), Millis(900), "Mrow!\nMrow!", "one", "Mia"),),
    )


@pytest.mark.parametrize("fps", RATES)
def test_opentimelineio_reads_each_event_as_it_was(fps):
    """Its reader finds every clip's range and every transition's length, on V, A1 and A2."""
    film = straight(fps)
    text = write_edl(film, media_of(film))
    read = otio.adapters.read_from_string(text, "cmx_3600", rate=float(fps))
    assert [track.name for track in read.tracks] == ["V", "A1", "A2"]
    track = read.tracks[0]
    clips = [each for each in track if isinstance(each, otio.schema.Clip)]
    assert [each.name for each in clips] == ["one", "two", "three", "four", "five", "five"]
    followers = [*film.events[1:], None]
    for clip, made, after in zip(clips, film.events, followers, strict=False):
        place = clip.trimmed_range_in_parent()
        start = round(place.start_time.value)
        end = round(place.end_time_exclusive().value)
        assert (start, end + shared(after)) == (made.record_in, made.record_out - made.hold)
        assert round(clip.source_range.start_time.value) == made.source_in
    joins = [each for each in track if isinstance(each, otio.schema.Transition)]
    assert [(each.transition_type, each.out_offset.value) for each in joins] == [
        ("SMPTE_Dissolve", 13),
        ("SMPTE_Wipe", 10),
    ]
    assert clips[3].effects[0].time_scalar == pytest.approx(2, rel=2e-3)
    assert clips[5].effects[0].effect_name == "FreezeFrame"
    assert clips[0].markers[0].name == "Mia: Mrow! Mrow!"
    assert round(clips[0].markers[0].marked_range.start_time.value) == round(fps / 2)


def test_media_paths_and_names_stand_beside_their_events():
    """A file's own path, not its URL, so that editors find it; a missing clip is said to be."""
    film = cut(event("a", 24), event("b", 24))
    text = write_edl(film, {"a": Media("file:///my%20clips/%C3%A9.mp4")})
    assert "* SOURCE FILE: /my clips/é.mp4" in text
    assert text.count("* CLIP IS MISSING") == 1
    assert "* FROM CLIP NAME:  a" in text


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("dissolve", "D"),
        ("wipe-right", "W001"),
        ("wipe-left", "W101"),
        ("wipe-down", "W002"),
        ("wipe-up", "W102"),
    ],
)
def test_a_transition_begins_with_the_incoming_shot(kind, code):
    """Two lines of one event: where the old picture stands, and the new one from the start."""
    film = cut(event("a", 48), event("b", 36, source_in=7, transition=kind, overlap=12))
    first, stands, comes = parsed(write_edl(film, {}), film.fps)
    assert (first.record, first.source) == ((0, 36), (0, 36))
    assert (stands.number, stands.reel, stands.source, stands.record) == (
        2,
        "A",
        (36, 36),
        (36, 36),
    )
    assert (comes.number, comes.way, comes.length) == (2, code, 12)
    assert (comes.source, comes.record) == ((7, 43), (36, 72))


def test_a_fade_and_a_dip_go_by_way_of_black():
    """Out of black, into it and out again: each is a dissolve with the reel BL."""
    film = cut(
        event("a", 48, transition="fade-in", overlap=10),
        event("b", 48, transition="dip-to-black", overlap=6, fade_out=5),
    )
    lines = parsed(write_edl(film, {}), film.fps)
    assert [(each.reel, each.way, each.length, each.record) for each in lines] == [
        ("BL", "C", 0, (0, 0)),
        ("A", "D", 10, (0, 42)),
        ("A", "C", 0, (42, 42)),
        ("BL", "D", 6, (42, 48)),
        ("BL", "C", 0, (48, 48)),
        ("B", "D", 6, (48, 91)),
        ("B", "C", 0, (91, 91)),
        ("BL", "D", 5, (91, 96)),
    ]


def test_white_is_said_beside_a_dip():
    """The list knows black only."""
    film = cut(event("a", 48), event("b", 48, transition="dip-to-white", overlap=6))
    assert write_edl(film, {}).count("* DIP TO WHITE") == 2


def test_speed_is_an_m2_line_and_a_hold_a_frozen_one():
    """The rate is frames a second of the source, as the standard has it."""
    film = cut(event("fast", 24, speed=Fraction(3, 2), source_in=6, hold=4))
    text = write_edl(film, {})
    moving, frozen = parsed(text, film.fps)
    assert (moving.source, moving.record) == ((6, 36), (0, 20))
    assert (frozen.source, frozen.record) == ((34, 35), (20, 24))
    assert "M2   FAST           036.0                00:00:00:06" in text
    assert "M2   FAST           000.0                00:00:01:10\n* * FREEZE FRAME" in text


def test_a_hold_that_begins_within_a_transition_is_not_taken_apart():
    """No edit is shorter than its own transition."""
    film = cut(event("a", 40), event("b", 40, transition="dissolve", overlap=12, hold=30))
    *_, comes = parsed(write_edl(film, {}), film.fps)
    assert (comes.length, comes.record) == (12, (28, 68))


def test_sound_goes_with_the_picture_unless_it_is_muted():
    """AA/V is the picture and a pair of channels."""
    film = cut(event("a", 24), event("b", 24, mute=True))
    assert [each.channels for each in parsed(write_edl(film, {}), film.fps)] == ["AA/V", "V"]


def test_leads_and_trails_are_edits_of_their_own():
    """A lead ends the sound before it; a trail keeps the next waiting."""
    film = cut(
        event("a", 48, trail=6),
        event("b", 48),
        event("c", 48, lead=8, source_in=10),
        event("d", 30, mute=True),
        event("e", 30, hold=10, trail=0),
    )
    lines = parsed(write_edl(film, {}), film.fps)
    sound = {each.reel: (each.record, each.source) for each in lines if each.channels == "AA"}
    assert sound == {
        "A": ((0, 54), (0, 54)),
        "B": ((54, 88), (6, 40)),
        "C": ((88, 144), (2, 58)),
        "E": ((174, 194), (0, 20)),
    }
    assert {each.channels for each in lines} == {"V", "AA"}


def test_sound_that_a_lead_swallows_is_left_out():
    """What would be heard for no time at all is no edit."""
    film = cut(event("a", 10), event("b", 24, lead=10, source_in=10))
    sound = [each.reel for each in parsed(write_edl(film, {}), film.fps) if each.channels == "AA"]
    assert sound == ["B"]


def test_a_card_is_black_unless_it_was_rendered():
    """Its fades are of nothing to nothing, and left out; a dissolve out of it stays."""
    title = event("title", 48, scene="", transition="fade-in", overlap=12, fade_out=12)
    film = cut(title, event("a", 48))
    assert [each.way for each in parsed(write_edl(film, {}), film.fps)] == ["C", "C"]
    rendered = write_edl(film, {"title": Media("file:///title.mp4")})
    assert [each.reel for each in parsed(rendered, film.fps)][:2] == ["BL", "TITLE"]
    joined = cut(event("a", 48), event("credits", 48, scene="", transition="dissolve", overlap=9))
    assert parsed(write_edl(joined, {}), film.fps)[-1].length == 9


def test_reels_are_eight_letters_of_their_own():
    """Long, foreign and equal names all become reels that are told apart."""
    names = ["scene/establishing", "establishing2", "猫", "établi", "BL", "a-x", "bars", *HOSTILE]
    film = cut(*(event(name, 24) for name in dict.fromkeys(names)))
    lines = parsed(write_edl(film, {}), film.fps)
    reels = [each.reel for each in lines]
    assert reels[:7] == ["ESTABLIS", "ESTABLI2", "SHOT3", "ETABLI", "BL2", "AX2", "BARS2"]
    assert len(set(reels)) == len(reels)


@pytest.mark.parametrize("fps", [Fraction(30000, 1001), Fraction(60000, 1001)])
def test_drop_frame_keeps_step_with_the_clock(fps):
    """The library's own arithmetic agrees at the minutes where numbers are dropped."""
    minute = round(fps * 60)
    shots = [event(f"s{number}", minute + 1) for number in range(12)]
    film = cut(*shots, fps=fps)
    text = write_edl(film, {}, drop=True)
    assert "FCM: DROP FRAME" in text
    assert [each.record for each in parsed(text, fps)] == [
        (each.record_in, each.record_out) for each in film.events
    ]
    stamps = re.findall(r"\d\d:\d\d:\d\d;\d\d", text)
    for stamp in stamps:
        count = otio.opentime.from_timecode(stamp, float(fps))
        assert otio.opentime.to_timecode(count, float(fps), drop_frame=True) == stamp


def test_drop_frame_is_refused_where_there_is_none():
    """At 24 and at exactly 30 no number is ever dropped."""
    for fps in (Fraction(24), Fraction(30), Fraction(24000, 1001)):
        with pytest.raises(ValueError, match="drop-frame"):
            write_edl(cut(event("a", 24), fps=fps), {}, drop=True)


def test_a_word_before_the_first_edit_has_no_place():
    """An empty film has a head and nothing else."""
    words = (Caption(Millis(0), Millis(5), "x", "none"),)
    assert write_edl(cut(captions=words), {}) == "TITLE: The Yarn\nFCM: NON-DROP FRAME\n"


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_breaks_a_line(name):
    """A line break in a title, a name or a caption is a space in the list."""
    words = (Caption(Millis(0), Millis(500), name, name, name),)
    film = cut(event(name, 24), title=name, captions=words)
    assert len(parsed(write_edl(film, media_of(film)), film.fps)) == 1
