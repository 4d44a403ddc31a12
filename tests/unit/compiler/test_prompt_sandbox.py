"""Templates come from other people: what they cannot reach, and how what would never end is ended.

Each danger has a control: plain Jinja renders it, so the refusal is ours and the test can fail.
"""

import pytest
from jinja2 import DictLoader, Environment

from fakes.prompt_films import FULL, SHIPPED, Templates, film_of, found, shot_of, text_of
from storyboard.compiler.prompts import meter
from storyboard.compiler.prompts.meter import LONGEST_TEXT
from storyboard.compiler.prompts.render import render_prompts
from storyboard.model.diagnostic import Code

LOOP = "{% for a in range(SIZE) %}{% for b in range(SIZE) %}{% endfor %}{% endfor %}"
GROWING = (
    "{% set n = namespace(x=START) %}{% for i in range(SIZE) %}{% set n.x = STEP %}{% endfor %}"
)

MACRO = "{% macro m(k) %}{% if k %}BODY{% endif %}{% endmacro %}{{ m(SIZE) }}"


def _grown(start, step, end):
    return GROWING.replace("START", start).replace("STEP", step) + end


# Each with a size that plain Jinja can still render, and one that would take it for ever.
WORK = {
    "a loop in a loop": (LOOP, 10, 99_999),
    "a loop whose filter takes nothing": (
        LOOP.replace("(SIZE) %}{% endfor", "(SIZE) if false %}{% endfor"),
        10,
        99_999,
    ),
    "a loop over a lazy list": (
        LOOP.replace("range(SIZE) %}{% e", "range(SIZE) | map('upper') %}{% e"),
        10,
        99_999,
    ),
    "a long body": (
        "{% for a in range(SIZE) %}" + "{% if shot %}{% endif %}" * 500 + "{% endfor %}",
        10,
        99_999,
    ),
    "a range": ("{{ range(SIZE) | join | length }}", 10, 10**9),
    "a text times a number": ("{{ ('a' * SIZE) | length }}", 10, 10**9),
    "a text times a literal": ("{{ 'a' * SIZE }}", 10, 1_000_000_000),
    "a list times a number": ("{{ ([1] * SIZE) | length }}", 10, 10**9),
    "a power": ("{{ 7 ** SIZE ** 3 - 7 ** SIZE ** 3 }}", 2, 10**6),
    "a number squared again and again": (_grown("3", "n.x * n.x", "{{ n.x - n.x }}"), 2, 200),
    "a text doubled by ~": (_grown("'abcdefgh'", "n.x ~ n.x", "{{ n.x | length }}"), 3, 90),
    "a text doubled by +": (_grown("'abcdefgh'", "n.x + n.x", "{{ n.x | length }}"), 3, 90),
    "a text doubled by a block": (
        _grown("'abcdefgh'", "n.x %}{% set y %}{{ n.x }}{{ n.x }}{% endset %}{% set n.x = y", ""),
        3,
        90,
    ),
    "a text replaced by long ones": (
        "{{ ('a' * SIZE) | replace('a', 'b' * SIZE) | length }}",
        3,
        60_000,
    ),
    "a text put between every letter": (
        "{{ ('a' * SIZE) | replace('', 'b' * SIZE) | length }}",
        3,
        60_000,
    ),
    "a long separator": ("{{ range(SIZE) | join('b' * SIZE) | length }}", 3, 60_000),
    "a list of lists, compared": (
        _grown(
            "[1], y=[1]", "[n.x, n.x] %}{% set n.y = [n.y, n.y]", "{{ 'a' if n.x == n.y else 'b' }}"
        ),
        3,
        90,
    ),
    "a list of lists, as text": (
        _grown("[1]", "[n.x, n.x]", "{{ [n.x, n.x] | map('length') | join }}"),
        3,
        90,
    ),
    "a search in a long list": (
        _grown("range(2000) | sort", "n.x %}{% if 'z' in n.x %}{% endif %}{% set y = 1", ""),
        3,
        9999,
    ),
    "a long text cut again and again": (
        "{% set x = 'a' * 60000 %}{% for i in range(SIZE) %}{% set y = x[1:] %}{% endfor %}",
        3,
        99_999,
    ),
    "arguments that double": (
        MACRO.replace("BODY", "{{ m(k - 1, varargs, varargs) }}"),
        3,
        90,
    ),
    "a macro that calls itself twice": (
        MACRO.replace("BODY", "{{ m(k - 1) }}{{ m(k - 1) }}"),
        3,
        90,
    ),
    "a macro that writes": (
        "{% macro m() %}{% for i in range(SIZE) %}"
        + "x" * 5000
        + "{% endfor %}{% endmacro %}{{ m() | length }}",
        3,
        9999,
    ),
    "a part that includes itself twice": (
        "{% set n = namespace(k=SIZE) %}{% include 'twice' %}",
        3,
        90,
    ),
}
TWICE = (
    "{% if n.k %}{% set n.k = n.k - 1 %}{% include 'twice' %}{% include 'twice' %}"
    "{% set n.k = n.k + 1 %}{% endif %}"
)


