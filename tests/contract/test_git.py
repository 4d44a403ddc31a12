"""A commit's files out of git's objects: what is found, what is refused, and that nothing runs."""

import os
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from fakes.repository import Repository
from storyboard.adapters import git
from storyboard.adapters.git import Kind, Pointer, Tree, find_commit, lfs_pointer
from storyboard.model.errors import EnvironmentFault, Undecidable

ENVIRONMENT = dict(os.environ)  # noqa: TID251


@pytest.fixture
def repo(tmp_path):
    return Repository(tmp_path / "work")


def commit_of(repo, revision="HEAD", folder="."):
    return find_commit(repo.folder / folder, revision, ENVIRONMENT)


def text(repo, path, revision="HEAD"):
    """Read one file of a revision."""
    with Tree(commit_of(repo, revision)) as tree:
        return tree.read(tree.find(path), 100)


def kind(repo, path):
    with Tree(commit_of(repo)) as tree:
        return tree.find(path).kind


# ---- commits


def test_a_commit_is_found_by_any_of_its_names(repo):
    """A branch, a tag, a step back, and the id itself; from a subfolder too."""
    repo.write("a/b.txt", "old")
    first = repo.commit()
    repo.git("tag", "one")
    second = repo.commit()
    for name, expected in (("HEAD~1", first), ("one", first), ("main", second), (second, second)):
        found = commit_of(repo, name, "a")
        assert (found.id, found.top) == (expected, repo.folder.resolve())


@pytest.mark.parametrize("name", ["HEAD~1", "nothing", "HEAD:a", "HEAD..HEAD", "^HEAD", "a b"])
def test_a_revision_that_git_does_not_know(repo, name):
    """No such commit, a file, a range, an exclusion: each is refused with what to type."""
    repo.write("a", "x")
    repo.commit()
    with pytest.raises(Undecidable, match="knows no revision") as refusal:
        commit_of(repo, name)
    assert refusal.value.hint is not None


def test_a_repository_without_a_commit_says_so(repo):
    """HEAD is what is compared with where nothing is said, and nobody has typed it."""
    with pytest.raises(Undecidable, match="nothing is committed here yet"):
        commit_of(repo, "HEAD")


@pytest.mark.parametrize(
    "name", ["-x", "--upload-pack=x", "--all", "--output=x", "--git-dir=/", "", "a\nb", "a\0b"]
)
def test_a_revision_that_could_be_an_option_never_reaches_git(repo, monkeypatch, name):
    """It is refused before git is started."""
    monkeypatch.setattr(git, "subprocess", None)
    with pytest.raises(Undecidable, match="no name of a revision"):
        commit_of(repo, name)


