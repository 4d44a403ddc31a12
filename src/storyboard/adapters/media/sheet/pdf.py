"""The sheet as pages to print and to search: its words stay words, in our own face.

Nothing on it tells the time, and its date is a fixed one: the same film gives the same file.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from fpdf import FPDF

from storyboard.adapters.durable import write_aside
from storyboard.adapters.media.sheet.frames import fitted, jpeg_of
from storyboard.adapters.media.sheet.layout import Grid, blank_marks, grid_for_paper, lay_out
from storyboard.adapters.media.sheet.marks import Box, Line, Mark, Picture, Words
from storyboard.adapters.media.sheet.pages import Page, paginate
from storyboard.adapters.media.sheet.type import SOFT, Text, set_sides
from storyboard.model.sheet import Sheet

if TYPE_CHECKING:
    from fpdf.fonts import TTFFont

__all__ = ["Paper", "draw_pdf"]

_MAT: Final = "#16171a"
_DATE: Final = datetime(1970, 1, 1, tzinfo=UTC)
_POINT: Final = 25.4 / 72  # millimetres
_PIXEL: Final = 0.134  # millimetres: what is 21 pixels on the wall is 8 points in the hand
_MARGIN: Final = 11  # millimetres
_TITLE: Final = 42  # pixels
_COLUMNS: Final = (3, 4)  # the smaller number unless the other one saves a page
_RUNNING: Final = 7  # millimetres for the line at the foot of each page
_DOTS: Final = 200  # to the inch, of a printed picture


class Paper(StrEnum):
    """Sizes of paper, always lying on its side."""

    A4 = "a4"
    LETTER = "letter"


_SIZES: Final = {Paper.A4: (297.0, 210.0), Paper.LETTER: (279.4, 215.9)}


def draw_pdf(sheet: Sheet, path: Path, columns: int | None = None, paper: Paper = Paper.A4) -> None:
    """Draw the sheet as pages; EnvironmentFault for the disk.

    Pictures are packed as they are read, so that no more than the file itself is held.
    """
    width, height = _SIZES[paper]
    inside = (
        round((width - 2 * _MARGIN) / _PIXEL),
        round((height - 2 * _MARGIN - _RUNNING) / _PIXEL),
    )
    tried = (grid_for_paper(sheet, each, inside) for each in ([columns] if columns else _COLUMNS))
    pages = min((_laid_out(sheet, grid, inside[1]) for grid in tried), key=len)
    printed = _Printed(sheet, paper)
    for number, page in enumerate(pages, 1):
        printed.add(page, inside, f"{number} / {len(pages)}")
    write_aside(path, printed.data())


def _laid_out(sheet: Sheet, grid: Grid, height: int) -> tuple[Page, ...]:
    return paginate(lay_out(sheet, grid, title=_TITLE, joined=True), height)


class _Printed:
    """A document under the printer: pages added one after another."""

    def __init__(self, sheet: Sheet, paper: Paper) -> None:
        self._title = " ".join(sheet.title.split())
        self._height = _SIZES[paper][1]
        self._pdf = FPDF("landscape", "mm", paper.value)
        self._pdf.set_creation_date(_DATE)
        self._pdf.set_title(sheet.title)
        self._pdf.set_creator("storyboard")
        self._pdf.set_auto_page_break(False)
        self._fonts: dict[str, str] = {}
        self._scale = _PIXEL

    def add(self, page: Page, inside: tuple[int, int], number: str) -> None:
        """Paint a page, made smaller where a single row is too tall for it, and its number."""
        self._pdf.add_page()
        self._scale = _PIXEL * min(1.0, inside[1] / max(1, page.height))
        for top, block in page.blocks:
            for heading in block.headings:
                self._pdf.set_y(_MARGIN + top * self._scale)
                self._pdf.start_section(heading)
            self._paint(block.marks, _MARGIN + top * self._scale)
        self._scale = _PIXEL
        title, count = (Text(text, 19, colour=SOFT) for text in (self._title, number))
        words, height = set_sides(title, count, (0, 0), inside[0])
        self._paint(words, self._height - _MARGIN - height * _PIXEL)

    def data(self) -> bytes:
        return bytes(self._pdf.output())

    def _paint(self, marks: Iterable[Mark], down: float) -> None:
        """Paint the marks of a block that begins so many millimetres down the page."""
        for mark in marks:
            match mark:
                case Words():
                    self._write(mark, down)
                case Line(start, end, colour, width):
                    self._pdf.set_draw_color(colour)
                    self._pdf.set_line_width(width * self._scale)
                    self._pdf.line(*self._place(start, down), *self._place(end, down))
                case Box(at, size, colour):
                    self._fill(self._place(at, down), self._size(size), colour)
                case Picture():
                    self._show(mark, down)

    def _write(self, words: Words, down: float) -> None:
        self._pdf.set_font(self._font(words.font), size=words.size * self._scale / _POINT)
        self._pdf.set_text_color(words.colour)
        known = cast("TTFFont", self._pdf.current_font).cmap  # what else is left is never seen
        text = "".join(letter for letter in words.text if ord(letter) in known)
        self._pdf.text(*self._place(words.at, down), text)

    def _show(self, place: Picture, down: float) -> None:
        """Lay the picture whole on a dark mat of its place's shape."""
        left, top = self._place(place.at, down)
        width, height = size = self._size(place.size)
        dots = round(width / 25.4 * _DOTS), round(height / 25.4 * _DOTS)
        shown = jpeg_of(place.view, dots)
        if shown is None:
            self._paint(blank_marks(place), down)
            return
        wide, high = (
            size
            if (shown.width, shown.height) == dots
            else fitted((shown.width, shown.height), size)
        )
        if (wide, high) != size:
            self._fill((left, top), size, _MAT)
        left, top = left + (width - wide) / 2, top + (height - high) / 2
        self._pdf.image(BytesIO(shown.data), left, top, wide, high, alt_text=place.alt)

    def _fill(self, place: tuple[float, float], size: tuple[float, float], colour: str) -> None:
        self._pdf.set_fill_color(colour)
        self._pdf.rect(*place, *size, style="F")

    def _font(self, path: str) -> str:
        """Return the document's name for a font file; only the letters that are used go in."""
        if path not in self._fonts:
            self._fonts[path] = f"face{len(self._fonts)}"
            self._pdf.add_font(self._fonts[path], fname=path)
        return self._fonts[path]

    def _place(self, at: tuple[float, float], down: float) -> tuple[float, float]:
        return _MARGIN + at[0] * self._scale, down + at[1] * self._scale

    def _size(self, size: tuple[int, int]) -> tuple[float, float]:
        return size[0] * self._scale, size[1] * self._scale
