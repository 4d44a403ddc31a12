"""The compiler's world on a real disk: a project's files, stills, sounds, templates and cards."""

import json
import os
from functools import cached_property
from pathlib import Path

from storyboard.adapters.files import read_source
from storyboard.adapters.pictures import look_at
from storyboard.app.cache import Inputs
from storyboard.app.models import load_cards
from storyboard.app.resources import resource, resource_names
from storyboard.app.settings import shown
from storyboard.model.card import ModelCard
from storyboard.model.diagnostic import Code, Diagnostic, Outcome, failed
from storyboard.model.request import Still
from storyboard.model.source import Source, Span

__all__ = ["DiskWorld"]

_KINDS = (".wav", ".flac", ".mp3", ".m4a", ".aac", ".ogg", ".opus")
_KINDS_LISTED = f"{', '.join(_KINDS[:-1])} or {_KINDS[-1]}"


class DiskWorld:
    """Reads inside one project; remembers in `inputs` all that the outcome depends on."""

    def __init__(self, root: Path, film: str) -> None:
        self.inputs = Inputs()
        self.sources: dict[str, Source] = {}
        self._found: list[Diagnostic] = []
        self._root = root
        self._beside = Path(film).parent

    @cached_property
    def _loaded(self) -> Outcome[tuple[ModelCard, ...]]:
        folder = shown(self._root / "cards")
        self.inputs.listed(folder)
        return load_cards(folder, self.read)

    @property
    def cards(self) -> tuple[ModelCard, ...]:
        return self._loaded.value or ()

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        """What is wrong with the project's own cards, and with reading its own templates."""
        return (*self._loaded.diagnostics, *self._found)

    def read(self, path: str, span: Span | None) -> Outcome[Source]:
        outcome = read_source(path, self._root, span)
        if outcome.value is None:
            self.inputs.missed(path)
        else:
            self.inputs.read(path, outcome.value.text)
            self.sources[path] = outcome.value
        return outcome

    def still(self, path: str, span: Span) -> Outcome[Still]:
        place = self._inside(path, span)
        if not isinstance(place, Path):
            return failed(place)
        if not os.path.exists(place):  # noqa: PTH110
            message = f"there is no still {path}"
            advice = "until it is there, the animatic shows a slate and the shot cannot be bought"
            return failed(Diagnostic(Code.IMAGE_MISSING, message, span, advice))
        return look_at(place, path, span)

    def sound(self, path: str, span: Span) -> Outcome[str]:
        place = self._inside(path, span)
        if not isinstance(place, Path):
            return failed(place)
        if not os.path.exists(place):  # noqa: PTH110
            message = f"there is no sound file {path}"
            advice = "put it there, or take it out until it is: a film is not cut without its sound"
            return failed(Diagnostic(Code.SOUND_MISSING, message, span, advice))
        fault = _unheard(place)
        if fault is not None:
            message, advice = f"cannot use {path} as sound: {fault}", f"save it as {_KINDS_LISTED}"
            return failed(Diagnostic(Code.SOUND_UNREADABLE, message, span, advice))
        return Outcome(path)

    def _inside(self, path: str, span: Span) -> Path | Diagnostic:
        """Return where a file of the project is, whether it is there or not."""
        self.inputs.looked_at(path)
        # os.path, because pathlib raises for links in a ring and for names that are too long
        place = Path(os.path.realpath(path))
        if place.is_relative_to(os.path.realpath(self._root)):
            return place
        message = f"{path} is outside the project"
        advice = f"copy it into {self._root}; a film uses nothing from elsewhere"
        return Diagnostic(Code.OUTSIDE_PROJECT, message, span, advice)

    def schema(self, name: str) -> dict[str, object]:
        schema: dict[str, object] = json.loads(resource("schemas", f"{name}.schema.json"))
        return schema

    def template(self, name: str) -> Source | None:
        for folder in self._template_folders():
            path = folder / f"{name}.j2"
            if os.path.exists(path):  # noqa: PTH110  pathlib raises where a folder may not be searched
                outcome = self.read(str(path), None)
                self._found += outcome.diagnostics
                return outcome.value
            self.inputs.missed(str(path))
        if f"{name}.j2" in resource_names("templates"):
            return Source(f"templates/{name}.j2", resource("templates", f"{name}.j2"))
        return None

    def templates(self) -> tuple[str, ...]:
        folders = self._template_folders()
        own = {path.stem for folder in folders for path in folder.glob("*.j2")}
        built_in = {name.removesuffix(".j2") for name in resource_names("templates")}
        return tuple(sorted(own | built_in))

    def _template_folders(self) -> tuple[Path, ...]:
        """Return where a project's own templates are looked for: the film's own folder first."""
        return (self._beside / "templates", self._beside, Path(shown(self._root / "templates")))


def _unheard(place: Path) -> str | None:
    """Say why a file that is there cannot be a sound, as far as its name and the disk tell."""
    if place.suffix.lower() not in _KINDS:
        return f"its name ends in {place.suffix or 'nothing'}"
    if not place.is_file():
        return "it is not a file"
    return None if place.stat().st_size else "it is empty"
