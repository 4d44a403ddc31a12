"""Every bought clip is held against its order, its model's card and its film, and decoded once."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from fakes.films import HEAD, card
from fakes.films import film as film_of
from fakes.footage import FPS, black, film, picture, push_in, tone
from storyboard.adapters.clips import FolderClips
from storyboard.app.inspection import make_inspector
from storyboard.model.measure import Oddity
from storyboard.model.money import Millis
from storyboard.model.request import ClipRequest, clip_key

SECOND = int(FPS)
FILM = film_of(HEAD + "shots: [{id: a, image: a.png, action: runs, duration: 2s}]\n")
ORDER = ClipRequest("house", (("prompt", "runs"),), Millis(2000))
CARD = card(sizes=((320, 180), (180, 320)), fps=("24", "30000/1001"))


@pytest.fixture
def store(tmp_path):
    return FolderClips(tmp_path / "clips", {})


def moving():
    return push_in(2 * SECOND, percent=20)


def keep(store, pictures, *, seconds=2, peak=0.5, fps=FPS):
    path = Path(store.scratch(clip_key(ORDER)))
    film(path, pictures, sound=tone(seconds * SECOND, peak), fps=fps)
    return store.keep(clip_key(ORDER), str(path))


def oddities(store, clip, order=ORDER, model_card=CARD):
    cards = {model_card.id: model_card} if model_card else {}
    return [each.oddity for each in make_inspector(store, cards, FILM)(clip, order)]


def test_a_clip_as_ordered(store):
    """Nothing is said of it."""
    assert oddities(store, keep(store, moving())) == []


def test_a_black_clip_and_a_frozen_one(store):
    """Bought, and not worth showing."""
    assert oddities(store, keep(store, black(2 * SECOND))) == [Oddity.BLACK]
    assert oddities(store, keep(store, [picture()] * (2 * SECOND))) == [Oddity.FROZEN]


def test_a_silent_clip(store):
    """A track without a sound is told, unless the order was for a clip without sound."""
    clip = keep(store, moving(), peak=0.0)
    assert oddities(store, clip) == [Oddity.SILENT]
    without = replace(ORDER, inputs=(*ORDER.inputs, ("generate_audio", False)))
    assert oddities(store, clip, without) == []
    assert oddities(store, clip, model_card=replace(CARD, sound=False)) == []


def test_another_length_than_ordered(store):
    """The order's length counts, not what the shot shows of it."""
    clip = keep(store, moving())
    assert oddities(store, clip, replace(ORDER, length=Millis(4000))) == [Oddity.SHORT]
    assert oddities(store, clip, replace(ORDER, length=Millis(1000))) == [Oddity.LONG]


def test_another_model_and_another_shape(store):
    """The card says what the model makes, the film what shape it has."""
    square = keep(store, [each[:, 70:250] for each in moving()])
    assert oddities(store, square) == [Oddity.OTHER_MODEL]
    assert oddities(store, square, model_card=replace(CARD, sizes=())) == [Oddity.SIZE]
    slow = replace(CARD, fps=("16",))
    assert oddities(store, keep(store, moving()), model_card=slow) == [Oddity.OTHER_MODEL]


def test_a_model_without_a_card(store):
    """Nothing is claimed about what it makes; what the film needs is."""
    silent = keep(store, moving(), peak=0.0)
    assert oddities(store, silent, model_card=None) == []
    square = keep(store, [each[:, 70:250] for each in moving()])
    assert oddities(store, square, model_card=None) == [Oddity.SIZE]


def test_a_clip_that_cannot_be_decoded(store):
    """One remark, no exception; and once it is whole again, it is measured."""
    clip = keep(store, moving())
    whole = Path(clip.path).read_bytes()
    for data in (b"", b"<html>", whole[: len(whole) // 2]):
        Path(clip.path).write_bytes(data)
        assert oddities(store, clip) == [Oddity.UNREADABLE]
    Path(clip.path).unlink()
    assert oddities(store, clip) == [Oddity.UNREADABLE]
    Path(clip.path).write_bytes(whole)
    assert oddities(store, clip) == []


def test_a_clip_is_decoded_once(store):
    """The second time its measure is remembered: its bytes are not even looked at."""
    clip = keep(store, black(2 * SECOND))
    first = make_inspector(store, {CARD.id: CARD}, FILM)(clip, ORDER)
    Path(clip.path).write_bytes(b"")
    again = FolderClips(store.folder, {})
    assert make_inspector(again, {CARD.id: CARD}, FILM)(clip, ORDER) == first


def test_a_measure_that_cannot_be_kept(store):
    """The clip is measured all the same, each time anew."""
    clip = keep(store, black(2 * SECOND))
    (store.folder / "measures").write_text("in the way")
    assert oddities(store, clip) == [Oddity.BLACK]
    assert store.measured(clip.sha256) is None
    assert oddities(store, clip) == [Oddity.BLACK]


def test_inspecting_is_not_paid_for_before_there_is_a_clip():
    """The decoder is loaded with the first clip: a program that only plans starts without it."""
    code = "import sys, storyboard.app.inspection; print('av' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
