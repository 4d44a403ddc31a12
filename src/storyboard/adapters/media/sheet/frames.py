"""The pictures of a sheet, read one at a time and no larger than they are shown."""

import io

from PIL import Image, ImageOps

from storyboard.adapters.media.container import DamagedClip
from storyboard.adapters.media.picture import open_picture
from storyboard.adapters.media.sheet.marks import View
from storyboard.adapters.media.stills import LAST, frame_at
from storyboard.model.errors import InvalidStoryboard
from storyboard.model.sheet import Jpeg, SheetShot, Views

__all__ = ["fitted", "jpeg_of", "open_view", "views_of"]

_QUALITY = 82
_STILL, _FRAME = 720, 360  # the longer side of pictures in a page for the browser
_NEAR = 4  # a picture this near its place's size fills it


def open_view(view: View, size: tuple[int, int]) -> Image.Image | None:
    """Return the whole picture, as large as fits the size; None when it cannot be read."""
    try:
        picture = _opened(view, size)
    except (InvalidStoryboard, DamagedClip):
        return None
    fits = ImageOps.contain(picture, size, Image.Resampling.LANCZOS)
    return fits.resize(size) if _nearly(fits.size, size) else fits


def fitted(picture: tuple[int, int], place: tuple[float, float]) -> tuple[float, float]:
    """Return the largest size of a picture's shape that fits its place."""
    factor = min(place[0] / picture[0], place[1] / picture[1])
    return picture[0] * factor, picture[1] * factor


def jpeg_of(view: View, size: tuple[int, int]) -> Jpeg | None:
    """Return a picture that fits the size, packed for a document; None when it cannot be read."""
    picture = open_view(view, size)
    if picture is None:
        return None
    packed = io.BytesIO()
    picture.save(packed, "JPEG", quality=_QUALITY, optimize=True)
    return Jpeg(packed.getvalue(), *picture.size)


def views_of(shot: SheetShot) -> Views:
    """Return what can be seen of a shot, for a page in the browser."""
    still = jpeg_of(View(shot.still, "still"), (_STILL, _STILL)) if shot.still else None
    if shot.clip is None:
        return Views(still)
    size = (_FRAME, _FRAME)
    return Views(
        still, jpeg_of(View(shot.clip, "first"), size), jpeg_of(View(shot.clip, "last"), size)
    )


def _opened(view: View, size: tuple[int, int]) -> Image.Image:
    match view.part:
        case "still":
            return open_picture(view.path, size)
        case "first":
            return frame_at(view.path, 0)
        case "last":
            return frame_at(view.path, LAST)


def _nearly(size: tuple[int, int], place: tuple[int, int]) -> bool:
    return all(abs(side - room) <= _NEAR for side, room in zip(size, place, strict=True))
