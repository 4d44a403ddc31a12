"""Camera moves in prose are recognised, with their direction."""

import pytest

from storyboard.compiler.moves import move_meant, moves_named
from storyboard.model.vocabulary import MOVE


@pytest.mark.parametrize(
    ("text", "move"),
    [
        ("slow pan left across the shelf", "pan-left"),
        ("it pans over the roofs", "pan-right"),
        ("tilting down to her shoes", "tilt-down"),
        ("a zoom out from the window", "zoom-out"),
        ("the camera pushes in", "push-in"),
        ("on a dolly, tilting up", "tilt-up"),
        ("dollying toward the door", "push-in"),
        ("pulls back to show the room", "pull-out"),
        ("crabs left", "truck-left"),
        ("cranes up over the wall", "crane-up"),
        ("orbiting her to the left", "arc-left"),
        ("a dolly zoom", "dolly-zoom"),
        ("whip pan to the clock", "whip-pan"),
        ("the camera rolls", "roll"),
        ("locked off, wide", None),
        ("", None),
    ],
)
def test_the_first_move_is_meant(text, move):
    """The vocabulary's word, in the direction that is said or else the usual one."""
    assert move_meant(text) == move
    assert move is None or move in MOVE.phrases


def test_every_move_named_is_counted():
    """Two moves in a sentence are two."""
    assert moves_named("pan left, then zoom in") == ("pan", "zoom")
