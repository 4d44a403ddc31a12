"""Words: one camera move and one setup to a shot."""

import pytest

from fakes.films import HEAD, findings, marked, subject
from storyboard.compiler.checks import check_film
from storyboard.model.diagnostic import Code
from storyboard.model.vocabulary import MOVE


@pytest.mark.parametrize(
    "camera",
    [
        "{move: «[push-in, roll]»}",
        '«"push in slowly, then pan left"»',
        "{text: «the camera tilts up and zooms out»}",
        "{move: tilt-up, text: «panning left»}",
        '«"on a dolly, panning and tilting"»',
    ],
)
def test_two_moves_in_one_shot(camera):
    """More than one move, listed, in words, or one of each, is a warning where it is written."""
    text, (place,) = marked(f"{HEAD}shots: [{{id: a, camera: {camera}}}]")
    assert findings(text) == [(Code.SEVERAL_MOVES, place)]


@pytest.mark.parametrize(
    "camera",
    [
        "slow push in",
        "static on a dolly",
        "a slow pan from the dolly",
        "a dolly zoom on her face",
        "dolly-zoom",
        '"dollying in, a slow push-in"',
        '"wide, a frying pan in the foreground"',
        "{move: push-in, text: the camera pushes in slowly}",
        "{move: dolly-zoom, text: a dolly zoom}",
        "{move: static, text: tilted up}",
    ],
)
def test_one_move_said_twice_is_one_move(camera):
    """The same move in other words, or what only sounds like one, is no warning."""
    assert findings(f"{HEAD}shots: [{{id: a, camera: {camera}}}]") == []


@pytest.mark.parametrize("move", sorted(MOVE.phrases))
def test_a_move_of_the_vocabulary_is_one_move(move):
    """No move contradicts its own phrase."""
    phrase = MOVE.phrases[move]
    assert findings(f'{HEAD}shots: [{{id: a, camera: {{move: {move}, text: "{phrase}"}}}}]') == []


@pytest.mark.parametrize(
    ("action", "found"),
    [
        ("She runs. Cut to the garden.", True),
        ("She runs, cutting to the garden", True),
        ("From a new angle we see her run", True),
        ("She cuts the yarn", False),
        ("She runs", False),
    ],
)
def test_a_cut_inside_a_shot(action, found):
    """An action that asks for a second setup is a warning at the action."""
    text, (place,) = marked(f'{HEAD}shots: [{{id: a, action: «"{action}"»}}]')
    assert findings(text) == ([(Code.SEVERAL_MOVES, place)] if found else [])


def test_the_moves_are_named():
    """The message says which moves were understood."""
    (finding,) = check_film(subject(HEAD + "shots: [{id: a, camera: pan left and zoom in}]"))
    assert "pan, zoom" in finding.message


def test_a_skipped_shot_may_say_what_it_likes():
    """Nothing is made of it."""
    text = (
        HEAD + "shots: [{id: a}, {id: b, skip: true, camera: pan and zoom, action: cut to black}]"
    )
    assert findings(text) == []
