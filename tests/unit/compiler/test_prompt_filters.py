"""The filters and tests that a template has: prose out of loose words."""

import pytest

from fakes.prompt_films import found, text_of
from storyboard.model.diagnostic import Code


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("'a cat' | sentence", "A cat."),
        ("' a  cat\n. ' | sentence", "A cat ."),
        ("'A cat!' | sentence", "A cat!"),
        ("'“a cat.”' | sentence", "“A cat.”"),
        ("'(a cat)' | sentence", "(A cat)."),
        ("'a cat,' | sentence", "A cat."),
        ("'élan' | sentence", "Élan."),
        ("'一只猫' | sentence", "一只猫。"),
        ("'一只猫。' | sentence", "一只猫。"),
        ("'' | sentence", ""),
        ("none | sentence", ""),
        ("7 | sentence", "7."),
        ("'a cat—' | full_stop", "a cat—"),
        ("'a cat' | full_stop", "a cat."),
        ("['a', '', 'b.', 'c,'] | list", "a, b and c"),
        ("['a', 'b'] | list", "a and b"),
        ("['a'] | list", "a"),
        ("[] | list", ""),
        ("'a' | list", "a"),
        ("['a, b', 'c', 'd'] | list", "a, b; c; and d"),
        ("['a', none, 'b!', 3] | commas", "a, b, 3"),
        ("['a.', '', 'b'] | clauses", "a; b"),
        ("['a', '', 'b.'] | sentences", "A. B."),
        ("' a\n  b ' | words", "a b"),
        ("'say \"no\"' | quoted", "\"say 'no'\""),
        ("'“already”' | quoted", '"already"'),
        ("'' | quoted", ""),
        ("8000 | seconds", "8 seconds"),
        ("1000 | seconds", "1 second"),
        ("500 | seconds", "0.5 seconds"),
        ("shot.duration | timecode", "00:00:08:00"),
        ("8500 | timecode", "00:00:08:12"),
        ("['a', 1] | join('-')", "a-1"),
        ("'aXbX' | replace('X', '--')", "a--b--"),
        ("' 42 ' | int + 1", "43"),
        (
            "'ab' | upper ~ 'AB' | lower ~ 'ab' | capitalize ~ 'ab' | title ~ (' a ' | trim)",
            "ABabAbAba",
        ),
        ("['b', 'a', 'b'] | unique | sort | join", "ab"),
        ("['a', 'b'] | map('upper') | reverse | join", "BA"),
        ("['a', 'bb'] | select('eq', 'bb') | first", "bb"),
        ("'a grey cat' is phrase and 'Grey cat' is not phrase and 1", "1"),
        ("{'a': 'b'}.a ~ {'a': 'c'}['a'] ~ {1: 'd'}[1]", "bcd"),
        ("'abc'[1:] ~ ['a', 'b'][-1]", "bcb"),
    ],
)
def test_filters(expression, text):
    """Each filter turns this into that."""
    assert text_of(f"{{{{ {expression} }}}}", duration=8000) == text


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("'ab' * 2", "abab"),
        ("([1, 2] + [3]) | length", "3"),
        ("'a' + 'b'", "ab"),
        ("7 // 2 + 7 % 4 - 2 ** 3", "-2"),
        ("7 / 2", "3.5"),
        ("-3 | int", "-3"),
    ],
)
def test_sums(expression, text):
    """Small sums are done."""
    assert text_of(f"{{{{ {expression} }}}}") == text


def test_loops_and_joiners():
    """What is useful of Jinja's own is there: loop, cycle, joiner, namespace, call blocks."""
    assert text_of(
        "{% for x in 'abc' %}{{ loop.index }}{{ loop.cycle('-', '+') }}{% endfor %}"
    ) == ("1-2+3-")
    assert (
        text_of("{% set j = joiner(', ') %}{% for x in 'ab' %}{{ j() }}{{ x }}{% endfor %}")
        == "a, b"
    )
    assert (
        text_of("{% macro m() %}<{{ caller() }}>{% endmacro %}{% call m() %}a{% endcall %}")
        == "<a>"
    )
    assert text_of("{% block a %}b{% endblock %}{{ self.a() }}{{ self['a']() }}") == "bbb"


@pytest.mark.parametrize(
    "expression",
    [
        *("x.a", "x[0]", "x()", "x + 1", "1 * x", "x | sentence", "x | list", "x | seconds"),
        *("x | timecode", "x | join", "x == 1", "1 in x", "x ~ 'a'", "x | map('upper') | join"),
        *("[1][x]", "x | int", "x | replace('a', 'b')", "1 if x else 2", "x | length"),
    ],
)
def test_an_undefined_value_always_says_so(expression):
    """Whatever is done with it, a name that is not there is the finding, by its name."""
    template = (
        "{% macro m(s) %}{% set x = s.nothing %}{{ " + expression + " }}{% endmacro %}{{ m(shot) }}"
    )
    (finding,) = found(template)
    assert finding.code is Code.UNDEFINED_NAME
    assert '"shot.nothing"' in finding.message


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{{ shot['a'.b] }}", '"b" is not defined'),
        ("{{ shot[1] }}", "only a list, a text or a mapping has items"),
        ("{{ [1][none] }}", "only a list, a text or a mapping has items"),
        ("{{ shot.mood() }}", "a template cannot call this"),
        ("{% include [5] %}", "a template is named by a text"),
        ("{% include [] %}", "empty list"),
        ("{{ 1.5 | timecode }}", "only a duration"),
        ("{% include 'bro' ~ 'ken' %}", 'template "broken" cannot be read'),
        ("{% include 'unfil' ~ 'tered' %}", "'nope'"),
    ],
)
def test_refusals(template, message):
    """What makes no sense is refused in words."""
    (finding,) = found(template, broken="{{", unfiltered="{{ 1 | nope }}")
    assert message in finding.message
