"""Texts that ship with storyboard: templates, schemas, model cards and the findings' pages.

In an installed wheel they lie inside the package. In a checkout they lie at the top, where people
read and edit them; the cards are code's neighbours and lie inside the package in both.
"""

from pathlib import Path

import storyboard
from storyboard.model.errors import EnvironmentFault

__all__ = ["finding_pages", "resource", "resource_folder", "resource_names"]

_PACKAGE = Path(storyboard.__file__).parent
_CHECKOUT = _PACKAGE.parents[1]
_IN_CHECKOUT = {"findings": "docs/findings"}


def resource_folder(folder: str) -> Path:
    """Return where the texts of a kind lie: in the package if they are there, else at the top."""
    shipped = _PACKAGE / folder
    return shipped if shipped.is_dir() else _CHECKOUT / _IN_CHECKOUT.get(folder, folder)


def resource(folder: str, name: str) -> str:
    """Return one text; EnvironmentFault when the installation lacks it."""
    try:
        return (resource_folder(folder) / Path(name).name).read_text(encoding="utf-8")
    except OSError as error:
        message = f"storyboard's own file {folder}/{name} cannot be read: {error.strerror}"
        raise EnvironmentFault(message, hint="install storyboard again") from error


def finding_pages() -> dict[str, str]:
    """Return the help page of every finding, by its code."""
    names = resource_names("findings")
    return {name.removesuffix(".md"): resource("findings", name) for name in names}


def resource_names(folder: str) -> tuple[str, ...]:
    """List the texts of a kind by file name, sorted; none when the folder is not there."""
    try:
        entries = list(resource_folder(folder).iterdir())
    except OSError:
        return ()
    return tuple(sorted(entry.name for entry in entries if entry.is_file()))
