"""The films of a project: what `check` looks at when nobody names one, or when a folder is named.

A film is known by its text, a file of YAML with `storyboard:` at its top; it is not parsed for
that. Git is asked which files count, so that what it ignores is left out.
"""

import os
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Final

from storyboard.adapters.files import find_root, read_bytes
from storyboard.model.errors import ErrorCode, Undecidable

__all__ = ["find_films"]

_MOST_FILES: Final = 100_000
_LARGEST_FILM: Final = 16 * 1024 * 1024
_ENDINGS: Final = (".yaml", ".yml")
_LOCKS: Final = (".lock.yaml", ".lock.yml")
_RESULTS: Final = "build"
_TOP_KEY: Final = re.compile(
    rb"""^(?:\xef\xbb\xbf)?(?:\{\s*)?(?:storyboard[ \t]*:(?=\s|$)|(["'])storyboard\1[ \t]*:)""",
    re.MULTILINE,
)


def find_films(names: Sequence[str]) -> tuple[str, ...]:
    """Return the films that are named and those below each named folder; by default, below here.

    A name that is no folder is a film, whether it is there or not: compiling it will tell. A folder
    without a film is an `Undecidable`, so that nobody takes nothing for all well.
    """
    found = chain.from_iterable(
        _films_below(Path(name)) if Path(name).is_dir() else (name,) for name in names or (".",)
    )
    return tuple(dict.fromkeys(found))


def _films_below(folder: Path) -> tuple[str, ...]:
    root = find_root(folder / "film.yaml")
    candidates = sorted(path for path in _files_below(folder) if _may_be_film(path))
    films = tuple(
        str(folder / each) for each in candidates if _begins_film(str(folder / each), root)
    )
    if not films:
        where = "here" if folder == Path() else f"in {folder}"
        message = f"there is no film {where} or in a folder below"
        hint = "a film is a .yaml file with `storyboard:` at its top; `storyboard new` starts one"
        raise Undecidable(message, hint=hint, code=ErrorCode.USAGE)
    return films


def _may_be_film(path: str) -> bool:
    """Tell by its name; `.storyboard` is hidden, as is much else that is nobody's source."""
    parts = Path(path).parts
    hidden = any(part.startswith(".") for part in parts)
    right = path.endswith(_ENDINGS) and not path.endswith(_LOCKS)
    return right and not hidden and _RESULTS not in parts[:-1]


def _begins_film(path: str, root: Path) -> bool:
    data = read_bytes(path, root, None, _LARGEST_FILM).value
    return data is not None and _TOP_KEY.search(data) is not None


def _files_below(folder: Path) -> list[str]:
    """List files by their path from the folder: those that git counts, or else all of them."""
    listed = _listed(folder)
    return list(_walked(folder)) if listed is None else listed


def _listed(folder: Path) -> list[str] | None:
    """Ask git; None where there is no git, no repository, or one of another owner."""
    from storyboard.adapters.git import list_files  # noqa: PLC0415  a film that is named needs none

    return list_files(folder, [f"*{ending}" for ending in _ENDINGS], os.environ)


def _walked(folder: Path) -> Iterator[str]:
    """Walk without following links; a folder that holds a disk's worth of files is refused."""
    count = 0
    for place, folders, files in os.walk(folder):
        folders[:] = [each for each in folders if each != _RESULTS and not each.startswith(".")]
        count += len(folders) + len(files)
        if count > _MOST_FILES:
            message = f"more than {_MOST_FILES:,} files and folders lie below {folder}"
            hint = "name the films, or a folder with fewer files"
            raise Undecidable(message, hint=hint, code=ErrorCode.USAGE)
        within = os.path.relpath(place, folder)
        yield from (os.path.normpath(os.path.join(within, each)) for each in files)  # noqa: PTH118
