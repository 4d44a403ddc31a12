"""Fills `{{ name }}` in a film's text fields from `vars:`, a variant's vars and `--set`.

Only a plain name may stand between the braces: the film's text is data, and a storyboard from a
stranger must not be able to compute with it. Templates, which may, are a phase of their own.
"""

import re
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Table
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from storyboard.compiler.suggest import did_you_mean
from storyboard.compiler.syntax.scalars import Ambiguous, Value, resolve
from storyboard.model.diagnostic import Code, Diagnostic, Outcome
from storyboard.model.source import Source, Span
from storyboard.model.tree import Mapping, Node, Scalar, Sequence, find

__all__ = ["fill_variables"]

# A hole holds no opening of another: so a text of nothing but braces is looked through just once.
_HOLE = re.compile(r"\{\{((?:(?!\{\{).)*?)\}\}|\{%(?:(?!\{%).)*?%\}", re.DOTALL)
_NAME = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*")
_MOST_PLACED = 200
"""Findings in a film whose holes are looked for in its text; later ones show the whole scalar."""


class _Filling(NamedTuple):
    """What a variable puts in a hole: `value` where the hole is the whole text, else `text`."""

    value: Value
    text: str


_Fillings: TypeAlias = dict[str, _Filling | None]
"""By name; None for what is neither text nor number, which the schema reports."""


def fill_variables(
    root: Mapping,
    sources: tuple[Source, ...],
    *,
    settings: Table[str, str],
    variant: str | None = None,
) -> Outcome[Mapping]:
    """Replace every `{{ name }}` outside `vars:`; a text that is just a hole takes its type.

    The texts of a variant are filled with the variant's own values, whether it is built or not.
    """
    definitions = _Definitions(root, {name: _typed(text) for name, text in settings.items()})
    findings = [*_unknown_names(definitions, variant), *_nested(definitions)]
    texts = {source.path: source for source in sources}
    used: set[str] = set()

    def filled(node: Mapping, of: str | None, but: tuple[str, ...]) -> Mapping:
        return _Filler(definitions.fillings(of), texts, findings, used).fields(node, but)

    if any("{{" in source.text or "{%" in source.text for source in sources):
        root = filled(root, variant, ("vars", "variants"))
        if isinstance(variants := root.nodes.get("variants"), Mapping):
            nodes = {
                name: filled(node, name, ("vars",)) if isinstance(node, Mapping) else node
                for name, node in variants.nodes.items()
            }
            root = root._replace(nodes={**root.nodes, "variants": variants._replace(nodes=nodes)})
    findings.extend(_unused(definitions, used))
    return Outcome(root, tuple(dict.fromkeys(findings)))


@dataclass(frozen=True, slots=True)
class _Definitions:
    """Every `vars:` of a film, and what the command line gives."""

    root: Mapping
    given: Table[str, _Filling]

    @property
    def variants(self) -> tuple[str, ...]:
        variants = find(self.root, "variants")
        return tuple(variants.nodes) if isinstance(variants, Mapping) else ()

    def written(self) -> Iterator[Mapping]:
        """Yield the film's `vars:` and then each variant's."""
        ways = (("vars",), *(("variants", name, "vars") for name in self.variants))
        for way in ways:
            if isinstance(node := find(self.root, *way), Mapping):
                yield node

    def fillings(self, variant: str | None) -> _Fillings:
        """Return what fills the texts of a variant, or of the film where there is none."""
        own = _fillings(find(self.root, "variants", variant, "vars")) if variant else {}
        return _fillings(find(self.root, "vars")) | own | dict(self.given)


def _fillings(node: Node | None) -> _Fillings:
    nodes = node.nodes if isinstance(node, Mapping) else {}
    return {
        name: _Filling(child.value, child.text)
        if isinstance(child, Scalar) and child.value is not None
        else None
        for name, child in nodes.items()
    }


def _typed(text: str) -> _Filling:
    """Read a `--set` value as YAML would; where readers of YAML disagree it is text."""
    value = resolve(text)
    return _Filling(text if value is None or isinstance(value, Ambiguous) else value, text)


def _unknown_names(definitions: _Definitions, variant: str | None) -> Iterator[Diagnostic]:
    """Find the names on the command line that the film does not have."""
    variants = definitions.variants
    if variant is not None and variant not in variants:
        nearest = did_you_mean(variant, variants)
        listed = ", ".join(variants) or "none"
        advice = f'did you mean "{nearest}"?' if nearest else f"the film's variants are: {listed}"
        message = f'the film has no variant called "{variant}"'
        yield Diagnostic(Code.UNKNOWN_VARIANT, message, None, advice)
    known = _Definitions(definitions.root, {}).fillings(variant)
    for name in definitions.given:
        if name not in known:
            yield _unknown(name, known, None, f"--set {name}=…")


