"""Camera moves as paths: every word moves, as it says, smoothly, and inside the picture."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.adapters.media.animatic.moves import MOVES, Framing, How, eased, framed
from storyboard.adapters.media.animatic.rig import framings
from storyboard.adapters.media.animatic.stage import Stage
from storyboard.model.vocabulary import MOVE, SPEED, SUPPORT

STAGE = Stage()
SEED = bytes(range(32))
EVERY = sorted(MOVE.phrases)


def path(move, *, speed=None, support=None, frames=97, seconds=4.0, stage=STAGE, seed=SEED):
    return framings(move, support, How.ordered(speed, seconds, stage), frames, seed)


def seen(framing):
    """Where the picture's middle is on screen, in frames from the screen's own."""
    return -framing.x * framing.zoom, -framing.y * framing.zoom


def test_every_move_of_the_vocabulary_is_there():
    """No word of the language stands still for want of a move."""
    assert set(MOVES) == set(MOVE.phrases)


@pytest.mark.parametrize("move", [move for move in EVERY if move != "static"])
def test_every_move_but_static_moves(move):
    """Something of the framing changes from first to last, or under way."""
    assert len(set(path(move))) > 8


def test_static_is_truly_still():
    """Not one framing differs from the first."""
    assert set(path("static")) == {Framing()}


def test_no_two_moves_are_the_same():
    """Each word has a path of its own."""
    assert len({path(move) for move in EVERY}) == len(EVERY)


@pytest.mark.parametrize(
    ("move", "across", "down"),
    [
        ("pan-left", 1, 0),
        ("pan-right", -1, 0),
        ("truck-left", 1, 0),
        ("truck-right", -1, 0),
        ("whip-pan", -1, 0),
        ("tilt-up", 0, 1),
        ("tilt-down", 0, -1),
        ("pedestal-up", 0, 1),
        ("pedestal-down", 0, -1),
        ("crane-up", 0, 1),
        ("crane-down", 0, -1),
    ],
)
def test_the_picture_goes_against_the_camera(move, across, down):
    """The camera pans left: what is seen goes right."""
    (x0, y0), (x1, y1) = seen(path(move)[0]), seen(path(move)[-1])
    assert (x1 - x0) * across >= 0.09 * abs(across)
    assert (y1 - y0) * down >= 0.09 * abs(down)
    assert across or x1 == pytest.approx(x0)
    assert down or y1 == pytest.approx(y0)


@pytest.mark.parametrize(
    ("move", "closer"),
    [
        ("push-in", True),
        ("zoom-in", True),
        ("follow", True),
        ("pull-out", False),
        ("zoom-out", False),
        ("dolly-zoom", False),
    ],
)
def test_moves_toward_and_away_scale(move, closer):
    """Toward the subject the zoom grows, away from it it shrinks."""
    first, last = path(move)[0].zoom, path(move)[-1].zoom
    assert (last > first * 1.1) if closer else (first > last * 1.1)


def test_a_dolly_zoom_keeps_the_middle_and_lets_the_borders_go():
    """The middle's own scale, zoom times fringe, is the same in every frame."""
    middles = [framing.zoom * (1 + framing.fringe) for framing in path("dolly-zoom")]
    assert max(middles) - min(middles) < 1e-9
    assert path("dolly-zoom")[0].zoom > 1.3


@pytest.mark.parametrize("move", ["arc-left", "arc-right"])
def test_an_arc_keeps_the_subject_while_the_borders_pass(move):
    """What is in the middle of the screen is the picture's middle all along; the window moves."""
    for framing in path(move):
        middle = framing.x + framing.lean / (2 * framing.zoom)
        assert middle == pytest.approx(0, abs=1e-9)
    assert path("arc-left")[-1].x > 0 > path("arc-right")[-1].x


