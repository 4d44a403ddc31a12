"""Light: what is painted in plain colour is lit, glows, casts shadow, and becomes a picture."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from drawing.canvas import Canvas, Floats, Patch, blurred, rgb

__all__ = ["Lamp", "bloom", "cast", "developed", "glow", "haze", "lit", "rim", "vignette"]


@dataclass(frozen=True, slots=True)
class Lamp:
    """A light in the picture: where it is, how far it reaches, its colour and its power."""

    x: float
    y: float
    reach: float
    colour: str
    power: float = 1.0
    squash: float = 1.0

    def falloff(self, x: Floats, y: Floats) -> Floats:
        away = np.hypot(x - np.float32(self.x), (y - np.float32(self.y)) / np.float32(self.squash))
        near = away / np.float32(self.reach)
        return np.float32(self.power) / (1 + near * near) ** np.float32(1.5)


def lit(canvas: Canvas, ambient: str, lamps: Sequence[Lamp]) -> None:
    """Multiply a layer by the light that falls on it."""
    x, y = canvas.grid()
    light = np.broadcast_to(rgb(ambient), canvas.colour.shape).copy()
    for lamp in lamps:
        light += lamp.falloff(x, y)[..., None] * rgb(lamp.colour)
    canvas.colour = canvas.colour * light


def glow(canvas: Canvas, lamp: Lamp) -> None:
    """Add the halo of a lamp: the light that hangs in the air in front of everything."""
    x, y = canvas.grid()
    canvas.colour = canvas.colour + lamp.falloff(x, y)[..., None] * rgb(lamp.colour)


def haze(canvas: Canvas, patch: Patch, colour: str, strength: float) -> None:
    """Add light in the shape of a patch: a beam, a reflection, a sheen."""
    canvas.paint(patch, rgb(colour), strength, "add")


def bloom(canvas: Canvas, radius: float, strength: float, threshold: float = 0.75) -> None:
    """Let what is brighter than the threshold shine over its neighbours."""
    bright = np.maximum(canvas.colour - np.float32(threshold), 0)
    canvas.colour = canvas.colour + blurred(bright, radius) * np.float32(strength)


def vignette(canvas: Canvas, strength: float, centre: tuple[float, float] = (0.5, 0.5)) -> None:
    """Darken the corners, away from the centre of interest (in fractions of the picture)."""
    x, y = canvas.grid()
    across = (x / canvas.width - np.float32(centre[0])) * np.float32(1.5)
    down = (y / canvas.height - np.float32(centre[1])) * np.float32(1.5)
    far = np.clip(across * across + down * down, 0, 1.6)
    canvas.colour = canvas.colour * (1 - np.float32(strength) * far)[..., None]


def cast(canvas: Canvas, shape: Patch, colour: str, strength: float, radius: float) -> None:
    """Darken what lies under a shape: its shadow."""
    canvas.paint(shape.soft(radius), rgb(colour), strength, "multiply")


def rim(
    layer: Canvas, towards: tuple[float, float], colour: str, strength: float, width: float = 3
) -> None:
    """Light the edge of a layer on the side that looks `towards` a lamp (pixels right and down)."""
    solid = layer.alpha
    right, down = round(towards[0]), round(towards[1])
    pad = max(abs(right), abs(down), 1)
    wide = np.pad(blurred(solid[..., None], width)[..., 0], pad, mode="edge")
    height, breadth = solid.shape
    beyond = wide[pad + down : pad + down + height, pad + right : pad + right + breadth]
    edge = solid * np.clip(solid - beyond, 0, 1)
    layer.colour = layer.colour + edge[..., None] * rgb(colour) * np.float32(strength)


def developed(canvas: Canvas, contrast: float = 1.0) -> Image.Image:
    """Return the picture: highlights rolled off, gentle contrast, eight bits."""
    light = np.maximum(canvas.colour, 0)
    knee = np.float32(0.72)
    over = np.maximum(light - knee, 0)
    light = np.minimum(light, knee) + (1 - knee) * (1 - np.exp(-over / (1 - knee)))
    curve = light * light * (3 - 2 * light)
    light = light + (curve - light) * np.float32(contrast - 1)
    pixels = np.floor(np.clip(light, 0, 1) * 255 + 0.5)
    return Image.fromarray(pixels.astype(np.uint8))
