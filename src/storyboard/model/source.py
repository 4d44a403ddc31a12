"""Where things stand in a text, and the one place where an offset becomes line and column."""

import bisect
import re
from dataclasses import dataclass, field
from typing import NamedTuple

__all__ = ["Position", "Source", "Span"]

_LINE_END = re.compile(r"\r\n|\r|\n")


class Span(NamedTuple):
    """A half-open range of characters, `start` to `end`, in the source shown as `path`."""

    path: str
    start: int
    end: int


class Position(NamedTuple):
    """A place as people and editors count: line and column, both from 1, in characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Source:
    r"""A text that was read, and `path`, the name it is shown under.

    Lines end at \n, \r\n or \r, as editors count them. YAML 1.1 also ends lines at U+0085,
    U+2028 and U+2029; positions here come from offsets, so the two never disagree.
    """

    path: str
    text: str
    _starts: list[int] = field(default_factory=list, init=False, repr=False, compare=False)

    def position(self, offset: int) -> Position:
        """Turn a character offset into a line and column; an offset past the end is the end."""
        starts = self._line_starts()
        offset = max(0, min(offset, len(self.text)))
        line = bisect.bisect_right(starts, offset)
        return Position(line, offset - starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """Return the line of that number (from 1) without its ending; empty when there is none."""
        starts = self._line_starts()
        if not 1 <= number <= len(starts):
            return ""
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")

    def _line_starts(self) -> list[int]:
        if not self._starts:
            self._starts.append(0)
            self._starts.extend(match.end() for match in _LINE_END.finditer(self.text))
        return self._starts
