"""The warm half of the kitchen: the fire, the basket, and Nell's lap with the knitting in it."""

import numpy as np

from drawing.canvas import Patch
from drawing.curves import Outline, ellipse, shifted, smooth, trace
from drawing.pen import Pen
from drawing.rooms import box
from drawing.yarn import RED, RED_DARK, RED_LIGHT

__all__ = [
    "draw_basket",
    "draw_fire",
    "draw_hearth",
    "draw_knitting",
    "draw_lap",
    "draw_stitches",
    "draw_stones",
]


def draw_stones(pen: Pen, left: float, top: float, right: float, bottom: float, seed: int) -> None:
    """Build a wall of rough stone."""
    wall = pen.fill(box(left, top, right, bottom), "#6b6058")
    chance = np.random.default_rng(seed)
    y, row = top, 0
    while y < bottom:
        tall = float(chance.uniform(34, 48))
        x = left - (40 if row % 2 else 0)
        while x < right:
            wide = float(chance.uniform(56, 112))
            stone = smooth(
                [
                    (x + 3, y + 6),
                    (x + wide * 0.5, y + 2),
                    (x + wide - 3, y + 6),
                    (x + wide - 2, y + tall - 5),
                    (x + wide * 0.5, y + tall - 2),
                    (x + 3, y + tall - 5),
                ],
                closed=True,
            )
            grey = float(chance.uniform(0.44, 0.68))
            pen.fill(
                stone,
                np.array([grey, grey * 0.92, grey * 0.84], np.float32),
                feather=1.2,
                clip=wall,
            )
            pen.fill(
                stone * (1, 1) + (0, tall * 0.5),
                "#3c332e",
                feather=6,
                opacity=0.25,
                clip=wall.within(pen.mask(stone)),
            )
            x += wide
        y += tall
        row += 1


def draw_fire(pen: Pen) -> None:
    """Draw a log fire; the origin is the middle of the hearth."""
    for x, y, angle in ((-44, -12, 8), (40, -14, -10), (0, -34, 3)):
        pen.at(x, y, 1, angle).fill(
            smooth(trace("-74,-13 74,-15 80,0 74,15 -74,13 -80,0"), closed=True),
            "#2b1a12",
        )
    tongues = [((-60, 62, 26)), ((-28, 116, 34)), ((6, 158, 40)), ((40, 108, 32)), ((70, 66, 24))]
    layers = (
        (1.25, (1.0, 0.3, 0.06)),
        (1.0, (1.3, 0.6, 0.12)),
        (0.72, (1.5, 1.0, 0.3)),
        (0.42, (1.7, 1.5, 0.8)),
    )
    for size, light in layers:
        for x, tall, wide in tongues:
            bend = 10 if x < 0 else -8
            tongue = smooth(
                [
                    (0, -tall * size),
                    (wide * 0.34 * size, -tall * 0.62 * size),
                    (wide * 0.8 * size, -tall * 0.28 * size),
                    (wide * 0.56 * size, 0),
                    (-wide * 0.56 * size, 0),
                    (-wide * 0.86 * size, -tall * 0.3 * size),
                    (-wide * 0.3 * size + bend, -tall * 0.6 * size),
                ],
                closed=True,
            )
            pen.fill(shifted(tongue, x, -18), np.array(light, np.float32), feather=3.5, opacity=0.9)


def draw_hearth(pen: Pen) -> None:
    """Draw the stone fireplace round the fire; the origin is the middle of the hearth."""
    draw_stones(pen, -250, -420, 250, 0, 9)
    arch = smooth(
        trace("-160,4 -160,-150 -130,-226 0,-262 130,-226 160,-150 160,4"),
        steps=18,
    )
    pen.fill(arch, "#120a08")
    pen.fill(
        box(-290, -452, 290, -410),
        pen.linear((0, -452), (0, -410), [(0, "#a06c40"), (0.4, "#744a2a"), (1, "#3c2416")]),
    )
    pen.fill(box(-280, -4, 280, 30), pen.linear((0, 0), (0, 30), [(0, "#9c8c7c"), (1, "#5c5048")]))


def draw_stitches(
    pen: Pen, shape: Patch, left: float, right: float, top: float, bottom: float
) -> None:
    """Knit over a shape: rows of small Vs that follow the bulge of what lies under them."""
    legs: list[Outline] = []
    for row in np.arange(top, bottom, 15.0):
        for x in np.arange(left, right, 19.0):
            sag = 34 * ((x - (left + right) / 2) / (right - left)) ** 2 * 4
            legs += [
                ellipse(x + side * 4.4, row + sag, 4.0, 9.6, side * 27, steps=20)
                for side in (-1, 1)
            ]
    pen.fill([shifted(leg, 1.2, 2.4) for leg in legs], RED_DARK, opacity=0.9, clip=shape)
    pen.fill(legs, RED, clip=shape)
    pen.fill(
        [shifted(leg, -1.0, -1.4) for leg in legs[::1]],
        RED_LIGHT,
        feather=1.6,
        opacity=0.22,
        clip=shape,
    )


