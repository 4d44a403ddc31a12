"""What has to be rendered, composed with moviepy: fades, dips, dissolves and wipes.

Named after the optical printer that used to make them. moviepy lays clips over each other by masks,
and only these short spans pay its price. Its own file reader is not used: it starts a process
per clip and tells frames apart by a float. Pictures come from `Footage` by frame number instead,
and every frame is composed at its middle, half a frame in, where no rounding reaches a neighbour.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any, TypeAlias

import moviepy
import numpy as np
import numpy.typing as npt

from storyboard.adapters.media.colour import Bytes, Planes
from storyboard.adapters.media.cut.layouts import Layout, flat
from storyboard.cutting.joins import Fade

__all__ = ["crossed", "faded", "photograph"]

_Weights: TypeAlias = npt.NDArray[np.float32]

_SOFT = 0.02
"""How wide the edge of a wipe is, in parts of the picture's side: a hard one crawls."""


def faded(
    picture: Callable[[int], Planes],
    layout: Layout,
    *,
    length: int,
    fps: Fraction,
    size: tuple[int, int],
    fades: tuple[Fade | None, Fade | None],
) -> moviepy.VideoClip:
    """Return `length` pictures, asked for by number and in order, with fades at either end."""

    def shown(time: float) -> Bytes:
        return layout.picture(picture(int(time * fps)))

    clip = _clip(shown, float(length / fps), layout.size(*size))
    coming, going = fades
    if coming:
        lasts = float(coming.frames / fps)
        clip = _over(flat(coming.colour, size), layout, clip, lambda time: time / lasts)
    if going:
        end, lasts_out = clip.duration, float(going.frames / fps)
        colour = flat(going.colour, size)
        clip = _over(colour, layout, clip, lambda time: (end - time) / lasts_out)
    return clip


def crossed(
    outgoing: moviepy.VideoClip, incoming: moviepy.VideoClip, kind: str, overlap: float
) -> moviepy.VideoClip:
    """Lay the incoming clip over the last `overlap` seconds of the outgoing one."""
    if kind == "dissolve":
        mask = _evenly(incoming, lambda time: time / overlap)
    else:
        mask = _wipe(kind, overlap, incoming)
    start = outgoing.duration - overlap
    laid = incoming.with_mask(mask).with_start(start)
    return moviepy.CompositeVideoClip([outgoing, laid], use_bgclip=True)


def _over(
    colour: Planes, layout: Layout, clip: moviepy.VideoClip, shows: Callable[[float], float]
) -> moviepy.VideoClip:
    """Lay a clip over a flat colour, as far as it `shows` at each time, 0 to 1."""
    ground = moviepy.ImageClip(layout.picture(colour), duration=clip.duration)
    laid = clip.with_mask(_evenly(clip, shows))
    return moviepy.CompositeVideoClip([ground, laid], use_bgclip=True)


def _evenly(clip: moviepy.VideoClip, shows: Callable[[float], float]) -> moviepy.VideoClip:
    """Return a mask of one weight all over, which holds no picture of floats as moviepy's do."""
    width, height = clip.size

    def weight(time: float) -> _Weights:
        return np.broadcast_to(np.float32(min(1.0, max(0.0, shows(time)))), (height, width))

    return _clip(weight, clip.duration, clip.size, is_mask=True)


def _wipe(kind: str, overlap: float, clip: moviepy.VideoClip) -> moviepy.VideoClip:
    """Return a mask whose edge crosses the picture, to the left in a `wipe-left`."""
    width, height = clip.size
    upright = kind in {"wipe-up", "wipe-down"}
    count = height if upright else width
    places = (np.arange(count, dtype=np.float32) + np.float32(0.5)) / count
    if kind in {"wipe-left", "wipe-up"}:
        places = places[::-1]

    def covered(time: float) -> _Weights:
        edge = np.float32(min(1.0, time / overlap) * (1 + _SOFT))
        line = np.clip((edge - places) / np.float32(_SOFT), 0, 1)
        return np.broadcast_to(line[:, None] if upright else line, (height, width))

    return _clip(covered, clip.duration, clip.size, is_mask=True)


def _clip(
    frame: Callable[[float], npt.NDArray[Any]],
    duration: float,
    size: tuple[int, int],
    *,
    is_mask: bool = False,
) -> moviepy.VideoClip:
    clip = moviepy.VideoClip(is_mask=is_mask, duration=duration)
    clip.size, clip.frame_function = size, frame
    return clip


def photograph(clip: moviepy.VideoClip, number: int, fps: Fraction) -> Bytes:
    """Compose one frame, by its number from the clip's start, in the layout it was made in."""
    frame: Bytes = clip.get_frame(float((number + Fraction(1, 2)) / fps))
    return frame
