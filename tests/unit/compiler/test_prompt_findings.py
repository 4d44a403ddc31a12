"""What is wrong with a template: which name, in which line and column, for which shots."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.prompt_films import NOWHERE, SHIPPED, Templates, film_of, found, shot_of, text_of
from storyboard.compiler.prompts.render import render_prompts
from storyboard.model.diagnostic import Code
from storyboard.model.source import Source, Span
from storyboard.model.story import Origin
from storyboard.model.tree import Key, Mapping, Scalar


def _marked(template):
    """Split a template at the guillemets round the guilty part."""
    before, _, rest = template.partition("«")
    guilty, _, after = rest.partition("»")
    return before + guilty + after, len(before), len(before) + len(guilty)


UNDEFINED = {
    "Line one\n{{ «shto» }}": 'did you mean "shot"?',
    "{{ shot.«actoin» }}": 'did you mean "shot.action"?',
    "the action {{ shot.mood }} {{ shot . «actoin» }}": 'did you mean "shot.action"?',
    "{{ shot['«actoin»'] }}": 'did you mean "shot.action"?',
    "{# shto #}shto {{ 'shto' ~ «shto» }}": 'did you mean "shot"?',
    "{% raw %}{{ shto }}{% endraw %}{{ «shto» }}": 'did you mean "shot"?',
    "{{ shot.mood\n  ~ camera.«sise» }}": 'did you mean "camera.size"?',
    "{% if false %}{{ camera.«sise» }}{% endif %}": 'did you mean "camera.size"?',
    "{% for x in characters %}{{ x.«nane» }}{% endfor %}": 'did you mean "x.name"?',
    "{% for x in dialogue | selectattr('text') %}{{ x.«spoken» }}{% endfor %}": None,
    "{% for x in characters[:1] %}{{ x.«nane» }}{% endfor %}": 'did you mean "x.name"?',
    "{% import '_light' as light %}{{ «ligth» }}": 'did you mean "light"?',
    "{{ (characters | first).«nane» }}": 'did you mean "name"?',
    "{{ characters[0].«nane» }}": 'did you mean "name"?',
    "{% macro m(a) %}{{ a }}{{ «b» }}{% endmacro %}": None,
    "{{ shot.mood | «sentance» }}": 'did you mean "sentence"?',
    "{{ 1 if shot.mood is «phrases» else 2 }}": 'did you mean "phrase"?',
    "{{ range(«shto») }}": 'did you mean "shot"?',
    "{{ shot.beats | map('«sentance»') | join }}": 'did you mean "sentence"?',
    "{{ shot.beats | select('«oddd»') | join }}": 'did you mean "odd"?',
    "{% block a %}{{ «lok» }}{% endblock %}{% set look = 1 %}": 'did you mean "look"?',
}


@pytest.mark.parametrize("template", UNDEFINED)
def test_an_undefined_name_has_its_place_and_the_nearest_one(template):
    """The finding points at the name itself and offers the nearest, also where no shot gets to."""
    text, start, end = _marked(template)
    (finding,) = found(text)
    assert finding.code is Code.UNDEFINED_NAME
    assert finding.span == Span("templates/mine.j2", start, end)
    assert UNDEFINED[template] is None or finding.help == UNDEFINED[template]
    line = Source("mine.j2", text).position(start).line
    assert f'line {line} of template "mine"' in finding.message
    assert 'in shot "shot-0"' in finding.message


@pytest.mark.parametrize(
    "template",
    [
        "{% macro m(x) %}{{ x.«nane» }}{% endmacro %}{{ m(shot) }}",
        "{% set s = shot %}{{ s.«nane» }}",
        "«{{ shot['na' ~ 'ne'] }}»\n{{ shot.mood }}",
        "{{ ([shot.mood] | map(shot.mood or 'upper') | first).«nane» }}",
        "{{ shot.mood.«upper»() }}",
        "{% for x in [shot] %}{{ x['«nane»'] }}{% endfor %}",
    ],
)
def test_what_only_a_shot_shows_is_found_too(template):
    """A name whose lack only rendering shows is the same kind of finding."""
    text, start, end = _marked(template)
    (finding,) = found(text)
    assert finding.code is Code.UNDEFINED_NAME
    assert finding.span == Span("templates/mine.j2", start, end)


def test_a_name_in_a_part_points_into_the_part():
    """The finding for an included template lies in that template."""
    (finding,) = found("{% include '_part' %}", _part="a\n  {{ shot.mod }}")
    assert finding.span == Span("templates/_part.j2", 12, 15)
    assert finding.message.startswith('"shot.mod" is not defined: line 2 of template "_part"')


def test_a_part_sees_what_the_template_has_made():
    """Loop variables and set names of the including template are known in the included one."""
    templates = Templates(
        {
            "mine": "{% set a = 1 %}{% for who in characters %}{% include '_p' %}{% endfor %}",
            "_p": "{{ who.name }}{{ a }}",
        }
    )
    film = film_of(shot_of(template="mine", characters=("mia",)))
    assert render_prompts(film, templates).value[0].text == "Mia1"
    assert found(templates.texts["mine"], _p="{{ who.nane }}")[0].help == 'did you mean "who.name"?'


def test_asking_whether_a_name_is_defined_is_no_use_of_it():
    """`is defined` and `default` are how a template says it can do without."""
    assert text_of("{% if a is defined %}{{ a }}{% endif %}{{ b | default('c') }}") == "c"
    assert text_of("{{ shot.nothing | d('c') }}{{ 1 if shot.nothing is defined else 2 }}") == "c2"


def test_one_finding_for_all_shots():
    """A thousand shots with one bad name are one finding, which counts them."""
    (finding,) = found("{{ shto }}", shots=1000)
    assert 'first met in shot "shot-0", 1000 shots in all' in finding.message
    (related,) = finding.related
    assert related.span == NOWHERE.span


def test_all_bad_names_are_found_at_once():
    """Every bad name of a template is reported in one run, each once."""
    findings = found("{{ a1 }}{{ shot.b1 }}\n{{ a1 }}{{ c1 }}")
    assert [each.message.split('"')[1] for each in findings] == ["a1", "shot.b1", "c1"]


def test_many_bad_names_are_cut_short():
    """A file that is no template of ours gives a screenful of findings, not thousands."""
    assert len(found("".join(f"{{{{ a{number} }}}}" for number in range(3000)))) == 20


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("a\n{{ shot.action «}»", "unexpected '}'"),
        ("{% «iff» x %}", "encountered unknown tag 'iff'"),
        ("{{ shot «shot» }}", "got 'shot'"),
        ("«{% if 1 %}»", "unexpected end of template"),
        ("{% block a %}{% endblock %}{% block «a» %}{% endblock %}", "block 'a' defined twice"),
    ],
)
def test_a_template_that_cannot_be_read(template, message):
    """A syntax error is a finding in the template's line, at the token where Jinja names one."""
    text, start, end = _marked(template)
    (finding,) = found(text)
    assert finding.code is Code.TEMPLATE_ERROR
    assert message in finding.message
    source = Source("mine.j2", text)
    assert source.position(finding.span.start).line == source.position(start).line
    if end - start < 5:
        assert finding.span == Span("templates/mine.j2", start, end)


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("x\n{{ 1 / 0 }}", "division by zero"),
        ("x\n{{ shot }}", "a whole value cannot be printed"),
        ("x\n{{ characters }}", "a list cannot be printed"),
        ("x\n{{ shot.mood == '' }}", "true or false cannot be printed"),
        ("x\n{{ 'a' + 1 }}", "`+` cannot be used"),
        ("x\n{{ 'b' | int }}", '"b" is not a whole number'),
        ("x\n{{ 'b' | seconds }}", "only a duration"),
        ("x\n{{ shot | list }}", "this is not a list"),
        ("x\n{{ [1][5] }}", "there is no item 5"),
        ("x\n{{ '\\ud800' }}", "U+D800"),
    ],
)
def test_what_cannot_be_rendered(template, message):
    """A mistake that shows while rendering names its line and reason."""
    (finding,) = found(template)
    assert finding.code is Code.TEMPLATE_ERROR
    assert message in finding.message
    if "U+" not in message:
        assert finding.span == Span("templates/mine.j2", 2, len(template))


