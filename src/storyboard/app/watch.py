"""Does something again each time one of the files that a film is made of is saved."""

from collections.abc import Callable
from contextlib import closing
from typing import NoReturn

from storyboard.app.compile import Compilation
from storyboard.app.settings import shown

__all__ = ["watch_film"]


def watch_film(recut: Callable[[], Compilation]) -> NoReturn:
    """Call `recut`, which reads the film anew, at once and after each save; it never ends.

    It is called more often than something changes: whenever the watch begins, for instance, so
    that what is saved just then is not missed.
    """
    from storyboard.adapters.watching import saves  # noqa: PLC0415  watchfiles is for --watch alone

    compilation = recut()
    while True:
        watched = _files(compilation)
        with closing(saves(watched)) as changes:
            for _ in changes:
                compilation = recut()
                if _files(compilation) != watched:
                    break


def _files(compilation: Compilation) -> frozenset[str]:
    """Return all that a film depends on, as shown to people; what is not there yet too."""
    inputs = compilation.inputs
    settings = shown(compilation.settings.root / "storyboard.toml")
    looked_at = {*inputs.texts, *inputs.pictures, *inputs.absent, *inputs.folders}
    return frozenset({compilation.path, settings, *looked_at})
