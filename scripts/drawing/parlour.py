"""The parlour: Mia watches the yarn by candle light, and then she has it."""

import numpy as np

from drawing.canvas import Canvas
from drawing.curves import ellipse, trace
from drawing.kitten_head import Face
from drawing.kitten_poses import draw_crouching, draw_hugging
from drawing.light import Lamp, bloom, cast, glow, lit, rim, vignette
from drawing.pen import Pen
from drawing.rooms import (
    box,
    draw_armchair,
    draw_candelabra,
    draw_clock,
    draw_floor,
    draw_portrait,
    draw_rug,
    draw_side_table,
    draw_wainscot,
    draw_wallpaper,
    shine,
)
from drawing.yarn import draw_ball, draw_thread

__all__ = ["draw_pounce", "draw_stalk"]


def _door(pen: Pen) -> None:
    """Draw the door ajar at the right of the room and the blue night behind it."""
    pen.fill(box(1062, 60, 1280, 492), "#4a2c1c")
    pen.fill(
        box(1084, 84, 1262, 486),
        pen.linear((0, 84), (0, 486), [(0, "#20305c"), (0.6, "#42609c"), (1, "#1b2744")]),
    )
    for x, y, size in ((1130, 140, 1.6), (1160, 190, 1.1), (1112, 230, 1.2), (1150, 110, 1.1)):
        pen.fill(ellipse(x, y, size, size), "#ffffff")
    pen.blob(
        trace("1084,400 1110,360 1140,384 1170,350 1200,390 1262,380 1262,486 1084,486"),
        "#18263c",
    )
    leaf = trace("1178,84 1290,52 1290,560 1178,486")
    pen.fill(
        leaf, pen.linear((1178, 0), (1290, 0), [(0, "#8a5834"), (0.1, "#6b4026"), (1, "#53301c")])
    )
    for top, bottom in ((110, 270), (300, 460)):
        panel = np.array(
            [(1198, top), (1274, top - 16), (1274, bottom + 16), (1198, bottom)], float
        )
        pen.fill(panel, "#3a2013", feather=2)
        pen.fill(panel * (1, 0.97) + (4, (top + bottom) * 0.015), "#64391f", feather=2)
    pen.fill(ellipse(1192, 290, 7, 9), "#e0b45c")


def _room(pen: Pen) -> list[tuple[float, float]]:
    draw_wallpaper(pen, box(0, 0, 1280, 372))
    draw_wainscot(pen, 0, 1280, 352, 486)
    draw_floor(pen, 330, 486, 720, 1280)
    _door(pen)
    draw_portrait(pen.at(548, 196, 1.15))
    draw_clock(pen.at(318, 500, 1.08))
    draw_armchair(pen.at(86, 560, 1.25))
    draw_side_table(pen.at(778, 356), 160, 200)
    return draw_candelabra(pen.at(778, 356, 1.05))


def draw_stalk() -> Canvas:
    """Mia crouches at the left, the ball lies at the right: a pan goes from one to the other."""
    scene = Canvas(1280, 720)
    pen = Pen.on(scene)
    flames = _room(pen)
    scene.blur(1.7)
    draw_rug(pen, 660, 610, 640, 112)
    draw_thread(
        pen,
        trace("966,598 1030,622 1120,616 1168,588 1124,560 1096,540 1120,520 1146,505 1140,486"),
        (7.5, 7, 6, 5, 4, 3.2, 2.6),
    )
    candles = Lamp(778, 190, 330, "#ffa85a", 1.05)
    lit(
        scene,
        "#3a3150",
        [candles, Lamp(600, 620, 420, "#ffa860", 0.62, 0.5), Lamp(1130, 330, 120, "#5f8ae0", 0.5)],
    )
    ball = Canvas(1280, 720)
    draw_ball(Pen.on(ball).at(930, 548), 62)
    mia = Canvas(1280, 720)
    draw_crouching(
        Pen.on(mia).at(392, 606, 1.12), Face(turn=0.75, look=(0.9, 0.25), pupil=1.12, nod=0.2)
    )
    for layer, foot in ((ball, (930, 608, 84)), (mia, (410, 606, 230))):
        x, y, wide = foot
        cast(scene, Pen.on(scene).mask(ellipse(x - 16, y, wide, 17)), "#0c0610", 0.8, 9)
        lit(layer, "#4b415c", [Lamp(700, 420, 460, "#ffbe7c", 0.88)])
        rim(layer, (6, -7), "#ffb568", 0.55)
        scene.place(layer)
    shine(scene, flames, 1.0, 1.1)
    glow(scene, Lamp(778, 200, 520, "#ff9040", 0.1))
    bloom(scene, 12, 0.4)
    vignette(scene, 0.42, (0.55, 0.52))
    return scene


def draw_pounce() -> Canvas:
    """A close-up: Mia hugs the ball and says so; the camera pushes in on her face."""
    scene = Canvas(1280, 720)
    pen = Pen.on(scene)
    back = pen.at(-420, -330, 1.9)
    flames = _room(back)
    scene.blur(13)
    draw_rug(pen, 640, 770, 1100, 250)
    lit(
        scene,
        "#352c4a",
        [Lamp(1000, 120, 420, "#ffb264", 1.3), Lamp(600, 560, 420, "#ff9e58", 0.7)],
    )
    shine(scene, [(x, y) for x, y in flames if 0 < x < 1280], 1.6, 1.0)
    scene.blur(9)
    mia = Canvas(1280, 720)
    draw_hugging(Pen.on(mia).at(600, 440, 0.98))
    cast(scene, pen.mask(ellipse(600, 680, 370, 34)), "#0c0610", 0.85, 18)
    lit(mia, "#6a5c76", [Lamp(860, 260, 560, "#ffc48a", 0.72), Lamp(560, 640, 300, "#ff9a6a", 0.3)])
    rim(mia, (8, -9), "#ffb568", 0.6, 4)
    scene.place(mia)
    bloom(scene, 14, 0.4)
    vignette(scene, 0.4, (0.47, 0.5))
    return scene
