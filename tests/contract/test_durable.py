"""Files are written whole or not at all, and survive a power cut."""

import errno
import os
import stat
from pathlib import Path

import pytest

from storyboard.adapters.durable import aside, sha256_of, write_aside
from storyboard.model.errors import EnvironmentFault


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def test_a_file_is_written_whole(root):
    """New folders are made, the old content is gone, and nothing else is left behind."""
    path = root / "build" / "film.vtt"
    write_aside(path, b"old and longer")
    write_aside(path, b"new")
    assert path.read_bytes() == b"new"
    assert [each.name for each in path.parent.iterdir()] == ["film.vtt"]


def test_a_new_file_may_be_read_by_whom_the_umask_allows(root):
    """Written aside or not, the file has the mode that any new file has."""
    write_aside(root / "a", b"")
    (root / "b").touch()
    assert stat.S_IMODE((root / "a").stat().st_mode) == stat.S_IMODE((root / "b").stat().st_mode)


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_file(root, monkeypatch, call):
    """A full disk, at any step, costs neither the old content nor leaves a scrap."""
    path = root / "film.lock.yaml"
    write_aside(path, b"old")

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, call, full)
    with pytest.raises(EnvironmentFault, match="no space left"):
        write_aside(path, b"new")
    assert path.read_bytes() == b"old"
    assert [each.name for each in root.iterdir()] == ["film.lock.yaml"]


def test_the_data_is_on_the_disk_before_the_name_is(root, monkeypatch):
    """Flush, then rename, then flush the folder: the order that survives a power cut."""
    steps = []
    fsync, replace = os.fsync, Path.replace

    def noted_fsync(descriptor):
        steps.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        fsync(descriptor)

    def noted_replace(path, target):
        steps.append("rename")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(Path, "replace", noted_replace)
    write_aside(root / "a", b"1")
    assert steps == ["file", "rename", "folder"]


def test_a_name_with_a_colon_is_written_to_by_a_path(root, monkeypatch):
    """A media library would take what stands before it for a protocol."""
    monkeypatch.chdir(root)
    with aside("a:b.mp4") as unfinished:
        assert unfinished.startswith("./")
        Path(unfinished).write_bytes(b"film")
    assert [each.name for each in root.iterdir()] == ["a:b.mp4"]


def test_a_folder_that_cannot_be_made_is_a_fault(root):
    """What the disk refuses is an environment fault with the path in it."""
    (root / "file").touch()
    with pytest.raises(EnvironmentFault, match="cannot be written"):
        write_aside(root / "file" / "a", b"1")


def test_the_hash_is_of_the_bytes(root):
    """The SHA-256 of a file, in hexadecimal."""
    (root / "a").write_bytes(b"abc")
    assert sha256_of(root / "a").startswith("ba7816bf8f01cfea")
