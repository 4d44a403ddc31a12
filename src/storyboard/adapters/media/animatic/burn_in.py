"""The window burn: a label and running timecode in an upper corner."""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil

from PIL import Image, ImageDraw

from storyboard.adapters.media.animatic.overlay import Overlay, inlaid, lay, overlay
from storyboard.adapters.media.colour import Planes
from storyboard.adapters.media.lettering import face
from storyboard.model.money import Frames, timecode

__all__ = ["BurnIn"]

_COLOUR = "#f4f1ea"
_BOX = (12, 12, 14, 170)
_SIGNS = "0123456789:"


class BurnIn:
    """Draws the box and each digit once; a frame's timecode is put together from them.

    Digits stand in cells of one width, so that they do not dance. Without `fps` there is no
    timecode, and the label alone must say something.
    """

    def __init__(
        self, label: str, size: tuple[int, int], fps: Fraction | None, *, right: bool = False
    ) -> None:
        width, height = size
        letters = round(min(size) * 0.034)
        margin = _even(max(2, round(height * 0.03)))
        self._fps = fps
        self._label = face(label, letters)
        self._digits = face(_SIGNS, letters)
        widest = max(self._digits.font.getlength(digit) for digit in "0123456789")
        self._digit_width, self._colon_width = _even(ceil(widest)), _even(ceil(widest * 0.6))
        box = self._blank()
        left = _even(width - margin - box.width - 1) if right else margin
        self._box = overlay(box, max(0, left), margin)
        self._cells = {sign: overlay(self._cell(sign, box.height), 0, 0) for sign in _SIGNS}

    def over(self, frame: Planes, number: int) -> Planes:
        """Return the frame with the box over it, the timecode at this frame's number."""
        return lay(frame, inlaid(self._box, self._clock(number)))

    def _clock(self, number: int) -> Iterator[tuple[Overlay, int]]:
        """Give each sign of the timecode, and its place from the left of the box."""
        left = self._start
        for sign in timecode(Frames(number), self._fps) if self._fps else "":
            yield self._cells[sign], left
            left += self._width(sign)

    def _width(self, sign: str) -> int:
        return self._digit_width if sign.isdigit() else self._colon_width

    def _blank(self) -> Image.Image:
        """Draw the box with its label, and leave room for the timecode."""
        pad = self._digits.leading // 3
        label = round(self._label.font.getlength(self._label.text))
        self._start = _even(3 * pad + label if label else pad)
        clock = timecode(Frames(0), self._fps) if self._fps else ""
        end = self._start + sum(map(self._width, clock)) if clock else pad + label
        box = Image.new("RGBA", (end + pad, _even(self._digits.leading + pad // 2)))
        draw = ImageDraw.Draw(box)
        area = (0, 0, box.width - 1, box.height - 1)
        draw.rounded_rectangle(area, radius=pad // 2, fill=_BOX)
        draw.text((pad, pad // 4), self._label.text, font=self._label.font, fill=_COLOUR)
        return box

    def _cell(self, sign: str, height: int) -> Image.Image:
        cell = Image.new("RGBA", (self._width(sign), height), _BOX)
        middle, top = cell.width / 2, self._digits.leading // 12
        draw = ImageDraw.Draw(cell)
        draw.text((middle, top), sign, font=self._digits.font, fill=_COLOUR, anchor="ma")
        return cell


def _even(pixels: int) -> int:
    return pixels + pixels % 2
