"""Shows a film as a player does, and takes down every picture, sample and time stamp of it.

`watch` plays through PyAV, `watch_with_ffmpeg` through the bundled binary; neither uses any of the
code that makes films. Sound is laid sample on sample, as a sound card plays it: what a file says
about the time of a sample moves nothing.
"""

import subprocess
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import numpy.typing as npt

from fakes.clapper import FLASH, VOLUME, Pixels, read_bars, read_lamp

__all__ = [
    "Screening",
    "decode_errors",
    "join_naively",
    "strip_parameter_sets",
    "watch",
    "watch_with_ffmpeg",
]

_RATE = 48_000
_PARAMETER_SETS = frozenset({7, 8})  # NAL unit types of H.264


@dataclass(frozen=True, slots=True, eq=False)
class Screening:
    """What was seen and heard: pictures in the order shown with their seconds, sound from `begin`.

    `planes` are each picture's luma with both chromas under it; `marks` say how they call their
    colours: range, matrix, primaries, transfer. `stamps` are the (dts, pts) of the packets of each
    stream in the order of the file, in ticks; `pcm` is (samples, 2) at 48 kHz.
    """

    planes: tuple[Pixels, ...]
    marks: frozenset[tuple[int, ...]]
    times: tuple[Fraction, ...]
    pcm: npt.NDArray[np.float32]
    begin: Fraction
    stamps: dict[str, list[tuple[int | None, int | None]]]

    @property
    def luma(self) -> list[Pixels]:
        return [planes[: len(planes) * 2 // 3] for planes in self.planes]

    @property
    def bars(self) -> list[tuple[int, int]]:
        """The clip and frame that each picture says it is."""
        return [read_bars(luma) for luma in self.luma]

    @property
    def flashes(self) -> list[int]:
        """The numbers of the pictures on which the lamp is on."""
        return [number for number, luma in enumerate(self.luma) if read_lamp(luma) > FLASH]

    @property
    def ticks(self) -> list[Fraction]:
        """The seconds at which the right channel ticks."""
        loud = np.flatnonzero(np.abs(self.pcm[:, 1]) > VOLUME)
        first = loud[np.diff(loud, prepend=-_RATE) > _RATE // 20]
        return [self.begin + Fraction(int(sample), _RATE) for sample in first]


def watch(path: Path) -> Screening:
    """Play a film through PyAV."""
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
        planes = tuple(frame.to_ndarray(format="yuv420p").astype(np.uint8) for frame in frames)
        times = tuple(Fraction((frame.pts or 0) * (frame.time_base or 0)) for frame in frames)
    with av.open(str(path)) as container:
        heard = list(container.decode(audio=0)) if container.streams.audio else []
        pcm = np.concatenate(
            [np.zeros((0, 2), np.float32), *(frame.to_ndarray().T for frame in heard)]
        )
        begin = (heard[0].pts or 0) * (heard[0].time_base or 0) if heard else Fraction(0)
    marks = frozenset(map(_marks, frames))
    return Screening(planes, marks, times, pcm, Fraction(begin), _stamps(path))


def watch_with_ffmpeg(
    path: Path, size: tuple[int, int]
) -> tuple[list[Pixels], npt.NDArray[np.float32]]:
    """Play a film through the bundled ffmpeg; return its pictures' luma and its sound."""
    width, height = size
    raw = _ffmpeg("-i", str(path), "-map", "0:v", "-fps_mode", "passthrough", "-f", "rawvideo", "-")
    frames = np.frombuffer(raw, np.uint8).reshape(-1, height * 3 // 2, width)
    raw = _ffmpeg("-i", str(path), "-map", "0:a", "-f", "f32le", "-")
    return list(frames[:, :height]), np.frombuffer(raw, np.float32).reshape(-1, 2)


def decode_errors(path: Path) -> str:
    """Return what the bundled ffmpeg says against a file when it decodes all of it."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path), "-f", "null", "-"]
    done = subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    return done.stderr.decode(errors="replace")


def join_naively(clips: list[str], target: Path) -> Path:
    """Join clips as everybody tries first: `ffmpeg -f concat -c copy`."""
    listing = target.with_suffix(".txt")
    listing.write_text("".join(f"file '{clip}'\n" for clip in clips))
    _ffmpeg("-f", "concat", "-safe", "0", "-i", str(listing), "-c", "copy", "-y", str(target))
    return target


def strip_parameter_sets(path: Path, target: Path) -> Path:
    """Copy a film's picture without parameter sets in band: only what its header holds is left."""
    with av.open(str(path)) as source, av.open(str(target), "w") as stripped:
        stream = source.streams.video[0]
        copied = stripped.add_stream_from_template(stream)
        for packet in source.demux(stream):
            if packet.size:
                bare = av.Packet(_without_parameter_sets(bytes(packet)))
                bare.pts, bare.dts, bare.time_base = packet.pts, packet.dts, packet.time_base
                bare.duration, bare.is_keyframe = packet.duration, packet.is_keyframe
                bare.stream = copied
                stripped.mux(bare)
    return target


def _marks(frame: av.VideoFrame) -> tuple[int, ...]:
    return (
        int(frame.color_range),
        int(frame.colorspace),
        int(frame.color_primaries),
        int(frame.color_trc),
    )


def _without_parameter_sets(data: bytes) -> bytes:
    """Return an access unit, its NAL units each behind four bytes of length, without sets."""
    kept, place = b"", 0
    while place < len(data):
        end = place + 4 + int.from_bytes(data[place : place + 4])
        if data[place + 4] & 0x1F not in _PARAMETER_SETS:
            kept += data[place:end]
        place = end
    return kept


def _stamps(path: Path) -> dict[str, list[tuple[int | None, int | None]]]:
    with av.open(str(path)) as container:
        stamps: dict[str, list[tuple[int | None, int | None]]] = {
            stream.type: [] for stream in container.streams
        }
        for packet in container.demux():
            if packet.size:
                stamps[packet.stream.type].append((packet.dts, packet.pts))
    return stamps


def _ffmpeg(*arguments: str) -> bytes:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "quiet", "-nostdin", *arguments]
    return subprocess.run(command, capture_output=True, check=True).stdout
