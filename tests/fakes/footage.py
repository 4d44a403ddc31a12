"""Small real clips for tests: a photograph's worth of detail, under a camera or standing still.

film(tmp_path / "a.mp4", push_in(24))
film(tmp_path / "b.mp4", [picture()] * 24, sound=tone(24))
"""

from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image

from storyboard.adapters.media.encoder import SOUND_RATE, ClipWriter

__all__ = ["FPS", "LARGE", "Picture", "Sound", "black", "film", "picture", "push_in", "tone"]

FPS = Fraction(24)
LARGE = (864, 480)
"""A size like those that providers sell, for tests of how a picture is encoded."""
_SIZE = (320, 180)
_MARGIN = 1.2  # a picture is drawn this much larger than a clip shows of it

Picture: TypeAlias = npt.NDArray[np.uint8]
Sound: TypeAlias = npt.NDArray[np.float32]


def picture(scale: float = 1.0, size: tuple[int, int] = _SIZE, brightness: float = 1.0) -> Picture:
    """Return one RGB picture with large and small shapes in it, seen from as near as `scale`."""
    width, height = size
    drawn = _drawing(round(width * _MARGIN), round(height * _MARGIN))
    wide, high = width / scale, height / scale
    left, top = (drawn.width - wide) / 2, (drawn.height - high) / 2
    box = (left, top, left + wide, top + high)
    seen = drawn.resize(size, Image.Resampling.BICUBIC, box=box)
    return (np.asarray(seen) * brightness).astype(np.uint8)


def push_in(frames: int, *, percent: float = 5.0, brightness: float = 1.0) -> list[Picture]:
    """Return a camera's slow way in: so many percent nearer after eight seconds."""
    step = percent / 100 / 8 / float(FPS)
    return [picture(1 + step * number, brightness=brightness) for number in range(frames)]


def black(frames: int, size: tuple[int, int] = _SIZE) -> list[Picture]:
    """Return pictures with nothing on them."""
    return [np.zeros((size[1], size[0], 3), np.uint8)] * frames


def tone(frames: int, peak: float = 0.5) -> Sound:
    """Return a tone as long as so many frames."""
    count = round(frames / FPS * SOUND_RATE)
    wave = peak * np.sin(2 * np.pi * 440 * np.arange(count) / SOUND_RATE)
    return np.repeat(wave[:, None].astype(np.float32), 2, axis=1)


def film(
    path: Path,
    pictures: Iterable[Picture],
    *,
    sound: Sound | None = None,
    fps: Fraction = FPS,
    crf: int = 23,
) -> str:
    """Write a clip with a sound track, silent where none is given; return where it is."""
    first, *others = pictures
    height, width, _ = first.shape
    with ClipWriter(str(path), width=width, height=height, fps=fps, crf=crf) as writer:
        if sound is not None:
            writer.write_sound(sound)
        for each in (first, *others):
            writer.write_rgb(each)
    return str(path)


@cache
def _drawing(width: int, height: int) -> Image.Image:
    """Draw blobs of many sizes, the same ones each time."""
    random = np.random.default_rng(7)
    layers = np.zeros((height, width, 3))
    for cells in (4, 12, 40):
        noise = random.integers(0, 256, (cells, cells * 2, 3), dtype=np.uint8)
        grown = Image.fromarray(noise).resize((width, height), Image.Resampling.BICUBIC)
        layers += np.asarray(grown) / 3
    return Image.fromarray(layers.astype(np.uint8))
