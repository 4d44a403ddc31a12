"""Focus between two planes of a still: a near one in the middle and low, a far one round it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from storyboard.adapters.media.colour import Bytes, Planes

__all__ = ["Depth", "depth_of", "focused"]

_SHARE_BITS = 7  # a difference of two bytes times a share of seven bits fits in 16 bits


@dataclass(frozen=True, slots=True)
class Depth:
    """How near each pixel is, 0 to 1: for luma, and for chroma at half the size."""

    luma: npt.NDArray[np.float32]
    chroma: npt.NDArray[np.float32]


def depth_of(width: int, height: int) -> Depth:
    """Guess where the subject of a frame stands: most are framed in the middle and reach down."""
    return Depth(_nearness(width, height), _nearness(width // 2, height // 2))


def focused(sharp: Planes, soft: Planes, depth: Depth, focus: float) -> Planes:
    """Mix the same frame, sharp and soft, for a focus on the far plane (0) or the near one (1)."""
    luma = _softness(depth.luma, focus)
    chroma = _softness(depth.chroma, focus)
    return Planes(
        _mixed(sharp.y, soft.y, luma),
        _mixed(sharp.u, soft.u, chroma),
        _mixed(sharp.v, soft.v, chroma),
    )


def _nearness(width: int, height: int) -> npt.NDArray[np.float32]:
    across = (np.arange(width, dtype=np.float32) + 0.5) / width - 0.5
    down = (np.arange(height, dtype=np.float32) + 0.5) / height - 0.6
    away = np.sqrt((across[None, :] / 0.4) ** 2 + (down[:, None] / 0.6) ** 2)
    edge = ((1.5 - away) / 0.9).clip(0, 1)
    near: npt.NDArray[np.float32] = edge * edge * (3 - 2 * edge)
    return near


def _softness(near: npt.NDArray[np.float32], focus: float) -> npt.NDArray[np.int16]:
    away = np.abs(near - np.float32(focus))
    share: npt.NDArray[np.int16] = np.rint(away * (1 << _SHARE_BITS)).astype(np.int16)
    return share


def _mixed(sharp: Bytes, soft: Bytes, share: npt.NDArray[np.int16]) -> Bytes:
    step = soft.astype(np.int16) - sharp
    step *= share
    step += 1 << (_SHARE_BITS - 1)
    step >>= _SHARE_BITS
    step += sharp
    return step.astype(np.uint8)
