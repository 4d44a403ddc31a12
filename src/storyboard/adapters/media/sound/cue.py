"""One sound in the mix: from which file, from when to when, and how its gain changes over time.

Places are samples on one clock, the film's or that of a part of it.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Self, TypeAlias

import numpy as np
import numpy.typing as npt

from storyboard.adapters.media.encoder import SOUND_RATE

__all__ = ["Cue", "Duck", "Ramp"]

_Places: TypeAlias = npt.NDArray[np.int64]
_Gains: TypeAlias = npt.NDArray[np.float32]

_STEPPING = SOUND_RATE // 4
"""Samples that music takes to step back before somebody speaks, and to come back after."""


@dataclass(frozen=True, slots=True)
class Ramp:
    """A rise out of silence over `samples` from `start` on, or a fall into it; 1 on its far side.

    It is even, or at equal power.
    """

    start: int
    samples: int
    falling: bool = False
    equal_power: bool = False

    def moved(self, by: int) -> Self:
        return replace(self, start=self.start + by)

    def touches(self, start: int, end: int) -> bool:
        """Tell whether it changes anything from `start` to `end`."""
        return end > self.start if self.falling else start < self.start + self.samples

    def gains(self, places: _Places) -> _Gains:
        risen = np.clip((places - self.start + 0.5) / max(1, self.samples), 0, 1)
        gone = 1 - risen if self.falling else risen
        gains = np.sin(gone * (np.pi / 2)) if self.equal_power else gone
        return gains.astype(np.float32)


@dataclass(frozen=True, slots=True)
class Duck:
    """A step of `gain` dB between `start` and `end`, its slopes before and after, even in dB."""

    start: int
    end: int
    gain: float

    def moved(self, by: int) -> Self:
        return replace(self, start=self.start + by, end=self.end + by)

    def touches(self, start: int, end: int) -> bool:
        """Tell whether it changes anything from `start` to `end`."""
        return start < self.end + _STEPPING and self.start - _STEPPING < end

    def gains(self, places: _Places) -> _Gains:
        outside = np.maximum(self.start - places, places + 1 - self.end)
        depth = np.clip(1 - outside / _STEPPING, 0, 1)
        return np.power(10, depth * (self.gain / 20)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Cue:
    """A sound heard from `start` to `end`, from sample `first` of its file on.

    `source` is a clip's key or a recording's path. At another `speed` the file is stretched from
    `first` on, and its first `skipped` samples are then left out. `gain` is in dB.
    """

    source: str
    first: int
    start: int
    end: int
    gain: float = 0.0
    speed: Fraction = Fraction(1)
    skipped: int = 0
    recording: bool = False
    changes: tuple[Ramp | Duck, ...] = ()

    def within(self, start: int, end: int) -> Self:
        """Return what is heard of it between two places, as counted from the first of them.

        What is told is what is heard and no more: the same samples give the same cue, wherever in
        the film they are.
        """
        since, until = max(self.start, start), min(self.end, end)
        gone = since - self.start
        is_plain = self.speed == 1
        return replace(
            self,
            first=self.first + gone if is_plain else self.first,
            skipped=self.skipped if is_plain else self.skipped + gone,
            start=since - start,
            end=until - start,
            changes=tuple(
                each.moved(-start) for each in self.changes if each.touches(since, until)
            ),
        )

    def gains(self, start: int, end: int) -> _Gains:
        """Return the gain at each place from `start` to `end`."""
        gains = np.full(end - start, 10 ** (self.gain / 20), np.float32)
        places = np.arange(start, end, dtype=np.int64)
        for change in self.changes:
            if change.touches(start, end):
                gains *= change.gains(places)
        return gains
