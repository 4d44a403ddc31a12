"""Variables: what fills a hole, with which type, and where each mistake is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.films import PATH, marked, tree
from storyboard.compiler.variables import fill_variables
from storyboard.model.diagnostic import Code
from storyboard.model.source import Source
from storyboard.model.tree import find, plain


def fill(text, variant=None, **settings):
    source = Source(PATH, text)
    return fill_variables(tree(text), (source,), settings=settings, variant=variant)


def filled(text, *path, variant=None, **settings):
    """Return the data down a path of a film that has nothing wrong with it."""
    outcome = fill(text, variant, **settings)
    assert outcome.diagnostics == ()
    return plain(find(outcome.value, *path))


def found(text, variant=None, **settings):
    outcome = fill(text, variant, **settings)
    return [(each.code, each.span, each.help) for each in outcome.diagnostics]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("8", 8),
        ("1.5", 1.5),
        ("true", True),
        ("rain", "rain"),
        ('"8"', "8"),
        ('""', ""),
    ],
)
def test_a_text_that_is_just_a_hole_takes_its_type(written, value):
    """Numbers stay numbers and true stays true, with or without spaces around the hole."""
    for hole in ("{{ x }}", "{{x}}", " {{ x }} "):
        got = filled(f'vars: {{x: {written}}}\na: "{hole}"', "a")
        assert (got, type(got)) == (value, type(value))


@pytest.mark.parametrize("written", ["1.50", "8.0", "true", "0x10", "rain", '"007"'])
def test_inside_a_text_a_value_keeps_its_spelling(written):
    """Text is filled with what was typed: 1.50 does not become 1.5."""
    spelled = written.strip('"')
    got = filled(f'vars: {{x: {written}}}\na: "<{{{{ x }}}}> and {{{{ x }}}}"', "a")
    assert got == f"<{spelled}> and {spelled}"


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ("8", 8),
        ("-2.5", -2.5),
        ("true", True),
        ("rain", "rain"),
        ("8s", "8s"),
        ("", ""),
        ("null", "null"),
        ("no", "no"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_a_set_value_is_read_as_yaml_reads_one(given, value):
    """Numbers and true are themselves; what readers of YAML disagree on stays text."""
    got = filled('vars: {x: 1}\na: "{{ x }}"', "a", x=given)
    assert (got, type(got)) == (value, type(value))


def test_a_set_value_keeps_its_spelling_inside_a_text():
    """A price given as 1.50 is said as 1.50."""
    assert filled('vars: {x: 1}\na: "costs {{ x }}"', "a", x="1.50") == "costs 1.50"


VARIANTS = """\
vars: {who: Mia, what: yarn}
a: "{{ who }} and {{ what }}"
variants:
  german:
    vars: {what: Wolle}
    title: "{{ what }} für {{ who }}"
  short: {}
