"""The files of a project as a commit has them: what app/world.py reads in place of the disk.

Paths are those of today: seen from where the command runs. They are looked up in the commit's own
tree, by its own links, so that nothing of today's files gets into an earlier film.
"""

import os
from pathlib import Path
from typing import Final

from storyboard.adapters.files import LARGEST_TEXT, MARK, decoded, missing, outside, too_large
from storyboard.adapters.files import unreadable as unreadable_text
from storyboard.adapters.git import Commit, Entry, Tree, lfs_pointer
from storyboard.adapters.git import Kind as EntryKind
from storyboard.adapters.pictures import LARGEST_STILL, describe, too_heavy, unusable
from storyboard.app.settings import shown
from storyboard.app.world import Found, Kind
from storyboard.model.diagnostic import Code, Diagnostic, Outcome, failed
from storyboard.model.errors import EnvironmentFault
from storyboard.model.request import Still
from storyboard.model.source import Source, Span

__all__ = ["CommittedFiles", "Looks"]

Looks = dict[str, Still]
"""Stills that were looked at once, by the id of what git holds: it never changes."""

_NO_FILE: Final = {
    EntryKind.FOLDER: "it is a folder, not a file",
    EntryKind.SUBMODULE: "it lies in a submodule, which has a history of its own",
    EntryKind.CIRCLE: "its symbolic links lead in a circle",
}
_FETCH: Final = "it is in Git LFS, and not fetched"


class CommittedFiles:
    """The project that a film is in, in the tree of one commit.

    `looks` are the stills known from before, and gains those that are looked at. `whole` is false
    once a file was asked for that Git LFS has not fetched: another time it may be there.
    """

    def __init__(self, tree: Tree, film: str, looks: Looks | None = None) -> None:
        self.looks: Looks = {} if looks is None else looks
        self.whole = True
        self._tree = tree
        self._commit: Commit = tree.commit
        self._folders: dict[Path, str | None] = {}
        self._root = self._project(film)
        self.root = self._commit.top / self._root

    def read(self, path: str, span: Span | None) -> Outcome[Source]:
        entry = self._entry(path)
        if not self._holds(entry):
            return failed(outside(path, self.root, span))
        if entry.kind is EntryKind.ABSENT:
            return failed(missing(path, span, self._beside(path)))
        if entry.kind is not EntryKind.FILE:
            return failed(unreadable_text(path, span, _NO_FILE[entry.kind]))
        try:
            data = self._contents(entry, LARGEST_TEXT)
        except _NotFetched:
            return failed(unreadable_text(path, span, _FETCH))
        if data is None:
            return failed(too_large(path, span, LARGEST_TEXT))
        return decoded(path, data, span)

    def find(self, path: str) -> Found:
        entry = self._entry(path)
        place = Path(entry.path)
        if not self._holds(entry):
            return Found(Kind.OUTSIDE, place)
        if entry.kind is EntryKind.ABSENT or entry.kind is EntryKind.CIRCLE:
            return Found(Kind.ABSENT, place)
        if entry.kind is not EntryKind.FILE:
            return Found(Kind.OTHER, place)
        return Found(Kind.EMPTY if entry.empty else Kind.FILE, place)

    def still(self, found: Found, path: str, span: Span) -> Outcome[Still]:
        entry = self._tree.find(str(found.place))
        if entry.kind is not EntryKind.FILE:
            return unusable(path, _NO_FILE[entry.kind], span)
        known = self.looks.get(entry.id)
        if known is not None:
            return Outcome(_shown_as(path, known))
        try:
            data = self._contents(entry, LARGEST_STILL)
        except _NotFetched:
            return failed(_unfetched(path, span))
        if data is None:
            return too_heavy(path, span)
        outcome = describe(data, path, span)
        if outcome.value is not None:
            self.looks[entry.id] = outcome.value
        return outcome

    def has(self, path: str) -> bool:
        return self._entry(path).kind not in {EntryKind.ABSENT, EntryKind.CIRCLE}

    def names(self, folder: str, ending: str) -> tuple[str, ...]:
        names = self._tree.names(self._from_top(folder)) or ()
        return tuple(name for name in names if name.endswith(ending))

    def settings(self, path: Path) -> Outcome[Source]:
        """Read the project's settings, if it has any; what `load_settings` asks for."""
        name = shown(path)
        return self.read(name, None) if self.has(name) else Outcome(None)

    def _project(self, film: str) -> str:
        """Return the nearest folder above the film that marks a project, else the whole tree."""
        folder = Path(self._tree.find(self._from_top(str(Path(film).parent))).path)
        for each in (folder, *folder.parents):
            mark = self._tree.find(str(each / MARK)).kind
            if mark not in {EntryKind.ABSENT, EntryKind.CIRCLE}:
                return str(each)
        return "."

    def _entry(self, path: str) -> Entry:
        return self._tree.find(self._from_top(path))

    def _holds(self, entry: Entry) -> bool:
        inside = self._root == "." or Path(entry.path).is_relative_to(self._root)
        return entry.kind is not EntryKind.OUTSIDE and inside

    def _beside(self, path: str) -> tuple[str, ...] | None:
        return self._tree.names(self._from_top(os.path.dirname(path)))  # noqa: PTH120  text only

    def _from_top(self, path: str) -> str:
        """Turn a path as it is shown into one from the top of the tree."""
        absolute = Path(os.path.abspath(path))  # noqa: PTH100  links of today are not to be followed
        folder = absolute.parent
        if folder not in self._folders:
            self._folders[folder] = _below(folder, self._commit.top)
        known = self._folders[folder]
        if known is None:
            return _below(absolute, self._commit.top) or ".."
        return f"{known}/{absolute.name}"

    def _contents(self, entry: Entry, largest: int) -> bytes | None:
        """Return a file's bytes, from Git LFS where they are there; None if they are too many."""
        data = self._tree.read(entry, largest)
        pointer = lfs_pointer(data) if data is not None else None
        if pointer is None:
            return data
        if pointer.size > largest:
            return None
        path = self._commit.lfs_file(pointer)
        if path is None:
            self.whole = False
            raise _NotFetched
        try:
            return path.read_bytes()
        except OSError as error:
            message = f"{path} cannot be read: {error.strerror}"
            raise EnvironmentFault(message) from error


class _NotFetched(Exception):
    """What git holds is the pointer to a file that Git LFS has not fetched."""


def _unfetched(path: str, span: Span) -> Diagnostic:
    message = f"the still {path} of that revision is in Git LFS, and not fetched"
    return Diagnostic(Code.IMAGE_MISSING, message, span, "fetch it: `git lfs fetch --all`")


def _shown_as(path: str, still: Still) -> Still:
    return Still(path, still.sha256, still.width, still.height, still.format, still.bytes)


def _below(folder: Path, top: Path) -> str | None:
    """Return a folder's path from the top; None if it does not lie below.

    Today's links lead to the work tree; within it, only the commit's own links count.
    """
    for each in (*reversed(folder.parents), folder):
        real = Path(os.path.realpath(each))
        if real.is_relative_to(top):
            return str(real.relative_to(top) / folder.relative_to(each))
    return None
