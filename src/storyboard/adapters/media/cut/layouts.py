"""How a picture is given to moviepy, which knows three channels of one size and no chroma of half.

What it is given is not red, green and blue but luma and the two chromas. Every effect used here
weighs one picture against another or against a flat colour, which comes to the same in either, and
a picture that is not being changed passes through to the bit: a seam between what is copied and
what is rendered has nothing to show.
"""

from typing import Literal, Protocol

import numpy as np

from storyboard.adapters.media.colour import Bytes, Planes

__all__ = ["PACKED", "SPREAD", "Layout", "flat", "layout_for"]

_LUMA = {"black": 16, "white": 235}
_NO_COLOUR = 128


class Layout(Protocol):
    """A way to lay a picture's planes out as (height, width, 3), and to take them back."""

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Return the size that a picture of that size has for moviepy."""

    def picture(self, planes: Planes) -> Bytes:
        """Return a picture as moviepy takes it."""

    def planes(self, picture: Bytes) -> Planes:
        """Return the planes of what moviepy made of such a picture."""


class _Packed:
    """All samples in a row, cut into three channels: half as many as in a picture of colours.

    Nothing stands where it is seen, so this is for what treats every place alike.
    """

    def size(self, width: int, height: int) -> tuple[int, int]:
        return width, height // 2

    def picture(self, planes: Planes) -> Bytes:
        height, width = planes.y.shape
        samples = np.concatenate([planes.y.ravel(), planes.u.ravel(), planes.v.ravel()])
        return samples.reshape(height // 2, width, 3)

    def planes(self, picture: Bytes) -> Planes:
        height, width = picture.shape[0] * 2, picture.shape[1]
        samples, luma = picture.ravel(), height * width
        half = (height // 2, width // 2)
        u, v = samples[luma : luma * 5 // 4], samples[luma * 5 // 4 :]
        return Planes(samples[:luma].reshape(height, width), u.reshape(half), v.reshape(half))


class _Spread:
    """Luma and each chroma as a channel, every chroma sample at its four places."""

    def size(self, width: int, height: int) -> tuple[int, int]:
        return width, height

    def picture(self, planes: Planes) -> Bytes:
        height, width = planes.y.shape
        spread = np.empty((height, width, 3), np.uint8)
        spread[..., 0] = planes.y
        for channel, plane in ((1, planes.u), (2, planes.v)):
            spread[0::2, :, channel] = spread[1::2, :, channel] = plane.repeat(2, 1)
        return spread

    def planes(self, picture: Bytes) -> Planes:
        return Planes(picture[..., 0], picture[::2, ::2, 1], picture[::2, ::2, 2])


PACKED: Layout = _Packed()
SPREAD: Layout = _Spread()


def layout_for(transition: str) -> Layout:
    """Return how pictures are laid out for a transition: a wipe is not the same everywhere."""
    return SPREAD if transition.startswith("wipe") else PACKED


def flat(colour: Literal["black", "white"], size: tuple[int, int]) -> Planes:
    """Return a picture of one colour."""
    width, height = size
    chroma = np.full((height // 2, width // 2), _NO_COLOUR, np.uint8)
    return Planes(np.full((height, width), _LUMA[colour], np.uint8), chroma, chroma)
