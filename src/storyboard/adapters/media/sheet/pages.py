"""Shares a sheet's blocks among pages: a heading stays with its first row, no row is cut."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from storyboard.adapters.media.sheet.marks import Block

__all__ = ["Page", "paginate"]


@dataclass(frozen=True, slots=True)
class Page:
    """A page's blocks, each with its distance from the page's top; and how tall they are in all."""

    blocks: tuple[tuple[int, Block], ...]
    height: int


def paginate(blocks: Iterable[Block], height: int) -> tuple[Page, ...]:
    """Fill pages of so many pixels; a row that is taller than a page has one of its own."""
    pages: list[list[Block]] = [[]]
    for group in _kept_together(blocks):
        page = pages[-1]
        if page and _height([*page, *group]) > height:
            pages.append([])
        pages[-1].extend(group)
    return tuple(_placed(page) for page in pages)


def _kept_together(blocks: Iterable[Block]) -> Iterable[list[Block]]:
    """Join each heading to the row under it, and the title to what comes first."""
    group: list[Block] = []
    for number, block in enumerate(blocks):
        group.append(block)
        if number and not block.headings:
            yield group
            group = []
    if group:
        yield group


def _height(blocks: list[Block]) -> int:
    return sum(block.height + block.gap for block in blocks) - blocks[-1].gap


def _placed(blocks: list[Block]) -> Page:
    steps = (block.height + block.gap for block in blocks[:-1])
    tops = accumulate(steps, initial=0)
    return Page(tuple(zip(tops, blocks, strict=True)), _height(blocks))
