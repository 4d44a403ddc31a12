"""Outlines as arrays of points: everything that is drawn starts as one of these curves."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Outline",
    "Points",
    "ellipse",
    "hairs",
    "offset",
    "ribbon",
    "shifted",
    "smooth",
    "trace",
]

Outline: TypeAlias = NDArray[np.float64]
Points: TypeAlias = Sequence[tuple[float, float]] | Outline


def trace(points: str) -> Outline:
    """Return points written as SVG writes them: `x,y x,y`."""
    return np.array([pair.split(",") for pair in points.split()], np.float64)


def shifted(outline: Outline, right: float, down: float) -> Outline:
    """Return the outline moved."""
    return outline + np.array([right, down])


def smooth(points: Points, *, closed: bool = False, steps: int = 14) -> Outline:
    """Return a Catmull-Rom curve through the points."""
    knots = np.asarray(points, dtype=np.float64)
    if closed:
        padded = np.vstack([knots[-1], knots, knots[0], knots[1]])
    else:
        padded = np.vstack([2 * knots[0] - knots[1], knots, 2 * knots[-1] - knots[-2]])
    before, start, end, after = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    a, b, c, d = (each[:, None, :] for each in (before, start, end, after))
    curve = 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    )
    flat: Outline = curve.reshape(-1, 2)
    return flat if closed else np.vstack([flat, knots[-1]])


def ellipse(
    x: float, y: float, across: float, down: float, angle: float = 0, steps: int = 72
) -> Outline:
    """Return an ellipse of two radii, turned by `angle` degrees."""
    turn = np.linspace(0, 2 * np.pi, steps, endpoint=False)
    cosine, sine = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    flat_x, flat_y = across * np.cos(turn), down * np.sin(turn)
    return np.column_stack(
        [x + flat_x * cosine - flat_y * sine, y + flat_x * sine + flat_y * cosine]
    )


def _normals(line: Outline) -> Outline:
    along = np.gradient(line, axis=0)
    length = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)
    return np.column_stack([-along[:, 1], along[:, 0]]) / length[:, None]


def offset(line: Outline, distance: float) -> Outline:
    """Return the line moved sideways: to its right when it is walked along."""
    return line + _normals(line) * distance


def ribbon(line: Outline, width: float | Sequence[float], *, caps: bool = True) -> list[Outline]:
    """Return a stroke as overlapping pieces, so that a line may cross itself.

    Several widths are spread evenly over the line's length.
    """
    stops = np.atleast_1d(np.asarray(width, dtype=np.float64))
    place = np.linspace(0, len(stops) - 1, len(line))
    half = np.interp(place, np.arange(len(stops)), stops) / 2
    side = _normals(line) * half[:, None]
    left, right = line + side, line - side
    pieces = [
        np.vstack([left[i], left[i + 1], right[i + 1], right[i]]) for i in range(len(line) - 1)
    ]
    if caps:
        dots = range(0, len(line), max(1, len(line) // 40))
        pieces += [ellipse(*line[i], half[i], half[i], steps=20) for i in (*dots, len(line) - 1)]
    return pieces


def hairs(
    roots: Outline,
    angles: NDArray[np.float64],
    lengths: NDArray[np.float64],
    width: float,
    curl: float = 0.12,
) -> list[Outline]:
    """Return one thin tapering hair for each root, pointing where its angle (radians) says."""
    along = np.column_stack([np.cos(angles), np.sin(angles)])
    across = np.column_stack([-along[:, 1], along[:, 0]]) * width / 2
    bend = across * (lengths / width * curl)[:, None]
    tips = roots + along * lengths[:, None]
    middle = roots + along * (lengths * 0.55)[:, None] + bend
    return list(
        np.stack(
            [roots - across, middle - across * 0.8, tips, middle + across * 0.8, roots + across], 1
        )
    )
