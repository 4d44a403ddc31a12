"""Lays the sheet out: panels in rows under their scene's heading, all of it before it is painted.

A panel has the shot's still, beside it the first and last frame where the sheet knows of clips,
then its name and length, the camera, what happens and what is said, and what its clip is and costs.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from storyboard.adapters.media.sheet.marks import Block, Box, Colour, Line, Mark, Picture, View
from storyboard.adapters.media.sheet.type import (
    INK,
    SOFT,
    Text,
    set_centred,
    set_column,
    set_sides,
)
from storyboard.model.money import show_seconds
from storyboard.model.sheet import Sheet, SheetScene, SheetShot, Spoken, Standing

__all__ = ["Grid", "blank_marks", "grid_for_paper", "grid_for_wall", "lay_out"]

_EMPTY, _RULE = "#eeeae1", "#cfcac0"
_GOOD, _OPEN, _BAD = "#2f7d4f", "#b7791f", "#b3362b"
_COLOURS: Mapping[Standing, Colour] = MappingProxyType(
    {
        Standing.OWNED: _GOOD,
        Standing.TO_BUY: _OPEN,
        Standing.TO_MAKE: _OPEN,
        Standing.IN_FLIGHT: _OPEN,
        Standing.MISSING: _BAD,
        Standing.UNCLEAR: _BAD,
        Standing.BLOCKED: _BAD,
    }
)

_GUTTER, _STEP, _SLIT = 36, 14, 6
_UNDER_HEADING = 20
_SWATCH, _BESIDE = 11, 19  # a coloured mark's side, and the room it takes before words

_PANEL, _PANEL_WITH_FRAMES = 540, 720
_NARROW = 0.62  # how much narrower panels are for portrait stills
_MANY, _SMALLEST = 60, 240  # shots that still get large panels, and how small others may become
_FEWEST = 2  # columns, so that a film of one shot has room for its title
_COLUMNS = 3  # on a wall, for a scene of many shots
_TALLEST = 0.56  # of a printed page, for a panel's pictures


@dataclass(frozen=True, slots=True)
class Grid:
    """What all panels share, in pixels: width, the still's size and the frames', how many in a row.

    `frame` is None for a sheet without clips.
    """

    panel: int
    still: tuple[int, int]
    frame: tuple[int, int] | None
    columns: int

    @property
    def width(self) -> int:
        return self.columns * self.panel + (self.columns - 1) * _GUTTER

    def left(self, place: int) -> int:
        """Return where the panel of that number in its row begins."""
        return place * (self.panel + _GUTTER)


def grid_for_wall(sheet: Sheet, columns: int | None) -> Grid:
    """Choose panels: smaller for portrait stills, and again in a film of many shots.

    Without a number of columns there are as many as the fullest scene needs, and three at most.
    """
    count = len(sheet.shots)
    widest = (_PANEL_WITH_FRAMES if sheet.has_clips else _PANEL) * _upright(sheet)
    crowding = min(1.0, (_MANY / max(1, count)) ** 0.5)
    panel = round(max(_SMALLEST, widest * crowding))
    fullest = max((len(scene.shots) for scene in sheet.scenes), default=1)
    wanted = columns or min(_COLUMNS, max(1, fullest))
    side_by_side = min(round(wanted * widest / panel), max(_FEWEST, count))
    return _grid(sheet, panel, max(1, side_by_side), panel)


def grid_for_paper(sheet: Sheet, columns: int, size: tuple[int, int]) -> Grid:
    """Choose panels that fill the width of a page of that size; more of portrait stills."""
    wanted = round(columns / _upright(sheet))
    panel = (size[0] + _GUTTER) // wanted - _GUTTER
    tallest = round(size[1] * _TALLEST * sheet.aspect * (1.5 if sheet.has_clips else 1))
    return _grid(sheet, panel, wanted, min(panel, tallest))


def _upright(sheet: Sheet) -> float:
    return 1 if sheet.aspect >= 1 else _NARROW


def _grid(sheet: Sheet, panel: int, columns: int, across: int) -> Grid:
    """Share `across` pixels of a panel's width among the still and two frames as high as it."""
    aspect = sheet.aspect
    if not sheet.has_clips:
        return Grid(panel, (across, round(across / aspect)), None, columns)
    narrow = round((across - _SLIT * (1 + aspect)) / 3)
    low = round(narrow / aspect)
    return Grid(panel, (across - _SLIT - narrow, 2 * low + _SLIT), (narrow, low), columns)


def lay_out(sheet: Sheet, grid: Grid, *, title: int = 60, joined: bool = False) -> Iterator[Block]:
    """Yield the title of that size, then each scene's heading and its panels in rows.

    `joined` lets short scenes share a row, each under its own heading.
    """
    yield _title(sheet, grid, title)
    for row in _rows(sheet, grid.columns, joined=joined):
        if any(part.heading for part in row):
            yield _headings(row, grid)
        yield _row([shot for part in row for shot in part.shots], grid)


def _rows(sheet: Sheet, columns: int, *, joined: bool) -> Iterator[list[SheetScene]]:
    """Break scenes into rows; what goes on in a further row has no heading there."""
    row: list[SheetScene] = []
    for scene in sheet.scenes:
        taken = sum(len(part.shots) for part in row)
        if row and not (joined and taken + len(scene.shots) <= columns):
            yield row
            row = []
        row.append(SheetScene(scene.heading, scene.shots[:columns]))
        for start in range(columns, len(scene.shots), columns):
            yield row
            row = [SheetScene("", scene.shots[start : start + columns])]
    if row:
        yield row


