"""What has to be rendered, composed with moviepy: fades, dips, dissolves and wipes.

Named after the optical printer that used to make them. moviepy's effects are the vocabulary people
know, and only these short spans pay its price. Its own file reader is not used: it starts a process
per clip and tells frames apart by a float. Pictures come from `Footage` by frame number instead,
and every frame is composed at its middle, half a frame in, where no rounding reaches a neighbour.
"""

from collections.abc import Callable
from fractions import Fraction

import moviepy
import numpy as np
import numpy.typing as npt
from moviepy import vfx

from storyboard.adapters.media.colour import Bytes, Planes, planes_from_rgb
from storyboard.adapters.media.cut.joins import Fade

__all__ = ["crossed", "faded", "photograph"]

# ITU-R BT.709 back from limited range: luma's gain, then what the two chromas add to each colour.
_LUMA = np.float32(255 / 219)
_CHROMA = np.array([[0, 1.5748], [-0.187324, -0.468124], [1.8556, 0]], np.float32)
_CHROMA *= np.float32(255 / 224)

_SOFT = 0.02
"""How wide the edge of a wipe is, in parts of the picture's width: a hard one crawls."""


def faded(
    picture: Callable[[int], Planes],
    *,
    length: int,
    fps: Fraction,
    size: tuple[int, int],
    fades: tuple[Fade | None, Fade | None],
) -> moviepy.VideoClip:
    """Return `length` pictures, asked for by number and in order, with fades at either end."""
    clip = moviepy.VideoClip(duration=float(length / fps))
    clip.size = size
    clip.frame_function = lambda time: _rgb(picture(int(time * fps)))
    coming, going = fades
    if coming:
        clip = clip.with_effects([vfx.FadeIn(float(coming.frames / fps), coming.colour)])
    if going:
        clip = clip.with_effects([vfx.FadeOut(float(going.frames / fps), going.colour)])
    return clip


def crossed(
    outgoing: moviepy.VideoClip, incoming: moviepy.VideoClip, kind: str, overlap: float
) -> moviepy.VideoClip:
    """Lay the incoming clip over the last `overlap` seconds of the outgoing one."""
    if kind == "dissolve":
        incoming = incoming.with_effects([vfx.CrossFadeIn(overlap)])
    else:
        incoming = incoming.with_mask(_wipe(kind, overlap, incoming))
    start = outgoing.duration - overlap
    return moviepy.CompositeVideoClip(
        [outgoing, incoming.with_start(start)], size=outgoing.size, bg_color=(0, 0, 0)
    )


def _wipe(kind: str, overlap: float, clip: moviepy.VideoClip) -> moviepy.VideoClip:
    """Return a mask whose edge crosses the picture, to the left in a `wipe-left`."""
    width, height = clip.size
    places = (np.arange(width) + 0.5) / width
    if kind == "wipe-left":
        places = places[::-1]

    def covered(time: float) -> npt.NDArray[np.float64]:
        edge = min(1.0, time / overlap) * (1 + _SOFT)
        line = np.clip((edge - places) / _SOFT, 0, 1)
        return np.broadcast_to(line, (height, width))

    mask = moviepy.VideoClip(is_mask=True, duration=clip.duration)
    mask.size = clip.size
    mask.frame_function = covered
    return mask


def photograph(clip: moviepy.VideoClip, number: int, fps: Fraction) -> Planes:
    """Compose one frame, by its number from the clip's start, as planes for the encoder."""
    frame = clip.get_frame(float((number + Fraction(1, 2)) / fps))
    if frame.dtype != np.uint8:  # a fade computes in floats
        frame = np.clip(np.rint(frame), 0, 255).astype(np.uint8)
    return planes_from_rgb(frame)


def _rgb(planes: Planes) -> Bytes:
    """Undo `planes_from_rgb`: each chroma sample goes to its four pixels, so nothing is smeared."""
    luma = (planes.y.astype(np.float32) - 16) * _LUMA
    chroma = np.stack([planes.u, planes.v], -1).astype(np.float32) - 128
    added = (chroma @ _CHROMA.T).repeat(2, 0).repeat(2, 1)
    rgb: Bytes = np.clip(np.rint(luma[..., None] + added), 0, 255).astype(np.uint8)
    return rgb
