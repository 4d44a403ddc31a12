"""Cards are clips like any other: the film's size and rate, to the frame, silent, and readable."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import av
import numpy as np
import pytest

from storyboard.adapters.media.cut.cards import card_identity, render_card
from storyboard.model.errors import EnvironmentFault
from storyboard.model.money import Millis
from storyboard.model.post import Card, Credit

SIZE = (160, 90)
FPS = Fraction(24)
TITLE = Card("title", Millis(500), "The Yarn", "a film in one room")
NAMES = (Credit("Ann Lee", "directed by"), Credit("Bo Kim"))
CREDITS = Card("credits", Millis(500), "Credits", credits=NAMES)
BLACK, LIT = 16, 100


def rendered(tmp_path, card, size=SIZE, fps=FPS):
    path = tmp_path / "card.mp4"
    count = render_card(card, str(path), size=size, fps=fps)
    return path, count


def pictures(path):
    with av.open(str(path)) as clip:
        return [frame.to_ndarray()[: frame.height] for frame in clip.decode(video=0)]


def lit(picture):
    """The box (left, top, right, bottom) of what is written."""
    rows, columns = np.nonzero(picture > LIT)
    return columns.min(), rows.min(), columns.max(), rows.max()


@pytest.mark.parametrize("fps", [FPS, Fraction(24000, 1001), Fraction(30)])
def test_a_card_is_as_long_as_it_was_meant_to_be(tmp_path, fps):
    """To the nearest frame of the film's rate, with sound as long as its picture."""
    path, count = rendered(tmp_path, replace(TITLE, duration=Millis(730)), fps=fps)
    assert count == round(Fraction(730, 1000) * fps)
    with av.open(str(path)) as clip:
        assert clip.streams.video[0].average_rate == fps
        assert clip.streams.video[0].frames == count
        assert (clip.streams.video[0].width, clip.streams.video[0].height) == SIZE
        assert clip.streams.audio[0].rate == 48_000
        assert not any(np.abs(frame.to_ndarray()).max() for frame in clip.decode(audio=0))


def test_the_shortest_card_has_a_frame(tmp_path):
    """Whatever its time comes to."""
    assert rendered(tmp_path, replace(TITLE, duration=Millis(1)))[1] == 1


def test_lettering_stands_in_the_middle_of_pure_black(tmp_path):
    """So that a fade out of black has no edge."""
    picture = pictures(rendered(tmp_path, TITLE)[0])[6]
    left, top, right, bottom = lit(picture)
    assert abs(left + right - SIZE[0]) <= 3
    assert SIZE[1] * 0.2 < top < bottom < SIZE[1] * 0.8
    assert np.median(picture) == BLACK
    assert picture[0].max() == picture[-1].max() == BLACK


def test_a_card_neither_fades_in_nor_out(tmp_path):
    """The timeline does that, as to every event."""
    shown = pictures(rendered(tmp_path, TITLE)[0])
    assert lit(shown[0]) == lit(shown[-1])
    assert abs(int(shown[0].max()) - int(shown[6].max())) < 8


@pytest.mark.parametrize("size", [SIZE, (90, 160), (120, 120)])
@pytest.mark.parametrize(
    "card",
    [
        replace(TITLE, heading="The Extraordinary Adventures of a Small Grey Kitten " * 3),
        replace(CREDITS, credits=(Credit("Hohenlohe-Langenburg " * 3, "second unit " * 6),)),
    ],
)
def test_nothing_is_written_off_the_frame(tmp_path, card, size):
    """Long words are set smaller or broken, in a wide frame and in a narrow one."""
    left, top, right, bottom = lit(pictures(rendered(tmp_path, card, size)[0])[6])
    assert size[0] * 0.05 < left < right < size[0] * 0.95
    assert size[1] * 0.05 < top < bottom < size[1] * 0.95


def test_role_and_name_stand_side_by_side_in_a_wide_frame_and_above_in_a_narrow_one(tmp_path):
    """The narrow one is higher for its width."""
    card = Card("credits", Millis(100), credits=(Credit("Ann Lee", "directed by"),))
    wide = lit(pictures(rendered(tmp_path, card, (320, 180))[0])[1])
    narrow = lit(pictures(rendered(tmp_path, card, (180, 320))[0])[1])
    assert narrow[3] - narrow[1] > 1.5 * (wide[3] - wide[1])


def test_credits_that_do_not_fit_roll_up_evenly(tmp_path):
    """They stand, move by the same whole number of lines at every frame, and stand again."""
    many = tuple(Credit(f"Person {number}") for number in range(30))
    card = replace(CREDITS, duration=Millis(2000), credits=many)
    shown = [picture.astype(int) for picture in pictures(rendered(tmp_path, card)[0])]
    moves = [moved(before, after) for before, after in pairwise(shown)]
    rolling = [place for place, move in enumerate(moves) if move]
    speeds = {moves[place] for place in rolling[:-1]}
    assert len(speeds) == 1
    assert rolling == list(range(rolling[0], rolling[-1] + 1))
    assert rolling[0] > 2
    assert rolling[-1] < len(moves) - 2
    assert lit(shown[0].astype(np.uint8))[1] > 5
    assert lit(shown[-1].astype(np.uint8))[3] < SIZE[1] - 5


def moved(before, after):
    """By how many lines a picture has gone up to look most like the next."""
    return min(
        range(12), key=lambda lines: np.abs(before[lines:] - after[: SIZE[1] - lines]).mean()
    )


def test_the_same_card_is_the_same_file(tmp_path):
    """To the byte, so that what is kept of it can be kept by content."""
    first = rendered(tmp_path, TITLE)[0].read_bytes()
    assert rendered(tmp_path, TITLE)[0].read_bytes() == first


def test_an_identity_has_all_that_decides_a_card():
    """Its words, its time, the frame and the rate; and nothing else."""
    others = [
        card_identity(TITLE, SIZE, FPS),
        card_identity(replace(TITLE, heading="Other"), SIZE, FPS),
        card_identity(replace(TITLE, text=None), SIZE, FPS),
        card_identity(replace(TITLE, duration=Millis(501)), SIZE, FPS),
        card_identity(CREDITS, SIZE, FPS),
        card_identity(TITLE, (90, 160), FPS),
        card_identity(TITLE, SIZE, Fraction(25)),
    ]
    assert len(set(others)) == len(others)
    assert card_identity(replace(TITLE), SIZE, FPS) == others[0]


def test_an_empty_card_is_black(tmp_path):
    """A title without words is a pause."""
    shown = pictures(rendered(tmp_path, Card("title", Millis(100)))[0])
    assert max(picture.max() for picture in shown) == BLACK


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    """As a fault of the machine, with the path."""
    with pytest.raises(EnvironmentFault, match="nowhere"):
        render_card(TITLE, str(tmp_path / "nowhere" / "card.mp4"), size=SIZE, fps=FPS)