def test_even_a_name_that_slipped_through_would_be_no_option(repo):
    """The control: git itself is told where its options end, and knows no such revision."""
    repo.commit()
    asked = ["git", "rev-parse", "--verify", "--end-of-options", "--git-dir"]
    done = subprocess.run(asked, cwd=repo.folder, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (128, b"")
    del asked[3]
    assert subprocess.run(asked, cwd=repo.folder, capture_output=True, check=False).stdout


def test_without_a_repository(tmp_path):
    """The folder is named."""
    with pytest.raises(EnvironmentFault, match="no git repository"):
        find_commit(tmp_path, "HEAD", ENVIRONMENT)


def test_a_bare_repository_has_no_film_of_today(repo):
    """There is no work tree to tell a path from."""
    repo.commit()
    with pytest.raises(EnvironmentFault, match="work tree"):
        commit_of(repo, folder=".git")


def test_without_git(repo):
    """The fault says what to install."""
    with pytest.raises(EnvironmentFault, match="not installed") as fault:
        find_commit(repo.folder, "HEAD", {"PATH": str(repo.folder)})
    assert "git-scm.com" in fault.value.hint


def test_a_repository_of_another_user(repo):
    """Git trusts it only when told to; so do we."""
    repo.commit()
    suspicious = ENVIRONMENT | {"GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"}
    with pytest.raises(EnvironmentFault, match="does not trust") as fault:
        find_commit(repo.folder, "HEAD", suspicious)
    assert "safe.directory" in fault.value.hint


def test_a_shallow_clone_says_what_to_fetch(repo, tmp_path):
    """The latest commit is there; the one before is not, and the hint is for CI too."""
    repo.write("a", "x")
    repo.commit()
    repo.commit()
    repo.git("clone", "--quiet", "--depth=1", repo.folder.as_uri(), str(tmp_path / "clone"))
    clone = Repository(tmp_path / "clone")
    assert text(clone, "a") == b"x"
    with pytest.raises(Undecidable, match="latest commits alone") as refusal:
        commit_of(clone, "HEAD~1")
    assert "fetch-depth: 0" in refusal.value.hint


def test_a_partial_clone_fetches_nothing(repo, tmp_path):
    """What it lacks is a fault, and no program is started to get it."""
    repo.write("a", "x")
    repo.commit()
    repo.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    source = repo.folder.as_uri()
    repo.git("clone", "--quiet", "--no-checkout", "--filter=blob:none", source, str(clone))
    with pytest.raises(EnvironmentFault, match=r"git (cannot|does not)") as fault:
        text(Repository(clone), "a")
    assert "--filter" in fault.value.hint
    assert Repository(clone).git("cat-file", "-p", "HEAD:a") == "x"  # the control: git would


def test_a_linked_work_tree(repo, tmp_path):
    """It has its own top, and the objects of the first."""
    repo.write("a", "x")
    repo.commit()
    repo.git("worktree", "add", "--quiet", str(tmp_path / "second"), "-b", "other")
    found = find_commit(tmp_path / "second", "main", ENVIRONMENT)
    assert (found.top, found.folder) == (
        (tmp_path / "second").resolve(),
        (repo.folder / ".git").resolve(),
    )
    with Tree(found) as tree:
        assert tree.read(tree.find("a"), 9) == b"x"


def test_a_hook_of_another_repository_does_not_lead_astray(repo, tmp_path):
    """Git tells its hooks where their repository is; the film's own is another."""
    repo.write("a", "mine")
    repo.commit()
    other = Repository(tmp_path / "other")
    other.commit()
    around = ENVIRONMENT | {"GIT_DIR": str(other.folder / ".git"), "GIT_INDEX_FILE": "x"}
    assert find_commit(repo.folder, "HEAD", around).top == repo.folder.resolve()


def test_a_repository_of_longer_ids(tmp_path):
    """Git can name by SHA-256; the trees are read all the same."""
    folder = tmp_path / "work"
    folder.mkdir()
    subprocess.run(["git", "init", "-q", "--object-format=sha256", "."], cwd=folder, check=True)
    repo = Repository(folder)
    repo.write("a/b", "x")
    repo.write("empty", "")
    assert len(repo.commit()) == 64
    assert text(repo, "a/b") == b"x"
    with Tree(commit_of(repo)) as tree:
        assert (tree.find("empty").empty, tree.find("a/b").empty) == (True, False)


# ---- files


def test_a_file_as_it_was(repo):
    """The commit's bytes, whatever lies in the work tree by now."""
    repo.write("ein Film/Größe.yaml", "old\r\n\0")
    repo.commit()
    repo.write("ein Film/Größe.yaml", "new")
    repo.commit()
    repo.delete("ein Film/Größe.yaml")
    assert text(repo, "ein Film/Größe.yaml", "HEAD~1") == b"old\r\n\0"
    assert text(repo, "./ein Film/../ein Film//Größe.yaml") == b"new"


def test_what_lies_in_a_folder(repo):
    """Sorted; nothing is listed of what is no folder."""
    for name in ("a/2", "a/1", "a/b/3"):
        repo.write(name, "x")
    repo.commit()
    with Tree(commit_of(repo)) as tree:
        assert tree.names("a") == ("1", "2", "b")
        assert (tree.names("a/1"), tree.names("c")) == (None, None)
        assert tree.names("") == ("a",)


def test_a_file_that_is_too_large_is_not_read(repo):
    """The limit is exact, and the next file is read as ever."""
    repo.write("a", "x" * 100)
    repo.write("b", "y")
    repo.commit()
    with Tree(commit_of(repo)) as tree:
        assert tree.read(tree.find("a"), 99) is None
        assert tree.read(tree.find("b"), 99) == b"y"
        assert len(tree.read(tree.find("a"), 100)) == 100


def test_links_are_followed_within_the_tree(repo):
    """To files, through folders, over each other; each to where the commit has it."""
    repo.write("real/a", "x")
    repo.link("file", "real/a")
    repo.link("folder", "real")
    repo.link("real/back", "../file")
    repo.commit()
    for path in ("file", "folder/a", "folder/back", "folder/../file"):
        assert text(repo, path) == b"x"
    with Tree(commit_of(repo)) as tree:
        assert tree.find("folder/back").path == "real/a"
        assert tree.find("folder/new").path == "real/new"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("up", Kind.OUTSIDE),
        ("whole", Kind.OUTSIDE),
        ("../work/a", Kind.OUTSIDE),
        ("folder/a", Kind.OUTSIDE),
        ("ring", Kind.CIRCLE),
        ("dangling", Kind.ABSENT),
        ("a/b", Kind.ABSENT),
        ("A", Kind.ABSENT),
        ("a\0", Kind.ABSENT),
        ("a\ud800", Kind.ABSENT),
        ("", Kind.FOLDER),
    ],
)
def test_where_a_path_cannot_lead(repo, tmp_path, path, expected):
    """Out of the repository, in a circle, to nothing: told, and nothing of the disk is opened."""
    (tmp_path / "secret").write_text("secret")
    repo.write("a", "x")
    repo.link("up", "../secret")
    repo.link("whole", str(tmp_path / "secret"))
    repo.link("folder", "..")
    repo.link("ring", "ring2")
    repo.link("ring2", "ring")
    repo.link("dangling", "nothing")
    repo.commit()
    assert kind(repo, path) is expected


