"""The garden by moonlight: the yarn runs over the terrace, and its thread leads over the lawn."""

import numpy as np

from drawing.canvas import Canvas
from drawing.curves import ellipse, smooth, trace
from drawing.kitten_head import Face
from drawing.kitten_poses import draw_running
from drawing.light import Lamp, bloom, cast, glow, lit, rim, vignette
from drawing.pen import Pen
from drawing.plants import draw_flowers, draw_foliage, draw_grass, draw_topiary
from drawing.rooms import box
from drawing.yarn import draw_ball, draw_thread

__all__ = ["draw_chase", "draw_moonlit"]

MOONLIGHT = "#bcd2ff"


def _sky(pen: Pen, low: float, seed: int = 2) -> None:
    """Paint a clear night with stars and thin cloud."""
    width = pen.canvas.width
    pen.fill(
        box(0, 0, width, low),
        pen.linear(
            (0, 0), (0, low), [(0, "#0a1238"), (0.5, "#1e3268"), (0.85, "#4a6ba6"), (1, "#7d97c4")]
        ),
    )
    chance = np.random.default_rng(seed)
    for size, count, strength in ((0.9, 150, 0.55), (1.5, 46, 0.85), (2.2, 9, 1.0)):
        x, y = chance.uniform(0, width, count), chance.uniform(0, low * 0.75, count)
        pen.fill(
            [ellipse(a, b, size, size, steps=12) for a, b in zip(x, y, strict=True)],
            "#f4f2ff",
            opacity=strength,
        )
    for x, y, wide in ((200, low * 0.42, 260), (760, low * 0.56, 340), (1150, low * 0.36, 220)):
        pen.fill(ellipse(x, y, wide, 12), "#a9c0ea", feather=13, opacity=0.28)
        pen.fill(ellipse(x + 60, y + 16, wide * 0.6, 8), "#a9c0ea", feather=10, opacity=0.22)


def _moon(pen: Pen, radius: float) -> None:
    """Draw a full moon about the pen's origin."""
    pale = np.array([1.12, 1.1, 1.0], np.float32)
    moon = pen.fill(ellipse(0, 0, radius, radius), pale)
    for x, y, size in (
        (-0.3, -0.2, 0.26),
        (0.25, 0.1, 0.2),
        (-0.1, 0.42, 0.17),
        (0.36, -0.36, 0.12),
        (-0.5, 0.2, 0.1),
    ):
        pen.fill(
            ellipse(x * radius, y * radius, size * radius, size * radius * 0.86),
            "#c9cfdd",
            feather=radius * 0.06,
            opacity=0.7,
            clip=moon,
        )


def _window(pen: Pen, wide: float, tall: float) -> None:
    """Draw a lit sash window, its lower edge on the pen's origin."""
    warm = np.array([1.25, 0.86, 0.42], np.float32)
    pen.fill(box(-wide / 2 - 8, -tall - 8, wide / 2 + 8, 6), "#39404f")
    pen.fill(box(-wide / 2, -tall, wide / 2, 0), warm)
    for side in (-1, 1):
        curtain = [
            (side * wide / 2, -tall),
            (side * wide * 0.22, -tall),
            (side * wide * 0.34, -tall * 0.5),
            (side * wide * 0.4, 0),
            (side * wide / 2, 0),
        ]
        pen.fill(np.array(curtain, float), "#b4552c", opacity=0.75)
    bars = [
        box(-2.5, -tall, 2.5, 0),
        *(box(-wide / 2, -tall * at - 2, wide / 2, -tall * at + 2) for at in (0.33, 0.66)),
    ]
    pen.fill(bars, "#3a2a22")


def _flags(pen: Pen, horizon: float, top: float) -> None:
    """Pave the terrace with flagstones in perspective."""
    width, height = pen.canvas.width, pen.canvas.height
    pen.fill(
        box(0, top, width, height),
        pen.linear((0, top), (0, height), [(0, "#7783a0"), (1, "#565f7c")]),
    )
    chance = np.random.default_rng(12)
    rows = [top]
    while rows[-1] < height:
        rows.append(rows[-1] + (rows[-1] - horizon) * 0.3)
    for row, (near, far) in enumerate(zip(rows[1:], rows, strict=False)):
        for column in range(-12, 13):
            x = (column + (row % 2) * 0.5) * 0.2
            corners = [
                (x, far),
                (x + 0.19, far),
                (x + 0.19, near - (near - far) * 0.06),
                (x, near - (near - far) * 0.06),
            ]
            stone = np.array(
                [
                    (width / 2 + a * width * (y - horizon) / (top - horizon) * 0.42, y)
                    for a, y in corners
                ]
            )
            pen.fill(
                stone,
                "#98a4c0" if chance.random() < 0.5 else "#3f4761",
                opacity=float(chance.uniform(0.12, 0.5)),
            )


