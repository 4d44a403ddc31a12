"""The cache of compilations: whatever went into one and changed is a miss, and never a harm."""

import io
import os
import pickle
import stat

import pytest
from PIL import Image

from storyboard.app import cache as module
from storyboard.app import compile as compiling
from storyboard.app.cache import Cache, Inputs
from storyboard.app.compile import FilmOptions, compile_film_at

FILM = """\
storyboard: 1
title: T
model: animatic
template: plain
vars: {x: runs}
variants: {v: {title: U}}
scenes:
  - {id: s, shots: [{id: a, action: "{{ x }}", image: a.png}, {id: b, action: sits, image: b.png}]}
  - include: garden.yaml
"""
GARDEN = "id: garden\nshots: [{id: c, action: sleeps}]\n"


def drawn():
    file = io.BytesIO()
    Image.new("L", (16, 9)).save(file, "PNG")
    return file.getvalue()


STILL = drawn()


class Compiled(Exception):
    """The cache was no help: the film was compiled."""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project that has been compiled, its files as if they had lain there for a while."""
    monkeypatch.setattr(module, "_SETTLED_NS", -(10**12))
    folder = tmp_path / "project"
    (folder / "films").mkdir(parents=True)
    (folder / "storyboard.toml").touch()
    (folder / "films" / "film.yaml").write_text(FILM)
    (folder / "films" / "garden.yaml").write_text(GARDEN)
    (folder / "films" / "a.png").write_bytes(STILL)
    assert compiled(folder).ok
    return folder


def compiled(project, **options):
    return compile_film_at(str(project / "films" / "film.yaml"), FilmOptions(**options))


def hits(project, **options):
    """Tell whether the film is remembered, without compiling it."""

    def compiles(*_):
        raise Compiled

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(compiling, "_compile", compiles)
        try:
            compiled(project, **options)
        except Compiled:
            return False
    return True


def test_a_film_that_did_not_change_is_remembered(project):
    """The second look gives the same findings, film and prompts, without compiling."""
    assert hits(project)
    fresh, remembered = compiled(project, cache=False), compiled(project)
    assert remembered.diagnostics == fresh.diagnostics
    assert remembered.load() == fresh.load()
    assert {path: each.text for path, each in remembered.sources.items()}.items() <= {
        path: each.text for path, each in fresh.sources.items()
    }.items()


def edit(name, text):
    return lambda folder: (folder / name).write_text(text)


@pytest.mark.parametrize(
    "change",
    [
        edit("films/film.yaml", FILM + "# a comment\n"),
        edit("films/garden.yaml", GARDEN.replace("sleeps", "wakes")),
        lambda folder: (folder / "films" / "a.png").write_bytes(STILL + b"\0"),
        lambda folder: (folder / "films" / "a.png").unlink(),
        lambda folder: os.utime(folder / "films" / "a.png", (0, 0)),
        lambda folder: (folder / "films" / "b.png").write_bytes(STILL),
        edit("films/plain.j2", "{{ shot.action }}"),
        edit("templates/plain.j2", "{{ shot.action }}"),
        edit("cards/mine.yaml", "id: mine"),
        edit("films/storyboard.toml", ""),
        lambda folder: (folder / "films" / "garden.yaml").unlink(),
        lambda folder: swap(folder / "films" / "garden.yaml", os.mkfifo),
        lambda folder: swap(folder / "films" / "garden.yaml", os.mkdir),
    ],
    ids=[
        "text",
        "included text",
        "picture",
        "picture gone",
        "picture touched",
        "picture there at last",
        "template beside the film",
        "template of the project",
        "card",
        "nearer project",
        "include gone",
        "include a pipe",
        "include a folder",
    ],
)
def test_whatever_changes_is_a_miss(project, change):
    """A text, a picture, a file that was not there before: the film is compiled anew."""
    for name in ("templates", "cards"):
        (project / name).mkdir()
    compiled(project)
    assert hits(project), "the control: until now it is remembered"
    change(project)
    assert not hits(project)


def swap(path, make):
    path.unlink()
    make(path)


@pytest.mark.parametrize(
    "options",
    [{"settings": (("x", "jumps"),)}, {"variant": "v"}, {"cache": False}],
    ids=["set", "variant", "no cache"],
)
def test_other_options_are_another_compilation(project, options):
    """What the command line adds is part of the entry's name."""
    assert not hits(project, **options)


def test_another_folder_or_program_is_another_compilation(project, monkeypatch):
    """Paths are shown from where the command runs, and another version may find other things."""
    with monkeypatch.context() as moved:
        moved.chdir(project)
        assert not hits(project)
    assert hits(project)
    monkeypatch.setattr(module, "__version__", "0.0.0")
    assert not hits(project)


