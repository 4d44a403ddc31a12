"""Why a build would do what it does, as people read it; the page about reviewing shows the same."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storyboard.model.lock import Slate, Take
from storyboard.model.money import Millis, micro_usd
from storyboard.model.plan import (
    Blocked,
    Generate,
    PlannedShot,
    Reconcile,
    Resume,
    Reuse,
    Why,
    step_name,
)
from storyboard.model.reason import InputChange, Reason
from storyboard.model.request import ClipKey, ClipRequest, clip_key
from storyboard.report.why_text import render_why_text

PAGE = (Path(__file__).parents[3] / "docs/reviewing.md").read_text("utf-8")
SORA = "openai/sora-2/image-to-video"
REQUEST = ClipRequest(SORA, (("prompt", "P"),), Millis(8000))
TAKE = Take(
    1,
    ClipKey("a" * 64),
    "b" * 64,
    SORA,
    Millis(8000),
    micro_usd("0.80"),
    datetime(2026, 11, 22, 20, 15, tzinfo=UTC),
)
SHOT = PlannedShot(
    "pounce",
    "parlour",
    SORA,
    Generate(Why.CHANGED, micro_usd("0.80"), ("image", "prompt")),
    Millis(7000),
    Millis(8000),
    REQUEST,
    clip_key(REQUEST),
    slate=Slate("pounce", (TAKE,)),
    stands_in=TAKE,
)
REASON = Reason(
    SHOT,
    "it asks for another clip than the one that it had",
    TAKE,
    inputs=(
        InputChange(
            "image",
            "sha256:0f1e2d3c4b5a",
            "sha256:9f86d081884c",
            "stills/pounce.png",
            "1280x720",
            "1920x1080",
        ),
    ),
    prompt=(
        "@@ -3,3 +3,3 @@",
        " Actions:",
        "-- Mia pounces on the yarn, and hugs it with all four paws.",
        "+- Mia pounces on the yarn, and misses.",
        " Dialogue:",
    ),
)


def text(*reasons, colour=False):
    return render_why_text("film.yaml", reasons, colour=colour)


def test_the_page_shows_what_the_program_prints():
    """docs/reviewing.md has a reason letter for letter."""
    (shown,) = re.findall(r"\$ storyboard why film.yaml pounce\n(.*?)```", PAGE, re.DOTALL)
    assert text(REASON) == shown


def test_colour_changes_no_word():
    """It is put around them."""
    coloured = text(REASON, colour=True)
    assert coloured != text(REASON)
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == text(REASON)


def test_names_from_a_file_cannot_control_the_terminal():
    """Ids, prompts, paths and reasons are a stranger's."""
    evil = "\x1b[2J\x07"
    reason = Reason(
        replace(SHOT, id=evil),
        evil,
        TAKE,
        inputs=(InputChange(evil, evil, evil, evil, start=evil),),
        prompt=(f"+{evil}",),
        renamed_from=evil,
    )
    shown = render_why_text(evil, (reason, replace(reason, recorded=False)), colour=False)
    assert "\x1b" not in shown
    assert "\x07" not in shown


@pytest.mark.parametrize(
    "step",
    [
        Reuse(),
        Generate(Why.NEW, micro_usd("0.80")),
        Resume("p"),
        Reconcile("a"),
        Blocked("lost", micro_usd("0.80")),
    ],
    ids=step_name,
)
def test_every_step_says_what_it_costs(step):
    """Only an order that is to be made costs something now."""
    shown = text(replace(REASON, shot=replace(SHOT, step=step)))
    assert shown.endswith("  cost  $0.80\n" if isinstance(step, Generate) else "  cost  nothing\n")
    assert ("--again pounce" in shown) == isinstance(step, Blocked)


def test_several_shots_are_added_up_with_their_takes():
    """Each keeps its own sum."""
    take = replace(SHOT, request=replace(REQUEST, take=2), called=2)
    shown = text(replace(REASON, takes=(take,)), REASON)
    assert "\n  take 2  ~ generate" in shown
    assert "  cost  $1.60\n" in shown
    assert shown.endswith("\ncost      $2.40\n")
