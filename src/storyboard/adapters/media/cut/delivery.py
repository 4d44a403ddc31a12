"""Writers of a whole film: H.264 as clips have it, and ProRes as editing programs want it."""

import os
from fractions import Fraction
from types import TracebackType
from typing import Protocol, Self

import av
import numpy as np
from av.video.reformatter import (
    ColorPrimaries,
    ColorRange,
    Colorspace,
    ColorTrc,
    Interpolation,
)

from storyboard.adapters.media.colour import Bytes, Planes
from storyboard.adapters.media.container import writing
from storyboard.adapters.media.encoder import SOUND_RATE, ClipWriter
from storyboard.adapters.media.h264 import MUXER
from storyboard.adapters.media.media_file import MediaFile
from storyboard.adapters.media.planes import frame_of
from storyboard.adapters.media.sound.track import Samples
from storyboard.model.delivery import Delivery
from storyboard.model.money import Frames, timecode
from storyboard.model.timeline import Timeline

__all__ = ["FilmWriter", "ProresWriter", "open_writer"]

_THREADS = 4
"""Encoder threads at most: one film is made at a time, and each thread holds frames of its own."""
_TEN_BITS = "yuv422p10le"
_FULL_SCALE = 1 << 31


class FilmWriter(Protocol):
    """A context in which pictures and as much sound become a film."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def write_planes(self, y: Bytes, u: Bytes, v: Bytes) -> None:
        """Add one picture, given as yuv420p planes in BT.709 limited range."""

    def write_sound(self, pcm: Samples) -> None:
        """Add sound, (samples, 2) at 48 kHz."""


def open_writer(delivery: Delivery, timeline: Timeline, path: str) -> FilmWriter:
    """Return a writer of the timeline's size and rate; a player can start at every join."""
    width, height, fps = timeline.width, timeline.height, timeline.fps
    threads = min(os.cpu_count() or 1, _THREADS)
    if delivery.codec == "prores":
        return ProresWriter(
            path, size=(width, height), fps=fps, profile=delivery.profile, threads=threads
        )
    return ClipWriter(
        path,
        width=width,
        height=height,
        fps=fps,
        preset=delivery.preset,
        crf=delivery.crf,
        threads=threads,
        keyframes=frozenset(event.record_in for event in timeline.events),
    )


class ProresWriter(MediaFile):
    """A context in which pictures and sound become a QuickTime film for editing at `path`.

    ProRes in ten bits, 4:2:2, BT.709 and limited range; 24 bits of PCM in stereo; and a track of
    timecode from 00:00:00:00. Sound is to be as long as the pictures. When the body raises, the
    file is removed.
    """

    def __init__(
        self, path: str, *, size: tuple[int, int], fps: Fraction, profile: str, threads: int = 1
    ) -> None:
        self._size, self._fps = size, fps
        self._profile, self._threads = profile, threads
        self._frames, self._samples = 0, 0
        super().__init__(path, "mov", MUXER)

    def _open_streams(self) -> None:
        picture = self._container.add_stream("prores_ks", rate=self._fps)
        picture.width, picture.height = self._size
        picture.pix_fmt = _TEN_BITS
        picture.time_base = 1 / self._fps
        # Some programs take the file for ProRes only if Apple's encoder seems to have made it.
        picture.options = {"profile": self._profile, "vendor": "apl0"}
        picture.metadata["timecode"] = timecode(Frames(0), self._fps)
        context = picture.codec_context
        context.time_base = 1 / self._fps
        context.thread_count = self._threads
        context.color_range, context.colorspace = ColorRange.MPEG, Colorspace.ITU709
        context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        sound = self._container.add_stream("pcm_s24le", rate=SOUND_RATE)
        sound.layout = "stereo"
        self._picture_stream, self._sound_stream = picture, sound

    def write_planes(self, y: Bytes, u: Bytes, v: Bytes) -> None:
        """Add one picture, given as yuv420p planes in BT.709 limited range."""
        frame = frame_of(Planes(y, u, v)).reformat(
            format=_TEN_BITS,
            interpolation=Interpolation.BICUBIC | Interpolation.ACCURATE_RND,
            threads=1,
        )
        # The codec's own header says it again, and takes it from the picture.
        frame.colorspace, frame.color_range = Colorspace.ITU709, ColorRange.MPEG
        frame.color_primaries, frame.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        frame.pts, frame.time_base, frame.duration = self._frames, 1 / self._fps, 1
        with writing(self._path):
            self._container.mux(self._picture_stream.encode(frame))
        self._frames += 1

    def write_sound(self, pcm: Samples) -> None:
        """Add sound, (samples, 2) at 48 kHz; what is beyond full scale is cut off."""
        whole = np.rint(pcm.astype(np.float64) * _FULL_SCALE)
        deep = whole.clip(-_FULL_SCALE, _FULL_SCALE - 1).astype(np.int32)
        frame = av.AudioFrame.from_ndarray(deep.reshape(1, -1), "s32", "stereo")
        frame.sample_rate = SOUND_RATE
        frame.pts, frame.time_base = self._samples, Fraction(1, SOUND_RATE)
        with writing(self._path):
            self._container.mux(self._sound_stream.encode(frame))
        self._samples += len(pcm)

    def _finish(self) -> None:
        self._container.mux(self._picture_stream.encode(None))
        self._container.mux(self._sound_stream.encode(None))
