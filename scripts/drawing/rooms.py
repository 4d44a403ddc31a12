"""What stands in the house: walls, floors, furniture and candles, before they are lit."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from drawing.canvas import Canvas, Patch
from drawing.curves import Outline, ellipse, shifted, smooth, trace
from drawing.light import Lamp, glow
from drawing.pen import Pen

__all__ = [
    "box",
    "draw_armchair",
    "draw_candelabra",
    "draw_candle",
    "draw_clock",
    "draw_floor",
    "draw_portrait",
    "draw_rug",
    "draw_side_table",
    "draw_wainscot",
    "draw_wallpaper",
    "shine",
]

WOOD = "#7a4a2c"
WOOD_DARK = "#3d2216"
WOOD_LIGHT = "#b0764a"
BRASS = "#d8a84a"


def box(left: float, top: float, right: float, bottom: float) -> Outline:
    """Return a rectangle."""
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], float)


def _motif(x: float, y: float, size: float) -> list[Outline]:
    """Return one flower of the wallpaper: a stem, paired leaves and a crown of petals."""
    shapes = [smooth(trace("0,-46 9,-28 0,-12 -9,-28"), closed=True)]
    for side in (-1, 1):
        shapes += [
            smooth(
                [(side * 3, -14), (side * 18, -38), (side * 30, -34), (side * 22, -16)], closed=True
            ),
            smooth([(side * 4, -6), (side * 30, -14), (side * 38, 2), (side * 18, 6)], closed=True),
            smooth(
                [
                    (side * 2, 40),
                    (side * 20, 22),
                    (side * 34, 26),
                    (side * 24, 44),
                    (side * 10, 48),
                ],
                closed=True,
            ),
            smooth([(side * 2, 62), (side * 14, 54), (side * 22, 64), (side * 8, 72)], closed=True),
        ]
    shapes += [box(-1.4, -10, 1.4, 80), ellipse(0, 2, 6, 6)]
    return [shape * size + (x, y) for shape in shapes]


def draw_wallpaper(
    pen: Pen, area: Outline, *, size: float = 0.8, ground: str = "#4d6a63", figure: str = "#86a08a"
) -> None:
    """Paper a wall with a half-drop pattern and a stripe between the columns."""
    wall = pen.fill(area, ground)
    left, top = area.min(axis=0)
    right, bottom = area.max(axis=0)
    across, down = 104 * size, 150 * size
    shapes: list[Outline] = []
    stripes: list[Outline] = []
    for column in range(int((right - left) / across) + 2):
        x = left + column * across
        stripes.append(box(x + across / 2 - 1, top, x + across / 2 + 1, bottom))
        drop = down / 2 if column % 2 else 0
        for row in range(int((bottom - top) / down) + 2):
            shapes += _motif(x, top + row * down + drop - 20, size)
    pen.fill(stripes, figure, opacity=0.35, clip=wall)
    pen.fill(shapes, figure, opacity=0.75, clip=wall)


def draw_wainscot(
    pen: Pen, left: float, right: float, top: float, bottom: float, panel: float = 150
) -> None:
    """Panel the lower part of a wall in dark wood."""
    pen.fill(box(left, top, right, bottom), WOOD)
    pen.fill(
        box(left, top, right, top + 12),
        pen.linear((0, top), (0, top + 12), [(0, WOOD_LIGHT), (0.5, WOOD), (1, WOOD_DARK)]),
    )
    pen.fill(
        box(left, bottom - 24, right, bottom),
        pen.linear((0, bottom - 24), (0, bottom), [(0, WOOD_LIGHT), (0.2, WOOD), (1, WOOD_DARK)]),
    )
    for x in np.arange(left + 10, right, panel):
        pen.fill(box(x, top + 22, x + panel - 20, bottom - 34), WOOD_DARK, feather=1.5)
        pen.fill(
            box(x + 5, top + 28, x + panel - 25, bottom - 38),
            pen.linear((0, top), (0, bottom), [(0, "#5d361f"), (1, "#87532f")]),
        )
        pen.fill(box(x + 14, top + 36, x + panel - 34, bottom - 46), "#6b3f25", feather=2)


def draw_floor(
    pen: Pen,
    horizon: float,
    top: float,
    bottom: float,
    width: float,
    *,
    colour: str = "#6b4128",
    seed: int = 5,
) -> None:
    """Lay floor boards that run towards a point on the horizon."""
    pen.fill(box(0, top, width, bottom), colour)
    chance = np.random.default_rng(seed)
    edges = np.arange(-2.6, 2.61, 0.17)
    near, far = bottom - horizon, top - horizon
    for first, last in pairwise(edges):
        board = np.array(
            [
                (width / 2 + x * width * depth / near, horizon + depth)
                for x, depth in ((first, far), (last, far), (last, near), (first, near))
            ]
        )
        tone = WOOD_DARK if chance.random() < 0.5 else WOOD_LIGHT
        pen.fill(board, tone, opacity=float(chance.uniform(0.03, 0.22)))
        seam = np.array([board[0], board[0] + (1.0, 0), board[3] + (2.4, 0), board[3]])
        pen.fill(seam, "#1d0f09", opacity=0.7)


def draw_rug(pen: Pen, x: float, y: float, wide: float, deep: float) -> Patch:
    """Lay an oval rug with borders."""
    edge = ellipse(x, y, wide, deep, steps=160)
    pen.fill(shifted(edge, 0, 8), "#000000", feather=6, opacity=0.5)
    rug = pen.fill(edge, "#6a2433")
    for scale, colour in (
        (0.95, "#c9a866"),
        (0.925, "#3b3a5c"),
        (0.83, "#c9a866"),
        (0.81, "#7d2d3a"),
        (0.5, "#c9a866"),
        (0.485, "#4a3350"),
        (0.3, "#8a3b41"),
    ):
        pen.fill(ellipse(x, y, wide * scale, deep * scale, steps=140), colour, feather=1)
    spots = []
    for turn in np.arange(0, 2 * np.pi, np.pi / 26):
        spots.append(
            ellipse(x + wide * 0.878 * np.cos(turn), y + deep * 0.878 * np.sin(turn), 13, 5)
        )
        spots.append(
            ellipse(
                x + wide * 0.65 * np.cos(turn + 0.06), y + deep * 0.65 * np.sin(turn + 0.06), 17, 6
            )
        )
    pen.fill(spots, "#d8bb7c", feather=1, opacity=0.6, clip=rug)
    return rug


def draw_candle(pen: Pen, tall: float = 70, wide: float = 15) -> tuple[float, float]:
    """Draw a lit candle standing at the pen's origin; return where its flame is in the picture."""
    wax = pen.linear(
        (-wide / 2, 0), (wide / 2, 0), [(0, "#b59d78"), (0.35, "#fff3da"), (1, "#a58a66")]
    )
    pen.fill(box(-wide / 2, -tall, wide / 2, 0), wax)
    pen.fill(ellipse(0, -tall, wide / 2, wide / 6), "#fff2cf")
    for x, run in ((-0.3, 0.4), (0.22, 0.62)):
        pen.stroke(
            [(wide * x, -tall), (wide * x, -tall * (1 - run))],
            [wide * 0.18, wide * 0.3],
            "#ffeecb",
            opacity=0.8,
        )
    pen.fill(
        box(-wide / 2, -tall, wide / 2, -tall * 0.62),
        np.array([1.5, 1.0, 0.45], np.float32),
        feather=6,
        opacity=0.55,
        mode="screen",
    )
    pen.stroke([(0, -tall), (1, -tall - 7)], [2, 1.4], "#2a1a12")
    x, y = pen.to_canvas(np.array([0, -tall - 16], float))
    return float(x), float(y)


