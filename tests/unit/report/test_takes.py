"""What is said of takes, of a circle, and of takes that stand in."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storyboard.model.lock import Take
from storyboard.model.money import MicroUsd, Millis
from storyboard.model.request import ClipKey
from storyboard.report.circle import Circled, render_circle_json, render_circle_text
from storyboard.report.cut import Lacking
from storyboard.report.takes import Absence, Left, ListedTake, ShotTakes, TakeList
from storyboard.report.takes_json import render_takes_json
from storyboard.report.takes_text import render_takes_text

PAGE = (Path(__file__).parents[3] / "docs/takes.md").read_text("utf-8")
SORA = "openai/sora-2/image-to-video"
BOUGHT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def take(number, price=800_000, key=None, **changes):
    key = ClipKey(key or f"{number:x}" * 64)
    made = Take(number, key, "c" * 64, SORA, Millis(8000), MicroUsd(price), BOUGHT)
    return replace(made, **changes)


def here(number, **changes):
    return ListedTake(**{"take": take(number), "clip": f"clips/{number}.mp4", **changes})


def text(*shots, width=100, **more):
    listed = TakeList("film.yaml", "storyboard build film.yaml", shots, **more)
    return render_takes_text(listed, colour=False, width=width)


def test_a_shots_takes_are_a_table():
    """Marks, number, model, seconds, price and day; below each its file."""
    shot = ShotTakes(
        "pounce", (here(1, stale=True, changed=("prompt",)), here(2, circled=True, shown=True))
    )
    assert text(shot).splitlines() == [
        "film.yaml",
        "",
        "pounce",
        "       1  sora-2  8s  $0.80  2026-11-22  stale: prompt",
        "        clips/1.mp4",
        "  ● ▸  2  sora-2  8s  $0.80  2026-11-22",
        "        clips/2.mp4",
        "",
        "2 takes of 1 shot, $1.60 paid, $0.80 of it for takes that are not shown",
        "● circled   ▸ shown in the film",
    ]


def test_the_page_shows_what_the_program_prints():
    """docs/takes.md has a list letter for letter."""
    (shown,) = re.findall(r"\$ storyboard takes film.yaml\n(film.*?)```", PAGE, re.DOTALL)
    first, second = re.findall(r"\.storyboard/clips/.*\.mp4", shown)
    older = take(1, bought_at=BOUGHT - timedelta(days=1))
    shot = ShotTakes(
        "pounce",
        (
            here(1, take=older, clip=first, stale=True, changed=("prompt",)),
            here(2, clip=second, circled=True, shown=True),
        ),
    )
    assert text(shot) == shown


def test_another_model_that_has_answered_is_named():
    """And one that is the same is not."""
    other = here(1, take=take(1, seen="openai/sora-2-pro/image-to-video"))
    assert "sora-2, seen sora-2-pro" in text(ShotTakes("a", (other,)))
    assert "seen" not in text(ShotTakes("a", (here(1, take=take(1, seen=SORA)),)))


@pytest.mark.parametrize(
    ("absence", "said"),
    [
        (Absence.FETCH, "the provider still has it: `storyboard build film.yaml` fetches it"),
        (Absence.CIRCLE, "the provider still has it: `storyboard circle film.yaml 'a b' 1`, then"),
        (Absence.BUY, "re-buying costs $0.80: `storyboard build film.yaml --again 'a b'`"),
        (Absence.GONE, "not on this machine, and the provider has it no more"),
    ],
)
def test_a_missing_clip_says_what_can_be_done(absence, said):
    """With the command as a shell takes it."""
    shown = text(ShotTakes("a b", (here(1, clip=None, absence=absence),)))
    assert "2026-11-22  missing\n" in shown
    assert said in shown


@pytest.mark.parametrize(
    ("shot", "said"),
    [
        (ShotTakes("a"), "nothing bought yet"),
        (ShotTakes("a", unlisted=True), "its clip is owned and in no lock yet"),
        (ShotTakes("a", free=True), "made on this machine, for nothing"),
        (ShotTakes("a", (here(1),), lapsed=1), "the circle around take 1 has lapsed"),
        (ShotTakes("a", cost=MicroUsd(400_000)), "a build buys what it asks for now: $0.40"),
    ],
)
def test_what_there_is_to_say_of_a_shot_is_said(shot, said):
    """In a line under its name."""
    assert f"\n  {said}" in text(shot)


def test_a_clip_that_two_shots_share_was_paid_once():
    """It is shown in one of them, so it is not set aside."""
    shared = "a" * 64
    one = ShotTakes("a", (here(1, take=take(1, key=shared), shown=True),))
    two = ShotTakes("b", (here(1, take=take(1, key=shared)),))
    assert "1 take of 2 shots, $0.80 paid\n" in text(one, two)
    assert "no takes yet" in text(ShotTakes("a"))


def test_a_clone_is_told_how_many_clips_are_not_here():
    """Not that they are not shown, which follows from it."""
    away = ShotTakes("a", (here(1), here(2, clip=None, absence=Absence.FETCH)))
    assert "2 takes of 1 shot, $1.60 paid; 1 not on this machine\n" in text(away)
    assert "not on this machine" not in text(ShotTakes("a", (here(1),)))


def test_a_rehearsal_and_what_is_left_are_named():
    """Nothing of it is real money, and nothing that was paid for is forgotten."""
    shown = text(ShotTakes("a"), left=(Left("b", (take(1),)),), rehearsal="http://127.0.0.1:1")
    assert "a rehearsal at http://127.0.0.1:1: no money is real here" in shown
    assert "of shots that the film does not show: b (1 take)" in shown


def test_what_files_hold_cannot_steer_the_terminal():
    """A name with an escape in it is shown, and not obeyed; nor is it in JSON."""
    evil = "a\x1b[2J"
    shot = ShotTakes(evil, (here(1, clip=f"{evil}.mp4", changed=(evil,), stale=True),))
    listed = TakeList(evil, evil, (shot,), (Left(evil, ()),), evil)
    assert "\x1b" not in render_takes_text(listed, colour=False, width=40)
    assert "\x1b" not in render_takes_json(listed)
    assert "\x1b" not in render_circle_text(circled(shot=evil, changed=(evil,), stale=True))


def test_programs_are_told_the_same():
    """Money in decimal strings, the day in UTC."""
    shot = ShotTakes("a", (here(1, circled=True, shown=True),), lapsed=None)
    document = json.loads(render_takes_json(TakeList("film.yaml", "build", (shot,))))
    (told,) = document["shots"]
    assert (told["circled"], told["shown"], told["lapsed"]) == (1, 1, None)
    assert told["takes"][0]["bought_at"] == "2026-11-22T09:30:00Z"
    assert document["totals"] == {"takes": 1, "paid_usd": "0.80", "not_shown_usd": "0.00"}


# --- circles


def circled(**changes):
    wanted = {
        "film": "film.yaml",
        "shot": "pounce",
        "take": take(1),
        "written": True,
        "stale": False,
        "changed": (),
        "shows": 1,
        "owned": True,
        "fetched": False,
        "asks": (),
        "cost_before": MicroUsd(0),
        "cost_after": MicroUsd(0),
    }
    return Circled(**{**wanted, **changes})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "take 1 of pounce is circled: the film shows take 1"),
        ({"written": False}, "take 1 of pounce is circled already: the film shows take 1"),
        ({"take": None, "shows": 3}, "pounce has no circle any more: the film shows take 3"),
        (
            {"take": None, "written": False, "shows": None, "owned": False},
            "pounce has no circle to take away: the film shows no take yet",
        ),
        ({"take": None, "shows": None}, "pounce has no circle any more: the film shows its clip"),
        (
            {"owned": False, "fetched": True},
            (
                "take 1 of pounce is circled: "
                "its clip is not here, and `storyboard build` fetches it for nothing"
            ),
        ),
        (
            {"owned": False},
            "take 1 of pounce is circled: its clip is not here, and the provider has it no more",
        ),
    ],
)
def test_a_circle_says_in_a_line_what_the_film_shows(changes, said):
    """Also where nothing had to be written, and where the clip is not here."""
    assert render_circle_text(circled(**changes)) == said


def test_a_circle_says_what_it_costs():
    """The shots that ask for new clips because of it, and what a build costs in all."""
    asks = (("hug", MicroUsd(400_000)),)
    done = circled(stale=True, changed=("prompt",), asks=asks, cost_after=MicroUsd(400_000))
    assert render_circle_text(done).splitlines()[1:] == [
        "it was made from something that the shot no longer asks for: prompt",
        "hug asks for a new clip now: $0.40",
        "a build costs $0.40 now; before, it cost nothing",
    ]
    told = json.loads(render_circle_json(done))
    assert told["asks"] == [{"shot": "hug", "cost_usd": "0.40"}]
    assert (told["circled"], told["cost_after_usd"]) == (1, "0.40")


# --- stand-ins


@pytest.mark.parametrize(
    ("lacking", "said"),
    [
        (Lacking("a", "new"), "a (new)"),
        (
            Lacking("a", "changed: prompt", take(1), stale=True),
            "a: take 1, older than the shot (changed: prompt)",
        ),
        (Lacking("a", "retake", take(2)), "a: take 2, until the next is there (retake)"),
    ],
)
def test_a_stand_in_is_named_with_why(lacking, said):
    """What is seen in place of what."""
    assert str(lacking) == said
