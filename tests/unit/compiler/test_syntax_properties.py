"""What holds for every text: parsing never raises, places are true, data is what YAML says."""

import string

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from storyboard.compiler.syntax.parser import parse
from storyboard.compiler.syntax.scalars import resolve
from storyboard.compiler.syntax.yaml_events import PureParser, fastest_parser
from storyboard.model.source import Source
from storyboard.model.tree import Mapping, Scalar, plain, walk

LETTERS = string.ascii_letters + string.digits + " .,:;-_?!#&*'\"[]{}|>%@`~=<éß\u4e2d\U0001f3ac\n\t"
PROSE = st.text(LETTERS, max_size=40)
# Texts that YAML would take for something else; a writer of YAML puts them in quotes.
QUOTED = st.sampled_from(
    ["", "~", "null", "true", "12", "1.5", "yes", "16:9", "0777", "<<", "=", "- a"]
)
TEXTS = PROSE.filter(lambda text: resolve(text) == text) | QUOTED
KEYS = st.text(string.ascii_letters + " é-", min_size=1, max_size=12).filter(
    lambda text: resolve(text) == text
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
    | TEXTS
)
VALUES = st.recursive(
    SCALARS,
    lambda each: st.lists(each, max_size=4) | st.dictionaries(KEYS, each, max_size=4),
    max_leaves=20,
)
DATA = st.dictionaries(KEYS, VALUES, min_size=1, max_size=5)


@st.composite
def documents(draw):
    """A YAML file as people write it: any layout, line ending, comment and byte order mark."""
    text = yaml.dump(
        draw(DATA),
        Dumper=yaml.SafeDumper,
        default_flow_style=draw(st.sampled_from([True, False, None])),
        default_style=draw(st.sampled_from([None, None, '"', "'", "|"])),
        width=draw(st.sampled_from([20, 80, 1_000])),
        indent=draw(st.sampled_from([2, 4])),
        allow_unicode=draw(st.booleans()),
        explicit_start=draw(st.booleans()),
    )
    text = draw(st.sampled_from(["", "# caf\u00e9 \U0001f3ac\n", "\n\n"])) + text
    text += draw(st.sampled_from(["", "# the end", "\n# the end\n\n"]))
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    return draw(st.sampled_from(["", "\ufeff"])) + text


@given(documents())
def test_the_data_is_what_pyyaml_reads(text):
    """On documents that YAML 1.1 and 1.2 agree on, the data is the same as PyYAML's own."""
    outcome = parse(Source("film.yaml", text))
    assert outcome.diagnostics == ()
    assert plain(outcome.value) == yaml.load(text, yaml.CSafeLoader)


@given(documents())
def test_both_parsers_make_the_same_tree(text):
    """Without libyaml the tree is the same, place for place."""
    source = Source("film.yaml", text)
    assert parse(source, PureParser) == parse(source, fastest_parser)


@given(documents())
def test_every_place_is_where_the_spelling_is(text):
    """A plain scalar's span is its spelling; a quoted or block scalar's begins with its sign."""
    for node in walk(parse(Source("film.yaml", text)).value):
        if isinstance(node, Mapping):
            for key, place in node.keys.items():
                assert_spelled(text[place.start : place.end], key)
        if isinstance(node, Scalar):
            assert_spelled(text[node.start : node.end], node.text)


def assert_spelled(spelling, text):
    if spelling[:1] in {"'", '"'}:
        assert spelling[0] == spelling[-1]
        assert len(spelling) > 1
        assert yaml.load(spelling, yaml.CSafeLoader) == text
    elif spelling[:1] in {"|", ">"}:
        assert not spelling[-1].isspace()
        assert spelling.split()[-1:] == (text.split() or [spelling])[-1:]
    elif "\n" in spelling:
        assert spelling.split() == text.split()
    else:
        assert spelling == text


FRAGMENTS = st.lists(
    st.sampled_from(
        [
            "a", "b: ", "- ", "\n", "\r\n", "  ", "[", "]", "{", "}", ",", "'", '"', "\t", "|",
            "> ", "|+\n", "&a ", "*a", "!x ", "!!str ", "!!int ", "!", "#", "%YAML 1.1\n",
            "%TAG !e! x\n",
            "---\n", "...\n", "? ", ": ", "@", "\\", "\\x41", "\\u12", "<<: ", "yes", "1:30",
            "0x1F", ".inf", "\ufeff", "\0", "\x85", "\u2028", "\U0001f3ac", "\ud800", "1_0",
            "~", "=",
        ]
    ),
    max_size=25,
).map("".join)  # fmt: skip


@settings(max_examples=400)
@given(st.text(max_size=60) | FRAGMENTS, st.sampled_from([fastest_parser, PureParser]))
def test_no_text_makes_it_raise(text, parser):
    """Any text ends in a tree or in findings, and every place lies within the text."""
    outcome = parse(Source("film.yaml", text), parser)
    assert outcome.ok or outcome.diagnostics
    for finding in outcome.diagnostics:
        assert 0 <= finding.span.start <= finding.span.end <= len(text)
        assert all(0 <= each.span.start <= len(text) for each in finding.related)
        assert finding.message
    for node in walk(outcome.value) if outcome.value else ():
        assert 0 <= node.start <= node.end <= len(text)