def _flame(pen: Pen) -> None:
    body = smooth(trace("0,-24 6,-9 8,3 5,12 0,14 -5,12 -8,3 -5,-9"), closed=True)
    pen.fill(body * 1.15, np.array([1.4, 0.62, 0.16], np.float32), feather=2.5)
    pen.fill(body * 0.9, np.array([1.7, 1.15, 0.45], np.float32), feather=1)
    pen.fill(body * 0.5 + (0, 3), np.array([1.9, 1.75, 1.3], np.float32), feather=1)
    pen.fill(ellipse(0, 12, 4, 4), "#5a79c8", feather=2, opacity=0.6)


def shine(
    canvas: Canvas, flames: Sequence[tuple[float, float]], size: float = 1, halo: float = 1
) -> None:
    """Paint the flames and the glow round them, after the picture is lit: they light it."""
    pen = Pen.on(canvas)
    for x, y in flames:
        glow(canvas, Lamp(x, y, 36 * size, "#ff8e38", 0.42 * halo))
        glow(canvas, Lamp(x, y, 150 * size, "#ff7a2c", 0.11 * halo))
    for x, y in flames:
        _flame(pen.at(x, y, size))


def draw_candelabra(pen: Pen) -> list[tuple[float, float]]:
    """Draw a brass candelabra of three arms on the pen's origin; return its flames."""
    brass = pen.linear(
        (-60, 0), (60, 0), [(0, "#7c5420"), (0.4, "#f2cf80"), (0.6, BRASS), (1, "#6d4719")]
    )
    pen.blob(trace("-34,0 -24,-10 -8,-16 8,-16 24,-10 34,0"), brass)
    pen.stroke(trace("0,-10 0,-60 0,-118"), [13, 7, 10, 6, 9], brass)
    for side in (-1, 1):
        pen.stroke(
            [(0, -58), (side * 26, -46), (side * 52, -58), (side * 58, -92)], [6, 6, 6, 7], brass
        )
    for y in (-40, -74, -104):
        pen.fill(ellipse(0, y, 9, 5), brass)
    flames = []
    for x, y, tall in ((-58, -92, 56), (58, -92, 48), (0, -118, 66)):
        flames.append(draw_candle(pen.at(x, y - 4), tall, 14))
        pen.blob([(x - 15, y - 8), (x + 15, y - 8), (x + 9, y + 2), (x - 9, y + 2)], brass)
    return flames


