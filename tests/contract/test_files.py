"""Reading and writing the project's files: what is refused, in which words, and what is kept."""

import errno
import os
import socket

import pytest

from storyboard.adapters import durable, files
from storyboard.adapters.files import (
    Project,
    find_root,
    read_bytes,
    read_source,
)
from storyboard.model.diagnostic import Code
from storyboard.model.source import Source, Span

HERE = Span("film.yaml", 10, 20)


@pytest.fixture
def root(tmp_path):
    """A project folder, with a place outside of it beside it."""
    folder = tmp_path / "project"
    folder.mkdir()
    (tmp_path / "secret.yaml").write_text("secret: 1\n")
    return folder


def refusal(path, root, span=HERE):
    outcome = read_source(str(path), root, span)
    assert not outcome.ok
    (only,) = outcome.diagnostics
    return only


# ---- the root


def test_the_root_is_the_folder_with_the_settings(tmp_path):
    """A storyboard.toml above the film marks the project, before any .git."""
    film = tmp_path / "a" / "b" / "film.yaml"
    film.parent.mkdir(parents=True)
    assert find_root(film) == film.parent
    (tmp_path / "a" / ".git").mkdir()
    assert find_root(film) == tmp_path / "a"
    (tmp_path / "storyboard.toml").touch()
    assert find_root(film) == tmp_path


def test_a_relative_film_has_a_root(tmp_path, monkeypatch):
    """A film named from the working folder is found in it."""
    monkeypatch.chdir(tmp_path)
    assert Project.of(files.Path("film.yaml")).root == tmp_path


# ---- what is read


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"a: 1\n", "a: 1\n"),
        (b"\xef\xbb\xbfa: 1\r\n", "a: 1\r\n"),
        ("é 🎬".encode(), "é 🎬"),
        (b"", ""),
    ],
)
def test_text_is_read_as_it_is(root, data, text):
    """Line endings stay, a byte order mark goes, and the path is shown as given."""
    path = root / "film.yaml"
    path.write_bytes(data)
    assert Project(root).read(str(path), None).value == Source(str(path), text)


def test_a_link_inside_the_project_is_followed(root):
    """Only leaving the project is refused, not linking."""
    (root / "real.yaml").write_text("a: 1\n")
    (root / "link.yaml").symlink_to("real.yaml")
    assert read_source(str(root / "link.yaml"), root, None).ok


def test_a_path_may_go_up_and_come_back(root):
    """Dots are no crime; only where they lead counts."""
    (root / "sub").mkdir()
    (root / "film.yaml").write_text("a: 1\n")
    assert read_source(str(root / "sub" / ".." / "film.yaml"), root, None).ok


def test_a_project_behind_a_link_is_a_project(root, tmp_path):
    """The project folder itself may be reached through a link."""
    (root / "film.yaml").write_text("a: 1\n")
    (tmp_path / "alias").symlink_to(root)
    assert read_source(str(tmp_path / "alias" / "film.yaml"), tmp_path / "alias", None).ok


# ---- what is refused


def test_a_missing_file_suggests_its_neighbour(root):
    """A slip in a file name is met with the file that is there."""
    (root / "garden.yaml").touch()
    found = refusal(root / "gardn.yaml", root)
    assert (found.code, found.span) == (Code.UNREADABLE_FILE, HERE)
    assert "does not exist" in found.message
    assert found.help == f'did you mean "{root / "garden.yaml"}"?'


def test_a_missing_file_far_from_any_has_no_suggestion(root):
    """No guess is better than a bad one."""
    (root / "garden.yaml").touch()
    assert refusal(root / "xyz.yaml", root).help is None


def test_a_missing_folder_is_named(root):
    """A wrong folder is told from a wrong file."""
    found = refusal(root / "scenes" / "a.yaml", root)
    assert found.message.endswith(f"the folder {root / 'scenes'} does not exist")


def test_a_folder_that_cannot_be_listed_gives_no_names(root):
    """Looking for a suggestion never makes matters worse."""
    (root / "file").touch()
    assert files._names(str(root / "file")) == []


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: path.mkdir(), "a folder"),
        (os.mkfifo, "a pipe"),
        (lambda path: socket.socket(socket.AF_UNIX).bind(str(path)), "a socket"),
    ],
    ids=["folder", "pipe", "socket"],
)
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_what_is_not_a_file_is_named(root, monkeypatch, make, words):
    """Folders, pipes and sockets are refused at once; none of them is waited for."""
    monkeypatch.chdir(root)
    make(files.Path("it.yaml"))
    found = refusal("it.yaml", root)
    assert found.code is Code.UNREADABLE_FILE
    assert found.message == f"it.yaml cannot be read: it is {words}, not a file"


def test_a_device_is_refused_unopened(root):
    """Opening a device may do something; it is only looked at."""
    found = refusal("/dev/zero", files.Path("/dev"))
    assert found.message == "/dev/zero cannot be read: it is a device, not a file"


def test_a_pipe_put_in_place_after_the_look_is_refused_too(root, monkeypatch):
    """The second look, at what was really opened, does not trust the first."""
    os.mkfifo(root / "film.yaml")
    monkeypatch.setattr(files, "_kind", lambda _: None)
    assert "not a file" in refusal(root / "film.yaml", root).message


