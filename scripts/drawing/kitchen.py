"""The kitchen: the thread ends at the fire, where it has become a blanket."""

import numpy as np

from drawing.canvas import Canvas
from drawing.curves import ellipse, ribbon, shifted, smooth, trace
from drawing.hearth import (
    draw_basket,
    draw_fire,
    draw_hearth,
    draw_knitting,
    draw_lap,
    draw_stitches,
    draw_stones,
)
from drawing.kitten_head import Face, draw_head
from drawing.kitten_parts import draw_paw, draw_tail, limb
from drawing.kitten_poses import draw_sitting
from drawing.light import Lamp, bloom, cast, glow, lit, rim, vignette
from drawing.pen import Pen
from drawing.rooms import box, draw_candle, shine
from drawing.yarn import RED, RED_DARK, RED_LIGHT, draw_thread

__all__ = ["draw_blanket", "draw_doorway"]


def _tiles(pen: Pen, horizon: float, top: float) -> None:
    """Lay a floor of clay tiles in perspective."""
    width, height = pen.canvas.width, pen.canvas.height
    pen.fill(box(0, top, width, height), "#7c4a34")
    chance = np.random.default_rng(17)
    y = top
    while y < height:
        near = y + (y - horizon) * 0.26
        for column in range(-14, 15):
            xs = [
                width / 2 + (column + a) * 150 * (b - horizon) / (height - horizon)
                for a, b in ((0, y), (0.97, y), (0.97, near), (0, near))
            ]
            tile = np.array([(xs[0], y), (xs[1], y), (xs[2], near - 2), (xs[3], near - 2)])
            pen.fill(
                tile,
                "#b06a48" if chance.random() < 0.5 else "#8c523a",
                opacity=float(chance.uniform(0.25, 0.8)),
            )
        y = near


def _pans(pen: Pen) -> None:
    """Hang copper pans from a rail."""
    pen.fill(box(-20, -4, 250, 4), "#3a2a20")
    for x, size in ((20, 34), (104, 42), (196, 30)):
        pen.stroke([(x, 0), (x, 60)], [5, 8], "#4a3528")
        copper = pen.radial(
            (x - size * 0.3, 60 + size * 0.6),
            size * 1.5,
            [(0, "#ffd0a0"), (0.4, "#d9804a"), (1, "#7a3a1e")],
        )
        pen.fill(ellipse(x, 60 + size, size, size), copper)
        pen.fill(ellipse(x, 60 + size, size * 0.8, size * 0.8), "#8a4526", opacity=0.4, feather=2)


def _night(pen: Pen) -> None:
    """Paint the garden that is seen through the kitchen door."""
    pen.fill(
        box(330, 0, 950, 640),
        pen.linear((0, 0), (0, 560), [(0, "#162552"), (0.6, "#3c5c9c"), (1, "#22405c")]),
    )
    pen.fill(ellipse(830, 96, 40, 40), "#f4f4ff")
    pen.blob(
        trace("300,420 380,300 470,280 540,350 640,320 760,250 860,300 980,380 980,560 300,560"),
        "#1c3654",
    )
    pen.fill(box(330, 470, 950, 640), "#2f5a66")
    for x, y in (
        (420, 440),
        (520, 500),
        (600, 420),
        (720, 480),
        (810, 430),
        (880, 500),
        (460, 380),
        (770, 370),
    ):
        pen.fill(ellipse(x, y, 4, 4), "#f4f6a0", feather=1)
    pen.fill(trace("600,470 660,470 800,640 480,640"), "#93a4c4", opacity=0.8)


