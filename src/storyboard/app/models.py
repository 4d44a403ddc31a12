"""Finds model cards: those that come with storyboard, and those of a project, which win."""

import json
from collections.abc import Callable
from pathlib import Path

from storyboard.adapters.files import read_source
from storyboard.app.resources import resource, resource_names
from storyboard.compiler.cards import parse_card
from storyboard.compiler.syntax.parser import parse
from storyboard.model.card import ModelCard
from storyboard.model.diagnostic import Diagnostic, Outcome, Severity
from storyboard.model.errors import InvalidStoryboard
from storyboard.model.source import Source, Span

__all__ = ["list_cards", "list_names", "load_cards"]

Read = Callable[[str, Span | None], Outcome[Source]]
Names = Callable[[str, str], tuple[str, ...]]


def list_cards(folder: str) -> tuple[ModelCard, ...]:
    """Return the cards a film in that folder could use; InvalidStoryboard if one is wrong."""
    root = Path(folder)
    outcome = load_cards(str(root / "cards"), lambda path, span: read_source(path, root, span))
    wrong = [each for each in outcome.diagnostics if each.severity is Severity.ERROR]
    if wrong:
        place = wrong[0].span.path if wrong[0].span is not None else "a card"
        message = f"{place} is wrong: {wrong[0].message}"
        raise InvalidStoryboard(message, hint="`storyboard check` on a film here shows every place")
    return outcome.value or ()


def list_names(folder: str, ending: str) -> tuple[str, ...]:
    """Name what lies in a folder on the disk and ends so, sorted."""
    return tuple(sorted(path.name for path in Path(folder).glob(f"*{ending}")))


def load_cards(
    folder: str, read: Read, names: Names = list_names
) -> Outcome[tuple[ModelCard, ...]]:
    """Read the built-in cards and the project's; one of the same id replaces the built-in one.

    `read` and `names` say where the project's files are, if not on the disk.
    """
    schema = json.loads(resource("schemas", "card.schema.json"))
    cards: dict[str, ModelCard] = {}
    findings: list[Diagnostic] = []
    for source, origin in _sources(folder, read, names, findings):
        tree = parse(source)
        findings += tree.diagnostics
        if tree.value is not None and tree.ok:
            parsed = parse_card(tree.value, schema, origin)
            findings += parsed.diagnostics
            if parsed.value is not None:
                cards[parsed.value.id] = parsed.value
    return Outcome(tuple(cards.values()), tuple(findings))


def _sources(
    folder: str, read: Read, names: Names, findings: list[Diagnostic]
) -> list[tuple[Source, str]]:
    found = [
        (Source(f"cards/{name}", resource("cards", name)), "built in")
        for name in resource_names("cards")
        if name.endswith(".yaml")
    ]
    for name in names(folder, ".yaml"):
        path = str(Path(folder) / name)
        outcome = read(path, None)
        findings += outcome.diagnostics
        if outcome.value is not None:
            found.append((outcome.value, path))
    return found