def test_nothing_prints_as_nothing():
    """None is an empty text; numbers print as they are."""
    assert text_of("[{{ none }}{{ 1 }}{{ 0.5 }}]") == "[10.5]"


def test_a_missing_part():
    """An included template that does not exist is found with the nearest name, shot or no shot."""
    text, start, end = _marked("{% if false %}{% include '«_peeple.j2»' %}{% endif %}")
    (finding,) = found(text)
    assert (finding.code, finding.help) == (Code.UNKNOWN_TEMPLATE, 'did you mean "_people"?')
    assert finding.span == Span("templates/mine.j2", start, end)
    assert text_of("{% include '_peeple' ignore missing %}a") == "a"


def test_a_missing_part_named_by_an_expression():
    """One whose name only the shot tells is found when that shot is rendered."""
    (finding,) = found("{% include '_p' ~ shot.number %}")
    assert finding.code is Code.UNKNOWN_TEMPLATE
    assert '"_p1"' in finding.message


def test_a_template_that_extends_itself():
    """A user's template of a built-in one's name cannot also extend it."""
    (finding,) = found("{% extends 'mine.j2' %}")
    assert 'template "mine" extends itself' in finding.message
    assert len(found("{% extends 'a' %}", a="{% extends 'mine' %}")) == 2


