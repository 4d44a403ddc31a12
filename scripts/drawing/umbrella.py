"""The advertisement: a broken umbrella, a square from above, and ducklings who switched."""

import numpy as np

from drawing.canvas import Canvas, blurred
from drawing.curves import ellipse, hairs, ribbon, shifted, trace
from drawing.light import Lamp, bloom, cast, glow, lit, rim, vignette
from drawing.pen import Pen
from drawing.rain import HEIGHT, WIDTH, draw_bokeh, draw_cobbles, draw_rain, draw_street, mirror_in
from drawing.rooms import box
from drawing.umbrella_things import (
    draw_bin,
    draw_canopy,
    draw_duckling,
    draw_from_above,
    draw_wreck,
)

__all__ = ["draw_hook", "draw_pack", "draw_square"]

YELLOW = ("#fff0a0", "#ffcf2e", "#f2a60e", "#b8680a")
SLATE = ("#a9b8cc", "#7888a2", "#586882", "#323e56")
ASH = ("#a3a9b6", "#757c8b", "#555c6a", "#333945")
STEEL = ("#94abc4", "#667b95", "#485d78", "#283850")


def draw_hook() -> Canvas:
    """A ruined black umbrella in a litter bin, in the rain: the camera tilts up over it."""
    scene = Canvas(WIDTH, HEIGHT)
    pen = Pen.on(scene)
    draw_street(pen, 930)
    scene.blur(10)
    draw_bokeh(pen, 260, 900, 44, 9)
    scene.blur(2.5)
    lit(scene, "#b9c0dc", [Lamp(80, 830, 180, "#ffae5c", 0.5), Lamp(640, 820, 190, "#ffae5c", 0.5)])
    draw_cobbles(pen, 930)
    mirror_in(scene, 930, 0.55)
    draw_rain(scene, 260, 46, 0.3, 3)
    thing = Canvas(WIDTH, HEIGHT)
    here = Pen.on(thing)
    here.stroke(
        trace("356,880 338,700 322,520"),
        [10, 9, 8],
        here.linear((320, 0), (360, 0), [(0, "#3c4354"), (0.5, "#c9d4e8"), (1, "#4a5264")]),
    )
    draw_wreck(here.at(322, 520, 1.12, -8))
    draw_bin(here.at(366, 1176, 1.05))
    cast(scene, pen.mask(ellipse(366, 1186, 150, 22)), "#05070e", 0.85, 9)
    lit(
        thing, "#8f98b8", [Lamp(650, 800, 320, "#ffb468", 0.55), Lamp(80, 820, 260, "#ffb468", 0.4)]
    )
    rim(thing, (6, -2), "#ffbe7c", 0.6)
    rim(thing, (-5, -4), "#9fb8f0", 0.5)
    scene.place(thing)
    draw_rain(scene, 110, 120, 0.4, 5)
    bloom(scene, 12, 0.4, 0.7)
    vignette(scene, 0.4, (0.47, 0.5))
    return scene


def _crowd() -> list[tuple[float, float, float, float]]:
    """Return the umbrellas of the square: place, radius and turn; none touches the middle one."""
    chance = np.random.default_rng(77)
    placed: list[tuple[float, float, float, float]] = [(372, 640, 150, 11)]
    for _ in range(6000):
        x, y = float(chance.uniform(-40, WIDTH + 40)), float(chance.uniform(-40, HEIGHT + 40))
        size = float(chance.uniform(60, 120))
        gap = [
            np.hypot(x - a, y - b) - (size + c) * (0.94 if c < 140 else 1.06)
            for a, b, c, _ in placed
        ]
        if min(gap) > 0:
            placed.append((x, y, size, float(chance.uniform(0, 45))))
    return placed


def draw_square() -> Canvas:
    """Straight down on a wet square: grey umbrellas, and one that is not. The camera pulls out."""
    scene = Canvas(WIDTH, HEIGHT)
    pen = Pen.on(scene)
    pen.fill(box(0, 0, WIDTH, HEIGHT), "#222b3f")
    chance = np.random.default_rng(8)
    stones = [
        ellipse(x + (13 if row % 2 else 0) + float(chance.uniform(-1, 1)), y, 11.5, 9.5, steps=18)
        for row, y in enumerate(np.arange(-10, HEIGHT + 20, 21.0))
        for x in np.arange(-20, WIDTH + 30, 26.0)
    ]
    pen.fill([shifted(stone, 1.5, 2) for stone in stones], "#0d121e", opacity=0.8)
    pen.fill(stones, "#47536e", opacity=0.75)
    pen.fill([shifted(stone, -1.5, -2) for stone in stones], "#8fa0c2", feather=2.5, opacity=0.16)
    glow(scene, Lamp(372, 660, 190, "#ffb428", 0.22))
    for x, y in chance.uniform((0, 0), (WIDTH, HEIGHT), (90, 2)):
        size = float(chance.uniform(4, 13))
        pen.fill(
            ribbon(ellipse(x, y, size, size, steps=40), 1.3, caps=False), "#c4d4f4", opacity=0.4
        )
    scene.blur(1.2)
    crowd = _crowd()
    for x, y, size, _ in reversed(crowd):
        cast(
            scene, pen.mask(ellipse(x + 20, y + 30, size * 0.98, size * 0.98)), "#04060c", 0.62, 12
        )
    for x, y, size, turn in reversed(crowd[1:]):
        shade = int(chance.integers(3))
        tones = (SLATE, ASH, STEEL)[shade]
        draw_from_above(pen.at(x, y), size, tones, turn)
    lit(scene, "#b6c0de", [Lamp(372, 640, 260, "#ffd070", 0.5)])
    draw_from_above(pen.at(372, 640), 150, YELLOW, 11)
    glow(scene, Lamp(372, 640, 150, "#ffc030", 0.12))
    _falling(scene)
    bloom(scene, 14, 0.35, 0.8)
    vignette(scene, 0.5, (0.51, 0.5))
    return scene


