"""When the film's words are read, and where its chapters begin: from the script and the events.

Words are spoken in a clip, so a caption is laid out on the clip's clock and carried to the film's:
a trim moves it, the shot's speed scales it. What clip and script have to say to each other is an
estimate; a caption is therefore never lost to it, and never outside its own shot.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from math import ceil, floor

from storyboard.model.money import Millis
from storyboard.model.pacing import LINGER, paced
from storyboard.model.story import Film, Line, Shot
from storyboard.model.timeline import Caption, Chapter, Event

__all__ = ["captions_of", "chapters_of"]

_LINGER = round(LINGER * 1000)
_CARDS = {"title": "Title", "credits": "Credits"}


@dataclass(frozen=True, slots=True)
class _Said:
    """A line on the film's clock in milliseconds; its caption is gone by `latest`."""

    start: int
    end: int
    latest: int
    line: Line
    shot: str


@dataclass(frozen=True, slots=True)
class _Clock:
    """One event between two clocks: seconds of its clip, and milliseconds of the film."""

    event: Event
    fps: Fraction

    @property
    def first(self) -> int:
        """The first whole millisecond of the event's picture."""
        return ceil(self.event.record_in * 1000 / self.fps)

    @property
    def still(self) -> int:
        """When the picture stops: nothing of the clip is heard with its held frame."""
        return floor((self.event.record_out - self.event.hold) * 1000 / self.fps)

    @property
    def last(self) -> int:
        """The end of the event's picture, in whole milliseconds."""
        return floor(self.event.record_out * 1000 / self.fps)

    @property
    def clip_seconds(self) -> float:
        return float(max(self.event.available, self.event.source_out) / self.fps)

    def earliest(self, line: Line) -> int:
        """Return when a line can begin: with its picture, before it only where the sound leads."""
        if line.delivery != "pre-lap":
            return self.first
        return max(0, ceil((self.event.record_in - self.event.lead) * 1000 / self.fps))

    def film_time(self, second: float) -> float:
        """Return the film's milliseconds at which a second of the clip is heard."""
        shown = second * 1000 - float(self.event.source_in * 1000 / self.fps)
        return float(self.event.record_in * 1000 / self.fps) + shown / float(self.event.speed)


def captions_of(film: Film, events: Sequence[Event], fps: Fraction) -> tuple[Caption, ...]:
    """Time every written line inside its shot as it stands in the film, in order, none overlapping.

    Only a pre-lap line may come before its picture, as far as the event's sound leads it.
    """
    shots = {shot.id: shot for shot in film.shown}
    said = [
        line
        for event in events
        if event.scene and event.shot in shots
        for line in _said(shots[event.shot], _Clock(event, fps))
    ]
    return tuple(_caption(each, film) for each in _in_turn(said))


def _said(shot: Shot, clock: _Clock) -> list[_Said]:
    """Place a shot's lines where the clip has them, or anew where most of one was trimmed away."""
    texts = [line.text for line in shot.dialogue]
    heard = paced(texts, clock.clip_seconds)
    spans = [(clock.film_time(start), clock.film_time(end)) for start, end in heard]
    shown = [_within(clock, *each) for each in zip(shot.dialogue, spans, strict=True)]
    if any(2 * (b - a) < end - start for (a, b), (start, end) in zip(shown, spans, strict=True)):
        again = paced(texts, (clock.still - clock.first) / 1000)
        spans = [(clock.first + start * 1000, clock.first + end * 1000) for start, end in again]
        shown = [_within(clock, *each) for each in zip(shot.dialogue, spans, strict=True)]
    return [
        _Said(start, end, clock.last, line, shot.id)
        for line, (start, end) in zip(shot.dialogue, shown, strict=True)
    ]


def _within(clock: _Clock, line: Line, span: tuple[float, float]) -> tuple[int, int]:
    earliest = clock.earliest(line)
    start, end = (min(max(round(time), earliest), clock.still) for time in span)
    return start, end


def _in_turn(said: Sequence[_Said]) -> Iterator[_Said]:
    """Let each caption linger until the next begins; where two speak at once, they share."""
    before: _Said | None = None
    for each in sorted(said, key=lambda line: line.start):
        begin = each.start
        if before and begin < before.end:
            begin = (begin + min(before.end, each.end)) // 2
        if begin >= each.end or (before and begin <= before.start):
            continue  # no time at all: a shot of a frame, or a third voice at once
        if before:
            yield _lingering(before, begin)
        before = replace(each, start=begin)
    if before:
        yield _lingering(before, before.latest)


def _lingering(said: _Said, until: int) -> _Said:
    return replace(said, end=min(said.end + _LINGER, said.latest, until))


def _caption(said: _Said, film: Film) -> Caption:
    name = said.line.character
    character = film.character(name) if name else None
    return Caption(
        start=Millis(said.start),
        end=Millis(said.end),
        text=said.line.text,
        shot=said.shot,
        speaker=character.name if character else name,
        delivery=said.line.delivery,
    )


def chapters_of(film: Film, events: Sequence[Event]) -> tuple[Chapter, ...]:
    """List a chapter for every scene and card in film order; each lasts until the next begins."""
    if not events:
        return ()
    begun = [
        (first.record_in, _title(film, first))
        for _, (first, *_) in groupby(
            events, key=lambda event: (event.scene, "" if event.scene else event.shot)
        )
    ]
    ends = [*(start for start, _ in begun[1:]), events[-1].record_out]
    return tuple(
        Chapter(start, end, title) for (start, title), end in zip(begun, ends, strict=True)
    )


def _title(film: Film, event: Event) -> str:
    if not event.scene:
        return _CARDS.get(event.shot, event.shot)
    scene = next((each for each in film.scenes if each.id == event.scene), None)
    if scene and scene.heading:
        return scene.heading
    return film.title if len(film.scenes) == 1 else event.scene
