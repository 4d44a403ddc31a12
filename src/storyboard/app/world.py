"""The compiler's world: a project's files, stills, sounds, templates and cards.

What a film may use and what is said of it are the same wherever its files are: on the disk, or in
a commit (app/committed.py). `Files` is what differs.
"""

import json
import os
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Protocol

from storyboard.adapters.files import read_source
from storyboard.adapters.pictures import look_at
from storyboard.app.cache import Inputs
from storyboard.app.models import list_names, load_cards
from storyboard.app.resources import resource, resource_names
from storyboard.app.settings import shown
from storyboard.model.card import ModelCard
from storyboard.model.diagnostic import Code, Diagnostic, Outcome, failed
from storyboard.model.request import Still
from storyboard.model.source import Source, Span

__all__ = ["DiskFiles", "DiskWorld", "Files", "Found", "Kind", "ProjectWorld"]

_KINDS = (".wav", ".flac", ".mp3", ".m4a", ".aac", ".ogg", ".opus")
_KINDS_LISTED = f"{', '.join(_KINDS[:-1])} or {_KINDS[-1]}"


class Kind(Enum):
    """What a path leads to, links followed."""

    FILE = "a file"
    EMPTY = "an empty file"
    OTHER = "what is not a file"
    ABSENT = "nothing"
    OUTSIDE = "a place outside the project"


@dataclass(frozen=True, slots=True)
class Found:
    """What a path leads to, and to which place."""

    kind: Kind
    place: Path


class Files(Protocol):
    """The files of one project. Paths are as shown to people; spans say who asked for them."""

    @property
    def root(self) -> Path:
        """The project's folder, out of which nothing is read."""
        ...

    def read(self, path: str, span: Span | None) -> Outcome[Source]:
        """Read a text, or tell why it cannot be read."""
        ...

    def find(self, path: str) -> Found:
        """Tell what is there, without reading it."""
        ...

    def still(self, found: Found, path: str, span: Span) -> Outcome[Still]:
        """Look at a picture that was found, or tell why it cannot be used."""
        ...

    def has(self, path: str) -> bool:
        """Tell whether anything is there, inside the project or not."""
        ...

    def names(self, folder: str, ending: str) -> tuple[str, ...]:
        """Name what lies in a folder and ends so, sorted; nothing where there is no folder."""
        ...


