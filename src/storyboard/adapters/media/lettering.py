"""Type: which face can write a text, how the text breaks into lines, and boxed lines drawn.

The face is Source Sans (it ships in a wheel): Latin with all accents, Greek, Cyrillic. A text in
another script is set in a font of the machine if one has it; characters that nothing has are
folded to their base letter, or stand as a box. Nothing here fails because of a text.
"""

import importlib.resources
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from PIL import Image, ImageDraw, ImageFont

__all__ = ["Face", "boxed", "face", "set_lines"]

_Font: TypeAlias = ImageFont.FreeTypeFont

# Families that machines have, by file name; together they cover most scripts.
_MACHINE_FONTS = (
    "NotoSans-Regular.ttf",
    "DejaVuSans.ttf",
    "Arial Unicode.ttf",
    "NotoSansCJK-Regular.ttc",
    "PingFang.ttc",
    "Hiragino Sans GB.ttc",
    "msyh.ttc",
    "YuGothM.ttc",
    "malgun.ttf",
    "AppleSDGothicNeo.ttc",
    "wqy-microhei.ttc",
    "NotoSansArabic-Regular.ttf",
    "NotoSansHebrew-Regular.ttf",
    "NotoSansDevanagari-Regular.ttf",
    "NotoSansThai-Regular.ttf",
    "arial.ttf",
)
_UNASSIGNED = "\uffff"
_BOX = "\u25a1"


@dataclass(frozen=True, slots=True)
class Face:
    """A font at a size that has been found to write a text, and the text as it can be written."""

    font: _Font
    text: str

    @property
    def leading(self) -> int:
        """Pixels from one line to the next."""
        above, below = self.font.getmetrics()
        return round((above + below) * 1.02)


def face(text: str, size: int, *, weight: str = "Semibold") -> Face:
    """Find a font that writes the text, at `size` pixels; the text comes back as it will stand."""
    text = unicodedata.normalize("NFC", text)
    best, fewest = None, len(text) + 1
    for font in _fonts(max(6, size), weight):
        lacking = _lacking(font, text)
        if len(lacking) < fewest:
            best, fewest = Face(font, _written(font, text, lacking)), len(lacking)
        if not lacking:
            break
    return best or Face(_bundled(max(6, size), weight), text)


def set_lines(words: Face, width: int, *, most: int = 6) -> tuple[str, ...]:
    """Break a text into lines of about equal length, none wider than `width` pixels."""
    lines = _broken(words, width)
    low, high = width // 3, width
    while high - low > 8:  # noqa: PLR2004  # pixels: narrower differences are not seen
        middle = (low + high) // 2
        if len(_broken(words, middle)) > len(lines):
            low = middle
        else:
            high = middle
    balanced = _broken(words, high)
    if len(balanced) <= most:
        return balanced
    return (*lines[: most - 1], lines[most - 1].rstrip(" .,;:") + "…")


def boxed(lines: tuple[tuple[Face, tuple[str, ...], str], ...], shade: int) -> Image.Image:
    """Draw blocks of lines (face, lines, colour), centred, in one dark box of that opacity."""
    widest = max(words.font.getlength(line) for words, rows, _ in lines for line in rows)
    height = sum(words.leading * len(rows) for words, rows, _ in lines)
    pad = max(4, lines[-1][0].leading // 3)
    patch = Image.new("RGBA", (round(widest) + 4 * pad, height + round(1.4 * pad)))
    draw = ImageDraw.Draw(patch)
    box = (0, 0, patch.width - 1, patch.height - 1)
    draw.rounded_rectangle(box, radius=pad, fill=(12, 12, 14, shade))
    top = pad // 2
    for words, rows, colour in lines:
        for line in rows:
            middle = (patch.width / 2, top)
            draw.text(middle, line, font=words.font, fill=colour, anchor="ma")
            top += words.leading
    return patch


def _fonts(size: int, weight: str) -> Iterator[_Font]:
    yield _bundled(size, weight)
    for name in _MACHINE_FONTS:
        try:
            yield ImageFont.truetype(name, size)
        except OSError:
            continue


def _bundled(size: int, weight: str) -> _Font:
    files = importlib.resources.files("font_source_sans_pro") / "files"
    with importlib.resources.as_file(files / f"SourceSansPro-{weight}.ttf") as path:
        return ImageFont.truetype(str(path), size)


def _lacking(font: _Font, text: str) -> frozenset[str]:
    """Return the characters the font draws as its sign for a missing one."""
    missing = bytes(font.getmask(_UNASSIGNED))
    printed = {letter for letter in text if not letter.isspace()}
    return frozenset(letter for letter in printed if bytes(font.getmask(letter)) == missing)


def _written(font: _Font, text: str, lacking: frozenset[str]) -> str:
    """Replace what the font lacks: by the base letter, else by a box or a question mark."""
    box = "?" if _lacking(font, _BOX) else _BOX
    written = []
    for letter in text:
        folded = unicodedata.normalize("NFKD", letter)[:1] if letter in lacking else letter
        written.append(box if folded in lacking or _lacking(font, folded) else folded)
    return "".join(written) if lacking else text


def _broken(words: Face, width: int) -> tuple[str, ...]:
    lines: list[str] = []
    for paragraph in words.text.splitlines():
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}" if line else word
            if words.font.getlength(longer) <= width:
                line = longer
                continue
            if line:
                lines.append(line)
            *full, line = _pieces(words.font, word, width)
            lines.extend(full)
        lines.append(line)
    return tuple(line for line in lines if line) or ("",)


def _pieces(font: _Font, word: str, width: int) -> list[str]:
    """Cut a word wider than a line; scripts without spaces break anywhere."""
    pieces, piece = [], ""
    for letter in word:
        if piece and font.getlength(piece + letter) > width:
            pieces.append(piece)
            piece = ""
        piece += letter
    return [*pieces, piece]
