"""Which of a film's clips are copied, and by which parameter sets their pictures are read.

A track can hold the pictures of two encoders: those of the model that made most of the film, and
our own. A clip of a third, which another model or another version of it made, is rendered instead.
"""

from collections import Counter
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from storyboard.adapters.media.cut.spans import own_sets
from storyboard.adapters.media.cut.stock import Stock, read_stock, stock_from_text, stock_text
from storyboard.adapters.media.kept import Kept
from storyboard.adapters.media.parameter_sets import ParameterSets
from storyboard.cutting.splice import ClipShape
from storyboard.model.request import ClipKey
from storyboard.model.story import Format
from storyboard.model.timeline import Timeline

__all__ = ["Material", "choose", "read_material", "read_shape"]


@dataclass(frozen=True, slots=True)
class Material:
    """What is copied: clips by key with their shapes, the sets they need, and the longest delay."""

    shapes: Mapping[ClipKey, ClipShape]
    sets: tuple[ParameterSets, ...]
    delay: int


def read_material(
    timeline: Timeline,
    clips: Mapping[ClipKey, str],
    digests: Mapping[ClipKey, str],
    kept: Kept,
    hands: Executor,
) -> Material:
    """Look at every clip of a film, or at what is kept of having looked; may raise DamagedClip."""
    keys = tuple(dict.fromkeys(event.clip for event in timeline.events))
    look = partial(read_shape, timeline, kept)
    found = hands.map(look, (clips[key] for key in keys), (digests[key] for key in keys))
    return choose(timeline, {key: stock for key, stock in zip(keys, found, strict=True) if stock})


def choose(timeline: Timeline, stocks: Mapping[ClipKey, Stock]) -> Material:
    """Return which of a film's clips are copied, of those that can be and are given."""
    sets = _sets(timeline, stocks)
    copied = {key: stock for key, stock in stocks.items() if stock.sets in sets}
    delay = max((stock.delay for stock in copied.values()), default=0)
    shapes = {key: stock.shape for key, stock in copied.items()}
    return Material(shapes, sets, delay)


def read_shape(timeline: Timeline, kept: Kept, clip: str, digest: str) -> Stock | None:
    """Return what can be copied of one clip, and keep the answer."""
    wanted = Format(timeline.width, timeline.height, timeline.fps, "", "")
    write = partial(_write, clip, wanted)
    path = kept.make(f"{digest}.{wanted.name}.json", write)
    return stock_from_text(Path(path).read_text(encoding="utf-8"))


def _write(clip: str, wanted: Format, path: str) -> None:
    Path(path).write_text(stock_text(read_stock(clip, wanted)), encoding="utf-8")


def _sets(timeline: Timeline, stocks: Mapping[ClipKey, Stock]) -> tuple[ParameterSets, ...]:
    """Return the sets of the film's track: those that read most of it, if others did, then ours."""
    ours = own_sets((timeline.width, timeline.height), timeline.fps)
    frames: Counter[ParameterSets] = Counter()
    for event in timeline.events:
        stock = stocks.get(event.clip)
        if stock and stock.sets.number != ours.number:
            frames[stock.sets] += event.length
    return (*(each for each, _ in frames.most_common(1)), ours)
