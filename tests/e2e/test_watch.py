"""`storyboard cut --watch` cuts again at each save, and ends when it is told to."""

import json
import signal
import wave
from contextlib import contextmanager
from itertools import count

import pytest
from PIL import Image

from fakes.owned import colours
from fakes.rehearsal import write_film
from fakes.rehearsal_process import started, wait_until
from storyboard.model.errors import ExitCode

FPS = 12
LONG_ENOUGH = 20_000
"""Looks at what it says after which nothing more is expected."""
CUT = "; cut\n"
NOT_CUT = "not cut; waiting for the next save"

pytestmark = pytest.mark.slow


@pytest.fixture
def film(tmp_path):
    return write_film(tmp_path / "project", shots=1)


@contextmanager
def watching(film, *words):
    """Watch a film; at the end of the block it is told to stop, and stops well."""
    with started("cut", film, "--watch", *words, home=film.parents[1] / "home") as process:
        yield process
        process.send(signal.SIGINT)
        ran = process.ended()
        assert (ran.code, "no longer watching" in ran.err) == (ExitCode.OK, True), ran.err


def said(process, words, times=1):
    """Wait until it has said something so often."""
    looks = count()
    wait_until(lambda: process.said().count(words) >= times or next(looks) > LONG_ENOUGH, process)
    assert process.said().count(words) >= times, process.said()


def rough(film):
    return film.parent / "build/film.rough.mp4"


def test_each_save_is_a_new_cut(film):
    """A still, then the film itself: both are seen, and the film is what they say."""
    with watching(film) as process:
        said(process, CUT)
        assert colours(rough(film)) == ["crimson"] * FPS
        Image.new("RGB", (640, 360), "teal").save(film.parent / "0.png")
        said(process, CUT, 2)
        assert colours(rough(film)) == ["teal"] * FPS
        film.write_text(film.read_text().replace("duration: 1s", "duration: 0.5s"))
        said(process, CUT, 3)
    assert colours(rough(film)) == ["teal"] * (FPS // 2)


def test_a_save_that_is_wrong_ends_nothing(film):
    """It is told once, the last good film stays, and the next save is waited for."""
    with watching(film) as process:
        said(process, CUT)
        good, text = rough(film).read_bytes(), film.read_text()
        film.write_text(text.replace("image:", "imaeg:"))
        said(process, NOT_CUT)
        assert "unknown-key" in process.said()
        assert rough(film).read_bytes() == good
        film.write_text(text.replace("A rehearsal", "Another"))
        said(process, CUT, 2)
        assert process.said().count(NOT_CUT) == 1


def test_music_is_one_of_the_files(film):
    """It is heard, so a new version of it is another film."""
    film.write_text(film.read_text().replace("defaults:", "mix: {music: bed.wav}\ndefaults:"))
    write_sound(film.parent / "bed.wav", level=0)
    with watching(film) as process:
        said(process, CUT)
        write_sound(film.parent / "bed.wav", level=1000)
        said(process, CUT, 2)


def write_sound(path, level):
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, 48_000, 0, "NONE", ""))
        sound.writeframes(level.to_bytes(2, "little") * 48_000)


def test_a_file_that_comes_later_is_seen(film):
    """A scene that is included and not there yet, in a folder that is not there either."""
    text = film.read_text()
    film.write_text(text.partition("shots:")[0] + "scenes:\n  - include: scenes/one.yaml\n")
    with watching(film) as process:
        said(process, NOT_CUT)
        (film.parent / "scenes").mkdir()
        scene = "id: one\nshots:\n  - {id: a, image: ../0.png, action: A cat.}\n"
        (film.parent / "scenes/one.yaml").write_text(scene)
        said(process, CUT)
    assert colours(rough(film)) == ["crimson"] * FPS


def test_what_the_world_refuses_ends_nothing(film):
    """A missing clip that nothing may stand in for is told, and the next save is waited for."""
    with watching(film, "--missing", "refuse") as process:
        said(process, NOT_CUT)
        assert "s0 (new)" in process.said()
        film.write_text(film.read_text().replace("tiny/image-to-video", "animatic", 1))
        said(process, CUT)


def test_a_watch_can_be_terminated(film, tmp_path):
    """As by Ctrl-C, it ends well: ending it is how one ends it."""
    with started("cut", film, "--watch", home=tmp_path / "home") as process:
        said(process, CUT)
        process.send(signal.SIGTERM)
        assert process.ended().code == ExitCode.OK


def documents(text):
    """Return the JSON objects that stand one after the other in a text."""
    told = []
    while text:
        value, end = json.JSONDecoder().raw_decode(text)
        told.append(value)
        text = text[end:].lstrip()
    return told


def test_programs_are_told_of_each_cut(film):
    """One JSON object after the other."""
    out = film.parents[1] / "home/out.txt"
    with watching(film, "--json") as process:
        wait_until(lambda: out.read_text().count("storyboard/cut-1") == 1, process)
        film.write_text(film.read_text().replace("A rehearsal", "Another"))
        wait_until(lambda: out.read_text().count("storyboard/cut-1") == 2, process)
    told = [each["path"] for each in documents(out.read_text())]
    assert told == [str(rough(film))] * 2


def test_programs_are_told_of_each_refusal(film):
    """It is one of the objects, with its word; the next save is waited for all the same."""
    out = film.parents[1] / "home/out.txt"
    with watching(film, "--json", "--missing", "refuse") as process:
        wait_until(lambda: "storyboard/error-1" in out.read_text(), process)
        film.write_text(film.read_text().replace("tiny/image-to-video", "animatic", 1))
        wait_until(lambda: "storyboard/cut-1" in out.read_text(), process)
        assert "error[" not in process.said()
    refused, cut = documents(out.read_text())
    assert refused["error"]["code"] == "shots-failed"
    assert cut["complete"]
