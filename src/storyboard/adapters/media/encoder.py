"""The one writer of clips: H.264 and AAC in an mp4, at an exact rate, picture as long as sound."""

import contextlib
import pathlib
from collections import deque
from collections.abc import Iterator
from fractions import Fraction
from types import TracebackType
from typing import Self

import av
import numpy as np
import numpy.typing as npt
from av.video.frame import PictureType

from storyboard.adapters.media.colour import Bytes, planes_from_rgb
from storyboard.model.errors import EnvironmentFault

__all__ = ["SOUND_BITS", "SOUND_RATE", "ClipWriter"]

SOUND_RATE = 48_000
"""Samples a second of every sound track."""
SOUND_BITS = 192_000
"""Bits a second of every sound track."""

_BT709 = 1  # its number in ITU-T H.273: as primaries, as transfer and as matrix
_LIMITED = 1
_PACKET = 1024  # samples in one AAC packet
# 240,000 counts whole frames of every usual rate, 1001sts too: the header rounds no duration.
_MUXER = {"movflags": "+faststart", "movie_timescale": "240000"}

_QUICK = "subme=1"


class ClipWriter:
    """A context in which pictures and sound become a clip at `path`.

    Sound is written as far as the pictures reach and no further: on leaving it is cut, or padded
    with silence, to exactly the frames written. When the body raises, the file is removed.
    `quick_search` spends less on finding motion: for a still under a camera, where looking longer
    gains nothing (0.01 dB) and costs a third of the encoder's time. `parameter_sets` numbers the
    clip's own, so that pictures of two encoders can share one track; `every` puts a key frame at
    the first of every so many pictures, and nowhere else.
    """

    def __init__(  # noqa: PLR0913  # what an encoder must be told, by name
        self,
        path: str,
        *,
        width: int,
        height: int,
        fps: Fraction,
        preset: str = "veryfast",
        crf: int = 20,
        threads: int = 1,
        keyframes: frozenset[int] = frozenset(),
        quick_search: bool = False,
        parameter_sets: int = 0,
        every: int | None = None,
    ) -> None:
        if width % 2 or height % 2:
            message = f"a picture of {width}x{height} has no half-size chroma: sides must be even"
            raise ValueError(message)
        self._path = path
        self._size = (width, height)
        self._fps = fps
        self._keyframes = keyframes
        self._frames = 0
        self._sound = _Sound()
        with _faults(path):
            self._container = av.open(path, "w", "mp4", options=_MUXER)
            try:
                special = _x264(parameter_sets, every, quick_search=quick_search)
                self._open_streams({"preset": preset, "crf": str(crf), **special}, threads)
            except BaseException:
                self._discard()
                raise

    def _open_streams(self, options: dict[str, str], threads: int) -> None:
        picture = self._container.add_stream("libx264", rate=self._fps)
        picture.width, picture.height = self._size
        picture.pix_fmt = "yuv420p"
        picture.time_base = 1 / self._fps
        # A forced picture must be one a decoder can start from, hence forced-idr.
        picture.options = {**options, "forced-idr": "1"}
        context = picture.codec_context
        context.profile = "High"
        context.time_base = 1 / self._fps
        context.thread_count = threads
        context.color_range = _LIMITED
        context.colorspace = _BT709
        context.color_primaries = _BT709
        context.color_trc = _BT709
        sound = self._container.add_stream("aac", rate=SOUND_RATE)
        sound.layout = "stereo"
        sound.bit_rate = SOUND_BITS
        self._picture_stream, self._sound_stream = picture, sound
        self._container.start_encoding()  # a path that cannot be written is told now

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._discard()
            return
        try:
            with _faults(self._path):
                self._finish()
        except BaseException:
            self._discard()
            raise

    def write_planes(self, y: Bytes, u: Bytes, v: Bytes) -> None:
        """Add one picture, given as yuv420p planes in BT.709 limited range."""
        with _faults(self._path):
            frame = av.VideoFrame(*self._size, "yuv420p")
            for plane, pixels in zip(frame.planes, (y, u, v), strict=True):
                lines = np.frombuffer(memoryview(plane), np.uint8).reshape(
                    plane.height, plane.line_size
                )
                lines[:, : plane.width] = pixels
            frame.pts, frame.time_base, frame.duration = self._frames, 1 / self._fps, 1
            if self._frames in self._keyframes:
                frame.pict_type = PictureType.I
            self._container.mux(self._picture_stream.encode(frame))
            self._frames += 1
            self._write_due_sound()

    def write_rgb(self, frame: Bytes) -> None:
        """Add one picture, given as (height, width, 3) RGB."""
        planes = planes_from_rgb(frame)
        self.write_planes(planes.y, planes.u, planes.v)

    def write_sound(self, pcm: npt.NDArray[np.float32]) -> None:
        """Add sound, (samples, 2) at 48 kHz; it may run ahead of the pictures or behind them."""
        self._sound.add(pcm)

    def _due(self) -> int:
        """Samples that the pictures so far last."""
        return round(self._frames / self._fps * SOUND_RATE)

    def _write_due_sound(self) -> None:
        while self._sound.ready(_PACKET) and self._sound.taken + _PACKET <= self._due():
            self._write_samples(_PACKET)

    def _write_samples(self, count: int) -> None:
        start, samples = self._sound.taken, self._sound.take(count)
        frame = av.AudioFrame.from_ndarray(samples, "fltp", "stereo")
        frame.sample_rate = SOUND_RATE
        frame.pts, frame.time_base = start, Fraction(1, SOUND_RATE)
        self._container.mux(self._sound_stream.encode(frame))

    def _finish(self) -> None:
        while (rest := self._due() - self._sound.taken) > 0:
            self._write_samples(min(rest, _PACKET))
        self._container.mux(self._picture_stream.encode(None))
        self._container.mux(self._sound_stream.encode(None))
        self._container.close()

    def _discard(self) -> None:
        # Closing a broken muxer may fail again; the first error is the one to tell.
        with contextlib.suppress(av.FFmpegError, OSError):
            self._container.close()
        with contextlib.suppress(OSError):
            pathlib.Path(self._path).unlink(missing_ok=True)


