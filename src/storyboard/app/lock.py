"""A film's lock file: where it is, what it says, and how it is rewritten when that changes.

A rehearsal's lies with its books: what it pretends to buy must not stand beside the film.
"""

import os
import pickle
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from storyboard.adapters.durable import write_aside
from storyboard.adapters.files import read_source
from storyboard.app.cache import Cache, Inputs
from storyboard.app.settings import ADDRESS, Settings, shown
from storyboard.model.diagnostic import Diagnostic
from storyboard.model.errors import EnvironmentFault, InvalidStoryboard
from storyboard.model.lock import Lock
from storyboard.model.source import Source

__all__ = ["LOCK_SUFFIX", "LockFile", "load_lock", "lock_place", "rewrite_lock"]

LOCK_SUFFIX = ".lock.yaml"


@dataclass(frozen=True, slots=True)
class LockFile:
    """What a lock file holds: nothing where there is none, findings where it cannot be read."""

    lock: Lock = Lock()
    diagnostics: tuple[Diagnostic, ...] = ()
    source: Source | None = None


def lock_place(film: str, variant: str | None, settings: Settings) -> Path:
    """Return where a film's lock is: beside it, under its name, or with a rehearsal's books."""
    path = Path(film)
    name = path.stem if variant is None else f"{path.stem}.{variant}"
    place = path.parent / f"{name}{LOCK_SUFFIX}"
    folder = _rehearsal(settings)
    if folder is not None:
        place = folder / "locks" / quote(settings.from_root(place), safe="")
    return settings.inside(place)


def _rehearsal(settings: Settings) -> Path | None:
    if not os.environ.get(ADDRESS):
        return None
    from storyboard.app.purse import load_purse  # noqa: PLC0415  most projects are not rehearsed

    with suppress(EnvironmentFault):  # an address that is none; who buys there will say so
        purse = load_purse(settings)
        return purse.folder if purse.rehearsal else None
    return None


def load_lock(place: Path, settings: Settings, *, cache: bool = True) -> LockFile:
    """Read a lock file; nothing is parsed twice."""
    if not _exists(place):
        return LockFile()
    path = shown(place)
    kept = Cache(settings.cache / "locks") if cache and settings.cache else None
    entry = kept.find(path, str(settings.root), str(Path.cwd())) if kept is not None else None
    if entry is not None and entry[0].unchanged({}):
        remembered: LockFile = pickle.loads(entry[1])  # noqa: S301  see app/cache.py
        return remembered
    outcome = read_source(path, settings.root)
    if outcome.value is None or outcome.diagnostics:
        return LockFile(Lock(), outcome.diagnostics, outcome.value)
    loaded = _parsed(outcome.value)
    if kept is not None:
        inputs = Inputs()
        inputs.read(path, outcome.value.text)
        written = pickle.dumps(loaded, pickle.HIGHEST_PROTOCOL)
        kept.store(inputs, written, b"", path, str(settings.root), str(Path.cwd()))
    return loaded


def rewrite_lock(
    place: Path, settings: Settings, change: Callable[[Lock], Lock]
) -> tuple[Lock, bool]:
    """Change a lock file as it is now; tell what it holds, and whether it had to be written.

    Two processes that do so wait for each other. InvalidStoryboard where it cannot be read, for
    what it holds must not be lost.
    """
    from storyboard.adapters.ledger.lock import brief_lock  # noqa: PLC0415  only who writes waits
    from storyboard.compiler.lock import write_lock  # noqa: PLC0415  brings yaml

    with brief_lock(settings.state / "takes.lock"):
        loaded = load_lock(place, settings)
        if loaded.diagnostics:
            raise InvalidStoryboard(loaded.diagnostics[0].message, hint=_MEND.format(shown(place)))
        changed = change(loaded.lock)
        if changed == loaded.lock:
            return changed, False
        write_aside(settings.inside(place), write_lock(changed).encode())
    return changed, True


_MEND = "mend {}, which `storyboard check` shows the place in"


def _exists(place: Path) -> bool:
    try:
        return place.is_symlink() or place.exists()
    except OSError:
        return True  # it is there, and cannot be looked at: reading it says why


def _parsed(source: Source) -> LockFile:
    import json  # noqa: PLC0415

    from storyboard.app.resources import resource  # noqa: PLC0415
    from storyboard.compiler.lock import read_lock  # noqa: PLC0415  brings yaml and the schema

    outcome = read_lock(source, json.loads(resource("schemas", "lock.schema.json")))
    return LockFile(outcome.value or Lock(), outcome.diagnostics, source)
