"""Words burnt into the film's pictures: captions, and for review its timecode and the shot's id.

They are drawn once and blended on the planes that the film is made of, not composed with moviepy:
beside the lettering every sample stays what it was, to the bit, and a frame costs a thousandth of
its encoding. What is seen is what the animatic burns into its own clips.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import zip_longest

from storyboard.adapters.media.animatic.burn_in import BurnIn as WindowBurn
from storyboard.adapters.media.animatic.dialogue import caption_patch
from storyboard.adapters.media.animatic.overlay import Overlay, lay
from storyboard.adapters.media.colour import Planes
from storyboard.cutting.legible import legible, speaker_label
from storyboard.model.timeline import Timeline

__all__ = ["BurnIn", "burn_in"]

_LOOK = 1  # counts changes of how it looks, so that nothing kept with an older look is taken

_FEW = 8  # drawn texts that are kept: neighbouring frames show the same ones


@dataclass(frozen=True, slots=True)
class _Words:
    """A caption on screen, half-open in frames of the film."""

    first: int
    after: int
    text: str
    label: str


@dataclass(frozen=True, slots=True)
class _Mark:
    """The shot's id from a frame on, until the next mark."""

    first: int
    label: str


@dataclass(frozen=True, slots=True)
class BurnIn:
    """All that is laid over a film: `words` and `marks` in order, the timecode or not."""

    size: tuple[int, int]
    fps: Fraction
    length: int
    words: tuple[_Words, ...]
    marks: tuple[_Mark, ...]
    timecode: bool

    def busy(self) -> tuple[tuple[int, int], ...]:
        """Return the half-open ranges of the film's frames that it changes, sorted and merged."""
        if self.timecode or self.marks:
            return ((0, self.length),)
        ranges: list[tuple[int, int]] = []
        for each in self.words:
            if ranges and ranges[-1][1] == each.first:
                ranges[-1] = (ranges[-1][0], each.after)
            else:
                ranges.append((each.first, each.after))
        return tuple(ranges)

    def lay(self, number: int, planes: Planes) -> Planes:
        """Return the film's frame `number` with everything over it that belongs there."""
        place = bisect_right(self.words, number, key=lambda each: each.first) - 1
        if place >= 0 and number < self.words[place].after:
            each = self.words[place]
            planes = lay(planes, _patch(each.text, each.label, self.size))
        if self.timecode or self.marks:
            window = _window(self._mark(number), self.size, self.fps if self.timecode else None)
            planes = window.over(planes, number)
        return planes

    def identity(self, first: int, until: int) -> str:
        """Return a text that is the same for the same drawing over the same count of frames."""
        words = [
            (max(each.first, first) - first, min(each.after, until) - first, each.text, each.label)
            for each in self.words
            if each.first < until and first < each.after
        ]
        marks = [(0, self._mark(first))] if self.marks else []
        marks += [(each.first - first, each.label) for each in self.marks if first < each.first]
        shown = [mark for mark in marks if mark[0] < until - first]
        clock = (first, str(self.fps)) if self.timecode else None
        return repr((_LOOK, self.size, until - first, words, shown, clock))

    def _mark(self, number: int) -> str:
        place = bisect_right(self.marks, number, key=lambda each: each.first) - 1
        return self.marks[place].label if place >= 0 else ""


def burn_in(timeline: Timeline, *, captions: bool, timecode: bool, shots: bool) -> BurnIn | None:
    """Return what is to be burnt into a film; None where that comes to nothing."""
    words = tuple(_words(timeline)) if captions else ()
    marks = tuple(_Mark(event.record_in, event.shot) for event in timeline.events if shots)
    if not (words or marks or timecode) or not timeline.length:
        return None
    size = (timeline.width, timeline.height)
    return BurnIn(size, timeline.fps, timeline.length, words, marks, timecode)


def _words(timeline: Timeline) -> Iterator[_Words]:
    """Give every caption whole frames, at least one if the next leaves it any."""
    told = legible(timeline.shown_captions)
    for caption, following in zip_longest(told, told[1:]):
        first = round(caption.start * timeline.fps / 1000)
        after = max(first + 1, round(caption.end * timeline.fps / 1000))
        latest = round(following.start * timeline.fps / 1000) if following else timeline.length
        if first < min(after, latest):
            label = speaker_label(caption.speaker, caption.delivery)
            yield _Words(first, min(after, latest), caption.text, label)


@lru_cache(_FEW)
def _patch(text: str, label: str, size: tuple[int, int]) -> Overlay:
    return caption_patch(text, label, size)


@lru_cache(_FEW)
def _window(label: str, size: tuple[int, int], fps: Fraction | None) -> WindowBurn:
    """Draw the window at the right, where no clip's own is."""
    return WindowBurn(label, size, fps, right=True)
