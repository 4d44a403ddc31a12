"""Starts a film: a folder with a storyboard that builds as it is."""

import shutil
from pathlib import Path

from storyboard.app.resources import resource_folder
from storyboard.model.errors import EnvironmentFault

__all__ = ["start_film"]

_NOT_IN_GIT = (
    "# Results, made again from the source.\nbuild/\n"
    "# The ledger, and the clips you bought: not for git, and not to be lost.\n.storyboard/\n"
)


def start_film(folder: Path) -> Path:
    """Copy the first film into a new or empty folder; return the storyboard's path."""
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            message = f"{folder} is there already, and not empty"
            raise EnvironmentFault(message, hint="choose another name; nothing was written")
        shutil.copytree(resource_folder("scaffold"), folder, dirs_exist_ok=True)
        (folder / ".gitignore").write_text(_NOT_IN_GIT, encoding="utf-8")
    except OSError as error:
        message = f"cannot start a film in {folder}: {error.strerror or error}"
        raise EnvironmentFault(message) from error
    return folder / "film.yaml"
