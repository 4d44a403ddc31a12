"""The contact sheet: the whole film on one page, to be pinned to the wall.

Panels stand in rows under their scene's heading, each with its still, its name and length, what
happens and what is said, and what it costs. All of it is laid out before a pixel is drawn, so that
the page is exactly as tall as it has to be.
"""

import io
import pathlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from PIL import Image, ImageDraw, ImageOps

from storyboard.adapters.durable import write_aside
from storyboard.adapters.media.lettering import Face, face, set_lines
from storyboard.adapters.media.picture import open_picture
from storyboard.model.errors import InvalidStoryboard

__all__ = ["SheetPanel", "draw_sheet"]

_PAPER, _EMPTY, _MAT = "#f7f5f0", "#eeeae1", "#16171a"
_INK, _SOFT, _RULE = "#1d1d1f", "#5f5e5b", "#cfcac0"

# In pixels.
_MARGIN, _GAP, _GUTTER, _STEP = 72, 40, 36, 14
_PANEL = 540
_NEAR = 4  # a still this near the panel's size fills it

_NARROW = 0.62  # how much narrower panels are for portrait stills
_LANDSCAPE = 16 / 9
_MANY, _SMALLEST = 60, 240  # shots that still get large panels, and how small others may become
_FEWEST = 2  # columns, so that a film of one shot has room for its title
_LINES = 3  # of each caption


@dataclass(frozen=True, slots=True)
class SheetPanel:
    """One shot on the sheet: words as they are to stand, and a still, or None for a blank."""

    scene: str
    shot: str
    duration: str
    still: str | None = None
    caption: tuple[str, ...] = ()
    foot_left: str = ""
    foot_right: str = ""


@dataclass(frozen=True, slots=True)
class _Page:
    """What all panels share: their width, their stills' height, how many stand side by side."""

    panel: int
    still: int
    columns: int

    @property
    def width(self) -> int:
        return 2 * _MARGIN + self.columns * self.panel + (self.columns - 1) * _GUTTER

    @property
    def inside(self) -> int:
        return self.width - 2 * _MARGIN


def draw_sheet(
    title: str,
    panels: Sequence[SheetPanel],
    path: str,
    columns: int = 3,
    *,
    subtitle: str = "",
    aspect: float | None = None,
) -> None:
    """Draw the sheet as a PNG at `path`; `subtitle` stands under the title (time, cost).

    `aspect` is the film's shape; if not given it is that of the first still that can be read. A
    still that is missing or cannot be read leaves a blank panel that says so.
    """
    page = _page(panels, columns, aspect or _first_aspect(panels))
    blocks = [_header(page, title, subtitle), *_blocks(page, panels)]
    height = 2 * _MARGIN + sum(block.height for block in blocks) + _GAP * (len(blocks) - 1)
    sheet = Image.new("RGB", (page.width, height), _PAPER)
    top = _MARGIN
    for block in blocks:
        sheet.paste(block, (_MARGIN, top))
        top += block.height + _GAP
    _save(sheet, path)


def _page(panels: Sequence[SheetPanel], columns: int, aspect: float) -> _Page:
    """Choose the panels' size: smaller for portrait stills, and again in a film of many shots."""
    widest = _PANEL if aspect >= 1 else _PANEL * _NARROW
    crowding = min(1.0, (_MANY / max(1, len(panels))) ** 0.5)
    panel = round(max(_SMALLEST, widest * crowding))
    side_by_side = min(round(columns * widest / panel), max(_FEWEST, len(panels)))
    return _Page(panel, round(panel / aspect), max(1, side_by_side))


def _first_aspect(panels: Sequence[SheetPanel]) -> float:
    for panel in panels:
        still = _still(panel, (_PANEL, _PANEL))
        if still is not None:
            return still.width / still.height
    return _LANDSCAPE


def _blocks(page: _Page, panels: Sequence[SheetPanel]) -> Iterator[Image.Image]:
    """Draw each scene's heading, then its panels in rows."""
    for heading, scene in groupby(panels, key=lambda panel: panel.scene):
        if heading:
            yield _heading(page, heading)
        shots = list(scene)
        for start in range(0, len(shots), page.columns):
            yield _row(page, shots[start : start + page.columns])


def _header(page: _Page, title: str, subtitle: str) -> Image.Image:
    texts = [_Text(title, 60, "Bold")]
    if subtitle:
        texts.append(_Text(subtitle, 27, "Regular", _SOFT))
    return _column(page.inside, texts)


def _heading(page: _Page, heading: str) -> Image.Image:
    """Set a scene's heading over a rule across the page."""
    words = _column(page.inside, [_Text(heading, 26, "Bold")])
    block = Image.new("RGB", (page.inside, words.height + 10), _PAPER)
    block.paste(words)
    ImageDraw.Draw(block).line((0, block.height - 2, page.inside, block.height - 2), _RULE, 2)
    return block


def _row(page: _Page, panels: Sequence[SheetPanel]) -> Image.Image:
    drawn = [_panel(page, panel) for panel in panels]
    feet = [_foot(page, panel) for panel in panels]
    body = max(panel.height for panel in drawn)
    row = Image.new("RGB", (page.inside, body + max(foot.height for foot in feet)), _PAPER)
    for place, (panel, foot) in enumerate(zip(drawn, feet, strict=True)):
        left = place * (page.panel + _GUTTER)
        row.paste(panel, (left, 0))
        row.paste(foot, (left, body))
    return row


