"""Between decoded frames and the planes that everything here works on, without a conversion."""

import av
import numpy as np

from storyboard.adapters.media.colour import Bytes, Planes

__all__ = ["frame_of", "planes_of"]


def frame_of(planes: Planes) -> av.VideoFrame:
    """Return a yuv420p frame that holds a copy of the planes; both sides are even."""
    height, width = planes.y.shape
    frame = av.VideoFrame(width, height, "yuv420p")
    for plane, pixels in zip(frame.planes, (planes.y, planes.u, planes.v), strict=True):
        _pixels(plane)[:] = pixels
    return frame


def planes_of(frame: av.VideoFrame) -> Planes:
    """Return the planes of a yuv420p frame, which are its own memory: not to be written to."""
    y, u, v = frame.planes
    return Planes(_pixels(y), _pixels(u), _pixels(v))


def _pixels(plane: av.video.plane.VideoPlane) -> Bytes:
    lines = np.frombuffer(memoryview(plane), np.uint8)
    return lines.reshape(plane.height, plane.line_size)[:, : plane.width]
