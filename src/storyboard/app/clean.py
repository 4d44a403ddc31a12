"""Deletes what can be made again for nothing; never a clip that was bought, or a real ledger."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from storyboard.adapters.files import find_root
from storyboard.adapters.ledger.lock import build_lock, this_process
from storyboard.app.clock import SystemClock
from storyboard.app.settings import Settings, load_settings
from storyboard.model.errors import EnvironmentFault

__all__ = ["clean_film"]

_SHEETS = (".sheet.png", ".sheet.pdf", ".sheet.html")
_FREE = ("animatic", "conformed", "cuts", "rehearsals")
"""In the project's own folder. What a rehearsal bought is all pretence, and so is its ledger."""


def clean_film(film: str) -> int:
    """Delete the project's free clips and rehearsals, and this film's results; return the bytes.

    Locked while a build is running: it would lose what it is working on.
    """
    path = Path(film)
    if not path.is_file():
        message = f"there is no film {film}"
        raise EnvironmentFault(message, hint="name the film whose results are to go")
    settings = load_settings(find_root(path))
    _refuse_while_building(film, settings)
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


def _refuse_while_building(film: str, settings: Settings) -> None:
    holder = this_process(f"storyboard clean {film}", SystemClock().now())
    for lock in (settings.state / "build.lock", *settings.state.glob("rehearsals/*/build.lock")):
        if lock.exists():
            with build_lock(settings.inside(lock), holder):
                pass


def _results(film: Path, settings: Settings) -> Iterator[Path]:
    """Find the film's results and its variants', and what a build that was killed left of them."""
    folder = settings.inside(film.parent / "build")
    for ending in (".animatic.mp4", ".rough.mp4", ".rough.mov", *_SHEETS):
        yield from folder.glob(f"{film.stem}{ending}")
        yield from folder.glob(f"{film.stem}.*{ending}")
    yield from folder.glob(f".{film.stem}.*unfinished.*")
