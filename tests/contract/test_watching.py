"""Saves are told once each, and only those of files that matter."""

import pytest
from watchfiles import Change

from storyboard.adapters import watching
from storyboard.adapters.watching import saves
from storyboard.model.errors import EnvironmentFault


@pytest.fixture
def film(tmp_path):
    path = tmp_path / "film.yaml"
    path.write_text("one")
    return path


def test_a_save_is_told_after_the_watch_has_begun(film):
    """First that it has begun, then each save; one by way of another file, as editors do it."""
    told = saves([str(film)])
    next(told)
    film.write_text("two")
    next(told)
    aside = film.with_name("aside")
    aside.write_text("three")
    aside.replace(film)
    next(told)


def test_a_file_behind_a_link_is_watched_where_it_is(film, tmp_path):
    """The link stays as it is, and what it leads to changes."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    link = folder / "link.yaml"
    link.symlink_to(film)
    told = saves([str(link)])
    next(told)
    film.write_text("two")
    next(told)


@pytest.mark.parametrize(
    ("changed", "matters"),
    [
        ("film.yaml", True),
        ("scenes", True),
        ("cards/tiny.yaml", True),
        ("film.yaml~", False),
        ("build/film.mp4", False),
        ("cards/deeper/tiny.yaml", False),
    ],
)
def test_only_what_matters_is_told(film, tmp_path, monkeypatch, changed, matters):
    """The files, the folders that they wait for, and what is in a folder that is asked for."""
    (tmp_path / "cards").mkdir()
    asked = []

    def watch(*folders, watch_filter, **_):
        asked.extend(folders)
        yield set()
        asked.append(watch_filter(Change.modified, str(tmp_path / changed)))
        yield {changed}

    monkeypatch.setattr(watching, "watch", watch)
    wanted = [film, tmp_path / "scenes" / "one.yaml", tmp_path / "cards"]
    assert len(list(saves([str(each) for each in wanted]))) == 2
    *folders, mattered = asked
    assert (set(folders), mattered) == ({tmp_path, tmp_path / "cards"}, matters)


def test_what_cannot_be_watched_is_said(film, monkeypatch):
    """The system's own reason, and what to do without."""

    def watch(*_folders, **_more):
        message = "too many are watched already"
        raise OSError(message)

    monkeypatch.setattr(watching, "watch", watch)
    with pytest.raises(EnvironmentFault, match="too many are watched already"):
        next(saves([str(film)]))
