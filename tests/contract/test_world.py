"""The compiler's world on a real disk: the sounds that a film names."""

from pathlib import Path

import pytest

from storyboard.app.world import DiskWorld
from storyboard.model.diagnostic import Code
from storyboard.model.source import Span

HERE = Span("film.yaml", 0, 5)


@pytest.fixture
def world(tmp_path, monkeypatch):
    """A project of its own, beside a file that is none of it."""
    project = tmp_path / "project"
    project.mkdir()
    (tmp_path / "secret.wav").write_bytes(b"RIFF")
    monkeypatch.chdir(project)
    return DiskWorld(project, "film.yaml")


def code_of(outcome):
    (finding,) = outcome.diagnostics
    assert (outcome.value, finding.span) == (None, HERE)
    return finding.code


@pytest.mark.parametrize("name", ["a.wav", "A.WAV", "a.flac", "a.mp3", "a.m4a", "a.ogg", "a.opus"])
def test_a_sound_in_the_project(world, name):
    """Its path is all that is known of it; no byte of it is read."""
    Path(name).write_bytes(b"not really")
    outcome = world.sound(name, HERE)
    assert (outcome.value, outcome.diagnostics) == (name, ())


def test_a_sound_that_is_not_there(world):
    """It is looked for, so that a film compiled before it came is compiled again."""
    assert code_of(world.sound("a.wav", HERE)) is Code.SOUND_MISSING
    assert "a.wav" in world.inputs.pictures
    assert world.inputs.unchanged({})
    Path("a.wav").write_bytes(b"RIFF")
    assert not world.inputs.unchanged({})


@pytest.mark.parametrize("name", ["notes.txt", "sound", "empty.wav", "folder.wav"])
def test_a_file_that_is_no_sound(world, name):
    """A name of another kind, no content, a folder: found before anything is mixed."""
    Path("folder.wav").mkdir()
    for each in ("notes.txt", "sound"):
        Path(each).write_bytes(b"words")
    Path("empty.wav").touch()
    assert code_of(world.sound(name, HERE)) is Code.SOUND_UNREADABLE


@pytest.mark.parametrize("name", ["../secret.wav", "link.wav", "../gone.wav"])
def test_a_sound_outside_the_project(world, name):
    """Neither by its path nor through a link, and nothing is said of whether it is there."""
    Path("link.wav").symlink_to("../secret.wav")
    assert code_of(world.sound(name, HERE)) is Code.OUTSIDE_PROJECT
