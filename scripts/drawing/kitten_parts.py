"""The parts that all of the kitten's poses share: coat, legs, feet, tail and stripes."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from drawing.canvas import Patch
from drawing.curves import Outline, Points, ellipse, hairs, offset, ribbon, smooth, trace
from drawing.kitten_head import COAT, COAT_DARK, COAT_LIGHT, STRIPE, WHITE
from drawing.pen import Pen

__all__ = ["bars", "combed", "draw_paw", "draw_sole", "draw_tail", "limb", "trunk"]


def combed(degrees: float) -> Callable[[Outline], NDArray[np.float64]]:
    """Return a flow of fur that lies one way."""

    def flow(roots: Outline) -> NDArray[np.float64]:
        return np.full(len(roots), np.radians(degrees))

    return flow


def trunk(
    pen: Pen, points: Points, flow: float, *, light: tuple[float, float] = (0, -60), seed: int = 11
) -> Patch:
    """Paint the coat of a part of the body: soft form, combed hair and a furry edge."""
    outline = smooth(points, closed=True)
    pen.fringe(outline, COAT_DARK, 10, lean=0.5, seed=seed)
    pen.fringe(outline, COAT, 8, lean=0.2, seed=seed + 1)
    tone = pen.radial(light, 190, [(0, "#b3b2b8"), (0.5, COAT), (1, COAT_DARK)])
    patch = pen.fill(outline, tone)
    pen.fur(patch, COAT_LIGHT, 800, combed(flow), 17, opacity=0.3, seed=seed)
    pen.fur(patch, COAT_DARK, 800, combed(flow), 16, opacity=0.32, seed=seed + 1)
    return patch


def limb(
    pen: Pen,
    points: Points,
    widths: Sequence[float],
    *,
    far: bool = False,
    bars: int = 3,
    seed: int = 21,
) -> Patch:
    """Paint a leg: a tapering limb with the tabby's bars across it; the far ones lie in shadow."""
    line = smooth(points)
    coat = COAT_DARK if far else COAT
    half = (
        np.interp(np.linspace(0, 1, len(line)), np.linspace(0, 1, len(widths)), widths)[:, None] / 2
    )
    edge = np.vstack(
        [
            offset(line, -1) + (offset(line, -1) - line) * (half - 1),
            (offset(line, 1) + (offset(line, 1) - line) * (half - 1))[::-1],
        ]
    )
    pen.fringe(edge, coat, max(widths) * 0.16, lean=0.6, seed=seed)
    patch = pen.fill(ribbon(line, widths), coat)
    pen.fill(
        ribbon(line - (3, 2), [w * 0.45 for w in widths]),
        COAT_LIGHT,
        feather=5,
        opacity=0.1 if far else 0.4,
        clip=patch,
    )
    span = np.linspace(0.25, 0.78, bars)
    for place in span:
        at = int(place * (len(line) - 1))
        x, y = line[at]
        ahead = line[min(at + 1, len(line) - 1)] - line[at - 1]
        angle = np.degrees(np.arctan2(ahead[1], ahead[0])) + 90
        pen.fill(
            ellipse(x, y, max(widths) * 0.6, max(3.6, max(widths) * 0.085), angle),
            STRIPE,
            feather=2,
            opacity=0.6,
            clip=patch,
        )
    ahead = line[-1] - line[0]
    pen.fur(
        patch,
        COAT_LIGHT,
        160,
        combed(float(np.degrees(np.arctan2(ahead[1], ahead[0])))),
        11,
        opacity=0.1 if far else 0.3,
        seed=seed,
    )
    return patch


def draw_paw(pen: Pen, wide: float = 20, *, far: bool = False) -> Patch:
    """Paint a white foot about the pen's origin, toes to the right and down."""
    white = "#a9a3a8" if far else WHITE
    shape = [
        (-wide * 0.9, -wide * 0.3),
        (-wide * 0.3, -wide * 0.72),
        (wide * 0.55, -wide * 0.6),
        (wide * 1.02, 0),
        (wide * 0.8, wide * 0.5),
        (-wide * 0.6, wide * 0.52),
    ]
    patch = pen.fill(
        smooth(shape, closed=True),
        pen.linear((0, -wide * 0.6), (0, wide * 0.6), [(0, white), (0.6, white), (1, "#8d838b")]),
    )
    for x in (0.28, 0.64):
        pen.stroke(
            [
                (wide * x, wide * 0.46),
                (wide * (x + 0.06), wide * 0.1),
                (wide * (x - 0.02), -wide * 0.12),
            ],
            [wide * 0.1, wide * 0.09, wide * 0.03],
            "#8c7f88",
            opacity=0.8,
            clip=patch,
        )
    return patch


