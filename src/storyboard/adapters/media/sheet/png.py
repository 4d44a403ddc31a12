"""The sheet as one picture, to be pinned to the wall: painted a strip at a time."""

from collections.abc import Iterable
from pathlib import Path

from PIL import Image, ImageDraw

from storyboard.adapters.media.sheet.frames import open_view
from storyboard.adapters.media.sheet.layout import blank_marks, grid_for_wall, lay_out
from storyboard.adapters.media.sheet.marks import Block, Box, Line, Mark, Picture, Words
from storyboard.adapters.media.sheet.strips import PngStrips
from storyboard.adapters.media.sheet.type import font_at
from storyboard.adapters.media.sheet.writing import writing
from storyboard.model.sheet import Sheet

__all__ = ["draw_png"]

_PAPER, _MAT = "#f7f5f0", "#16171a"
_MARGIN = 72


def draw_png(sheet: Sheet, path: Path, columns: int | None = None) -> None:
    """Draw the sheet as one picture, as tall as it has to be; EnvironmentFault for the disk.

    A still or clip that cannot be read leaves a blank that says so.
    """
    grid = grid_for_wall(sheet, columns)
    blocks = tuple(lay_out(sheet, grid))
    height = sum(block.height + block.gap for block in blocks) - blocks[-1].gap
    width = grid.width + 2 * _MARGIN
    with (
        writing(path) as file,
        PngStrips(file, (width, height + 2 * _MARGIN)) as picture,
    ):
        picture.add(_paper(width, _MARGIN))
        for block in blocks[:-1]:
            picture.add(_strip(block, width, block.height + block.gap))
        picture.add(_strip(blocks[-1], width, blocks[-1].height))
        picture.add(_paper(width, _MARGIN))


def _paper(width: int, height: int) -> Image.Image:
    return Image.new("RGB", (width, height), _PAPER)


def _strip(block: Block, width: int, height: int) -> Image.Image:
    strip = _paper(width - 2 * _MARGIN, height)
    _paint(strip, block.marks)
    whole = _paper(width, height)
    whole.paste(strip, (_MARGIN, 0))
    return whole


def _paint(strip: Image.Image, marks: Iterable[Mark]) -> None:
    draw = ImageDraw.Draw(strip)
    for mark in marks:
        match mark:
            case Words(at, text, font, size, colour):
                draw.text(at, text, colour, font_at(font, size), anchor="ls")
            case Line(start, end, colour, width):
                draw.line((start, end), colour, width)
            case Box((left, top), (width, height), colour):
                draw.rectangle((left, top, left + width - 1, top + height - 1), colour)
            case Picture():
                _show(strip, mark)


def _show(strip: Image.Image, place: Picture) -> None:
    """Lay the picture whole on a dark mat of its place's shape."""
    shown = open_view(place.view, place.size)
    if shown is None:
        _paint(strip, blank_marks(place))
        return
    (left, top), (width, height) = place.at, place.size
    if shown.size != place.size:
        strip.paste(_MAT, (left, top, left + width, top + height))
    strip.paste(shown, (left + (width - shown.width) // 2, top + (height - shown.height) // 2))
