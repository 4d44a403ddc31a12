"""Drawn lettering laid over frames: converted to planes once, blended only where it stands."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from PIL import Image

from storyboard.adapters.media.colour import Bytes, Planes, planes_from_rgb

__all__ = ["Overlay", "inlaid", "lay", "overlay"]


@dataclass(frozen=True, slots=True)
class _Layer:
    """One plane of an overlay: its own light, already weighted, and what it leaves of the frame."""

    light: npt.NDArray[np.uint16]
    left: npt.NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Overlay:
    """A patch at an even place of the frame, blended in 16 bits."""

    x: int
    y: int
    layers: tuple[_Layer, _Layer, _Layer]


def overlay(patch: Image.Image, x: int, y: int) -> Overlay:
    """Prepare an RGBA patch for a place; it is moved up and left to an even pixel."""
    wide, high = patch.width + x % 2, patch.height + y % 2
    even = Image.new("RGBA", (wide + wide % 2, high + high % 2))
    even.paste(patch, (x % 2, y % 2))
    pixels = np.asarray(even)
    planes = planes_from_rgb(_spread(pixels))
    cover = pixels[:, :, 3].astype(np.uint16)
    cover += cover >> 7  # 255 becomes 256, a whole
    quarters = cover.reshape(cover.shape[0] // 2, 2, cover.shape[1] // 2, 2)
    half = (quarters.sum(axis=(1, 3), dtype=np.uint16) >> 2).astype(np.uint16)
    layers = (_layer(planes.y, cover), _layer(planes.u, half), _layer(planes.v, half))
    return Overlay(x - x % 2, y - y % 2, layers)


def lay(frame: Planes, patch: Overlay) -> Planes:
    """Return the frame with the patch over it; what stands outside the frame is left off."""
    y, u, v = frame.y.copy(), frame.u.copy(), frame.v.copy()
    _blend(y, patch.layers[0], patch.x, patch.y)
    _blend(u, patch.layers[1], patch.x // 2, patch.y // 2)
    _blend(v, patch.layers[2], patch.x // 2, patch.y // 2)
    return Planes(y, u, v)


def inlaid(patch: Overlay, pieces: Iterable[tuple[Overlay, int]]) -> Overlay:
    """Return the patch with others of its height in it, each at an even pixel from its left."""
    y, u, v = (_Layer(layer.light.copy(), layer.left.copy()) for layer in patch.layers)
    for piece, left in pieces:
        _put(y, piece.layers[0], left)
        _put(u, piece.layers[1], left // 2)
        _put(v, piece.layers[2], left // 2)
    return replace(patch, layers=(y, u, v))


def _put(whole: _Layer, part: _Layer, left: int) -> None:
    high, wide = part.light.shape
    whole.light[:high, left : left + wide] = part.light
    whole.left[:high, left : left + wide] = part.left


def _spread(pixels: Bytes) -> Bytes:
    """Give clear pixels the patch's mean colour, lest chroma bleed black at its edges."""
    rgb = np.array(pixels[:, :, :3])
    clear = pixels[:, :, 3] == 0
    if clear.any() and not clear.all():
        rgb[clear] = rgb[~clear].mean(axis=0).astype(np.uint8)
    return rgb


def _layer(plane: Bytes, cover: npt.NDArray[np.uint16]) -> _Layer:
    light = plane.astype(np.uint16)
    light *= cover
    light += 128
    return _Layer(light, (256 - cover).astype(np.uint16))


def _blend(plane: Bytes, layer: _Layer, x: int, y: int) -> None:
    under = plane[y : y + layer.light.shape[0], x : x + layer.light.shape[1]]
    high, wide = under.shape
    mixed = under.astype(np.uint16)
    mixed *= layer.left[:high, :wide]
    mixed += layer.light[:high, :wide]
    mixed >>= 8
    under[:] = mixed
