"""What of a clip can be copied into a film: where it can be cut, and how its pictures are read.

Named after the material that a negative cutter is handed. It is worked out once from the file, and
can be kept as text.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import Any, TypeVar

from storyboard.adapters.media.conformity import picture_conforms
from storyboard.adapters.media.container import opened, picture_stream
from storyboard.adapters.media.parameter_sets import ParameterSets, is_idr, spliceable
from storyboard.cutting.splice import ClipShape
from storyboard.model.story import Format

__all__ = ["Sample", "Stock", "read_samples", "read_stock", "stock_from_text", "stock_text"]


_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class Stock:
    """A clip that can be copied: its shape, its parameter sets, and how far it shows out of order.

    `delay` is by how many places a picture may be decoded before it is shown.
    """

    shape: ClipShape
    sets: ParameterSets
    delay: int


@dataclass(frozen=True, slots=True)
class Sample:
    """One coded picture: its bytes, which frame it shows, and whether decoding may begin."""

    data: bytes
    number: int
    is_start: bool


def read_stock(path: str, wanted: Format) -> Stock | None:
    """Return what can be copied of a clip into a film of that format; None where nothing can.

    Raises DamagedClip for what is no clip.
    """
    sets = spliceable(path) if picture_conforms(path, wanted) else None
    if sets is None:
        return None
    coded = list(_coded(path, is_idr))
    numbers = _numbers([time for time, _ in coded], wanted.fps)
    places = list(enumerate(numbers))
    # Everything shown before such a picture is decoded before it.
    starts = tuple(number for place, number in places if number == place and coded[place][1])
    latest = accumulate(numbers, max)
    ends = tuple(count for count, last in enumerate(latest, start=1) if last == count - 1)
    delay = max(place - number for place, number in places)
    return Stock(ClipShape(starts, ends), sets, max(0, delay))


def read_samples(path: str, fps: Fraction) -> list[Sample]:
    """Return a clip's coded pictures, a few megabytes, in the order in which they are decoded."""
    coded = list(_coded(path, lambda data: data))
    numbers = _numbers([time for time, _ in coded], fps)
    return [
        Sample(data, number, is_idr(data)) for (_, data), number in zip(coded, numbers, strict=True)
    ]


def _coded(path: str, read: Callable[[bytes], _Read]) -> Iterator[tuple[Fraction, _Read]]:
    """Yield the seconds of each coded picture, and what is read of it, in the order of the file."""
    with opened(path, coded=True) as container:
        stream = picture_stream(container, path)
        tick = stream.time_base or Fraction(0)
        for packet in container.demux(stream):
            if packet.size:
                yield (packet.pts or 0) * tick, read(bytes(packet))


def _numbers(times: Sequence[Fraction], fps: Fraction) -> list[int]:
    """Return which frame each time belongs to, the earliest being the first."""
    begin = min(times, default=Fraction(0))
    return [round((time - begin) * fps) for time in times]


def stock_text(stock: Stock | None) -> str:
    """Return a stock as text, for whoever keeps it."""
    return json.dumps(None if stock is None else _plain(stock))


def _plain(stock: Stock) -> dict[str, Any]:
    return {
        "starts": stock.shape.starts,
        "ends": stock.shape.ends,
        "sps": stock.sets.sps.hex(),
        "pps": stock.sets.pps.hex(),
        "delay": stock.delay,
    }


def stock_from_text(text: str) -> Stock | None:
    """Undo `stock_text`."""
    found = json.loads(text)
    if found is None:
        return None
    shape = ClipShape(tuple(found["starts"]), tuple(found["ends"]))
    sets = ParameterSets(bytes.fromhex(found["sps"]), bytes.fromhex(found["pps"]))
    return Stock(shape, sets, found["delay"])
