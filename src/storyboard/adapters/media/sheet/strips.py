"""A PNG written strip by strip: a wall of a thousand shots takes the memory of one row."""

import struct
import zlib
from types import TracebackType
from typing import BinaryIO, Self

import numpy as np
import numpy.typing as npt
from PIL import Image

__all__ = ["PngStrips"]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_EIGHT_BIT_RGB = (8, 2, 0, 0, 0)
_UP = 2  # the filter that writes each row as its difference from the one above


class PngStrips:
    """An RGB picture of a known size, added from the top down; complete once it is left."""

    def __init__(self, file: BinaryIO, size: tuple[int, int]) -> None:
        self._file = file
        self._width, self._left = size
        self._above = np.zeros(self._width * 3, np.uint8)
        self._packer = zlib.compressobj()
        file.write(_SIGNATURE)
        self._chunk(b"IHDR", struct.pack(">2I5B", *size, *_EIGHT_BIT_RGB))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            return
        if self._left:
            message = f"{self._left} rows of the picture were not drawn"
            raise ValueError(message)
        self._chunk(b"IDAT", self._packer.flush())
        self._chunk(b"IEND", b"")

    def add(self, strip: Image.Image) -> None:
        """Write the next rows; the strip is as wide as the picture."""
        rows = np.asarray(strip.convert("RGB"), np.uint8).reshape(strip.height, self._width * 3)
        self._left -= strip.height
        self._chunk(b"IDAT", self._packer.compress(self._filtered(rows)))
        self._above = rows[-1]

    def _filtered(self, rows: npt.NDArray[np.uint8]) -> bytes:
        lines = np.empty((rows.shape[0], rows.shape[1] + 1), np.uint8)
        lines[:, 0] = _UP
        lines[0, 1:] = rows[0] - self._above
        lines[1:, 1:] = rows[1:] - rows[:-1]
        return lines.tobytes()

    def _chunk(self, kind: bytes, data: bytes) -> None:
        check = zlib.crc32(data, zlib.crc32(kind))
        self._file.write(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check))
