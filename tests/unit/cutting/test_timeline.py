"""A timeline places every frame exactly: nothing drifts, nothing is lost, whatever the rate."""

from dataclasses import replace
from fractions import Fraction
from itertools import cycle, islice, pairwise, zip_longest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storyboard.cutting.timeline import make_timeline, verify
from storyboard.model.money import Millis, frames
from storyboard.model.placement import placements
from storyboard.model.post import Card, Credit, Loudness, Mix
from storyboard.model.request import ClipKey
from storyboard.model.source import Span
from storyboard.model.story import (
    OVERLAPPING,
    Film,
    Format,
    Line,
    Origin,
    Scene,
    Shot,
    Transition,
    Trim,
)
from storyboard.model.vocabulary import TRANSITION

HERE = Origin(Span("film.yaml", 0, 0))
RATES = [Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(30)]
KINDS = sorted(TRANSITION.phrases)
SPEEDS = [Fraction(1, 10), Fraction(1, 2), Fraction(1), Fraction(1), Fraction(3, 2), Fraction(10)]
TITLE = Card("title", Millis(3000), "A film")
CREDITS = Card("credits", Millis(4321), credits=(Credit("Ann Lee"),))


def shot(place, duration=4000, kind="cut", spent=0, **more):
    return Shot(
        id=f"scene/{place}",
        scene="scene",
        duration=Millis(duration),
        model="animatic",
        template="plain",
        origin=HERE,
        transition=Transition(kind, Millis(spent)),
        **more,
    )


def film(*shots, fps=Fraction(24), **more):
    return Film(
        title="A film",
        format=Format(1280, 720, fps, "16:9", "720p"),
        model="animatic",
        template="plain",
        scenes=(Scene("scene", tuple(shots), HERE),),
        origin=HERE,
        **more,
    )


def clips_for(made, spare=0):
    return {each.id: (ClipKey(each.id), Millis(each.clip_time + spare)) for each in made.shown}


def timeline(*shots, fps=Fraction(24), spare=0, **more):
    made = film(*shots, fps=fps, **more)
    return make_timeline(made, clips_for(made, spare)).value