def test_a_roll_turns_and_a_rack_changes_focus():
    """The two moves that go nowhere still act."""
    assert path("roll")[0].roll == 0
    assert path("roll")[-1].roll > 5
    assert path("rack-focus")[0].focus == 0
    assert path("rack-focus")[-1].focus == 1


@pytest.mark.parametrize("move", ["pan-left", "push-in", "crane-up", "truck-right", "roll"])
def test_speed_scales_the_amount(move):
    """Slow goes less far than medium, and medium less far than fast."""

    def far(speed):
        first, last = path(move, speed=speed)[0], path(move, speed=speed)[-1]
        return (
            abs(last.x - first.x) + abs(last.y - first.y) + abs(last.zoom - first.zoom) + last.roll
        )

    assert far("slow") < far("medium") < far("fast")
    assert path(move, speed=None) == path(move, speed="medium")


@pytest.mark.parametrize("move", [move for move in EVERY if move != "whip-pan"])
def test_a_move_starts_and_stops_gently(move):
    """No step is a jolt: the pace never changes by more than a quarter of its top at once."""
    steps = [
        (b.x - a.x, b.y - a.y, b.zoom - a.zoom, (b.roll - a.roll) / 50)
        for a, b in pairwise(path(move, frames=193, seconds=8.0))
    ]
    top = max((max(abs(part) for part in step) for step in steps), default=0)
    jolts = [max(abs(q - p) for p, q in zip(a, b, strict=True)) for a, b in pairwise(steps)]
    assert max(jolts) <= max(top * 0.25, 1e-9)


def test_handheld_shakes_and_a_tripod_does_not():
    """A support that floats moves even a static shot; the shake is the seed's."""
    assert len(set(path("static", support="tripod"))) == 1
    shaken = path("static", support="handheld")
    assert len(set(shaken)) > 90
    assert shaken == path("static", support="handheld")
    assert shaken != path("static", support="handheld", seed=bytes(reversed(SEED)))


def test_a_higher_picture_is_tilted_over_further():
    """A tall still in a wide film is travelled over, not just nudged."""
    tall = Stage(1.0, 1.6)
    first, last = path("tilt-up", stage=tall)[0], path("tilt-up", stage=tall)[-1]
    assert first.y - last.y > 0.4
    assert first.zoom == pytest.approx(1.0)


@given(
    order=st.tuples(
        st.sampled_from(EVERY),
        st.sampled_from([None, *SUPPORT.phrases]),
        st.builds(
            How.ordered,
            st.sampled_from([None, *SPEED.phrases]),
            st.floats(0.04, 60),
            st.builds(Stage, st.floats(1, 3), st.floats(1, 3), st.floats(0.4, 2.4)),
        ),
        st.integers(1, 40),
        st.binary(min_size=8, max_size=8),
    )
)
def test_the_window_never_leaves_the_picture(order):
    """Whatever is ordered of whatever picture, every framing lies inside it."""
    stage = order[2].stage
    for framing in framings(*order):
        assert framing.zoom >= 1
        assert abs(framing.x) + 0.5 / framing.zoom <= stage.wide / 2 + 1e-9
        assert abs(framing.y) + 0.5 / framing.zoom <= stage.high / 2 + 1e-9
        assert abs(framing.lean) < 0.5


def test_a_window_that_would_leave_is_held_back():
    """The control: a framing past the border is moved to it, and one too wide is closed in."""
    held = framed(Framing(zoom=0.5, x=9, y=-9), STAGE)
    assert held == Framing(zoom=1.0, x=0.0, y=0.0)
    assert framed(Framing(zoom=2, x=9), STAGE).x == pytest.approx(0.25)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0.01, 0.5))
def test_easing_runs_forward_from_nought_to_one(first, second, ramp):
    """Time never runs backward, and the ends are met exactly."""
    early, late = sorted((first, second))
    assert eased(early, ramp) <= eased(late, ramp) + 1e-12
    assert eased(0, ramp) == 0
    assert eased(1, ramp) == 1