@pytest.mark.parametrize("way", ["../secret.yaml", "out/secret.yaml", "link.yaml", "/etc/hostname"])
def test_nothing_outside_the_project_is_read(root, monkeypatch, way):
    """Dots, linked folders, linked files and absolute paths all end at the border."""
    (root / "out").symlink_to("..")
    (root / "link.yaml").symlink_to("../secret.yaml")
    monkeypatch.chdir(root)
    found = refusal(way, root)
    assert (found.code, found.span) == (Code.OUTSIDE_PROJECT, HERE)


@pytest.mark.parametrize("way", ["../secret.yaml", "out/secret.yaml", "link.yaml"])
def test_only_the_border_stops_them(root, tmp_path, monkeypatch, way):
    """The same paths are read when the project is the folder above."""
    (root / "out").symlink_to("..")
    (root / "link.yaml").symlink_to("../secret.yaml")
    monkeypatch.chdir(root)
    assert read_source(way, tmp_path, HERE).ok


def test_a_missing_file_outside_is_outside(root, tmp_path):
    """Whether a file outside exists is not told."""
    assert refusal(tmp_path / "secrets.yaml", root).code is Code.OUTSIDE_PROJECT


@pytest.mark.parametrize("name", ["a\0b", "a\ud800", "x" * 5_000])
def test_impossible_names_are_findings(root, monkeypatch, name):
    """A name the system cannot take never raises."""
    monkeypatch.chdir(root)
    assert refusal(name, root).code is Code.UNREADABLE_FILE


def test_links_in_a_circle_are_a_finding(root):
    """A link to itself ends."""
    (root / "a.yaml").symlink_to("a.yaml")
    assert "circle" in refusal(root / "a.yaml", root).message


def test_a_file_below_a_file_is_a_finding(root):
    """A path through a file leads nowhere."""
    (root / "film.yaml").touch()
    assert "not a folder" in refusal(root / "film.yaml" / "a.yaml", root).message


def test_a_closed_file_says_who_may_not_read_it():
    """What the system refuses is told in words; what it does not explain, too."""
    assert "may not be read" in durable.reason(PermissionError(errno.EACCES, "Permission denied"))
    assert durable.reason(OSError(errno.EIO, "Input/output error")) == "input/output error"
    assert durable.reason(OSError()) == "the system refused"


def test_a_file_without_permission_is_a_finding(root):
    """A file closed to this user ends in a finding."""
    path = root / "film.yaml"
    path.touch(mode=0)
    user = os.geteuid()
    try:
        os.seteuid(user or 65534)  # root may read everything
        assert "may not be read" in refusal(path, root).message
    finally:
        os.seteuid(user)


def test_a_file_too_large_is_refused_before_it_is_read(root):
    """A sparse terabyte is turned away by its size."""
    path = root / "film.yaml"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    found = refusal(path, root)
    assert (found.code, found.span) == (Code.FILE_TOO_LARGE, HERE)
    assert "16 MB" in found.message


def test_a_file_that_grows_while_it_is_read_is_refused(root):
    """A file that claims to be empty, as those of /proc do, is measured by what comes out."""
    grown = read_bytes("/proc/self/status", files.Path("/proc"), HERE, 10)
    assert [each.code for each in grown.diagnostics] == [Code.FILE_TOO_LARGE]
    assert read_bytes("/proc/self/status", files.Path("/proc"), HERE, 1 << 20).ok


def test_the_largest_file_is_read_and_one_byte_more_is_not(root):
    """The limit is exact."""
    path = root / "still.png"
    path.write_bytes(b"x" * 100)
    assert read_bytes(str(path), root, HERE, 100).value == b"x" * 100
    assert not read_bytes(str(path), root, HERE, 99).ok


# ---- what is not text


@pytest.mark.parametrize(
    ("data", "place", "words"),
    [
        ("é\n".encode() + b"\xff\n", 2, "byte 0xFF"),
        (b"\xef\xbb\xbfab\xff", 2, "byte 0xFF"),
        (b"\x80", 0, "byte 0x80"),
        (b"a\xc3", 1, "byte 0xC3"),
        (b"\xed\xa0\x80", 0, "byte 0xED"),
        ("é\n".encode() + b"a\0b", 3, "U+0000"),
        (b"a\x1bb\0", 1, "U+001B"),
        (b"\0" * 100, 0, "U+0000"),
    ],
)
def test_the_first_bad_byte_is_the_place(root, data, place, words):
    """What is not text is shown at the character where it stops being text."""
    path = root / "film.yaml"
    path.write_bytes(data)
    outcome = read_source(str(path), root, HERE)
    (only,) = outcome.diagnostics
    assert only.code is Code.NOT_TEXT
    assert words in only.message
    assert only.span == Span(str(path), place, place + 1)
    assert outcome.value.text[:place] == data.decode("utf-8-sig", "replace")[:place]


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("utf-32", "UTF-32"),
    ],
)
def test_wide_encodings_are_named(root, encoding, name):
    """A file saved as UTF-16 says so, and what to do."""
    path = root / "film.yaml"
    path.write_bytes("storyboard: 1\ntitle: x\n".encode(encoding))
    found = refusal(path, root)
    assert (found.code, found.span, found.help) == (Code.NOT_TEXT, HERE, "save the file as UTF-8")
    assert f"is {name} text" in found.message