@st.composite
def films(draw):
    """Any film that the checks would pass: each transition fits beside the one before it."""
    shots = []
    for place in range(draw(st.integers(1, 30))):
        seen, speed = draw(st.integers(400, 20_000)), draw(st.sampled_from(SPEEDS))
        hold = draw(st.sampled_from([0, 0, 70, 2000]))
        used = max(1, round((seen - hold) * speed)) if hold < seen // 2 else round(seen * speed)
        kind = draw(st.sampled_from(KINDS))
        start, handles = draw(st.integers(0, 3000)), draw(st.integers(0, 1000))
        trim = Trim(Millis(start), Millis(start + used)) if draw(st.booleans()) else None
        bought = used + start + draw(st.integers(0, 500)) if trim else used
        more = {"trim": trim, "handles": Millis(handles), "speed": speed, "hold": Millis(hold)}
        made = shot(place, bought, kind, 0, **more)
        room = made.screen_time // 2
        if shots:
            room = min(room, shots[-1].screen_time // 2)
        spent = 0 if kind in {"cut", "smash", "match"} else draw(st.integers(1, room))
        shots.append(replace(made, transition=Transition(kind, Millis(spent))))
    cards = {
        "title_card": draw(st.sampled_from([None, replace(TITLE, duration=Millis(22_000))])),
        "credits": draw(st.sampled_from([None, CREDITS])),
    }
    return _leading(draw, film(*shots, fps=draw(st.sampled_from(RATES)), **cards))


def _leading(draw, made):
    """Let the sounds lead and trail as far as they can."""
    shots = []
    for placed in placements(made):
        if isinstance(placed.item, Shot):
            lead = draw(st.integers(0, placed.lead_room))
            trail = draw(st.integers(0, placed.trail_room))
            shots.append(replace(placed.item, mix=Mix(Millis(lead), Millis(trail))))
    return replace(made, scenes=(replace(made.scenes[0], shots=tuple(shots)),))


def cut(made):
    """Return the events of a film whose clips came as ordered."""
    return make_timeline(made, clips_for(made)).value.events


@given(films())
def test_a_film_has_no_hole_and_no_doubled_frame(made):
    """Each event begins where the one before ends, or earlier by what they share."""
    events = cut(made)
    assert events[0].record_in == 0
    for before, event in pairwise(events):
        shared = event.overlap if event.transition in OVERLAPPING else 0
        assert event.record_in == before.record_out - shared


@given(films())
def test_a_film_is_as_long_as_its_running_time(made):
    """The last frame is where the running time says, to the nearest frame."""
    assert make_timeline(made, clips_for(made)).value.length == frames(
        made.runtime, made.format.fps
    )


@given(films())
def test_a_boundary_is_never_half_a_frame_from_its_time(made):
    """Rounding never adds up: each shot starts within half a frame of its exact time."""
    clock = made.title_card.duration if made.title_card else 0
    for place, each in enumerate(made.shown):
        event = next(event for event in cut(made) if event.shot == each.id)
        if place and each.transition.kind in OVERLAPPING:
            clock -= each.transition.duration
        exact = Fraction(clock, 1000) * made.format.fps
        assert abs(event.record_in - exact) <= Fraction(1, 2)
        clock += each.screen_time


@given(films())
def test_an_event_shows_just_the_part_it_names(made):
    """From its first frame to its last, none of them twice at its own speed, then the hold."""
    for event in cut(made):
        assert event.source_frame(0) == event.source_in >= 0
        assert event.source_frame(event.length - 1) + 1 == event.source_out > event.source_in
        if event.is_plain:
            assert event.source_out - event.source_in == event.length > 0


@given(films())
def test_a_hold_is_as_long_as_asked(made):
    """To the nearest frame, and the same frame all the while."""
    shots = {each.id: each for each in made.shown}
    for event in cut(made):
        wanted = shots[event.shot].hold if event.scene else 0
        assert abs(event.hold - Fraction(wanted, 1000) * made.format.fps) <= 1
        held = range(event.length - event.hold - 1, event.length)
        assert {event.source_frame(n) for n in held} == {event.source_out - 1}


@given(films())
def test_a_clip_as_long_as_ordered_is_long_enough(made):
    """No more than one frame, of rounding, is ever asked for past a clip's end."""
    for event in cut(made):
        assert event.source_out <= event.available + 1


@given(films())
def test_a_sound_leads_and_trails_within_clip_and_film(made):
    """What is heard beside the picture is in the clip, and beside no film's end."""
    events = cut(made)
    shots = {each.id: each for each in made.shown}
    for event in events:
        assert event.lead <= event.record_in
        assert event.trail <= events[-1].record_out - event.record_out
        assert event.lead * event.speed <= event.source_in
        if event.trail:
            assert event.source_out + event.trail * event.speed <= event.available
        if event.scene:
            wanted = Fraction(shots[event.shot].mix.lead, 1000) * made.format.fps
            assert abs(event.lead - wanted) <= 1 + 1 / event.speed


@given(films())
def test_there_is_room_for_every_transition(made):
    """What an event's two ends take together is never longer than the event."""
    events = cut(made)
    for event, after in zip_longest(events, events[1:]):
        leaving = after.overlap if after and after.transition not in {"cut", "fade-in"} else 0
        assert event.overlap + max(leaving, event.fade_out) <= event.length


@settings(max_examples=25, deadline=None)
@given(films())
def test_five_hundred_shots_do_not_drift(few):
    """At every usual rate a long film ends on its exact frame."""
    reel = (replace(few.shown[0], transition=Transition()), *few.shown[1:])
    many = islice(cycle(reel), 500)
    made = film(
        *(replace(each, id=f"scene/{place}", mix=Mix()) for place, each in enumerate(many)),
        fps=few.format.fps,
    )
    made_timeline = make_timeline(made, clips_for(made)).value
    assert abs(made_timeline.length - made.runtime * made.format.fps / 1000) <= Fraction(1, 2)


@pytest.mark.parametrize("fps", RATES)
def test_summing_rounded_lengths_would_drift(fps):
    """The control: five hundred lengths that do not fill whole frames, rounded one by one, do."""
    shots = [shot(place, 1017) for place in range(500)]
    made = timeline(*shots, fps=fps)
    naive = sum(frames(each.duration, fps) for each in shots)
    exact = 500 * 1017 * fps / 1000
    assert abs(made.length - exact) <= Fraction(1, 2)
    assert abs(naive - exact) > 5


def test_a_dissolve_shares_its_frames():
    """The film is shorter by the dissolve, and both events hold it."""
    first, second = timeline(shot(1), shot(2, kind="dissolve", spent=500)).events
    assert (first.record_in, first.record_out) == (0, 96)
    assert (second.record_in, second.record_out) == (84, 180)
    assert (second.transition, second.overlap) == ("dissolve", 12)


@pytest.mark.parametrize("kind", sorted(OVERLAPPING))
def test_the_first_shot_can_only_fade_in(kind):
    """With nothing to overlap, a dissolve or wipe comes up from black."""
    (event,) = timeline(shot(1, kind=kind, spent=500)).events
    assert (event.transition, event.overlap, event.length) == ("fade-in", 12, 96)


@pytest.mark.parametrize("kind", ["cut", "smash", "match"])
def test_a_cut_by_any_name_is_straight(kind):
    """Smash and match cuts say why, not how."""
    second = timeline(shot(1), shot(2, kind=kind)).events[1]
    assert (second.transition, second.overlap, second.record_in) == ("cut", 0, 96)


@pytest.mark.parametrize("kind", ["dip-to-black", "dip-to-white"])
def test_a_dip_is_half_on_either_side(kind):
    """A second of dip takes half a second of each shot, and none of the running time."""
    made = timeline(shot(1), shot(2, kind=kind, spent=1000))
    assert (made.events[1].transition, made.events[1].overlap) == (kind, 12)
    assert made.length == 192


def test_a_first_dip_comes_whole_out_of_its_colour():
    """At the start of the film the whole dip is spent coming up."""
    (event,) = timeline(shot(1, kind="dip-to-white", spent=1000)).events
    assert (event.transition, event.overlap) == ("dip-to-white", 24)


def test_fades_belong_to_their_own_shot():
    """A fade-in is spent at a shot's beginning, a fade-out at its end."""
    first, second = timeline(
        shot(1, kind="fade-in", spent=500), shot(2, kind="fade-out", spent=1000)
    ).events
    assert (first.transition, first.overlap, first.fade_out) == ("fade-in", 12, 0)
    assert (second.transition, second.overlap, second.fade_out) == ("cut", 0, 24)


def test_a_transition_of_no_frame_is_a_cut():
    """Ten milliseconds are less than half a frame."""
    second = timeline(shot(1), shot(2, kind="dissolve", spent=10)).events[1]
    assert (second.transition, second.overlap) == ("cut", 0)


def test_a_trim_says_where_in_the_clip_to_begin():
    """The head is trimmed as asked; what is too long goes at the end."""
    (event,) = timeline(shot(1, trim=Trim(Millis(500), Millis(3500))), spare=3000).events
    assert (event.source_in, event.source_out) == (12, 84)


def test_a_handle_is_bought_and_not_shown():
    """The shot begins after the handle, and gives it up where the clip came without."""
    made = film(shot(1, handles=Millis(1000)))
    (event,) = make_timeline(made, clips_for(made)).value.events
    assert (event.source_in, event.length) == (24, 96)
    (event,) = make_timeline(made, {"scene/1": (ClipKey("1"), Millis(4000))}).value.events
    assert (event.source_in, event.length) == (0, 96)


def test_a_clip_a_little_short_gives_up_its_trim_first():
    """A few frames are taken from before the in-point rather than held at the end."""
    made = film(shot(1, trim=Trim(Millis(500))))
    (event,) = make_timeline(made, {"scene/1": (ClipKey("1"), Millis(3750))}).value.events
    assert (event.source_in, event.source_out) == (6, 90)


def test_a_skipped_shot_is_not_in_the_film():
    """Skipping closes the gap, and the next shot may become the first."""
    made = timeline(shot(1, skip=True), shot(2, kind="dissolve", spent=500))
    assert [(event.shot, event.transition) for event in made.events] == [("scene/2", "fade-in")]


def test_a_film_without_shots_is_empty():
    """An empty film has an empty timeline."""
    assert timeline().events == ()


@pytest.mark.parametrize(
    ("speed", "length", "shown"),
    [("1", 96, 96), ("2", 48, 95), ("1/2", 192, 96), ("3/2", 64, 95), ("10", 10, 91)],
)
def test_a_speed_changes_how_long_a_clip_lasts(speed, length, shown):
    """Twice as fast is half as long: every second frame of the clip is shown."""
    (event,) = timeline(shot(1, speed=Fraction(speed))).events
    assert (event.length, event.source_out - event.source_in) == (length, shown)
    assert (event.speed, event.is_plain) == (Fraction(speed), speed == "1")


def test_a_speed_of_a_trimmed_shot_plays_the_trimmed_part():
    """The trim counts on the clip's clock, before the speed."""
    trim = Trim(Millis(1000), Millis(3000))
    (event,) = timeline(shot(1, trim=trim, speed=Fraction(2))).events
    assert (event.source_in, event.source_out, event.length) == (24, 71, 24)


def test_a_held_frame_makes_the_film_longer():
    """A second of hold is a second more of film, and nothing more of the clip."""
    first, second = timeline(shot(1, hold=Millis(1000)), shot(2)).events
    assert (first.length, first.hold, first.source_out) == (120, 24, 96)
    assert (first.is_plain, second.record_in, second.is_plain) == (False, 120, True)
    assert [first.source_frame(n) for n in (0, 94, 95, 96, 119)] == [0, 94, 95, 95, 95]


def test_cards_stand_before_and_after():
    """A title and credits out of black and into black; they are of no scene."""
    title, first, last = timeline(shot(1), title_card=TITLE, credits=CREDITS).events
    assert (title.shot, title.scene, title.clip) == ("title", "", "card:title")
    assert (title.record_in, title.record_out, title.source_out, title.available) == (0, 72, 72, 72)
    assert (title.transition, title.overlap, title.fade_out) == ("fade-in", 12, 12)
    assert (first.record_in, last.record_in) == (72, 168)
    assert (last.shot, last.clip, last.length) == ("credits", "card:credits", 104)


def test_a_short_card_has_short_fades():
    """Its fades are no longer than a card that is half of each."""
    (title, *_) = timeline(shot(1), title_card=replace(TITLE, duration=Millis(500))).events
    assert (title.overlap, title.fade_out, title.length) == (6, 6, 12)
    (title, *_) = timeline(shot(1), title_card=replace(TITLE, duration=Millis(42))).events
    assert title.overlap + title.fade_out == title.length == 1


@pytest.mark.parametrize("kind", sorted(OVERLAPPING))
def test_after_a_title_card_a_shot_fades_in(kind):
    """Nothing is wiped over a card: the shot after it begins as the first of a film does."""
    _, event = timeline(shot(1, kind=kind, spent=500), title_card=TITLE).events
    assert (event.transition, event.overlap, event.record_in) == ("fade-in", 12, 72)


def test_a_dip_after_a_title_card_is_half_the_cards():
    """The card goes into the colour of the dip, not into black first."""
    title, event = timeline(shot(1, kind="dip-to-white", spent=1000), title_card=TITLE).events
    assert (event.transition, event.overlap, event.length) == ("dip-to-white", 12, 96)
    assert (title.transition, title.fade_out) == ("fade-in", 0)


def test_a_film_of_cards_alone():
    """With every shot skipped there are still the cards."""
    made = timeline(title_card=TITLE, credits=CREDITS)
    assert [event.shot for event in made.events] == ["title", "credits"]


def test_a_dip_takes_as_many_frames_on_either_side():
    """Where rounding would give one side more, it is the fewer on both."""
    first = shot(1, 475, "fade-in", 237)
    events = timeline(first, shot(2, kind="dip-to-black", spent=475)).events
    assert (events[0].length, events[0].overlap, events[1].overlap) == (11, 6, 5)


def test_a_sound_leads_and_trails_by_frames_of_the_film():
    """At double speed half a second of film takes a second of clip."""
    speed, mix = Fraction(2), Mix(Millis(500), Millis(500), gain=-3.0, mute=True)
    second = shot(2, handles=Millis(1000), speed=speed, mix=mix)
    _, event, _ = timeline(shot(1), second, shot(3)).events
    assert (event.lead, event.trail, event.source_in) == (12, 12, 24)
    assert (event.gain, event.mute) == (-3.0, True)


def test_a_clip_that_came_short_leads_and_trails_by_less():
    """Half a second less is taken from the end, then from the beginning."""
    mix = Mix(Millis(1000), Millis(1000))
    made = film(shot(1), shot(2, handles=Millis(1000), mix=mix), shot(3))
    short = {**clips_for(made), "scene/2": (ClipKey("2"), Millis(5500))}
    event = make_timeline(made, short).value.events[1]
    assert (event.source_in, event.lead, event.trail) == (24, 24, 12)
    short = {**clips_for(made), "scene/2": (ClipKey("2"), Millis(4500))}
    event = make_timeline(made, short).value.events[1]
    assert (event.source_in, event.lead, event.trail) == (12, 12, 0)


def test_the_films_sound_and_facts_are_the_timelines():
    """Loudness, metadata and language are handed on as they are."""
    loudness, facts = Loudness(-23.0, -2.0), (("author", "Ann Lee"),)
    made = timeline(shot(1), loudness=loudness, metadata=facts, language="de-AT")
    assert made.language == "de-AT"
    assert (made.loudness, made.metadata, made.title) == (loudness, facts, "A film")


def test_words_and_chapters_are_the_timelines():
    """Captions are read, and chapters begin, where the events are."""
    made = timeline(shot(1, dialogue=(Line("hello"),)), title_card=TITLE)
    assert [caption.shot for caption in made.captions] == ["scene/1"]
    assert [(chapter.start, chapter.end) for chapter in made.chapters] == [(0, 72), (72, 168)]


@pytest.mark.parametrize(
    ("shots", "message"),
    [
        ((shot(1, 1000), shot(2, 4000, "dissolve", 1500)), "scene/1 has no room"),
        (
            (shot(1), shot(2, 1000, "dissolve", 700), shot(3, 4000, "dissolve", 700)),
            "scene/2 has no room for its transitions",
        ),
        ((shot(1), shot(2, 4000, "dissolve", 2500, speed=Fraction(2))), "scene/2 has no room"),
        ((shot(1, 1000, "fade-in", 2000),), "scene/1 has no room"),
        ((shot(1, 10),), "scene/1 does not run for a frame"),
        ((shot(1, 10, hold=Millis(5000)),), "scene/1 does not run for a frame"),
        ((shot(1, mix=Mix(lead=Millis(1)), handles=Millis(9)),), "scene/1 has no sound"),
        ((shot(1, mix=Mix(trail=Millis(1)), handles=Millis(9)),), "scene/1 has no sound"),
        ((shot(1), shot(2, mix=Mix(lead=Millis(1)))), "scene/2 has no sound"),
    ],
)
def test_a_contradiction_is_a_bug(shots, message):
    """What an earlier phase should have found is refused, with the shot's name."""
    with pytest.raises(ValueError, match=message):
        timeline(*shots)


@pytest.mark.parametrize(
    ("place", "change", "message"),
    [
        (0, {"hold": 96}, "scene/1 stands still"),
        (0, {"hold": 1}, "scene/1 shows another part"),
        (0, {"source_out": 97}, "scene/1 shows another part"),
        (0, {"overlap": 85, "transition": "fade-in"}, "scene/1 has no room"),
        (1, {"fade_out": 85}, "scene/2 has no room"),
        (1, {"overlap": 13}, "scene/2 does not follow scene/1"),
        (1, {"transition": "dip-to-black"}, "scene/2 does not follow scene/1"),
    ],
)
def test_events_that_do_not_agree_are_refused(place, change, message):
    """Whatever is changed of events that fit, the change is seen."""
    events = list(timeline(shot(1), shot(2, kind="dissolve", spent=500)).events)
    verify(events, 180)
    events[place] = replace(events[place], **change)
    with pytest.raises(ValueError, match=message):
        verify(events, 180)


def test_a_timeline_is_as_long_as_it_says():
    """A film of another length than its events is refused, one without events too."""
    with pytest.raises(ValueError, match="181 frames"):
        verify(timeline(shot(1), shot(2, kind="dissolve", spent=500)).events, 181)
    with pytest.raises(ValueError, match="1 frames"):
        verify((), 1)


def test_a_clip_far_too_short_is_a_bug():
    """A clip that lacks seconds was never measured against its order."""
    made = film(shot(1))
    with pytest.raises(ValueError, match=r"scene/1 is \d+ frames too short"):
        make_timeline(made, {"scene/1": (ClipKey("1"), Millis(2000))})