def draw_side_table(pen: Pen, tall: float = 150, wide: float = 190) -> None:
    """Draw a small round table with a fringed cloth; the origin is the middle of its top."""
    pen.stroke([(0, 40), (0, tall * 0.75)], [26, 14, 22], WOOD_DARK)
    for side in (-1, 1):
        pen.stroke(
            [(0, tall * 0.7), (side * wide * 0.2, tall * 0.86), (side * wide * 0.36, tall)],
            [16, 12, 9],
            WOOD_DARK,
        )
    half = wide / 2
    cloth = smooth(
        [
            (-half, 0),
            (-half * 0.98, 34),
            (-half * 0.66, 62),
            (-half * 0.3, 48),
            (0, 74),
            (half * 0.3, 48),
            (half * 0.66, 62),
            (half * 0.98, 34),
            (half, 0),
        ],
        closed=True,
    )
    pen.fringe(cloth, "#b99a5e", 10, lean=0, seed=3)
    folds = [(i / 8, "#6e2a3f" if i % 2 else "#98455a") for i in range(9)]
    pen.fill(cloth, pen.linear((-half, 0), (half, 0), folds))
    pen.fill(ellipse(0, 0, half, half * 0.17), "#a64f62")
    pen.fill(ellipse(0, 0, half * 0.9, half * 0.13), "#b4606f", feather=2)


