"""What the advertisement shows: umbrellas whole, broken and from above, a bin, and a duckling."""

from itertools import pairwise

import numpy as np

from drawing.curves import ellipse, hairs, ribbon, shifted, smooth, trace
from drawing.kitten_parts import combed
from drawing.pen import Pen
from drawing.rooms import box

__all__ = ["draw_bin", "draw_canopy", "draw_duckling", "draw_from_above", "draw_wreck"]


def draw_bin(pen: Pen) -> None:
    """Draw an iron litter bin that stands on the pen's origin."""
    side = pen.linear(
        (-125, 0),
        (125, 0),
        [(0, "#1c2a2a"), (0.3, "#4d6a64"), (0.45, "#6f8f86"), (0.7, "#2f4644"), (1, "#121c1e")],
    )
    body = smooth(
        trace("-124,-300 -104,-8 -60,10 0,14 60,10 104,-8 124,-300 0,-282"),
        closed=True,
    )
    patch = pen.fill(body, side)
    for x in np.arange(-110, 120, 22.0):
        pen.stroke([(x, -300), (x * 0.86, 12)], [6, 6], "#0f1717", opacity=0.65, clip=patch)
    for y in (-210, -90):
        pen.stroke([(-130, y), (0, y + 22), (130, y)], 10, "#2c413f", clip=patch)
        pen.stroke(
            [(-130, y - 3), (0, y + 19), (130, y - 3)], 2.5, "#8fb0a6", opacity=0.6, clip=patch
        )
    pen.fill(ellipse(0, -298, 134, 30), "#2f4644")
    pen.fill(ellipse(0, -300, 134, 29), side)
    pen.fill(ellipse(0, -299, 116, 22), "#070b0d")


def draw_wreck(pen: Pen) -> None:
    """Draw an umbrella that the wind has turned inside out, its hub on the pen's origin."""
    tips = {
        at: np.array([np.cos(np.radians(at)), np.sin(np.radians(at)) * 0.9]) * far
        for at, far in (
            (-168, 236),
            (-140, 262),
            (-112, 250),
            (-84, 268),
            (-56, 240),
            (-30, 262),
            (-6, 214),
        )
    }
    angles = list(tips)
    for index, (first, last) in enumerate(pairwise(angles)):
        a, b = tips[first], tips[last]
        if index == 3:
            b = b * 0.62
        middle = (a + b) * 0.5
        sag = middle * 0.8
        panel = np.vstack(
            [
                [(0.0, 0.0)],
                smooth([(0, 0), a * 0.55 + (0, 16), a], steps=10),
                smooth([a, sag, b], steps=12),
                smooth([b, b * 0.55 + (0, 16), (0, 0)], steps=10),
            ]
        )
        tone = ("#2b303e", "#3d4455", "#22262f")[index % 3]
        patch = pen.fill(
            panel, pen.radial((0, 0), 260, [(0, "#11131a"), (0.5, tone), (1, "#565f74")])
        )
        if index == 3:
            pen.fill(
                [
                    np.array([a * 0.7, a * 0.94, middle * 0.6]),
                    np.array([b * 0.8, b * 1.1, middle * 0.5]),
                ],
                "#11131a",
                clip=patch,
            )
    for at, tip in tips.items():
        bend = (0, 16) if at != -30 else (30, 60)
        line = [
            (0, 0),
            tuple(tip * 0.55 + bend),
            tuple(tip * 1.05 + ((60, 80) if at == -30 else (0, 0))),
        ]
        pen.stroke(line, [5, 4, 3], "#aab4c8")
        pen.fill(ellipse(*line[-1], 5, 5), "#e4ebf8")
    stays = [
        piece
        for at, tip in tips.items()
        if at != -30
        for piece in ribbon(np.array([(0.0, 104.0), tuple(tip * 0.52 + (0, 15))]), 3.2, caps=False)
    ]
    pen.fill(stays, "#8e9ab2")
    pen.fill(box(-11, 92, 11, 122), "#3a4152")
    pen.fill(ellipse(0, 2, 13, 11), "#8c98b0")


