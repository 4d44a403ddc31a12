"""An exported .fcpxml has the shape that Apple's DTD wants, and says what the film does."""

import re
from dataclasses import replace
from fractions import Fraction
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import opentimelineio as otio
import pytest
from hypothesis import given

from fakes.timelines import HOSTILE, RATES, any_timelines, cut, event, media_of, rich_film
from storyboard.adapters.interchange.fcpxml import write_fcpxml
from storyboard.cutting.interchange import Media
from storyboard.model.money import Frames, Millis
from storyboard.model.story import OVERLAPPING
from storyboard.model.timeline import Caption, Chapter, Laid

# What each element may hold, in which order, after the content models of Apple's DTD 1.8.
ORDER = {
    "fcpxml": "resources library",
    "resources": "format|asset|effect",
    "library": "event",
    "event": "project",
    "project": "sequence",
    "sequence": "spine",
    "spine": "asset-clip|gap|transition",
    "asset-clip": "conform-rate timeMap adjust-blend adjust-volume asset-clip marker|chapter-marker"
    " metadata",
    "gap": "asset-clip marker|chapter-marker metadata",
    "transition": "filter-video filter-audio",
    "timeMap": "timept",
    "adjust-blend": "param",
    "adjust-volume": "param",
    "param": "fadeIn fadeOut",
    "metadata": "md",
}
REQUIRED = {
    "format": {"id"},
    "asset": {"id", "src"},
    "effect": {"id", "uid"},
    "sequence": {"format"},
    "asset-clip": {"ref"},
    "gap": {"duration"},
    "transition": {"duration"},
    "marker": {"start", "value"},
    "chapter-marker": {"start", "value"},
    "timept": {"time", "value"},
    "md": {"key"},
    "filter-video": {"ref"},
    "filter-audio": {"ref"},
}
TIME = re.compile(r"(-?\d+)(?:/(\d+))?s")


def faults(root):
    """List what a validator would refuse: order, attributes, references, times off the frame."""
    found = []
    ids = [each.get("id") for each in root.iter() if each.get("id")]
    found += ["two of one id"] if len(ids) != len(set(ids)) else []
    for each in root.iter():
        groups = ORDER.get(each.tag, "").split()
        ranks = [
            next((n for n, group in enumerate(groups) if child.tag in group.split("|")), None)
            for child in each
        ]
        if None in ranks or ranks != sorted(ranks):
            found.append(f"order in {each.tag}: {[child.tag for child in each]}")
        found += [
            f"{each.tag} lacks {name}" for name in REQUIRED.get(each.tag, set()) - {*each.keys()}
        ]
        for name in ("ref", "format"):
            if each.get(name) is not None and each.get(name) not in ids:
                found.append(f"no resource {each.get(name)}")
    return found


def seconds(text):
    match = TIME.fullmatch(text)
    assert match is not None, text
    return Fraction(int(match[1]), int(match[2] or 1))


def written(film, media=None):
    text = write_fcpxml(film, media_of(film) if media is None else media)
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n')
    root = ET.fromstring(text)
    assert faults(root) == []
    return root


def spine(root):
    return root.find(".//spine")


def frames(text, fps):
    count = seconds(text) * fps
    assert count.denominator == 1, f"{text} is not on a frame"
    return int(count)


def seen(film, root):
    """Return, in order, each shot's frames of the film with those of its transitions."""
    found, items = [], list(spine(root))
    for place, each in enumerate(items):
        if each.tag == "transition":
            continue
        start, length = frames(each.get("offset"), film.fps), frames(each.get("duration"), film.fps)
        end = start + length
        before = items[place - 1] if place and items[place - 1].tag == "transition" else None
        after = next(iter(items[place + 1 : place + 2]), None)
        if shares(before):
            start = min(start, frames(before.get("offset"), film.fps))
        if after is not None and after.tag == "transition" and shares(after):
            reach = frames(after.get("offset"), film.fps) + frames(after.get("duration"), film.fps)
            end = max(end, reach)
        found.append((each.get("name"), start, end))
    return found


def shares(join):
    kinds = {kind.replace("-", " ").capitalize() for kind in OVERLAPPING}
    return join is not None and join.get("name") in kinds