def draw_clock(pen: Pen) -> None:
    """Draw a grandfather clock that stands on the pen's origin, four hundred and twenty tall."""
    side = pen.linear(
        (-52, 0),
        (52, 0),
        [(0, WOOD_DARK), (0.18, WOOD), (0.5, WOOD_LIGHT), (0.85, WOOD), (1, WOOD_DARK)],
    )
    pen.fill(box(-56, -70, 56, 0), side)
    pen.fill(box(-42, -290, 42, -60), side)
    pen.fill(box(-60, -76, 60, -64), WOOD_LIGHT)
    pen.fill(box(-54, -400, 54, -280), side)
    pen.fill(box(-60, -292, 60, -280), WOOD_LIGHT)
    crown = smooth(
        trace("-62,-398 -40,-412 -16,-436 0,-446 16,-436 40,-412 62,-398 0,-392"),
        closed=True,
    )
    pen.fill(crown, side)
    pen.fill(ellipse(0, -446, 8, 10), BRASS)
    pen.fill(ellipse(0, -340, 46, 46), BRASS)
    pen.fill(
        ellipse(0, -340, 40, 40),
        pen.radial((0, -340), 42, [(0, "#fff4d8"), (0.8, "#ecd9ae"), (1, "#b09468")]),
    )
    for hour in range(12):
        turn = hour * np.pi / 6
        x, y = np.sin(turn), -np.cos(turn)
        pen.stroke([(x * 31, -340 + y * 31), (x * 36, -340 + y * 36)], 2.6, "#2a1c14")
    pen.stroke([(0, -340), (14, -362)], [4, 2], "#2a1c14")
    pen.stroke([(0, -340), (-6, -372)], [3, 1.5], "#2a1c14")
    glass = box(-26, -262, 26, -88)
    pen.fill(glass, "#1c110c")
    pen.stroke([(6, -262), (11, -150)], 3, BRASS)
    pen.fill(
        ellipse(12, -142, 17, 17),
        pen.radial((7, -148), 22, [(0, "#fff0b8"), (0.5, BRASS), (1, "#6d4719")]),
    )
    pen.fill(trace("-26,-262 -8,-262 -26,-170"), "#9fb0c8", opacity=0.18)


def draw_portrait(pen: Pen) -> None:
    """Draw an oval portrait, in profile and in a gilt frame, about the pen's origin."""
    pen.fill(ellipse(0, 6, 62, 78), "#000000", feather=6, opacity=0.5)
    pen.fill(
        ellipse(0, 0, 60, 76),
        pen.linear((-50, -60), (50, 60), [(0, "#f0cf84"), (0.5, "#9a6d2c"), (1, "#d9ad58")]),
    )
    pen.fill(ellipse(0, 0, 50, 65), "#5b3c19")
    inside = pen.fill(
        ellipse(0, 0, 46, 61), pen.radial((0, -10), 70, [(0, "#b8a283"), (1, "#5c4a3c")])
    )
    ink = "#2b2026"
    pen.blob(trace("-34,62 -28,26 -8,16 14,18 32,34 38,62"), ink, clip=inside)
    pen.fill(ellipse(0, -6, 26, 24), ink, clip=inside)
    for side in (-1, 1):
        pen.fill(
            np.array([(side * 25, -6), (side * 22, -42), (side * 3, -26)], float), ink, clip=inside
        )
    pen.blob(trace("-22,26 0,20 22,26 12,34 0,29 -12,34"), "#8a1f2a", clip=inside)


def draw_armchair(pen: Pen, colour: str = "#5a3a52", shade: str = "#2e1c2c") -> None:
    """Draw a buttoned wing chair; the origin is the floor at its middle."""
    cloth = pen.linear((-110, 0), (120, 0), [(0, shade), (0.5, colour), (1, shade)])
    for x in (-84, 84):
        pen.stroke([(x, -30), (x * 1.04, 0)], [18, 10], WOOD_DARK)
    pen.blob(
        trace("-98,-110 -106,-250 -92,-318 -40,-344 0,-350 40,-344 92,-318 106,-250 98,-110"), cloth
    )
    for row, y in enumerate((-296, -250, -204)):
        for x in np.arange(-60 + (row % 2) * 20, 61, 40):
            pen.fill(ellipse(x, y, 15, 15), "#000000", feather=8, opacity=0.25)
            pen.fill(ellipse(x, y, 4, 4), BRASS)
    pen.blob(
        trace("-104,-120 -96,-148 0,-156 96,-148 104,-120 98,-80 -98,-80"),
        colour,
    )
    pen.blob(trace("-100,-92 100,-92 104,-26 -104,-26"), cloth)
    for side in (-1, 1):
        pen.blob(
            [
                (side * 84, -30),
                (side * 80, -150),
                (side * 96, -176),
                (side * 124, -170),
                (side * 130, -146),
                (side * 122, -26),
            ],
            cloth,
        )
        pen.fill(ellipse(side * 106, -156, 22, 20), colour, feather=2)