def _door_frame(pen: Pen) -> None:
    for left, right in ((300, 356), (924, 980)):
        pen.fill(
            box(left, 0, right, 560),
            pen.linear((left, 0), (right, 0), [(0, "#8a5a38"), (0.5, "#b07a4c"), (1, "#6a4228")]),
        )
    pen.fill(
        box(322, 548, 958, 584), pen.linear((0, 548), (0, 584), [(0, "#a8988a"), (1, "#6a5c54")])
    )
    leaf = trace("356,0 250,-30 250,640 356,560")
    pen.fill(leaf, pen.linear((250, 0), (356, 0), [(0, "#3f6a5c"), (1, "#28463e")]))
    for x in (284, 320):
        pen.stroke([(x, 0), (x, 600)], 2, "#1c332c", opacity=0.7)


def draw_doorway() -> Canvas:
    """Mia sits in the kitchen door, the thread in her paw; she sees where it leads. Push in."""
    scene = Canvas(1280, 720)
    pen = Pen.on(scene)
    _night(pen)
    for left, right in ((0, 330), (950, 1280)):
        draw_stones(pen, left, 0, right, 570, 6 + left)
    _tiles(pen, 420, 566)
    _door_frame(pen)
    _pans(pen.at(1010, 96, 1.1))
    pen.fill(box(0, 250, 250, 268), "#6a4228")
    for x, colour in ((40, "#7d98a8"), (104, "#c7b48a"), (170, "#8a5f6d")):
        pen.blob(
            [
                (x - 24, 250),
                (x - 30, 210),
                (x - 16, 176),
                (x + 16, 176),
                (x + 30, 210),
                (x + 24, 250),
            ],
            colour,
        )
    scene.blur(5)
    fire = Lamp(1290, 520, 620, "#ff9448", 0.95)
    lit(scene, "#565f8e", [fire, Lamp(830, 96, 70, "#c8d4ff", 0.7)])
    glow(scene, Lamp(830, 96, 110, "#7f9ce0", 0.35))
    mia = Canvas(1280, 720)
    draw_sitting(
        Pen.on(mia).at(616, 664, 1.56),
        Face(turn=0.32, look=(0.55, -0.05), pupil=1.14, mouth="smile", seed=5),
        tilt=5,
        lifted=True,
    )
    cast(scene, pen.mask(ellipse(590, 672, 220, 24)), "#0a0610", 0.8, 10)
    lit(mia, "#6e6c92", [Lamp(1120, 420, 640, "#ffb070", 0.82)])
    rim(mia, (9, -3), "#ffae66", 0.75, 4)
    rim(mia, (-7, -5), "#7fa4f0", 0.6, 3)
    scene.place(mia)
    thread = Canvas(1280, 720)
    draw_thread(
        Pen.on(thread),
        trace("722,470 744,476 766,494 776,552 808,614 900,660 1010,640 1110,668 1310,650"),
        9,
    )
    lit(thread, "#8a7a8a", [fire])
    scene.place(thread)
    glow(scene, Lamp(1300, 560, 360, "#ff8430", 0.22))
    bloom(scene, 12, 0.35)
    vignette(scene, 0.38, (0.5, 0.5))
    return scene


def _sleeper(pen: Pen) -> None:
    """Draw Mia asleep in the basket, under the blanket; the origin is the basket's foot."""
    back = smooth(
        trace("-240,-122 -190,-164 0,-184 190,-164 240,-122 120,-70 -120,-70"),
        closed=True,
    )
    pen.fill(back, pen.linear((0, -184), (0, -80), [(0, "#8a5c34"), (1, "#2c180c")]))
    pen.stroke(trace("-240,-124 -190,-164 0,-184 190,-164 240,-124"), 20, "#a87440")
    pen.blob(trace("-220,-112 -120,-140 120,-140 220,-112 140,-70 -140,-70"), "#d8c8b0")
    hump = smooth(
        trace("-130,-84 -110,-150 -40,-206 60,-226 150,-200 204,-140 214,-96 120,-66 -40,-60"),
        closed=True,
    )
    blanket = pen.fill(hump, RED_DARK)
    draw_stitches(pen, blanket, -140, 224, -236, -50)
    shade = pen.radial((20, -200), 210, [(0, "#ffffff"), (0.5, "#e8c8c4"), (1, "#6a3a48")])
    pen.fill(hump, shade, mode="multiply", clip=blanket)
    draw_tail(pen, trace("196,-100 228,-96 250,-72 244,-40 226,-26"), (30, 34, 32, 28, 14))
    draw_basket(pen)
    hem = smooth(trace("-60,-216 -20,-190 4,-150 4,-112 26,-84"))
    pen.fill(ribbon(hem, (16, 26, 28, 24, 20)), RED_DARK)
    knots = [ellipse(x, y, 9, 6, 30 + i * 4) for i, (x, y) in enumerate(hem[::4])]
    pen.fill(knots, RED)
    pen.fill([shifted(knot, -1, -2) for knot in knots], RED_LIGHT, feather=2, opacity=0.5)
    limb(pen, trace("-24,-110 -6,-88 2,-72"), [50, 44, 40], bars=1)
    draw_paw(pen.at(4, -64, 1.25, 62), 22)
    draw_head(
        pen.at(-112, -146, 1.04, -12),
        Face(eyes=0, mouth="smile", nod=0.5, turn=-0.1, seed=4, ears=0.15),
    )