def wanted(film):
    return [(each.shot, each.record_in, each.record_out) for each in film.events]


@pytest.mark.parametrize("fps", [*RATES, Fraction(24000, 1001)])
def test_every_shot_is_where_the_film_has_it(fps):
    """The spine runs on without a hole, on whole frames, and as long as the film."""
    film = rich_film(fps)
    root = written(film)
    assert seen(film, root) == wanted(film)
    clips = [each for each in spine(root) if each.tag != "transition"]
    end = 0
    for each in clips:
        assert frames(each.get("offset"), fps) == end
        end += frames(each.get("duration"), fps)
    assert end == film.length == frames(root.find(".//sequence").get("duration"), fps)


@given(any_timelines())
def test_any_film_is_well_formed(film):
    """Whatever the names and joins: in order, with its references, every shot in its place."""
    places = [(start, end) for _, start, end in seen(film, written(film))]
    assert places == [(each.record_in, each.record_out) for each in film.events]


def test_a_shot_one_frame_late_is_noticed():
    """The control: the comparison sees a shot that is one frame off."""
    film = rich_film()
    moved = tuple(
        replace(each, record_in=Frames(each.record_in + 1), record_out=Frames(each.record_out + 1))
        for each in film.events
    )
    assert seen(film, written(film)) != wanted(replace(film, events=moved))


@pytest.mark.parametrize(
    ("broken", "fault"),
    [
        ("<gap><metadata/><marker start='0s' value=''/></gap>", "order in gap"),
        ("<gap duration='1s'><clip/></gap>", "order in gap"),
        ("<asset-clip ref='r9'/>", "no resource r9"),
        ("<asset-clip/>", "asset-clip lacks ref"),
        ("<resources><format id='a'/><format id='a'/></resources>", "two of one id"),
    ],
)
def test_a_broken_document_is_noticed(broken, fault):
    """The control: what the DTD forbids is found."""
    assert any(each.startswith(fault) for each in faults(ET.fromstring(broken)))


@pytest.mark.parametrize("fps", [Fraction(24), Fraction(25)])
def test_opentimelineio_reads_each_clip_as_it_was(fps):
    """Its reader finds every clip's place, the part of its file, the file, and the markers."""
    film = cut(
        event("one", 48, source_in=12),
        event("two", 50, source_in=5, transition="dissolve", overlap=12),
        event("three", 40, transition="wipe-left", overlap=10, fade_out=10),
        fps=fps,
        captions=(Caption(Millis(2000), Millis(2400), "Mrow!", "two", "Mia"),),
    )
    media = media_of(film)
    text = write_fcpxml(film, media)
    (project,) = otio.adapters.read_from_string(text, "fcpx_xml")
    (track,) = project.tracks
    clips = [each for each in track if isinstance(each, otio.schema.Clip)]
    assert [each.name for each in clips] == ["one", "two", "three"]
    for clip, made in zip(clips, film.events, strict=True):
        late = made.overlap // 2
        place = clip.trimmed_range_in_parent()
        assert place.start_time.value == made.record_in + late
        assert clip.source_range.start_time.value == made.source_in + late
        assert clip.media_reference.target_url == media[made.shot].url
        assert clip.media_reference.available_range.duration.value == made.available
    assert project.duration().value == film.length
    (marker,) = clips[1].markers
    assert marker.name == "Mia: Mrow!"


def test_transitions_are_final_cuts_own():
    """Each has its effect, its sound's crossfade, and lies about the cut."""
    film = cut(
        event("a", 48),
        event("b", 48, transition="dissolve", overlap=12),
        event("c", 48, transition="wipe-up", overlap=13),
        event("d", 48, transition="dip-to-black", overlap=6),
    )
    root = written(film)
    effects = {each.get("id"): each.get("name") for each in root.iter("effect")}
    found = [
        (
            effects[each.find("filter-video").get("ref")],
            effects[each.find("filter-audio").get("ref")],
            frames(each.get("offset"), film.fps),
            frames(each.get("duration"), film.fps),
        )
        for each in spine(root).iter("transition")
    ]
    assert found == [
        ("Cross Dissolve", "Audio Crossfade", 36, 12),
        ("Wipe", "Audio Crossfade", 71, 13),
        ("Fade To Color", "Audio Crossfade", 113, 12),
    ]