def _panel(page: _Page, panel: SheetPanel) -> Image.Image:
    """Draw a still, the shot's name and length under it, and its caption."""
    name = _sides(page.panel, _Text(panel.shot, 25, "Bold"), _Text(panel.duration, 23))
    taken, *told = (*panel.caption, "")
    texts = [_Text(taken, 21, colour=_SOFT), *(_Text(line, 21) for line in told)]
    caption = _column(page.panel, [each for each in texts if each.text])
    height = page.still + _STEP + name.height + caption.height
    block = Image.new("RGB", (page.panel, height), _PAPER)
    block.paste(_picture(page, panel))
    block.paste(name, (0, page.still + _STEP))
    block.paste(caption, (0, page.still + _STEP + name.height))
    return block


def _picture(page: _Page, panel: SheetPanel) -> Image.Image:
    """Lay the still whole on a dark mat of the film's shape."""
    size = (page.panel, page.still)
    still = _still(panel, size)
    if still is None:
        return _blank(size)
    fitted = ImageOps.contain(still, size, Image.Resampling.LANCZOS)
    if abs(fitted.width - size[0]) <= _NEAR and abs(fitted.height - size[1]) <= _NEAR:
        return fitted.resize(size)
    mat = Image.new("RGB", size, _MAT)
    mat.paste(fitted, ((size[0] - fitted.width) // 2, (size[1] - fitted.height) // 2))
    return mat


def _still(panel: SheetPanel, size: tuple[int, int]) -> Image.Image | None:
    if panel.still is None:
        return None
    try:
        return open_picture(panel.still, size)
    except InvalidStoryboard:
        return None


def _blank(size: tuple[int, int]) -> Image.Image:
    """Draw a panel without a still as a storyboard artist leaves it: crossed out, and said so."""
    blank = Image.new("RGB", size, _EMPTY)
    draw = ImageDraw.Draw(blank)
    width, height = size
    for ends in ((0, 0, width, height), (0, height, width, 0)):
        draw.line(ends, _RULE, 2)
    draw.rectangle((0, 0, width - 1, height - 1), outline=_RULE, width=2)
    words = face("no still", 24)
    middle = (width / 2, height / 2)
    left, top, right, bottom = draw.textbbox(middle, words.text, words.font, anchor="mm")
    draw.rectangle((left - 14, top - 10, right + 14, bottom + 10), _EMPTY)
    draw.text(middle, words.text, _SOFT, words.font, anchor="mm")
    return blank


def _foot(page: _Page, panel: SheetPanel) -> Image.Image:
    left, right = (_Text(text, 19, colour=_SOFT) for text in (panel.foot_left, panel.foot_right))
    words = _sides(page.panel, left, right)
    block = Image.new("RGB", (page.panel, words.height + _STEP), _PAPER)
    ImageDraw.Draw(block).line((0, _STEP // 2, page.panel, _STEP // 2), _RULE, 1)
    block.paste(words, (0, _STEP))
    return block


@dataclass(frozen=True, slots=True)
class _Text:
    """A text and how it is set."""

    text: str
    size: int
    weight: str = "Regular"
    colour: str = _INK

    @property
    def face(self) -> Face:
        return face(self.text, self.size, weight=self.weight)


def _column(width: int, texts: Sequence[_Text]) -> Image.Image:
    """Set texts under one another, each broken into a few lines of the width."""
    lines = [
        (line, each.colour, words)
        for each in texts
        for words in (each.face,)
        for line in _flowed(words, width)
    ]
    height = sum(words.leading for *_, words in lines) + _STEP // 2
    block = Image.new("RGB", (width, height), _PAPER)
    draw = ImageDraw.Draw(block)
    top = 0
    for line, colour, words in lines:
        draw.text((0, top), line, colour, words.font)
        top += words.leading
    return block


def _flowed(words: Face, width: int) -> tuple[str, ...]:
    """Break a text into full lines; what does not fit ends in an ellipsis."""
    lines = set_lines(words, width, most=_LINES)
    if len(lines) == _LINES and lines[-1].endswith("…"):
        return (*lines[:-1], _shortened(Face(words.font, lines[-1]), width))
    return lines


def _sides(width: int, left: _Text, right: _Text) -> Image.Image:
    """Set one text at the left and one at the right of a line; the left one gives way."""
    ending = right.face
    taken = ending.font.getlength(ending.text) + (_STEP if ending.text else 0)
    words = left.face
    block = Image.new("RGB", (width, max(words.leading, ending.leading)), _PAPER)
    draw = ImageDraw.Draw(block)
    line = max(words.font.getmetrics()[0], ending.font.getmetrics()[0])
    draw.text((0, line), _shortened(words, width - taken), left.colour, words.font, anchor="ls")
    draw.text((width, line), ending.text, right.colour, ending.font, anchor="rs")
    return block


def _shortened(words: Face, width: float) -> str:
    """Cut a text that is too wide for its line, with an ellipsis."""
    if words.font.getlength(words.text) <= width:
        return words.text
    kept = words.text.rstrip("…")
    while kept and words.font.getlength(kept + "…") > width:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def _save(sheet: Image.Image, path: str) -> None:
    picture = io.BytesIO()
    sheet.save(picture, "PNG")
    write_aside(pathlib.Path(path), picture.getvalue())