"""


def test_later_layers_win():
    """The film's value gives way to the variant's, and both to --set."""
    assert filled(VARIANTS, "a") == "Mia and yarn"
    assert filled(VARIANTS, "a", variant="short") == "Mia and yarn"
    assert filled(VARIANTS, "a", variant="german") == "Mia and Wolle"
    assert filled(VARIANTS, "a", variant="german", what="wool") == "Mia and wool"


def test_a_variants_texts_have_its_own_values_even_when_it_is_not_built():
    """A variant that defines what it uses is no mistake in a build without it."""
    title = ("variants", "german", "title")
    assert filled(VARIANTS, *title) == filled(VARIANTS, *title, variant="german")
    text = 'variants: {german: {vars: {x: 1}, title: "{{ x }}"}}\na: 1'
    assert filled(text, "variants", "german", "title") == 1


def test_everything_under_the_film_is_filled_but_vars():
    """Lists, mappings and their children are filled; keys and `vars:` are as they were."""
    text = 'vars: {x: 1}\n"{{ x }}": ["{{ x }}", {b: ["{{ x }}"]}]'
    assert filled(text) == {"vars": {"x": 1}, "{{ x }}": [1, {"b": [1]}]}


def test_a_value_is_put_in_as_it_stands():
    """What comes out of a hole is not looked at again."""
    assert filled('vars: {x: 1}\na: "<{{ x }}>"', "a", x="{{ x }}") == "<{{ x }}>"


@pytest.mark.parametrize(
    "text",
    [
        'vars: {mia: 1, tom: 2}\na: "{{ mia }}, {{ tom }}, {{ «mai» }}"',
        "vars: {mia: 1}\na: >\n  folded {{ mia }}\n  and {{ «mai» }}",
        "vars: {mia: 1}\na: |\n  {{ mia }}\n\n  {{ «mai» }}",
        "vars: {mia: 1}\na: ['{{ mia }}', 'it''s {{ «mai» }}']",
        "vars: {mia: 1}\na: plain {{ mia }} and {{«mai»}}",
        'vars: {mia: 1}\na: {b: "{{ mia }} {{ «mai» }}"}',
    ],
)
def test_an_unknown_name_is_shown_at_its_letters(text):
    """In every style of YAML the place is the name in the hole, and the nearest name is offered."""
    plain_text, (place,) = marked(text)
    assert found(plain_text) == [(Code.UNKNOWN_VARIABLE, place, 'did you mean "mia"?')]


def test_the_same_mistake_twice_is_shown_twice():
    """Two holes of one text that ask for the same unknown name each have their own place."""
    text, places = marked('a: "{{ «x» }} {{ «x» }}"')
    assert [place for _, place, _ in found(text)] == list(places)


def test_a_hole_that_escapes_hide_is_shown_as_the_whole_text():
    """Where the source spells the hole otherwise, the scalar is the narrowest true place."""
    text, (place,) = marked('a: «"{\\x7b x }} {{}"»\nb: "{{ y }}"\nvars: {y: 1}')
    codes = [(code, span) for code, span, _ in found(text)]
    assert (Code.UNKNOWN_VARIABLE, place) in codes


@pytest.mark.parametrize(
    "hole",
    [
        "{{ x + 1 }}",
        "{{ x.y }}",
        "{{ x | upper }}",
        "{{ }}",
        "{{ 'x' }}",
        "{{ x() }}",
        "{% if x %}",
        "{% set x = 1 %}",
        "{{ 1x }}",
        "{{ x y }}",
        "{{ é }}",
        "{{{ x }}",
    ],
)
def test_nothing_but_a_plain_name_may_stand_in_a_hole(hole):
    """A film is data: what would compute is a finding at the whole hole."""
    text, (place,) = marked(f"vars: {{x: 1}}\na: |\n  say «{hole}» b {{{{ x }}}}")
    ((code, span, advice),) = found(text)
    assert (code, span) == (Code.UNKNOWN_VARIABLE, place)
    assert "template" in advice


def test_a_hole_must_be_closed():
    """Braces that are opened and forgotten would go into the prompt; they are shown."""
    text, (place,) = marked('vars: {x: 1}\na: "{{ x }} and «{{» x }"')
    ((code, span, _),) = found(text)
    assert (code, span) == (Code.UNKNOWN_VARIABLE, place)
    text, (place,) = marked('vars: {x: 1}\na: "«{{» x {{ x }}"')
    assert [each[:2] for each in found(text)] == [(Code.UNKNOWN_VARIABLE, place)]


def test_a_variable_may_not_use_another():
    """A value with a hole in it would leave the hole in the text."""
    text, (place,) = marked('vars: {x: 1, y: «"{{ x }}!"»}\na: "{{ x }} {{ y }}"')
    assert [each[:2] for each in found(text)] == [(Code.UNKNOWN_VARIABLE, place)]


def test_an_unused_variable_is_a_warning_at_its_name():
    """A variable of the film, or of a variant alone, that nothing uses is probably a slip."""
    text, (first, second) = marked(
        'vars: {x: 1, «y»: 2}\na: "{{ x }}"\nvariants: {v: {vars: {x: 2, «z»: 3}}}'
    )
    assert [each[:2] for each in found(text)] == [
        (Code.UNUSED_VARIABLE, first),
        (Code.UNUSED_VARIABLE, second),
    ]


def test_a_variable_used_only_by_a_variant_is_used():
    """Use counts wherever it stands, also in a variant that is not built."""
    assert found('vars: {x: 1}\nvariants: {v: {title: "{{ x }}"}}') == []


def test_a_variable_of_another_variant_is_not_defined_here():
    """What only a variant defines has no value in the film without it."""
    text, (place,) = marked('variants: {v: {vars: {x: 1}}, w: {}}\na: "{{ «x» }}"')
    assert [each[:2] for each in found(text)] == [(Code.UNKNOWN_VARIABLE, place)]
    assert [each[:2] for each in found(text, "w")] == [(Code.UNKNOWN_VARIABLE, place)]
    assert found(text, "v") == []


def test_an_unknown_name_on_the_command_line():
    """A setting or variant that the film does not have is found, with the nearest that it has."""
    text = 'vars: {title: 1}\na: "{{ title }}"\nvariants: {german: {}}'
    assert found(text, titel="2") == [(Code.UNKNOWN_VARIABLE, None, 'did you mean "title"?')]
    assert found(text, "germna") == [(Code.UNKNOWN_VARIANT, None, 'did you mean "german"?')]
    assert found(text, "zzz") == [(Code.UNKNOWN_VARIANT, None, "the film's variants are: german")]
    assert found("a: 1", "zzz") == [(Code.UNKNOWN_VARIANT, None, "the film's variants are: none")]


@pytest.mark.parametrize("value", ["null", "[1, 2]", "{a: 1}"])
def test_a_value_that_fills_nothing_is_left_to_the_schema(value):
    """A variable that is no text or number is known, so its use is not called unknown."""
    text = f'vars: {{x: {value}}}\na: "{{{{ x }}}}"'
    assert found(text) == []
    assert plain(find(fill(text).value, "a")) == "{{ x }}"


@given(st.text(alphabet="{}% xy\n", max_size=60))
def test_no_text_breaks_the_filling(text):
    """Any mix of braces and names ends in a text and findings inside it."""
    source = Source(PATH, f"vars: {{x: 1}}\na: |\n  .{text.replace(chr(10), ' ')}")
    outcome = fill_variables(tree(source.text), (source,), settings={})
    assert all(
        0 <= each.span.start < each.span.end <= len(source.text) for each in outcome.diagnostics
    )
    if not any(each.code is Code.UNKNOWN_VARIABLE for each in outcome.diagnostics):
        assert "{{" not in find(outcome.value, "a").value


def test_a_megabyte_of_braces_is_looked_through_once():
    """Braces that never close cost no more than their length, and neither do a thousand holes."""
    fill("a: '" + "{{" * 100_000 + "'")
    fill("a: '" + "{% " * 100_000 + "'")
    fill("a: '" + "{{ x }}" * 5_000 + "'")


def test_filling_touches_nothing(no_io):
    """Variables are filled without a look at the world."""
    root, source = tree(VARIANTS), Source(PATH, VARIANTS)
    with no_io():
        fill_variables(root, (source,), settings={"who": "Tom"}, variant="german")
