"""Layers of premultiplied colour in floating point, and the masks with which they are painted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from drawing.curves import Outline

__all__ = ["Canvas", "Floats", "Mode", "Paint", "Patch", "blurred", "coverage", "rgb"]

Floats: TypeAlias = NDArray[np.float32]
Paint: TypeAlias = "Floats | str | Callable[[Floats, Floats], Floats]"
Mode: TypeAlias = Literal["over", "atop", "multiply", "screen", "add"]

FINE = 4
"""How many times finer than a pixel the edge of a mask is drawn."""


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """How much of each pixel a shape covers, for the rectangle of the picture that it touches."""

    left: int
    top: int
    alpha: Floats

    @property
    def right(self) -> int:
        return self.left + self.alpha.shape[1]

    @property
    def bottom(self) -> int:
        return self.top + self.alpha.shape[0]

    def window(self, left: int, top: int, right: int, bottom: int) -> Floats:
        """Return the coverage of any rectangle; nothing is covered outside the patch."""
        out = np.zeros((bottom - top, right - left), np.float32)
        x0, x1 = max(left, self.left), min(right, self.right)
        y0, y1 = max(top, self.top), min(bottom, self.bottom)
        if x0 < x1 and y0 < y1:
            inside = self.alpha[y0 - self.top : y1 - self.top, x0 - self.left : x1 - self.left]
            out[y0 - top : y1 - top, x0 - left : x1 - left] = inside
        return out

    def soft(self, radius: float) -> "Patch":
        """Return the same shape out of focus."""
        if radius <= 0 or not self.alpha.size:
            return self
        edge = int(radius * 2.5) + 2
        wide = np.pad(self.alpha, edge)
        return Patch(self.left - edge, self.top - edge, blurred(wide[..., None], radius)[..., 0])

    def without(self, other: "Patch") -> "Patch":
        """Return what is left when another shape is cut out of this one."""
        cut = other.window(self.left, self.top, self.right, self.bottom)
        return Patch(self.left, self.top, self.alpha * (1 - cut))

    def within(self, other: "Patch") -> "Patch":
        """Return what this shape and another both cover."""
        keep = other.window(self.left, self.top, self.right, self.bottom)
        return Patch(self.left, self.top, self.alpha * keep)

    def moved(self, right: float, down: float) -> "Patch":
        return Patch(self.left + round(right), self.top + round(down), self.alpha)


def rgb(colour: str) -> Floats:
    """Return a colour written as #rrggbb."""
    return np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)], np.float32)


def _box(image: Floats, reach: int, axis: int) -> Floats:
    pad = [(0, 0)] * image.ndim
    pad[axis] = (reach + 1, reach)
    total = np.cumsum(np.pad(image, pad, mode="edge"), axis=axis, dtype=np.float64)
    span = 2 * reach + 1
    sums = total[span:] - total[:-span] if axis == 0 else total[:, span:] - total[:, :-span]
    return (sums / span).astype(np.float32)


def blurred(image: Floats, radius: float) -> Floats:
    """Return an image blurred by about a Gaussian of the given sigma: three boxes each way."""
    ideal = np.sqrt(12 * radius * radius / 3 + 1)
    small = max(0, int((ideal - 1) // 2))
    wide = small + 1
    share = (12 * radius**2 - 3 * (2 * small + 1) ** 2 - 12 * small - 9) / (-8 * small - 8)
    count = int(np.clip(round(share), 0, 3))
    for step in range(3):
        reach = small if step < count else wide
        for axis in (0, 1) if reach else ():
            image = _box(image, reach, axis)
    return image


def coverage(outlines: Sequence[Outline], size: tuple[int, int], margin: int = 0) -> Patch:
    """Draw outlines (their union) as a mask, smooth at the edge, no larger than needed."""
    points = np.concatenate(outlines)
    left = max(int(np.floor(points[:, 0].min())) - 1, -margin)
    top = max(int(np.floor(points[:, 1].min())) - 1, -margin)
    right = min(int(np.ceil(points[:, 0].max())) + 1, size[0] + margin)
    bottom = min(int(np.ceil(points[:, 1].max())) + 1, size[1] + margin)
    if right <= left or bottom <= top:
        return Patch(0, 0, np.zeros((0, 0), np.float32))
    image = Image.new("L", ((right - left) * FINE, (bottom - top) * FINE))
    draw = ImageDraw.Draw(image)
    for outline in outlines:
        draw.polygon(((outline - (left, top)) * FINE).ravel().tolist(), fill=255)
    alpha = np.asarray(image.reduce(FINE), np.float32) / np.float32(255)
    return Patch(left, top, alpha)


class Canvas:
    """One layer: colour multiplied by how opaque it is, so that layers blur and stack cleanly."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self.colour: Floats = np.zeros((height, width, 3), np.float32)
        self.alpha: Floats = np.zeros((height, width), np.float32)

    def grid(self) -> tuple[Floats, Floats]:
        """Return the x and the y of the centre of every pixel."""
        rows, columns = np.mgrid[0 : self.height, 0 : self.width]
        return columns.astype(np.float32) + 0.5, rows.astype(np.float32) + 0.5

    def paint(self, patch: Patch, paint: Paint, opacity: float = 1, mode: Mode = "over") -> None:
        """Lay paint where the patch covers; all modes but `over` keep to what is there already."""
        x0, x1 = max(0, patch.left), min(self.width, patch.right)
        y0, y1 = max(0, patch.top), min(self.height, patch.bottom)
        if x0 >= x1 or y0 >= y1:
            return
        place = (slice(y0, y1), slice(x0, x1))
        cover = (patch.window(x0, y0, x1, y1) * np.float32(opacity))[..., None]
        self._blend(place, cover, self._mixed(paint, place), mode)

    def _mixed(self, paint: Paint, place: tuple[slice, slice]) -> Floats:
        if isinstance(paint, str):
            return rgb(paint)
        if isinstance(paint, np.ndarray):
            return paint
        rows, columns = np.mgrid[place]
        return paint(columns.astype(np.float32) + 0.5, rows.astype(np.float32) + 0.5)

    def _blend(self, place: tuple[slice, slice], cover: Floats, paint: Floats, mode: Mode) -> None:
        under, solid = self.colour[place], self.alpha[place][..., None]
        if mode == "over":
            self.colour[place] = under * (1 - cover) + paint * cover
            self.alpha[place] = (solid * (1 - cover) + cover)[..., 0]
        elif mode == "atop":
            self.colour[place] = under * (1 - cover) + paint * cover * solid
        elif mode == "multiply":
            self.colour[place] = under * (1 - cover * (1 - paint))
        elif mode == "screen":
            self.colour[place] = under + cover * paint * np.maximum(solid - under, 0)
        else:
            self.colour[place] = under + cover * paint * solid

    def shape(self) -> Patch:
        """Return the silhouette of all that was painted."""
        return Patch(0, 0, self.alpha.copy())

    def blur(self, radius: float) -> None:
        """Put the whole layer out of focus."""
        both = np.dstack([self.colour, self.alpha])
        both = blurred(both, radius)
        self.colour, self.alpha = both[..., :3], both[..., 3]

    def place(self, layer: "Canvas", opacity: float = 1) -> None:
        """Lay another layer over this one."""
        cover = layer.alpha[..., None] * np.float32(opacity)
        self.colour = self.colour * (1 - cover) + layer.colour * np.float32(opacity)
        self.alpha = self.alpha * (1 - cover[..., 0]) + cover[..., 0]
