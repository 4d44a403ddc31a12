"""A pen draws in an object's own coordinates: it carries canvas, place, size and turn."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from drawing.canvas import Canvas, Floats, Mode, Paint, Patch, coverage, rgb
from drawing.curves import Outline, Points, hairs, ribbon, smooth

__all__ = ["Pen", "Stops"]

Stops = Sequence[tuple[float, str]]


def _ramp(place: Floats, stops: Stops) -> Floats:
    at = [stop for stop, _ in stops]
    colours = np.stack([rgb(colour) for _, colour in stops])
    channels = [np.interp(place, at, colours[:, each]) for each in range(3)]
    return np.stack(channels, axis=-1).astype(np.float32)


class Pen:
    """Draws on a canvas through a turn, a size and a place."""

    def __init__(self, canvas: Canvas, turn: NDArray[np.float64], place: Outline) -> None:
        self.canvas = canvas
        self.turn = turn
        self.place = place
        self.scale = float(np.sqrt(abs(np.linalg.det(turn))))

    @classmethod
    def on(cls, canvas: Canvas) -> "Pen":
        """Return a pen that draws in the picture's own pixels."""
        return cls(canvas, np.eye(2), np.zeros(2))

    def at(
        self, x: float, y: float, scale: float = 1, angle: float = 0, *, mirror: bool = False
    ) -> "Pen":
        """Return a pen whose origin is here, turned by degrees, and mirrored if asked."""
        cosine, sine = np.cos(np.radians(angle)), np.sin(np.radians(angle))
        side = -1 if mirror else 1
        turn = np.array([[cosine * side, -sine], [sine * side, cosine]]) * scale
        return Pen(self.canvas, self.turn @ turn, self.to_canvas(np.array([x, y], float)))

    def to_canvas(self, points: Outline) -> Outline:
        moved: Outline = points @ self.turn.T + self.place
        return moved

    def mask(self, outlines: Outline | Sequence[Outline], feather: float = 0) -> Patch:
        """Return the mask of one or more outlines; `feather` is in the pen's own units."""
        pieces = [outlines] if isinstance(outlines, np.ndarray) else list(outlines)
        radius = feather * self.scale
        size = (self.canvas.width, self.canvas.height)
        moved = [self.to_canvas(np.asarray(piece)) for piece in pieces]
        return coverage(moved, size, margin=int(radius * 3) + 1).soft(radius)

    def fill(
        self,
        outlines: Outline | Sequence[Outline],
        paint: Paint,
        *,
        feather: float = 0,
        opacity: float = 1,
        mode: Mode = "over",
        clip: Patch | None = None,
    ) -> Patch:
        """Paint outlines and return their mask."""
        patch = self.mask(outlines, feather)
        if clip is not None:
            patch = patch.within(clip)
        self.canvas.paint(patch, paint, opacity, mode)
        return patch

    def blob(
        self,
        points: Points,
        paint: Paint,
        *,
        feather: float = 0,
        opacity: float = 1,
        mode: Mode = "over",
        clip: Patch | None = None,
    ) -> Patch:
        """Paint the smooth closed shape through the points."""
        outline = smooth(points, closed=True)
        return self.fill(outline, paint, feather=feather, opacity=opacity, mode=mode, clip=clip)

    def stroke(
        self,
        points: Points,
        width: float | Sequence[float],
        paint: Paint,
        *,
        feather: float = 0,
        opacity: float = 1,
        mode: Mode = "over",
        clip: Patch | None = None,
    ) -> Patch:
        """Paint a smooth line through the points, of one or of changing width."""
        pieces = ribbon(smooth(points), width)
        return self.fill(pieces, paint, feather=feather, opacity=opacity, mode=mode, clip=clip)

    def linear(self, start: tuple[float, float], end: tuple[float, float], stops: Stops) -> Paint:
        """Return a paint that changes along a line."""
        first, last = self.to_canvas(np.array([start, end], float))
        along = (last - first) / max(float(np.sum((last - first) ** 2)), 1e-9)

        def paint(x: Floats, y: Floats) -> Floats:
            return _ramp((x - first[0]) * along[0] + (y - first[1]) * along[1], stops)

        return paint

    def radial(self, centre: tuple[float, float], radius: float, stops: Stops) -> Paint:
        """Return a paint that changes with the distance from a point."""
        middle = self.to_canvas(np.array(centre, float))
        reach = radius * self.scale

        def paint(x: Floats, y: Floats) -> Floats:
            return _ramp(np.hypot(x - middle[0], y - middle[1]) / reach, stops)

        return paint

    def fringe(
        self,
        outline: Outline,
        paint: Paint,
        length: float,
        *,
        lean: float = 0.5,
        seed: int = 1,
        clip: Patch | None = None,
    ) -> Patch:
        """Grow short hairs out of an outline, so that its edge is fur; `lean` combs them."""
        chance = np.random.default_rng(seed)
        gap = max(length * 0.22, 0.6)
        steps = np.hypot(*np.diff(outline, axis=0, append=outline[:1]).T)
        count = max(8, int(steps.sum() / gap))
        place = np.interp(
            np.linspace(0, steps.sum(), count), np.cumsum(steps), np.arange(len(outline))
        ).astype(int)
        ahead = outline[(place + 1) % len(outline)] - outline[place - 1]
        area = np.sum(outline[:, 0] * np.roll(outline[:, 1], -1))
        area -= np.sum(outline[:, 1] * np.roll(outline[:, 0], -1))
        outward = np.arctan2(ahead[:, 1], ahead[:, 0]) - np.copysign(np.pi / 2, area)
        angles = outward + lean + chance.normal(0, 0.25, count)
        lengths = length * chance.uniform(0.5, 1.15, count)
        inset = np.column_stack([np.cos(outward), np.sin(outward)]) * length * 0.25
        return self.fill(
            hairs(outline[place] - inset, angles, lengths, length * 0.34), paint, clip=clip
        )

    def fur(
        self,
        patch: Patch,
        paint: Paint,
        count: int,
        flow: Callable[[Outline], NDArray[np.float64]],
        length: float,
        *,
        opacity: float = 0.3,
        seed: int = 1,
    ) -> None:
        """Comb fine hairs over a shape, each where `flow` (in radians) points at its root."""
        chance = np.random.default_rng(seed)
        rows, columns = np.nonzero(patch.alpha > 0.6)
        if not len(rows):
            return
        pick = chance.integers(0, len(rows), count)
        spots = np.column_stack([columns[pick] + patch.left, rows[pick] + patch.top]).astype(float)
        roots = (spots + chance.uniform(0, 1, spots.shape) - self.place) @ np.linalg.inv(
            self.turn
        ).T
        angles = flow(roots) + chance.normal(0, 0.22, count)
        lengths = length * chance.uniform(0.5, 1.2, count)
        self.fill(
            hairs(roots, angles, lengths, length * 0.16),
            paint,
            opacity=opacity,
            mode="atop",
            clip=patch,
        )
