"""What a cut will need is made while clips still come, and the cut then finds it."""

import itertools
from concurrent.futures import CancelledError
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from fakes.clapper import SIZE, Take, shoot
from fakes.films import film as compiled
from storyboard.adapters.media.cut.ahead import Ahead
from storyboard.adapters.media.cut.film import render_film
from storyboard.app.preparing import Preparing
from storyboard.model.money import Millis
from storyboard.model.timeline import Event, Laid, Timeline


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    return {
        f"{number}": shoot(Take(number, frames=48, every=12), folder / f"{number}.mp4")
        for number in range(3)
    }


def event(name, start, transition="cut", overlap=0):
    return Event(
        name, "scene", name, start, start + 48, 0, 48, transition, overlap, available=48
    )  # fmt: skip


def film(**more):
    events = (event("0", 0), event("1", 40, "dissolve", 8), event("2", 88, "fade-in", 6))
    return Timeline("film", *SIZE, Fraction(24), events, **more)


def made(folder):
    return {each.name for each in folder.rglob("*") if each.is_file() and each.suffix != ".mark"}


def ends(names, ending):
    return {name for name in names if name.endswith(ending)}


@pytest.mark.parametrize("order", list(itertools.permutations("012")))
def test_when_the_last_clip_has_come_nothing_is_left_to_render(clips, tmp_path, order):
    """Control: of a film nobody prepared, the cut makes all of it."""
    ahead = Ahead(film(), tmp_path / "kept")
    for key in order:
        ahead.arrived(key, clips[key])
    prepared = made(tmp_path / "kept")
    render_film(film(), clips, str(tmp_path / "film.mp4"), folder=tmp_path / "kept")
    new = made(tmp_path / "kept") - prepared
    assert ends(new, ".mp4") == ends(new, ".aac") == ends(new, ".loudness") == set()
    render_film(film(), clips, str(tmp_path / "other.mp4"), folder=tmp_path / "other")
    assert len(ends(made(tmp_path / "other"), ".mp4")) == 2
    assert (tmp_path / "film.mp4").read_bytes() == (tmp_path / "other.mp4").read_bytes()


def test_nothing_is_made_of_a_transition_whose_other_clip_is_missing(clips, tmp_path):
    ahead = Ahead(film(), tmp_path / "kept")
    ahead.arrived("0", clips["0"])
    assert ends(made(tmp_path / "kept"), ".mp4") == set()
    ahead.arrived("1", clips["1"])
    assert len(ends(made(tmp_path / "kept"), ".mp4")) == 1


def test_a_clip_that_no_shot_shows_is_let_by_and_one_that_comes_twice_is_taken_once(
    clips, tmp_path
):
    ahead = Ahead(film(), tmp_path / "kept")
    ahead.arrived("unknown", "/nowhere")
    ahead.arrived("2", clips["2"])
    ahead.arrived("2", "/nowhere")
    assert len(ends(made(tmp_path / "kept"), ".mp4")) == 1


def test_under_music_only_pictures_are_prepared(clips, tmp_path):
    """How loud all of the film is can only be said when all of it is there."""
    laid = Laid(path=clips["0"], start=0, role="music", gain=-14.0)
    ahead = Ahead(film(laid=(laid,)), tmp_path / "kept")
    for key in "012":
        ahead.arrived(key, clips[key])
    assert ends(made(tmp_path / "kept"), ".aac") == set()
    assert len(ends(made(tmp_path / "kept"), ".mp4")) == 2


def test_a_shot_with_a_gain_of_its_own_waits_for_the_whole(clips, tmp_path):
    whole = film()
    louder = replace(whole.events[0], gain=3.0)
    ahead = Ahead(replace(whole, events=(louder, *whole.events[1:])), tmp_path / "kept")
    for key in "012":
        ahead.arrived(key, clips[key])
    assert ends(made(tmp_path / "kept"), ".aac") == set()


def test_work_that_is_given_up_leaves_no_half_made_file(clips, tmp_path):
    asked = iter(range(100))

    def stop():
        if next(asked) == 3:
            raise CancelledError

    ahead = Ahead(film(), tmp_path / "kept", stop)
    ahead.arrived("0", clips["0"])
    with pytest.raises(CancelledError):
        ahead.arrived("1", clips["1"])
    assert not [each for each in (tmp_path / "kept").rglob("*") if "unfinished" in each.name]


def test_a_span_is_the_same_bytes_whatever_the_memory_held_before(clips, tmp_path):
    """x264's tree makes it differ from run to run on processors with AVX-512; we leave it out."""
    spans = set()
    for number in range(6):
        junk = [bytes([number]) * size for size in range(1000, 200_000, 7000)]
        ahead = Ahead(film(), tmp_path / f"{number}")
        for key in "01":
            ahead.arrived(key, clips[key])
        del junk[::2]
        (span,) = (tmp_path / f"{number}").rglob("*.mp4")
        spans.add(Path(span).read_bytes())
    assert len(spans) == 1


# As a build does it ---------------------------------------------------------------------------

FILM = """
storyboard: 1
title: film
format: {aspect: "16:9", resolution: 90p}
scenes:
  - id: scene
    shots:
      - {id: a, duration: 2s}
      - {id: b, duration: 2s, transition: {type: dissolve, duration: 0.5s}}
"""


def test_a_build_prepares_its_cut_until_it_is_cut(clips, tmp_path):
    orders = {"a": ("0", Millis(2000)), "b": ("1", Millis(2000))}
    preparing = Preparing(compiled(FILM), orders, tmp_path / "kept")
    with preparing:
        preparing.arrived("0", clips["0"])
        preparing.arrived("1", clips["1"])
    assert len(ends(made(tmp_path / "kept"), ".mp4")) == 1
    with pytest.raises(CancelledError):
        preparing.arrived("1", clips["1"])


def test_nothing_is_begun_before_the_first_clip_comes(tmp_path):
    with Preparing(compiled(FILM), {}, tmp_path / "kept"):
        pass
    assert not (tmp_path / "kept").exists()