def test_a_picture_that_changed_just_now_is_not_trusted(project, monkeypatch):
    """Within a tick of its clock a file may change twice and look the same."""
    monkeypatch.setattr(module, "_SETTLED_NS", 10**12)
    compiled(project, settings=(("x", "jumps"),))
    assert not hits(project, settings=(("x", "jumps"),))


def test_findings_are_remembered_too(project):
    """A film that is wrong is as quickly found to be wrong again."""
    (project / "films" / "garden.yaml").write_text(GARDEN + "oops: 1\n")
    first = compiled(project)
    assert not first.ok
    assert hits(project)
    assert compiled(project).diagnostics == first.diagnostics


def test_no_entry_lies_in_the_project(project, tmp_path, monkeypatch):
    """A cache that would lie there is not used: its entries are code, and projects are shared."""
    inside = project / "cache"
    monkeypatch.setenv("STORYBOARD_CACHE", str(inside))
    compiled(project)
    assert not inside.exists()
    assert not hits(project)
    assert not list(project.rglob("*compiled*"))
    monkeypatch.setenv("STORYBOARD_CACHE", str(tmp_path / "outside"))
    compiled(project)
    assert hits(project)
    assert list((tmp_path / "outside").rglob("*"))


# The cache by itself.


@pytest.fixture
def cache(tmp_path):
    made = Cache(tmp_path / "cache" / "compiled")
    made.store(Inputs({"a": "b"}), b"first", b"second", "key")
    return made


def entry_of(cache):
    (entry,) = cache.folder.iterdir()
    return entry


def test_an_entry_comes_back(cache):
    """By its whole key, and by no other."""
    assert cache.find("key") == (Inputs({"a": "b"}), b"first", b"second")
    assert cache.find("key", "") is None
    assert cache.find("other") is None


def test_a_later_entry_replaces_an_earlier(cache):
    """One entry to a key, and nothing is left beside it."""
    cache.store(Inputs(), b"1", b"2", "key")
    assert cache.find("key") == (Inputs(), b"1", b"2")
    assert len(list(cache.folder.iterdir())) == 1


def test_a_damaged_entry_is_a_miss(cache):
    """Cut at any byte, a bit flipped in any byte, or something else altogether."""
    entry = entry_of(cache)
    whole = entry.read_bytes()
    damaged = [whole[:size] for size in range(len(whole))] + [whole + b"\0", b"\0" * 100]
    for place in range(len(whole)):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << place % 8
        damaged.append(bytes(flipped))
    for data in damaged:
        entry.write_bytes(data)
        assert cache.find("key") is None
    entry.write_bytes(whole)
    assert cache.find("key") is not None


@pytest.mark.parametrize("other", [(1, 2, 3), "text", (Inputs(), "a", "b"), None])
def test_an_entry_of_another_kind_is_a_miss(cache, other):
    """What another program left under the same name is not taken for an entry."""
    data = pickle.dumps(other)
    entry_of(cache).write_bytes(module._check(data) + data)
    assert cache.find("key") is None


class Payload:
    """What a stranger would put in a cache: reading it makes a folder."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702, 0o720])
def test_a_folder_that_others_may_write_to_is_not_used(cache, tmp_path, mode):
    """Nothing in it is read, for reading runs it; nothing is written there either."""
    data = pickle.dumps((Inputs(), Payload(tmp_path / "harm"), b""))
    entry_of(cache).write_bytes(module._check(data) + data)
    cache.folder.chmod(mode)
    assert cache.find("key") is None
    assert not (tmp_path / "harm").exists()
    cache.store(Inputs(), b"1", b"2", "other")
    assert len(list(cache.folder.iterdir())) == 1
    cache.folder.chmod(0o700)
    cache.find("key")
    assert (tmp_path / "harm").exists(), "the control: reading it does run it"


def test_the_folder_is_the_users_own(cache):
    """It is made so that nobody else may look or write."""
    assert stat.S_IMODE(cache.folder.stat().st_mode) == 0o700


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path):
    """A file in the folder's place stops nothing."""
    (tmp_path / "cache").write_text("in the way")
    made = Cache(tmp_path / "cache")
    made.store(Inputs(), b"1", b"2", "key")
    assert made.find("key") is None
    made = Cache(tmp_path / "cache" / "compiled")
    made.store(Inputs(), b"1", b"2", "key")
    assert made.find("key") is None


def test_names_that_no_file_can_have_are_absent():
    """A picture's path is a stranger's text."""
    inputs = Inputs()
    for name in ("a\0b", "a" * 5000, "\udcff"):
        inputs.looked_at(name)
        inputs.missed(name)
    assert inputs.unchanged({})
