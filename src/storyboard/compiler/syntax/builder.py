"""A tree from YAML events, in one pass: nodes, places, anchors and merges.

PyYAML's own loader makes a node object for every event, then a value for every node, and drops the
place of aliases and the first of two equal keys on the way. Taking the events ourselves keeps all
of that and is several times faster. Aliases share what they repeat; nothing is ever copied out.
"""

import re
from collections.abc import Callable
from typing import Any, Final, TypeAlias

import yaml

from storyboard.compiler.suggest import did_you_mean
from storyboard.compiler.syntax.open_nodes import (
    BAD_KEY,
    DROPPED,
    ITEM,
    KEY,
    MERGED,
    Anchored,
    Open,
    Slot,
)
from storyboard.compiler.syntax.scalars import Ambiguous, Value, resolve
from storyboard.compiler.syntax.yaml_events import (
    AliasEvent,
    CollectionEvent,
    PlacedEvent,
    ScalarEvent,
    after_properties,
    tag_place,
)
from storyboard.model.diagnostic import Code, Diagnostic, Related
from storyboard.model.source import Source, Span
from storyboard.model.tree import Key, Mapping, Node, Scalar, Sequence

__all__ = ["Enough", "TreeBuilder"]

_MOST_LEVELS: Final = 64
_MOST_REPEATED: Final = 100_000
_MOST_FINDINGS: Final = 1_000

_STANDARD: Final = "tag:yaml.org,2002:"
_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "int": (int,),
    "float": (float, int),
    "bool": (bool,),
    "null": (type(None),),
}
_UNFIT = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_UNKNOWN: Final[Any] = object()


_Step: TypeAlias = Callable[..., bool | None]


class Enough(Exception):
    """So much is wrong that reading on helps nobody; the findings are there."""


