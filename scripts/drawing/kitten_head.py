"""Mia's head: one design for every shot, turned, tilted and given an expression."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from drawing.canvas import Patch
from drawing.curves import Outline, ellipse, hairs, smooth, trace
from drawing.pen import Pen

__all__ = ["Face", "draw_head"]

COAT = "#9a9aa2"
COAT_LIGHT = "#c4c3c8"
COAT_DARK = "#6d6c76"
STRIPE = "#3f3d47"
WHITE = "#f8f4ee"
PINK = "#e79a98"
INK = "#1d1a20"

Mouth = Literal["closed", "mew", "smile"]


@dataclass(frozen=True, slots=True)
class Face:
    """An expression: `turn` is -1 (left) to 1, `look` moves the pupils, `eyes` is 0 (shut) to 1."""

    turn: float = 0.0
    nod: float = 0.0
    eyes: float = 1.0
    look: tuple[float, float] = (0.0, 0.0)
    pupil: float = 1.0
    mouth: Mouth = "closed"
    ears: float = 0.0
    seed: int = 7


def _skull(face: Face) -> Outline:
    half = trace("0,-90 40,-86 76,-60 98,-16 106,24 92,58 58,82 22,93")
    right = [(x + face.turn * 8 * (1 if y < 0 else 0.4), y) for x, y in half[1:]]
    left = [(-x + face.turn * 8 * (1 if y < 0 else 0.4), y) for x, y in reversed(half[1:])]
    return smooth([(face.turn * 10, -91), *right, *left], closed=True)


def _radiate(x: float, y: float) -> Callable[[Outline], NDArray[np.float64]]:
    def flow(roots: Outline) -> NDArray[np.float64]:
        return np.arctan2(roots[:, 1] - y, roots[:, 0] - x)

    return flow


def _ear(pen: Pen, side: int, face: Face) -> None:
    """Draw one ear; the far one is narrower when the head is turned."""
    wide = 1 - 0.22 * max(0.0, face.turn * side)
    root = pen.at(
        side * 53 * wide + face.turn * -6, -50, 1, side * (11 + face.ears * 30), mirror=side < 0
    )
    outer = smooth(trace("-48,2 -30,-38 2,-78 15,-88 24,-78 40,-34 46,16 0,30"), closed=True)
    root.fringe(outer, COAT, 7, lean=-0.4, seed=face.seed)
    patch = root.fill(outer, root.linear((0, -90), (0, 10), [(0, COAT_DARK), (1, COAT)]))
    root.fill(outer - (6, 0), COAT_LIGHT, feather=6, opacity=0.25, mode="atop", clip=patch)
    inner = smooth(trace("-26,4 -16,-30 5,-60 14,-67 21,-56 29,-24 30,8"), closed=True)
    pink = root.linear((0, -70), (0, 4), [(0, "#c77f80"), (0.6, "#e3a3a0"), (1, "#a8686c")])
    root.fill(inner, pink, feather=1.5, clip=patch)
    root.blob(trace("-24,8 -22,-24 -10,-46 -4,-10"), "#6b4a52", feather=7, opacity=0.6, clip=patch)
    chance = np.random.default_rng(face.seed + side)
    spots = np.column_stack([chance.uniform(-26, 2, 34), chance.uniform(-26, 12, 34)])
    root.fill(
        hairs(spots, np.radians(chance.normal(-62, 14, 34)), chance.uniform(20, 44, 34), 4.5),
        "#efe9e6",
        opacity=0.8,
        clip=patch,
    )


def _markings(pen: Pen, skull: Patch, face: Face) -> None:
    """Draw the tabby's M on the brow, the lines from the eyes and the bars on the cheeks."""
    shift = face.turn * 26
    brow = [
        trace("0,-92 1,-66 0,-42"),
        trace("-20,-92 -17,-66 -26,-40 -40,-31"),
        trace("20,-92 17,-66 26,-40 40,-31"),
        trace("-44,-84 -42,-62 -54,-42"),
        trace("44,-84 42,-62 54,-42"),
    ]
    for line in brow:
        points = [(x + shift * (0.4 + 0.6 * (y + 92) / 60), y + face.nod * 10) for x, y in line]
        pen.stroke(
            points, [3, 10, 8, 2], STRIPE, feather=1.6, opacity=0.85, mode="atop", clip=skull
        )
    for side in (-1, 1):
        for line in (
            trace("72,4 90,8 112,2"),
            trace("70,26 90,33 112,30"),
            trace("66,48 84,56 104,58"),
        ):
            points = [(side * x + shift * 0.6, y) for x, y in line]
            pen.stroke(
                points, [2, 8, 9], STRIPE, feather=1.8, opacity=0.75, mode="atop", clip=skull
            )