def test_a_fade_is_on_its_own_clip():
    """Picture and sound come up and go down; a fade under a dip is the dip's."""
    film = cut(
        event("a", 48, transition="fade-in", overlap=12, fade_out=6, gain=-3.0),
        event("b", 48, fade_out=8),
        event("c", 48, transition="dip-to-white", overlap=8, mute=True),
        event("d", 48, transition="fade-in", overlap=5),
    )
    a, b, c, d = (each for each in spine(written(film)) if each.tag == "asset-clip")
    assert a.find("adjust-blend/param/fadeIn").get("duration") == "1/2s"
    assert a.find("adjust-blend/param/fadeOut").get("duration") == "1/4s"
    assert a.find("adjust-volume").get("amount") == "-3dB"
    assert a.find("adjust-volume/param/fadeIn") is not None
    assert b.find("adjust-blend") is None
    assert (c.find("adjust-volume"), c.get("srcEnable")) == (None, "video")
    assert d.find("adjust-blend/param/fadeIn").get("duration") == "5/24s"
    silent = cut(event("a", 24, transition="fade-in", overlap=5, mute=True))
    (clip,) = spine(written(silent, {"a": Media("file:///a.mp4", sound=False)}))
    assert (clip.find("adjust-volume"), clip.get("srcEnable")) == (None, None)


def value_at(clip, time):
    """Follow a clip's time map to a second of the file."""
    points = [(seconds(p.get("time")), seconds(p.get("value"))) for p in clip.iter("timept")]
    before = [pair for pair in points if pair[0] <= time][-1]
    after = next((pair for pair in points if pair[0] > time), points[-1])
    if after[0] == before[0]:
        return before[1]
    share = (time - before[0]) / (after[0] - before[0])
    return before[1] + (after[1] - before[1]) * share


