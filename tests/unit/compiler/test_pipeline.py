"""The compiler's phases together: how far a film gets, and what is known of it then."""

import json
from pathlib import Path

import pytest

from fakes.films import card, marked, still
from fakes.world import MemoryWorld
from storyboard.compiler.pipeline import Options, compile_film
from storyboard.model.diagnostic import Code
from storyboard.model.source import Span

SCHEMA = json.loads(
    (Path(__file__).parents[3] / "schemas" / "storyboard.schema.json").read_text(encoding="utf-8")
)
HEAD = "storyboard: 1\ntitle: T\nmodel: house\ntemplate: short\n"
TEMPLATES = {"short": "{{ shot.action }}", "wrong": "a\n{{ shot.actoin }}"}


def world(text, **more):
    texts = {"film.yaml": text, **more.pop("texts", {})}
    settings = {"cards": (card(),), "templates": TEMPLATES, **more}
    return MemoryWorld(texts, schemas={"storyboard": SCHEMA}, **settings)


def compiled(text, *, options=None, **more):
    return compile_film("film.yaml", world(text, **more), options or Options())


def found(result):
    return [(each.code, each.span) for each in result.diagnostics]


def test_a_film_in_order():
    """The film, a prompt for each shot, its stills and its text, and nothing found."""
    shots = 'shots: [{id: a, action: runs, image: a.png}, {id: b, action: "{{ x }}"}]'
    text = f"{HEAD}vars: {{x: sits}}\n{shots}"
    result = compiled(text, stills={"a.png": still("a.png")})
    assert result.diagnostics == ()
    assert result.ok
    assert [(prompt.shot, prompt.text) for prompt in result.prompts] == [
        ("a", "runs"),
        ("b", "sits"),
    ]
    assert [each.path for each in result.stills] == ["a.png"]
    assert result.sources[0].path == "film.yaml"
    assert [shot.id for shot in result.film.shots] == ["a", "b"]


def test_options_reach_the_film():
    """`--set` and `--variant` change what is compiled."""
    text = HEAD + (
        'vars: {x: sits}\nshots: [{id: a, action: "{{ x }}"}]\nvariants: {v: {title: U}}'
    )
    result = compiled(text, options=Options((("x", "jumps"),), "v"))
    assert (result.film.title, result.film.variant) == ("U", "v")
    assert result.prompts[0].text == "jumps"


@pytest.mark.parametrize(
    ("phase", "text"),
    [
        (Code.YAML_SYNTAX, HEAD + "shots: «[»"),
        (Code.UNKNOWN_VARIABLE, HEAD + 'shots: [{id: a, action: "{{ «x» }}", duration: 99s}]'),
        (Code.UNKNOWN_KEY, HEAD + "shots: [{id: a, «acton»: runs, duration: 99s}]"),
        (Code.WRONG_VALUE, HEAD + 'shots: [{id: a, duration: «"00:00:01:24"», location: x}]'),
        (Code.DURATION_NOT_SOLD, HEAD + "shots: [{id: a, duration: «99s», template: wrong}]"),
        (Code.UNDEFINED_NAME, HEAD + "shots: [{id: a, template: wrong, action: x}]"),
    ],
)
def test_the_phase_that_finds_errors_is_the_last(phase, text):
    """All of a phase's findings are shown, none of a later one's, and there is no film."""
    plain, places = marked(text)
    result = compiled(plain)
    assert {code for code, _ in found(result)} == {phase}
    assert (result.film, result.prompts, result.ok) == (None, (), False)
    if places and phase is not Code.YAML_SYNTAX:
        assert [place for _, place in found(result)] == list(places)


def test_all_findings_of_a_phase_come_at_once_in_reading_order():
    """Two mistakes of the checks are two findings, top to bottom, warnings among them."""
    text, places = marked(
        HEAD
        + "characters: {«mia»: x}\nshots: [{id: a, location: «hull»}, {id: b, duration: «99s»}]"
    )
    result = compiled(text)
    assert found(result) == [
        (Code.UNUSED_CHARACTER, places[0]),
        (Code.UNKNOWN_LOCATION, places[1]),
        (Code.DURATION_NOT_SOLD, places[2]),
    ]


