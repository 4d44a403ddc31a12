"""Writes the cut as a CMX 3600 edit decision list, the format that every editing program reads.

An event is a line of reel, channels, kind of edit, source in and out and record in and out. A
dissolve or wipe is two lines of one event: where the outgoing picture stands, then the incoming one
from the transition's first frame on. What the format has no field for stands in comments.

It is written here because OpenTimelineIO's own writer leaves out sound, wipes, fades between shots
and the `FCM` line, and lets two shots have the same reel; see docs/decisions/018-exports.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from urllib.parse import urlsplit
from urllib.request import url2pathname

from storyboard.adapters.interchange.edl_edits import (
    BLACK,
    WIPES,
    Edit,
    Side,
    picture_edits,
    sound_edits,
)
from storyboard.adapters.interchange.edl_reels import reels
from storyboard.cutting.interchange import Media
from storyboard.cutting.joins import shared
from storyboard.model.money import Frames, frames, timecode
from storyboard.model.timeline import Event, Timeline

__all__ = ["drops_frames", "write_edl"]

_TITLE = 70
_DROPPED = {30: 2, 60: 4}
"""Numbers skipped each minute but every tenth, by nominal rate (SMPTE 12M)."""


def drops_frames(fps: Fraction) -> bool:
    """Tell whether a rate has drop-frame timecode: 29.97 and 59.94 have."""
    return fps.denominator != 1 and round(fps) in _DROPPED


def write_edl(timeline: Timeline, media: Mapping[str, Media], *, drop: bool = False) -> str:
    """Return the cut as an edit decision list that counts from 00:00:00:00.

    With `drop` timecode skips numbers, so that it keeps step with the clock; ValueError for a rate
    that has no such timecode.
    """
    if drop and not drops_frames(timeline.fps):
        message = f"{timeline.fps} frames a second have no drop-frame timecode"
        raise ValueError(message)
    return "\n".join(_Writer(timeline, media, drop=drop).lines()) + "\n"


@dataclass(frozen=True, slots=True)
class _Locator:
    """A note at a frame of the film."""

    frame: int
    colour: str
    text: str


class _Writer:
    """An edit decision list on its way to text."""

    def __init__(self, film: Timeline, media: Mapping[str, Media], *, drop: bool) -> None:
        self._film = film
        self._media = media
        self._drop = drop
        blank = {e.shot for e in film.events if not e.scene and self._url(e.shot) is None}
        self._reels = reels([e.shot for e in film.events], blank)
        self._events = [_unfaded(e) if e.shot in blank else e for e in film.events]

    def lines(self) -> Iterator[str]:
        yield f"TITLE: {_plain(self._film.title)[:_TITLE]}"
        yield f"FCM: {'DROP FRAME' if self._drop else 'NON-DROP FRAME'}"
        split = any(event.lead or event.trail for event in self._film.events)
        edits = [*picture_edits(self._events, with_sound=not split)]
        locators = _located(edits, self._locators())
        edits += sound_edits(self._events) if split else []
        edits.sort(key=lambda edit: edit.record_in)  # stable: pictures before their sound
        for number, edit in enumerate(edits, 1):
            yield ""
            yield from self._edit(number, edit)
            yield from map(self._locator, locators.get(id(edit), ()))

    def _edit(self, number: int, edit: Edit) -> Iterator[str]:
        if edit.kind != "cut":
            source, record = edit.came.source, edit.record_in
            yield self._line(number, edit, edit.came, "C", (source, source, record, record))
        way = "C" if edit.kind == "cut" else f"{_code(edit.kind)} {edit.length:03d}"
        times = (edit.side.source, edit.source_out, edit.record_in, edit.record_out)
        yield self._line(number, edit, edit.side, way, times)
        yield from self._comments(edit)

    def _line(
        self, number: int, edit: Edit, side: Side, way: str, times: tuple[int, int, int, int]
    ) -> str:
        stamps = " ".join(self._timecode(each) for each in times)
        return f"{number:03d}  {self._reel(side):8} {edit.channels:5} {way:8} {stamps}"

    def _comments(self, edit: Edit) -> Iterator[str]:
        incoming, outgoing = edit.side.event, edit.came.event
        if edit.speed != 1:
            rate = f"{float(edit.speed * round(self._film.fps)):05.1f}"
            stamp = self._timecode(edit.side.source).replace(";", ":")
            yield f"M2   {self._reel(edit.side):8}       {rate}                {stamp}"
        if edit.speed == 0:
            yield "* * FREEZE FRAME"
        named = {"FROM": incoming} if edit.kind == "cut" else {"FROM": outgoing, "TO": incoming}
        for word, event in named.items():
            if event is not None:
                yield f"* {word} CLIP NAME:  {_plain(event.shot)}"
        if edit.kind.startswith("dip"):
            yield f"* {edit.kind.replace('-', ' ').upper()}"
        if incoming is not None:
            yield from self._source(incoming.shot)

    def _source(self, shot: str) -> Iterator[str]:
        url = self._url(shot)
        if url is not None:
            yield f"* SOURCE FILE: {_plain(url2pathname(urlsplit(url).path))}"
        elif self._reels[shot] != BLACK:
            yield "* CLIP IS MISSING"

    def _locators(self) -> list[_Locator]:
        film = self._film
        scenes = [_Locator(each.start, "GREEN", each.title) for each in film.chapters]
        words = [
            _Locator(
                frames(each.start, film.fps),
                "YELLOW",
                f"{each.speaker}: {each.text}" if each.speaker else each.text,
            )
            for each in film.captions
        ]
        return sorted(scenes + words, key=lambda each: each.frame)

    def _locator(self, each: _Locator) -> str:
        return f"* LOC: {self._timecode(each.frame)} {each.colour:7} {_plain(each.text)}"

    def _reel(self, side: Side) -> str:
        return BLACK if side.event is None else self._reels[side.event.shot]

    def _url(self, shot: str) -> str | None:
        return self._media[shot].url if shot in self._media else None

    def _timecode(self, frame: int) -> str:
        rate = self._film.fps
        frame = max(0, frame)
        if not self._drop:
            return timecode(Frames(frame), rate)
        nominal = round(rate)
        dropped = _DROPPED[nominal]
        minute = nominal * 60 - dropped
        tens, rest = divmod(frame, minute * 10 + dropped)
        minutes = max(0, (rest - dropped) // minute)
        counted = frame + dropped * (9 * tens + minutes)
        stamp = timecode(Frames(counted), Fraction(nominal))
        return f"{stamp[:-3]};{stamp[-2:]}"


def _located(edits: Sequence[Edit], locators: Sequence[_Locator]) -> dict[int, list[_Locator]]:
    """Give each note to the edit on whose frames it falls, or the last before it."""
    found: dict[int, list[_Locator]] = {}
    for each in locators:
        begun = [edit for edit in edits if edit.record_in <= each.frame]
        if begun:
            found.setdefault(id(begun[-1]), []).append(each)
    return found


def _unfaded(card: Event) -> Event:
    """Take the fades off a card that is black anyway."""
    plain = card if shared(card) else replace(card, transition="cut", overlap=Frames(0))
    return replace(plain, fade_out=Frames(0))


def _code(kind: str) -> str:
    return WIPES.get(kind, "D")


def _plain(text: str) -> str:
    """Keep a text on its line."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())
