"""The still as the camera's stage: how far it reaches, measured in frames."""

from dataclasses import dataclass

from PIL import Image, ImageOps

__all__ = ["Stage", "staged"]

_MOST_FRAMES = 3.0  # a picture that reaches further than a move ever goes is cut to this


@dataclass(frozen=True, slots=True)
class Stage:
    """The picture measured in frames: how many frames `wide` and `high`, and the frame's ratio."""

    wide: float = 1.0
    high: float = 1.0
    ratio: float = 16 / 9


def staged(picture: Image.Image, width: int, height: int) -> tuple[Image.Image, Stage]:
    """Measure a picture in frames that it covers; one far longer than the frame is cut to size."""
    scale = max(width / picture.width, height / picture.height)
    wide = max(1.0, picture.width * scale / width)
    high = max(1.0, picture.height * scale / height)
    if max(wide, high) > _MOST_FRAMES:
        picture = ImageOps.fit(
            picture,
            (
                max(1, round(picture.width * min(1, _MOST_FRAMES / wide))),
                max(1, round(picture.height * min(1, _MOST_FRAMES / high))),
            ),
        )
        wide, high = min(wide, _MOST_FRAMES), min(high, _MOST_FRAMES)
    return picture, Stage(wide, high, width / height)
