"""PyYAML's events: their types, the parser that makes them, and the places it leaves blurred."""

import re
from typing import Protocol

import yaml
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner

__all__ = [
    "AliasEvent",
    "CollectionEvent",
    "EventStream",
    "Mark",
    "PlacedEvent",
    "PureParser",
    "ScalarEvent",
    "after_properties",
    "fastest_parser",
    "tag_place",
]

_TAG = re.compile(r"![^\s,\[\]{}]*")
_PROPERTIES = re.compile(rf"(?:(?:&[\w-]+|{_TAG.pattern})(?:\s|#[^\r\n]*)*)*")


class Mark(Protocol):
    """A place in the text: `index` counts characters, in both parsers."""

    index: int


class PlacedEvent(Protocol):
    """Any event of a stream that was parsed; only events made by hand have no marks."""

    start_mark: Mark
    end_mark: Mark


class AliasEvent(PlacedEvent, Protocol):
    """`*anchor`."""

    anchor: str


class ScalarEvent(PlacedEvent, Protocol):
    """A scalar; `style` is a quote, `|` or `>`, and nothing for a plain one."""

    value: str
    style: str | None
    tag: str | None
    anchor: str | None


class CollectionEvent(PlacedEvent, Protocol):
    """The start of a mapping or a sequence, in brackets or not."""

    flow_style: bool
    tag: str | None
    anchor: str | None


class EventStream(Protocol):
    """Hands out one event after another, then None."""

    def get_event(self) -> yaml.Event | None: ...


class PureParser(Reader, Scanner, Parser):
    """PyYAML's parser in Python, for machines where its C parser is missing."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)


def fastest_parser(text: str) -> EventStream:
    """Parse with libyaml where PyYAML was built with it; the events are the same without."""
    return yaml.CBaseLoader(text) if yaml.__with_libyaml__ else PureParser(text)


def after_properties(text: str, start: int, end: int) -> int:
    """Skip the anchor and the tag, which the parser counts as part of the value after them."""
    found = _PROPERTIES.match(text, start, end)
    return start if found is None else found.end()


def tag_place(text: str, start: int) -> tuple[int, int]:
    """Find the tag among the properties of a value, which the parser does not place."""
    found = _TAG.search(text, start)
    return (start, start) if found is None else found.span()
