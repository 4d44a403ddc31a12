"""Lines of dialogue are laid out in a clip as people talk: in turn, at ease, and all of them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.model.pacing import paced


def test_nobody_speaks_in_silence():
    """No lines, no times."""
    assert paced((), 8) == ()


def test_there_is_a_second_before_the_first_word_and_a_breath_between_lines():
    """Two and a half words a second, where there is room."""
    assert paced(["one two three four five"] * 2, 10) == ((1.0, 3.0), (3.25, 5.25))


@pytest.mark.parametrize(("text", "seconds"), [("No!", 0.8), ("猫が毛糸を持つ", 1.4), ("", 0.8)])
def test_a_line_lasts_by_its_script(text, seconds):
    """Scripts without spaces are counted by character, and the shortest word takes a while."""
    ((start, end),) = paced([text], 8)
    assert end - start == pytest.approx(seconds)


@given(st.lists(st.text(max_size=80), min_size=1, max_size=6), st.floats(0.04, 60))
def test_all_lines_are_spoken_in_turn_inside_the_clip(lines, seconds):
    """However short the clip and however much is said."""
    spans = paced(lines, seconds)
    assert len(spans) == len(lines)
    assert spans[0][0] >= 0
    assert spans[-1][1] <= seconds * (1 + 1e-9)
    assert all(start < end for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
