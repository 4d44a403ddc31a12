"""Sound for tests: tones, ticks and noise, and clips that hold them to the last bit.

A clip here is an mp4 without a picture, its sound uncompressed, so that a sample that is expected
can be found.
"""

import re
import subprocess
from fractions import Fraction
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import numpy.typing as npt

from storyboard.adapters.media.encoder import SOUND_RATE
from storyboard.model.money import Frames, Millis
from storyboard.model.post import Loudness
from storyboard.model.request import ClipKey
from storyboard.model.timeline import Caption, Event, Timeline

__all__ = [
    "RATE",
    "Pcm",
    "caption",
    "events",
    "metered",
    "noise",
    "sound_clip",
    "timeline",
    "tone",
    "write_sound",
]

RATE = SOUND_RATE
Pcm = npt.NDArray[np.float32]


def tone(count: int, peak: float = 0.25, hertz: float = 997.0, rate: int = RATE) -> Pcm:
    """Return a sine on both sides."""
    wave = peak * np.sin(2 * np.pi * hertz * np.arange(count) / rate)
    return np.repeat(wave[:, None].astype(np.float32), 2, axis=1)


def noise(count: int, level: float = 0.1, seed: int = 1) -> Pcm:
    """Return pink noise of that RMS, another on each side."""
    white = np.random.default_rng(seed).standard_normal((count, 2))
    spectrum = np.fft.rfft(white, axis=0) / np.sqrt(np.arange(count // 2 + 1) + 1)[:, None]
    pink = np.fft.irfft(spectrum, count, axis=0)
    scaled: Pcm = (pink / pink.std() * level).astype(np.float32)
    return scaled


def write_sound(
    path: Path, pcm: Pcm, *, rate: int = RATE, layout: str = "stereo", codec: str = "pcm_f32le"
) -> str:
    """Write a sound file in the format that its name says; return where it is."""
    kind = {".mp4": "mov", ".m4a": "mp4"}.get(path.suffix)
    with av.open(str(path), "w", kind) as container:
        stream = container.add_stream(codec, rate=rate)
        assert isinstance(stream, av.AudioStream)
        stream.layout = layout
        for start in range(0, len(pcm), 1024):
            planes = np.ascontiguousarray(pcm[start : start + 1024].T)
            planes = planes[:1] if layout == "mono" else planes
            frame = av.AudioFrame.from_ndarray(planes, "fltp", layout)
            frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return str(path)


def sound_clip(folder: Path, name: str, pcm: Pcm) -> str:
    """Write a clip of that sound."""
    return write_sound(folder / f"{name}.mp4", pcm)


def events(*lengths: int, source_in: int = 0, clips: tuple[str, ...] = ()) -> tuple[Event, ...]:
    """Lay clips "0", "1", … one after another at straight cuts, each from `source_in` on."""
    placed, start = [], 0
    for place, length in enumerate(lengths):
        key = ClipKey(clips[place] if clips else str(place))
        record, source = (Frames(start), Frames(start + length)), Frames(source_in)
        until = Frames(source_in + length)
        placed.append(Event(str(place), "scene", key, *record, source, until))
        start += length
    return tuple(placed)


def timeline(
    placed: tuple[Event, ...], *, fps: Fraction = Fraction(24), target: float | None = None
) -> Timeline:
    """Return a film of these events that leaves sounds as they came, unless it has a target."""
    return Timeline("A film", 160, 90, fps, placed, loudness=Loudness(target))


def caption(start: int, end: int) -> Caption:
    """Return a line that is read from one millisecond to another."""
    return Caption(Millis(start), Millis(end), "Mrow!", "0")


def metered(
    path: str | Path, start: float = 0.0, length: float | None = None
) -> tuple[float, float]:
    """Ask the bundled ffmpeg about a part of a film's sound; return LUFS and dBTP."""
    part = f"atrim=start={start}" + (f":end={start + length}" if length else "")
    said = subprocess.run(
        [
            imageio_ffmpeg.get_ffmpeg_exe(),
            "-nostats",
            "-i",
            str(path),
            "-vn",
            "-af",
            f"{part},ebur128=peak=true",
            "-f",
            "null",
            "-",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    last = said[said.rindex("Summary:") :]
    loudness, peak = (
        float(found[1])
        for what in (r"I:\s+(\S+) LUFS", r"Peak:\s+(\S+)")
        if (found := re.search(what, last))
    )
    return loudness, peak
