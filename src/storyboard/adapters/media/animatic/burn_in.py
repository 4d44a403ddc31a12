"""The window burn: a shot's label and running timecode in the upper left corner."""

from PIL import Image, ImageDraw

from storyboard.adapters.media.animatic.order import Order
from storyboard.adapters.media.animatic.overlay import Overlay, lay, overlay
from storyboard.adapters.media.colour import Planes
from storyboard.adapters.media.lettering import face
from storyboard.model.money import Frames, timecode

__all__ = ["BurnIn"]

_COLOUR = "#f4f1ea"
_BOX = (12, 12, 14, 170)


class BurnIn:
    """Draws the box once; each frame draws its own digits, in cells so that they do not dance."""

    def __init__(self, order: Order) -> None:
        self._order = order
        size = round(min(order.height * 0.034, order.width * 0.034))
        self._margin = max(2, round(order.height * 0.03))
        self._label = face(order.label or "", size)
        self._digits = face("0123456789:;", size)
        self._cell = max(self._digits.font.getlength(digit) for digit in "0123456789")
        self._box = self._blank()

    def over(self, frame: Planes, number: int) -> Planes:
        """Return the frame with the box over it, the timecode at this frame's number."""
        return lay(frame, self._drawn(number))

    def _blank(self) -> Image.Image:
        pad = self._digits.leading // 3
        self._start = pad
        if self._label.text:
            self._start += round(self._label.font.getlength(self._label.text)) + 2 * pad
        clock = timecode(Frames(0), self._order.fps)
        width = self._start + round(sum(self._width(sign) for sign in clock)) + pad
        box = Image.new("RGBA", (width, self._digits.leading + pad // 2))
        draw = ImageDraw.Draw(box)
        area = (0, 0, box.width - 1, box.height - 1)
        draw.rounded_rectangle(area, radius=pad // 2, fill=_BOX)
        draw.text((pad, pad // 4), self._label.text, font=self._label.font, fill=_COLOUR)
        return box

    def _width(self, sign: str) -> float:
        return self._cell if sign.isdigit() else self._cell * 0.6

    def _drawn(self, number: int) -> Overlay:
        box = self._box.copy()
        draw = ImageDraw.Draw(box)
        left, top = float(self._start), self._digits.leading // 12
        for sign in timecode(Frames(number), self._order.fps):
            width = self._width(sign)
            place = (left + width / 2, top)
            draw.text(place, sign, font=self._digits.font, fill=_COLOUR, anchor="ma")
            left += width
        return overlay(box, self._margin, self._margin)
