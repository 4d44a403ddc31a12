"""Deletes what can be made again for nothing; never a clip that was bought."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from storyboard.adapters.files import find_root
from storyboard.app.settings import Settings, load_settings
from storyboard.model.errors import EnvironmentFault

__all__ = ["clean_film"]

_FREE = ("animatic", "cuts")


def clean_film(film: str) -> int:
    """Delete the project's animatic clips and this film's results; return the bytes freed."""
    path = Path(film)
    if not path.is_file():
        message = f"there is no film {film}"
        raise EnvironmentFault(message, hint="name the film whose results are to go")
    settings = load_settings(find_root(path))
    freed = 0
    try:
        for result in _results(path, settings):
            freed += result.stat().st_size
            result.unlink()
        for folder in (settings.inside(settings.state / name) for name in _FREE):
            freed += sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())
            if folder.exists():
                shutil.rmtree(folder)
    except OSError as error:
        message = f"cannot clean up after {film}: {error.strerror or error}"
        raise EnvironmentFault(message) from error
    return freed


def _results(film: Path, settings: Settings) -> Iterator[Path]:
    """Find the film's results and its variants', and what a build that was killed left of them."""
    folder = settings.inside(film.parent / "build")
    for pattern in ("{}.animatic.mp4", "{}.*.animatic.mp4", "{}.sheet.png", "{}.*.sheet.png"):
        yield from folder.glob(pattern.format(film.stem))
    yield from folder.glob(f".{film.stem}.*unfinished.mp4")
