"""The red yarn: the ball, and the thread that runs through every shot of the film."""

from collections.abc import Sequence

import numpy as np

from drawing.canvas import Patch
from drawing.curves import Outline, Points, ellipse, offset, ribbon, shifted, smooth
from drawing.pen import Pen

__all__ = ["draw_ball", "draw_thread"]

RED = "#c8242c"
RED_LIGHT = "#f0675c"
RED_DARK = "#6d0d18"

GAP = 0.15
"""From one winding to the next, in radii of the ball."""

BANDS = (
    (8.0, 20.0, (-0.97, 0.98)),
    (72.0, 24.0, (-0.52, 0.3)),
    (-38.0, 30.0, (-0.2, 0.62)),
    (122.0, -16.0, (-0.86, -0.44)),
    (30.0, -28.0, (-0.16, 0.34)),
)
"""How the ball was wound: turn and lean of each layer's axis, and how far it reaches."""


def _twist(line: Outline, width: float, gap: float) -> list[Outline]:
    """Return the short slanted strokes that make a line look spun."""
    steps = np.hypot(*np.diff(line, axis=0).T)
    total = np.concatenate([[0], np.cumsum(steps)])
    spots = np.arange(gap / 2, total[-1], gap)
    if len(spots) < 2:
        return []
    x = np.interp(spots, total, line[:, 0])
    y = np.interp(spots, total, line[:, 1])
    near = np.column_stack([x, y])
    left, right = offset(near, -width * 0.4), offset(near, width * 0.4)
    slant = np.gradient(near, axis=0)
    slant *= (width * 0.28 / np.maximum(np.hypot(*slant.T), 1e-9))[:, None]
    pairs = zip(left - slant, right + slant, strict=True)
    return [piece for pair in pairs for piece in ribbon(np.array(pair), width * 0.16, caps=False)]


def _strands(
    turn: float, lean: float, reach: tuple[float, float], chance: np.random.Generator
) -> list[Outline]:
    """Return the visible halves of parallel windings about one axis of a ball of radius one."""
    axis_turn, axis_lean = np.radians(turn), np.radians(lean)
    found = []
    for height in np.arange(*reach, GAP):
        around = np.linspace(0, 2 * np.pi, 160)
        high = height + chance.uniform(-0.012, 0.012)
        wide = np.sqrt(1 - high * high)
        x, z = wide * np.cos(around), wide * np.sin(around)
        y = np.full_like(x, high)
        y, z = (
            y * np.cos(axis_lean) - z * np.sin(axis_lean),
            y * np.sin(axis_lean) + z * np.cos(axis_lean),
        )
        x, y = (
            x * np.cos(axis_turn) - y * np.sin(axis_turn),
            x * np.sin(axis_turn) + y * np.cos(axis_turn),
        )
        start = int(np.argmin(z))
        order = np.roll(np.arange(len(x)), -start)
        shown = order[z[order] > -0.02]
        if len(shown) > 4:
            found.append(np.column_stack([x[shown], y[shown]]))
    return found


def draw_ball(
    pen: Pen, radius: float, *, spin: float = 0, detail: bool = True, seed: int = 3
) -> Patch:
    """Draw a ball of yarn about the pen's origin; `spin` turns its windings."""
    chance = np.random.default_rng(seed)
    ball = pen.fill(ellipse(0, 0, radius, radius), RED_DARK)
    disc = pen.mask(ellipse(0, 0, radius * 1.01, radius * 1.01))
    width = radius * GAP
    for turn, lean, reach in BANDS:
        lines = [line * radius * 0.965 for line in _strands(turn + spin, lean, reach, chance)]
        under = [piece for line in lines for piece in ribbon(line, width * 1.5, caps=False)]
        pen.fill(under, RED_DARK, opacity=0.95, clip=disc)
        pen.fill(
            [piece for line in lines for piece in ribbon(line, width * 0.76, caps=False)],
            RED,
            clip=disc,
        )
        shine = [
            piece
            for line in lines
            for piece in ribbon(offset(line, -width * 0.14), width * 0.26, caps=False)
        ]
        pen.fill(shine, RED_LIGHT, feather=width * 0.1, opacity=0.6, clip=disc)
        if detail:
            ticks = [piece for line in lines for piece in _twist(line, width, width * 0.55)]
            pen.fill(ticks, RED_DARK, opacity=0.42, clip=disc)
    shape = pen.mask(ellipse(0, 0, radius * 1.05, radius * 1.05))
    shade = pen.radial(
        (-radius * 0.3, -radius * 0.36),
        radius * 1.5,
        [(0, "#ffffff"), (0.45, "#e6d6d6"), (0.8, "#8a5a66"), (1, "#43202e")],
    )
    pen.canvas.paint(shape, shade, 1, "multiply")
    pen.fill(
        ellipse(-radius * 0.36, -radius * 0.42, radius * 0.4, radius * 0.32),
        "#ffb09a",
        feather=radius * 0.16,
        opacity=0.3,
        mode="screen",
        clip=ball,
    )
    return ball


def draw_thread(
    pen: Pen, points: Points, width: float | Sequence[float], *, shadow: float = 0.5
) -> None:
    """Draw a length of thread lying along the points, with the shadow that it casts below it."""
    line = smooth(points, steps=24)
    widths = np.atleast_1d(np.asarray(width, float))
    thick = float(widths.max())
    pen.fill(
        ribbon(shifted(line, thick * 0.15, thick * 0.75), widths),
        "#120a0a",
        feather=thick * 0.5,
        opacity=shadow,
    )
    pen.fill(ribbon(line, widths * 1.25), RED_DARK)
    pen.fill(ribbon(line, widths), RED)
    pen.fill(ribbon(offset(line, -thick * 0.15), widths * 0.32), RED_LIGHT, opacity=0.7)
    if thick * pen.scale > 4 and len(widths) == 1:
        pen.fill(_twist(line, thick * 1.1, thick * 0.75), RED_DARK, opacity=0.55)
