"""The closing report of a build that bought."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from storyboard.model.errors import ErrorCode
from storyboard.model.measure import Oddity, Remark
from storyboard.model.money import MicroUsd, micro_usd
from storyboard.model.receipt import Receipt
from storyboard.report.bought import receipt_value, render_bought_text
from storyboard.report.built import build_value
from storyboard.report.document import write_json
from storyboard.report.refusal import Refusal, refusal_value

ROOT = Path(__file__).parents[3]

ALL_WELL = Receipt(
    kept=("a/one", "a/two", "b/one"),
    failed=(),
    unclear=(),
    remarks=(),
    spent=micro_usd("3.60"),
    reserved=MicroUsd(0),
    refunds_awaited=MicroUsd(0),
    substitutes=(),
    stopped=None,
)
ROUGH = Receipt(
    kept=("a/one", "a/two"),
    failed=(("b/one", "refused: moderation"),),
    unclear=(("b/two", "7f3a"),),
    remarks=(
        ("a/one", Remark(Oddity.SILENT, "its sound is silence")),
        ("a/one", Remark(Oddity.OTHER_MODEL, "the clip is 30 fps")),
        ("a/two", Remark(Oddity.SILENT, "its sound is silence too")),
    ),
    spent=micro_usd("2.40"),
    reserved=micro_usd("0.80"),
    refunds_awaited=micro_usd("0.60"),
    substitutes=(("a/two", "bytedance/seedance-2.0/image-to-video"),),
    stopped="the account has no credit left",
    in_flight=(("b/three", "p-9"),),
    not_ordered=("b/four", "b/five"),
)


def text(receipt, film="film.yaml", *, colour=False):
    return render_bought_text(receipt, film, colour=colour)


def test_a_build_that_went_well_is_one_line():
    """How many clips are owned and what they cost; nothing else to say."""
    assert text(ALL_WELL) == "3 of 3 clips owned, spent $3.60\n"


def test_a_build_that_cost_nothing_says_so():
    """All clips were owned before."""
    assert text(replace(ALL_WELL, spent=MicroUsd(0))) == "3 of 3 clips owned, nothing spent\n"


def test_a_build_that_went_ill_says_what_and_what_to_do():
    """Findings by kind, what is missing and why, the money, and that the same command resumes."""
    assert text(ROUGH) == (
        "note[fallback]: a/two: made by its fallback, seedance-2.0\n"
        "note[other-model]: a/one: the clip is 30 fps\n"
        "note[clip-silent]: a/one: its sound is silence\n"
        "note[clip-silent]: a/two: its sound is silence too\n"
        "failed: b/one: refused: moderation\n"
        "in flight: b/three: ordered as p-9, not fetched yet\n"
        "unclear: b/two: nobody knows whether attempt 7f3a was taken, so it is not ordered again\n"
        "help: `storyboard status film.yaml` says more, and what to do\n"
        "stopped: the account has no credit left\n"
        "spent $2.40 · reserved $0.80 · refunds awaited $0.60\n"
        "2 of 7 clips owned, 1 failed, 1 unclear, 1 in flight, 2 not ordered; "
        "run the same command again to resume\n"
    )


def test_one_failed_shot_leaves_the_rest_to_resume():
    """The last line alone says whether to run again."""
    receipt = replace(ALL_WELL, failed=(("b/two", "the model broke"),))
    assert text(receipt) == (
        "failed: b/two: the model broke\n"
        "spent $3.60\n"
        "3 of 4 clips owned, 1 failed; run the same command again to resume\n"
    )


def test_money_that_is_still_out_is_said_of_a_whole_film_too():
    """A refund that is awaited from a first try is not forgotten when the second went well."""
    assert text(replace(ALL_WELL, refunds_awaited=micro_usd("0.80"))) == (
        "spent $3.60 · refunds awaited $0.80\n3 of 3 clips owned\n"
    )


def test_a_film_with_a_space_in_its_name_can_be_pasted():
    """The command that is told works as it stands."""
    assert "`storyboard status 'my film.yaml'`" in text(ROUGH, "my film.yaml")


def test_the_words_of_a_provider_are_shown_not_obeyed():
    """Reasons, models, names and messages come from outside."""
    evil = "\x1b[2J\u202e"
    receipt = Receipt(
        (evil,),
        ((evil, evil),),
        ((evil, evil),),
        ((evil, Remark(Oddity.SHORT, evil)),),
        MicroUsd(0),
        MicroUsd(0),
        MicroUsd(0),
        ((evil, evil),),
        evil,
        ((evil, evil),),
        (evil,),
    )
    for shown in (text(receipt, evil), write_json(receipt_value(receipt))):
        assert "\x1b" not in shown
        assert "\u202e" not in shown


def test_colour_marks_what_is_wrong_and_changes_no_word():
    """Labels are coloured by their meaning."""
    shown = text(ROUGH, colour=True)
    assert "\x1b[1;33mnote[other-model]\x1b[0m: a/one" in shown
    assert "\x1b[1;31mfailed\x1b[0m: b/one" in shown


def test_json_has_all_of_it():
    """Programs read each shot with its reason, and money as decimal strings."""
    assert json.loads(json.dumps(receipt_value(ROUGH))) == {
        "clips": 7,
        "kept": ["a/one", "a/two"],
        "failed": [{"shot": "b/one", "reason": "refused: moderation"}],
        "unclear": [{"shot": "b/two", "attempt": "7f3a"}],
        "in_flight": [{"shot": "b/three", "prediction": "p-9"}],
        "not_ordered": ["b/four", "b/five"],
        "older": [],
        "remarks": [
            {"shot": "a/one", "code": "clip-silent", "message": "its sound is silence"},
            {"shot": "a/one", "code": "other-model", "message": "the clip is 30 fps"},
            {"shot": "a/two", "code": "clip-silent", "message": "its sound is silence too"},
        ],
        "substitutes": [{"shot": "a/two", "model": "bytedance/seedance-2.0/image-to-video"}],
        "spent_usd": "2.40",
        "reserved_usd": "0.80",
        "refunds_awaited_usd": "0.60",
        "stopped": "the account has no credit left",
    }


@pytest.mark.parametrize("receipt", [ALL_WELL, ROUGH, replace(ROUGH, older=(("4", "kept"),))])
def test_a_build_without_a_film_is_in_the_published_shape(receipt):
    """Whatever is in its receipt; a field that nobody knows of is not let in."""
    schema = json.loads((ROOT / "schemas/build.schema.json").read_text("utf-8"))
    error = refusal_value(Refusal(ErrorCode.SHOTS_FAILED, "1 of 4 clips are not owned"))
    document = json.loads(write_json(build_value("film.yaml", None, receipt_value(receipt), error)))
    jsonschema.validate(document, schema)
    document["receipt"]["more"] = 1
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema)


def test_an_order_that_no_shot_asks_for_any_more_is_not_passed_over():
    """Its money is out: it is named, though every shot of the film has its clip."""
    receipt = replace(ROUGH, older=(("4", "nobody can tell"),))
    shown = render_bought_text(receipt, "film.yaml", colour=False)
    assert "earlier order: attempt 4, for a shot that has changed since: nobody can tell" in shown


def test_what_running_again_would_not_change_is_said():
    """Shots that are moderated or lost wait for a person, not for another run."""
    stuck = replace(ROUGH, unclear=(), in_flight=(), not_ordered=(), stuck=frozenset({"b/one"}))
    shown = render_bought_text(stuck, "film.yaml", colour=False)
    assert "run the same command again" not in shown
    assert "order it again with --again SHOT" in shown
