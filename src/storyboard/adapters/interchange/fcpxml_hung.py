"""What hangs on the clips of an FCPXML spine: laid sounds, markers, and notes of what made a clip.

Markers and laid sounds are placed on the clock of the clip that they hang on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import PurePosixPath
from xml.etree.ElementTree import Element, SubElement

from storyboard.adapters.interchange.fcpxml_resources import Resources, seconds
from storyboard.cutting.interchange import Media, laid_place, lanes
from storyboard.model.money import Millis, frames
from storyboard.model.timeline import Caption, Event, Laid, Timeline

__all__ = ["Shown", "fade", "hang_sounds", "mark", "note"]

_NOTHING = Media()
_ROLES = {"music": "music", "effect": "effects", "voice-over": "dialogue"}


@dataclass(frozen=True, slots=True)
class Shown:
    """An event as it stands in the spine, in frames: from `record` on, its own clock at `start`."""

    event: Event
    element: Element
    record: int
    length: int
    start: int

    def local(self, frame: int) -> int:
        """Return a frame of the film on the clip's own clock."""
        return self.start + frame - self.record


def fade(element: Element, fades: Mapping[str, int], fps: Fraction) -> None:
    """Let a level come up, or go down, over so many frames."""
    spent = {name: count for name, count in fades.items() if count}
    if spent:
        amount = SubElement(element, "param", name="amount")
        for name, count in spent.items():
            SubElement(amount, name, type="linear", duration=seconds(count / fps))


def hang_sounds(
    shown: Sequence[Shown], film: Timeline, media: Mapping[str, Media], resources: Resources
) -> None:
    """Hang laid sounds under the clip that is shown when they begin, on lanes of their own."""

    def place(laid: Laid) -> tuple[int, int]:
        return laid_place(laid, film, media[laid.path])

    laid = [each for each in film.laid if media.get(each.path, _NOTHING).url]
    laid.sort(key=lambda each: each.start)
    for lane, sharing in enumerate(lanes(laid, place), 1):
        for each in sharing:
            start, end = place(each)
            host = _at(shown, start)
            if host is not None:
                element = _sound(each, end - start, film.fps, media[each.path], resources)
                element.set("lane", str(-lane))
                element.set("offset", seconds(host.local(start) / film.fps))
                host.element.append(element)


def _sound(laid: Laid, length: int, fps: Fraction, told: Media, resources: Resources) -> Element:
    name = PurePosixPath(laid.path).name
    offset = frames(laid.offset, fps)
    element = Element(
        "asset-clip",
        ref=resources.sound(told.url or "", name, (offset + length) / fps),
        name=name,
        start=seconds(offset / fps),
        duration=seconds(length / fps),
        audioRole=_ROLES[laid.role],
    )
    volume = SubElement(element, "adjust-volume", amount=f"{laid.gain:g}dB")
    fades = {"fadeIn": frames(laid.fade_in, fps), "fadeOut": frames(laid.fade_out, fps)}
    fade(volume, fades, fps)
    return element


def _at(shown: Sequence[Shown], frame: int) -> Shown | None:
    found = (each for each in shown if each.record <= frame < each.record + each.length)
    return next(found, None)


def mark(shown: Sequence[Shown], film: Timeline) -> None:
    """Mark scenes as chapters, and words where they are said."""
    for chapter in film.chapters:
        host = _at(shown, chapter.start)
        if host is not None:
            start = seconds(host.local(chapter.start) / film.fps)
            marked = {"start": start, "duration": seconds(1 / film.fps), "value": chapter.title}
            SubElement(host.element, "chapter-marker", marked, posterOffset="0s")
    hosts = {each.event.shot: each for each in shown}
    for caption in film.captions:
        if caption.shot in hosts:
            _mark_words(hosts[caption.shot], caption, film.fps)


def _mark_words(host: Shown, caption: Caption, fps: Fraction) -> None:
    last = host.record + host.length - 1
    frame = min(max(frames(caption.start, fps), host.record), last)
    length = max(1, frames(Millis(caption.end - caption.start), fps))
    SubElement(
        host.element,
        "marker",
        start=seconds(host.local(frame) / fps),
        duration=seconds(length / fps),
        value=f"{caption.speaker}: {caption.text}" if caption.speaker else caption.text,
        note=caption.delivery,
    )


def note(shown: Sequence[Shown], media: Mapping[str, Media]) -> None:
    """Say of each clip, last of all as the format wants it, what made it."""
    for each in shown:
        facts = media.get(each.event.shot, _NOTHING).facts
        pairs = [("com.apple.proapps.studio.scene", each.event.scene)]
        pairs += [(f"storyboard.{name}", value) for name, value in facts]
        metadata = SubElement(each.element, "metadata")
        for key, value in pairs:
            SubElement(metadata, "md", key=key, value=value)
