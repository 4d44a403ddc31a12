"""What is wrong with a text, at the narrowest guilty place, all of it in one run."""

import pytest
import yaml

from storyboard.compiler.syntax import builder
from storyboard.compiler.syntax import parser as syntax
from storyboard.compiler.syntax.complaints import complaint
from storyboard.compiler.syntax.parser import parse
from storyboard.compiler.syntax.yaml_events import PureParser, fastest_parser
from storyboard.model.diagnostic import Code
from storyboard.model.source import Source

BOTH = pytest.mark.parametrize("parser", [fastest_parser, PureParser], ids=["fastest", "pure"])


def findings(text, parser=fastest_parser):
    outcome = parse(Source("film.yaml", text), parser)
    assert not outcome.ok
    return outcome.diagnostics


def shown(text, parser=fastest_parser):
    """Each finding's code with its place as (offset, text under the span)."""
    found = findings(text, parser)
    return [(each.code, each.span.start, text[each.span.start : each.span.end]) for each in found]


@BOTH
@pytest.mark.parametrize(
    ("text", "offset", "under", "words"),
    [
        ("a: b: c\n", 4, ":", "`: ` cannot stand here"),
        ("a: 1\n b: 2\n", 7, ":", "`: ` cannot stand here"),
        ("a: 'x\nb: 1\n", 3, "'", "never closed"),
        ('a: "x\n---\nb: 1\n', 3, '"', "not closed"),
        ("a: 1\nfoo\nb: 2\n", 5, "f", "neither a key"),
        ("a: @x\n", 3, "@", "cannot begin with `@`"),
        ("a: `x`\n", 3, "`", "cannot begin with"),
        ("\ta: 1\n", 0, "\t", "tab"),
        ("a: [1, 2\nb: 3\n", 10, ":", "closing `]`"),
        ("a: {b: 1]\n", 8, "]", "closing `}`"),
        ("a: [,]\n", 4, ",", "missing"),
        ("a: - b\n", 3, "-", "list item cannot begin"),
        ("a: 1\n- b\n", 5, "-", "not a key"),
        ("- a\nb: 1\n", 4, "b", "not an item"),
        ("a: |x\n", 4, "x", "after `|`"),
        ("a: *\n", 4, "", "after `*`"),
        ("a: &! b\n", 4, "!", "after `&`"),
        ("a: ? b\n", 3, "?", "key cannot begin"),
        ("%YAML 2.0\n---\na: 1\n", 0, "%", "version"),
        ("'a' b\n", 4, "b", "nothing may follow"),
        ("a: !<x b\n", 6, " ", "tag"),
    ],
)
def test_broken_yaml_is_explained_where_it_breaks(parser, text, offset, under, words):
    """The parser's complaint comes in plain words at the character that is wrong."""
    (only,) = findings(text, parser)
    assert only.code is Code.YAML_SYNTAX
    assert words in only.message
    assert (only.span.start, text[only.span.start : only.span.end]) == (offset, under)


@BOTH
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('a: "\\q"\n', "not one that YAML knows"),
        ('a: "\\xZZ"\n', "hexadecimal digits"),
    ],
)
def test_bad_escapes_are_explained(parser, text, words):
    """An escape that YAML does not know is named as such, with the quote it stands in."""
    (only,) = findings(text, parser)
    assert words in only.message
    assert only.related[0].span.start == 3


def test_a_complaint_of_no_known_kind_is_passed_on():
    """What the table does not know is still told, in the parser's words."""
    mark = yaml.Mark("film.yaml", 3, 0, 3, None, None)
    error = yaml.MarkedYAMLError(problem="found a new problem", problem_mark=mark)
    found = complaint(error, Source("film.yaml", "a: 1\n"))
    assert (found.message, found.span.start) == ("this is not YAML: found a new problem", 3)


def test_an_escape_beyond_unicode_is_a_finding():
    """An escape too large for any character never raises."""
    for parser in (fastest_parser, PureParser):
        (only,) = findings('a: "\\UFFFFFFFF"\n', parser)
        assert only.code is Code.YAML_SYNTAX


@BOTH
@pytest.mark.parametrize("character", ["\0", "\x01", "\x7f", "\ud800", "\ufffe"])
def test_characters_no_text_may_hold_are_named(parser, character):
    """A control character, or half of a pair, is a finding at that character."""
    text = f"a: 1\nb: é{character}\n"
    assert shown(text, parser) == [(Code.NOT_TEXT, 9, character)]


