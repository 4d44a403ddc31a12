"""The difference for people: changed shots under their scenes, each with what changed and its cost.

A field that changed in many shots at once, such as the look, is spelled out at the first of them.
"""

import textwrap
from collections.abc import Iterable, Iterator
from itertools import groupby

from storyboard.model.difference import Change, Difference, FieldChange, ShotChange
from storyboard.report.cells import cut_end, harmless, pad, width_of
from storyboard.report.diff_words import (
    cost_line,
    cost_of,
    counts_line,
    mark_of,
    runtime_line,
    to_buy_line,
    value_of,
    what_became,
)
from storyboard.report.paint import Meaning, Paint, painter
from storyboard.report.table import GAP, lay_out

__all__ = ["render_diff_text"]

_MARK = 0
_ID, _WHAT, _COST = 1, 2, 3
_GIVES_WAY = ((_ID, 24), (_WHAT, 24), (_ID, 8), (_WHAT, 8))
_DETAIL = GAP * 3
_LABEL = len("to buy") + 2
_MOST_LINES = 4
_LEAD_IN = 24
"""How much of what two long values have in common is shown before what differs."""
_NOWHERE = "in no scene of the film"
_MEANINGS: dict[Change, Meaning] = {
    Change.ADDED: "good",
    Change.REMOVED: "error",
    Change.CHANGED: "warning",
    Change.KEPT: "note",
}
_SIGNS: dict[str, Meaning] = {"+": "good", "-": "error"}


def render_diff_text(difference: Difference, *, prompts: bool, colour: bool, width: int) -> str:
    """Show what changed and what it comes to; with `prompts`, those that changed line by line."""
    paint = painter(colour=colour)
    versions = f"{difference.film}: {difference.before} → {difference.after}"
    lines = [
        paint(cut_end(harmless(versions), width), "strong"),
        *_film(difference.fields, paint, width),
        *_scenes(difference.shots, paint, width, prompts=prompts),
        "",
        *_totals(difference),
    ]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _film(fields: tuple[FieldChange, ...], paint: Paint, width: int) -> Iterator[str]:
    if fields:
        yield ""
        yield paint("the film", "strong")
        yield from _fields(fields, GAP, paint, width)


def _scenes(
    shots: Iterable[ShotChange], paint: Paint, width: int, *, prompts: bool
) -> Iterator[str]:
    told = [shot for shot in shots if not shot.same]
    rows = lay_out([_cells(shot) for shot in told], width, gives_way=_GIVES_WAY, figures={_COST})
    seen: set[FieldChange] = set()
    for scene, group in groupby(told, key=lambda shot: shot.scene):
        yield ""
        yield paint(cut_end(harmless(scene) or _NOWHERE, width), "strong")
        for shot in group:
            cells = next(rows)
            cells[_MARK] = paint(cells[_MARK], _MEANINGS[shot.change])
            yield GAP + cells[_MARK] + " " + GAP.join(cells[_ID:])
            yield from _fields(
                [each for each in shot.fields if each not in seen], _DETAIL, paint, width
            )
            seen.update(shot.fields)
            if prompts and shot.prompt:
                yield from _prompt(shot.prompt, paint, width)


def _cells(shot: ShotChange) -> tuple[str, ...]:
    name = shot.id.removeprefix(f"{shot.scene}/")
    return (mark_of(shot), harmless(name), harmless(what_became(shot)), cost_of(shot))


def _fields(fields: Iterable[FieldChange], indent: str, paint: Paint, width: int) -> Iterator[str]:
    """Yield each field with both its texts: in a line if they fit, else one under the other."""
    told = [each for each in fields if each.before is not None or each.after is not None]
    names = [harmless(each.name) for each in told]
    column = min(max(map(width_of, names), default=0), width // 3)
    for name, each in zip(names, told, strict=True):
        before, after = harmless(value_of(each.before)), harmless(value_of(each.after))
        label = indent + pad(cut_end(name, column), column)
        line = f"{label}{GAP}{before} → {after}"
        if width_of(line) <= width:
            yield line
            continue
        yield label
        for sign, text in zip("-+", _apart(before, after), strict=True):
            yield from _signed(sign, text, indent + GAP, paint, width, _MOST_LINES)


def _apart(before: str, after: str) -> tuple[str, str]:
    """Leave out what two long texts begin with, but for a few words that lead to the difference."""
    differs = (
        index for index, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]
    )
    same = next(differs, 0)
    start = before.find(" ", max(0, same - _LEAD_IN)) + 1
    if not _LEAD_IN < start <= same:
        return before, after
    return f"…{before[start:]}", f"…{after[start:]}"


def _prompt(lines: Iterable[str], paint: Paint, width: int) -> Iterator[str]:
    yield f"{_DETAIL}prompt"
    for line in lines:
        if line.strip() and not line.startswith("@@"):
            yield from _signed(line[:1], harmless(line[1:]), _DETAIL + GAP, paint, width)


def _signed(
    sign: str, text: str, indent: str, paint: Paint, width: int, most: int | None = None
) -> Iterator[str]:
    """Yield a text as lines that fit, the first with its sign; `most` of them, if that is given."""
    room = max(20, width - width_of(indent) - 2)
    lines = textwrap.wrap(text, room) or [""]
    if most is not None and len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1]}…"]
    meaning = _SIGNS.get(sign, "quiet")
    for index, line in enumerate(lines):
        yield indent + paint(f"{' ' if index else sign} {cut_end(line, room)}", meaning)


def _totals(difference: Difference) -> Iterator[str]:
    yield _total("shots", counts_line(difference))
    yield _total("cost", cost_line(difference))
    if to_buy := to_buy_line(difference):
        yield _total("to buy", to_buy)
    yield _total("film", runtime_line(difference.runtime_before, difference.runtime_after))


def _total(label: str, value: str) -> str:
    return f"{label:<{_LABEL}}{value}"
