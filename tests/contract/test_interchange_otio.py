"""An exported .otio says what the film is: read by its own library, frame by frame, and back."""

import json
from dataclasses import replace

import opentimelineio as otio
import pytest
from hypothesis import given

from fakes.timelines import HOSTILE, RATES, any_timelines, cut, event, media_of, rich_film
from storyboard.adapters.interchange.otio import write_otio
from storyboard.adapters.interchange.otio_reading import read_otio
from storyboard.cutting.interchange import Media
from storyboard.model.errors import EnvironmentFault
from storyboard.model.money import Frames
from storyboard.model.story import OVERLAPPING

_OPENED = []  # the library's objects forget their parents when nobody holds the timeline


def opened(film, media=None):
    text = write_otio(film, media_of(film) if media is None else media)
    _OPENED[:] = [otio.adapters.read_from_string(text, "otio_json")]
    return _OPENED[0]


def frames_of(span):
    return int(span.start_time.value), int(span.end_time_exclusive().value)


def ours(item):
    return item.metadata.get("storyboard", {})


def picture_of(written):
    """Return, by shot, the frames of the film a clip stands on and those of its media it shows."""
    (track,) = written.video_tracks()
    found = {}
    for item in track:
        if "shot" in ours(item):
            found.setdefault(ours(item)["shot"], []).append(
                (frames_of(item.trimmed_range_in_parent()), frames_of(item.source_range))
            )
    return found


def with_transitions(written):
    """Return, by shot, the frames of the film its clip is seen on, transitions included."""
    (track,) = written.video_tracks()
    found = {}
    for item in track:
        if "shot" not in ours(item):
            continue
        seen = item.trimmed_range_in_parent()
        before, after = (
            each if isinstance(each, otio.schema.Transition) else None
            for each in track.neighbors_of(item)
        )
        start, end = frames_of(seen)
        start -= int(before.in_offset.value) if shares(before) else 0
        end += int(after.out_offset.value) if shares(after) else 0
        first, last = found.get(ours(item)["shot"], (start, end))
        found[ours(item)["shot"]] = (min(first, start), max(last, end))
    return found


def shares(join):
    return join is not None and ours(join)["kind"] in OVERLAPPING


def mismatches(film, written):
    """Name the shots whose place in the film is not the timeline's."""
    seen = with_transitions(written)
    return [
        each.shot
        for each in film.events
        if seen.get(each.shot) != (each.record_in, each.record_out)
    ]


@pytest.mark.parametrize("fps", RATES)
def test_every_shot_stands_where_the_film_has_it(fps):
    """With the frames of its transitions each clip is seen from record in to record out."""
    film = rich_film(fps)
    written = opened(film)
    assert mismatches(film, written) == []
    assert written.duration().value == film.length
    assert written.duration().rate == pytest.approx(float(fps))


@given(any_timelines())
def test_any_film_is_laid_end_to_end(film):
    """Nothing overlaps, nothing is left out, and every shot is where it was."""
    written = opened(film)
    assert mismatches(film, written) == []
    assert written.video_tracks()[0].duration().value == film.length


def test_a_shot_one_frame_late_is_noticed():
    """The control: the comparison above sees a clip that is one frame off."""
    film = rich_film()
    first, *rest = film.events
    moved = tuple(
        replace(each, record_in=Frames(each.record_in + 1), record_out=Frames(each.record_out + 1))
        for each in rest
    )
    assert mismatches(replace(film, events=(first, *moved)), opened(film)) != []


@given(any_timelines())
def test_what_is_read_back_is_what_was_written(film):
    """OTIO to our timeline to OTIO is the identity, media and all."""
    media = media_of(film)
    text = write_otio(film, media)
    assert read_otio(text) == (film, media)
    assert write_otio(*read_otio(text)) == text


@pytest.mark.parametrize("fps", RATES)
def test_a_film_with_everything_comes_back_whole(fps):
    """Captions, chapters, music, loudness, cards, joins: all of it."""
    film = rich_film(fps)
    media = media_of(film, "hug")
    assert read_otio(write_otio(film, media)) == (film, media)


@given(any_timelines())
def test_the_tracks_say_it_and_not_the_notes(film):
    """Only what no track can say is noted: a hold that lies under the next dissolve or fade."""
    allowed = {"hold", "source_out", "lead", "trail", "fade_out"}
    for item in opened(film).tracks[0]:
        untold = set(ours(item).get("untold", {}))
        assert untold <= allowed