def _eye(pen: Pen, side: int, face: Face) -> None:
    """Draw one large eye, or the curve of a shut one."""
    squeeze = 1 - 0.2 * max(0.0, face.turn * side)
    eye = pen.at(
        side * 43 * (1 - 0.10 * abs(face.turn)) + face.turn * 25, 4 + face.nod * 12, 1, side * -6
    )
    if face.eyes < 0.15:
        arc = [(-25 * squeeze, -2), (-13, 9), (0, 13), (13, 9), (25 * squeeze, -2)]
        eye.stroke(arc, [2, 5.5, 6, 5.5, 2], INK, feather=0.5)
        for x, y, dx in ((-18, 7, -5), (0, 13, 0), (18, 7, 5)):
            eye.stroke([(x, y), (x + dx, y + 9)], [3, 1], INK, opacity=0.55)
        return
    tall = 31 * face.eyes
    wide = 29 * squeeze
    socket = smooth(
        [
            (-wide - 3, 4),
            (-wide * 0.55, -tall * 0.88),
            (wide * 0.25, -tall - 2),
            (wide + 2, -tall * 0.3),
            (wide * 0.8, tall * 0.72),
            (0, tall + 1),
            (-wide * 0.75, tall * 0.7),
        ],
        closed=True,
    )
    if side < 0:
        socket = socket * (-1, 1)
    eye.fill(socket * 1.09, INK, feather=1)
    ball = eye.fill(
        socket,
        eye.linear((0, -tall), (0, tall), [(0, "#7f8f2c"), (0.45, "#cfc743"), (1, "#fff09a")]),
    )
    dx, dy = face.look[0] * 8 * squeeze, face.look[1] * 7
    ring = eye.radial(
        (dx, dy), 30, [(0, "#ffffff"), (0.7, "#fbf6d2"), (0.92, "#a9a45a"), (1, "#6b6a30")]
    )
    eye.fill(ellipse(dx, dy, 40, 40), ring, opacity=1, mode="multiply", clip=ball)
    eye.fill(
        ellipse(dx, dy, 16.5 * face.pupil * squeeze, 22 * min(face.pupil, 1.08)),
        "#0d0b10",
        feather=0.8,
        clip=ball,
    )
    eye.fill(ellipse(0, -tall - 10, 46, 22), "#1a1518", feather=5, opacity=0.42, clip=ball)
    white = np.array([1.5, 1.45, 1.35], np.float32)
    eye.fill(ellipse(dx * 0.6 - 9, dy * 0.6 - 10, 8.2, 9), white, feather=0.5, clip=ball)
    eye.fill(
        ellipse(dx * 0.6 + 9, dy * 0.6 + 11, 4, 4.2), white, feather=0.6, opacity=0.8, clip=ball
    )


