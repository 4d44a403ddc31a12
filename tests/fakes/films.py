"""Small films, cards and stills for tests, and marks «» that say where a finding has to point."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from storyboard.compiler.checks import Subject, check_film
from storyboard.compiler.lower import lower
from storyboard.compiler.syntax.parser import parse
from storyboard.compiler.variables import fill_variables
from storyboard.model.card import CardInput, ListedLengths, ModelCard, PriceRow
from storyboard.model.diagnostic import Code
from storyboard.model.money import MicroUsd, Millis
from storyboard.model.request import Still
from storyboard.model.source import Source, Span
from storyboard.model.story import Film
from storyboard.model.tree import Mapping

__all__ = ["HEAD", "PATH", "card", "film", "findings", "marked", "still", "subject", "tree"]

PATH = "film.yaml"
HEAD = "title: T\nmodel: house\n"
"""How most films in the tests begin; `house` is the card that `card()` makes."""

_HOUSE = ModelCard(
    id="house",
    title="House model",
    provider="test",
    status="active",
    lengths=ListedLengths((Millis(4000), Millis(8000), Millis(12000))),
    inputs=(
        CardInput("prompt", "string", "prompt"),
        CardInput("image", "string", "image"),
        CardInput("last_image", "string", "end_image"),
        CardInput("duration", "integer", "duration"),
        CardInput("seed", "integer", "seed"),
        CardInput("resolution", "string", "resolution", enum=("720p", "1080p"), default="720p"),
        CardInput("strength", "number", minimum=0, maximum=10),
        CardInput("style", "string", enum=("noir", "pastel")),
        CardInput("audio", "boolean"),
    ),
    prices=(PriceRow(MicroUsd(100_000)),),
    source="a test",
    checked="2026-01-01",
)


def card(**changes: Any) -> ModelCard:
    """Make a card: `house`, which sells 4, 8 and 12 s at $0.10 a second, with changes."""
    return replace(_HOUSE, **changes)


def still(path: str, width: int = 1280, height: int = 720, **changes: Any) -> Still:
    """Make a still of the film's own shape; its content is named after its path."""
    made = Still(path, f"sha-of-{path}", width, height, "png", 1000)
    return replace(made, **changes)


def marked(text: str) -> tuple[str, tuple[Span, ...]]:
    """Take the marks out of a text; return it, and the span inside each pair of marks."""
    plain, spans, start = "", [], 0
    for letter in text:
        if letter == "«":
            start = len(plain)
        elif letter == "»":
            spans.append(Span(PATH, start, len(plain)))
        else:
            plain += letter
    return plain, tuple(spans)


def tree(text: str, path: str = PATH) -> Mapping:
    """Parse a text that is in order."""
    outcome = parse(Source(path, text))
    if outcome.value is None or outcome.diagnostics:
        raise ValueError(outcome.diagnostics)
    return outcome.value


def film(text: str, *, variant: str | None = None, **settings: str) -> Film:
    """Read, fill and lower a film that is in order; no schema is asked."""
    source = Source(PATH, text)
    filled = fill_variables(tree(text), (source,), settings=settings, variant=variant)
    lowered = lower(filled.value or tree(text), variant=variant)
    if lowered.value is None or lowered.diagnostics:
        raise ValueError(lowered.diagnostics)
    return lowered.value


def subject(
    text: str,
    *,
    cards: Iterable[ModelCard] = (_HOUSE,),
    stills: Iterable[Still] = (),
    variant: str | None = None,
) -> Subject:
    """Make a checks' subject of a film's text."""
    known = {each.id: each for each in cards}
    return Subject(film(text, variant=variant), known, {each.path: each for each in stills})


def findings(text: str, *, free: bool = False, **world: Any) -> list[tuple[Code, Span | None]]:
    """Run every check over a film's text; return each finding's code and place."""
    return [(each.code, each.span) for each in check_film(subject(text, **world), free=free)]