@pytest.mark.parametrize(
    ("made", "before", "after"),
    [
        ({"transition": "dissolve", "overlap": 12}, 6, 6),
        ({"transition": "dissolve", "overlap": 13}, 6, 7),
        ({"transition": "wipe-right", "overlap": 1}, 0, 1),
        ({"transition": "dip-to-black", "overlap": 8}, 8, 8),
    ],
)
def test_a_transition_has_the_length_of_the_film(made, before, after):
    """Its frames before and after the cut add up to the overlap; a dip has them on both sides."""
    film = cut(event("a", 48), event("b", 48, **made))
    first, join, second = opened(film).video_tracks()[0]
    assert (join.in_offset.value, join.out_offset.value) == (before, after)
    assert ours(join)["kind"] == made["transition"]
    assert (first.name, second.name) == ("a", "b")
    assert not any("untold" in ours(each) for each in (first, second))


def test_a_dissolve_is_the_librarys_own():
    """Editors find their cross dissolve and their wipe; the dip has a name of its own."""
    kinds = {"dissolve": "SMPTE_Dissolve", "wipe-left": "SMPTE_Wipe", "dip-to-white": None}
    for kind, written in kinds.items():
        film = cut(event("a", 48), event("b", 48, transition=kind, overlap=6))
        assert opened(film).video_tracks()[0][1].transition_type == written or "Custom_Transition"


def test_handles_are_what_lies_between_the_ranges():
    """The source range is what is shown, the available range is the whole clip."""
    film = cut(event("a", 48, source_in=12, available=96), event("b", 24))
    clip = opened(film).video_tracks()[0][0]
    assert frames_of(clip.source_range) == (12, 60)
    assert frames_of(clip.media_reference.available_range) == (0, 96)


def test_a_clip_points_at_its_file_and_says_where_it_comes_from():
    """The reference is the file's URL; model, prompt and take stand in the metadata."""
    film = rich_film()
    media = media_of(film)
    for clip in opened(film).find_clips():
        if "shot" in ours(clip):
            assert clip.media_reference.target_url == media[clip.name].url
            assert ours(clip)["about"]["model"] == "openai/sora-2"
            assert ours(clip)["clip"] == f"key of {clip.name}"


def test_a_missing_clip_keeps_its_place():
    """Its reference is missing; its range and its name are there."""
    film = cut(event("a", 48), event("b", 24))
    clip = opened(film, {}).video_tracks()[0][1]
    assert clip.media_reference.is_missing_reference
    assert frames_of(clip.trimmed_range_in_parent()) == (48, 72)


def test_a_card_without_a_file_is_a_gap_and_with_one_a_clip():
    """A rendered card can be given like a shot's clip."""
    film = cut(event("title", 48, scene="", clip="card:title", fade_out=12), event("a", 24))
    gap, shot = opened(film).video_tracks()[0]
    assert isinstance(gap, otio.schema.Gap)
    assert gap.duration().value == 48
    given = {"title": Media("file:///title.mp4"), "a": Media("file:///a.mp4")}
    card, fade, nothing, shot = opened(film, given).video_tracks()[0]
    assert card.media_reference.target_url == "file:///title.mp4"
    assert (fade.in_offset.value, fade.out_offset.value, nothing.duration().value) == (12, 0, 0)
    assert shot.name == "a"
    assert read_otio(write_otio(film, {})) == (film, {})


def test_a_fade_between_shots_is_a_dissolve_out_of_nothing():
    """A gap of no length keeps it from being a dissolve between the two shots."""
    film = cut(event("a", 48, fade_out=10), event("b", 48, transition="fade-in", overlap=8))
    names = [type(each).__name__ for each in opened(film).video_tracks()[0]]
    assert names == ["Clip", "Transition", "Gap", "Transition", "Clip"]
    only_in = cut(event("a", 48), event("b", 48, transition="fade-in", overlap=8))
    names = [type(each).__name__ for each in opened(only_in).video_tracks()[0]]
    assert names == ["Clip", "Gap", "Transition", "Clip"]


def test_speed_and_hold_are_the_librarys_own_effects():
    """A fast shot is a linear time warp; held frames are a freeze frame after it."""
    fast = cut(event("a", 24, speed=2, source_in=4))
    (clip,) = opened(fast).video_tracks()[0]
    assert clip.effects[0].time_scalar == 2
    assert frames_of(clip.trimmed_range_in_parent()) == (0, 24)
    held = cut(event("a", 24, source_in=4, hold=10))
    moving, frozen = opened(held).video_tracks()[0]
    assert (list(moving.effects), frozen.effects[0].effect_name) == ([], "FreezeFrame")
    assert (moving.source_range.duration.value, frozen.source_range.duration.value) == (14, 10)
    assert frozen.source_range.start_time.value == 17