def draw_basket(pen: Pen) -> None:
    """Draw the woven front of the basket; the origin is the middle of its foot."""
    body = smooth(
        trace(
            "-236,-120 -226,-60 -196,-6 -100,12 0,16 100,12 196,-6 226,-60 236,-120 120,-92 "
            "0,-84 -120,-92"
        ),
        closed=True,
    )
    patch = pen.fill(body, "#6a4224")
    weave: list[Outline] = []
    for row, y in enumerate(np.arange(-128, 30, 15.0)):
        for x in np.arange(-260, 260, 34.0):
            at = x + (17 if row % 2 else 0)
            curve = 34 * (1 - (at / 240) ** 2)
            weave.append(
                smooth(
                    [
                        (at - 17, y + curve),
                        (at, y + curve - 8),
                        (at + 17, y + curve),
                        (at, y + curve + 8),
                    ],
                    closed=True,
                )
            )
    pen.fill([shifted(each, 0, 3) for each in weave], "#2d190c", feather=1, clip=patch)
    pen.fill(weave, "#c08a50", clip=patch)
    pen.fill(
        [shifted(each, 0, -2.5) for each in weave], "#e8bd84", feather=2.5, opacity=0.3, clip=patch
    )
    edge = trace("-240,-124 -120,-94 0,-84 120,-94 240,-124")
    pen.stroke(edge, 26, "#5a3519")
    pen.stroke([(x, y - 3) for x, y in edge], 19, "#bd8850")
    line = smooth([(x, y - 3) for x, y in edge], steps=20)
    for at in range(2, len(line) - 2, 4):
        x, y = line[at]
        pen.stroke([(x - 6, y - 9), (x + 6, y + 9)], [2, 3, 2], "#5a3519", opacity=0.8)


def draw_lap(pen: Pen) -> None:
    """Draw Nell's lap in the rocking chair, from the side: the rest of her is out of frame."""
    pen.stroke(trace("880,664 1010,690 1150,688 1310,650"), [14, 20, 20, 18], "#6a4026")
    for x in (1030, 1240):
        pen.stroke([(x, 460), (x - 6, 684)], [24, 20], "#5c3820")
    skirt = smooth(
        trace(
            "1330,312 1200,316 1080,322 1000,336 964,372 950,450 938,550 922,640 1000,660 "
            "1120,654 1230,644 1330,640"
        ),
        closed=True,
    )
    patch = pen.fill(
        skirt, pen.linear((930, 0), (1290, 0), [(0, "#7d6c9c"), (0.4, "#5c4d78"), (1, "#3a2f4c")])
    )
    folds = (
        trace("986,380 972,500 956,650"),
        trace("1030,380 1026,520 1016,656"),
        trace("1090,400 1098,530 1092,656"),
        trace("1160,420 1172,540 1170,650"),
        trace("1236,420 1246,540 1250,650"),
    )
    for line in folds:
        pen.stroke(line, [3, 15, 24], "#2c2240", feather=7, opacity=0.6, clip=patch)
        pen.stroke(
            [(x - 26, y) for x, y in line],
            [3, 10, 18],
            "#a494c4",
            feather=8,
            opacity=0.35,
            clip=patch,
        )
    apron = smooth(
        trace(
            "1330,288 1180,312 1070,318 1000,330 966,366 956,440 952,530 1030,546 1110,534 "
            "1122,440 1170,392 1330,376"
        ),
        closed=True,
    )
    cloth = pen.fill(
        apron, pen.linear((940, 0), (1260, 0), [(0, "#fff4e2"), (0.5, "#d8c8b4"), (1, "#a8988c")])
    )
    pen.stroke(trace("950,512 1030,528 1114,516"), 3, "#9c8a7c", clip=cloth)
    for line in (trace("1004,350 994,440 990,530"), trace("1060,360 1064,440 1062,540")):
        pen.stroke(line, [3, 9, 12], "#8c7a70", feather=5, opacity=0.6, clip=cloth)
    arm = trace("1120,214 1180,204 1330,206")
    pen.stroke([(1150, 214), (1158, 330)], [20, 16], "#5c3820")
    pen.stroke(arm, [22, 26, 26], "#7a4c2c")
    pen.stroke([(x, y - 6) for x, y in arm], [5, 6, 6], "#c08a58", feather=2, opacity=0.6)
    for x, tilt in ((930, 2), (986, 6)):
        slipper = pen.at(x, 662, 1.05, tilt)
        slipper.blob(
            trace("-56,12 -60,-6 -34,-24 10,-30 44,-22 46,12"),
            slipper.linear((0, -28), (0, 14), [(0, "#b0505c"), (1, "#5e2430")]),
        )
        slipper.fill(ellipse(-30, -17, 15, 8, -14), "#f4e8dc", feather=1.5)


def draw_knitting(pen: Pen) -> None:
    """Draw what is left on the needles; the origin is Nell's lap."""
    piece = smooth(trace("-58,-34 0,-44 54,-30 50,26 0,34 -54,24"), closed=True)
    patch = pen.fill(piece, RED_DARK)
    draw_stitches(pen, patch, -70, 66, -70, 44)
    for start, end in (((-96, -8), (72, -62)), ((90, 2), (-74, -66))):
        pen.stroke([start, end], [5, 5], "#e8d4a8")
        pen.fill(ellipse(*end, 8, 8), "#c49a58")
