"""Opening clips for reading, and the one error a damaged clip becomes."""

import contextlib
from collections.abc import Iterator

import av
from av.container import InputContainer

from storyboard.model.errors import EnvironmentFault

__all__ = ["DamagedClip", "opened", "picture_stream"]


class DamagedClip(EnvironmentFault):
    """The file is missing, is no clip, or breaks off; fetching or making it again may help."""


@contextlib.contextmanager
def opened(path: str) -> Iterator[InputContainer]:
    """Open a clip; whatever the library or the disk says against it is told as DamagedClip."""
    try:
        # Named, because a file that only says it is a playlist would pull in other files.
        with av.open(path, format="mp4") as container:
            yield container
    except (av.FFmpegError, OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        message = f"could not read the clip {path}: {reason}"
        raise DamagedClip(message) from error


def picture_stream(container: InputContainer, path: str) -> av.VideoStream:
    """Return the clip's picture, or raise DamagedClip when there is only sound."""
    if not container.streams.video:
        message = f"there is no picture in {path}"
        raise DamagedClip(message)
    stream = container.streams.video[0]
    stream.codec_context.thread_count = 1
    return stream
