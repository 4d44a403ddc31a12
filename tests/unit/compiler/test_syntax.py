"""The tree of a text: its data, and the exact place of every key and value."""

import gc

import pytest

from storyboard.compiler.syntax.parser import parse
from storyboard.compiler.syntax.yaml_events import PureParser, fastest_parser
from storyboard.model.source import Source
from storyboard.model.tree import find, plain

BOTH = pytest.mark.parametrize("parser", [fastest_parser, PureParser], ids=["fastest", "pure"])


def tree(text, parser=fastest_parser):
    outcome = parse(Source("film.yaml", text), parser)
    assert outcome.diagnostics == ()
    return outcome.value


def spelling(text, *steps, parser=fastest_parser):
    node = find(tree(text, parser), *steps)
    assert node.path == "film.yaml"
    return text[node.start : node.end]


def key_spelling(text, *steps):
    *above, name = steps
    place = find(tree(text), *above).keys[name]
    return text[place.start : place.end]


@BOTH
@pytest.mark.parametrize(
    ("text", "steps", "expected"),
    [
        ("a: one two  # c\n", ["a"], "one two"),
        ("a: 'it''s'  # c\n", ["a"], "'it''s'"),
        ('a: "x\\ty"\nb: 1\n', ["a"], '"x\\ty"'),
        ("a: one\n  two\nb: 1\n", ["a"], "one\n  two"),
        ("a: |\n  one\n\n  two\n\n\n# c\nb: 1\n", ["a"], "|\n  one\n\n  two"),
        ("a: >2-\n    one\nb: 1\n", ["a"], ">2-\n    one"),
        ("a: |\nb: 1\n", ["a"], "|"),
        ("a: |\n one", ["a"], "|\n one"),
        ("a: [1, {b: c}]\n", ["a"], "[1, {b: c}]"),
        ("a: [1, {b: c}]\n", ["a", 1, "b"], "c"),
        ("a: [1, {b: c}]\n", ["a", 1], "{b: c}"),
        ("a:\n  b: 1\n  c:\n    - 2\n\n\n# end\nd: 3\n", ["a"], "b: 1\n  c:\n    - 2"),
        ("a:\n- 1\n- 2\n# c\nb: 1\n", ["a"], "- 1\n- 2"),
        ("a: &here one\n", ["a"], "one"),
        ("a: !!str &here one\n", ["a"], "one"),
        ("a: &here # why\n  one\n", ["a"], "one"),
        ("a: &here\n  b: 1\n", ["a"], "b: 1"),
        ("a: &here\n  - 1\n", ["a"], "- 1"),
        ("a: &here [1]\n", ["a"], "[1]"),
        ("a: &here |\n  one\n", ["a"], "|\n  one"),
        ("a: 🎬 cut 🎬\nb: é\n", ["b"], "é"),
        ("a: 🎬 cut 🎬\nb: é\n", ["a"], "🎬 cut 🎬"),
        ("a: 1\r\nb: two\r\nc: |\r\n  x\r\n", ["b"], "two"),
        ("a: 1\r\nb: two\r\nc: |\r\n  x\r\n", ["c"], "|\r\n  x"),
        ("\ufeffa: one\nb: two\n", ["a"], "one"),
        ("\ufeffa: one\nb: two\n", ["b"], "two"),
        ("\ufeff# c\n---\na: one\n", ["a"], "one"),
    ],
)
def test_a_value_stands_where_it_is_spelled(parser, text, steps, expected):
    """A span covers the value as written, without its anchor, its tag or what follows."""
    assert spelling(text, *steps, parser=parser) == expected


@BOTH
@pytest.mark.parametrize(
    ("text", "steps", "place"),
    [
        ("a:\nb: 1\n", ["a"], 2),
        ("a:   # c\nb: 1\n", ["a"], 2),
        ("a:\n-\n- 1\n", ["a", 0], 4),
        ("? a\n? b\n: 1\n", ["a"], 3),
        ("{a, b: 1}", ["a"], 2),
        ("a: &here\nb: 1\n", ["a"], 8),
        ("a: !!null\n", ["a"], 9),
    ],
)
def test_an_empty_value_stands_just_after_its_mark(parser, text, steps, place):
    """An empty value has an empty span, beside the key or the dash that it belongs to."""
    node = find(tree(text, parser), *steps)
    assert (node.value, node.start, node.end) == (None, place, place)


