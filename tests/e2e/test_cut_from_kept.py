"""A film is the same to the byte whether what it is made of was kept or is made anew."""

import shutil
from dataclasses import replace
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import av
import pytest

from fakes.clapper import SIZE, Take, shoot
from fakes.continuity import expected_bars
from fakes.screening import decode_errors, watch
from storyboard.adapters.media.container import DamagedClip
from storyboard.adapters.media.cut.film import render_film
from storyboard.adapters.media.cut.join import Reel, Strip, join
from storyboard.adapters.media.cut.spans import own_sets
from storyboard.adapters.media.cut.stock import (
    read_stock,
    stock_from_text,
    stock_text,
)
from storyboard.adapters.media.parameter_sets import spliceable
from storyboard.model.errors import EnvironmentFault
from storyboard.model.story import Format
from storyboard.model.timeline import Event, Timeline

FPS = Fraction(24)
WANTED = Format(*SIZE, FPS, "16:9", "90p")


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    return {
        f"{number}": shoot(Take(number, frames=48, every=12), folder / f"{number}.mp4")
        for number in range(4)
    }


def event(name, start, transition="cut", overlap=0, source_in=0, length=36):
    return Event(
        name, "scene", name, start, start + length, source_in, source_in + length,
        transition, overlap, available=48,
    )  # fmt: skip


def film():
    events = (
        event("0", 0),
        event("1", 28, "dissolve", 8),
        event("2", 64, source_in=5),
        event("3", 94, "wipe-up", 6),
    )
    return Timeline("film", *SIZE, FPS, events)


def digest(path):
    return sha256(Path(path).read_bytes()).hexdigest()


def made(folder):
    """Return what is kept in a folder by name, with when it was made."""
    return {
        each.name: each.stat().st_mtime_ns
        for each in folder.rglob("*")
        if each.is_file() and each.suffix != ".mark"
    }


def test_the_same_bytes_come_of_nothing_kept_of_everything_kept_and_of_a_part(clips, tmp_path):
    kept = tmp_path / "kept"
    render_film(film(), clips, str(tmp_path / "cold.mp4"))
    render_film(film(), clips, str(tmp_path / "first.mp4"), folder=kept)
    before = made(kept)
    render_film(film(), clips, str(tmp_path / "hot.mp4"), folder=kept)
    assert made(kept) == before
    spans = sorted(name for name in before if name.endswith(".mp4"))
    (kept / spans[0][:2] / spans[0]).unlink()
    render_film(film(), clips, str(tmp_path / "part.mp4"), folder=kept)
    names = ("cold", "first", "hot", "part")
    assert len({digest(tmp_path / f"{name}.mp4") for name in names}) == 1


def test_nothing_stays_where_nothing_is_to_be_kept(clips, tmp_path):
    render_film(film(), clips, str(tmp_path / "film.mp4"))
    assert [each.name for each in tmp_path.iterdir()] == ["film.mp4"]


def test_a_kept_span_that_is_damaged_is_made_again(clips, tmp_path):
    kept = tmp_path / "kept"
    render_film(film(), clips, str(tmp_path / "first.mp4"), folder=kept)
    span = next(each for each in kept.rglob("*.mp4"))
    other = next(each for each in kept.rglob("*.mp4") if each != span)
    shutil.copyfile(other, span)
    render_film(film(), clips, str(tmp_path / "again.mp4"), folder=kept)
    assert digest(tmp_path / "first.mp4") == digest(tmp_path / "again.mp4")


def test_what_another_encoder_made_is_made_again(clips, tmp_path, monkeypatch):
    """Its pictures may not be read by the parameter sets that this one's are read by."""
    kept = tmp_path / "kept"
    render_film(film(), clips, str(tmp_path / "film.mp4"), folder=kept)
    before = {name for name in made(kept) if name.endswith(".mp4")}
    monkeypatch.setitem(av.library_versions, "libavcodec", (1, 2, 3))
    render_film(film(), clips, str(tmp_path / "film.mp4"), folder=kept)
    after = {name for name in made(kept) if name.endswith(".mp4")}
    assert len(after) == 2 * len(before)


def test_a_shot_that_changes_leaves_the_rest_as_it_was_kept(clips, tmp_path):
    kept, whole = tmp_path / "kept", film()
    render_film(whole, clips, str(tmp_path / "film.mp4"), folder=kept)
    before = set(made(kept))
    *others, last = whole.events
    changed = replace(
        whole, events=(*others, replace(last, overlap=5, record_in=95, record_out=131))
    )
    render_film(changed, clips, str(tmp_path / "film.mp4"), folder=kept)
    spans = {name for name in set(made(kept)) - before if name.endswith(".mp4")}
    assert len(spans) == 1


