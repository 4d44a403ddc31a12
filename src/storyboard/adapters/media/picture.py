"""A still read from disk as the eye should see it: upright, opaque, eight-bit RGB."""

import contextlib
import hashlib
import io
import pathlib
import struct
import warnings
import zlib

import numpy as np
from PIL import Image, ImageCms, ImageOps

from storyboard.model.errors import InvalidStoryboard

__all__ = ["open_picture"]

# A picture of more than about 90 megapixels is refused, not warned of: the file may be a bomb.
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)

_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
_PAPER = (255, 255, 255)
# What Pillow's readers raise on files that are not what they say.
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    ArithmeticError,
    MemoryError,
    struct.error,
    zlib.error,
)


def open_picture(path: str, needed: tuple[int, int], sha256: str | None = None) -> Image.Image:
    """Read a still, no larger than is `needed`; InvalidStoryboard when it cannot be read.

    With `sha256` the file has to have these bytes: a clip is known by the still it was made from,
    and one that changed meanwhile would be kept under the other's name.
    """
    if not pathlib.Path(path).is_file():
        message = f"there is no picture file at {path}"
        raise InvalidStoryboard(message)
    try:
        data = pathlib.Path(path).read_bytes()
        if sha256 is not None and hashlib.sha256(data).hexdigest() != sha256:
            message = f"the picture {path} changed while the film was being made"
            raise InvalidStoryboard(message, hint="run again: the new picture is used then")
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            longest = max(needed)
            image.draft("RGB", (longest, longest))
            return _eight_bit_rgb(ImageOps.exif_transpose(_reduced(image, longest)))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        message = f"the picture {path} is too large to be opened safely"
        raise InvalidStoryboard(message, hint="save it at 8192 pixels a side or less") from error
    except _BROKEN as error:
        message = f"the picture {path} cannot be read: {str(error) or type(error).__name__}"
        raise InvalidStoryboard(message, hint="save it again as PNG or JPEG") from error


def _reduced(image: Image.Image, longest: int) -> Image.Image:
    """Bring a far larger picture near the size that is needed, before anything copies it."""
    factor = min(image.size) // longest
    if factor <= 1:
        return image
    if image.mode in ("1", "P", "PA"):
        image = image.convert("RGBA")
    elif image.mode.startswith("I;"):
        image = image.convert("I")
    exif, profile = image.getexif(), image.info.get("icc_profile")
    smaller = image.reduce(factor)
    smaller.info["exif"] = exif.tobytes()
    if profile is not None:
        smaller.info["icc_profile"] = profile
    return smaller


def _eight_bit_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith(("I", "F")):
        image = _from_deep(image)
    if image.has_transparency_data:
        clear = image.convert("RGBA")
        image = Image.new("RGB", image.size, _PAPER)
        image.paste(clear, mask=clear.getchannel("A"))
        return image
    return _in_srgb(image)


def _from_deep(image: Image.Image) -> Image.Image:
    """Bring integers of 16 or 32 bits, or floats, to eight bits by the range they are in."""
    deep = np.nan_to_num(np.asarray(image).astype(np.float64))
    top = deep.max(initial=0.0)
    white = next((white for white in (1.0, 255.0, 65535.0) if top <= white), top)
    if image.mode.startswith("I"):
        white = max(white, 65535.0)
    return Image.fromarray(np.rint(deep.clip(0) * (255 / white)).astype(np.uint8))


def _in_srgb(image: Image.Image) -> Image.Image:
    """Convert from the colours the file was made in; a profile that does not work is ignored."""
    profile = image.info.get("icc_profile")
    if profile:
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
            if converted is not None:
                return converted
    return image.convert("RGB")
