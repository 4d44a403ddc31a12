"""A wet evening in town: rain, lights out of focus, and stones that mirror them."""

import numpy as np

from drawing.canvas import Canvas, Floats, blurred
from drawing.curves import Outline, ellipse, hairs, ribbon, shifted
from drawing.pen import Pen
from drawing.rooms import box

__all__ = ["HEIGHT", "WIDTH", "draw_bokeh", "draw_cobbles", "draw_rain", "draw_street", "mirror_in"]

WIDTH = 720


HEIGHT = 1280


def draw_rain(
    canvas: Canvas, count: int, length: float, strength: float, seed: int, lean: float = 0.16
) -> None:
    """Draw falling rain as fine bright streaks, all leaning one way."""
    chance = np.random.default_rng(seed)
    spots = np.column_stack(
        [chance.uniform(-60, WIDTH + 60, count), chance.uniform(-60, HEIGHT, count)]
    )
    lengths = length * chance.uniform(0.4, 1.3, count)
    angles = np.full(count, np.pi / 2 + lean) + chance.normal(0, 0.012, count)
    pen = Pen.on(canvas)
    streaks = hairs(spots, angles, lengths, max(1.1, length * 0.022), curl=0)
    canvas.paint(pen.mask(streaks), "#cfe0ff", strength, "screen")


def draw_bokeh(pen: Pen, low: float, high: float, count: int, seed: int) -> None:
    """Scatter the out-of-focus lights of a street."""
    chance = np.random.default_rng(seed)
    colours = ("#ffb45c", "#ffd890", "#ff7a5c", "#7fc4ff", "#ffe6b0", "#6fe0c8")
    for _ in range(count):
        x, y, size = (
            float(chance.uniform(0, WIDTH)),
            float(chance.uniform(low, high)),
            float(chance.uniform(12, 40)),
        )
        colour = colours[int(chance.integers(len(colours)))]
        pen.fill(
            ellipse(x, y, size, size),
            colour,
            feather=1.5,
            opacity=float(chance.uniform(0.12, 0.42)),
            mode="screen",
        )
        pen.fill(
            [*ribbon(ellipse(x, y, size, size, steps=60), 2.0, caps=False)],
            colour,
            opacity=0.3,
            mode="screen",
        )


def draw_street(pen: Pen, ground: float) -> None:
    """Paint a rainy street at dusk, far out of focus."""
    pen.fill(
        box(0, 0, WIDTH, HEIGHT),
        pen.linear((0, 0), (0, ground), [(0, "#141c33"), (0.55, "#33446c"), (1, "#6b7796")]),
    )
    chance = np.random.default_rng(4)
    for left, right, top in ((-20, 190, 120), (520, 760, 60), (150, 280, 330), (440, 560, 290)):
        tone = "#1a2338" if top < 200 else "#2a3654"
        pen.fill(box(left, top, right, ground), tone, feather=2)
        for x in np.arange(left + 22, right - 26, 46.0):
            for y in np.arange(top + 34, ground - 180, 76.0):
                if chance.random() < 0.42:
                    pen.fill(
                        box(x, y, x + 22, y + 38),
                        "#ffc46a",
                        opacity=float(chance.uniform(0.3, 0.95)),
                    )
    for x, y, wide in ((70, ground - 110, 150), (640, ground - 130, 180)):
        pen.fill(box(x - wide / 2, y, x + wide / 2, y + 90), "#ffb350", opacity=0.85, feather=3)
        pen.fill(box(x - wide / 2 - 10, y - 26, x + wide / 2 + 10, y + 4), "#a83a3a", feather=2)


def mirror_in(scene: Canvas, ground: int, strength: float) -> None:
    """Mirror what stands above the ground in the wet stone below it."""
    deep = HEIGHT - ground
    mirror: Floats = scene.colour[max(0, ground - deep) : ground][::-1]
    mirror = np.pad(mirror, ((0, deep - len(mirror)), (0, 0), (0, 0)), mode="edge")
    mirror = blurred(mirror, 9)
    fade = np.linspace(1, 0.25, deep, dtype=np.float32)[:, None, None] * np.float32(strength)
    below = scene.colour[ground:]
    scene.colour[ground:] = below * (1 - fade * 0.6) + mirror * fade


def draw_cobbles(pen: Pen, ground: float, seed: int = 6) -> None:
    """Lay wet cobbles that grow towards us."""
    pen.fill(
        box(0, ground, WIDTH, HEIGHT),
        pen.linear((0, ground), (0, HEIGHT), [(0, "#3a4560"), (1, "#151b2c")]),
    )
    chance = np.random.default_rng(seed)
    y, row = ground + 4.0, 0
    stones: list[Outline] = []
    while y < HEIGHT + 30:
        tall = 7 + (y - ground) * 0.085
        wide = tall * 2.5
        start = -wide * (0.5 if row % 2 else 0)
        stones += [
            ellipse(x + float(chance.uniform(-2, 2)), y, wide * 0.46, tall * 0.45, steps=28)
            for x in np.arange(start, WIDTH + wide, wide)
        ]
        y += tall
        row += 1
    pen.fill([shifted(stone, 0, 2.5) for stone in stones], "#0a0e1a", opacity=0.7)
    pen.fill(stones, "#586684", opacity=0.5)
    pen.fill([shifted(stone, 0, -2) for stone in stones], "#a9b8da", feather=2.5, opacity=0.16)
