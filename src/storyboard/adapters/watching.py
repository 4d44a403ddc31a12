"""Tells when files are saved: the one place that asks the system to be told of changes."""

import os
from collections.abc import Collection, Generator
from contextlib import closing
from pathlib import Path

from watchfiles import Change, watch

from storyboard.model.errors import EnvironmentFault

__all__ = ["saves"]

_QUIET = 100
"""Milliseconds without a further change after which several count as one."""
_LOOKS = 250
"""Milliseconds after which the watch has surely begun."""


def saves(paths: Collection[str]) -> Generator[None, None, None]:
    """Yield once when the watch has begun, and then each time some of the files have changed.

    Whoever reads the files after the first yield misses nothing. Of a folder, whatever is in it
    counts; what is not there is waited for. Raises EnvironmentFault where nothing can be watched.
    """
    wanted = {place for path in paths for place in _places(path)}
    folders = {_nearest_folder(each) for each in wanted}
    above = {each for place in wanted for each in (place, *place.parents)}

    def concerns(_kind: Change, changed: str) -> bool:
        return Path(changed) in above or Path(changed).parent in wanted

    try:
        with closing(
            watch(
                *folders,
                watch_filter=concerns,
                step=_QUIET,
                rust_timeout=_LOOKS,
                yield_on_timeout=True,
                recursive=False,
            )
        ) as changes:
            next(changes)
            yield
            yield from (None for each in changes if each)
    except OSError as error:
        message = f"the film's files cannot be watched: {error}"
        raise EnvironmentFault(message, hint="without --watch the film is cut once") from error


def _places(path: str) -> set[Path]:
    """Return where a file seems to be and, if links lead elsewhere, where it is."""
    return {Path(os.path.abspath(path)), Path(os.path.realpath(path))}  # noqa: PTH100  no links


def _nearest_folder(place: Path) -> Path:
    """Return a file's folder, or the nearest above it that is there; a folder itself."""
    return next(each for each in (place, *place.parents) if each.is_dir())
