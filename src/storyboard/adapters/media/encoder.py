"""The one writer of clips: H.264 and AAC in an mp4, at an exact rate, picture as long as sound."""

from collections import deque
from fractions import Fraction

import av
import numpy as np
import numpy.typing as npt
from av.audio.stream import AudioStream
from av.container import OutputContainer

from storyboard.adapters.media.colour import Bytes, Planes, planes_from_rgb
from storyboard.adapters.media.container import writing
from storyboard.adapters.media.h264 import MUXER, Encoding, add_pictures, picture_of
from storyboard.adapters.media.media_file import MediaFile

__all__ = ["CLIP_MUXER", "PACKET", "SOUND_BITS", "SOUND_RATE", "ClipWriter", "add_sound"]

SOUND_RATE = 48_000
"""Samples a second of every sound track."""
SOUND_BITS = 192_000
"""Bits a second of every sound track."""

PACKET = 1024
"""Samples in one AAC packet."""
CLIP_MUXER = {**MUXER, "movflags": "+faststart"}
"""How a clip is muxed: its header first."""


class ClipWriter(MediaFile):
    """A context in which pictures and sound become a clip at `path`.

    Sound is written as far as the pictures reach and no further: on leaving it is cut, or padded
    with silence, to exactly the frames written. When the body raises, the file is removed.
    How the pictures are encoded is said by the fields of Encoding, and `keyframes` are numbers of
    pictures that a decoder can start from.
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
        self._size = (width, height)
        self._fps = fps
        self._keyframes = keyframes
        self._frames = 0
        self._sound = _Sound()
        self._encoding = Encoding(preset, crf, threads, quick_search, parameter_sets, every)
        super().__init__(path, "mp4", CLIP_MUXER)

    def _open_streams(self) -> None:
        self._picture_stream = add_pictures(self._container, self._size, self._fps, self._encoding)
        self._sound_stream = add_sound(self._container)

    def write_planes(self, y: Bytes, u: Bytes, v: Bytes) -> None:
        """Add one picture, given as yuv420p planes in BT.709 limited range."""
        with writing(self._path):
            key = self._frames in self._keyframes
            frame = picture_of(Planes(y, u, v), self._frames, self._fps, key=key)
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
        while self._sound.ready(PACKET) and self._sound.taken + PACKET <= self._due():
            self._write_samples(PACKET)

    def _write_samples(self, count: int) -> None:
        start, samples = self._sound.taken, self._sound.take(count)
        frame = av.AudioFrame.from_ndarray(samples, "fltp", "stereo")
        frame.sample_rate = SOUND_RATE
        frame.pts, frame.time_base = start, Fraction(1, SOUND_RATE)
        self._container.mux(self._sound_stream.encode(frame))

    def _finish(self) -> None:
        while (rest := self._due() - self._sound.taken) > 0:
            self._write_samples(min(rest, PACKET))
        self._container.mux(self._picture_stream.encode(None))
        self._container.mux(self._sound_stream.encode(None))


def add_sound(container: OutputContainer) -> AudioStream:
    """Add a stream of AAC, in stereo, as every clip and film has it."""
    stream = container.add_stream("aac", rate=SOUND_RATE)
    stream.layout = "stereo"
    stream.bit_rate = SOUND_BITS
    return stream


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
