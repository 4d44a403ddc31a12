"""Reads an OpenTimelineIO file that `write_otio` wrote back into a timeline, edited or not.

Where clips stand, what they show and what joins them is read off the tracks; only what a track
cannot say is taken from the metadata.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from storyboard.adapters.interchange.otio_parts import SCHEMA, TRACKS, facts_of
from storyboard.cutting.interchange import Join, Lane, Media, Piece, Sounding, events_of
from storyboard.model.errors import EnvironmentFault
from storyboard.model.money import Frames, Millis
from storyboard.model.post import Loudness
from storyboard.model.request import ClipKey
from storyboard.model.timeline import Caption, Chapter, Event, Laid, Timeline

__all__ = ["first_items", "read_events", "read_otio"]

_FARTHEST = 1000


def read_otio(text: str) -> tuple[Timeline, dict[str, Media]]:
    """Return the timeline that was written, and what was told of its shots and laid sounds.

    Raises EnvironmentFault for a text that is no timeline of ours.
    """
    try:
        written = otio.adapters.read_from_string(text, "otio_json")
    except (otio.exceptions.OTIOError, ValueError, KeyError, TypeError) as error:
        message = "this is not OpenTimelineIO"
        raise EnvironmentFault(message) from error
    if not isinstance(written, otio.schema.Timeline) or facts_of(written).get("schema") != SCHEMA:
        message = "this OpenTimelineIO file was not written by `storyboard export`"
        raise EnvironmentFault(message)
    try:
        return _timeline(written), dict(_media(written))
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError, IndexError) as error:
        message = "this OpenTimelineIO file has lost what `storyboard export` wrote in it"
        raise EnvironmentFault(message) from error


def _timeline(written: otio.schema.Timeline) -> Timeline:
    facts = facts_of(written)
    events = tuple(
        replace(event, **_untold(item))
        for event, item in zip(read_events(written), first_items(written), strict=True)
    )
    return Timeline(
        title=written.name,
        width=int(facts["width"]),
        height=int(facts["height"]),
        fps=Fraction(facts["fps"]),
        events=events,
        captions=_captions(written),
        chapters=tuple(_chapter(each) for each in written.tracks.markers),
        laid=_laid(written),
        loudness=Loudness(**facts["loudness"]),
        metadata=tuple((name, value) for name, value in facts["metadata"]),
    )


def read_events(written: otio.schema.Timeline) -> tuple[Event, ...]:
    """Read the events off the tracks alone."""
    heard = [
        _sounding(clip, track)
        for track in written.audio_tracks()
        if track.name == TRACKS["sound"]
        for clip in track
        if isinstance(clip, otio.schema.Clip)
    ]
    return events_of(_lane(written.tracks[0]), heard)


def _lane(track: otio.schema.Track) -> Lane:
    lane: list[Piece | Join] = []
    for item in track:
        if isinstance(item, otio.schema.Transition):
            before, after = _count(item.in_offset), _count(item.out_offset)
            lane.append(Join(_kind(item), before, after))
        elif facts_of(item).get("shot"):
            lane.append(_piece(item, track))
    return tuple(lane)


def _kind(join: otio.schema.Transition) -> str:
    return str(facts_of(join).get("kind", "dissolve"))


def _piece(item: otio.core.Item, track: otio.schema.Track) -> Piece:
    where = track.range_of_child(item)
    return Piece(
        event=_stub(item),
        record=_count(where.start_time),
        length=_count(where.duration),
        source=_count(item.source_range.start_time),
        still=any(isinstance(each, otio.schema.FreezeFrame) for each in item.effects),
    )


def _sounding(clip: otio.schema.Clip, track: otio.schema.Track) -> Sounding:
    where = track.range_of_child(clip)
    start, end = _count(where.start_time), _count(where.end_time_exclusive())
    return Sounding(_stub(clip), start, end, _count(clip.source_range.start_time))


def _stub(item: otio.core.Item) -> Event:
    """Return what a clip says of its event apart from times."""
    facts = facts_of(item)
    nothing = Frames(0)
    whole = item.media_reference.available_range if isinstance(item, otio.schema.Clip) else None
    return Event(
        shot=facts["shot"],
        scene=facts["scene"],
        clip=ClipKey(facts["clip"]),
        record_in=nothing,
        record_out=nothing,
        source_in=nothing,
        source_out=nothing,
        available=_count(whole.duration) if whole else nothing,
        speed=_speed(item, facts),
        gain=facts["gain"],
    )


def _speed(item: otio.core.Item, facts: Mapping[str, Any]) -> Fraction:
    """Return a clip's speed: exactly as written, unless somebody has changed the effect."""
    written = Fraction(facts["speed"])
    warps = [each for each in item.effects if isinstance(each, otio.schema.LinearTimeWarp)]
    if not warps or isinstance(warps[0], otio.schema.FreezeFrame):
        return written if warps else Fraction(1)
    scalar = warps[0].time_scalar
    return written if scalar == float(written) else Fraction(scalar).limit_denominator(_FARTHEST)


