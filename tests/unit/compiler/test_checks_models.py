"""Models and money: what is sold, what it takes, and what all of it would cost."""

import pytest

from fakes.films import HEAD, card, findings, marked, subject
from storyboard.compiler.checks import check_film
from storyboard.model.card import CardInput, PriceRow
from storyboard.model.diagnostic import Code
from storyboard.model.money import MicroUsd

CARDS = (
    card(),
    card(id="old", status="retired", notice="it closed", alternatives=("house", "new")),
    card(id="shaky", status="unstable"),
)


@pytest.mark.parametrize(
    ("code", "guilty", "innocent"),
    [
        (Code.UNKNOWN_MODEL, "shots: [{id: a, model: «hose»}]", "shots: [{id: a, model: house}]"),
        (
            Code.UNKNOWN_MODEL,
            "fallback: [house, «hose»]\nshots: [{id: a}, {id: b}]",
            "fallback: [house]\nshots: [{id: a}]",
        ),
        (
            Code.RETIRED_MODEL,
            "shots: [{id: a, model: «old»}]",
            "shots: [{id: a, model: old, skip: true}, {id: b}]",
        ),
        (Code.UNSTABLE_MODEL, "shots: [{id: a, model: «shaky»}]", "shots: [{id: a}]"),
        (
            Code.UNKNOWN_INPUT,
            "shots: [{id: a, inputs: {«stile»: noir}}]",
            "shots: [{id: a, inputs: {style: noir}}]",
        ),
        (
            Code.UNKNOWN_INPUT,
            "shots: [{id: a, inputs: {«duration»: 4}}]",
            "shots: [{id: a, inputs: {resolution: 1080p}}]",
        ),
        (
            Code.UNKNOWN_INPUT,
            "shots: [{id: a, inputs: {«prompt»: run}}]",
            "shots: [{id: a, action: run}]",
        ),
        (
            Code.WRONG_VALUE,
            "shots: [{id: a, inputs: {style: «blue»}}]",
            "shots: [{id: a, inputs: {style: pastel}}]",
        ),
        (
            Code.WRONG_VALUE,
            "shots: [{id: a, inputs: {strength: «11»}}]",
            "shots: [{id: a, inputs: {strength: 10}}]",
        ),
        (
            Code.WRONG_VALUE,
            "shots: [{id: a, inputs: {strength: «-0.5»}}]",
            "shots: [{id: a, inputs: {strength: 0}}]",
        ),
        (
            Code.WRONG_VALUE,
            "shots: [{id: a, inputs: {strength: «high»}}]",
            "shots: [{id: a, inputs: {strength: 1.5}}]",
        ),
        (
            Code.WRONG_VALUE,
            "shots: [{id: a, inputs: {strength: «true»}}]",
            "shots: [{id: a, inputs: {audio: true}}]",
        ),
        (
            Code.WRONG_VALUE,
            "shots: [{id: a, inputs: {audio: «1»}}]",
            "shots: [{id: a, inputs: {audio: false}}]",
        ),
        (
            Code.WRONG_VALUE,
            "defaults: {inputs: {seed: «1.5»}}\nshots: [{id: a}]",
            "defaults: {inputs: {seed: 1}}\nshots: [{id: a}]",
        ),
        (
            Code.OVER_BUDGET,
            "budget: {cost: «0.79»}\nshots: [{id: a}, {id: b}]",
            "budget: {cost: 0.80}\nshots: [{id: a}, {id: b}]",
        ),
    ],
)
def test_a_slip_and_the_film_beside_it(code, guilty, innocent):
    """The one finding is at the guilty place; the film that has it right has no finding."""
    text, (place,) = marked(HEAD + guilty)
    assert findings(text, cards=CARDS) == [(code, place)]
    assert findings(HEAD + innocent, cards=CARDS) == []


def test_a_model_nobody_wrote_is_shown_at_the_title():
    """The model that stands in where none is named has no place of its own."""
    text, (place,) = marked("«title»: T\nshots: [{id: a}, {id: b}]")
    assert findings(text) == [(Code.UNKNOWN_MODEL, place)]


def test_a_retired_model_says_what_to_take_instead():
    """The notice of its card and its alternatives are in the finding."""
    (finding,) = check_film(subject(HEAD + "shots: [{id: a, model: old}]", cards=CARDS))
    assert "it closed" in finding.message
    assert "house or new" in finding.help


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ("{style: blue}", "has to be one of noir, pastel"),
        ("{seed: x}", "has to be an integer"),
        ("{audio: x}", "has to be a boolean"),
        ("{strength: 11}", "may be at most 10"),
        ("{strength: -1}", "has to be at least 0"),
    ],
)
def test_the_finding_says_what_an_input_takes(inputs, words):
    """The message alone tells what would be right."""
    (finding,) = check_film(subject(f"{HEAD}shots: [{{id: a, inputs: {inputs}}}]"))
    assert words in finding.message


def test_an_unknown_price_is_an_error_not_nothing():
    """A card without a row for the shot's inputs cannot be planned with."""
    high = card(prices=(PriceRow(MicroUsd(1), (("resolution", "1080p"),)),))
    text, (place,) = marked("title: T\nmodel: «house»\nshots: [{id: a}]")
    assert findings(text, cards=[high]) == [(Code.BAD_CARD, place)]
    assert findings(text + "\nformat: {resolution: 1080p}", cards=[high]) == []


def test_a_price_follows_the_inputs():
    """What `inputs:` asks for decides the row, and so the budget's finding."""
    rows = (PriceRow(MicroUsd(500_000), (("loud", True),)), PriceRow(MicroUsd(100_000)))
    loud = card(prices=rows, inputs=(CardInput("loud", "boolean"),))
    budget = HEAD + "budget: {cost: 1.00}\n"
    assert findings(budget + "shots: [{id: a}]", cards=[loud]) == []
    text, (place,) = marked(HEAD + "budget: {cost: «1.00»}\nshots: [{id: a, inputs: {loud: true}}]")
    assert findings(text, cards=[loud]) == [(Code.OVER_BUDGET, place)]


def test_the_budget_is_held_against_what_is_bought():
    """A five-second shot of a model that sells eight costs eight seconds."""
    text, (place,) = marked(HEAD + "budget: {cost: «0.79»}\nshots: [{id: a, duration: 5s}]")
    assert findings(text) == [(Code.OVER_BUDGET, place)]


def test_what_cannot_be_bought_costs_nothing():
    """A shot without a model or a length has a finding of its own, and no guess at its price."""
    text, places = marked(
        HEAD + "budget: {cost: 0.10}\nshots: [{id: a, model: «x»}, {id: b, duration: «99s»}]"
    )
    assert findings(text) == [
        (Code.UNKNOWN_MODEL, places[0]),
        (Code.DURATION_NOT_SOLD, places[1]),
    ]
