"""One frame of a clip as a still: for chains, contact sheets and takes to choose from."""

from collections.abc import Iterator
from itertools import islice

import av
from av.container import InputContainer
from av.video.reformatter import ColorRange, Interpolation
from PIL import Image

from storyboard.adapters.media.container import DamagedClip, opened, picture_stream
from storyboard.adapters.media.framing import matrix_of, range_of

__all__ = ["LAST", "frame_at"]

LAST = -1
"""The clip's last frame, whichever number it has."""

_SCALER = (
    Interpolation.BICUBIC
    | Interpolation.FULL_CHR_H_INT
    | Interpolation.FULL_CHR_H_INP
    | Interpolation.ACCURATE_RND
)


def frame_at(path: str, index: int) -> Image.Image:
    """Return the clip's frame by its exact number from 0, or LAST; DamagedClip if there is none."""
    with opened(path) as container:
        stream = picture_stream(container, path)
        if index == LAST:
            frame = _last(container, stream)
        else:
            frame = next(islice(container.decode(stream), index, None), None)
        if frame is None:
            message = f"{path} has {stream.frames} frames, none of number {index}"
            raise DamagedClip(message)
        return _still(frame)


def _last(container: InputContainer, stream: av.VideoStream) -> av.VideoFrame | None:
    """Decode from the last key frame to the end; from the start where that cannot be found."""
    frame = None
    for frame in _ending(container, stream):  # noqa: B007  # the last one is what is wanted
        pass
    return frame


def _ending(container: InputContainer, stream: av.VideoStream) -> Iterator[av.VideoFrame]:
    if stream.duration is not None:
        container.seek((stream.start_time or 0) + stream.duration, stream=stream)
    return container.decode(stream)


def _still(frame: av.VideoFrame) -> Image.Image:
    picture = frame.reformat(
        format="rgb24",
        src_colorspace=matrix_of(frame),
        src_color_range=range_of(frame),
        dst_color_range=ColorRange.JPEG,
        interpolation=_SCALER,
        threads=1,
    )
    return Image.fromarray(picture.to_ndarray())
