"""A file's sound as 48 kHz stereo, read forward sample by sample and never running dry.

Where a clip has no sound, or ends early, its reader goes on with silence. A sound that stops in the
middle of a wave would click, so the last milliseconds are played once more backwards while they
fade: at a join the same few samples let a sound without a handle be crossfaded into the next.

A clip's sound counts from its first picture; a recording, which is a file laid over the film, from
its own beginning, and it may be in any usual format.
"""

import contextlib
from collections.abc import Generator, Iterator
from fractions import Fraction
from typing import TypeAlias

import av
import numpy as np
import numpy.typing as npt
from av.container import InputContainer

from storyboard.adapters.media.container import opened
from storyboard.adapters.media.encoder import SOUND_RATE
from storyboard.model.errors import EnvironmentFault

__all__ = ["FADE", "DamagedRecording", "Samples", "Soundtrack", "audio_frame", "linear", "silence"]

Samples: TypeAlias = npt.NDArray[np.float32]
"""Sound as (samples, 2), left and right."""

FADE = SOUND_RATE * 8 // 1000
"""Samples in the short fade that keeps a join from clicking: 8 ms, which nobody hears as a dip."""

_SECOND = SOUND_RATE
_ENDLESS = 1 << 62
# Playlists are not among them: a file that only says it is a song would pull in other files.
_RECORDINGS = {
    "format_whitelist": "wav,w64,aiff,caf,flac,mp3,aac,ogg,mov,matroska",
    "protocol_whitelist": "file",
}


class DamagedRecording(EnvironmentFault):
    """A sound file is missing, is in no format that is known here, or breaks off."""


class Soundtrack:
    """One open file's sound, read forward only from sample `first` on; before its start, silence.

    Raises DamagedClip or DamagedRecording, here or while reading.
    """

    def __init__(self, path: str, *, first: int = 0, recording: bool = False) -> None:
        self._chunks = _recorded(path, first) if recording else _decoded(path)
        self._waiting: list[Samples] = [silence(max(0, -first))]
        self._count = len(self._waiting[0])
        self._last = silence(0)
        self._ended = False
        if not recording:
            self.skip(first)

    def skip(self, count: int) -> None:
        """Leave out the next `count` samples."""
        while count > 0:
            count -= len(self.read(min(count, _SECOND)))

    def read(self, count: int) -> Samples:
        """Return the next `count` samples, silence where there are none left."""
        while self._count < count:
            self._fetch(count)
        samples = np.concatenate([*self._waiting, silence(0)])
        self._waiting, self._count = [samples[count:]], len(samples) - count
        return samples[:count]

    def rest(self) -> Iterator[Samples]:
        """Yield what the file still has, without the silence after it."""
        waiting, self._waiting, self._count = self._waiting, [], 0
        yield from (samples for samples in waiting if len(samples))
        yield from self._chunks

    def _fetch(self, count: int) -> None:
        chunk = next(self._chunks, None)
        if chunk is not None:
            self._last = np.concatenate([self._last, chunk])[-FADE:]
        elif not self._ended:
            self._ended = True
            chunk = self._last[::-1] * linear(len(self._last))[::-1, None]
        else:
            chunk = silence(count - self._count)
        self._waiting.append(chunk)
        self._count += len(chunk)

    def close(self) -> None:
        """Close the file; from here on there is only silence."""
        self._chunks.close()


def linear(count: int) -> npt.NDArray[np.float32]:
    """Return `count` gains that rise evenly from 0 to 1, reaching neither."""
    return ((np.arange(count, dtype=np.float32) + np.float32(0.5)) / max(1, count)).astype(
        np.float32
    )


def silence(count: int) -> Samples:
    """Return so many samples of nothing."""
    return np.zeros((count, 2), np.float32)


def audio_frame(samples: Samples, place: int) -> av.AudioFrame:
    """Return sound as the library takes it, two planes at sample `place`."""
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples.T), "fltp", "stereo")
    frame.sample_rate = SOUND_RATE
    frame.pts, frame.time_base = place, Fraction(1, SOUND_RATE)
    return frame


def _decoded(path: str) -> Generator[Samples, None, None]:
    """Yield a clip's sound from the moment of its first picture to the end its header states."""
    with opened(path, coded=True) as container:
        if not container.streams.audio:
            return
        early, left = _early(container), _stated(container)
        for chunk in _resampled(container):
            if early < 0:
                yield silence(-early)
                early = 0
            dropped = min(early, len(chunk))
            early -= dropped
            kept = chunk[dropped : max(dropped, min(len(chunk), left))]
            left -= len(chunk)
            if len(kept):
                yield kept


def _recorded(path: str, first: int) -> Generator[Samples, None, None]:
    """Yield a recording's sound from sample `first` on."""
    with _opened_recording(path) as container:
        if not container.streams.audio:
            message = f"there is no sound in {path}"
            raise DamagedRecording(message)
        dropped = max(0, first) - _leap(container, first)
        for chunk in _resampled(container):
            if dropped < len(chunk):
                yield chunk[max(0, dropped) :]
            dropped -= len(chunk)


@contextlib.contextmanager
def _opened_recording(path: str) -> Iterator[InputContainer]:
    try:
        # Said to be a file, because of `a:b.wav` the library would take `a` for a protocol.
        with av.open(f"file:{path}", options=_RECORDINGS) as container:
            yield container
    except (av.FFmpegError, OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        message = f"could not read the sound {path}: {reason}"
        raise DamagedRecording(message) from error


def _leap(container: InputContainer, first: int) -> int:
    """Go near sample `first` where that is exact, in plain samples; return where we are then."""
    stream = container.streams.audio[0]
    is_plain = stream.codec_context.name.startswith("pcm_") and stream.rate == SOUND_RATE
    if first < _SECOND or not is_plain or stream.time_base != Fraction(1, SOUND_RATE):
        return 0
    container.seek(first, stream=stream)
    landed = next((packet.pts for packet in container.demux(stream)), None)
    container.seek(first if landed is not None else 0, stream=stream)
    return landed or 0


def _stated(container: InputContainer) -> int:
    """Return the samples the header states; an encoder pads its last packet beyond them."""
    stream = container.streams.audio[0]
    return round((stream.duration or _ENDLESS) * (stream.time_base or 1) * SOUND_RATE)


def _early(container: InputContainer) -> int:
    """Return how many samples sound begins before the picture; negative when it begins after."""
    starts = [
        (stream.start_time or 0) * (stream.time_base or Fraction(1))
        for stream in (*container.streams.video[:1], container.streams.audio[0])
    ]
    return round((starts[0] - starts[-1]) * SOUND_RATE)


def _resampled(container: InputContainer) -> Iterator[Samples]:
    stream = container.streams.audio[0]
    stream.codec_context.thread_count = 1
    # One channel is doubled here: the library would take 3 dB off it.
    layout = "mono" if stream.channels == 1 else "stereo"
    resampler = av.AudioResampler("fltp", layout, SOUND_RATE)
    for frame in container.decode(stream):
        for resampled in resampler.resample(frame):
            yield _stereo(resampled)
    for resampled in resampler.resample(None):
        yield _stereo(resampled)


def _stereo(frame: av.AudioFrame) -> Samples:
    planes = [
        np.frombuffer(memoryview(plane), np.float32)[: frame.samples] for plane in frame.planes
    ]
    return np.stack((planes[0], planes[-1]), 1)