def _x264(parameter_sets: int, every: int | None, *, quick_search: bool) -> dict[str, str]:
    """Return what only the encoder's own list of parameters can say, if anything is to be said."""
    said = [_QUICK] if quick_search else []
    if parameter_sets:
        said.append(f"sps-id={parameter_sets}")
    if every is not None:
        said.append(f"keyint={every}:min-keyint={every}:scenecut=0")
    return {"x264-params": ":".join(said)} if said else {}


class _Sound:
    """Samples waiting for their pictures, in order; silence after the last of them."""

    def __init__(self) -> None:
        self.taken = 0
        self._waiting: deque[npt.NDArray[np.float32]] = deque()
        self._count = 0

    def add(self, pcm: npt.NDArray[np.float32]) -> None:
        if len(pcm):
            self._waiting.append(pcm)
            self._count += len(pcm)

    def ready(self, count: int) -> bool:
        return self._count >= count

    def take(self, count: int) -> npt.NDArray[np.float32]:
        """Return the next `count` samples as two planes."""
        planes = np.zeros((2, count), np.float32)
        filled = 0
        while filled < count and self._waiting:
            first = self._waiting.popleft()
            part = first[: count - filled]
            planes[:, filled : filled + len(part)] = part.T
            filled += len(part)
            if len(part) < len(first):
                self._waiting.appendleft(first[len(part) :])
        self._count -= filled
        self.taken += count
        return planes


@contextlib.contextmanager
def _faults(path: str) -> Iterator[None]:
    """Tell what the library or the disk refuses as an EnvironmentFault."""
    try:
        yield
    except (av.FFmpegError, OSError) as error:
        message = f"could not write {path}: {error.strerror or error}"
        raise EnvironmentFault(message) from error
