"""The plan for people: a row per order with its step, reason and price, then what it comes to."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple, assert_never

from storyboard.model.estimate import Estimate
from storyboard.model.money import show_seconds, show_usd
from storyboard.model.plan import (
    Blocked,
    Generate,
    Plan,
    PlannedShot,
    Reconcile,
    Resume,
    Reuse,
    Why,
)
from storyboard.report.cells import cut_end, harmless, pad, width_of
from storyboard.report.paint import Meaning, Paint, painter
from storyboard.report.plan_totals import is_fetched, model_name, totals

__all__ = ["render_plan_text", "step_words"]

_GAP = "  "
_STEP = 1
_GIVES_WAY = ((0, 24), (1, 24), (2, 12), (1, len("+ generate (new)")), (2, 8), (0, 12))
"""The columns that shrink where a row is too wide, in turn, and how far; figures never do."""
_FIGURES = 3
_MARKS: dict[Why, str] = {
    Why.NEW: "+",
    Why.CHANGED: "~",
    Why.CLIP_MISSING: "+",
    Why.FAILED_BEFORE: "!",
    Why.RETAKE: "+",
}


class _Row(NamedTuple):
    """One order: its cells from left to right, and what its step means."""

    scene: str
    cells: tuple[str, ...]
    meaning: Meaning


def render_plan_text(
    plan: Plan, *, colour: bool, width: int, estimate: Estimate | None = None
) -> str:
    """Show the plan's shots under their scenes, and its totals against the budget.

    With an estimate, also what it may come to with retries, and the other limits.
    """
    paint = painter(colour=colour)
    lines = [
        paint(cut_end(harmless(plan.film), width), "strong"),
        *_table([*_rows(plan)], paint, width),
        "",
        *totals(plan, estimate, paint),
    ]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _rows(plan: Plan) -> Iterator[_Row]:
    """Yield a row for each shot and, under it, one for each further take of it."""
    takes: dict[str, list[PlannedShot]] = {}
    for take in plan.takes:
        takes.setdefault(take.id, []).append(take)
    for shot in plan.shots:
        further = takes.get(shot.id, ())
        name = shot.id.removeprefix(f"{shot.scene}/")
        yield _row(shot, f"{name} (take {shot.called})" if further and shot.called > 1 else name)
        for take in further:
            yield _row(take, f"  take {take.called}")


def _row(shot: PlannedShot, name: str) -> _Row:
    words, meaning = step_words(shot)
    cells = (
        harmless(name),
        harmless(words),
        harmless(model_name(shot.model)),
        f"{show_seconds(shot.wanted)} → {show_seconds(shot.bought)}",
        _price(shot),
    )
    return _Row(harmless(shot.scene), cells, meaning)


def step_words(shot: PlannedShot) -> tuple[str, Meaning]:
    """Say in a few words what is done about an order and why, and what that means."""
    match shot.step:
        case Reuse():
            return "= cached", "quiet"
        case Generate(why, _, changed):
            reason = f"changed: {', '.join(changed)}" if changed else why.replace("-", " ")
            if shot.stands_in is not None:
                reason += f"; take {shot.stands_in.number} stands in"
            careful = why in {Why.CHANGED, Why.FAILED_BEFORE}
            return f"{_MARKS[why]} generate ({reason})", "warning" if careful else "good"
        case Resume():
            return ("> fetch" if is_fetched(shot) else "> resume"), "good"
        case Reconcile():
            return "? reconcile", "warning"
        case Blocked(reason):
            return f"! blocked ({reason})", "error"
        case _:
            assert_never(shot.step)


def _price(shot: PlannedShot) -> str:
    if not isinstance(shot.step, Generate):
        return "-"
    return show_usd(shot.cost) if shot.cost else "free"


def _table(rows: Sequence[_Row], paint: Paint, width: int) -> Iterator[str]:
    columns = _columns(rows, width)
    for scene, group in groupby(rows, key=lambda row: row.scene):
        yield ""
        yield paint(cut_end(scene, width), "strong")
        yield from (_line(row, columns, paint) for row in group)


def _columns(rows: Sequence[_Row], width: int) -> list[int]:
    """Give every column the cells it needs, as far as the page is wide."""
    columns = [max(map(width_of, cells)) for cells in zip(*(r.cells for r in rows), strict=True)]
    over = sum(columns) + len(_GAP) * len(columns) - width
    for index, smallest in _GIVES_WAY if columns else ():
        less = max(0, min(over, columns[index] - smallest))
        columns[index] -= less
        over -= less
    return columns


def _line(row: _Row, columns: Sequence[int], paint: Paint) -> str:
    cells = [
        pad(cut_end(cell, column), column, right=index >= _FIGURES)
        for index, (cell, column) in enumerate(zip(row.cells, columns, strict=True))
    ]
    cells[_STEP] = paint(cells[_STEP], row.meaning)
    return _GAP + _GAP.join(cells)