@pytest.mark.parametrize(
    ("text", "steps", "expected"),
    [
        ("title: x\nscenes: []\n", ["scenes"], "scenes"),
        ("a:\n  - 'b c': 1\n", ["a", 0, "b c"], "'b c'"),
        ("&k key: 1\n", ["key"], "key"),
        ('"\\u00e9": 1\n', ["é"], '"\\u00e9"'),
        ("? |\n  x\n: 1\n", ["x\n"], "|\n  x"),
        ("!!str 12: 1\n", ["12"], "12"),
    ],
)
def test_a_key_stands_where_it_is_spelled(text, steps, expected):
    """Every key has its own place, quotes and all."""
    assert key_spelling(text, *steps) == expected


def test_keys_are_the_text_as_written():
    """A key is text even where a value of that spelling would be a number or a truth value."""
    assert list(tree("1: a\non: b\nnull: c\n1.0: d\n16:9: e\n").nodes) == [
        "1", "on", "null", "1.0", "16:9",
    ]  # fmt: skip


def test_an_alias_to_a_scalar_stands_at_the_alias():
    """A finding about a repeated value points at the repetition."""
    text = "a: &x one\nb: *x\n"
    assert plain(tree(text)) == {"a": "one", "b": "one"}
    assert spelling(text, "b") == "*x"


def test_an_alias_to_a_collection_stands_at_the_alias_with_children_at_the_anchor():
    """A repeated collection points at the repetition, its contents at where they are written."""
    text = "a: &x {b: [1, two]}\nc: *x\n"
    assert spelling(text, "c") == "*x"
    assert spelling(text, "c", "b", 1) == "two"
    assert find(tree(text), "c", "b", 1).start == text.index("two")


def test_the_last_anchor_of_a_name_counts():
    """An anchor may be set again; an alias takes the one above it."""
    assert plain(tree("a: &x 1\nb: *x\nc: &x 2\nd: *x\n")) == {"a": 1, "b": 1, "c": 2, "d": 2}


def test_an_anchor_on_a_key_may_be_repeated_as_a_value():
    """A key is a text like another."""
    assert plain(tree("&k key: 1\nb: *k\n")) == {"key": 1, "b": "key"}


def test_merged_keys_give_way_to_own_keys_and_earlier_maps_win():
    """`<<` follows YAML 1.1: own keys first, then the maps in the order given."""
    text = "x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\nz: {<<: [*x, *y], c: 3}\nw:\n  <<: *x\n  a: 4\n"
    found = plain(tree(text))
    assert found["z"] == {"a": 1, "b": 1, "c": 3}
    assert found["w"] == {"a": 4, "b": 1}


def test_merged_keys_keep_their_places():
    """A merged key and its value stand where the merged mapping is written."""
    text = "x: &x {size: cu}\ny: {<<: *x}\n"
    assert key_spelling(text, "y", "size") == "size"
    assert find(tree(text), "y").keys["size"].start == text.index("size")
    assert spelling(text, "y", "size") == "cu"


def test_a_quoted_merge_sign_is_a_key():
    """Only the bare sign merges."""
    assert plain(tree("'<<': {a: 1}\n")) == {"<<": {"a": 1}}


@BOTH
def test_standard_tags_say_what_a_value_is(parser):
    """The tags that every YAML has are obeyed."""
    text = "a: !!str 1\nb: !!int '2'\nc: !!float 3\nd: ! yes\ne: !!map {}\nf: !!seq []\ng: !!str\n"
    text += "h: !!bool true\ni: !!str yes\nj: ! {}\n"
    expected = {"a": "1", "b": 2, "c": 3.0, "d": "yes", "e": {}, "f": [], "g": "", "h": True}
    assert plain(tree(text, parser)) == {**expected, "i": "yes", "j": {}}


def test_directives_and_document_marks_are_allowed():
    """A file may say its version of YAML and mark where its one document begins and ends."""
    assert plain(tree("%YAML 1.2\n---\na: 1\n...\n")) == {"a": 1}


def test_text_in_quotes_and_blocks_is_not_interpreted():
    """Only plain scalars have another meaning than their text."""
    text = "a: '16:9'\nb: \"on\"\nc: |-\n  yes\nd: >-\n  012\n"
    assert plain(tree(text)) == {"a": "16:9", "b": "on", "c": "yes", "d": "012"}


@pytest.mark.parametrize("was_on", [True, False])
def test_the_collector_is_left_as_it_was(was_on):
    """Parsing turns the garbage collector off for itself only."""
    try:
        (gc.enable if was_on else gc.disable)()
        tree("a: 1\n")
        assert gc.isenabled() is was_on
    finally:
        gc.enable()


def test_parsing_is_pure(no_io):
    """Parsing touches nothing outside its arguments."""
    tree("a: 1\n")
    with no_io():
        tree("a: [1, *x]\n".replace("*x", "&x 2"))