def draw_blanket() -> Canvas:
    """By the fire: Mia sleeps under what the thread became; the camera pulls out."""
    scene = Canvas(1280, 720)
    pen = Pen.on(scene)
    pen.fill(box(0, 0, 1280, 520), pen.linear((0, 0), (0, 520), [(0, "#8a7c6c"), (1, "#a8927a")]))
    _tiles(pen, 360, 512)
    draw_hearth(pen.at(400, 512))
    flames = [
        draw_candle(pen.at(x, 62, 0.9), tall, 16) for x, tall in ((222, 44), (268, 30), (640, 40))
    ]
    pen.fill(box(820, 0, 960, 250), "#4a3020")
    pen.fill(box(832, 0, 948, 238), pen.linear((0, 0), (0, 238), [(0, "#14214a"), (1, "#33528c")]))
    pen.fill([box(886, 0, 892, 238), box(832, 116, 948, 122)], "#4a3020")
    scene.blur(2.6)
    fire = Lamp(400, 420, 400, "#ff9a4c", 1.15)
    lit(scene, "#46405c", [fire, Lamp(440, 60, 200, "#ffb060", 0.5)])
    draw_fire(pen.at(400, 508, 1.12))
    scene.blur(1.2)
    _sitters(scene)
    shine(scene, flames, 0.8, 0.7)
    glow(scene, Lamp(400, 420, 120, "#ff7a28", 0.3))
    glow(scene, Lamp(400, 420, 420, "#ff7a28", 0.13))
    bloom(scene, 14, 0.4, 0.8)
    vignette(scene, 0.42, (0.5, 0.58))
    return scene


def _sitters(scene: Canvas) -> None:
    """Place Nell's chair, the basket before it, and the thread between them."""
    pen = Pen.on(scene)
    nell, mia = Canvas(1280, 720), Canvas(1280, 720)
    draw_lap(Pen.on(nell))
    draw_knitting(Pen.on(nell).at(1056, 306, 1.15, -6))
    cast(scene, pen.mask(ellipse(1060, 652, 260, 22)), "#0a0608", 0.8, 10)
    lit(nell, "#5a5270", [Lamp(560, 470, 460, "#ffa860", 0.9)])
    rim(nell, (-8, -2), "#ff9c50", 0.6, 4)
    scene.place(nell)
    _sleeper(Pen.on(mia).at(590, 668, 1.16))
    draw_thread(
        Pen.on(mia),
        trace("812,520 850,590 900,560 926,470 960,372 996,318"),
        6,
        shadow=0.3,
    )
    cast(scene, pen.mask(ellipse(590, 684, 300, 24)), "#0a0608", 0.85, 12)
    lit(mia, "#625a74", [Lamp(400, 380, 520, "#ffb272", 0.36)])
    rim(mia, (-2, -8), "#ff9c50", 0.45, 3)
    scene.place(mia)
