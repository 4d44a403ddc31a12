"""A commit's files, read from git's objects alone, and the names of those that git counts.

A stranger's repository may name programs in its configuration, for git to run when it lists, shows
or checks out. So little is asked of git, and so that it runs none of them: to name a commit
(`rev-parse`), to hand out objects by their id (`cat-file`), to list names (`ls-files`). Nothing is
fetched, and of a commit neither the work tree nor the index is looked at or touched: names and
links are looked up here, in the trees.
"""

import os
import re
import shutil
import stat
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from hashlib import sha1, sha256
from pathlib import Path
from typing import IO, Final, NamedTuple, NoReturn, Self

from storyboard.model.errors import EnvironmentFault, Undecidable

__all__ = ["Commit", "Entry", "Kind", "Pointer", "Tree", "find_commit", "lfs_pointer", "list_files"]

_RUNS_NOTHING: Final = (
    "--no-pager",
    *("-c", "core.fsmonitor=false"),
    *("-c", f"core.hooksPath={os.devnull}"),
    *("-c", "safe.bareRepository=explicit"),  # a folder of the project that plays a repository
)
_ALONE: Final = {
    "GIT_ALLOW_PROTOCOL": "",  # nothing is fetched, and so no program is started to fetch it
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",  # an id stands for the same bytes always
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_ELSEWHERE: Final = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_DIR",
        "GIT_INDEX_FILE",
        "GIT_LITERAL_PATHSPECS",
        "GIT_NAMESPACE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_SHALLOW_FILE",
        "GIT_WORK_TREE",
    }
)
"""What a git hook sets for its own repository; the film may lie in another."""
_PATIENCE: Final = 60  # seconds
_ID: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_LARGEST_FOLDER: Final = 16 * 1024 * 1024
_LONGEST_LINK: Final = 4096
_MOST_LINKS: Final = 40  # as Linux has it
_POINTER: Final = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:ext-[^\n]*\n)*"
    rb"oid sha256:([0-9a-f]{64})\nsize (\d{1,18})\n"
)
_LONGEST_POINTER: Final = 1024
_HEADER: Final = 3
_WHOLE: Final = "clone it whole, without --filter; `git fsck` tells what else may be wrong"


class Kind(Enum):
    """What a path of a commit leads to, links followed."""

    FILE = "a file"
    FOLDER = "a folder"
    SUBMODULE = "a submodule, or what would lie in one"
    ABSENT = "nothing"
    OUTSIDE = "a place outside the repository"
    CIRCLE = "a link that leads to itself"


_KINDS: Final = {
    stat.S_IFDIR: Kind.FOLDER,
    stat.S_IFREG: Kind.FILE,
    stat.S_IFDIR | stat.S_IFLNK: Kind.SUBMODULE,
}


class Entry(NamedTuple):
    """What a path leads to: its kind, its path from the top without links, and its object's id."""

    kind: Kind
    path: str
    id: str = ""

    @property
    def empty(self) -> bool:
        """Whether it is a file without a byte; every such file is the same object."""
        algorithm = sha256 if len(self.id) == sha256().digest_size * 2 else sha1
        return self.id == algorithm(b"blob 0\0").hexdigest()


class Pointer(NamedTuple):
    """What stands in git for a file that is kept in Git LFS: its SHA-256, and its size in bytes."""

    oid: str
    size: int


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit by its id, the work tree's folder without links, and how git is asked about it."""

    id: str
    top: Path
    folder: Path
    environment: Mapping[str, str]

    def lfs_file(self, pointer: Pointer) -> Path | None:
        """Return where Git LFS keeps a file; None where it has not been fetched, or not whole."""
        oid = pointer.oid
        path = self.folder / "lfs" / "objects" / oid[:2] / oid[2:4] / oid
        try:
            status = path.lstat()
        except OSError:
            return None
        whole = stat.S_ISREG(status.st_mode) and status.st_size == pointer.size
        return path if whole else None