def first_items(written: otio.schema.Timeline) -> list[otio.core.Item]:
    """Return the first piece of each event, in their order: notes are kept on it."""
    items: dict[str, otio.core.Item] = {}
    for item in written.tracks[0]:
        if facts_of(item).get("shot"):
            items.setdefault(facts_of(item)["shot"], item)
    return list(items.values())


def _untold(item: otio.core.Item) -> dict[str, Any]:
    """Return the fields that were noted because no track says them: plain numbers and words."""
    return dict(facts_of(item).get("untold", {}))


def _captions(written: otio.schema.Timeline) -> tuple[Caption, ...]:
    track = written.tracks[0]
    marked = [each for item in (track, *track) for each in getattr(item, "markers", ())]
    facts = [facts_of(marker) for marker in marked if "caption" in facts_of(marker)]
    return tuple(
        Caption(
            start=Millis(each["start"]),
            end=Millis(each["end"]),
            text=each["text"],
            shot=each["shot"],
            speaker=each["speaker"],
            delivery=each["delivery"],
        )
        for each in sorted(facts, key=lambda each: each["caption"])
    )


def _chapter(marker: otio.schema.Marker) -> Chapter:
    where = marker.marked_range
    return Chapter(_count(where.start_time), _count(where.end_time_exclusive()), marker.name)


def _laid(written: otio.schema.Timeline) -> tuple[Laid, ...]:
    clips = [facts_of(clip) for clip in _clips(written) if "laid" in facts_of(clip)]
    return tuple(
        Laid(
            path=each["path"],
            start=Millis(each["start"]),
            role=each["role"],
            gain=each["gain"],
            end=None if each["end"] is None else Millis(each["end"]),
            offset=Millis(each["offset"]),
            fade_in=Millis(each["fade_in"]),
            fade_out=Millis(each["fade_out"]),
            duck=each["duck"],
        )
        for each in sorted(clips, key=lambda each: each["laid"])
    )


def _media(written: otio.schema.Timeline) -> Iterator[tuple[str, Media]]:
    for item in _clips(written):
        facts = facts_of(item)
        url = getattr(getattr(item, "media_reference", None), "target_url", None)
        size, fps = facts["size"], facts["fps"]
        told = Media(
            url=url,
            size=(size[0], size[1]) if size else None,
            fps=Fraction(fps) if fps else None,
            sound=facts["sound"],
            facts=tuple(facts["about"].items()),
        )
        if told != Media():
            yield facts["shot"] if "shot" in facts else facts["path"], told


def _clips(written: otio.schema.Timeline) -> Iterator[otio.core.Item]:
    for track in written.tracks:
        for item in track:
            if "about" in facts_of(item):
                yield item


def _count(time: otio.opentime.RationalTime) -> Frames:
    return Frames(round(time.value))
