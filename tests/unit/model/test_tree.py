"""Walking a tree of nodes."""

import pytest

from storyboard.model.source import Span
from storyboard.model.tree import Key, Mapping, Scalar, Sequence, find, plain, span_of, walk

ONE = Scalar(1, "1", "f", 4, 5)
TWO = Scalar("two", "two", "f", 7, 10)
LIST = Sequence((ONE, TWO), "f", 3, 11)
ROOT = Mapping({"a": LIST}, {"a": Key("f", 0, 1)}, "f", 0, 11)


def test_plain_data_has_no_places():
    """A tree without places is dicts, lists and scalars."""
    assert plain(ROOT) == {"a": [1, "two"]}


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        ((), ROOT),
        (("a",), LIST),
        (("a", 1), TWO),
        (("a", 2), None),
        (("b",), None),
        (("a", "x"), None),
        ((0,), None),
        (("a", 0, "x"), None),
    ],
)
def test_steps_lead_to_a_node_or_to_none(steps, found):
    """Keys lead into mappings and indexes into sequences; every other way ends."""
    assert find(ROOT, *steps) is found


@pytest.mark.parametrize(
    ("steps", "start"), [((), 0), (("a",), 3), (("a", 0), 4), (("a", 9, "x"), 3), (("b", 1), 0)]
)
def test_the_place_of_a_missing_node_is_its_nearest_ancestor(steps, start):
    """A path that ends early points at where it ended."""
    assert span_of(ROOT, *steps).start == start


def test_walking_meets_every_node_depth_first():
    """A node comes before what is under it."""
    assert list(walk(ROOT)) == [ROOT, LIST, ONE, TWO]


def test_every_node_and_key_knows_its_span():
    """Nodes and keys give their place as one value."""
    assert ONE.span == Span("f", 4, 5)
    assert [LIST.span, ROOT.span, ROOT.keys["a"].span] == [("f", 3, 11), ("f", 0, 11), ("f", 0, 1)]
