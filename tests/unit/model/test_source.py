"""Offsets, lines and columns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.model.source import Position, Source

TEXTS = st.text(st.sampled_from("ab\n\r\t\U0001f3ac\u2028é"), max_size=30)


@pytest.mark.parametrize(
    ("text", "offset", "line", "column"),
    [
        ("", 0, 1, 1),
        ("abc", 2, 1, 3),
        ("a\nb", 1, 1, 2),
        ("a\nb", 2, 2, 1),
        ("a\r\nb", 3, 2, 1),
        ("a\rb", 2, 2, 1),
        ("\U0001f3ac x\n\U0001f3acy", 5, 2, 2),
        ("a\u2028b", 2, 1, 3),
        ("ab", 99, 1, 3),
        ("ab", -5, 1, 1),
        ("a\n", 2, 2, 1),
    ],
)
def test_an_offset_is_a_line_and_a_column(text, offset, line, column):
    """Lines and columns count from one, in characters; an offset outside is the nearest end."""
    assert Source("f", text).position(offset) == Position(line, column)


@pytest.mark.parametrize(
    ("number", "expected"), [(1, "a"), (2, "b"), (3, ""), (4, ""), (0, ""), (-1, "")]
)
def test_a_line_comes_without_its_ending(number, expected):
    """A line is its text alone; a line that does not exist is empty."""
    assert Source("f", "a\r\nb\n").line(number) == expected


@given(TEXTS, st.integers(0, 30))
def test_a_position_leads_back_to_its_character(text, offset):
    """Line and column name the character they were made from."""
    source = Source("f", text)
    line, column = source.position(offset)
    if offset < len(text) and text[offset] not in "\r\n":
        assert source.line(line)[column - 1] == text[offset]


def test_sources_are_equal_by_what_they_hold():
    """Having been asked for a position makes no difference."""
    asked, fresh = Source("f", "a\nb"), Source("f", "a\nb")
    asked.position(2)
    assert asked == fresh
