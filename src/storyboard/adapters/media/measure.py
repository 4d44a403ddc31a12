"""What a bought clip really shows and sounds like: its pictures and its samples are looked at.

A picture is compared as a grid of cells, each the mean of so many pixels that an encoder's noise
averages out, while an edge that moves by a fraction of a pixel still shows. Frames that no other
frame builds on are not decoded: what moves, moves in the others too, and a third of the time is
saved.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TypeAlias

import av
import numpy as np
import numpy.typing as npt
from av.container import InputContainer
from av.video.reformatter import Interpolation

from storyboard.adapters.media.container import DamagedClip, opened, picture_stream
from storyboard.adapters.media.probe import probe
from storyboard.model.measure import ClipMeasure

__all__ = ["measure_clip"]

_Cells: TypeAlias = npt.NDArray[np.float64]

_THREADS = 4  # a clip alone is done a third sooner on two cores already
_GAP = 0.1  # seconds that may be missing at the end: some writers give the last frame no length
_BETWEEN = 0.12  # seconds from one look to the next, at least
_LONGER_SIDE = 160  # pixels that a picture is scaled down to
_CELL = 5  # of those pixels, along each side of a cell

_BLACK_LEVEL = 16  # of 255, full range; what an encoder makes of black stays well under it
_NEARLY_ALL = 0.99  # of the pixels: a candle's flame in the dark is a picture
# Levels of 255 by which the most changed cell changes within a second. From 480p on the noise of a
# still photograph stayed under 1.0 (x264 up to crf 28, a key frame every 12), under fine grain too;
# a push-in of 2 % in 8 s had 2.4. In the dark both are less: there a slower push-in is missed.
_CHANGE = 1.25
_STANDSTILL = 1.0  # seconds; a shorter rest is part of moving

# Beyond these the library may read past the end of a frame; damage makes them, no provider does.
_MOST_CHANNELS = 8


@dataclass(frozen=True, slots=True)
class _Glance:
    """One picture: its seconds since the first, whether it is black, and the means of its cells."""

    time: float
    black: bool
    cells: _Cells


def measure_clip(path: str) -> ClipMeasure:
    """Decode a clip and measure it; DamagedClip when a part of it cannot be decoded."""
    facts = probe(path)
    with opened(path) as container:
        picture = picture_stream(container, path)
        pixel = picture.sample_aspect_ratio or Fraction(1)
        glances = tuple(_glances(container, picture, path))
        peak = _peak(container, path) if facts.has_sound else None
    end = max(facts.duration / 1000, glances[-1].time + float(1 / facts.fps))
    return ClipMeasure(
        width=facts.width,
        height=facts.height,
        fps=facts.fps,
        length=facts.duration,
        black=_black(glances, end) / end,
        frozen=_frozen(glances, end) / end,
        peak=peak,
        pixel=pixel,
    )


def _glances(container: InputContainer, stream: av.VideoStream, path: str) -> Iterator[_Glance]:
    """Look at the picture from time to time, the first frame included."""
    start, due = None, 0.0
    for frame in _frames(container, stream, path):
        time = frame.time or 0.0
        start = time if start is None else start
        if time - start >= due:
            due = time - start + _BETWEEN
            yield _glance(frame, time - start)
    if start is None:
        message = f"there is not one frame in {path}"
        raise DamagedClip(message)


def _frames(
    container: InputContainer, stream: av.VideoStream, path: str
) -> Iterator[av.VideoFrame]:
    """Decode what other frames build on; what is broken, or missing at the end, is an error."""
    stream.thread_type = "FRAME"
    stream.codec_context.thread_count = _THREADS
    stream.codec_context.skip_frame = "NONREF"
    reached = 0
    for packet in container.demux(stream):
        reached = max(reached, (packet.pts or 0) + (packet.duration or 0))
        for frame in packet.decode():
            if packet.is_corrupt or frame.is_corrupt:
                message = f"could not read the clip {path}: its picture is broken"
                raise DamagedClip(message)
            yield frame
    # Time and not packets: an edit list may leave out frames that the header counts.
    end = (stream.start_time or 0) + (stream.duration or 0)
    missing = (end - reached) * (stream.time_base or Fraction(0))
    if missing > _GAP:
        message = f"the clip {path} breaks off {float(missing):.1f} seconds before its end"
        raise DamagedClip(message)


def _glance(frame: av.VideoFrame, time: float) -> _Glance:
    grey = _scaled_down(frame)
    black = np.count_nonzero(grey <= _BLACK_LEVEL) >= _NEARLY_ALL * grey.size
    lines, columns = (side // _CELL for side in grey.shape)
    cells = grey.reshape(lines, _CELL, columns, _CELL).mean((1, 3))
    return _Glance(time, bool(black), cells)


def _scaled_down(frame: av.VideoFrame) -> npt.NDArray[np.uint8]:
    """Return the frame in grey of full range, its sides whole numbers of cells."""
    scale = _LONGER_SIDE / _CELL / max(frame.width, frame.height)
    width, height = (max(1, round(side * scale)) * _CELL for side in (frame.width, frame.height))
    grey = frame.reformat(width, height, "gray", interpolation=Interpolation.AREA, threads=1)
    plane = grey.planes[0]
    lines = np.frombuffer(memoryview(plane), np.uint8).reshape(height, plane.line_size)
    return lines[:, :width]


def _black(glances: Sequence[_Glance], end: float) -> float:
    """Add up the seconds that are black."""
    times = (*(glance.time for glance in glances), end)
    spans = (until - since for since, until in pairwise(times))
    return sum(span for span, glance in zip(spans, glances, strict=True) if glance.black)


def _frozen(glances: Sequence[_Glance], end: float) -> float:
    """Add up the seconds of every standstill.

    Each picture is held against the one its standstill began with, not against the one before:
    a slow move changes little from look to look, and adds up.
    """
    seconds, first = 0.0, glances[0]
    for glance in glances:
        if np.abs(glance.cells - first.cells).max() > _CHANGE:
            seconds += _standstill(glance.time - first.time)
            first = glance
    return seconds + _standstill(end - first.time)


def _standstill(span: float) -> float:
    return span if span >= _STANDSTILL else 0.0


def _peak(container: InputContainer, path: str) -> float:
    """Return the loudest sample, from 0 to 1."""
    container.seek(0)
    peak = 0.0
    for frame in container.decode(container.streams.audio[0]):
        channels = frame.layout.nb_channels
        if channels > _MOST_CHANNELS:
            message = f"could not read the clip {path}: its sound has {channels} channels"
            raise DamagedClip(message)
        peak = max(peak, _loudest(frame))
    return min(peak, 1.0)


def _loudest(frame: av.AudioFrame) -> float:
    """Return a frame's loudest sample as a share of full scale, whatever format it is in."""
    samples = frame.to_ndarray()
    if samples.dtype.kind == "f":
        return float(np.abs(samples).max(initial=0.0))
    bits = 8 * samples.dtype.itemsize
    full = 2.0 ** (bits - 1)
    middle = full if samples.dtype.kind == "u" else 0.0
    return float(np.abs(samples - middle).max(initial=0.0)) / full
