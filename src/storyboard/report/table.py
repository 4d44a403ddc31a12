"""Rows of cells as a table that fits a page: columns as wide as they need, some of which shrink."""

from collections.abc import Collection, Iterator, Sequence

from storyboard.report.cells import cut_end, pad, width_of

__all__ = ["GAP", "lay_out"]

GAP = "  "
"""What stands before each column, the first one too."""


def lay_out(
    rows: Sequence[Sequence[str]],
    width: int,
    *,
    gives_way: Sequence[tuple[int, int]],
    figures: Collection[int] = (),
) -> Iterator[list[str]]:
    """Yield each row's cells, harmless already, cut and padded to their columns.

    `gives_way` names the columns that shrink where a row is too wide, in turn, and how far;
    `figures` those that are flush right.
    """
    columns = _columns(rows, width, gives_way)
    for row in rows:
        yield [
            pad(cut_end(cell, column), column, right=index in figures)
            for index, (cell, column) in enumerate(zip(row, columns, strict=True))
        ]


def _columns(
    rows: Sequence[Sequence[str]], width: int, gives_way: Sequence[tuple[int, int]]
) -> list[int]:
    columns = [max(map(width_of, cells)) for cells in zip(*rows, strict=True)]
    over = sum(columns) + len(GAP) * len(columns) - width
    for index, smallest in gives_way if columns else ():
        less = max(0, min(over, columns[index] - smallest))
        columns[index] -= less
        over -= less
    return columns
