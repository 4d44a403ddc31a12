"""Where a film's lock file is, whatever a stranger's project has put in its place."""

import pytest

from storyboard.app.lock import load_lock, lock_place
from storyboard.app.settings import load_settings
from storyboard.model.diagnostic import Code
from storyboard.model.errors import EnvironmentFault
from storyboard.model.lock import Lock

SIMULATOR = "http://127.0.0.1:8787"


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """A project of its own, in which the test stands."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "storyboard.toml").touch()
    monkeypatch.chdir(folder)
    return load_settings(folder)


def test_a_variant_has_a_lock_of_its_own(settings):
    """Both lie beside the film."""
    names = [lock_place("film.yaml", variant, settings).name for variant in (None, "fr")]
    assert names == ["film.lock.yaml", "film.fr.lock.yaml"]


@pytest.mark.parametrize("target", ["/etc/passwd", "film.lock.yaml", "gone"])
def test_a_link_in_place_of_the_lock_is_no_matter_to_a_rehearsal(settings, monkeypatch, target):
    """Whether it leads out of the project, to itself or nowhere: a rehearsal's lies elsewhere."""
    (settings.root / "film.lock.yaml").symlink_to(target)
    monkeypatch.setenv("WAVESPEED_BASE_URL", SIMULATOR)
    place = lock_place("film.yaml", None, settings)
    assert place.name == "film.lock.yaml"
    assert place.is_relative_to(settings.state / "rehearsals")
    assert load_lock(place, settings).lock == Lock()


def test_a_link_that_leads_out_of_the_project_is_no_lock(settings):
    """It is neither read nor written over."""
    (settings.root / "film.lock.yaml").symlink_to("/etc/passwd")
    with pytest.raises(EnvironmentFault, match="leads out of the project"):
        lock_place("film.yaml", None, settings)


def test_a_link_that_leads_to_itself_is_a_finding(settings):
    """Not a film without a lock, whose clips would be bought again."""
    place = settings.root / "film.lock.yaml"
    place.symlink_to(place)
    found = load_lock(lock_place("film.yaml", None, settings), settings)
    assert [each.code for each in found.diagnostics] == [Code.UNREADABLE_FILE]