@given(any_timelines())
def test_a_bent_clock_shows_the_frames_of_the_film(film):
    """Speed and hold: each frame of the clip is the one that the film shows there."""
    root = written(film)
    clips = [each for each in spine(root) if each.tag == "asset-clip"]
    for made, clip in zip(film.events, clips, strict=True):
        late = frames(clip.get("offset"), film.fps) - made.record_in
        length = frames(clip.get("duration"), film.fps)
        for number in {0, 1, length // 2, length - made.hold - late - 1, length - 2, length - 1}:
            local = seconds(clip.get("start")) + number / film.fps
            file = local if made.is_plain else value_at(clip, local)
            assert int(file * film.fps) == made.source_frame(number + late)


def test_sound_leads_and_trails_on_the_clip_itself():
    """A split edit is the clip's own audio start and duration."""
    film = cut(event("a", 48, source_in=6, trail=6), event("b", 48, source_in=10, lead=8))
    a, b = spine(written(film))
    assert (a.get("audioStart"), a.get("audioDuration")) == ("1/4s", "9/4s")
    assert (frames(b.get("audioStart"), film.fps), b.get("audioDuration")) == (2, "7/3s")


def test_a_clip_of_another_rate_is_conformed_and_one_of_the_films_is_not():
    """The file keeps its own format; Final Cut is told to keep its speed."""
    film = cut(event("a", 24), event("b", 24))
    media = {
        "a": Media("file:///a.mp4", size=(640, 360), fps=Fraction(30)),
        "b": Media("file:///b.mp4", size=(1280, 720), fps=Fraction(24), sound=False),
    }
    root = written(film, media)
    a, b = spine(root)
    assert a.find("conform-rate").get("srcFrameRate") == "30"
    assert a.find("conform-rate").get("scaleEnabled") == "0"
    assert b.find("conform-rate") is None
    names = {each.get("id"): each.get("name") for each in root.iter("format")}
    formats = [names[each.get("format")] for each in root.iter("asset")]
    assert formats == [None, "FFVideoFormat720p24"]
    assert [each.get("hasAudio") for each in root.iter("asset")] == ["1", None]


def test_a_file_that_two_shots_show_is_one_asset():
    """Editors would else have it twice."""
    film = cut(event("a", 24), event("b", 24))
    root = written(film, dict.fromkeys("ab", Media("file:///one.mp4")))
    assert len(list(root.iter("asset"))) == 1


def test_what_has_no_file_is_a_gap_that_bears_its_name():
    """Cards, and shots that are not owned yet, keep their places."""
    film = cut(event("title", 24, scene=""), event("a", 48))
    assert [(each.tag, each.get("name")) for each in spine(written(film, {}))] == [
        ("gap", "title"),
        ("gap", "a"),
    ]


def test_scenes_are_chapters_and_words_are_markers():
    """Each on the clip that is shown then, on the clip's own clock; the rest has no place."""
    film = cut(
        event("a", 48, source_in=12),
        event("b", 48, source_in=24),
        chapters=(Chapter(Frames(48), Frames(96), "EXT."), Chapter(Frames(500), Frames(501), "-")),
        captions=(
            Caption(Millis(1000), Millis(1500), "Mrow!", "a", "Mia"),
            Caption(Millis(9000), Millis(9001), "late", "b", delivery="v.o."),
            Caption(Millis(0), Millis(1), "lost", "no such shot"),
        ),
    )
    root = written(film)
    a, b = spine(root)
    assert [(each.get("value"), each.get("start")) for each in a.iter("marker")] == [
        ("Mia: Mrow!", "3/2s")
    ]
    (late,) = b.iter("marker")
    assert (late.get("value"), late.get("note"), late.get("start")) == ("late", "v.o.", "71/24s")
    (chapter,) = root.iter("chapter-marker")
    assert (chapter.get("value"), chapter.get("start")) == ("EXT.", "1s")


def test_laid_sounds_hang_under_the_picture():
    """Music and effects are on lanes of their own, at their level, with their fades."""
    film = cut(
        event("a", 48, source_in=12),
        event("b", 48),
        laid=(
            Laid("bed.wav", Millis(0), "music", -14.0, Millis(4000), Millis(500), Millis(250)),
            Laid("hit.wav", Millis(2500), "effect"),
            Laid("gone.wav", Millis(0), "effect"),
            Laid("after.wav", Millis(60_000), "voice-over", end=Millis(61_000)),
        ),
    )
    media = media_of(film) | {
        "bed.wav": Media("file:///bed.wav"),
        "hit.wav": Media("file:///hit.wav", facts=(("milliseconds", "500"),)),
        "after.wav": Media("file:///after.wav"),
    }
    a, b = (each for each in spine(written(film, media)) if each.tag == "asset-clip")
    (bed,) = a.findall("asset-clip")
    (hit,) = b.findall("asset-clip")
    assert (bed.get("lane"), bed.get("offset"), bed.get("start")) == ("-1", "1/2s", "1/2s")
    assert (bed.get("duration"), bed.find("adjust-volume").get("amount")) == ("4s", "-14dB")
    assert bed.find("adjust-volume/param/fadeIn").get("duration") == "1/4s"
    assert (hit.get("lane"), hit.get("offset"), hit.get("duration")) == ("-2", "1/2s", "1/2s")


def test_facts_of_a_clip_are_its_metadata():
    """Model and prompt can be read where the clip is."""
    (clip,) = spine(written(cut(event("a", 24))))
    facts = {each.get("key"): each.get("value") for each in clip.iter("md")}
    assert facts["storyboard.model"] == "openai/sora-2"
    assert facts["com.apple.proapps.studio.scene"] == "scene"


@pytest.mark.parametrize("name", [*HOSTILE, "\x1b[31m\x00\ufffe"])
def test_any_name_can_be_written(name):
    """Quotes and line breaks are escaped; what XML cannot hold becomes a replacement sign."""
    film = cut(event(name, 24), title=name)
    root = written(film)
    spoken = re.sub("[\x00\x1b\ufffe]", "\ufffd", name)
    assert spine(root)[0].get("name") == spoken
    assert root.find(".//project").get("name") == spoken
    assert unquote(root.find(".//asset").get("src")).startswith("file:///clips/0 ")