def _nested(definitions: _Definitions) -> Iterator[Diagnostic]:
    """Find values with a hole in them: a value is put in as it stands."""
    for node in definitions.written():
        for name, child in node.nodes.items():
            if isinstance(child, Scalar) and "{{" in child.text:
                message = f'the value of "{name}" uses another variable'
                advice = "write the value out; only the film's own texts are filled in"
                yield Diagnostic(Code.UNKNOWN_VARIABLE, message, child.span, advice)


def _unknown(
    name: str, known: Iterable[str], place: Span | None, where: str | None = None
) -> Diagnostic:
    nearest = did_you_mean(name, known)
    advice = f'did you mean "{nearest}"?' if nearest else f"define it: vars: {{{name}: …}}"
    message = f'no variable is called "{name}"' + (f" ({where})" if where else "")
    return Diagnostic(Code.UNKNOWN_VARIABLE, message, place, advice)


def _unused(definitions: _Definitions, used: set[str]) -> Iterator[Diagnostic]:
    places: dict[str, Span] = {}
    for node in definitions.written():
        for name, key in node.keys.items():
            places.setdefault(name, key.span)
    for name, place in places.items():
        if name not in used:
            message = f'the variable "{name}" is never used'
            advice = f"write {{{{ {name} }}}} where it should stand, or take it out"
            yield Diagnostic(Code.UNUSED_VARIABLE, message, place, advice)


@dataclass(frozen=True, slots=True)
class _Filler:
    """Walks a tree, replacing holes and remembering which names were used."""

    fillings: _Fillings
    sources: Table[str, Source]
    findings: list[Diagnostic]
    used: set[str]

    def fields(self, node: Mapping, but: tuple[str, ...] = ()) -> Mapping:
        """Fill every field of a mapping but some."""
        nodes = {
            name: child if name in but else self.fill(child) for name, child in node.nodes.items()
        }
        return node._replace(nodes=nodes)

    def fill(self, node: Node) -> Node:
        match node:
            case Scalar(value=str() as text):
                return self._fill_scalar(node, text) if "{{" in text or "{%" in text else node
            case Scalar():
                return node
            case Sequence(nodes):
                return node._replace(nodes=tuple(self.fill(child) for child in nodes))
            case Mapping():
                return self.fields(node)

    def _fill_scalar(self, node: Scalar, text: str) -> Scalar:
        first = _HOLE.search(text)
        if first and first[0] == text.strip():
            filling = self._filling(node, text, first)
            return node._replace(value=filling.value, text=filling.text)
        filled = "".join(self._pieces(node, text))
        return node._replace(value=filled, text=filled)

    def _pieces(self, node: Scalar, text: str) -> Iterator[str]:
        end = 0
        for hole in _HOLE.finditer(text):
            yield self._between(node, text, end, hole.start())
            yield self._filling(node, text, hole).text
            end = hole.end()
        yield self._between(node, text, end, len(text))

    def _between(self, node: Scalar, text: str, start: int, end: int) -> str:
        """Return the text between two holes, in which nothing may be left open."""
        opening = text.find("{{", start, end)
        if opening >= 0:
            place = self._place(node, text, opening, "{{")
            message = "`{{` is opened here and never closed"
            advice = "write {{ name }}, with a variable's name between two pairs of braces"
            self.findings.append(Diagnostic(Code.UNKNOWN_VARIABLE, message, place, advice))
        return text[start:end]

    def _filling(self, node: Scalar, text: str, hole: re.Match[str]) -> _Filling:
        name = _NAME.fullmatch(hole[1] or "")
        as_written = _Filling(hole[0], hole[0])
        if name is None:
            message = f"`{hole[0]}` is more than a variable's name"
            advice = "only {{ name }} may stand in a film; conditions and filters go in a template"
            place = self._place(node, text, hole.start(), hole[0])
            self.findings.append(Diagnostic(Code.UNKNOWN_VARIABLE, message, place, advice))
            return as_written
        self.used.add(name[1])
        if name[1] not in self.fillings:
            place = self._place(node, text, hole.start(), hole[0], name[1])
            self.findings.append(_unknown(name[1], self.fillings, place))
        return self.fillings.get(name[1]) or as_written

    def _place(self, node: Scalar, text: str, at: int, written: str, name: str = "") -> Span:
        """Find what stands `at` in the text as it was written, or `name` in it.

        Escapes and folded lines may hide it; then the whole scalar is shown.
        """
        source = self.sources.get(node.path) if len(self.findings) < _MOST_PLACED else None
        found = node.start - len(written)
        for _ in range(text.count(written, 0, at) + 1):
            found = source.text.find(written, found + len(written), node.end) if source else -1
            if found < 0:
                return node.span
        start = found + written.index(name)
        return Span(node.path, start, start + len(name or written))
