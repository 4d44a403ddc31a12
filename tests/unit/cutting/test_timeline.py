"""A timeline places every frame exactly: nothing drifts, nothing is lost, whatever the rate."""

from dataclasses import replace
from fractions import Fraction
from itertools import cycle, islice, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storyboard.cutting.timeline import make_timeline
from storyboard.model.money import Millis, frames
from storyboard.model.request import ClipKey
from storyboard.model.source import Span
from storyboard.model.story import OVERLAPPING, Film, Format, Origin, Scene, Shot, Transition, Trim

HERE = Origin(Span("film.yaml", 0, 0))
RATES = [Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(30)]
KINDS = ["cut", "smash", "match", "dissolve", "wipe-left", "wipe-right"]
KINDS += ["fade-in", "fade-out", "dip-to-black", "dip-to-white"]


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


def film(*shots, fps=Fraction(24)):
    return Film(
        title="A film",
        format=Format(1280, 720, fps, "16:9", "720p"),
        model="animatic",
        template="plain",
        scenes=(Scene("scene", tuple(shots), HERE),),
        origin=HERE,
    )


def clips_for(made, spare=0):
    return {each.id: (ClipKey(each.id), Millis(each.clip_time + spare)) for each in made.shown}


def timeline(*shots, fps=Fraction(24), spare=0):
    made = film(*shots, fps=fps)
    return make_timeline(made, clips_for(made, spare)).value


@st.composite
def films(draw):
    """Any film that the checks would pass: each transition fits beside the one before it."""
    shots = []
    for place in range(draw(st.integers(1, 30))):
        duration = draw(st.integers(400, 20_000))
        kind = draw(st.sampled_from(KINDS))
        room = duration // 2
        if shots:
            room = min(room, shots[-1].screen_time // 2)
        spent = 0 if kind in {"cut", "smash", "match"} else draw(st.integers(1, room))
        start, handles = draw(st.integers(0, 3000)), draw(st.integers(0, 1000))
        trim = Trim(Millis(start), Millis(start + duration)) if draw(st.booleans()) else None
        bought = duration + start if trim else duration
        shots.append(shot(place, bought, kind, spent, trim=trim, handles=Millis(handles)))
    return film(*shots, fps=draw(st.sampled_from(RATES)))


@given(films())
def test_a_film_has_no_hole_and_no_doubled_frame(made):
    """Each event begins where the one before ends, or earlier by what they share."""
    events = make_timeline(made, clips_for(made)).value.events
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
    clock = 0
    for each, event in zip(
        made.shown, make_timeline(made, clips_for(made)).value.events, strict=True
    ):
        if clock and each.transition.kind in OVERLAPPING:
            clock -= each.transition.duration
        exact = Fraction(clock, 1000) * made.format.fps
        assert abs(event.record_in - exact) <= Fraction(1, 2)
        clock += each.screen_time


@given(films())
def test_both_clocks_run_equally_long(made):
    """An event shows as many frames of its clip as it takes of the film."""
    for event in make_timeline(made, clips_for(made)).value.events:
        assert event.source_out - event.source_in == event.length > 0
        assert event.source_in >= 0


@given(films())
def test_a_clip_as_long_as_ordered_is_long_enough(made):
    """No more than one frame, of rounding, is ever asked for past a clip's end."""
    clips = clips_for(made)
    for event in make_timeline(made, clips).value.events:
        assert event.source_out <= frames(clips[event.shot][1], made.format.fps) + 1


@settings(max_examples=25, deadline=None)
@given(films())
def test_five_hundred_shots_do_not_drift(few):
    """At every usual rate a long film ends on its exact frame."""
    reel = (replace(few.shown[0], transition=Transition()), *few.shown[1:])
    many = islice(cycle(reel), 500)
    made = film(
        *(replace(each, id=f"scene/{place}") for place, each in enumerate(many)),
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
    ("shots", "message"),
    [
        ((shot(1, 1000), shot(2, 4000, "dissolve", 1500)), "scene/"),
        (
            (shot(1), shot(2, 1000, "dissolve", 700), shot(3, 4000, "dissolve", 700)),
            "scene/2 has no room for the transition into scene/3",
        ),
        ((shot(1, 1000, "fade-in", 2000),), "scene/1 has no room"),
        ((shot(1, 10),), "scene/1 has no room"),
    ],
)
def test_a_contradiction_is_a_bug(shots, message):
    """What an earlier phase should have found is refused, with the shot's name."""
    with pytest.raises(ValueError, match=message):
        timeline(*shots)


def test_a_clip_far_too_short_is_a_bug():
    """A clip that lacks seconds was never measured against its order."""
    made = film(shot(1))
    with pytest.raises(ValueError, match=r"scene/1 is \d+ frames too short"):
        make_timeline(made, {"scene/1": (ClipKey("1"), Millis(2000))})
