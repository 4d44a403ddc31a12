"""What grows in the garden: hedges, clipped trees, grass and flowers."""

import numpy as np

from drawing.canvas import Patch
from drawing.curves import Outline, ellipse, hairs
from drawing.pen import Pen

__all__ = ["draw_flowers", "draw_foliage", "draw_grass", "draw_topiary"]


def draw_foliage(
    pen: Pen, outline: Outline, dark: str, light: str, *, seed: int, leaf: float = 9
) -> Patch:
    """Paint a mass of leaves: a dark shape with a broken edge, and leaves that catch light."""
    pen.fringe(outline, dark, leaf * 1.3, lean=0.1, seed=seed)
    patch = pen.fill(outline, dark)
    chance = np.random.default_rng(seed)
    low, high = outline.min(axis=0), outline.max(axis=0)
    count = int(np.prod(high - low) / (leaf * leaf) * 0.9)
    spots = chance.uniform(low, high, (count, 2))
    lit_ = chance.random(count) < 1.0 - (spots[:, 1] - low[1]) / (high[1] - low[1] + 1)
    leaves = hairs(
        spots[lit_],
        chance.uniform(0, 2 * np.pi, lit_.sum()),
        chance.uniform(0.6, 1.3, lit_.sum()) * leaf,
        leaf * 0.55,
    )
    if leaves:
        pen.fill(leaves, light, opacity=0.5, clip=patch)
    return patch


def draw_topiary(pen: Pen, tiers: tuple[float, ...], seed: int) -> None:
    """Draw a clipped tree of balls on a stem, standing on the pen's origin."""
    pen.stroke([(0, 0), (0, -60)], 9, "#20202c")
    y = -30.0
    for size in tiers:
        y -= size
        draw_foliage(pen, ellipse(0, y, size, size * 0.94), "#17313c", "#6f9fa8", seed=seed)
        y -= size * 0.62


def draw_grass(
    pen: Pen, left: float, right: float, y: float, tall: float, colour: str, seed: int
) -> None:
    chance = np.random.default_rng(seed)
    count = int((right - left) / tall * 5)
    roots = np.column_stack(
        [
            chance.uniform(left, right, count),
            np.full(count, y) + chance.uniform(0, tall * 0.5, count),
        ]
    )
    pen.fill(
        hairs(
            roots,
            np.radians(chance.normal(-88, 16, count)),
            chance.uniform(0.5, 1.2, count) * tall,
            tall * 0.12,
        ),
        colour,
    )


def draw_flowers(pen: Pen, left: float, right: float, y: float, size: float, seed: int) -> None:
    chance = np.random.default_rng(seed)
    count = int((right - left) / size * 0.9)
    for _ in range(count):
        x, top = float(chance.uniform(left, right)), y - float(chance.uniform(0.6, 3.2)) * size
        pen.stroke(
            [(x, y + size), (x + size * 0.2, (y + top) / 2), (x, top)], size * 0.16, "#1c4038"
        )
        petal = ["#cfd8ff", "#e8c8f0", "#f4f0ff", "#a9b8f4"][int(chance.integers(4))]
        pen.fill(
            [
                ellipse(
                    x + size * 0.32 * np.cos(a),
                    top + size * 0.32 * np.sin(a),
                    size * 0.28,
                    size * 0.28,
                    steps=14,
                )
                for a in np.arange(0, 6.2, 1.2566)
            ],
            petal,
        )
        pen.fill(ellipse(x, top, size * 0.18, size * 0.18, steps=12), "#ffe08a")