def draw_from_above(pen: Pen, radius: float, tones: tuple[str, str, str, str], turn: float) -> None:
    """Draw an open umbrella seen from straight above, about the pen's origin."""
    corners = [
        np.array([np.cos(a), np.sin(a)]) * radius for a in np.radians(turn + np.arange(8) * 45)
    ]
    for index, first in enumerate(corners):
        last = corners[(index + 1) % 8]
        dip = (first + last) / 2 * 0.955
        edge = smooth([first, dip, last], steps=12)
        normal = (first + last) / np.hypot(*(first + last))
        towards = float(normal @ np.array([-0.55, -0.83]))
        tone = (
            tones[0]
            if towards > 0.72
            else tones[1]
            if towards > 0
            else tones[2]
            if towards > -0.72
            else tones[3]
        )
        panel = np.vstack([edge, [(0.0, 0.0)]])
        pen.fill(
            panel,
            pen.radial((0, 0), radius, [(0, tones[1]), (0.25, tone), (0.85, tone), (1, tones[2])]),
        )
        pen.fill(
            np.vstack(
                [
                    smooth([first, first * 0.5, (0, 0)]),
                    smooth([(0, 0), last * 0.5 + normal * -6, last]),
                ]
            ),
            tones[0],
            feather=5,
            opacity=0.1,
        )
    ribs = [
        piece
        for corner in corners
        for piece in ribbon(smooth([(0, 0), tuple(corner * 0.5), tuple(corner)]), (3.4, 2.4, 1.6))
    ]
    pen.fill([shifted(rib, 1.4, 2) for rib in ribs], "#000000", opacity=0.25, feather=1)
    pen.fill(ribs, tones[0], opacity=0.75)
    pen.fill([ellipse(*corner, 3.2, 3.2, steps=16) for corner in corners], "#eef2fb")
    pen.fill(ellipse(0, 0, 9, 9), tones[3])
    pen.fill(ellipse(-2, -2, 4, 4), "#ffffff", opacity=0.9)


def draw_canopy(pen: Pen, radius: float) -> None:
    """Draw an open umbrella from the side, its rim on the pen's origin."""
    edges = np.array([-1.0, -0.7, -0.26, 0.26, 0.7, 1.0]) * radius
    pen.fill(
        ellipse(0, -6, radius * 0.985, 44),
        pen.linear((-radius, 0), (radius, 0), [(0, "#a8690e"), (0.5, "#7a4806"), (1, "#94600e")]),
    )
    pen.stroke(
        [(0, -radius * 0.7), (0, radius * 1.2)],
        [9, 9],
        pen.linear((-5, 0), (5, 0), [(0, "#6b4a2a"), (0.4, "#e8c48c"), (1, "#5a3c20")]),
    )
    pen.stroke(
        [
            (0, radius * 1.16),
            (0, radius * 1.34),
            (18, radius * 1.42),
            (42, radius * 1.38),
            (48, radius * 1.28),
        ],
        [15, 16, 16, 16, 14],
        "#7a4a26",
    )
    pen.stroke(
        [(-4, radius * 1.16), (-4, radius * 1.32), (14, radius * 1.4)],
        [3, 4, 3],
        "#d8a46c",
        opacity=0.7,
    )
    top = (0.0, -radius * 0.76)
    tones = ("#f2b416", "#ffd23a", "#ffdf62", "#fbc524", "#dd970c")
    for index, (left, right) in enumerate(pairwise(edges)):
        scallop = smooth(
            [(right, 0), ((left + right) / 2, -20 - 8 * (index in {1, 2, 3})), (left, 0)], steps=12
        )
        side_l = smooth(
            [(left, 0), (left * 0.92, -radius * 0.34), (left * 0.52, -radius * 0.64), top], steps=10
        )
        side_r = smooth(
            [top, (right * 0.52, -radius * 0.64), (right * 0.92, -radius * 0.34), (right, 0)],
            steps=10,
        )
        panel = np.vstack([side_l, side_r, scallop])
        patch = pen.fill(panel, tones[index])
        pen.fill(
            panel,
            pen.linear(
                (0, -radius * 0.76), (0, 0), [(0, "#ffffff"), (0.55, "#fff2d0"), (1, "#c98a3a")]
            ),
            mode="multiply",
            clip=patch,
        )
        pen.fill(ribbon(side_l, 2.4), "#a8690a", opacity=0.7)
        pen.fill(ellipse(left, 2, 4, 6), "#f8ecd0")
    pen.fill(ellipse(radius, 2, 4, 6), "#f8ecd0")
    pen.fill(
        ellipse(-radius * 0.34, -radius * 0.5, radius * 0.26, radius * 0.1, -28),
        "#fffbe6",
        feather=12,
        opacity=0.6,
    )
    pen.stroke([(0, -radius * 0.74), (0, -radius * 0.86)], [10, 5], "#7a4a26")