def test_sound_leads_and_trails_on_tracks_of_its_own():
    """A J-cut begins before its picture, an L-cut ends after; what overlaps has two tracks."""
    film = cut(event("a", 48, trail=6), event("b", 48, source_in=10, lead=8), event("c", 24))
    first, second = opened(film).audio_tracks()
    assert [each.name for each in first if isinstance(each, otio.schema.Clip)] == ["a", "c"]
    (sound,) = [each for each in second if isinstance(each, otio.schema.Clip)]
    assert frames_of(sound.trimmed_range_in_parent()) == (40, 96)
    assert sound.source_range.start_time.value == 2
    assert frames_of(first[0].trimmed_range_in_parent()) == (0, 54)


def test_straight_cuts_need_one_track_of_sound_and_a_muted_shot_none():
    """Nothing overlaps, so nothing has to move over."""
    film = cut(event("a", 48), event("b", 48), event("c", 48, mute=True))
    (track,) = opened(film).audio_tracks()
    assert [each.name for each in track] == ["a", "b"]


def test_captions_and_scenes_are_markers():
    """A caption is on its shot's clip, at its frame of the clip; a scene is on the film."""
    film = rich_film()
    written = opened(film)
    (caption,) = next(iter(written.find_clips())).markers
    shot = film.events[1]
    assert caption.name == "Mia: Mrow! Mrow!"
    assert caption.marked_range.start_time.value == shot.source_in + 72 - shot.record_in
    assert [each.name for each in written.tracks.markers] == ["Title", "INT. PARLOUR - NIGHT"]


def test_laid_sounds_have_tracks_by_their_role():
    """Effects that overlap are on two; one whose length is known ends there."""
    film = rich_film()
    media = {**media_of(film), "purr.wav": Media("file:///p.wav", facts=(("milliseconds", "400"),))}
    tracks = {each.name: each for each in opened(film, media).audio_tracks()}
    assert {"Sound", "Voice-over", "Effects", "Music"} == set(tracks)
    (effects,) = [each for each in opened(film, media).audio_tracks() if each.name == "Effects"]
    clips = [each for each in effects if isinstance(each, otio.schema.Clip)]
    assert next(frames_of(each.trimmed_range_in_parent()) for each in clips) == (48, 58)
    assert len([each for each in opened(film).audio_tracks() if each.name == "Effects"]) == 2


def test_a_film_that_an_editor_changed_is_read_as_it_is_now():
    """Trims and speeds in the file win over what was written of them."""
    film = cut(event("a", 48), event("b", 48, speed=2))
    written = opened(film)
    first, second = written.video_tracks()[0]
    first.source_range = otio.opentime.TimeRange(
        otio.opentime.RationalTime(5, 24), otio.opentime.RationalTime(20, 24)
    )
    second.effects[0].time_scalar = 1.5
    changed, _ = read_otio(otio.adapters.write_to_string(written, "otio_json"))
    a, b = changed.events
    assert (a.record_in, a.record_out, a.source_in, a.source_out) == (0, 20, 5, 25)
    assert (b.record_in, b.speed) == (20, 1.5)


@pytest.mark.parametrize(
    "text",
    ["", "not json", "[]", '{"OTIO_SCHEMA": "Timeline.1"}', '{"OTIO_SCHEMA": "Clip.2"}'],
)
def test_another_file_is_refused_in_a_sentence(text):
    """What is no timeline of ours raises, and nothing of the library's own escapes."""
    with pytest.raises(EnvironmentFault):
        read_otio(text)


def test_a_file_that_lost_its_notes_is_refused():
    """A clip that no longer says its scene cannot be put back."""
    written = json.loads(write_otio(cut(event("a", 24)), {}))
    del written["tracks"]["children"][0]["children"][0]["metadata"]["storyboard"]["scene"]
    with pytest.raises(EnvironmentFault, match="has lost"):
        read_otio(json.dumps(written))


@pytest.mark.parametrize("name", HOSTILE)
def test_any_name_is_kept(name):
    """Quotes, line breaks and foreign letters come back as they were."""
    film = cut(event(name, 24), title=name)
    assert read_otio(write_otio(film, media_of(film)))[0] == film
