"""What the compiler asks of the world: texts, stills, sounds, templates; it does no I/O itself."""

from typing import Protocol

from storyboard.model.card import ModelCard
from storyboard.model.diagnostic import Outcome
from storyboard.model.request import Still
from storyboard.model.source import Source, Span

__all__ = ["World"]


class World(Protocol):
    """The files of one project. Paths are as shown to people; spans say who asked for them."""

    @property
    def cards(self) -> tuple[ModelCard, ...]:
        """Every model known, the project's own cards included."""
        ...

    def read(self, path: str, span: Span | None) -> Outcome[Source]:
        """Read a text file inside the project, or tell why it cannot be read."""
        ...

    def still(self, path: str, span: Span) -> Outcome[Still]:
        """Look at a picture inside the project, or tell why it cannot be used."""
        ...

    def sound(self, path: str, span: Span) -> Outcome[str]:
        """Find a sound file inside the project, its path for a value, or tell why not."""
        ...

    def schema(self, name: str) -> dict[str, object]:
        """Return a published JSON Schema, parsed."""
        ...

    def template(self, name: str) -> Source | None:
        """Return a prompt template: the film's own before the built-in one of the same name."""
        ...

    def templates(self) -> tuple[str, ...]:
        """Name every template there is."""
        ...