def _house(pen: Pen) -> None:
    """Draw the side of the house with the open French window out of which she came."""
    pen.fill(
        box(-40, -40, 330, 520), pen.linear((0, 0), (330, 0), [(0, "#4a4f68"), (1, "#636c8a")])
    )
    chance = np.random.default_rng(3)
    for row in range(26):
        for column in range(8):
            x, y = column * 48 - 40 + (row % 2) * 24, row * 21 - 30
            pen.fill(
                box(x, y, x + 45, y + 18),
                "#8d96b4" if chance.random() < 0.5 else "#343a52",
                opacity=float(chance.uniform(0.03, 0.16)),
            )
    pen.fill(box(326, -40, 340, 520), "#2b3047")
    warm = np.array([1.2, 0.78, 0.36], np.float32)
    pen.fill(box(58, 96, 262, 520), "#2e2430")
    pen.fill(box(72, 110, 248, 520), warm)
    pen.fill(
        box(72, 110, 248, 520),
        pen.linear((0, 110), (0, 520), [(0, "#ffb45a"), (1, "#e08a3c")]),
        opacity=0.45,
    )
    pen.fill(box(90, 300, 230, 400), "#a35a2a", feather=14, opacity=0.6)
    for side, x in ((-1, 72), (1, 248)):
        leaf = np.array([(x, 110), (x + side * 66, 84), (x + side * 66, 560), (x, 520)], float)
        pen.fill(leaf, "#3d3340")
        for at in range(4):
            high, low = 0.04 + at * 0.24, 0.24 + at * 0.24
            near = [leaf[0] + (leaf[3] - leaf[0]) * share for share in (high, low)]
            far = [leaf[1] + (leaf[2] - leaf[1]) * share for share in (high, low)]
            glass = [
                near[0] + (far[0] - near[0]) * 0.14,
                near[0] + (far[0] - near[0]) * 0.86,
                near[1] + (far[1] - near[1]) * 0.86,
                near[1] + (far[1] - near[1]) * 0.14,
            ]
            pen.fill(np.array(glass), "#d98a48", opacity=0.6)
    draw_foliage(
        pen,
        smooth(
            trace("-40,-40 340,-40 330,30 296,60 262,40 220,84 160,62 100,88 56,64 30,150 -40,200"),
            closed=True,
        ),
        "#1b3440",
        "#7aa6ac",
        seed=9,
        leaf=11,
    )


def draw_chase() -> Canvas:
    """Mia runs along the terrace, the ball bounds ahead: the camera trucks beside them."""
    scene = Canvas(1280, 720)
    pen = Pen.on(scene)
    _sky(pen, 480)
    glow(scene, Lamp(930, 150, 190, "#8fb0f0", 0.5))
    _moon(pen.at(930, 150), 66)
    hills = smooth(
        trace("-60,420 240,372 520,404 800,356 1100,398 1340,360 1340,540 -60,540"),
        closed=True,
    )
    pen.fill(hills, "#2c4a70", feather=2)
    draw_foliage(
        pen,
        smooth(
            trace(
                "300,440 380,404 470,420 560,396 650,424 760,404 860,420 960,398 1060,420 "
                "1180,396 1340,410 1340,540 300,540"
            ),
            closed=True,
        ),
        "#1b3548",
        "#5f8ca8",
        seed=4,
        leaf=8,
    )
    for x, tiers, seed in ((470, (44, 32, 22), 5), (740, (50, 36, 25), 6), (1130, (58, 42, 28), 7)):
        draw_topiary(pen.at(x, 500), tiers, seed)
    draw_foliage(pen, box(330, 452, 1300, 520), "#142a35", "#4f7c8a", seed=10, leaf=8)
    _house(pen)
    _flags(pen, 380, 508)
    scene.blur(2.4)
    pool = trace("72,508 250,508 560,720 -60,720")
    pen.fill(pool, "#ffab5c", feather=16, opacity=0.5, mode="screen")
    lit(
        scene, "#8f9ac8", [Lamp(160, 420, 260, "#ff9a4a", 0.7), Lamp(930, 150, 130, "#dfe8ff", 0.5)]
    )
    _runners(scene)
    draw_grass(pen, -20, 1300, 724, 46, "#0b1622", 8)
    glow(scene, Lamp(160, 330, 170, "#ff9440", 0.3))
    bloom(scene, 12, 0.4, 0.8)
    vignette(scene, 0.36, (0.55, 0.55))
    return scene


