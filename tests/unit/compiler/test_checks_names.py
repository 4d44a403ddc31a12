"""Names: every slip at its own letters, and no finding on the film beside it that is in order."""

import pytest

from fakes.films import HEAD, findings, marked, subject
from storyboard.compiler.checks import check_film
from storyboard.model.diagnostic import Code

TWO_SCENES = "scenes: [{{id: s, shots: [{{id: a}}]}}, {{id: {}, shots: [{{id: {}}}]}}]"
CAST = "characters: {mia: a kitten}\n"
PLACES = "locations: {hall: dark}\n"


@pytest.mark.parametrize(
    ("code", "guilty", "innocent"),
    [
        (Code.EMPTY_FILM, "«shots»: []", "shots: [{id: a}]"),
        (Code.EMPTY_FILM, "«scenes»: []", "shots: [{id: a}]"),
        (
            Code.EMPTY_FILM,
            "«shots»: [{id: a, skip: true}]",
            "shots: [{id: a, skip: true}, {id: b}]",
        ),
        (Code.DUPLICATE_ID, TWO_SCENES.format("t", "«a»"), TWO_SCENES.format("t", "b")),
        (Code.DUPLICATE_ID, TWO_SCENES.format("«s»", "b"), TWO_SCENES.format("t", "s")),
        (
            Code.UNKNOWN_CHARACTER,
            "shots: [{id: a, characters: [«tom»]}]",
            CAST + "shots: [{id: a, characters: [mia]}]",
        ),
        (
            Code.UNKNOWN_CHARACTER,
            CAST
            + "shots: [{id: a, characters: [mia], dialogue: [hi, {character: «tom», line: x}]}]",
            CAST + "shots: [{id: a, dialogue: [hi, {character: mia, line: x}]}]",
        ),
        (
            Code.UNKNOWN_CHARACTER,
            CAST + "scenes: [{id: s, characters: [mia, «tom»], shots: [{id: a}, {id: b}]}]",
            CAST + "scenes: [{id: s, characters: [mia], shots: [{id: a}, {id: b}]}]",
        ),
        (
            Code.UNKNOWN_CHARACTER,
            "shots: [{id: a}, {id: b, skip: true, characters: [«tom»]}]",
            "shots: [{id: a}, {id: b, skip: true}]",
        ),
        (
            Code.UNKNOWN_LOCATION,
            "shots: [{id: a, location: «hull»}]",
            PLACES + "shots: [{id: a, location: hall}]",
        ),
        (
            Code.UNKNOWN_LOCATION,
            "scenes: [{id: s, location: «hull», shots: [{id: a}, {id: b}]}]",
            PLACES + "scenes: [{id: s, location: hall, shots: [{id: a}]}]",
        ),
        (
            Code.UNUSED_CHARACTER,
            "characters: {«mia»: a kitten}\nshots: [{id: a}]",
            CAST + "shots: [{id: a, dialogue: [{character: mia, line: x, delivery: o.s.}]}]",
        ),
        (
            Code.UNUSED_LOCATION,
            "locations: {«hall»: dark}\nshots: [{id: a}]",
            PLACES + "defaults: {location: hall}\nshots: [{id: a}]",
        ),
        (
            Code.UNKNOWN_SHOT,
            "shots: [{id: a}]\nvariants: {v: {shots: {«b»: {skip: true}}}}",
            "shots: [{id: a}]\nvariants: {v: {shots: {a: {skip: true}, film/a: {seed: 1}}}}",
        ),
    ],
)
def test_a_slip_and_the_film_beside_it(code, guilty, innocent):
    """The one finding is at the guilty name; the film that has it right has no finding."""
    text, (place,) = marked(HEAD + guilty)
    assert findings(text) == [(code, place)]
    assert findings(HEAD + innocent) == []


@pytest.mark.parametrize(
    ("drawn", "innocent"),
    [
        (
            "shots: [{id: a, image: «https://example.com/a.png»}]",
            "shots: [{id: a, image: a.png}]",
        ),
        (
            "shots: [{id: a}, {id: b, end_image: «{from: a}»}]",
            "shots: [{id: a}, {id: b, skip: true, image: {from: a}}]",
        ),
    ],
)
def test_what_an_animatic_draws_otherwise(drawn, innocent):
    """It is said of an animatic alone: a model is sent the frame, or the address."""
    text, (place,) = marked(HEAD + drawn)
    assert findings(text, free=True) == [(Code.NOT_YET, place)]
    assert findings(text) == []
    assert findings(HEAD + innocent, free=True) == []


def only(code, text):
    return [place for each, place in findings(text) if each is code]


@pytest.mark.parametrize("frm", ["c", "s/c", "film/c"])
def test_a_frame_of_no_shot(frm):
    """A chain from a shot that is not there is found at the name."""
    text, (place,) = marked(f"{HEAD}shots: [{{id: a}}, {{id: b, image: {{from: «{frm}»}}}}]")
    assert only(Code.UNKNOWN_SHOT, text) == [place]
    right = f"{HEAD}shots: [{{id: c}}, {{id: b, image: {{from: c}}}}]"
    assert only(Code.UNKNOWN_SHOT, right) == []


@pytest.mark.parametrize(
    "shots",
    [
        "[{id: a, image: {from: «a»}}]",
        "[{id: a, image: {from: «b»}}, {id: b, image: {from: a}}]",
        "[{id: c, image: {from: a}}, {id: a, image: {from: «b»}}, {id: b, end_image: {from: c}}]",
        "[{id: z, image: {from: a}}, {id: a, image: {from: «b»}}, {id: b, image: {from: a}}]",
    ],
)
def test_a_chain_without_a_beginning(shots):
    """A ring of shots is found once, at its first shot by name, and shown whole."""
    text, (place,) = marked(HEAD + "shots: " + shots)
    assert only(Code.CHAIN_CYCLE, text) == [place]


def test_a_chain_with_a_beginning():
    """Chains may be long, and several may start from one shot."""
    shots = "{id: a}, {id: b, image: {from: a}, end_image: {from: a}}, {id: c, image: {from: b}}"
    assert only(Code.CHAIN_CYCLE, f"{HEAD}shots: [{shots}]") == []


def test_the_ring_is_named():
    """The message walks the ring back to its beginning."""
    text = HEAD + "shots: [{id: a, image: {from: b}}, {id: b, image: {from: a}}]"
    (finding,) = [each for each in check_film(subject(text)) if each.code is Code.CHAIN_CYCLE]
    assert "a → b → a" in finding.message


def test_the_first_of_two_names_is_shown_beside():
    """A duplicate says where the name was first used."""
    text, (first, second) = marked(HEAD + "shots: [{id: «a»}, {id: «a»}]")
    (finding,) = check_film(subject(text))
    assert (finding.span, finding.related[0].span) == (second, first)


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ("mai", 'did you mean "mia"?'),
        ("xylophone", "the film has: mia, tom"),
    ],
)
def test_what_to_type_instead(written, advice):
    """The nearest name is offered; where none is near, all there are."""
    cast = "characters: {mia: a kitten, tom: a cat}\nshots: [{id: a, characters: [mia, tom, "
    (finding,) = check_film(subject(f"{HEAD}{cast}{written}]}}]"))
    assert finding.help == advice


def test_a_fault_that_two_shots_inherit_is_one_finding():
    """The same mistake at the same place is shown once, however many shots have it."""
    text, (place,) = marked(HEAD + "defaults: {location: «hull»}\nshots: [{id: a}, {id: b}]")
    assert findings(text) == [(Code.UNKNOWN_LOCATION, place)]
