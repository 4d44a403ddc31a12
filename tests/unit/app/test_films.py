"""A project's films are found by their text, where git looks; nothing of a stranger's is run."""

import subprocess

import pytest

from storyboard.adapters import git as git_adapter
from storyboard.app import films
from storyboard.app.films import find_films
from storyboard.model.errors import ExitCode, Undecidable

FILM = "storyboard: 1\ntitle: T\n"
STRANGER = ("-c", "user.name=A Stranger", "-c", "user.email=stranger@example.org")


def write(folder, *names, text=FILM):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def git(folder, *words):
    return subprocess.run(["git", *STRANGER, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture(params=["repository", "folder"])
def project(request, tmp_path, monkeypatch):
    """An empty project that the test stands in, of git's or of nobody's."""
    if request.param == "repository":
        git(tmp_path, "init", "-q")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def repository(tmp_path, monkeypatch):
    git(tmp_path, "init", "-q")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_film_below_here_is_found(project):
    """Whatever its ending and however deep it lies, in the order of their names."""
    write(project, "b.yml", "a.yaml", "reels/two words/c.yaml")
    assert find_films(()) == ("a.yaml", "b.yml", "reels/two words/c.yaml")


@pytest.mark.parametrize(
    "name",
    [
        ".storyboard/f.yaml",
        "build/f.yaml",
        "reels/build/f.yaml",
        ".hidden/f.yaml",
        ".f.yaml",
        "film.lock.yaml",
        "film.lock.yml",
        "film.json",
        "film.yaml.orig",
    ],
)
def test_what_is_no_source_is_left_out(project, name):
    """Results, the project's own state, hidden files and locks are not films."""
    write(project, "film.yaml", name)
    assert find_films(()) == ("film.yaml",)


@pytest.mark.parametrize(
    "text",
    [
        FILM,
        "# A\n---\nstoryboard: 1\n",
        "title: T\r\nstoryboard: 1\r\n",
        "storyboard:\n  1\n",
        "storyboard:",
        "'storyboard' : 1",
        "\ufeffstoryboard: 1\n",
        "{storyboard: 1}",
        '{"storyboard":1}',
    ],
)
def test_a_film_is_known_by_its_key(project, text):
    """The key stands at the top level, in any of the ways YAML has to write it."""
    write(project, "film.yaml", text=text)
    assert find_films(()) == ("film.yaml",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "storyboards: 1\n",
        "storyboard:1\n",
        "storyboard\n",
        "# storyboard: 1\n",
        "a:\n  storyboard: 1\n",
        "title: storyboard: 1\n",
        "scenes: []\n",
    ],
)
def test_other_yaml_is_no_film(project, text):
    """A scene's file, a workflow or a hook's settings are left alone."""
    write(project, "other.yaml", text=text)
    with pytest.raises(Undecidable):
        find_films(())


def test_no_film_at_all_is_a_wrong_command_line(project):
    """Nothing to check is not the same as nothing wrong."""
    with pytest.raises(Undecidable, match="there is no film here") as refused:
        find_films(())
    assert refused.value.exit_code == ExitCode.USAGE


def test_folders_and_films_are_named_side_by_side(project):
    """Each film comes once, where it is first named; one that is not there is still named."""
    write(project, "reels/a.yaml", "reels/b.yaml", "c.yaml")
    assert find_films(["reels/b.yaml", "reels", "gone.yaml"]) == (
        "reels/b.yaml",
        "reels/a.yaml",
        "gone.yaml",
    )


def test_a_folder_without_a_film_is_named(project):
    """Of several folders it is said which one is empty."""
    write(project, "film.yaml")
    (project / "reels").mkdir()
    with pytest.raises(Undecidable, match="no film in reels"):
        find_films([".", "reels"])


def test_what_git_ignores_is_left_out(repository):
    """A film that is not committed yet counts; one that is ignored does not."""
    write(repository, "kept.yaml", "new.yaml", "drafts/a.yaml")
    write(repository, ".gitignore", text="drafts/\n")
    git(repository, "add", "kept.yaml")
    assert find_films(()) == ("kept.yaml", "new.yaml")


def test_a_film_that_was_deleted_is_not_found(repository):
    """Git still lists it until the deletion is committed."""
    write(repository, "film.yaml", "gone.yaml")
    git(repository, "add", ".")
    (repository / "gone.yaml").unlink()
    assert find_films(()) == ("film.yaml",)


def test_a_hook_of_another_repository_looks_here(repository, monkeypatch):
    """What git sets for the hook it runs does not lead the listing astray."""
    write(repository, "film.yaml")
    monkeypatch.setenv("GIT_DIR", "/nowhere/.git")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere/index")
    assert find_films(()) == ("film.yaml",)


def test_a_link_that_leads_out_is_not_read(project, tmp_path_factory):
    """A file outside of the project is no film of it."""
    write(project, "film.yaml")
    outside = tmp_path_factory.mktemp("outside") / "secret.yaml"
    outside.write_text(FILM)
    (project / "link.yaml").symlink_to(outside)
    assert find_films(()) == ("film.yaml",)


def test_a_link_to_a_folder_above_does_not_go_round(project):
    """Links to folders are not followed."""
    write(project, "reels/film.yaml")
    (project / "reels" / "up").symlink_to(project)
    assert find_films(()) == ("reels/film.yaml",)


def test_a_folder_of_too_many_files_is_refused(tmp_path, monkeypatch):
    """Somebody who stands in the wrong folder is told so, in place of waiting for it."""
    monkeypatch.setattr(films, "_MOST_FILES", 3)
    write(tmp_path, *(f"{each}.yaml" for each in range(4)))
    with pytest.raises(Undecidable, match="more than 3 files"):
        find_films([str(tmp_path)])


def trap(repository):
    """Leave a program in the repository's configuration that git runs when it lists files."""
    touched = repository / "touched"
    program = repository / "program"
    program.write_text(f"#!/bin/sh\ntouch '{touched}'\n")
    program.chmod(0o755)
    write(repository, "film.yaml")
    git(repository, "add", "film.yaml")
    git(repository, "config", "core.fsmonitor", str(program))
    touched.unlink(missing_ok=True)
    return touched


def test_a_strangers_repository_runs_nothing(repository):
    """Its configuration names a program; looking for films does not start it."""
    touched = trap(repository)
    assert find_films(()) == ("film.yaml",)
    assert not touched.exists()


def test_the_trap_would_have_been_run(repository, monkeypatch):
    """The control: asked without our settings, git starts the program."""
    touched = trap(repository)
    monkeypatch.setattr(git_adapter, "_RUNS_NOTHING", ())
    assert find_films(()) == ("film.yaml",)
    assert touched.exists()


def disguise(folder):
    """Make a folder of films play a repository, whose own settings hide every film in it."""
    write(folder, "film.yaml")
    git(folder, "init", "-q", "--bare")
    git(folder, "config", "core.bare", "false")
    git(folder, "config", "core.worktree", str(folder))
    (folder / "info" / "exclude").write_text("*.yaml\n")


def test_a_folder_that_plays_a_repository_hides_no_film(repository):
    """Git keeps such a folder like any other, so it may come with a stranger's project."""
    disguise(repository / "reels")
    assert find_films(["reels"]) == ("reels/film.yaml",)


def test_the_disguise_would_have_worked(repository, monkeypatch):
    """The control: without our settings git takes the folder for what it plays."""
    disguise(repository / "reels")
    monkeypatch.setattr(git_adapter, "_RUNS_NOTHING", ())
    with pytest.raises(Undecidable):
        find_films(["reels"])
