"""Clips in the film's format are kept by content, verified when used, made beside other work."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from threading import Event

import av
import pytest

from fakes.footage import FPS, picture, tone
from storyboard.adapters.clips import FolderClips
from storyboard.adapters.durable import sha256_of
from storyboard.adapters.media import kept
from storyboard.adapters.media.conformity import conforms
from storyboard.adapters.media.encoder import ClipWriter
from storyboard.adapters.media.parameter_sets import spliceable
from storyboard.app.conforming import Conforming, Wish, conformed_path, open_conforming
from storyboard.engine.ports import Clip
from storyboard.model.delivery import Framing
from storyboard.model.errors import EnvironmentFault
from storyboard.model.measure import Oddity, Remark
from storyboard.model.money import Millis
from storyboard.model.request import ClipKey, ClipRequest, clip_key
from storyboard.model.story import Format

WANTED = Format(320, 180, FPS, "16:9", "180p")
OTHER = Format(320, 180, Fraction(30_000, 1001), "16:9", "180p")
ORDER = ClipRequest("house", (("prompt", "runs"),), Millis(1000))
REMARK = Remark(Oddity.BLACK, "black")
A_DAY = 86_400


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "conformed"


@pytest.fixture
def buy(tmp_path):
    """Keep a clip of a few frames at some rate, which no other clip is like."""

    def kept(fps=30, frames=3, order=ORDER, sets=0):
        store = FolderClips(tmp_path / "clips", {})
        path = Path(store.scratch(clip_key(order)))
        how = {"width": 320, "height": 180, "fps": Fraction(fps), "parameter_sets": sets}
        with ClipWriter(str(path), **how) as writer:
            writer.write_sound(tone(frames))
            for _ in range(frames):
                writer.write_rgb(picture())
        return store.keep(clip_key(order), str(path))

    return kept


def aged(path):
    """Make a file a day older, so that it shows when it is written anew."""
    made = Path(path).stat().st_mtime_ns - A_DAY * 10**9
    os.utime(path, ns=(made, made))
    return made


def is_untouched(path, made):
    return Path(path).stat().st_mtime_ns == made


def test_a_clip_that_conforms_is_used_where_it_is(folder, buy):
    """Nothing is written at all."""
    clip = buy(fps=24)
    assert conformed_path(clip, Wish(WANTED), folder) == clip.path
    assert not folder.exists()


def test_a_clip_is_conformed_once(folder, buy):
    """By its content: what is asked for again is there."""
    clip = buy()
    path = conformed_path(clip, Wish(WANTED), folder)
    assert Path(path) == folder / clip.sha256[:2] / f"{clip.sha256}.320x180-24.mp4"
    made = aged(path)
    assert conformed_path(clip, Wish(WANTED), folder) == path
    assert is_untouched(path, made)


def test_each_format_has_a_file_of_its_own(folder, buy):
    """One clip may be shown in films of several rates."""
    clip = buy()
    assert len({conformed_path(clip, Wish(wanted), folder) for wanted in (WANTED, OTHER)}) == 2


def test_each_framing_has_a_file_of_its_own(folder, buy):
    """Two shots may show one clip, each with what matters to it."""
    clip = buy(fps=24)
    tall = Format(180, 320, FPS, "9:16", "180p")
    focuses = {ClipKey("left"): (0.1, 0.5), ClipKey("right"): (0.9, 0.5)}
    framings = {key: Framing(focus=focus) for key, focus in focuses.items()}
    with open_conforming(folder) as work:
        paths = work.paths(dict.fromkeys(focuses, clip), tall, framings)
    left, right = (Path(paths[key]) for key in focuses)
    assert left.name == f"{clip.sha256}.180x320-24.cover-0.1-0.5.mp4"
    assert left.read_bytes() != right.read_bytes()


def test_a_clip_that_conforms_and_cannot_be_spliced_is_encoded(folder, buy):
    """For the film is made of it by copying."""
    clip = buy(fps=24, sets=5)
    assert conforms(clip.path, WANTED)
    path = conformed_path(clip, Wish(WANTED), folder)
    assert path != clip.path
    assert spliceable(path).number == 1


@pytest.mark.parametrize("damage", ["a byte", "cut short", "gone", "no marker", "no JSON"])
def test_what_is_damaged_is_made_again(folder, buy, damage):
    """It costs nothing; nothing but what was made is ever used."""
    clip = buy()
    path = Path(conformed_path(clip, Wish(WANTED), folder))
    whole, marker = path.read_bytes(), path.with_name(f"{path.name}.mark")
    match damage:
        case "a byte":
            path.write_bytes(whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:])
        case "cut short":
            path.write_bytes(whole[:-1])
        case "gone":
            path.unlink()
        case "no marker":
            marker.unlink()
        case _:
            marker.write_text("[")
    if path.exists():
        aged(path)
    made = path.stat().st_mtime_ns if path.exists() else 0
    assert conformed_path(clip, Wish(WANTED), folder) == str(path)
    assert path.read_bytes() == whole
    assert not is_untouched(path, made)


def test_another_program_makes_its_own(folder, buy, monkeypatch):
    """A newer program may make them otherwise, and a film never mixes the two."""
    clip = buy()
    path = conformed_path(clip, Wish(WANTED), folder)
    made = aged(path)
    monkeypatch.setattr(kept, "__version__", "0.0.0")
    assert conformed_path(clip, Wish(WANTED), folder) == path
    assert not is_untouched(path, made)


def test_what_was_never_finished_is_not_used(folder, buy):
    """A file without its marker may be anything: it is replaced."""
    clip = buy()
    path = folder / clip.sha256[:2] / f"{clip.sha256}.320x180-24.mp4"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"half")
    assert Path(conformed_path(clip, Wish(WANTED), folder)).read_bytes() != b"half"


def test_a_disk_that_refuses(folder, buy):
    """One sentence, no traceback."""
    folder.write_text("in the way")
    with pytest.raises(EnvironmentFault):
        conformed_path(buy(), Wish(WANTED), folder)


def test_inspecting_a_clip_starts_its_conforming(folder, buy):
    """Nobody has to ask for it, and what the inspector has to say is passed on."""
    clip = buy()
    with ThreadPoolExecutor(1) as executor:
        work = Conforming(folder, executor, Event())
        inspect = work.inspector(lambda _clip, _order: (REMARK,), WANTED)
        assert inspect(clip, ORDER) == (REMARK,)
    (path,) = folder.rglob("*.mp4")
    made = aged(path)
    with open_conforming(folder) as work:
        assert work.paths({clip.key: clip}, WANTED) == {clip.key: str(path)}
    assert is_untouched(path, made)


def test_two_shots_with_one_clip(folder, buy):
    """It is conformed once, and both are cut from it."""
    clip = buy()
    twin = replace(clip, key=clip_key(replace(ORDER, length=Millis(2000))))
    with open_conforming(folder) as work:
        paths = work.paths({each.key: each for each in (clip, twin)}, WANTED)
    assert len(paths) == 2
    assert len(set(paths.values())) == 1
    assert len(list(folder.rglob("*.mp4"))) == 1


def test_a_clip_that_cannot_be_conformed_is_cut_as_it_is(folder, buy):
    """No shot fails for it here: the cut says what is the matter."""
    clip = buy()
    Path(clip.path).write_bytes(b"<html>")
    with open_conforming(folder) as work:
        inspect = work.inspector(lambda _clip, _order: (), WANTED)
        assert inspect(clip, ORDER) == ()
        assert work.paths({clip.key: clip}, WANTED) == {clip.key: clip.path}


def test_a_framing_that_cannot_be_made_is_told(folder, buy):
    """Nobody gets a film with bars who asked for one that is filled."""
    clip = buy()
    folder.write_bytes(b"a file where a folder should be")
    framings = {clip.key: Framing("cover")}
    with open_conforming(folder) as work:
        assert work.paths({clip.key: clip}, WANTED) == {clip.key: clip.path}
        with pytest.raises(EnvironmentFault, match="cannot be written"):
            work.paths({clip.key: clip}, replace(WANTED, width=180), framings)


def test_work_is_given_up_when_a_build_ends(folder, buy):
    """Leaving does not wait for clips that nobody will cut; nothing half-made stays."""
    clip = buy(frames=40)
    formats = [replace(WANTED, width=width) for width in range(200, 300, 2)]
    with open_conforming(folder) as work:
        for wanted in formats:
            work.inspector(lambda _clip, _order: (), wanted)(clip, ORDER)
    assert len(list(folder.rglob("*.mp4"))) < len(formats)
    assert list(folder.rglob(".*")) == []
    assert Path(conformed_path(clip, Wish(formats[-1]), folder)).is_relative_to(folder)


def test_a_long_clip_is_given_up_in_the_middle(tmp_path, folder):
    """Ctrl-C twice leaves at once, whatever is being encoded then."""
    path = tmp_path / "long.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for number in (0, 24 * 599):
            frame = av.VideoFrame.from_ndarray(picture(), "rgb24")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    clip = Clip(clip_key(ORDER), str(path), sha256_of(path))
    with open_conforming(folder) as work:
        work.inspector(lambda _clip, _order: (), WANTED)(clip, ORDER)
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_what_a_killed_build_left_is_swept(folder, buy):
    """What is whole stays; and what another may still be at work on."""
    path = Path(conformed_path(buy(), Wish(WANTED), folder))
    left = path.with_name(f".{path.stem}.12345.unfinished.mp4")
    left.write_bytes(b"half")
    with open_conforming(folder):
        assert left.exists()
    aged(left)
    with open_conforming(folder):
        assert not left.exists()
    assert {each.suffix for each in path.parent.iterdir()} == {".mp4", ".mark"}


def test_conforming_is_not_paid_for_before_there_is_a_clip():
    """The decoder is loaded with the first clip: a build of nothing new starts without it."""
    code = "import sys, storyboard.app.conforming; print('av' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
