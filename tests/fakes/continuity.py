"""Compares a film as it was screened with its timeline, as a script supervisor does.

`faults` is the one judge of joins in these tests: what it says of a film that was joined carelessly
is what the same words would mean for ours. It counts on the clips of `clapper`.
"""

import itertools
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from fakes.clapper import TONE, VOLUME
from fakes.screening import Screening
from storyboard.model.timeline import Event, Timeline

__all__ = ["CLICK", "apart", "click", "expected_bars", "faults", "psnr", "quietest", "stamp_faults"]

_RATE = 48_000
_WINDOW = _RATE // TONE * 5  # whole waves of the tone
_AAC_FRAME = 1024
_EDGE = _RATE // 20  # an encoder's first and last moments: nothing is joined there
_IN_SYNC = Fraction(5, 1000)
CLICK = 0.12
"""How far from a pure tone a join may stray: a cut in mid wave strays 0.2 to 0.8."""
_DIP = 0.85
"""The least of a tone's level that goes on through a join."""


def faults(film: Screening, timeline: Timeline) -> list[str]:
    """Say everything that is not as the timeline has it; an empty list is a good film."""
    return [
        *_pictures(film, timeline),
        *stamp_faults(film, timeline),
        *_sound(film, timeline),
    ]


def expected_bars(timeline: Timeline) -> list[tuple[int, int] | None]:
    """Return the clip and frame of each picture; None where a transition changes it."""
    bars: list[tuple[int, int] | None] = [None] * timeline.length
    for event in timeline.events:
        for number in range(event.length):
            bars[event.record_in + number] = (int(event.clip), event.source_frame(number))
    for mixed in itertools.chain(_shared(timeline), _faded(timeline)):
        bars[mixed] = None
    return bars


def apart(film: Screening, timeline: Timeline) -> list[Fraction]:
    """Return by how many seconds each tick comes after its flash, where a clip goes on alone.

    Right at a join the sound is still coming up, and a tick with it.
    """
    alone = expected_bars(timeline)
    joins = {event.record_in for event in timeline.events}
    goes_on = {
        number
        for number in range(1, len(alone) - 1)
        if all(alone[number - 1 : number + 2]) and not joins & {number, number + 1}
    }
    flashes = [number for number in film.flashes if number in goes_on]
    return [
        min((tick - film.times[flash] for tick in film.ticks), key=abs, default=Fraction(999))
        for flash in flashes
    ]


def psnr(one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8]) -> float:
    """Return how alike two pictures are, in dB."""
    error = float(((one.astype(float) - other.astype(float)) ** 2).mean())
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


def click(pcm: npt.NDArray[np.float32]) -> float:
    """Return how far the left channel strays from a tone: what a sine cannot do in 3 samples."""
    wave = pcm[_EDGE:-_EDGE, 0].astype(np.float64)
    turn = 2 * np.cos(2 * np.pi * TONE / _RATE)
    return float(np.abs(wave[2:] - turn * wave[1:-1] + wave[:-2]).max())


def quietest(pcm: npt.NDArray[np.float32]) -> tuple[float, int]:
    """Return the left channel's lowest level in about 10 ms, as part of the tone's, and where."""
    wave = pcm[: len(pcm) // _WINDOW * _WINDOW, 0].reshape(-1, _WINDOW)
    levels = np.sqrt((wave.astype(np.float64) ** 2).mean(1)) / (VOLUME / np.sqrt(2))
    return float(levels.min()), int(levels.argmin()) * _WINDOW


def _pictures(film: Screening, timeline: Timeline) -> Iterator[str]:
    if len(film.planes) != timeline.length:
        yield f"{len(film.planes)} frames, not {timeline.length}"
    for number, (seen, wanted) in enumerate(zip(film.bars, expected_bars(timeline), strict=False)):
        if wanted and seen != wanted:
            yield f"frame {number} is {seen}, not {wanted}"


def stamp_faults(film: Screening, timeline: Timeline) -> Iterator[str]:
    """Say what is wrong with when packets and pictures come."""
    for kind, stamps in film.stamps.items():
        for place in range(2):
            times = [stamp[place] for stamp in stamps]
            times = sorted(times, key=lambda time: time or 0) if place else times
            if any(a is None or b is None or a >= b for a, b in itertools.pairwise(times)):
                yield f"the {('dts', 'pts')[place]} of the {kind} do not only grow"
    wanted = tuple(number / timeline.fps for number in range(len(film.times)))
    if film.times != wanted:
        yield "pictures are not evenly spaced from zero"


def _sound(film: Screening, timeline: Timeline) -> Iterator[str]:
    due = round(timeline.length / timeline.fps * _RATE)
    if abs(len(film.pcm) - due) > _AAC_FRAME or film.begin:
        yield f"{len(film.pcm)} samples from {film.begin}, not {due} from 0"
    late = apart(film, timeline)
    if any(abs(each) > _IN_SYNC for each in late):
        yield f"flash and tick are {float(max(late, key=abs)) * 1000:.1f} ms apart"
    heard = _without_fades(film, timeline)
    level, place = quietest(heard)
    if level < _DIP:
        yield f"the tone dips to {level:.2f} near {place / _RATE:.2f} s"
    if click(film.pcm) > CLICK:
        yield f"a click of {click(film.pcm):.2f}"


def _without_fades(film: Screening, timeline: Timeline) -> npt.NDArray[np.float32]:
    """Return the sound with the places where it goes with a fading picture taken out."""
    kept = np.ones(len(film.pcm), bool)
    kept[:_EDGE] = kept[-_EDGE:] = False
    for number in _faded(timeline):
        around = (Fraction(number + step) / timeline.fps * _RATE for step in (-1, 2))
        kept[slice(*(max(0, round(sample)) for sample in around))] = False
    return film.pcm[kept]


def _shared(timeline: Timeline) -> Iterator[int]:
    """Yield the frames on which two clips are seen."""
    for before, after in itertools.pairwise(timeline.events):
        yield from range(after.record_in, before.record_out)


def _faded(timeline: Timeline) -> Iterator[int]:
    """Yield the frames on which a picture comes out of a colour or goes into one."""
    followers: list[Event | None] = [*timeline.events[1:], None]
    for event, after in zip(timeline.events, followers, strict=True):
        if not event.transition.startswith(("dissolve", "wipe")):
            yield from range(event.record_in, event.record_in + event.overlap)
        dip = after.overlap if after and after.transition.startswith("dip") else 0
        yield from range(event.record_out - max(dip, event.fade_out), event.record_out)
