"""Looks at stills: whether they can be read, their size and format, and the hash of their bytes."""

import hashlib
import io
import stat
import warnings
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from storyboard.model.diagnostic import Code, Diagnostic, Outcome, failed
from storyboard.model.request import Still
from storyboard.model.source import Span

__all__ = ["LARGEST_STILL", "describe", "look_at", "too_heavy", "unusable"]

LARGEST_STILL = 64 * 1024 * 1024
_MOST_PIXELS = 50_000_000  # half as many again as 8K; decoded they weigh 150 MB
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
_SKETCH = (64, 64)
_SIDEWAYS = frozenset({5, 6, 7, 8})
_ORIENTATION = 0x0112


def look_at(path: Path, shown: str, span: Span) -> Outcome[Still]:
    """Read the picture at `path` and describe it; `shown` is its name for people."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return unusable(shown, "it is not a file", span)
        if status.st_size > LARGEST_STILL:
            return too_heavy(shown, span)
        data = path.read_bytes()
    except OSError as error:
        return unusable(shown, (error.strerror or str(error)).lower(), span)
    return describe(data, shown, span)


def describe(data: bytes, shown: str, span: Span) -> Outcome[Still]:
    """Describe a picture by its bytes; `shown` is its name for people."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            kind, width, height = _measure(data)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return unusable(shown, "it has too many pixels", span)
    except UnidentifiedImageError:
        return unusable(shown, f"it is none of {', '.join(_FORMATS)}", span)
    except Exception as error:  # noqa: BLE001  Pillow's decoders raise anything on damaged files
        return unusable(shown, f"it is damaged ({error})", span)
    digest = hashlib.sha256(data).hexdigest()
    return Outcome(Still(shown, digest, width, height, kind, len(data)))


def _measure(data: bytes) -> tuple[str, int, int]:
    """Check the picture to its end; return its format and its size as it is to be seen."""
    with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
        kind = str(image.format).lower()
        width, height = image.size
        if width * height > _MOST_PIXELS:
            raise Image.DecompressionBombError
        if _orientation(image) in _SIDEWAYS:
            width, height = height, width
        if kind == "png":
            image.verify()  # its checksums find damage by accident without decoding it
        else:
            image.draft("L", _SKETCH)
            image.load()
        return kind, width, height


def _orientation(image: Image.Image) -> int:
    """Read how the picture is to be turned; Pillow's own way decodes a PNG to look for it."""
    exif = Image.Exif()
    exif.load(image.info.get("exif", b""))
    return int(exif.get(_ORIENTATION, 1))


def too_heavy(shown: str, span: Span) -> Outcome[Still]:
    """Refuse a picture of more than `LARGEST_STILL` bytes."""
    return unusable(shown, f"it weighs over {LARGEST_STILL >> 20} MB", span)


def unusable(shown: str, reason: str, span: Span) -> Outcome[Still]:
    """Say why a file is no still."""
    message = f"cannot use {shown} as a still: {reason}"
    advice = "save it anew as PNG or JPEG"
    return failed(Diagnostic(Code.IMAGE_UNREADABLE, message, span, advice))