def test_warnings_stop_nothing():
    """A film with warnings alone is compiled."""
    result = compiled(HEAD + "characters: {mia: x}\nshots: [{id: a, action: runs}]")
    assert [code for code, _ in found(result)] == [Code.UNUSED_CHARACTER]
    assert result.ok


def test_a_film_that_cannot_be_read():
    """The finding of the world is all there is."""
    result = compile_film("other.yaml", world(HEAD), Options())
    assert [code for code, _ in found(result)] == [Code.UNREADABLE_FILE]
    assert result.sources == ()


def test_a_finding_in_an_included_file_is_placed_there():
    """Path and place are those of the file with the mistake, whose text is there to show it."""
    text, (place,) = marked("id: s\nshots: [{id: a, duration: «99s»}]")
    result = compiled(HEAD + "scenes: [{include: scenes/s.yaml}]", texts={"scenes/s.yaml": text})
    assert found(result) == [
        (Code.DURATION_NOT_SOLD, Span("scenes/s.yaml", place.start, place.end))
    ]
    assert {source.path for source in result.sources} == {"film.yaml", "scenes/s.yaml"}


def test_a_still_is_looked_at_once_where_it_is_first_asked_for():
    """Two shots of one still make one look, and one finding when it is not there."""
    text, (place,) = marked(
        HEAD + "shots: [{id: a, image: «a.png»}, {id: b, image: ./a.png, end_image: a.png}]"
    )
    seen = world(text)
    result = compile_film("film.yaml", seen, Options())
    assert seen.looked_at == ["a.png"]
    assert found(result) == [(Code.IMAGE_MISSING, place)]


def test_the_still_of_a_skipped_shot_is_looked_at_only_for_a_chain():
    """A shown shot that starts from a skipped one is drawn from that one's still."""
    shots = "{id: a, image: a.png, skip: true}, {id: b, image: b.png, skip: true}"
    seen = world(HEAD + f"shots: [{shots}, {{id: c, image: {{from: a}}}}]")
    compile_film("film.yaml", seen, Options())
    assert seen.looked_at == ["a.png"]


def test_a_sound_is_looked_for_once_where_it_is_first_named():
    """Music and tracks of one file make one look; those of a skipped shot none."""
    text, (place, other) = marked(
        HEAD
        + "mix: {music: «a.wav»}\n"
        + "shots: [{id: a, mix: {tracks: [./a.wav, {file: «b.wav»}]}}, "
        + "{id: b, skip: true, mix: {tracks: [c.wav]}}]"
    )
    seen = world(text)
    result = compile_film("film.yaml", seen, Options())
    assert seen.looked_at == ["a.wav", "b.wav"]
    assert found(result) == [(Code.SOUND_MISSING, place), (Code.SOUND_MISSING, other)]
    assert compile_film("film.yaml", world(text, sounds=("a.wav", "b.wav")), Options()).ok


def test_a_prompt_over_the_models_limit():
    """It is found at the action, with both numbers; one character less is in order."""
    short = (card(prompt_limit=4),)
    text, (place,) = marked(HEAD + "shots: [{id: a, action: «leaps»}]")
    result = compiled(text, cards=short)
    assert found(result) == [(Code.PROMPT_TOO_LONG, place)]
    assert "5 characters, over the 4" in result.diagnostics[0].message
    assert compiled(HEAD + "shots: [{id: a, action: runs}]", cards=short).diagnostics == ()


def test_the_template_of_a_finding_is_among_the_sources():
    """A mistake in a template can be shown with its line."""
    result = compiled(HEAD + "shots: [{id: a, template: wrong, action: x}]")
    (finding,) = result.diagnostics
    source = next(each for each in result.sources if each.path == finding.span.path)
    assert source.text[finding.span.start : finding.span.end] == "actoin"


def test_a_template_that_is_not_there():
    """It is found at its name, and the nearest one that is there is offered."""
    text, (place,) = marked(HEAD + "shots: [{id: a, template: «shrt»}]")
    result = compiled(text)
    assert found(result) == [(Code.UNKNOWN_TEMPLATE, place)]
    assert "short" in result.diagnostics[0].help


def test_compiling_touches_the_world_by_its_port_alone(no_io):
    """All reading goes through the world it is given."""
    text = HEAD + "shots: [{id: a, action: runs, image: a.png}]"
    compiled(text)  # loads what is loaded late
    made = world(text)
    with no_io():
        compile_film("film.yaml", made, Options())