def test_a_submodule_is_not_entered(repo, tmp_path):
    """Its files have a history of their own."""
    inner = Repository(tmp_path / "inner")
    inner.write("a", "x")
    inner.commit()
    allowed = ("-c", "protocol.file.allow=always")
    repo.git(*allowed, "submodule", "--quiet", "add", str(inner.folder), "sub")
    repo.commit()
    assert (repo.folder / "sub" / "a").exists()
    assert (kind(repo, "sub"), kind(repo, "sub/a")) == (Kind.SUBMODULE, Kind.SUBMODULE)


def test_a_damaged_object_is_a_fault(repo):
    """Half an answer of git is no file."""
    repo.write("a", os.urandom(50_000))
    commit = repo.commit()
    name = repo.git("rev-parse", f"{commit}:a").strip()
    place = repo.folder / ".git" / "objects" / name[:2] / name[2:]
    place.chmod(0o644)
    whole = place.read_bytes()
    for left in (b"", whole[:100], whole[: len(whole) // 2]):
        place.write_bytes(left)
        with Tree(commit_of(repo)) as tree, pytest.raises(EnvironmentFault, match="git") as fault:
            tree.read(tree.find("a"), 1 << 20)
        assert "fsck" in fault.value.hint


@pytest.mark.parametrize("data", [b"x", b"100644 a", b"file a\0" + bytes(20)])
def test_a_folder_that_git_did_not_write_is_a_fault(repo, data):
    """Git stores such an object, and hands it out, though it could not list it itself."""
    made = ["git", "hash-object", "-t", "tree", "-w", "--literally", "--stdin"]
    name = subprocess.run(made, cwd=repo.folder, input=data, capture_output=True, check=True)
    commit = repo.git("commit-tree", "-m", "strange", name.stdout.decode().strip()).strip()
    with Tree(commit_of(repo, commit)) as tree, pytest.raises(EnvironmentFault, match="no") as told:
        tree.find("a")
    assert "fsck" in told.value.hint


def test_a_process_that_was_killed_is_a_fault_and_the_next_look_starts_another(repo):
    """Closing twice is as good as once."""
    repo.write("a", "x")
    repo.commit()
    tree = Tree(commit_of(repo))
    entry = tree.find("a")
    tree._process.kill()
    tree._process.wait()
    with pytest.raises(EnvironmentFault):
        tree.read(entry, 9)
    tree.close()
    tree.close()
    assert tree.read(entry, 9) == b"x"
    tree.close()


# ---- Git LFS


def pointer_to(data):
    oid = sha256(data).hexdigest()
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(data)}\n"


def test_a_pointer_is_told_from_a_file():
    """To the letter, for a file may begin as one does."""
    text = pointer_to(b"data").encode()
    assert lfs_pointer(text) == Pointer(sha256(b"data").hexdigest(), 4)
    for other in (b"", b"data", text[:-1], text + b"x", b"x" + text, text.upper(), text * 9):
        assert lfs_pointer(other) is None


def test_where_git_lfs_keeps_a_file(repo):
    """Only where it is whole: a fetch that was cut off left less."""
    repo.commit()
    commit, pointer = commit_of(repo), lfs_pointer(pointer_to(b"data").encode())
    assert commit.lfs_file(pointer) is None
    place = f".git/lfs/objects/{pointer.oid[:2]}/{pointer.oid[2:4]}/{pointer.oid}"
    path = repo.write(place, b"data")
    assert commit.lfs_file(pointer) == path.resolve()
    path.write_bytes(b"dat")
    assert commit.lfs_file(pointer) is None
    path.unlink()
    path.symlink_to("/etc/hostname")
    assert commit.lfs_file(pointer) is None


# ---- nothing runs, nothing changes


def hostile(repo, mark):
    """Name, wherever git's configuration can, a program that leaves a mark."""
    script = repo.folder / ".git" / "evil"
    script.write_text(f"#!/bin/sh\ntouch {mark}\ncat\n")
    script.chmod(0o755)
    for key in (
        "core.fsmonitor",
        "core.pager",
        "core.editor",
        "core.sshCommand",
        "core.askPass",
        "pager.rev-parse",
        "pager.cat-file",
        "alias.rev-parse",
        "alias.cat-file",
        "credential.helper",
        "diff.evil.textconv",
        "diff.external",
        "filter.evil.smudge",
        "filter.evil.clean",
        "filter.evil.process",
        "gpg.program",
        "log.showSignature",
        "uploadpack.packObjectsHook",
    ):
        repo.git("config", key, "true" if key == "log.showSignature" else str(script))
    hooks = repo.folder / ".git" / "hooks"
    for name in ("post-checkout", "post-index-change", "reference-transaction", "pre-auto-gc"):
        (hooks / name).unlink(missing_ok=True)
        (hooks / name).symlink_to(script)
    repo.git("config", "core.hooksPath", str(hooks))


def test_a_hostile_configuration_runs_nothing(repo, tmp_path):
    """Reading a commit leaves no mark; the control: git's everyday commands do."""
    mark = tmp_path / "ran"
    repo.write(".gitattributes", "*.yaml filter=evil diff=evil\n")
    repo.write("film.yaml", "old")
    repo.commit()
    hostile(repo, mark)
    assert text(repo, "film.yaml") == b"old"
    assert not mark.exists()
    for everyday in (("status",), ("checkout", "--", "film.yaml"), ("show", "HEAD:film.yaml")):
        if everyday[0] == "checkout":
            (repo.folder / "film.yaml").unlink()
        subprocess.run(
            ["git", *everyday, "--textconv"] if everyday[0] == "show" else ["git", *everyday],
            cwd=repo.folder,
            capture_output=True,
            check=False,
        )
        assert mark.exists(), everyday
        mark.unlink()


def test_a_repository_planted_in_the_project_is_not_asked(repo):
    """A folder of the project that looks like a bare repository, with a work tree of its choice."""
    repo.write("film.yaml", "x")
    repo.commit()
    planted = repo.folder / "planted"
    subprocess.run(["git", "init", "-q", "--bare", planted], check=True)
    subprocess.run(
        ["git", f"--git-dir={planted}", "config", "core.worktree", str(repo.folder)], check=True
    )
    subprocess.run(["git", f"--git-dir={planted}", "config", "core.bare", "false"], check=True)
    with pytest.raises(EnvironmentFault):
        commit_of(repo, folder="planted")


def state_of(repo):
    """Return all that git and the disk say of the work tree and the repository's own files."""
    files = sorted(path for path in repo.folder.rglob("*") if path.is_file())
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def test_reading_touches_neither_the_work_tree_nor_the_index(repo):
    """Byte for byte and to the nanosecond, though git would mend an index that is out of date."""
    repo.write("a", "old")
    repo.commit()
    repo.write("a", "new")
    repo.write("b", "untracked")
    repo.commit()
    repo.write("a", "newer")
    os.utime(repo.folder / "b", (1, 1))
    before = state_of(repo)
    assert text(repo, "a", "HEAD~1") == b"old"
    assert state_of(repo) == before
    assert repo.git("status", "--porcelain") == " M a\n"
    assert state_of(repo) != before  # the control: `git status` does write to the index


def test_the_folder_may_be_anywhere_below(repo):
    """Even one that git does not keep."""
    repo.write("a", "x")
    repo.commit()
    (repo.folder / "new" / "deep").mkdir(parents=True)
    assert commit_of(repo, folder="new/deep").top == Path(repo.folder).resolve()
