"""A project in memory: texts, stills, sounds and templates by path, and what was asked of it."""

from collections.abc import Mapping

from storyboard.compiler.world import World
from storyboard.model.card import ModelCard
from storyboard.model.diagnostic import Code, Diagnostic, Outcome, failed
from storyboard.model.request import Still
from storyboard.model.source import Source, Span

__all__ = ["MemoryWorld"]


class MemoryWorld:
    """A world of what it is given; `looked_at` lists the stills and sounds asked for."""

    def __init__(
        self,
        texts: Mapping[str, str],
        *,
        cards: tuple[ModelCard, ...] = (),
        stills: Mapping[str, Still] | None = None,
        sounds: tuple[str, ...] = (),
        templates: Mapping[str, str] | None = None,
        schemas: Mapping[str, dict[str, object]] | None = None,
    ) -> None:
        self.looked_at: list[str] = []
        self._texts = texts
        self._cards = cards
        self._stills = stills or {}
        self._sounds = sounds
        self._templates = templates or {}
        self._schemas = schemas or {}

    @property
    def cards(self) -> tuple[ModelCard, ...]:
        return self._cards

    def read(self, path: str, span: Span | None) -> Outcome[Source]:
        if path not in self._texts:
            return failed(Diagnostic(Code.UNREADABLE_FILE, f"{path} does not exist", span))
        return Outcome(Source(path, self._texts[path]))

    def still(self, path: str, span: Span) -> Outcome[Still]:
        self.looked_at.append(path)
        if path not in self._stills:
            return failed(Diagnostic(Code.IMAGE_MISSING, f"there is no still {path}", span))
        return Outcome(self._stills[path])

    def sound(self, path: str, span: Span) -> Outcome[str]:
        self.looked_at.append(path)
        if path not in self._sounds:
            return failed(Diagnostic(Code.SOUND_MISSING, f"there is no sound {path}", span))
        return Outcome(path)

    def schema(self, name: str) -> dict[str, object]:
        return self._schemas[name]

    def template(self, name: str) -> Source | None:
        text = self._templates.get(name)
        return None if text is None else Source(f"templates/{name}.j2", text)

    def templates(self) -> tuple[str, ...]:
        return tuple(sorted(self._templates))


def _is_a_world(fake: MemoryWorld) -> World:
    return fake