def _runners(scene: Canvas) -> None:
    """Place the kitten and the ball that runs from her, lit by the moon and the window."""
    pen = Pen.on(scene)
    draw_thread(pen, trace("1050,566 1110,540 1170,580 1230,624 1310,632"), 7, shadow=0.3)
    mia, ball = Canvas(1280, 720), Canvas(1280, 720)
    draw_running(
        Pen.on(mia).at(556, 648, 1.16),
        Face(turn=0.8, look=(0.9, 0.1), mouth="mew", ears=0.25, pupil=1.1),
    )
    draw_ball(Pen.on(ball).at(1010, 560), 52, spin=40)
    for layer, x, wide, dark in ((mia, 560, 240, 0.7), (ball, 1006, 58, 0.5)):
        cast(scene, pen.mask(ellipse(x, 668, wide, 15)), "#0a0e20", dark, 9)
        lit(
            layer,
            "#8088b4",
            [Lamp(220, 420, 420, "#ffae6a", 0.5), Lamp(930, 150, 600, MOONLIGHT, 0.35)],
        )
        rim(layer, (5, -8), "#9dbcff", 0.5)
        rim(layer, (-9, 0), "#ff9c50", 0.35)
        scene.place(layer)


def _cottage(pen: Pen) -> None:
    """Draw the kitchen end of the house, small and lit; the origin is the doorstep."""
    pen.fill(box(-120, -96, 130, 0), "#55607f")
    roof = trace("-142,-90 -96,-176 104,-176 152,-90")
    pen.fill(roof, pen.linear((0, -176), (0, -90), [(0, "#5a6690"), (1, "#2c3452")]))
    for row in range(1, 8):
        y = -176 + row * 10.8
        pen.stroke([(-96 - row * 5.8, y), (104 + row * 6, y)], 1.3, "#1c2440", opacity=0.6)
    pen.fill(box(62, -214, 92, -150), "#4a5270")
    for x, y, size in ((78, -238, 10), (88, -262, 15), (80, -296, 21), (100, -336, 27)):
        pen.fill(ellipse(x, y, size, size * 1.1), "#c3cdf0", feather=size * 0.5, opacity=0.3)
    pen.fill(box(58, -218, 96, -208), "#6a7494")
    draw_foliage(
        pen,
        smooth(trace("-130,0 -134,-80 -100,-100 -92,-60 -104,0"), closed=True),
        "#14282f",
        "#5c8c88",
        seed=3,
        leaf=6,
    )
    for x in (-64, 82):
        _window(pen.at(x, -34, 1), 38, 42)
    pen.fill(box(-20, -74, 34, 0), "#2e2430")
    pen.fill(box(-14, -68, 28, 0), np.array([0.86, 0.45, 0.17], np.float32))
    pen.fill(trace("28,-68 50,-78 50,8 28,0"), "#3b2c30")


def _path(y: float) -> float:
    """Return where the middle of the garden path is at a height in the picture."""
    heights = (446, 460, 480, 505, 535, 570, 610, 650, 690, 730)
    middles = (970, 968, 946, 896, 846, 822, 812, 748, 596, 420)
    return float(np.interp(y, heights, middles))


def _lawn(pen: Pen) -> None:
    """Paint the lawn, its stepping stones and the flower beds."""
    pen.fill(
        box(0, 424, 1280, 720),
        pen.linear((0, 424), (0, 720), [(0, "#4a7a86"), (0.4, "#2f5a62"), (1, "#17333c")]),
    )
    chance = np.random.default_rng(21)
    for near in np.sort(chance.uniform(0, 1, 260) ** 1.6):
        y, x = 436 + 270 * near, float(chance.uniform(-20, 1300))
        tall = 3 + 26 * near
        tone = "#7fb0a8" if chance.random() < 0.55 else "#1d3c44"
        draw_grass(pen, x, x + tall * 3, y, tall, tone, int(near * 9999))
    spill = trace("952,446 994,446 1060,560 830,560")
    pen.fill(spill, "#ffb060", feather=12, opacity=0.4, mode="screen")
    y = 716.0
    while y > 438:
        size = (y - 400) / 300
        x = _path(y) + float(chance.uniform(-8, 8)) * size
        pen.fill(ellipse(x, y + 6 * size, 66 * size, 17 * size), "#0c1c22", feather=3, opacity=0.7)
        pen.fill(
            ellipse(x, y, 62 * size, 16 * size),
            pen.linear((x, y - 16 * size), (x, y + 16 * size), [(0, "#b3c2d8"), (1, "#6b7894")]),
        )
        y -= 44 * size + 3