class TreeBuilder:
    """Takes one event after another through `steps`; a step that returns True wants no more."""

    def __init__(self, source: Source) -> None:
        self.findings: list[Diagnostic] = []
        self.end = 0
        self.steps: dict[type[yaml.Event], _Step] = {
            yaml.StreamStartEvent: _nothing,
            yaml.StreamEndEvent: _nothing,
            yaml.DocumentStartEvent: self._document,
            yaml.DocumentEndEvent: _nothing,
            yaml.ScalarEvent: self._scalar,
            yaml.AliasEvent: self._alias,
            yaml.MappingStartEvent: self._mapping_start,
            yaml.MappingEndEvent: self._mapping_end,
            yaml.SequenceStartEvent: self._sequence_start,
            yaml.SequenceEndEvent: self._sequence_end,
        }
        self._text = source.text
        self._path = source.path
        self._document_open = Open(ITEM, 0, 0)
        self._top = self._document_open
        self._above: list[Open] = []
        self._anchors: dict[str, Anchored | None] = {}
        self._known: dict[str, Value] = {}
        self._size = 0
        self._repeated = 0

    def root(self) -> Node | None:
        """Return the node of the document, if it was read to its end."""
        items = self._document_open.items
        return items[0] if items else None

    def find(
        self,
        code: Code,
        message: str,
        start: int,
        end: int,
        help: str | None = None,  # noqa: A002 - the name it has in a Diagnostic
        *related: Related,
    ) -> None:
        """Take down a finding at this place."""
        span = Span(self._path, start, end)
        self.findings.append(Diagnostic(code, message, span, help, related))
        if len(self.findings) >= _MOST_FINDINGS:
            raise Enough

    # ---- the document

    def _document(self, event: PlacedEvent) -> bool:
        if not self._document_open.items:
            return False
        self.find(
            Code.UNSUPPORTED_YAML,
            "a second document begins here; a file holds one",
            event.start_mark.index,
            event.end_mark.index,
            "delete the `---`, or put what follows into a file of its own and include it",
        )
        return True

    # ---- scalars and keys

    def _scalar(self, event: ScalarEvent) -> None:
        text = event.value
        start, end = event.start_mark.index, event.end_mark.index
        is_key = self._top.slot is KEY
        self._size += 1
        if event.style or not text or event.tag is not None or event.anchor is not None:
            value, start, end = self._unusual(event, start, end)
        elif is_key:
            value = text
        else:
            value = self._known.get(text, _UNKNOWN)
            if value is _UNKNOWN:
                value = self._meaning(text, start, end)
        self.end = end
        if is_key:
            self._key(event, start, end)
        else:
            node = Scalar(value, text, self._path, start, end)
            if event.anchor is not None:
                self._anchors[event.anchor] = Anchored(node, 1, 0)
            self._take(node)

    def _unusual(self, event: ScalarEvent, start: int, end: int) -> tuple[Value, int, int]:
        """Return the value and the place of a scalar that is quoted, empty, tagged or anchored."""
        text, style = event.value, event.style
        if event.anchor is not None or event.tag is not None:
            start = after_properties(self._text, start, end)
        elif not text and not style:
            start = end = self._empty_at(start)
        if style and style in "|>":
            end = start + len(self._text[start:end].rstrip())
        elif style == '"' and (found := _UNFIT.search(text)):
            self._unfit(found[0], start, end)
        if event.tag is not None:
            return self._tagged(event, start, end), start, end
        if style or self._top.slot is KEY:
            return text, start, end
        return self._meaning(text, start, end), start, end

    def _empty_at(self, start: int) -> int:
        """Place an empty scalar; after a `? key` alone the parser puts its value past the gap."""
        if self._top.slot is KEY or self._text[start - 1 : start] in "-:":
            return start
        return self.end

    def _meaning(self, text: str, start: int, end: int) -> Value:
        value = resolve(text)
        if isinstance(value, Ambiguous):
            self.find(Code.AMBIGUOUS_SCALAR, value.message, start, end, value.help)
            return text
        self._known[text] = value
        return value

    def _tagged(self, event: ScalarEvent, start: int, end: int) -> Value:
        """Return the value that a standard tag asks for; any other tag is a finding."""
        name = (event.tag or "").removeprefix(_STANDARD)
        if name in {"!", "str"}:
            return event.value
        if name not in _TYPES:
            self._unsupported_tag(event)
            return event.value
        value = resolve(event.value)
        if isinstance(value, Ambiguous) or not isinstance(value, _TYPES[name]):
            self.find(Code.UNSUPPORTED_YAML, f"`!!{name}` cannot make this value", start, end)
            return event.value
        return float(value) if name == "float" and isinstance(value, int) else value

    def _key(self, event: ScalarEvent, start: int, end: int) -> None:
        top, name = self._top, event.value
        key = Key(self._path, start, end)
        if event.anchor is not None:
            self._anchors[event.anchor] = Anchored(Scalar(name, name, *key), 1, 0)
        if name == "<<" and not event.style and event.tag is None:
            first, top.slot, top.merged_at = top.merged_at, MERGED, top.merged_at or key
        else:
            first, top.slot = top.keys.get(name), name
        if first is not None:
            top.slot = DROPPED
            self._duplicate(name, key, first)
            return
        if top.slot is not MERGED:
            top.keys[name] = key
        if not name:
            self.find(Code.UNSUPPORTED_YAML, "this key is empty", start, end)

    def _duplicate(self, name: str, key: Key, first: Key) -> None:
        self.find(
            Code.DUPLICATE_KEY,
            f"the key `{name}` is written twice in the same mapping",
            key.start,
            key.end,
            "keep one of the two",
            Related("it is first written here", first.span),
        )

    def _unfit(self, character: str, start: int, end: int) -> None:
        self.find(
            Code.UNSUPPORTED_YAML,
            f"this text holds U+{ord(character):04X}, which no file name or prompt may have",
            start,
            end,
            "take out the escape that makes it",
        )

    # ---- aliases

    def _alias(self, event: AliasEvent) -> bool:
        start, end = event.start_mark.index, event.end_mark.index
        if self._top.slot is KEY:
            self.find(Code.UNSUPPORTED_YAML, "an alias cannot be a key", start, end, "write it out")
            self._top.slot = DROPPED
            return False
        anchored = self._anchors.get(event.anchor)
        self.end = end
        if anchored is None:
            self._no_value_for(event.anchor, start, end)
            self._take(Scalar(None, "", self._path, start, end))
            return False
        if self._repeats_too_much(anchored, start, end):
            return True
        self._take(anchored.node._replace(start=start, end=end))
        return False

    def _no_value_for(self, name: str, start: int, end: int) -> None:
        if name in self._anchors:
            message = f"`*{name}` stands inside the value it repeats, which would never end"
            self.find(Code.UNSUPPORTED_YAML, message, start, end)
            return
        near = did_you_mean(name, self._anchors)
        self.find(
            Code.YAML_SYNTAX,
            f"nothing above is marked `&{name}`",
            start,
            end,
            f"did you mean `*{near}`?" if near else "put a text that begins with `*` in quotes",
        )

    def _repeats_too_much(self, anchored: Anchored, start: int, end: int) -> bool:
        """Refuse, before anybody walks it, a tree that aliases make too large or too deep."""
        self._size += anchored.size
        self._repeated += anchored.size
        if self._repeated > _MOST_REPEATED:
            self.find(
                Code.TOO_MANY_ALIASES,
                f"the aliases up to here repeat more than {_MOST_REPEATED:,} values",
                start,
                end,
                "write out what is meant, or repeat less",
            )
            return True
        if len(self._above) + anchored.height > _MOST_LEVELS:
            self._too_deep(start, end)
            return True
        self._top.height = max(self._top.height, anchored.height)
        return False

    # ---- collections

    def _mapping_start(self, event: CollectionEvent) -> bool:
        return self._start(event, KEY, "map")

    def _sequence_start(self, event: CollectionEvent) -> bool:
        return self._start(event, ITEM, "seq")

    def _start(self, event: CollectionEvent, slot: Slot, kind: str) -> bool:
        start = event.start_mark.index
        opened = Open(slot, start, self._size)
        self._size += 1
        opened.flow = event.flow_style
        if event.tag is not None and event.tag not in {"!", _STANDARD + kind}:
            self._unsupported_tag(event)
        if event.anchor is not None or event.tag is not None:
            opened.start = start = after_properties(self._text, start, len(self._text))
        if event.anchor is not None:
            opened.anchor = event.anchor
            self._anchors[event.anchor] = None
        if self._top.slot is KEY:
            self._collection_as_key(start)
        self._above.append(self._top)
        self._top = opened
        if len(self._above) > _MOST_LEVELS:
            self._too_deep(start, start + 1)
            return True
        return False

    def _mapping_end(self, event: PlacedEvent) -> None:
        closed = self._close(event)
        for merged in closed.merged:
            for name, node in merged.nodes.items():
                closed.nodes.setdefault(name, node)
                closed.keys.setdefault(name, merged.keys[name])
        node = Mapping(closed.nodes, closed.keys, self._path, closed.start, self.end)
        self._finish(closed, node)

    def _sequence_end(self, event: PlacedEvent) -> None:
        closed = self._close(event)
        self._finish(closed, Sequence(tuple(closed.items), self._path, closed.start, self.end))

    def _close(self, event: PlacedEvent) -> Open:
        """Step out. Without brackets, a collection ends where its last child does."""
        closed = self._top
        self._top = self._above.pop()
        if closed.flow:
            self.end = event.end_mark.index
        return closed

    def _finish(self, closed: Open, node: Mapping | Sequence) -> None:
        height = closed.height + 1
        self._top.height = max(self._top.height, height)
        if closed.anchor is not None:
            size = self._size - closed.size_before
            self._anchors[closed.anchor] = Anchored(node, size, height)
        self._take(node)

    def _take(self, node: Node) -> None:
        """Put a finished node where the open collection waits for one."""
        top = self._top
        slot = top.slot
        if isinstance(slot, str):
            top.nodes[slot] = node
            top.slot = KEY
        elif slot is ITEM:
            top.items.append(node)
        elif slot is BAD_KEY:
            top.slot = DROPPED
        else:
            if slot is MERGED:
                self._merge(top, node)
            top.slot = KEY

    def _merge(self, top: Open, node: Node) -> None:
        each = node.nodes if isinstance(node, Sequence) else (node,)
        for child in each:
            if isinstance(child, Mapping):
                top.merged.append(child)
            else:
                self.find(
                    Code.WRONG_TYPE,
                    "`<<` takes in a mapping, or a list of mappings, not this",
                    child.start,
                    child.end,
                )

    # ---- what is not for films

    def _collection_as_key(self, start: int) -> None:
        self._top.slot = BAD_KEY
        self.find(
            Code.UNSUPPORTED_YAML,
            "a key is one plain word or text, not a list or a mapping",
            start,
            start + 1,
            "put a value that begins with `{{` in quotes" if self._in_braces(start) else None,
        )

    def _in_braces(self, start: int) -> bool:
        return self._text[start - 1 : start + 1] == "{{"

    def _unsupported_tag(self, event: ScalarEvent | CollectionEvent) -> None:
        start, end = tag_place(self._text, event.start_mark.index)
        self.find(
            Code.UNSUPPORTED_YAML,
            f"the tag `{self._text[start:end]}` means nothing in a film",
            start,
            end,
            "delete it; put a text that begins with `!` in quotes",
        )

    def _too_deep(self, start: int, end: int) -> None:
        self.find(Code.TOO_DEEP, f"this is nested more than {_MOST_LEVELS} levels deep", start, end)


def _nothing(event: PlacedEvent) -> None:
    """Take no notice."""
