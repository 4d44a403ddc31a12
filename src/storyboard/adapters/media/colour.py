"""RGB pictures as BT.709 limited-range yuv420p planes: the one place that knows the matrix."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["Bytes", "Planes", "planes_from_rgb"]

Bytes: TypeAlias = npt.NDArray[np.uint8]

_STRIP = 32  # rows converted together: few enough to stay in the processor's cache

# ITU-R BT.709: luma weights, then the limited range of eight bits (16 to 235, 16 to 240).
_RED, _GREEN, _BLUE = 0.2126, 0.7152, 0.0722
_LUMA = np.array([_RED, _GREEN, _BLUE], np.float32) * np.float32(219 / 255)
_CB = np.array([-_RED, -_GREEN, 1 - _BLUE], np.float32) * np.float32(224 / 255 / 2 / (1 - _BLUE))
_CR = np.array([1 - _RED, -_GREEN, -_BLUE], np.float32) * np.float32(224 / 255 / 2 / (1 - _RED))


@dataclass(frozen=True, slots=True)
class Planes:
    """One picture as three planes of uint8: `y` at full size, `u` and `v` at half of it."""

    y: Bytes
    u: Bytes
    v: Bytes


def planes_from_rgb(frame: Bytes) -> Planes:
    """Convert (height, width, 3) RGB with even sides; chroma is the mean of its four pixels."""
    height, width, _ = frame.shape
    planes = Planes(
        np.empty((height, width), np.uint8),
        np.empty((height // 2, width // 2), np.uint8),
        np.empty((height // 2, width // 2), np.uint8),
    )
    for top in range(0, height, _STRIP):
        rows = frame[top : top + _STRIP]
        half = slice(top // 2, (top + _STRIP) // 2)
        planes.y[top : top + _STRIP] = rows @ _LUMA + np.float32(16.5)
        pairs = rows[0::2].astype(np.uint16)
        pairs += rows[1::2]
        mean = (pairs[:, 0::2] + pairs[:, 1::2]) * np.float32(0.25)
        planes.u[half] = mean @ _CB + np.float32(128.5)
        planes.v[half] = mean @ _CR + np.float32(128.5)
    return planes
