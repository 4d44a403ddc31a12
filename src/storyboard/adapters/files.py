"""The project's files: reading what a film names without harm.

Every path that a storyboard names is taken for hostile. It may lead out of the project, to a pipe
that never ends, to a device, or to a gigabyte of zeros; each of these ends as a finding at the
place where the path was written, before a byte too many is read.
"""

import codecs
import itertools
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from storyboard.adapters.durable import reason
from storyboard.compiler.suggest import did_you_mean
from storyboard.model.diagnostic import Code, Diagnostic, Outcome, failed
from storyboard.model.source import Source, Span

__all__ = [
    "LARGEST_TEXT",
    "MARK",
    "Project",
    "decoded",
    "find_root",
    "missing",
    "outside",
    "read_bytes",
    "read_source",
    "too_large",
    "unreadable",
]

LARGEST_TEXT: Final = 16 * 1024 * 1024
MARK: Final = "storyboard.toml"
"""The file that makes its folder the project."""
_MOST_NAMES: Final = 1_000
_CONTROLS: Final = bytes({*range(0x20), 0x7F} - {0x09, 0x0A, 0x0D})
_WIDE_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_KINDS: Final = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


@dataclass(frozen=True, slots=True)
class Project:
    """The folder that a film's files lie in and may not leave."""

    root: Path

    @classmethod
    def of(cls, film: Path) -> "Project":
        return cls(find_root(film))

    def read(self, path: str, span: Span | None) -> Outcome[Source]:
        """Read a text of the project; the compiler's `ReadSource`."""
        return read_source(path, self.root, span)


def find_root(film: Path) -> Path:
    """Return the nearest folder above the film with a storyboard.toml, else .git, else its own."""
    folder = Path(os.path.realpath(film.parent))
    above = (folder, *folder.parents)
    for mark in (MARK, ".git"):
        for each in above:
            # os.path.exists, because Path.exists raises where a folder may not be searched
            if os.path.exists(each / mark):  # noqa: PTH110
                return each
    return folder


def read_source(path: str, root: Path, span: Span | None = None) -> Outcome[Source]:
    """Read a text, shown under `path` as given. Damaged text comes with its finding."""
    data = read_bytes(path, root, span, LARGEST_TEXT)
    return (
        Outcome(None, data.diagnostics) if data.value is None else decoded(path, data.value, span)
    )


def read_bytes(path: str, root: Path, span: Span | None, largest: int) -> Outcome[bytes]:
    """Read a file that lies inside the project and is no larger than it may be."""
    try:
        return _read_inside(path, root, span, largest)
    except ValueError:  # a NUL in the name, or half of a surrogate pair
        return failed(unreadable(repr(path), span, "no file can have this name"))
    except FileNotFoundError:
        return failed(missing(path, span, _names(os.path.dirname(path) or ".")))  # noqa: PTH120
    except OSError as error:
        return failed(unreadable(path, span, reason(error)))


def _read_inside(path: str, root: Path, span: Span | None, largest: int) -> Outcome[bytes]:
    real = Path(os.path.realpath(path))
    if not real.is_relative_to(os.path.realpath(root)):
        return failed(outside(path, root, span))
    # Looked at before it is opened, for opening a device can have effects; and after, to be sure.
    kind = _kind(real.stat().st_mode)
    if kind is not None:
        return failed(unreadable(path, span, f"it is {kind}, not a file"))
    with _opened(real) as descriptor:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            return failed(unreadable(path, span, "it is not a file"))
        data = b"" if found.st_size > largest else _read_at_most(descriptor, largest + 1)
        if found.st_size > largest or len(data) > largest:
            return failed(too_large(path, span, largest))
    return Outcome(data)


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """Open for reading; never waits, whatever has been put in the file's place meanwhile."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
    descriptor = os.open(path, flags)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _read_at_most(descriptor: int, limit: int) -> bytes:
    parts: list[bytes] = []
    while limit > 0 and (part := os.read(descriptor, min(limit, 1 << 20))):
        parts.append(part)
        limit -= len(part)
    return b"".join(parts)


def _kind(mode: int) -> str | None:
    """Name what is not an ordinary file."""
    return next((name for is_kind, name in _KINDS if is_kind(mode)), None)


def unreadable(path: str, span: Span | None, reason: str) -> Diagnostic:
    """Say why a file cannot be read."""
    return Diagnostic(Code.UNREADABLE_FILE, f"{path} cannot be read: {reason}", span)


def too_large(path: str, span: Span | None, largest: int) -> Diagnostic:
    """Say that a file is larger than that many bytes."""
    message = f"{path} is larger than the {largest // (1024 * 1024)} MB that are read"
    return Diagnostic(Code.FILE_TOO_LARGE, message, span)


def outside(path: str, root: Path, span: Span | None) -> Diagnostic:
    """Say that a file lies where a film may not reach."""
    return Diagnostic(
        Code.OUTSIDE_PROJECT,
        f"{path} lies outside the project",
        span,
        f"a film's files lie in {root}; a storyboard.toml in a folder makes that the project",
    )


def missing(path: str, span: Span | None, names: Sequence[str] | None) -> Diagnostic:
    """Say that a file is not there; `names` are its folder's, None where there is no folder."""
    folder, name = os.path.split(path)
    if names is None:
        return unreadable(path, span, f"the folder {folder} does not exist")
    near = did_you_mean(name, names)
    advice = f'did you mean "{os.path.join(folder, near)}"?' if near else None  # noqa: PTH118
    return Diagnostic(Code.UNREADABLE_FILE, f"{path} does not exist", span, advice)


def _names(folder: str) -> list[str] | None:
    """List what lies in a folder, as far as is worth comparing; None if there is no such folder."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in itertools.islice(entries, _MOST_NAMES))
    except FileNotFoundError:
        return None
    except OSError:
        return []


def decoded(path: str, data: bytes, span: Span | None) -> Outcome[Source]:
    """Make a text of a file's bytes, with its finding where they are not UTF-8 text."""
    wide = _wide(data)
    if wide is not None:
        message = f"{path} is {wide} text; a storyboard is UTF-8"
        return failed(Diagnostic(Code.NOT_TEXT, message, span, "save the file as UTF-8"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _broken(path, error)
    if len(data.translate(None, _CONTROLS)) == len(data):
        return Outcome(Source(path, text))
    start = min(text.find(chr(each)) % (len(text) + 1) for each in _CONTROLS)
    message = f"{path} is not text: it holds the character U+{ord(text[start]):04X}"
    place = Span(path, start, start + 1)
    return Outcome(Source(path, text), (Diagnostic(Code.NOT_TEXT, message, place),))


def _wide(data: bytes) -> str | None:
    """Name the encoding if it is one of two or four bytes a character."""
    for mark, name in _WIDE_MARKS:
        if data.startswith(mark):
            return name
    start = data[:64]
    halves = (start[0::2], start[1::2])
    one_is_empty = any(half and not half.strip(b"\0") for half in halves)
    return "UTF-16" if len(start) > 1 and one_is_empty and start.strip(b"\0") else None


def _broken(path: str, error: UnicodeDecodeError) -> Outcome[Source]:
    """Show the text with its bad bytes replaced; up to the first of them, places are true."""
    data = error.object
    start = len(data[: error.start].decode())
    message = f"{path} is not UTF-8 text: the byte 0x{data[error.start]:02X} cannot stand here"
    place = Span(path, start, start + 1)
    return Outcome(
        Source(path, data.decode(errors="replace")),
        (Diagnostic(Code.NOT_TEXT, message, place, "save the file as UTF-8"),),
    )
