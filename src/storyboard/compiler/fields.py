"""Reads a mapping's fields as the types the schema has already promised."""

import posixpath  # text only: of this module nothing here touches a disk
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from storyboard.model.diagnostic import Code, Diagnostic
from storyboard.model.money import Millis, parse_duration
from storyboard.model.tree import Mapping, Plain, Scalar, Sequence, plain
from storyboard.model.vocabulary import Words

__all__ = ["Fields", "Times", "beside"]


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping that passed the schema; a field that was not written reads as None or empty."""

    node: Mapping

    def text(self, name: str) -> str | None:
        """Return a text field as it was meant, without surrounding white space.

        A number comes in its shortest spelling: 6.10 as 6.1 and 0x10 as 16, nothing lost.
        """
        node = self.node.nodes.get(name)
        if node is None:  # most fields of most shots are not written
            return None
        return (
            str(node.value).strip() if isinstance(node, Scalar) and node.value is not None else None
        )

    def need(self, name: str) -> str:
        """Return a text field that the schema requires."""
        return self.text(name) or ""

    def whole(self, name: str) -> int | None:
        node = self.node.nodes.get(name)
        value = node.value if isinstance(node, Scalar) else None
        return int(value) if isinstance(value, (int, float)) else None

    def number(self, name: str, unit: str = "") -> float | None:
        """Return a number, or a text of a number and its unit."""
        text = self.text(name)
        return None if text is None else float(text.removesuffix(unit))

    def flag(self, name: str) -> bool:
        node = self.node.nodes.get(name)
        return isinstance(node, Scalar) and node.value is True

    def word(self, name: str, words: Words) -> str | None:
        """Return a word of an enum, its aliases resolved."""
        text = self.text(name)
        return None if text is None else words.canonical(text)

    def path(self, name: str) -> str:
        """Return the path that a required field names, from where the command runs."""
        node = self.node.nodes[name]
        return beside(node.path, self.need(name))

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts; a single text counts as a list of one."""
        node = self.node.nodes.get(name)
        if isinstance(node, Scalar):
            return () if node.value is None else (str(node.value).strip(),)
        if not isinstance(node, Sequence):
            return ()
        return tuple(str(each.value).strip() for each in node.nodes if isinstance(each, Scalar))

    def duration(self, name: str, rate: Fraction) -> Millis | None:
        text = self.text(name)
        return None if text is None else parse_duration(text, rate)

    def fields(self, name: str) -> "Fields":
        """Return a mapping field; one that was not written is an empty one."""
        node = self.node.nodes.get(name)
        return Fields(node if isinstance(node, Mapping) else self._empty())

    def named(self, name: str, *, short_form: str) -> "Iterable[tuple[str, Fields]]":
        """Yield a mapping's entries by id; a plain string fills the field `short_form`."""
        for key, node in self.fields(name).node.nodes.items():
            if isinstance(node, Mapping):
                yield key, Fields(node)
            else:
                yield key, Fields(self._empty()._replace(nodes={short_form: node}))

    def pairs(self) -> tuple[tuple[str, Plain], ...]:
        """Return every entry as plain data, in the order written."""
        return tuple((key, plain(node)) for key, node in self.node.nodes.items())

    def _empty(self) -> Mapping:
        return Mapping({}, {}, self.node.path, self.node.start, self.node.end)


@dataclass(frozen=True, slots=True)
class Times:
    """Reads times at a film's rate; one that does not exist at that rate is a finding."""

    rate: Fraction = Fraction(24)
    findings: list[Diagnostic] = field(default_factory=list)

    def read(self, fields: Fields, name: str) -> Millis | None:
        """Return a field's time; None when it was not written, or cannot be."""
        node = fields.node.nodes.get(name)
        if not isinstance(node, Scalar) or node.value is None:
            return None
        duration = fields.duration(name, self.rate)
        if duration is None:
            message = f"`{name}` cannot be {node.text}: no such time at {self.rate} frames a second"
            advice = "write a time such as 8s, 1m30s or 00:00:08:12 (frames count from 00)"
            self.findings.append(Diagnostic(Code.WRONG_VALUE, message, node.span, advice))
        return duration


def beside(path: str, relative: str) -> str:
    """Resolve a path written in a file, as text: beside that file, with `.` and `..` undone."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), relative))