def draw_moonlit() -> Canvas:
    """Very wide: a small kitten follows the thread to a lit door; the camera cranes up."""
    scene = Canvas(1280, 720)
    pen = Pen.on(scene)
    _sky(pen, 440, seed=14)
    glow(scene, Lamp(352, 132, 210, "#8fb0f0", 0.5))
    _moon(pen.at(352, 132), 76)
    pen.blob(
        trace("-80,400 180,330 430,384 720,318 1000,376 1360,320 1360,480 -80,480"),
        "#36588a",
        feather=2,
    )
    pen.blob(
        trace("-80,430 260,392 560,418 900,380 1360,404 1360,480 -80,480"),
        "#27456c",
        feather=1,
    )
    for x, tall, seed in (
        (90, 150, 31),
        (210, 110, 32),
        (640, 96, 33),
        (720, 130, 34),
        (1180, 210, 35),
        (1264, 250, 36),
    ):
        crown = smooth(
            [
                (x - tall * 0.42, 420),
                (x - tall * 0.5, 420 - tall * 0.5),
                (x - tall * 0.2, 420 - tall),
                (x + tall * 0.2, 420 - tall * 1.04),
                (x + tall * 0.5, 420 - tall * 0.5),
                (x + tall * 0.42, 420),
            ],
            closed=True,
        )
        draw_foliage(pen, crown, "#142c40", "#5c86a4", seed=seed, leaf=8)
    draw_foliage(pen, box(-20, 404, 1300, 444), "#132b3a", "#4f7f95", seed=37, leaf=7)
    _lawn(pen)
    scene.blur(1.1)
    _cottage(pen.at(960, 446, 1.12))
    lit(
        scene,
        "#99a2cc",
        [Lamp(966, 436, 120, "#ff9a4a", 0.9, 0.5), Lamp(352, 132, 420, "#8fb0f0", 0.25)],
    )
    _fireflies(scene)
    _trail(scene)
    draw_flowers(pen, -10, 330, 700, 15, 41)
    draw_flowers(pen, 960, 1300, 704, 16, 42)
    draw_grass(pen, -20, 1300, 726, 44, "#0d1f2a", 43)
    glow(scene, Lamp(966, 404, 60, "#ff9c48", 0.55))
    glow(scene, Lamp(966, 404, 220, "#ff8a38", 0.14))
    bloom(scene, 12, 0.5, 0.8)
    vignette(scene, 0.34, (0.6, 0.5))
    return scene


def _trail(scene: Canvas) -> None:
    """Lay the thread along the path, from the small ball ahead of the kitten to the door."""
    pen = Pen.on(scene)
    heights = np.linspace(548, 444, 14)
    line = [(_path(y) + 7 * np.sin(i * 2.1) * (y - 400) / 200, y) for i, y in enumerate(heights)]
    draw_thread(pen, line, (5, 4.2, 3.4, 2.6, 2), shadow=0.35)
    mia, ball = Canvas(1280, 720), Canvas(1280, 720)
    x = _path(592)
    draw_running(Pen.on(mia).at(x - 104, 612, 0.4), Face(turn=0.85, look=(0.9, -0.2), ears=0.1))
    draw_ball(Pen.on(ball).at(line[0][0] + 2, 540), 18, detail=False)
    for layer, at, low, wide in ((mia, x - 104, 616, 92), (ball, line[0][0], 555, 20)):
        cast(scene, pen.mask(ellipse(at - 4, low, wide, 7)), "#08141c", 0.75, 5)
        lit(layer, "#98a2cc", [Lamp(966, 436, 260, "#ffb070", 0.5)])
        rim(layer, (-3, -4), "#cfe0ff", 0.8, 1.6)
        scene.place(layer)


def _fireflies(scene: Canvas) -> None:
    chance = np.random.default_rng(51)
    for _ in range(26):
        x, y = float(chance.uniform(40, 1240)), float(chance.uniform(430, 690))
        size = 0.6 + (y - 400) / 300
        glow(scene, Lamp(x, y, 7 * size, "#e8f08a", 0.8))
        Pen.on(scene).fill(
            ellipse(x, y, 1.6 * size, 1.6 * size, steps=12), np.array([1.4, 1.4, 0.8], np.float32)
        )