def draw_sole(pen: Pen, wide: float = 20) -> Patch:
    """Paint the underside of a hind foot about the pen's origin: white fur and five pink pads."""
    foot = smooth(
        [
            (0, wide * 1.05),
            (-wide * 0.72, wide * 0.7),
            (-wide * 0.92, -wide * 0.1),
            (-wide * 0.6, -wide * 0.82),
            (0, -wide * 1.04),
            (wide * 0.6, -wide * 0.82),
            (wide * 0.92, -wide * 0.1),
            (wide * 0.72, wide * 0.7),
        ],
        closed=True,
    )
    pen.fringe(foot, WHITE, wide * 0.2, lean=0.2, seed=41)
    patch = pen.fill(
        foot, pen.linear((0, -wide), (0, wide), [(0, WHITE), (0.6, "#efe6e2"), (1, "#b4a6ac")])
    )
    pink = pen.linear((0, -wide), (0, wide * 0.6), [(0, "#f2b0a8"), (1, "#d98682")])
    for x, y, size, angle in (
        (-0.56, -0.34, 0.19, -28),
        (-0.2, -0.64, 0.2, -10),
        (0.2, -0.64, 0.2, 10),
        (0.56, -0.34, 0.19, 28),
    ):
        pen.fill(
            ellipse(wide * x, wide * y, wide * size, wide * size * 1.2, angle),
            pink,
            feather=0.4,
            clip=patch,
        )
    pad = trace("0,-0.14 0.34,0.06 0.42,0.36 0.16,0.42 0,0.36 -0.16,0.42 -0.42,0.36 -0.34,0.06")
    pen.blob([(x * wide, y * wide) for x, y in pad], pink, feather=0.4, clip=patch)
    return patch


def draw_tail(
    pen: Pen, points: Points, widths: Sequence[float] = (20, 24, 24, 20, 10), seed: int = 31
) -> Patch:
    """Paint the ringed tail from its root to its tip."""
    line = smooth(points)
    pieces = ribbon(line, widths)
    cut = -max(4, len(line) // 9)
    roots = line[2:cut]
    chance = np.random.default_rng(seed)
    ahead = np.gradient(line, axis=0)
    angles = np.arctan2(ahead[:, 1], ahead[:, 0])[2:cut]
    half = (
        np.interp(np.linspace(0, 1, len(line)), np.linspace(0, 1, len(widths)), widths)[2:cut] / 2
    )
    for side in (-1, 1):
        normal = np.column_stack([-np.sin(angles), np.cos(angles)]) * side * (half * 0.8)[:, None]
        for _ in range(2):
            pen.fill(
                hairs(
                    roots + normal,
                    angles + side * chance.uniform(0.3, 0.7, len(roots)),
                    chance.uniform(7, 12, len(roots)),
                    3.2,
                ),
                COAT_DARK,
            )
    patch = pen.fill(pieces, COAT)
    pen.fill(
        ribbon(line - (0, 3), [w * 0.4 for w in widths]),
        COAT_LIGHT,
        feather=4,
        opacity=0.45,
        clip=patch,
    )
    count = max(4, int(np.hypot(*np.diff(line, axis=0).T).sum() / 24))
    for place in np.linspace(0.08, 0.84, count):
        at = int(place * (len(line) - 1))
        angle = np.degrees(np.arctan2(ahead[at, 1], ahead[at, 0])) + 90
        pen.fill(
            ellipse(*line[at], max(widths) * 0.7, 5, float(angle)),
            STRIPE,
            feather=2.2,
            opacity=0.75,
            clip=patch,
        )
    pen.fill(
        ribbon(line[int(len(line) * 0.9) :], widths[-1] * 1.6),
        STRIPE,
        feather=2,
        opacity=0.8,
        clip=patch,
    )
    pen.fur(
        patch,
        COAT_LIGHT,
        240,
        combed(float(np.degrees(np.median(angles)))),
        12,
        opacity=0.25,
        seed=seed,
    )
    return patch


def bars(pen: Pen, lines: Sequence[Points], clip: Patch, width: float = 12) -> None:
    """Paint the tabby's stripes over a part of the body."""
    for line in lines:
        pen.stroke(
            line,
            [width * 0.35, width, width * 0.85, 1.5],
            STRIPE,
            feather=2.4,
            opacity=0.72,
            mode="atop",
            clip=clip,
        )