def test_an_earlier_shot_that_grows_moves_everything_and_renders_nothing(clips, tmp_path):
    kept, whole = tmp_path / "kept", film()
    render_film(whole, clips, str(tmp_path / "film.mp4"), folder=kept)
    before = {name for name in made(kept) if name.endswith(".mp4")}
    moved = tuple(
        replace(each, record_in=each.record_in + 36, record_out=each.record_out + 36)
        for each in whole.events
    )
    longer = replace(whole, events=(event("3", 0), *moved))
    render_film(longer, clips, str(tmp_path / "film.mp4"), folder=kept)
    assert {name for name in made(kept) if name.endswith(".mp4")} == before


def test_a_clip_read_by_other_parameter_sets_than_most_is_rendered(clips, tmp_path):
    """Control: read by the same, it is copied, and then nothing at all is rendered."""
    odd = shoot(Take(2, frames=36, x264="ref=5:bframes=1"), tmp_path / "odd.mp4")
    assert spliceable(odd) not in {None, spliceable(clips["0"])}
    cuts = replace(film(), events=tuple(event(f"{n}", 36 * n) for n in range(4)))
    for name, clip, rendered in (("same", clips["2"], 0), ("odd", odd, 1)):
        kept = tmp_path / name
        render_film(cuts, {**clips, "2": clip}, str(tmp_path / f"{name}.mp4"), folder=kept)
        assert len(list(kept.rglob("*.mp4"))) == rendered
        assert not decode_errors(tmp_path / f"{name}.mp4")
        assert watch(tmp_path / f"{name}.mp4").bars == expected_bars(cuts)


def test_a_stock_is_the_same_after_it_was_written_down(clips):
    stock = read_stock(clips["0"], WANTED)
    assert stock_from_text(stock_text(stock)) == stock
    assert stock.shape.starts == (0, 12, 24, 36)
    assert stock.shape.ends[-1] == 48
    assert stock_from_text(stock_text(None)) is None
    assert read_stock(clips["0"], replace(WANTED, fps=Fraction(25))) is None


# The file is asked what it holds --------------------------------------------------------------


def reel(clips, strips, frames):
    sets = (spliceable(clips["0"]), own_sets(SIZE, FPS))
    whole = Timeline("film", *SIZE, FPS, (event("0", 0, length=frames),))
    return Reel(whole, strips, sets, 2)


def silence(frames):
    """Return as many packets of coded sound as so many frames need; what is in them is nothing."""
    return [b"\x21\x10\x04\x60\x8c\x1c"] * (round(frames / FPS * 48_000) // 1024 + 2)


def test_a_film_that_holds_other_frames_than_it_should_is_told(clips, tmp_path):
    """A decoder reports nothing here: every strip is sound, there are only too few of them."""
    short = reel(clips, [Strip(clips["0"], 0, 48), Strip(clips["1"], 0, 24)], 96)
    with pytest.raises(EnvironmentFault, match="holds 72 frames"):
        join(short, silence(96), str(tmp_path / "film.mp4"))


def test_a_strip_that_is_not_the_frames_it_should_be_is_told(clips, tmp_path):
    beyond = reel(clips, [Strip(clips["0"], 36, 24)], 24)
    with pytest.raises(DamagedClip, match="does not hold the 24 frames from 36 on"):
        join(beyond, silence(24), str(tmp_path / "film.mp4"))
    unstarted = reel(clips, [Strip(clips["0"], 5, 12)], 12)
    with pytest.raises(DamagedClip):
        join(unstarted, silence(12), str(tmp_path / "film.mp4"))


def test_a_film_with_less_sound_than_picture_is_told(clips, tmp_path):
    whole = reel(clips, [Strip(clips["0"], 0, 48)], 48)
    with pytest.raises(EnvironmentFault, match="samples of sound"):
        join(whole, silence(20), str(tmp_path / "film.mp4"))


def test_a_film_that_cannot_be_written_is_told(clips, tmp_path):
    whole = reel(clips, [Strip(clips["0"], 0, 48)], 48)
    with pytest.raises(EnvironmentFault, match="No such file"):
        join(whole, silence(48), str(tmp_path / "no" / "film.mp4"))