def _origin(start, **fields):
    nodes = {name: Scalar(text, text, "film.yaml", 50, 60) for name, text in fields.items()}
    keys = {name: Key("film.yaml", 40, 48) for name in fields}
    return Origin(Span("film.yaml", start, start + 1), Mapping(nodes, keys, "film.yaml", 0, 99))


def test_an_unknown_template():
    """It is reported at the `template:` it was written at, once, with the nearest name."""
    inherited = _origin(0, template="cinematc")
    film = film_of(
        *(shot_of(f"s{number}", template="cinematc", origin=inherited) for number in range(3)),
        shot_of("own", template="plian", origin=NOWHERE),
        origin=_origin(7, template="cinematic"),
    )
    first, second = render_prompts(film, SHIPPED).diagnostics
    assert first.code is second.code is Code.UNKNOWN_TEMPLATE
    assert (first.span, first.help) == (Span("film.yaml", 50, 60), 'did you mean "cinematic"?')
    assert (second.span, second.help) == (Span("film.yaml", 50, 60), 'did you mean "plain"?')
    assert "3 shots in all" in first.message


@pytest.mark.parametrize("name", ["_people", "../plain", "/etc/passwd", "a/b", "", "x" * 500, "\0"])
def test_names_that_are_no_templates(name):
    """Parts, paths and nonsense are not the name of a template, and no one is asked for them."""
    templates = Templates({name: "never"})
    (finding,) = render_prompts(film_of(shot_of(template=name)), templates).diagnostics
    assert finding.code is Code.UNKNOWN_TEMPLATE
    assert templates.asked == []


def test_good_templates_are_still_tried():
    """The findings of all templates come in one run."""
    film = film_of(shot_of("a", template="one"), shot_of("b", template="two"), shot_of("c"))
    outcome = render_prompts(film, Templates({"one": "{{ a1 }}", "two": "{{ 1 / 0 }}"}, SHIPPED))
    assert outcome.value is None
    assert [each.code for each in outcome.diagnostics] == [Code.UNDEFINED_NAME, Code.TEMPLATE_ERROR]


def test_macros_that_see_no_shot():
    """A macro imported without context that uses the shot says how to give it one."""
    findings = found(
        "{% from '_m' import m %}{{ m() }}", _m="{% macro m() %}{{ shot.mood }}{% endmacro %}"
    )
    assert "with context" in findings[0].help


TOKENS = st.sampled_from(
    [
        *(
            "{{",
            "}}",
            "{%",
            "%}",
            "{#",
            "#}",
            "shot",
            ".",
            "action",
            "|",
            "sentence",
            "if",
            "endif",
        ),
        *("for", "in", "endfor", "characters", "set", "=", "'", '"', "(", ")", "[", "]", "~", "+"),
        *("block", "endblock", "extends", "include", "macro", "endmacro", "1", "x", "\n", " ", "-"),
        *(
            "raw",
            "endraw",
            "is",
            "defined",
            "filter",
            "with",
            "é",
            "*",
            "**",
            "%",
            ",",
            "self",
            "é",
        ),
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(TOKENS, max_size=30))
def test_no_template_raises(tokens):
    """Whatever a template holds, the end is a prompt or a finding placed in the template."""
    text = " ".join(tokens)
    for finding in found(text):
        assert finding.code in {Code.TEMPLATE_ERROR, Code.UNDEFINED_NAME, Code.UNKNOWN_TEMPLATE}
        assert finding.span.path == "templates/mine.j2"
        assert 0 <= finding.span.start <= finding.span.end <= len(text)
