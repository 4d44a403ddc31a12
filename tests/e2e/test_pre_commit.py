"""The pre-commit hook finds what is wrong with a project's films, installed as any user's would be.

pre-commit clones this tree and installs it, so the tests need the package index. What it clones is
a repository made of the tree's files as they lie here, so that nothing has to be committed first.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

REPOSITORY = Path(__file__).parents[2]
MANIFEST = REPOSITORY / ".pre-commit-hooks.yaml"
HOOK = "storyboard-check"
SCAFFOLD = REPOSITORY / "src/storyboard/scaffold"
# pip may use its cache: it installs from the index as any user's would.
INSTALLER = dict(os.environ)  # noqa: TID251
# The build backend is the first thing asked for, and surely there where anything is.
OFFLINE = re.compile(r"NewConnectionError|ConnectTimeoutError|hatchling.*\(from versions: none\)")
SOMEBODY = {
    "GIT_AUTHOR_NAME": "Somebody",
    "GIT_AUTHOR_EMAIL": "somebody@example.org",
    "GIT_COMMITTER_NAME": "Somebody",
    "GIT_COMMITTER_EMAIL": "somebody@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def git(folder, *words):
    done = subprocess.run(
        ["git", *words], cwd=folder, env=INSTALLER | SOMEBODY, check=True, capture_output=True
    )
    return done.stdout


def committed(folder):
    """Make a repository of what lies in a folder; return the name of its only commit."""
    git(folder, "init", "-q")
    git(folder, "add", "--all")
    git(folder, "commit", "-q", "--message", "as it lies here")
    return git(folder, "rev-parse", "HEAD").decode().strip()


def pre_commit(folder, home, *words):
    program = Path(sys.executable).with_name("pre-commit")
    return subprocess.run(
        [program, *words],
        cwd=folder,
        env=INSTALLER | SOMEBODY | {"PRE_COMMIT_HOME": str(home), "PRE_COMMIT_COLOR": "never"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def the_hook():
    (hook,) = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    return hook


def test_the_manifest_is_one_that_pre_commit_reads(tmp_path):
    """pre-commit's own check of it finds nothing; of a hook without an entry, it does."""
    done = pre_commit(tmp_path, tmp_path / "home", "validate-manifest", MANIFEST)
    assert done.returncode == 0, done.stdout + done.stderr
    (tmp_path / "broken.yaml").write_text("- id: a\n  name: a\n  language: python\n")
    assert pre_commit(tmp_path, tmp_path / "home", "validate-manifest", "broken.yaml").returncode


@pytest.mark.parametrize(
    ("name", "sets_off"),
    [
        ("film.yaml", True),
        ("scenes/garden.yml", True),
        ("cards/house.yaml", True),
        ("templates/mine.j2", True),
        ("storyboard.toml", True),
        ("films/storyboard.toml", True),
        ("stills/A MOON.JPG", True),
        ("stills/moon.webp", True),
        ("sound/waltz.mp3", True),
        ("README.md", False),
        ("pyproject.toml", False),
        ("mystoryboard.toml", False),
        ("yaml", False),
        ("film.yaml.orig", False),
    ],
)
def test_what_sets_the_hook_off(name, sets_off):
    """All that a film is made of does, and nothing else."""
    assert (re.search(the_hook()["files"], name) is not None) is sets_off


@pytest.fixture
def tree(tmp_path):
    """This tree as it lies here, in a repository that pre-commit can clone."""
    if not (REPOSITORY / ".git").exists():
        pytest.skip("this tree is no git checkout, which pre-commit could clone")
    tree = tmp_path / "tree"
    for name in listed():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(REPOSITORY / name, tree / name)
    return tree, committed(tree)


@pytest.fixture
def project(tmp_path):
    """A film in a repository of its own."""
    folder = tmp_path / "project"
    shutil.copytree(SCAFFOLD, folder)
    committed(folder)
    return folder


def break_film(folder):
    film = folder / "film.yaml"
    right = film.read_text(encoding="utf-8")
    film.write_text(right.replace("{character: mia,", "{character: mai,"), encoding="utf-8")
    git(folder, "add", "film.yaml")


def installed(done):
    """Return what pre-commit came to, unless it could not install anything."""
    if done.returncode and OFFLINE.search(done.stdout):
        pytest.skip("the package index cannot be reached")
    return done


def listed():
    """List the files of this tree that are committed or could be, as far as they are there."""
    found = git(REPOSITORY, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    names = {os.fsdecode(each) for each in found.split(b"\0") if each}
    return sorted(name for name in names if (REPOSITORY / name).is_file())


def shows_the_mistake(done):
    """Tell whether the hook failed and showed what is wrong and where, as `check` does."""
    return (
        done.returncode == 1
        and "error[unknown-character]" in done.stdout
        and re.search(r"^ *--> film\.yaml:\d+:\d+$", done.stdout, re.MULTILINE) is not None
        and 'did you mean "mia"?' in done.stdout
    )


@pytest.mark.slow
def test_tried_out_from_a_checkout(tree, project, tmp_path):
    """`pre-commit try-repo` on this tree, as somebody does who thinks of using it."""
    break_film(project)
    words = ("try-repo", tree[0], HOOK, "--all-files")
    done = installed(pre_commit(project, tmp_path / "home", *words))
    assert shows_the_mistake(done), done.stdout + done.stderr


@pytest.mark.slow
def test_used_from_a_project(tree, project, tmp_path):
    """A film in order passes, one with a mistake does not, a commit without a film is let be.

    One test, because what takes long is to install the hook.
    """
    hooks = {"repo": str(tree[0]), "rev": tree[1], "hooks": [{"id": HOOK}]}
    (project / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [hooks]}))
    git(project, "add", "--all")
    git(project, "commit", "-q", "--message", "hooks")

    def run(*words):
        return installed(pre_commit(project, tmp_path / "home", "run", HOOK, *words))

    passed = run("--all-files", "--verbose")
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert re.search(rf"^{re.escape(the_hook()['name'])}\.+Passed$", passed.stdout, re.MULTILINE)
    assert "film.yaml: no problems" in passed.stdout
    break_film(project)
    assert shows_the_mistake(run())
    git(project, "reset", "-q", "--hard")
    (project / "README.md").write_text("A film.\n", encoding="utf-8")
    git(project, "add", "README.md")
    skipped = run()
    assert skipped.returncode == 0, skipped.stdout + skipped.stderr
    assert "(no files to check)Skipped" in skipped.stdout
