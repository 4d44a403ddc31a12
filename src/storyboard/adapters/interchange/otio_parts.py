"""Makes the parts of an OpenTimelineIO file: clips, gaps and joins at the film's own rate."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import opentimelineio as otio
from opentimelineio.opentime import RationalTime, TimeRange

from storyboard.cutting.interchange import Join, Media
from storyboard.model.timeline import Event, Timeline

__all__ = [
    "NAMESPACE",
    "SCHEMA",
    "TRACKS",
    "Parts",
    "facts_of",
    "media_facts",
    "reference",
    "under",
]

NAMESPACE = "storyboard"
SCHEMA = "storyboard/otio-1"
TRACKS = {
    "picture": "Picture",
    "sound": "Sound",
    "voice-over": "Voice-over",
    "effect": "Effects",
    "music": "Music",
}
_NOTHING = Media()


def under(facts: Mapping[str, object]) -> dict[str, object]:
    """Return metadata that holds these facts under the one name that is ours."""
    return {NAMESPACE: dict(facts)}


def facts_of(part: Any) -> Mapping[str, Any]:  # noqa: ANN401  any object of the library
    """Return what was written under our name; nothing where nothing was."""
    found = part.metadata.get(NAMESPACE)
    return found if isinstance(found, Mapping) else {}


@dataclass(frozen=True, slots=True)
class Parts:
    """A film, and what is known of its shots and sounds."""

    film: Timeline
    media: Mapping[str, Media]

    def time(self, count: int) -> RationalTime:
        return RationalTime(count, float(self.film.fps))

    def range(self, start: int, length: int) -> TimeRange:
        return TimeRange(self.time(start), self.time(length))

    def gap(self, length: int) -> otio.schema.Gap:
        return otio.schema.Gap(source_range=self.range(0, length))

    def transition(self, join: Join) -> otio.schema.Transition:
        """Say a join as the library does: what fades does so against a gap, or the track's end."""
        return otio.schema.Transition(
            join.kind.replace("-", " ").capitalize(),
            _type(join.kind),
            self.time(join.before),
            self.time(join.after),
            under({"kind": join.kind}),
        )

    def told(self, name: str) -> Media:
        return self.media.get(name, _NOTHING)

    def is_blank(self, event: Event) -> bool:
        """Tell whether there is nothing to show: a card, which is in no scene, without a file."""
        return not event.scene and self.told(event.shot).url is None

    def clip(self, event: Event, shown: TimeRange, *, still: bool = False) -> otio.schema.Clip:
        """Return the part of an event's clip that stands on a track, with all that is known."""
        told = self.told(event.shot)
        named = {
            "shot": event.shot,
            "scene": event.scene,
            "clip": event.clip,
            "speed": str(event.speed),
            "gain": event.gain,
            **media_facts(told),
        }
        whole = self.range(0, event.available)
        effects = [otio.schema.FreezeFrame()] if still else _speed(event.speed)
        file = reference(told, event.shot, whole)
        return otio.schema.Clip(event.shot, file, shown, under(named), effects)


def media_facts(told: Media) -> dict[str, object]:
    """Return what is known of a file as metadata."""
    return {
        "size": list(told.size) if told.size else None,
        "fps": str(told.fps) if told.fps else None,
        "sound": told.sound,
        "about": dict(told.facts),
    }


def reference(told: Media, name: str, whole: TimeRange | None) -> otio.core.MediaReference:
    """Point at a file where there is one."""
    if told.url is None:
        return otio.schema.MissingReference(name, whole)
    found = otio.schema.ExternalReference(told.url, whole)
    found.name = name
    return found


def _speed(speed: Fraction) -> list[otio.schema.Effect]:
    return [] if speed == 1 else [otio.schema.LinearTimeWarp(time_scalar=float(speed))]


def _type(kind: str) -> str:
    if kind.startswith("wipe"):
        return "SMPTE_Wipe"
    if kind.startswith("dip"):
        return str(otio.schema.TransitionTypes.Custom)
    return str(otio.schema.TransitionTypes.SMPTE_Dissolve)