def _muzzle(pen: Pen, skull: Patch, face: Face) -> None:
    """Draw the white chin and cheeks, the nose, the mouth and what it says."""
    here = pen.at(face.turn * 33, face.nod * 14)
    white = smooth(
        trace("0,22 18,26 46,40 50,62 34,84 0,98 -34,84 -50,62 -46,40 -18,26"), closed=True
    )
    patch = here.fill(white, WHITE, feather=5, opacity=0.96, mode="atop", clip=skull)
    here.fur(patch, WHITE, 260, _radiate(0, 30), 16, opacity=0.7, seed=face.seed + 5)
    here.fill(
        ellipse(0, 98, 62, 17), "#8d7f88", feather=9, opacity=0.55, mode="multiply", clip=skull
    )
    if face.mouth == "mew":
        gape = smooth(
            trace("0,50 15,54 19,66 12,80 0,84 -12,80 -19,66 -15,54"),
            closed=True,
        )
        inside = here.fill(gape, here.linear((0, 50), (0, 84), [(0, "#3a1218"), (1, "#8e3038")]))
        here.fill(ellipse(0, 78, 12, 9), "#ef8f92", feather=1, clip=inside)
        for side in (-1, 1):
            here.fill(
                np.array([(side * 10, 52), (side * 6, 53), (side * 7.4, 61)], float), "#fffaf2"
            )
    for side in (-1, 1):
        puff = ellipse(side * 19, 51, 23, 15.5, side * 8)
        puffed = here.fill(puff, WHITE, feather=1.6)
        here.fill(
            ellipse(side * 20, 66, 26, 12),
            "#b9a9ad",
            feather=4,
            opacity=0.55,
            mode="multiply",
            clip=puffed,
        )
        for x, y in ((14, 49), (23, 46), (31, 50), (20, 56)):
            here.fill(ellipse(side * x, y, 1.5, 1.5), "#5b4f57", opacity=0.6)
    up = 3 if face.mouth == "smile" else 0
    if face.mouth != "mew":
        for side in (-1, 1):
            here.stroke(
                [(0, 50), (side * 5, 59), (side * 15, 61), (side * 25, 55 - up)],
                [2.2, 3, 3, 1],
                "#4c3a40",
            )
    here.stroke([(0, 42), (0, 53)], [2.4, 2.2], "#4c3a40")
    nose = smooth(trace("0,46 -9,39 -13,32 -7,29 0,30 7,29 13,32 9,39"), closed=True)
    tip = here.fill(
        nose, here.linear((0, 28), (0, 46), [(0, "#f0aaa6"), (0.5, PINK), (1, "#b0605f")])
    )
    here.fill(ellipse(-3, 32, 5, 2.2), "#ffe3df", feather=1, opacity=0.8, clip=tip)


def _whiskers(pen: Pen, face: Face) -> None:
    here = pen.at(face.turn * 30, face.nod * 14)
    for side in (-1, 1):
        reach = 1 - 0.25 * max(0.0, face.turn * side)
        for x, y, far, drop in ((26, 46, 92, -16), (31, 51, 98, 4), (27, 57, 88, 24)):
            tip = (side * (x + far * reach), y + drop)
            middle = (side * (x + far * 0.5 * reach), y + drop * 0.2 - 4)
            here.stroke([(side * x, y), middle, tip], [2.4, 1.9, 0.7], "#fffdf8", opacity=0.9)
        for x, drop in ((52, -34), (60, -28)):
            here.stroke(
                [
                    (side * x * 0.9, -28),
                    (side * x * 1.2, -28 + drop * 0.8),
                    (side * x * 1.5, -30 + drop),
                ],
                [1.8, 1.3, 0.5],
                "#fffdf8",
                opacity=0.55,
            )


def draw_head(pen: Pen, face: Face) -> Patch:
    """Draw the head about the pen's origin, two hundred units wide; return the skull's mask."""
    for side in (-1, 1):
        _ear(pen, side, face)
    outline = _skull(face)
    pen.fringe(outline, COAT_DARK, 9, lean=0.0, seed=face.seed)
    pen.fringe(outline, COAT, 7, lean=0.3, seed=face.seed + 1)
    tone = pen.radial((face.turn * 26, -6), 125, [(0, "#b4b3b9"), (0.55, COAT), (1, COAT_DARK)])
    skull = pen.fill(outline, tone)
    pen.fur(skull, COAT_LIGHT, 900, _radiate(face.turn * 26, 24), 15, opacity=0.34, seed=face.seed)
    pen.fur(
        skull, COAT_DARK, 700, _radiate(face.turn * 26, 24), 14, opacity=0.34, seed=face.seed + 2
    )
    _markings(pen, skull, face)
    for side in (-1, 1):
        spot = ellipse(side * 45 + face.turn * 25, 3 + face.nod * 12, 42, 43)
        pen.fill(
            spot, "#dcd8d8", feather=9, opacity=0.2 + 0.35 * face.eyes, mode="atop", clip=skull
        )
    _muzzle(pen, skull, face)
    for side in (-1, 1):
        _eye(pen, side, face)
    _whiskers(pen, face)
    return skull
