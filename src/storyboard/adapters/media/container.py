"""Opening clips for reading, and the errors that damage and a full disk become."""

import contextlib
from collections.abc import Iterator

import av
from av.container import InputContainer

from storyboard.model.errors import EnvironmentFault

__all__ = ["DamagedClip", "opened", "picture_stream", "writing"]


class DamagedClip(EnvironmentFault):
    """The file is missing, is no clip, or breaks off; fetching or making it again may help."""


_UNDECODED: list[dict[str, str]] = [{"skip_frame": "all"}] * 4  # as many streams as clips have


@contextlib.contextmanager
def opened(path: str, *, coded: bool = False) -> Iterator[InputContainer]:
    """Open a clip; whatever the library or the disk says against it is told as DamagedClip.

    For who only wants what is `coded`, no picture is decoded to learn more than the header says,
    which is most of what opening a clip takes.
    """
    try:
        # Named, because a file that only says it is a playlist would pull in other files.
        options = _UNDECODED if coded else None
        # The library takes what its own annotation denies.
        with av.open(path, format="mp4", stream_options=options) as container:  # type: ignore[arg-type]
            _require_decoders(container, path)
            yield container
    except (av.FFmpegError, OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        message = f"could not read the clip {path}: {reason}"
        raise DamagedClip(message) from error


@contextlib.contextmanager
def writing(path: str) -> Iterator[None]:
    """Tell what the library or the disk says against a file being written as EnvironmentFault."""
    try:
        yield
    except (av.FFmpegError, OSError) as error:
        message = f"could not write {path}: {error.strerror or error}"
        raise EnvironmentFault(message) from error


def picture_stream(container: InputContainer, path: str) -> av.VideoStream:
    """Return the clip's picture, or raise DamagedClip when there is only sound."""
    if not container.streams.video:
        message = f"there is no picture in {path}"
        raise DamagedClip(message)
    stream = container.streams.video[0]
    stream.codec_context.thread_count = 1
    return stream


def _require_decoders(container: InputContainer, path: str) -> None:
    """Raise DamagedClip when picture or sound claim a format that nobody here knows."""
    for stream in (*container.streams.video[:1], *container.streams.audio[:1]):
        # Typed as always there, but there is none for a format that the library cannot decode.
        if getattr(stream, "codec_context", None) is None:
            message = f"the {stream.type} of {path} is in an unknown format"
            raise DamagedClip(message)
