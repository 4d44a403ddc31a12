"""What a sheet says of its shots in a line, and of the film."""

import pytest

from fakes.sheets import sheet_of, sheet_shot
from storyboard.model.money import MicroUsd
from storyboard.model.request import ClipKey
from storyboard.model.sheet import Spoken, Standing

PAID = {"standing": Standing.OWNED, "price": MicroUsd(0), "paid": MicroUsd(800_000)}


@pytest.mark.parametrize(
    ("line", "cue"),
    [
        (Spoken("Mrow!"), ""),
        (Spoken("Mrow!", "Mia"), "Mia"),
        (Spoken("Mrow!", "Mia", ("V.O.", "softly")), "Mia (V.O., softly)"),
        (Spoken("Mrow!", "", ("O.S.",)), "(O.S.)"),
    ],
)
def test_a_cue_says_who_speaks_and_how(line, cue):
    """What is not known leaves no brackets and no spaces."""
    assert line.cue == cue


def test_a_shot_tells_what_its_clip_is_and_costs():
    """To be bought, bought as its second take, or free."""
    assert sheet_shot("a").facts == ("to buy", "sora-2", "4s")
    assert sheet_shot("a").money == "$0.40"
    bought = sheet_shot("a", take=2, **PAID)
    assert bought.facts == ("owned", "take 2", "sora-2", "4s")
    assert bought.money == "$0.80 paid"
    assert sheet_shot("a", price=MicroUsd(0)).money == ""


def test_an_older_take_is_told_from_the_shots_own():
    """It stands in, and is stale where the shot asks for something else now."""
    assert sheet_shot("a", take=1, stands_in=True).facts[1] == "take 1 stands in"
    stale = sheet_shot("a", take=1, stands_in=True, stale=True)
    assert stale.facts == ("to buy", "stale, take 1 stands in", "sora-2", "4s")
    assert stale.money == "$0.40"


def test_a_film_is_told_in_a_line():
    """How much there is, how much of it is owned, what was paid and what is to be."""
    assert sheet_of(sheet_shot("a")).facts == ("1 shot", "0:08", "$0.40 to buy")
    owned = sheet_shot("a", **PAID)
    assert sheet_of(owned, sheet_shot("b")).facts == (
        "2 shots",
        "0:08",
        "1 of 2 owned",
        "$0.80 paid",
        "$0.40 to buy",
    )
    assert sheet_of(owned).facts[-1] == "nothing to buy"


def test_a_clip_that_two_shots_show_was_paid_once():
    """The sum is of clips, not of shots."""
    one, two = (sheet_shot(name, **{**PAID, "key": ClipKey("same")}) for name in "ab")
    assert sheet_of(one, two).paid == 800_000


def test_frames_are_shown_where_there_is_a_clip():
    """A sheet of stills alone leaves no room for them."""
    assert not sheet_of(sheet_shot("a")).has_clips
    assert sheet_of(sheet_shot("a"), sheet_shot("b", clip="b.mp4")).has_clips
