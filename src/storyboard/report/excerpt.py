"""The line a finding is about, as it is shown: made harmless, cut to fit, and measured in cells."""

from dataclasses import dataclass

from storyboard.model.source import Source, Span
from storyboard.report.cells import cut_end, cut_start, harmless, width_of

__all__ = ["Excerpt", "excerpt"]

_TAB = 4
_NARROWEST = 20
_REACH = 4  # characters kept per cell of room: most of those beside wide ones take no cell


@dataclass(frozen=True, slots=True)
class Excerpt:
    """One line of source: its number, the text to show, and the cells the span takes in it."""

    line: int
    text: str
    indent: int
    length: int


def excerpt(source: Source, span: Span, room: int) -> Excerpt:
    """Show the first line of a span in `room` cells, with the span in view."""
    number, column = source.position(span.start)
    line = source.line(number)
    start = min(column - 1, len(line))
    end = min(max(start, start + span.end - span.start), len(line))
    before, marked, after = _windowed(*_shown(line, start, end, room), max(room, _NARROWEST))
    indent = width_of(before)
    length = width_of(before + marked.rstrip()) - indent
    return Excerpt(number, (before + marked + after).rstrip(), indent, max(1, length))


def _shown(line: str, start: int, end: int, room: int) -> tuple[str, str, str]:
    """Split a line around a range, tabs as spaces; a huge line is shortened before it is read."""
    reach = max(room, _NARROWEST) * _REACH
    low, high = max(0, start - reach), min(len(line), start + reach)
    near = line[low:high].expandtabs(_TAB)
    # an expanded prefix is a prefix of the expanded line: a tab's width hangs on what is before it
    before = len(line[low:start].expandtabs(_TAB))
    marked = len(line[low : min(end, high)].expandtabs(_TAB))
    near = harmless(near)
    prefix = "…" if low else ""
    suffix = "…" if high < len(line) else ""
    return prefix + near[:before], near[before:marked], near[marked:] + suffix


def _windowed(before: str, marked: str, after: str, room: int) -> tuple[str, str, str]:
    """Cut what does not fit: first far from the marked range, then the end of the range itself."""
    if width_of(before + marked + after) <= room:
        return before, marked, after
    marked = cut_end(marked, room * 2 // 3)
    rest = room - width_of(marked)
    wanted_after = min(width_of(after), rest // 2)
    before = cut_start(before, rest - wanted_after)
    return before, marked, cut_end(after, rest - width_of(before))