def draw_duckling(pen: Pen, *, seed: int, beak_up: float = 0) -> None:
    """Draw a duckling that faces right and stands on the pen's origin."""
    for x in (-8, 16):
        pen.stroke([(x, -22), (x + 2, -4)], 6, "#d87a1a")
        pen.blob([(x - 8, 0), (x + 2, -7), (x + 22, 0), (x + 8, 4)], "#f0922a")
    body = smooth(
        trace("-62,-58 -78,-74 -44,-82 0,-84 34,-78 46,-50 30,-22 -10,-14 -44,-26"),
        closed=True,
    )
    pen.fringe(body, "#e8b63a", 11, lean=0.5, seed=seed)
    trunk = pen.fill(
        body, pen.linear((0, -90), (0, -10), [(0, "#ffe88a"), (0.6, "#fbd04e"), (1, "#c98a26")])
    )
    pen.fur(trunk, "#fff6c4", 220, combed(166), 11, opacity=0.5, seed=seed)
    wing = smooth(trace("-34,-64 -4,-68 18,-54 4,-36 -28,-34 -52,-46"), closed=True)
    pen.fringe(wing, "#dda22c", 8, lean=0.5, seed=seed + 1)
    pen.fill(wing, pen.linear((0, -68), (0, -34), [(0, "#fbd458"), (1, "#d99a28")]))
    head = pen.at(32, -104, 1, -beak_up)
    ball = ellipse(0, 0, 37, 35)
    head.fringe(ball, "#f0c044", 9, lean=0.2, seed=seed + 2)
    skull = head.fill(
        ball, head.radial((8, -12), 52, [(0, "#fff2a8"), (0.6, "#ffdb62"), (1, "#d89e30")])
    )
    head.fur(
        skull,
        "#fffbd8",
        140,
        lambda roots: np.arctan2(roots[:, 1], roots[:, 0]),
        9,
        opacity=0.5,
        seed=seed + 3,
    )
    head.fill(
        hairs(
            trace("-2,-30 -8,-30 4,-31"),
            np.radians([-80.0, -110.0, -60.0]),
            np.array([20.0, 17, 15]),
            5,
        ),
        "#ffe27a",
    )
    head.blob(
        trace("26,-4 44,-7 60,2 58,9 40,12 26,12"),
        head.linear((0, -6), (0, 12), [(0, "#ffab4a"), (0.6, "#f08a20"), (1, "#b85c0c")]),
    )
    head.stroke(trace("30,6 46,6 58,6"), [1.4, 1.8, 1], "#8c430a")
    head.fill(ellipse(13, -7, 9.5, 10.5), "#1a1210")
    head.fill(ellipse(10, -11, 3.4, 3.6), "#ffffff")
    head.fill(ellipse(16, -2, 1.7, 1.7), "#ffffff", opacity=0.8)
    head.fill(ellipse(12, 12, 9, 5), "#ff9a7a", feather=3, opacity=0.5)