def _falling(scene: Canvas) -> None:
    """Draw rain seen from above: drops that fall away from us towards the middle."""
    chance = np.random.default_rng(15)
    spots = chance.uniform((0, 0), (WIDTH, HEIGHT), (240, 2))
    inward = np.array([372.0, 640.0]) - spots
    angles = np.arctan2(inward[:, 1], inward[:, 0])
    lengths = np.hypot(inward[:, 0], inward[:, 1]) * 0.07 + 3
    scene.paint(
        Pen.on(scene).mask(hairs(spots, angles, lengths, 1.8, curl=0)), "#dce8ff", 0.5, "screen"
    )


def draw_pack() -> Canvas:
    """The product: a yellow umbrella, and three ducklings dry beneath it. Push in."""
    scene = Canvas(WIDTH, HEIGHT)
    pen = Pen.on(scene)
    draw_street(pen, 826)
    scene.blur(13)
    draw_bokeh(pen, 130, 800, 60, 19)
    scene.blur(3)
    draw_cobbles(pen, 826, 7)
    lit(scene, "#8e9cc4", [Lamp(366, 820, 260, "#ffc050", 0.6, 0.8)])
    draw_rain(scene, 330, 60, 0.34, 13)
    things = Canvas(WIDTH, HEIGHT)
    here = Pen.on(things)
    draw_canopy(here.at(372, 556, 1, -5), 292)
    lit(
        things,
        "#b4b4cc",
        [Lamp(300, 340, 420, "#ffe8b0", 0.4), Lamp(360, 900, 260, "#ffc860", 0.3)],
    )
    rim(things, (-5, -6), "#dfe9ff", 0.6)
    ducks = Canvas(WIDTH, HEIGHT)
    flock = Pen.on(ducks)
    draw_duckling(flock.at(156, 966, 1.12), seed=3, beak_up=14)
    draw_duckling(flock.at(566, 972, 1.02, mirror=True), seed=23, beak_up=4)
    draw_duckling(flock.at(290, 1024, 1.3), seed=43, beak_up=24)
    lit(ducks, "#a8a2b0", [Lamp(372, 860, 300, "#ffd88c", 0.45)])
    rim(ducks, (-4, -6), "#ffe9b0", 0.4)
    both = Canvas(WIDTH, HEIGHT)
    both.place(things)
    both.place(ducks)
    _reflected(scene, both, 1018)
    for x, y, wide in ((156, 968, 72), (566, 974, 66), (290, 1026, 88)):
        cast(scene, pen.mask(ellipse(x, y, wide, 11)), "#05070e", 0.75, 6)
    scene.place(both)
    _splashes(scene)
    _rain_outside(scene)
    glow(scene, Lamp(372, 780, 230, "#ffc040", 0.13))
    bloom(scene, 14, 0.35, 0.8)
    vignette(scene, 0.4, (0.51, 0.53))
    return scene


def _reflected(scene: Canvas, layer: Canvas, line: int) -> None:
    """Lay the mirror image of a layer on the wet ground below a line."""
    deep = HEIGHT - line
    colour = blurred(layer.colour[line - deep : line][::-1], 5) * np.float32(0.34)
    cover = blurred(layer.alpha[line - deep : line][::-1][..., None], 5) * np.float32(0.34)
    scene.colour[line:] = scene.colour[line:] * (1 - cover) + colour


def _splashes(scene: Canvas) -> None:
    """Let the rain burst on the top of the umbrella and ring in the puddles."""
    chance = np.random.default_rng(5)
    pen = Pen.on(scene)
    for turn in np.radians(chance.uniform(188, 350, 46)):
        x, y = 372 + 292 * np.cos(turn), 548 + 224 * np.sin(turn)
        for _ in range(3):
            pen.fill(
                ellipse(
                    x + float(chance.normal(0, 9)),
                    y - float(chance.uniform(0, 18)),
                    1.7,
                    1.9,
                    steps=12,
                ),
                "#f0f6ff",
                opacity=0.75,
            )
    for _ in range(26):
        x, y = float(chance.uniform(10, 710)), float(chance.uniform(890, 1270))
        if abs(x - 372) > 250 or y > 1100:
            size = float(chance.uniform(8, 22)) * (y - 800) / 400
            pen.fill(
                ribbon(ellipse(x, y, size, size * 0.3, steps=40), 1.4, caps=False),
                "#d4e2ff",
                opacity=0.5,
            )


def _rain_outside(scene: Canvas) -> None:
    """Draw the near rain everywhere but under the umbrella."""
    wet = Canvas(WIDTH, HEIGHT)
    wet.colour[:], wet.alpha[:] = scene.colour, 1
    draw_rain(wet, 150, 130, 0.42, 27)
    pen = Pen.on(scene)
    dry = pen.mask(trace("84,580 660,532 640,1096 100,1096"), feather=16)
    keep = dry.window(0, 0, WIDTH, HEIGHT)[..., None]
    scene.colour = scene.colour * keep + wet.colour * (1 - keep)
