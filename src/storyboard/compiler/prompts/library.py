"""The templates of one film: found by name, parsed once, checked before a shot is rendered."""

import re
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from jinja2 import BaseLoader, Environment, Template, TemplateNotFound, nodes

from storyboard.compiler.prompts.environment import GLOBALS, PromptEnvironment, template_name
from storyboard.compiler.prompts.guard import size
from storyboard.compiler.prompts.names import (
    Facts,
    Reference,
    Sort,
    Use,
    facts_of,
    known_names,
    unknown_uses,
)
from storyboard.compiler.prompts.notes import Note, Unreadable, syntax_note, undefined_note
from storyboard.compiler.prompts.places import place_of_quote
from storyboard.compiler.suggest import did_you_mean
from storyboard.model.diagnostic import Code
from storyboard.model.source import Source, Span

__all__ = ["Library", "TemplateSource"]

_NAME: Final = re.compile(r"\w[\w .-]{0,99}")
_LONGEST_TEMPLATE: Final = 32_000
_ALL_TEMPLATES: Final = 128_000
_MOST_NODES: Final = 10_000
_MOST_NOTES: Final = 20


class TemplateSource(Protocol):
    """Where templates come from: the user's own beside the film first, then the built-in ones."""

    def get(self, name: str) -> Source | None:
        """Return the template of that name (`cinematic` for cinematic.j2), or None."""
        ...

    def names(self) -> tuple[str, ...]:
        """Name every template there is."""
        ...


@dataclass(frozen=True, slots=True)
class _Parsed:
    source: Source
    tree: nodes.Template
    facts: Facts


class Library(BaseLoader):
    """Jinja's loader over a TemplateSource. Names are names: no path can be written as one."""

    def __init__(self, templates: TemplateSource) -> None:
        self._templates = templates
        self._sources: dict[str, Source | None] = {}
        self._parsed: dict[str, _Parsed | Note] = {}
        self._room = _ALL_TEMPLATES
        self._nodes = _MOST_NODES

    def source(self, name: str) -> Source | None:
        """Return a template's text, asking for it once."""
        if name not in self._sources:
            sound = _NAME.fullmatch(name) is not None and ".." not in name
            self._sources[name] = self._templates.get(name) if sound else None
        return self._sources[name]

    def suggestion(self, name: str, *, parts: bool) -> str:
        """Return what to write instead of a name that no template has."""
        names = [template_name(each) for each in self._templates.names()]
        offered = sorted(each for each in names if parts or not each.startswith("_"))
        meant = did_you_mean(template_name(name), offered)
        if meant is not None:
            return f'did you mean "{meant}"?'
        return f"there are: {', '.join(offered)}" if offered else "there are no templates"

    def load(
        self,
        environment: Environment,
        name: str,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002, ARG002  Jinja's own signature
    ) -> Template:
        """Compile a template; called by Jinja once for each."""
        parsed = self._parse(environment, name)
        if parsed is None:
            raise TemplateNotFound(name)
        if isinstance(parsed, Note):
            raise Unreadable(parsed)
        assert isinstance(environment, PromptEnvironment)  # noqa: S101  ours alone uses this loader
        return environment.compile_tree(parsed.tree, name)

    def check(self, environment: PromptEnvironment, name: str) -> list[Note]:
        """Find everything wrong with a template, and those it uses, that needs no shot to see."""
        together: dict[str, _Parsed] = {}
        notes = list(self._gather(environment, name, together))
        facts = [parsed.facts for parsed in together.values()]
        known: dict[Sort, frozenset[str]] = {
            "name": known_names(facts, GLOBALS),
            "filter": frozenset(each for each in environment.filters if not each.startswith("#")),
            "test": frozenset(environment.tests),
            "field": frozenset[str](),
        }
        for each, parsed in together.items():
            unknown: dict[tuple[str, str | None, str], Use] = {}
            for use in sorted(unknown_uses(parsed.facts, facts, known), key=lambda use: use.line):
                unknown.setdefault((use.sort, use.owner, use.name), use)
            first = list(unknown.values())[:_MOST_NOTES]
            notes += (undefined_note(use, each, parsed.source) for use in first)
        if not notes:
            for each in together:
                notes += self._compiled(environment, each)
        return notes

    def _gather(
        self, environment: PromptEnvironment, name: str, together: dict[str, _Parsed]
    ) -> Iterator[Note]:
        """Parse a template and those it names, deepest last; yield what stops one of them."""
        pending = [name]
        while pending:
            each = pending.pop()
            parsed = self._parse(environment, each)
            if isinstance(parsed, Note):
                yield parsed
            if each in together or not isinstance(parsed, _Parsed):
                continue
            together[each] = parsed
            for reference in parsed.facts.references:
                other = template_name(reference.name)
                if self.source(other) is not None:
                    pending.append(other)
                elif not reference.optional:
                    yield self._missing(reference, each, parsed.source)
        yield from _circles(together)

    def _parse(self, environment: Environment, name: str) -> _Parsed | Note | None:
        source = self.source(name)
        if source is None:
            return None
        if name not in self._parsed:
            self._room -= len(source.text)
            self._parsed[name] = self._read(environment, name, source)
        return self._parsed[name]

    def _read(self, environment: Environment, name: str, source: Source) -> _Parsed | Note:
        if len(source.text) > _LONGEST_TEMPLATE or self._room < 0:
            return _too_large(name, source)
        try:
            tree = environment.parse(source.text, name)
            self._nodes -= size(tree.body)
            if self._nodes < 0:
                return _too_large(name, source)
            return _Parsed(source, tree, facts_of(tree))
        except Exception as error:  # noqa: BLE001  a template is data: whatever it causes is a finding
            return syntax_note(error, name, source)

    def _compiled(self, environment: PromptEnvironment, name: str) -> Iterator[Note]:
        source = self.source(name)
        assert source is not None  # noqa: S101  it has been parsed
        try:
            environment.get_template(name)
        except Exception as error:  # noqa: BLE001  as above
            yield syntax_note(error, name, source)

    def _missing(self, reference: Reference, name: str, source: Source) -> Note:
        message = f'template "{name}" uses "{reference.name}", and there is no such template'
        span = place_of_quote(source, reference.line, f"'{reference.name}'")
        return Note(
            Code.UNKNOWN_TEMPLATE, message, span, self.suggestion(reference.name, parts=True)
        )


def _too_large(name: str, source: Source) -> Note:
    message = f'template "{name}" is too large to be one of a film\'s templates'
    advice = (
        f"a template has {_LONGEST_TEMPLATE:,} characters at most; all that a film uses have "
        f"{_ALL_TEMPLATES:,} characters and {_MOST_NODES:,} expressions together"
    )
    return Note(Code.TEMPLATE_ERROR, message, Span(source.path, 0, 0), advice)


def _circles(together: dict[str, _Parsed]) -> Iterator[Note]:
    """Find templates that extend each other in a circle."""
    parents = {
        name: (template_name(reference.name), reference)
        for name, parsed in together.items()
        for reference in parsed.facts.references
        if reference.extends
    }
    for name, (parent, reference) in parents.items():
        met, above = {name}, parent
        while above in parents and above not in met:
            met.add(above)
            above = parents[above][0]
        if above == name:
            message = f'template "{name}" extends itself'
            span = place_of_quote(together[name].source, reference.line, f"'{reference.name}'")
            advice = "give your own template another name than the one it extends"
            yield Note(Code.TEMPLATE_ERROR, message, span, advice)
