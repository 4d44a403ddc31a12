"""Clips that say which clip and frame they are, with a flash and a tick at each whole second.

They are written as providers write theirs, without any of the code under test: x264 with pictures
that refer to later ones, a single key frame, AAC. Each picture has a band of bars that say clip and
frame, above it a lamp that flashes, below it something that moves. On the left is a tone, on the
right a tick at each flash; one channel alone carries the ticks. At 24 frames a second the tone goes
through whole waves in a frame, so wherever two clips meet a perfect join is one unbroken tone.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.audio.stream import AudioStream
from av.container import OutputContainer

__all__ = ["FLASH", "SIZE", "TONE", "VOLUME", "Pixels", "Take", "read_bars", "read_lamp", "shoot"]

Pixels = npt.NDArray[np.uint8]

SIZE = (160, 90)
TONE = 480
"""Waves a second: twenty in each frame at 24 frames a second."""
VOLUME = 0.4
"""The tone's peak; a tick's is twice that."""
FLASH = 140
"""The lamp is on above this level."""
_BARS = 16  # five bits of clip, then eleven of frame
_DARK, _LIGHT = 40, 200
_BT709, _LIMITED = 1, 1
_AAC_FRAME = 1024


@dataclass(frozen=True, slots=True)
class Take:
    """What one clip is; `number` is at most 31. `x264` is added to the encoder's parameters.

    Key frames stand `every` so many pictures, or only at the first. `rate` 0 is a clip without
    sound. A `still` shows one picture throughout, the same one whatever its number.
    """

    number: int
    frames: int = 48
    fps: Fraction = Fraction(24)
    size: tuple[int, int] = SIZE
    rate: int = 48_000
    channels: int = 2
    phase: float = 0.0
    every: int | None = None
    x264: str = ""
    preset: str = "medium"
    crf: int = 14
    still: bool = False


def shoot(take: Take, path: Path) -> str:
    """Write a clip; return where it is."""
    with av.open(str(path), "w") as container:
        picture = container.add_stream("libx264", rate=take.fps, options=_options(take))
        picture.width, picture.height = take.size
        picture.pix_fmt = "yuv420p"
        context = picture.codec_context
        context.time_base, context.thread_count = 1 / take.fps, 1
        context.color_range = _LIMITED
        context.colorspace = context.color_primaries = context.color_trc = _BT709
        sound = _sound_stream(container, take) if take.rate else None
        for number, planes in enumerate(_pictures(take)):
            frame = av.VideoFrame.from_ndarray(planes, "yuv420p")
            frame.pts, frame.time_base = number, 1 / take.fps
            container.mux(picture.encode(frame))
        container.mux(picture.encode(None))
        if sound:
            _record(take, container, sound)
    return str(path)


def read_bars(luma: Pixels) -> tuple[int, int]:
    """Return the clip and the frame a picture says it is."""
    height, width = luma.shape
    band = luma[height // 2 - 2 : height // 2 + 2]
    middles = ((np.arange(_BARS) + 0.5) * width / _BARS).astype(int)
    lit = [
        bool(band[:, middle - 1 : middle + 2].mean() > (_DARK + _LIGHT) / 2) for middle in middles
    ]
    value = sum(bit << place for place, bit in enumerate(lit))
    return value >> 11, value & 0x7FF


def read_lamp(luma: Pixels) -> float:
    """Return how bright the lamp is."""
    height, width = luma.shape
    return float(luma[: height // 5, width // 4 : -width // 4].mean())


def _options(take: Take) -> dict[str, str]:
    keys = f"keyint={take.every or 'infinite'}:min-keyint={take.every or 1}:scenecut=0"
    said = f"{keys}:{take.x264}" if take.x264 else keys
    return {"preset": take.preset, "crf": str(take.crf), "x264-params": said}


def _pictures(take: Take) -> Iterator[Pixels]:
    """Yield each picture as PyAV takes it: the three planes one under another."""
    width, height = take.size
    for number in range(take.frames):
        clip, shown = (0, 0) if take.still else (take.number, number)
        luma = _scenery(take, shown)
        luma[: height // 4] = 235 if not take.still and shown % take.fps == 0 else 60
        value = clip << 11 | shown
        edges = np.linspace(0, width, _BARS + 1).astype(int)
        for bar, (left, right) in enumerate(itertools.pairwise(edges)):
            light = _LIGHT if value >> bar & 1 else _DARK
            luma[height // 3 : height * 2 // 3, left:right] = light
        chroma = np.full(luma.size // 4, 120 + clip % 16, np.uint8)
        yield np.concatenate([luma.ravel(), chroma, 255 - chroma]).reshape(-1, width)


def _scenery(take: Take, shown: int) -> Pixels:
    """Draw soft waves that travel: something for the encoder to predict."""
    rows, columns = np.indices(take.size[::-1]) / take.size[0]
    waves = np.sin(31 * columns + 17 * rows + 0.15 * shown) + np.sin(70 * rows - 0.1 * shown)
    drawn: Pixels = (120 + 35 * waves).astype(np.uint8)
    return drawn


def _sound_stream(container: OutputContainer, take: Take) -> AudioStream:
    stream = container.add_stream("aac", rate=take.rate)
    stream.layout = "mono" if take.channels == 1 else "stereo"
    stream.bit_rate = 96_000 * take.channels
    return stream


def _record(take: Take, container: OutputContainer, stream: AudioStream) -> None:
    samples = _samples(take)
    for start in range(0, samples.shape[1], _AAC_FRAME):
        part = np.ascontiguousarray(samples[:, start : start + _AAC_FRAME])
        frame = av.AudioFrame.from_ndarray(part, "fltp", stream.layout.name)
        frame.sample_rate, frame.pts = take.rate, start
        frame.time_base = Fraction(1, take.rate)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def _samples(take: Take) -> npt.NDArray[np.float32]:
    """Return (channels, samples): tone and ticks, or ticks alone."""
    count = round(take.frames / take.fps * take.rate)
    ticks = np.zeros(count, np.float32)
    for second in range(0, count, take.rate):
        ticks[second : second + take.rate // 1000] = 2 * VOLUME
    if take.channels == 1:
        return ticks[None]
    turns = 2 * np.pi * TONE * np.arange(count) / take.rate
    return np.stack([VOLUME * np.sin(turns + take.phase), ticks]).astype(np.float32)
