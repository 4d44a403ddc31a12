"""Writes the cut as OpenTimelineIO, by its own library: tracks of clips, joins, gaps and markers.

What the library has words for is said in them, so that any program understands it; the rest is
metadata under one name, `storyboard`. `read_otio` reads all of it back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields

import opentimelineio as otio

from storyboard.adapters.interchange.otio_parts import (
    NAMESPACE,
    SCHEMA,
    TRACKS,
    Parts,
    facts_of,
    under,
)
from storyboard.adapters.interchange.otio_reading import first_items, read_events
from storyboard.adapters.interchange.otio_sound import laid_tracks, sound_tracks
from storyboard.cutting.interchange import Join, Media, Piece, picture
from storyboard.model.money import Millis, frames
from storyboard.model.timeline import Caption, Chapter, Event, Timeline

__all__ = ["write_otio"]


def write_otio(timeline: Timeline, media: Mapping[str, Media]) -> str:
    """Return the cut as the text of an `.otio` file.

    `media` tells of shots and cards by their ids, and of laid sounds by their paths. A shot without
    a file has a missing reference; a card without one is a gap.
    """
    parts = Parts(timeline, media)
    written = otio.schema.Timeline(
        timeline.title, global_start_time=parts.time(0), metadata=under(_facts(timeline))
    )
    written.tracks.markers.extend(_chapter(each, parts) for each in timeline.chapters)
    written.tracks.append(_picture_track(parts))
    written.tracks.extend(sound_tracks(parts))
    written.tracks.extend(laid_tracks(parts))
    _note_untold(written, timeline.events)
    text: str = otio.adapters.write_to_string(written, "otio_json")
    return text


def _facts(film: Timeline) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "width": film.width,
        "height": film.height,
        "fps": str(film.fps),
        "loudness": asdict(film.loudness),
        "metadata": [list(pair) for pair in film.metadata],
    }


def _picture_track(parts: Parts) -> otio.schema.Track:
    track = otio.schema.Track(TRACKS["picture"], kind=otio.schema.TrackKind.Video)
    shown: list[tuple[Piece, otio.core.Item]] = []
    lane = picture(parts.film.events)
    for before, item, after in zip((None, *lane), lane, (*lane[1:], None), strict=False):
        if isinstance(item, Piece):
            shown.append((item, _piece(item, parts)))
            track.append(shown[-1][1])
        else:
            track.extend(_joined(item, before, after, parts))
    _mark_captions(track, shown, parts)
    return track


def _piece(piece: Piece, parts: Parts) -> otio.core.Item:
    shown = parts.range(piece.source, piece.length)
    clip = parts.clip(piece.event, shown, still=piece.still)
    if not parts.is_blank(piece.event):
        return clip
    return otio.schema.Gap(piece.event.shot, shown, metadata=under(facts_of(clip)))


def _joined(
    join: Join, before: Piece | Join | None, after: Piece | Join | None, parts: Parts
) -> list[otio.core.Composable]:
    """Return a transition, and the gap of no length that a fade between two shots has to meet."""
    faded, beyond = (after, before) if join.kind == "fade-in" else (before, after)
    fading = join.kind in {"fade-in", "fade-out"}
    if fading and isinstance(faded, Piece) and parts.is_blank(faded.event):
        return []
    written = [parts.transition(join)]
    if fading and isinstance(beyond, Piece):
        written.insert(0 if beyond is before else 1, parts.gap(0))
    if fading and isinstance(beyond, Join) and join.kind == "fade-out":
        written.append(parts.gap(0))
    return written


def _mark_captions(
    track: otio.schema.Track, shown: Sequence[tuple[Piece, otio.core.Item]], parts: Parts
) -> None:
    """Put each caption on its shot's clip, at its frame; one without a shot is on the track."""
    for number, caption in enumerate(parts.film.captions):
        first = frames(caption.start, parts.film.fps)
        own = [each for each in shown if each[0].event.shot == caption.shot]
        begun = [each for each in own if each[0].record <= first] or own[:1]
        if begun:
            piece, item = begun[-1]
            source = piece.source + max(0, first - piece.record)
            item.markers.append(_caption(number, caption, source, parts))
        else:
            track.markers.append(_caption(number, caption, first, parts))


def _caption(number: int, caption: Caption, first: int, parts: Parts) -> otio.schema.Marker:
    length = frames(Millis(caption.end - caption.start), parts.film.fps)
    who = f"{caption.speaker}: " if caption.speaker else ""
    return otio.schema.Marker(
        who + " ".join(caption.text.split()),
        parts.range(first, length),
        otio.schema.MarkerColor.YELLOW,
        under({"caption": number, **asdict(caption)}),
    )


def _chapter(chapter: Chapter, parts: Parts) -> otio.schema.Marker:
    where = parts.range(chapter.start, chapter.end - chapter.start)
    named = under({"chapter": True})
    return otio.schema.Marker(chapter.title, where, otio.schema.MarkerColor.GREEN, named)


def _note_untold(written: otio.schema.Timeline, events: Sequence[Event]) -> None:
    """Note beside an event what a track cannot say of it, such as a fade under a dissolve."""
    told = zip(events, read_events(written), first_items(written), strict=True)
    for event, said, item in told:
        untold = {
            each.name: getattr(event, each.name)
            for each in fields(Event)
            if getattr(event, each.name) != getattr(said, each.name)
        }
        if untold:
            item.metadata[NAMESPACE]["untold"] = untold