def _title(sheet: Sheet, grid: Grid, size: int) -> Block:
    facts = Text(" · ".join(sheet.facts), round(size * 0.45), colour=SOFT)
    texts = (Text(sheet.title, size, "Bold"), facts)
    marks, height = set_column(texts, 0, 0, grid.width)
    return Block(height, marks)


def _headings(row: Sequence[SheetScene], grid: Grid) -> Block:
    """Set each scene's heading over a rule as wide as it is; the last one's across the sheet."""
    marks: list[Mark] = []
    tallest = place = 0
    rules: list[tuple[int, int]] = []
    for scene in row:
        left, place = grid.left(place), place + len(scene.shots)
        right = grid.width if scene is row[-1] else grid.left(place) - _GUTTER
        words, height = set_column((Text(scene.heading, 26, "Bold"),), left, 0, right - left)
        marks += words
        rules.append((left, right))
        tallest = max(tallest, height)
    below = tallest + 10
    marks += (Line((left, below), (right, below), _RULE, 2) for left, right in rules)
    headings = tuple(scene.heading for scene in row if scene.heading)
    return Block(below + 2, tuple(marks), _UNDER_HEADING, headings)


def _row(shots: Sequence[SheetShot], grid: Grid) -> Block:
    """Set panels side by side, what their clips are and cost on one line under the longest."""
    marks: list[Mark] = []
    body = foot = 0
    for place, shot in enumerate(shots):
        left = grid.left(place)
        marks += _pictures(shot, grid, left)
        words, height = _told(shot, grid, left)
        marks += words
        body = max(body, grid.still[1] + height)
    for place, shot in enumerate(shots):
        words, height = _foot(shot, grid, grid.left(place), body + _STEP)
        marks += words
        foot = max(foot, height)
    return Block(body + foot, tuple(marks))


def _pictures(shot: SheetShot, grid: Grid, left: int) -> Iterator[Mark]:
    """Lay the still, and beside it the first frame over the last."""
    still = Picture((left, 0), grid.still, View(shot.still or "", "still"), f"Still of {shot.id}")
    yield from (still,) if shot.still else blank_marks(still)
    if grid.frame is None:
        return
    left += grid.still[0] + _SLIT
    for part, top in (("first", 0), ("last", grid.frame[1] + _SLIT)):
        view = View(shot.clip or "", "first" if part == "first" else "last")
        frame = Picture((left, top), grid.frame, view, f"{part.capitalize()} frame of {shot.id}")
        yield from (frame,) if shot.clip else blank_marks(frame)


def blank_marks(picture: Picture) -> Iterator[Mark]:
    """Leave a picture out as a storyboard artist does: a still crossed out, and said so."""
    (left, top), (width, height) = picture.at, picture.size
    yield Box(picture.at, picture.size, _EMPTY)
    crossed = picture.view.part == "still"
    if crossed:
        right, below = left + width, top + height
        yield Line((left, top), (right, below), _RULE, 2)
        yield Line((left, below), (right, top), _RULE, 2)
    words = "no still" if crossed else picture.view.part
    middle = (left + width / 2, top + height / 2)
    mark, length = set_centred(Text(words, 24 if crossed else 19, colour=SOFT), middle)
    if crossed:
        yield Box((middle[0] - length / 2 - 14, middle[1] - 24), (length + 28, 48), _EMPTY)
    yield mark


def _told(shot: SheetShot, grid: Grid, left: int) -> tuple[tuple[Mark, ...], int]:
    """Set the shot's name and length, then the camera, what happens and what is said."""
    name, length = Text(shot.id, 25, "Bold"), Text(show_seconds(shot.length), 23)
    top = grid.still[1] + _STEP
    marks, height = set_sides(name, length, (left, top), grid.panel)
    texts = [Text(", ".join(shot.camera), 19, colour=SOFT), Text(shot.action, 21)]
    texts += [Text(_line(line), 21) for line in shot.dialogue]
    column, below = set_column(
        [each for each in texts if each.text], left, top + height, grid.panel
    )
    return (*marks, *column), _STEP + height + below


def _line(line: Spoken) -> str:
    return f"{line.cue}: “{line.text}”" if line.cue else f"“{line.text}”"


def _foot(shot: SheetShot, grid: Grid, left: int, top: int) -> tuple[tuple[Mark, ...], int]:
    """Set under a rule how the clip stands, which take of which model, and what it costs."""
    facts = Text(" · ".join(shot.facts), 19, colour=SOFT)
    money = Text(shot.money, 19, "Semibold", INK)
    at = (left + _BESIDE, top + _STEP // 2)
    words, height = set_sides(facts, money, at, grid.panel - _BESIDE)
    rule = Line((left, top), (left + grid.panel, top), _RULE, 1)
    middle = at[1] + (height - _SWATCH) // 2 + 1
    swatch = Box((left, middle), (_SWATCH, _SWATCH), _COLOURS[shot.standing])
    return (rule, swatch, *words), height + _STEP + _STEP // 2
