"""What is kept is whole, or it is made again; and it is made once."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storyboard.adapters.media.kept import Kept
from storyboard.model.errors import EnvironmentFault

NAME = "abcd.txt"
NOW = datetime(2026, 11, 22, tzinfo=UTC)


class Maker:
    """Writes a text, and counts how often it was asked to."""

    def __init__(self, text="made"):
        self.text, self.asked = text, 0

    def __call__(self, path):
        self.asked += 1
        Path(path).write_text(self.text, encoding="utf-8")


@pytest.fixture
def kept(tmp_path):
    return Kept(tmp_path / "kept")


def test_what_was_made_once_is_found_and_not_made_again(kept):
    make = Maker()
    first = kept.make(NAME, make)
    assert Path(first).read_text(encoding="utf-8") == "made"
    assert (kept.make(NAME, make), kept.find(NAME), make.asked) == (first, first, 1)


def test_what_was_never_made_is_not_found(kept):
    assert kept.find(NAME) is None


@pytest.mark.parametrize("damage", ["shorter", "other", "no mark", "torn mark", "other program"])
def test_a_file_that_is_not_what_was_kept_is_made_again(kept, damage):
    make = Maker()
    path = Path(kept.make(NAME, make))
    mark = path.with_name(f"{path.name}.mark")
    match damage:
        case "shorter":
            path.write_text("mad", encoding="utf-8")
        case "other":
            path.write_text("fade", encoding="utf-8")
        case "no mark":
            mark.unlink()
        case "torn mark":
            mark.write_text('{"program', encoding="utf-8")
        case "other program":
            written = json.loads(mark.read_text(encoding="utf-8"))
            mark.write_text(json.dumps({**written, "program": "0.0.0"}), encoding="utf-8")
    assert kept.find(NAME) is None
    assert Path(kept.make(NAME, make)).read_text(encoding="utf-8") == "made"
    assert make.asked == 2


def test_what_fails_leaves_nothing_behind(kept):
    def fail(path):
        Path(path).write_text("half", encoding="utf-8")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        kept.make(NAME, fail)
    assert [each for each in kept.folder.rglob("*") if each.is_file()] == []


def test_a_disk_that_does_not_take_it_is_told_in_one_sentence(tmp_path):
    (tmp_path / "kept").write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(EnvironmentFault, match="cannot be written"):
        Kept(tmp_path / "kept").make(NAME, Maker())


def test_what_killed_processes_left_is_swept_away_and_nothing_else(kept):
    """What another is still writing to stays with what is whole."""
    path = Path(kept.make(NAME, Maker()))
    for name, hours in (("99-1", 2), ("98-1", 0)):
        unfinished = path.parent / f".{name}.unfinished.{NAME}"
        unfinished.write_text("half", encoding="utf-8")
        written = (NOW - timedelta(hours=hours)).timestamp()
        os.utime(unfinished, (written, written))
    kept.sweep(NOW)
    left = sorted(each.name for each in path.parent.iterdir())
    assert left == [f".98-1.unfinished.{NAME}", NAME, f"{NAME}.mark"]
    Kept(kept.folder / "nowhere").sweep(NOW)
