"""The second part of an FCPXML file, the spine: clips end to end, and what joins them.

A clip has a clock of its own, which begins at its `start`. For a shot at another speed, or with a
held end, a `timeMap` bends it, so that it counts the film's frames.
"""

from collections.abc import Mapping
from fractions import Fraction
from xml.etree.ElementTree import Element, SubElement

from storyboard.adapters.interchange.fcpxml_hung import Shown, fade, hang_sounds, mark, note
from storyboard.adapters.interchange.fcpxml_resources import Resources, seconds
from storyboard.cutting.interchange import Join, Media, Piece, picture
from storyboard.cutting.joins import coming, going, shared
from storyboard.model.story import OVERLAPPING
from storyboard.model.timeline import Event, Timeline

__all__ = ["Spine"]

_NOTHING = Media()
_FADES = frozenset({"fade-in", "fade-out"})
_CONFORMED = {
    Fraction(24000, 1001): "23.98",
    Fraction(24): "24",
    Fraction(25): "25",
    Fraction(30000, 1001): "29.97",
    Fraction(30): "30",
    Fraction(60000, 1001): "59.94",
    Fraction(60): "60",
}


class Spine:
    """The film's picture, with its sound, as one line of clips."""

    def __init__(self, film: Timeline, media: Mapping[str, Media], resources: Resources) -> None:
        self._film = film
        self._media = media
        self._resources = resources
        self._element = Element("spine")
        self._shown: list[Shown] = []

    def element(self) -> Element:
        lane = picture(self._film.events)
        afters = dict(zip(self._film.events, [*self._film.events[1:], None], strict=False))
        end = 0
        for item, following in zip(lane, [*lane[1:], None], strict=False):
            if isinstance(item, Join):
                self._transition(item, end)
            elif not (self._shown and self._shown[-1].event == item.event):
                held = following if isinstance(following, Piece) and following.still else None
                length = item.length + (held.length if held else 0)
                self._shot(item, length, afters[item.event])
                end = item.record + length
        hang_sounds(self._shown, self._film, self._media, self._resources)
        mark(self._shown, self._film)
        note(self._shown, self._media)
        return self._element

    def _time(self, count: Fraction | int) -> str:
        return seconds(Fraction(count) / self._film.fps)

    def _transition(self, join: Join, cut: int) -> None:
        """Join two clips around the cut; a fade is on its own clip instead."""
        if join.kind in _FADES:
            return
        name = "Cross Dissolve"
        if join.kind not in OVERLAPPING:
            name = "Fade To Color"
        elif join.kind != "dissolve":
            name = "Wipe"
        element = SubElement(
            self._element,
            "transition",
            name=join.kind.replace("-", " ").capitalize(),
            offset=self._time(cut - join.before),
            duration=self._time(join.before + join.after),
        )
        for tag, effect in (("filter-video", name), ("filter-audio", "Audio Crossfade")):
            SubElement(element, tag, ref=self._resources.effect(effect), name=effect)

    def _shot(self, piece: Piece, length: int, after: Event | None) -> None:
        event = piece.event
        told = self._media.get(event.shot, _NOTHING)
        if told.url is None:
            self._gap(piece, length)
            return
        late = piece.record - event.record_in
        start = piece.source if event.is_plain else int(event.source_in / event.speed) + late
        whole = Fraction(max(event.available, event.source_out)) / self._film.fps
        element = SubElement(
            self._element,
            "asset-clip",
            ref=self._resources.clip(told, event.shot, whole),
            offset=self._time(piece.record),
            name=event.shot,
            start=self._time(start),
            duration=self._time(length),
            audioRole="dialogue",
        )
        shown = Shown(event, element, piece.record, length, start)
        self._shown.append(shown)
        self._sound(shown, told)
        self._clock(shown, told, start - late)
        self._fades(element, event, after, told)

    def _gap(self, piece: Piece, length: int) -> None:
        element = SubElement(
            self._element,
            "gap",
            name=piece.event.shot,
            offset=self._time(piece.record),
            start="0s",
            duration=self._time(length),
        )
        self._shown.append(Shown(piece.event, element, piece.record, length, 0))

    def _sound(self, shown: Shown, told: Media) -> None:
        """Leave a muted shot's sound out; let another lead or trail its picture."""
        event, element = shown.event, shown.element
        if event.mute and told.sound:
            element.set("srcEnable", "video")
        elif event.lead or event.trail:
            first = max(0, event.record_in - event.lead)
            length = event.record_out + event.trail - first
            element.set("audioStart", self._time(shown.local(first)))
            element.set("audioDuration", self._time(length))

    def _clock(self, shown: Shown, told: Media, begun: int) -> None:
        """Say how the clip's own clock runs through the file, from the event's first frame."""
        event, element = shown.event, shown.element
        if told.fps is not None and told.fps != self._film.fps and told.fps in _CONFORMED:
            SubElement(element, "conform-rate", scaleEnabled="0", srcFrameRate=_CONFORMED[told.fps])
        if event.is_plain:
            return
        before = event.source_in - begun * event.speed
        stop = event.length - event.hold
        points = [(Fraction(0), Fraction(before))]
        if event.hold:
            held = event.source_in + (stop - 1) * event.speed
            points.append((Fraction(begun + stop - 1), held))
            points.append((Fraction(begun + event.length), held))
        else:
            last = Fraction(max(event.available, event.source_out))
            points.append(((last - before) / event.speed, last))
        time_map = SubElement(element, "timeMap", frameSampling="floor", preservesPitch="1")
        for time, value in dict(points).items():
            times = {"time": self._time(time), "value": self._time(value), "interp": "linear"}
            SubElement(time_map, "timept", times)

    def _fades(self, element: Element, event: Event, after: Event | None, told: Media) -> None:
        """Fade picture and sound by themselves; dips are transitions, and fade on their own."""
        rising, falling = coming(event), going(event, after)
        fades = {
            "fadeIn": rising.frames if rising and event.transition == "fade-in" else 0,
            "fadeOut": falling.frames if falling and falling.frames == event.fade_out else 0,
        }
        if after is not None and (shared(after) or after.transition.startswith("dip")):
            fades["fadeOut"] = 0
        if any(fades.values()):
            fade(SubElement(element, "adjust-blend", amount="1.0"), fades, self._film.fps)
        audible = told.sound and not event.mute
        if audible and (event.gain or any(fades.values())):
            volume = SubElement(element, "adjust-volume", amount=f"{event.gain:g}dB")
            fade(volume, fades, self._film.fps)
