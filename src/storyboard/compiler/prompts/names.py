"""Finds names, fields and filters that no template has, also in branches that no shot takes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from jinja2 import nodes

from storyboard.compiler.prompts.views import FIELDS, LISTS, ROOTS

__all__ = ["Facts", "Reference", "Sort", "Use", "facts_of", "known_names", "unknown_uses"]

Sort = Literal["name", "field", "filter", "test"]

_SPECIAL: Final = frozenset({"caller", "kwargs", "loop", "self", "super", "varargs"})
_KEEPING: Final = frozenset({"reject", "rejectattr", "reverse", "select", "selectattr", "sort"})
_ELEMENT: Final = frozenset({"first", "last"})
_TAKING: Final[Mapping[str, tuple[int, Sort]]] = {
    "map": (0, "filter"),
    "reject": (0, "test"),
    "rejectattr": (1, "test"),
    "select": (0, "test"),
    "selectattr": (1, "test"),
}
_ASKING: Final = frozenset({"default", "d", "defined", "undefined"})


@dataclass(frozen=True, slots=True)
class Use:
    """A word a template uses on a line; `owner` is the variable that a field is looked for in."""

    sort: Sort
    name: str
    line: int
    owner: str | None = None
    known: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """Another template that one includes, imports or extends."""

    name: str
    line: int
    extends: bool
    optional: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """What a template uses, makes (each name with what it stands for, if known) and refers to."""

    uses: tuple[Use, ...]
    fields: tuple[tuple[Use, nodes.Expr], ...]
    makes: tuple[tuple[str, type | None], ...]
    references: tuple[Reference, ...]


def facts_of(tree: nodes.Template) -> Facts:
    """Read the facts off a parsed template."""
    every = tuple(tree.find_all(nodes.Node))
    asked, guarded = _asked(every)
    used = (node for node in every if id(node) not in guarded)
    uses, fields = _used(tuple(used))
    makes = [*_made(every), *((name, None) for name in asked)]
    return Facts(uses, fields, tuple(makes), tuple(_references(every)))


def known_names(together: Iterable[Facts], given: Iterable[str]) -> frozenset[str]:
    """Return every name that templates rendered together can use."""
    made = (name for facts in together for name, _ in facts.makes)
    return frozenset((*ROOTS, *given, *_SPECIAL, *made))


def unknown_uses(
    facts: Facts, together: Iterable[Facts], known: Mapping[Sort, Iterable[str]]
) -> Iterator[Use]:
    """Yield what a template uses and nothing provides, with the words that would be known."""
    for use in facts.uses:
        if use.name not in known[use.sort]:
            offered = tuple(sorted(set(known[use.sort]) - _SPECIAL))
            yield Use(use.sort, use.name, use.line, known=offered)
    kinds = _kinds(together)
    for use, owner in facts.fields:
        fields = _fields_of(owner, kinds)
        if fields is not None and use.name not in fields:
            yield Use("field", use.name, use.line, use.owner, tuple(sorted(fields)))


def _asked(every: Iterable[nodes.Node]) -> tuple[set[str], set[int]]:
    """Return the names a template asks about (`is defined`, `| default`), and the nodes asking."""
    asked: set[str] = set()
    guarded: set[int] = set()
    for node in every:
        if isinstance(node, (nodes.Filter, nodes.Test)) and node.name in _ASKING:
            guarded.add(id(node.node))
            if isinstance(node.node, nodes.Name) and isinstance(node, nodes.Test):
                asked.add(node.node.name)
    return asked, guarded


def _used(
    every: Iterable[nodes.Node],
) -> tuple[tuple[Use, ...], tuple[tuple[Use, nodes.Expr], ...]]:
    """Return the words used, and apart from them the fields, each with what it is a field of."""
    uses: list[Use] = []
    fields: list[tuple[Use, nodes.Expr]] = []
    for node in every:
        if isinstance(node, nodes.Name) and node.ctx == "load":
            uses.append(Use("name", node.name, node.lineno))
        elif isinstance(node, nodes.Filter):
            uses.append(Use("filter", node.name, node.lineno))
            uses += _handed_on(node)
        elif isinstance(node, nodes.Test):
            uses.append(Use("test", node.name, node.lineno))
        elif isinstance(node, (nodes.Getattr, nodes.Getitem)):
            name = _field(node)
            if name is not None:
                fields.append((Use("field", name, node.lineno, _spelled(node.node)), node.node))
    return tuple(uses), tuple(fields)


def _handed_on(node: nodes.Filter) -> Iterator[Use]:
    """Yield the filter or test that is named by a text: `map("upper")`, `select("odd")`."""
    place, sort = _TAKING.get(node.name, (len(node.args), "filter"))
    for name in node.args[place : place + 1]:
        if isinstance(name, nodes.Const) and isinstance(name.value, str):
            yield Use(sort, name.value, name.lineno)


def _field(node: nodes.Getattr | nodes.Getitem) -> str | None:
    if isinstance(node, nodes.Getattr):
        return node.attr
    value = node.arg.value if isinstance(node.arg, nodes.Const) else None
    return value if isinstance(value, str) else None


def _spelled(node: nodes.Expr) -> str | None:
    return node.name if isinstance(node, nodes.Name) else None


def _made(every: tuple[nodes.Node, ...]) -> Iterator[tuple[str, type | None]]:
    loops = (node for node in every if isinstance(node, nodes.For))
    elements = {id(loop.target): _iterated(loop.iter) for loop in loops}
    for node in every:
        match node:
            case nodes.Name() if node.ctx != "load":
                yield node.name, elements.get(id(node))
            case nodes.Macro():
                yield node.name, None
            case nodes.Import():
                yield node.target, None
            case nodes.FromImport():
                for each in node.names:
                    yield each if isinstance(each, str) else each[1], None
            case _:
                pass


def _iterated(node: nodes.Node | None) -> type | None:
    """Return what a list of the film's holds; None for any other expression."""
    match node:
        case nodes.Name(name=name) if name in LISTS:
            return ROOTS[name]
        case nodes.Filter(name=name, node=inner) if name in _KEEPING:
            return _iterated(inner)
        case nodes.Getitem(node=inner, arg=nodes.Slice()):
            return _iterated(inner)
        case _:
            return None


def _kinds(together: Iterable[Facts]) -> dict[str, type | None]:
    """Return what each name stands for, where it is the same wherever it is made."""
    kinds: dict[str, type | None] = {
        name: view for name, view in ROOTS.items() if name not in LISTS
    }
    for facts in together:
        for name, kind in facts.makes:
            kinds[name] = kind if kinds.get(name, kind) is kind and name not in LISTS else None
    return kinds


def _fields_of(owner: nodes.Expr, kinds: Mapping[str, type | None]) -> frozenset[str] | None:
    match owner:
        case nodes.Name(name=name):
            kind = kinds.get(name)
        case nodes.Getitem(node=inner, arg=nodes.Const(value=int())):
            kind = _iterated(inner)
        case nodes.Filter(name=name, node=inner) if name in _ELEMENT:
            kind = _iterated(inner)
        case _:
            kind = None
    return None if kind is None else FIELDS[kind]


def _references(every: Iterable[nodes.Node]) -> Iterator[Reference]:
    for node in every:
        if isinstance(node, (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
            name = node.template.value if isinstance(node.template, nodes.Const) else None
            optional = isinstance(node, nodes.Include) and node.ignore_missing
            if isinstance(name, str):
                yield Reference(name, node.lineno, isinstance(node, nodes.Extends), optional)