@pytest.mark.parametrize("danger", WORK)
def test_work_without_end_is_ended(danger):
    """What would run for hours, or fill the memory, is a finding at once."""
    template, small, large = WORK[danger]
    (finding,) = found(template.replace("SIZE", str(large)), twice=TWICE)
    assert finding.code is Code.TEMPLATE_ERROR
    assert finding.span.path in {"templates/mine.j2", "templates/twice.j2"}
    assert text_of(template.replace("SIZE", str(small)).replace("'twice'", "'_sound'")) is not None


@pytest.mark.parametrize("danger", WORK)
def test_control_plain_jinja_does_that_work(danger):
    """Plain Jinja takes each of these templates, so nothing but our bounds stops the large one."""
    template, small, _ = WORK[danger]
    plain = Environment(loader=DictLoader({"twice": TWICE}))
    assert plain.from_string(template.replace("SIZE", str(small))).render(shot=1) is not None


def test_a_prompt_has_a_longest_length():
    """A prompt stops growing at the limit, wherever its text comes from."""
    template = "{% for i in range(SIZE) %}" + "x" * 1000 + "{% endfor %}"
    assert len(text_of(template.replace("SIZE", str(LONGEST_TEXT // 1000)))) == LONGEST_TEXT
    (finding,) = found(template.replace("SIZE", str(LONGEST_TEXT // 1000 + 1)))
    assert "grew past 64,000 characters" in finding.message
    plain = Environment().from_string(template.replace("SIZE", "100"))
    assert len(plain.render()) == 100_000


def test_a_macro_that_calls_itself_for_ever():
    """Endless recursion ends in a finding that names the line."""
    (finding,) = found("a\n{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}")
    assert 'line 2 of template "mine"' in finding.message
    assert "does it use itself?" in finding.message
    (finding,) = found("{% include 'mine' %}")
    assert "does it use itself?" in finding.message


REACHING = {
    "{{ ''.__class__.__mro__ }}": "object",
    "{{ shot.__class__ }}": "class",
    "{{ shot|attr('__class__') }}": "class",
    "{{ [shot] | map(attribute='__class__') | first }}": "class",
    "{{ range.__self__ }}": "",
    "{{ namespace.__init__.__globals__ }}": "markupsafe",
    "{{ joiner.__init__.__globals__ }}": "markupsafe",
    "{{ self._TemplateReference__context }}": "Context",
    "{% macro m() %}{% endmacro %}{{ m._func.__globals__ }}": "Template",
    "{% for x in 'a' %}{{ loop._iterable }}{% endfor %}": "a",
    "{{ '{0.__class__}'.format(shot) }}": "class",
    "{{ '%1000d' % 1 }}": "1",
    "{{ 'a'.center(1000) }}": "a",
    "{{ 'a' | center(1000) }}": "a",
    "{{ 1.5 | round(3) }}": "1.5",
    "{{ {'a': 1}.items() | first }}": "a",
    "{{ range(*[1, 2]) }}": "range",
    "{{ {shot.mood: 1} }}": "1",
    "{% for x in [1] recursive %}{{ x }}{% endfor %}": "1",
    "{% autoescape true %}{{ '<' }}{% endautoescape %}": "&lt;",
    "{{ lipsum() }}": "<p>",
    "{{ cycler('a').next() }}": "a",
}


@pytest.mark.parametrize("template", REACHING)
def test_python_is_out_of_reach(template):
    """No attribute, method or function leads out of the template: each try is a finding."""
    (finding,) = found(template)
    assert finding.code in {Code.UNDEFINED_NAME, Code.TEMPLATE_ERROR}


@pytest.mark.parametrize("template", REACHING)
def test_control_plain_jinja_reaches_it(template):
    """Plain Jinja lets each of them through."""

    class Thing:
        mood = "a"

    plain = Environment()
    assert REACHING[template] in plain.from_string(template).render(shot=Thing())


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "a/../b", "a//b", "..", "a\\b", ""])
def test_a_template_is_named_never_a_path(name):
    """No path gets to the source of templates, written out or put together."""
    templates = Templates(
        {
            "mine": f"{{% include {name!r} %}}",
            "two": f"{{% include {name!r} ~ '' %}}",
            name: "got out",
        }
    )
    film = film_of(shot_of("a", template="mine"), shot_of("b", template="two"))
    outcome = render_prompts(film, templates)
    assert {each.code for each in outcome.diagnostics} == {Code.UNKNOWN_TEMPLATE}
    assert set(templates.asked) == {"mine", "two"}


def test_control_a_plain_loader_takes_a_path():
    """Jinja itself hands such a name on to its loader."""
    plain = Environment(loader=DictLoader({"../secret": "got out"}))
    assert plain.from_string("{% include '../secret' %}").render() == "got out"


@pytest.mark.parametrize(
    "template",
    [
        "{{ " + "(" * 9000 + "1" + ")" * 9000 + " }}",
        "{% if 1 %}" * 900 + "{% endif %}" * 900,
        "{{ 1" + " + 1" * 4000 + " }}",
        "{{ 1" + " | int" * 1000 + " }}",
        "{{ " + "not " * 5000 + "1 }}",
        "{% for a in 'a' %}" * 30 + "{% endfor %}" * 30,
        "{{ " + "9" * 5000 + " }}",
        "{{" * 9000,
        "{#" * 9000,
        "x" * 40_000,
        "{{ 1" + " < 2" * 6000 + " }}",
        "{{ [" + "1, " * 10_000 + "] }}",
    ],
)
def test_a_template_that_is_too_much_to_read(template):
    """Deep, long and endless templates are findings of their own."""
    (finding,) = found(template)
    assert finding.code is Code.TEMPLATE_ERROR


def test_many_large_templates_are_refused():
    """What one template may not have, many of them may not have together."""
    parts = {f"_p{number}": "x" * 30_000 for number in range(9)}
    findings = found("".join(f"{{% include '{name}' %}}" for name in parts), **parts)
    assert findings
    assert all("too large" in each.message for each in findings)


def test_a_hopeless_template_is_given_up():
    """It is tried on one shot, not on a thousand, and counted for all of them."""
    (finding,) = found(WORK["a loop in a loop"][0].replace("SIZE", "99999"), shots=1000)
    assert "1000 shots in all" in finding.message


def test_different_failures_are_cut_short():
    """A template that fails in another way for every shot gives a screenful of findings."""
    assert len(found("{{ shot['x' ~ shot.number] }}", shots=100)) == 21


def test_all_shots_together_are_bounded(monkeypatch):
    """Templates that each stay just within bounds come to an end over a whole film too."""
    template = "{% for i in range(5000) %}{% endfor %}"
    assert not found(template, shots=10)
    monkeypatch.setattr(meter, "_STEPS_A_FILM", 20_000)
    monkeypatch.setattr(meter, "_STEPS_A_SHOT", 100)
    assert found(template, shots=10)


def test_a_film_of_prompts_is_bounded(monkeypatch):
    """All prompts together have a longest length."""
    assert not found("x" * 1000, shots=10)
    monkeypatch.setattr(meter, "_TEXT_A_FILM", 9_999)
    (finding,) = found("x" * 1000, shots=10)
    assert "together" in finding.message


def test_ordinary_templates_are_far_from_the_bounds(monkeypatch):
    """The shipped templates need a tenth of what a shot may take, on the fullest shot."""
    monkeypatch.setattr(meter, "_STEPS_A_PROMPT", meter._STEPS_A_PROMPT // 50)
    for name in ("cinematic", "sections", "plain"):
        film = film_of(shot_of(template=name, **FULL))
        assert render_prompts(film, SHIPPED).ok
