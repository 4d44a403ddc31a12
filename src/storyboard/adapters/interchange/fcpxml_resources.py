"""The first part of an FCPXML file: formats, files and effects, each once, that the rest names."""

from fractions import Fraction
from xml.etree.ElementTree import Element, SubElement

from storyboard.cutting.interchange import Media
from storyboard.model.timeline import Timeline

__all__ = ["Resources", "seconds"]

_HEIGHTS = {(1280, 720): "720p", (1920, 1080): "1080p", (3840, 2160): "3840x2160p"}
_RATES = {
    Fraction(24000, 1001): "2398",
    Fraction(24): "24",
    Fraction(25): "25",
    Fraction(30000, 1001): "2997",
    Fraction(30): "30",
    Fraction(50): "50",
    Fraction(60000, 1001): "5994",
    Fraction(60): "60",
}
_EFFECTS = {
    "Cross Dissolve": "FxPlug:4731E73A-8DAC-4113-9A30-AE85B1761265",
    "Wipe": "FxPlug:857E2FBA-98DB-411B-A88C-CE6ABC1F65D8",
    "Fade To Color": "FxPlug:F779C565-486D-4633-8035-0374B4DB8F5C",
    "Audio Crossfade": "FFAudioTransition",
}
"""Final Cut Pro's own names for the effects that it ships with."""


def seconds(time: Fraction | int) -> str:
    """Write a time as FCPXML does: `5s`, `1001/24000s`."""
    exact = Fraction(time)
    if exact.denominator == 1:
        return f"{exact.numerator}s"
    return f"{exact.numerator}/{exact.denominator}s"


class Resources:
    """What was named so far, by what it is."""

    def __init__(self, element: Element, film: Timeline) -> None:
        self._element = element
        self._film = film
        self._ids: dict[object, str] = {}

    def format(self, size: tuple[int, int] | None, fps: Fraction | None) -> str:
        """Return the id of a picture's format; what nobody measured is as the film is."""
        width, height = size or (self._film.width, self._film.height)
        rate = fps or self._film.fps
        attributes = {
            "frameDuration": seconds(1 / rate),
            "width": str(width),
            "height": str(height),
            "colorSpace": "1-1-1 (Rec. 709)",
        }
        if (width, height) in _HEIGHTS and rate in _RATES:
            attributes["name"] = f"FFVideoFormat{_HEIGHTS[width, height]}{_RATES[rate]}"
        return self._once((width, height, rate), "format", attributes)

    def clip(self, media: Media, name: str, length: Fraction) -> str:
        """Return the id of a shot's file, so many seconds long."""
        sound = (
            {"hasAudio": "1", "audioSources": "1", "audioChannels": "2", "audioRate": "48000"}
            if media.sound
            else {}
        )
        attributes = {
            "name": name,
            "src": media.url or "",
            "start": "0s",
            "duration": seconds(length),
            "hasVideo": "1",
            "format": self.format(media.size, media.fps),
            **sound,
        }
        return self._once(media.url, "asset", attributes)

    def sound(self, url: str, name: str, length: Fraction) -> str:
        """Return the id of a file that is only heard."""
        attributes = {
            "name": name,
            "src": url,
            "start": "0s",
            "duration": seconds(length),
            "hasAudio": "1",
            "audioSources": "1",
            "audioChannels": "2",
            "audioRate": "48000",
        }
        return self._once(url, "asset", attributes)

    def effect(self, name: str) -> str:
        """Return the id of an effect of Final Cut Pro's."""
        return self._once(name, "effect", {"name": name, "uid": _EFFECTS[name]})

    def _once(self, what: object, tag: str, attributes: dict[str, str]) -> str:
        if (tag, what) not in self._ids:
            self._ids[tag, what] = f"r{len(self._ids) + 1}"
            SubElement(self._element, tag, {"id": self._ids[tag, what], **attributes})
        return self._ids[tag, what]
