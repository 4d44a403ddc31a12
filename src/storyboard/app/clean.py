"""Deletes what can be made again for nothing; never a clip that was bought."""

import shutil
from pathlib import Path

from storyboard.adapters.files import find_root
from storyboard.app.settings import load_settings
from storyboard.model.errors import EnvironmentFault

__all__ = ["clean_film"]

_RESULTS = (".animatic.mp4", ".sheet.png")
_FREE = ("animatic", "cuts")


def clean_film(film: str) -> int:
    """Delete the project's animatic clips and this film's results; return the bytes freed."""
    path = Path(film)
    state = load_settings(find_root(path)).state
    freed = 0
    try:
        for result in (path.parent / "build" / f"{path.stem}{each}" for each in _RESULTS):
            if result.is_file():
                freed += result.stat().st_size
                result.unlink()
        for folder in (state / name for name in _FREE):
            freed += sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())
            shutil.rmtree(folder, ignore_errors=True)
    except OSError as error:
        message = f"cannot clean up after {film}: {error.strerror or error}"
        raise EnvironmentFault(message) from error
    return freed