@pytest.mark.parametrize("escape", ["\\0", "\\x00", "\\u0000"])
def test_an_escape_may_not_smuggle_in_a_nul(escape):
    """A NUL made by an escape would break file names and commands; it is refused here."""
    assert shown(f'a: "x{escape}"\n') == [(Code.UNSUPPORTED_YAML, 3, f'"x{escape}"')]


def test_every_duplicate_key_is_found_and_points_to_the_first():
    """Each repetition is a finding of its own; the first value stays."""
    text = "a: 1\nb: {c: 1, c: 2}\na: 3\n'a': 4\n"
    assert shown(text) == [
        (Code.DUPLICATE_KEY, 15, "c"),
        (Code.DUPLICATE_KEY, 21, "a"),
        (Code.DUPLICATE_KEY, 26, "'a'"),
    ]
    assert [each.related[0].span.start for each in findings(text)] == [9, 0, 0]


def test_two_merges_in_one_mapping_are_a_duplicate():
    """The merge sign is a key like any other in this; a list merges several."""
    assert shown("x: &x {}\ny: {<<: *x, <<: *x}\n") == [(Code.DUPLICATE_KEY, 21, "<<")]


@pytest.mark.parametrize("text", ["a: {<<: 1}\n", "a: {<<: [1]}\n", "x: &x 1\na: {<<: *x}\n"])
def test_only_mappings_merge(text):
    """A merge of anything but mappings points at what is not one."""
    ((code, _, under),) = shown(text)
    assert (code, under) == (Code.WRONG_TYPE, "*x" if "*x" in text else "1")


@pytest.mark.parametrize(
    ("text", "under"),
    [
        ("title: 16:9\n", "16:9"),
        ("title: [a, yes]\n", "yes"),
        ("title: &x on\nb: *x\n", "on"),
        ("title:\n  1:30 # c\n", "1:30"),
    ],
)
def test_an_ambiguous_value_is_found_once_where_it_is_written(text, under):
    """A plain value that readers disagree on is a finding on exactly that value."""
    assert shown(text) == [(Code.AMBIGUOUS_SCALAR, text.index(under), under)]


def test_the_same_ambiguous_value_is_found_each_time_it_is_written():
    """Knowing a value from earlier does not hide it."""
    assert len(findings("a: on\nb: on\nc: 5\nd: 5\n")) == 2


@pytest.mark.parametrize(
    ("text", "offset", "under", "words"),
    [
        ("a: !film x\n", 3, "!film", "tag `!film`"),
        ("a: &y !film [x]\n", 6, "!film", "tag `!film`"),
        ("a: !!binary aGk=\n", 3, "!!binary", "tag `!!binary`"),
        ("a: !!set {b}\n", 3, "!!set", "tag `!!set`"),
        ("a: !!map [b]\n", 3, "!!map", "tag `!!map`"),
        ("a: !!int b\n", 9, "b", "cannot make"),
        ("a: !!bool yes\n", 10, "yes", "cannot make"),
        ("a: 1\n---\nb: 2\n", 5, "---", "second document"),
        ("a: &x [*x]\n", 7, "*x", "never end"),
        ("&x a: 1\n*x : 2\n", 8, "*x", "cannot be a key"),
        ("[a]: 1\n", 0, "[", "not a list"),
        ("a: {{b}}\n", 4, "{", "not a list"),
        ("{a: 1, ? : 2}\n", 9, "", "empty"),
        ("'': 2\n", 0, "''", "empty"),
        ("? &k [a, b]\n: c\nd: 1\n", 5, "[", "not a list"),
    ],
)
def test_yaml_that_a_film_has_no_use_for_is_refused(text, offset, under, words):
    """Tags, several documents, rings and keys that are not text are findings, not surprises."""
    (only,) = findings(text)
    assert only.code is Code.UNSUPPORTED_YAML
    assert words in only.message
    assert (only.span.start, text[only.span.start : only.span.end]) == (offset, under)


def test_a_template_variable_without_quotes_is_explained():
    """The braces of a variable read as mappings; the help says what to type."""
    (only,) = findings("title: {{ name }}\n")
    assert only.help == "put a value that begins with `{{` in quotes"


def test_an_unknown_alias_suggests_the_nearest_anchor():
    """A misspelled alias is met with the anchor that was meant."""
    first, second = findings("a: &kitten x\nb: *kiten\nc: *q\n")
    assert (first.code, first.help) == (Code.YAML_SYNTAX, "did you mean `*kitten`?")
    assert second.help == "put a text that begins with `*` in quotes"


