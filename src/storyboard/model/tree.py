"""The checked YAML as a tree of nodes, each of which knows where it stands in which file.

Nodes are named tuples, not dataclasses: a film of a thousand shots makes thirty thousand of
them on every cold look, and a frozen dataclass takes three times as long to make.
"""

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from storyboard.model.source import Span

__all__ = [
    "Key",
    "Mapping",
    "Node",
    "Plain",
    "Scalar",
    "Sequence",
    "find",
    "plain",
    "span_of",
    "walk",
]

Plain: TypeAlias = "str | int | float | bool | list[Plain] | dict[str, Plain] | None"


class Scalar(NamedTuple):
    """One value: what it means, how it was spelled (quotes and escapes undone), and its place."""

    value: str | int | float | bool | None
    text: str
    path: str
    start: int
    end: int

    @property
    def span(self) -> Span:
        return Span(self.path, self.start, self.end)


class Sequence(NamedTuple):
    """A list of nodes."""

    nodes: "tuple[Node, ...]"
    path: str
    start: int
    end: int

    @property
    def span(self) -> Span:
        return Span(self.path, self.start, self.end)


class Key(NamedTuple):
    """Where a mapping's key stands; its text is the name it is filed under."""

    path: str
    start: int
    end: int

    @property
    def span(self) -> Span:
        return Span(self.path, self.start, self.end)


class Mapping(NamedTuple):
    """A mapping: nodes by key, in the order written, and the place of each key."""

    nodes: "dict[str, Node]"
    keys: dict[str, Key]
    path: str
    start: int
    end: int

    @property
    def span(self) -> Span:
        return Span(self.path, self.start, self.end)


Node: TypeAlias = Scalar | Sequence | Mapping


def plain(node: Node) -> Plain:
    """Return the node's data without places: dicts, lists and scalars."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Mapping):
        return {key: plain(child) for key, child in node.nodes.items()}
    return [plain(child) for child in node.nodes]


def find(node: Node, *steps: str | int) -> Node | None:
    """Walk down by keys and indexes; None where the path ends early."""
    found: Node | None = node
    for step in steps:
        match found, step:
            case Mapping(), str():
                found = found.nodes.get(step)
            case Sequence(), int() if 0 <= step < len(found.nodes):
                found = found.nodes[step]
            case _:
                return None
    return found


def span_of(node: Node, *steps: str | int) -> Span:
    """Return the place of the node down that path, or of the deepest one on the way that exists."""
    deepest = node
    for step in steps:
        found = find(deepest, step)
        if found is None:
            break
        deepest = found
    return deepest.span


def walk(node: Node) -> Iterator[Node]:
    """Yield the node and everything under it, depth first."""
    yield node
    if isinstance(node, Mapping):
        for child in node.nodes.values():
            yield from walk(child)
    elif isinstance(node, Sequence):
        for child in node.nodes:
            yield from walk(child)