class DiskFiles:
    """The files on the disk; remembers in `inputs` all that was looked at."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.inputs = Inputs()

    def read(self, path: str, span: Span | None) -> Outcome[Source]:
        outcome = read_source(path, self.root, span)
        if outcome.value is None:
            self.inputs.missed(path)
        else:
            self.inputs.read(path, outcome.value.text)
        return outcome

    def find(self, path: str) -> Found:
        self.inputs.looked_at(path)
        # os.path, because pathlib raises for links in a ring and for names that are too long
        place = Path(os.path.realpath(path))
        if not place.is_relative_to(os.path.realpath(self.root)):
            return Found(Kind.OUTSIDE, place)
        if not os.path.exists(place):  # noqa: PTH110
            return Found(Kind.ABSENT, place)
        if not place.is_file():
            return Found(Kind.OTHER, place)
        return Found(Kind.FILE if place.stat().st_size else Kind.EMPTY, place)

    def still(self, found: Found, path: str, span: Span) -> Outcome[Still]:
        return look_at(found.place, path, span)

    def has(self, path: str) -> bool:
        if os.path.exists(path):  # noqa: PTH110  pathlib raises where a folder may not be searched
            return True
        self.inputs.missed(path)
        return False

    def names(self, folder: str, ending: str) -> tuple[str, ...]:
        return list_names(folder, ending)


class ProjectWorld:
    """The world of one film, over the files of its project."""

    def __init__(self, files: Files, film: str) -> None:
        self.sources: dict[str, Source] = {}
        self._found: list[Diagnostic] = []
        self._files = files
        self._beside = Path(film).parent

    @cached_property
    def _loaded(self) -> Outcome[tuple[ModelCard, ...]]:
        return load_cards(shown(self._files.root / "cards"), self.read, self._files.names)

    @property
    def cards(self) -> tuple[ModelCard, ...]:
        return self._loaded.value or ()

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        """What is wrong with the project's own cards, and with reading its own templates."""
        return (*self._loaded.diagnostics, *self._found)

    def read(self, path: str, span: Span | None) -> Outcome[Source]:
        outcome = self._files.read(path, span)
        if outcome.value is not None:
            self.sources[path] = outcome.value
        return outcome

    def still(self, path: str, span: Span) -> Outcome[Still]:
        found = self._files.find(path)
        if found.kind is Kind.OUTSIDE:
            return failed(self._outside(path, span))
        if found.kind is Kind.ABSENT:
            message = f"there is no still {path}"
            advice = "until it is there, the animatic shows a slate and the shot cannot be bought"
            return failed(Diagnostic(Code.IMAGE_MISSING, message, span, advice))
        return self._files.still(found, path, span)

    def sound(self, path: str, span: Span) -> Outcome[str]:
        found = self._files.find(path)
        if found.kind is Kind.OUTSIDE:
            return failed(self._outside(path, span))
        if found.kind is Kind.ABSENT:
            message = f"there is no sound file {path}"
            advice = "put it there, or take it out until it is: a film is not cut without its sound"
            return failed(Diagnostic(Code.SOUND_MISSING, message, span, advice))
        fault = _unheard(found)
        if fault is not None:
            message, advice = f"cannot use {path} as sound: {fault}", f"save it as {_KINDS_LISTED}"
            return failed(Diagnostic(Code.SOUND_UNREADABLE, message, span, advice))
        return Outcome(path)

    def _outside(self, path: str, span: Span) -> Diagnostic:
        message = f"{path} is outside the project"
        advice = f"copy it into {self._files.root}; a film uses nothing from elsewhere"
        return Diagnostic(Code.OUTSIDE_PROJECT, message, span, advice)

    def schema(self, name: str) -> dict[str, object]:
        schema: dict[str, object] = json.loads(resource("schemas", f"{name}.schema.json"))
        return schema

    def template(self, name: str) -> Source | None:
        for folder in self._template_folders():
            path = str(folder / f"{name}.j2")
            if self._files.has(path):
                outcome = self.read(path, None)
                self._found += outcome.diagnostics
                return outcome.value
        if f"{name}.j2" in resource_names("templates"):
            return Source(f"templates/{name}.j2", resource("templates", f"{name}.j2"))
        return None

    def templates(self) -> tuple[str, ...]:
        folders = self._template_folders()
        listed = (name for folder in folders for name in self._files.names(str(folder), ".j2"))
        built_in = resource_names("templates")
        return tuple(sorted({name.removesuffix(".j2") for name in (*listed, *built_in)}))

    def _template_folders(self) -> tuple[Path, ...]:
        """Return where a project's own templates are looked for: the film's own folder first."""
        root = Path(shown(self._files.root / "templates"))
        return (self._beside / "templates", self._beside, root)


class DiskWorld(ProjectWorld):
    """The world as it is today; `inputs` are all that the outcome depends on."""

    def __init__(self, root: Path, film: str) -> None:
        files = DiskFiles(root)
        super().__init__(files, film)
        self.inputs = files.inputs
        self.inputs.listed(shown(root / "cards"))


def _unheard(found: Found) -> str | None:
    """Say why a file that is there cannot be a sound, as far as its name and its size tell."""
    if found.place.suffix.lower() not in _KINDS:
        return f"its name ends in {found.place.suffix or 'nothing'}"
    if found.kind is Kind.OTHER:
        return "it is not a file"
    return "it is empty" if found.kind is Kind.EMPTY else None