@pytest.mark.parametrize(
    ("text", "under", "words"),
    [
        ("", "", "holds nothing"),
        ("# only a comment\n", "", "holds nothing"),
        ("---\n", "", "holds nothing"),
        ("~\n", "", "holds nothing"),
        ("- a\n- b\n", "- a", "holds a list"),
        ("hello\n", "hello", "holds a single value"),
    ],
)
def test_a_file_that_is_no_mapping_is_refused(text, under, words):
    """A film is a mapping; anything else is said to be what it is."""
    (only,) = findings(text)
    assert only.code is Code.WRONG_TYPE
    assert words in only.message
    assert text[only.span.start : only.span.end] == under


def test_findings_of_all_kinds_come_together_in_order():
    """One run shows everything up to where the text breaks off."""
    text = "a: on\nb: !x 1\na: 2\nc: *no\nd: 'x\n"
    assert [each.code for each in findings(text)] == [
        Code.AMBIGUOUS_SCALAR,
        Code.UNSUPPORTED_YAML,
        Code.DUPLICATE_KEY,
        Code.YAML_SYNTAX,
        Code.YAML_SYNTAX,
    ]


def nested(levels):
    return "a: " + "[" * levels + "]" * levels + "\n"


def test_64_levels_may_be_nested_and_no_more():
    """The level that is one too many is the finding."""
    assert parse(Source("film.yaml", nested(63))).ok
    assert shown(nested(64)) == [(Code.TOO_DEEP, 3 + 63, "[")]


def test_aliases_cannot_nest_deeper_than_brackets():
    """Depth counts as it will be walked, with every alias in place."""
    levels = "\n".join(f"a{i}: &a{i} [{'*a' + str(i - 1) if i else 1}]" for i in range(80))
    ((code, _, under),) = shown(levels)
    assert code is Code.TOO_DEEP
    assert under == "*a62"


def bomb(width, depth):
    rows = ["a0: &a0 [" + ", ".join(["x"] * width) + "]"]
    rows += [f"a{i}: &a{i} [" + ", ".join([f"*a{i - 1}"] * width) + "]" for i in range(1, depth)]
    return "\n".join(rows)


def test_an_alias_bomb_is_found_before_it_goes_off():
    """Growth by repetition ends at the alias that goes too far."""
    ((code, _, under),) = shown(bomb(10, 9))
    assert code is Code.TOO_MANY_ALIASES
    assert under.startswith("*a")


def test_ordinary_repetition_is_allowed():
    """A thousand shots that share their defaults are no bomb."""
    shots = "".join(f"s{i}: {{<<: *d, n: {i}}}\n" for i in range(1_000))
    assert parse(Source("film.yaml", "d: &d {a: 1, b: {c: 2}}\n" + shots)).ok


def test_the_bomb_would_go_off_without_its_limit(monkeypatch):
    """The limit is what stops it: without, the tree stands for millions of nodes."""
    monkeypatch.setattr(builder, "_MOST_REPEATED", 10**9)
    outcome = parse(Source("film.yaml", bomb(10, 7)))
    assert outcome.ok
    count = 1
    node = outcome.value.nodes["a6"]
    while hasattr(node, "nodes"):
        count, node = count * len(node.nodes), node.nodes[0]
    assert count == 10**7


@pytest.mark.parametrize("bound", ["_MOST_EVENTS", "_MOST_LINES_AND_COMMAS"])
def test_a_file_may_not_hold_more_values_than_a_film_needs(monkeypatch, bound):
    """The number of values is bounded; the help says how to go on."""
    text = "a: [" + "1, " * 100 + "]\n"
    assert parse(Source("film.yaml", text)).ok
    monkeypatch.setattr(syntax, bound, 50)
    ((code, _, _),) = shown(text)
    assert code is Code.FILE_TOO_LARGE


def test_a_file_of_tag_lines_is_refused_unread():
    """libyaml compares every such line with all others; a file of them is not given to it."""
    text = "".join(f"%TAG !t{i}! x\n" for i in range(200)) + "---\na: 1\n"
    ((code, _, _),) = shown(text)
    assert code is Code.UNSUPPORTED_YAML


def test_a_thousand_findings_are_enough():
    """Where everything is wrong, reading on helps nobody."""
    assert len(findings("a:\n" + "- on\n" * 2_000)) == 1_000