def list_files(
    folder: Path, patterns: Sequence[str], environment: Mapping[str, str]
) -> list[str] | None:
    """List what git counts below a folder by a file's name, from there, what it ignores left out.

    None where there is no git, no repository, or one of another owner.
    """
    git = shutil.which("git")
    if git is None:
        return None
    asked = ("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns)
    try:
        done = subprocess.run(  # noqa: S603  # git itself, without a shell
            (git, *_RUNS_NOTHING, *asked),
            cwd=folder,
            env=_alone(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return [os.fsdecode(each) for each in done.stdout.split(b"\0") if each]


def _alone(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which git looks at the folder it is asked about, and no further."""
    around = {name: value for name, value in environment.items() if name not in _ELSEWHERE}
    return around | _ALONE


def find_commit(place: Path, revision: str, environment: Mapping[str, str]) -> Commit:
    """Find a revision in the repository that a folder lies in.

    Undecidable where git knows no such revision; EnvironmentFault where there is no git or no
    repository with a work tree, or it is another user's.
    """
    if revision.startswith("-") or not revision or not revision.isprintable():
        message = f'"{revision}" is no name of a revision'
        raise Undecidable(message, hint="name a branch, a tag or a commit, such as main or HEAD~1")
    around = _alone(environment)
    asked = ("--show-toplevel", "--git-common-dir", "--verify", "--quiet", "--end-of-options")
    try:
        done = subprocess.run(  # noqa: S603  # git itself, without a shell
            (*_git(around), "rev-parse", *asked, f"{revision}^{{commit}}"),
            cwd=place,
            env=around,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        message = f"git cannot be asked about {place}: {error}"
        raise EnvironmentFault(message) from error
    top, common, name = (*os.fsdecode(done.stdout).split("\n"), "", "", "")[:3]
    if not common:
        _refuse_place(place, done.stderr)
    folder = Path(os.path.realpath(place / common))
    if done.returncode != 0 or not _ID.fullmatch(name):  # of a range, git names an end and fails
        _refuse_revision(revision, folder)
    return Commit(name, Path(os.path.realpath(top)), folder, around)


def _git(environment: Mapping[str, str]) -> tuple[str, ...]:
    program = shutil.which("git", path=environment.get("PATH"))
    if program is None:
        message = "git is not installed here, and earlier versions of a film are in git"
        raise EnvironmentFault(message, hint="install git: https://git-scm.com")
    return (program, *_RUNS_NOTHING)


def _refuse_place(place: Path, said: bytes) -> NoReturn:
    words = said.decode(errors="replace").strip().partition("\n")[0].removeprefix("fatal: ")
    if "dubious ownership" in words:
        message = f"git does not trust the repository at {place}, which is another user's"
        hint = "if you do: git config --global --add safe.directory, with its folder"
        raise EnvironmentFault(message, hint=hint)
    message = f"there is no git repository with a work tree at {place}"
    raise EnvironmentFault(message, hint="earlier versions of a film are read from git")


def _refuse_revision(revision: str, folder: Path) -> NoReturn:
    message = f'git knows no revision "{revision}" here'
    hint = "`git log --oneline --all` lists what there is"
    if revision == "HEAD":
        message = "nothing is committed here yet, so there is nothing to compare with"
        hint = "commit the film first: `git add` and `git commit`"
    if (folder / "shallow").exists():
        message = f"{message}, in a clone that holds the latest commits alone"
        hint = "fetch the rest: `git fetch --unshallow`, or in CI fetch-depth: 0"
    raise Undecidable(message, hint=hint)


class Tree:
    """The files of one commit, read through one process of git; close it when done."""

    def __init__(self, commit: Commit) -> None:
        self.commit = commit
        self._process: subprocess.Popen[bytes] | None = None
        self._folders: dict[str, dict[str, tuple[int, str]]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End git's process; a later look starts another."""
        if self._process is not None:
            self._process.kill()
            # A question may stand in the pipe that git, ended by others, did not take.
            with suppress(BrokenPipeError), self._process:  # closes its pipes and waits for it
                self._process = None

    def find(self, path: str) -> Entry:
        """Look a path up, from the top of the tree; links are followed, but never out of it."""
        ahead = path.split("/")[::-1]
        way = [Entry(Kind.FOLDER, "", f"{self.commit.id}^{{tree}}")]
        links = 0
        while ahead:
            name = ahead.pop()
            if name == "..":
                way.pop()
            if not way:
                return Entry(Kind.OUTSIDE, path)
            if name in ("", ".", ".."):
                continue
            here = way[-1]
            mode, object_id = self._listing(here).get(name, (0, ""))
            within = f"{here.path}/{name}" if here.path else name
            if not stat.S_ISLNK(mode):
                missing = Kind.SUBMODULE if here.kind is Kind.SUBMODULE else Kind.ABSENT
                way.append(Entry(_KINDS.get(stat.S_IFMT(mode), missing), within, object_id))
                continue
            target = self._object(object_id, _LONGEST_LINK)
            links += 1
            if target is None or links > _MOST_LINKS:
                return Entry(Kind.CIRCLE, within)
            if target.startswith(b"/"):
                return Entry(Kind.OUTSIDE, path)
            ahead += os.fsdecode(target).split("/")[::-1]
        return way[-1]

    def names(self, path: str) -> tuple[str, ...] | None:
        """Name what lies in a folder, sorted; None where there is no such folder."""
        entry = self.find(path)
        return tuple(sorted(self._listing(entry))) if entry.kind is Kind.FOLDER else None

    def read(self, entry: Entry, largest: int) -> bytes | None:
        """Return a file's bytes as git has them; None if there are more of them than `largest`."""
        return self._object(entry.id, largest)

    def _listing(self, entry: Entry) -> dict[str, tuple[int, str]]:
        """Return the mode and the id of all that lies in a folder, by name; else nothing."""
        if entry.kind is not Kind.FOLDER:
            return {}
        if entry.id not in self._folders:
            data = self._object(entry.id, _LARGEST_FOLDER)
            if data is None:
                message = f"the folder {entry.path} holds too much to be listed"
                raise EnvironmentFault(message)
            self._folders[entry.id] = _listed(data, len(self.commit.id) // 2)
        return self._folders[entry.id]

    def _object(self, name: str, largest: int) -> bytes | None:
        """Ask for an object; None if it is larger than it may be, and then none of it is read."""
        request, answer = self._pipes()
        try:
            request.write(f"{name}\n".encode())
            request.flush()
            header = answer.readline().split()
            if len(header) != _HEADER:
                self._refuse_object(header)
            size = int(header[-1])
            if size > largest:
                self.close()
                return None
            data = answer.read(size + 1)[:-1]
        except OSError as error:
            message = f"git stopped while {self.commit.id[:12]} was read"
            raise EnvironmentFault(message, hint=_WHOLE) from error
        if len(data) != size:
            self._refuse_object([])
        return data

    def _refuse_object(self, header: list[bytes]) -> NoReturn:
        message = f"git cannot read all of {self.commit.id[:12]}"
        if header[-1:] == [b"missing"]:
            message = f"git does not have all of {self.commit.id[:12]}"
        raise EnvironmentFault(message, hint=_WHOLE)

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._process is None:
            around = self.commit.environment
            try:
                self._process = subprocess.Popen(  # noqa: S603  # git itself, without a shell
                    (*_git(around), "cat-file", "--batch"),
                    cwd=self.commit.top,
                    env=around,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )
            except OSError as error:
                message = f"git cannot be asked about {self.commit.top}: {error}"
                raise EnvironmentFault(message) from error
        assert self._process.stdin is not None  # noqa: S101  # for the type checker: both are pipes
        assert self._process.stdout is not None  # noqa: S101
        return self._process.stdin, self._process.stdout


def _listed(data: bytes, width: int) -> dict[str, tuple[int, str]]:
    """Take a tree object apart: mode, name and an id of `width` bytes, again and again."""
    found: dict[str, tuple[int, str]] = {}
    start = 0
    try:
        while start < len(data):
            blank = data.index(b" ", start)
            end = data.index(b"\0", blank)
            object_id = data[end + 1 : end + 1 + width]
            mode = int(data[start:blank], 8)
            found[os.fsdecode(data[blank + 1 : end])] = (mode, object_id.hex())
            start = end + 1 + width
    except ValueError as error:  # git hands out what it was given, whether or not it is a tree
        message = "a folder in the repository is none that git would write"
        raise EnvironmentFault(message, hint="`git fsck` tells which") from error
    return found


def lfs_pointer(data: bytes) -> Pointer | None:
    """Read what stands in git for a file that is kept in Git LFS; None if it is the file itself."""
    found = _POINTER.fullmatch(data) if len(data) <= _LONGEST_POINTER else None
    return Pointer(found[1].decode(), int(found[2])) if found else None
