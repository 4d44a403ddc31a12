"""What stands in for a still that is not drawn yet: a card of the shot over a stage to move on.

The backdrop takes the shot's camera move, so even a film without a single still can be timed.
"""

from PIL import Image, ImageDraw

from storyboard.adapters.media.animatic.order import Order
from storyboard.adapters.media.animatic.overlay import Overlay, overlay
from storyboard.adapters.media.lettering import Face, face, set_lines
from storyboard.model.money import Millis, show_seconds

__all__ = ["slate_backdrop", "slate_card"]

_TOP, _FLOOR = (44, 52, 64), (24, 27, 33)
_LINE = (66, 77, 93)
_HORIZON = 0.46  # of the height, where the floor meets the wall
_PAPER = (244, 241, 234, 255)
_INK = (28, 28, 32, 255)
_FAINT = (120, 116, 108, 255)
_ACCENT = (196, 72, 44, 255)


def slate_backdrop(width: int, height: int) -> Image.Image:
    """Draw an empty stage: a wall, and a floor whose lines run to the horizon."""
    picture = Image.new("RGB", (width, height), _FLOOR)
    draw = ImageDraw.Draw(picture)
    horizon = round(height * _HORIZON)
    for row in range(height):
        draw.line((0, row, width, row), fill=_shaded(row, horizon, height))
    thick = max(1, height // 360)
    for step in range(-24, 25):
        foot = width / 2 + step * width / 8
        draw.line((width / 2 + step * width / 40, horizon, foot, height), _LINE, thick)
    for step in range(1, 8):
        row = horizon + round((height - horizon) / (1 + 0.55 * (7 - step)))
        draw.line((0, row, width, row), _LINE, thick)
    for column in range(1, 12):
        place = round(width * column / 12)
        draw.line((place, 0, place, horizon), (52, 61, 75), thick)
    return picture


def slate_card(order: Order) -> Overlay:
    """Draw the card: a clapper's stripes, the shot's label, what happens, and how it is taken."""
    width, height = round(order.width * 0.76), round(order.height * 0.56)
    unit = max(4, round(min(order.height, order.width) * 0.05))
    card = Image.new("RGBA", (width, height))
    draw = ImageDraw.Draw(card)
    draw.rounded_rectangle((0, 0, width - 1, height - 1), radius=unit // 3, fill=_PAPER)
    _stripe(card, unit)
    left, top = unit, round(unit * 1.7)
    top += _title(draw, (left, top), order.label or "Shot", width - 2 * left, unit)
    _action(draw, order, (left, top + unit // 4), (width, height - 2 * unit), unit)
    _foot(draw, order, (left, height - round(unit * 1.45)), width, unit)
    return overlay(card, (order.width - width) // 2, round(order.height * 0.09))


def _shaded(row: int, horizon: int, height: int) -> tuple[int, int, int]:
    """Light the wall toward the horizon, and the floor away from it."""
    far = row / horizon if row < horizon else 1 - (row - horizon) / (height - horizon)
    red, green, blue = (
        round(low + (high - low) * far) for low, high in zip(_FLOOR, _TOP, strict=True)
    )
    return red, green, blue


def _stripe(card: Image.Image, unit: int) -> None:
    """Lay the clapper's stripes along the top edge, inside its rounded corners."""
    width = card.width
    band = Image.new("RGBA", (width, unit), _INK)
    draw = ImageDraw.Draw(band)
    for left in range(-unit, width, 2 * unit):
        edge = [(left, unit), (left + unit, 0), (left + 2 * unit, 0), (left + unit, unit)]
        draw.polygon(edge, fill=_PAPER)
    card.paste(band, (0, 0), card.getchannel("A").crop((0, 0, width, unit)))
    ImageDraw.Draw(card).line((0, unit, width, unit), fill=_ACCENT, width=max(1, unit // 8))


def _title(draw: ImageDraw.ImageDraw, at: tuple[int, int], text: str, width: int, unit: int) -> int:
    """Write the shot's label in one line and return how high it stands."""
    words, lines = _fitted(text, round(unit * 1.25), (width, 0), weight="Bold")
    draw.text(at, lines[0], font=words.font, fill=_INK)
    return words.leading


def _action(
    draw: ImageDraw.ImageDraw,
    order: Order,
    at: tuple[int, int],
    limit: tuple[int, int],
    unit: int,
) -> None:
    """Write what happens, as large as leaves room for all of it."""
    left, top = at
    width, bottom = limit
    words, lines = _fitted(order.action or "", unit, (width - 2 * left, bottom - top))
    for line in lines:
        draw.text((left, top), line, font=words.font, fill=_INK)
        top += words.leading


def _fitted(
    text: str, unit: int, limit: tuple[int, int], *, weight: str = "Regular"
) -> tuple[Face, tuple[str, ...]]:
    """Set a text in the largest size that leaves room for all of it, or the smallest there is."""
    words, lines = _set(text, unit, limit, weight)
    for share in (0.8, 0.68, 0.58):
        if lines[-1].endswith("…") and not text.endswith("…"):
            words, lines = _set(text, unit * share, limit, weight)
    return words, lines


def _set(
    text: str, size: float, limit: tuple[int, int], weight: str
) -> tuple[Face, tuple[str, ...]]:
    words = face(text, round(size), weight=weight)
    return words, set_lines(words, limit[0], most=max(1, limit[1] // words.leading))


def _foot(
    draw: ImageDraw.ImageDraw, order: Order, at: tuple[int, int], width: int, unit: int
) -> None:
    """Say how the shot is taken on the left, and how long it runs on the right."""
    left, top = at
    taken = " · ".join(word for word in (order.move, order.speed, order.support) if word)
    words = face(taken.upper(), round(unit * 0.62))
    draw.line((left, top - unit // 4, width - left, top - unit // 4), fill=_FAINT)
    draw.text((left, top), words.text, font=words.font, fill=_ACCENT)
    length = show_seconds(Millis(round(order.seconds * 1000)))
    clock = face(f"no still yet · {length}", round(unit * 0.62))
    draw.text((width - left, top), clock.text, font=clock.font, fill=_FAINT, anchor="ra")
