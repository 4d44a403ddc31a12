"""Clips for `bench/cut.py`, as a provider sends them and as they are conformed.

A textured picture pans under temporal grain, which is hard to encode: 1280x720, 24 frames a second,
four seconds, x264 at medium and 6 Mbit/s with a single key frame; AAC at 48 kHz. Ten pictures make
any number of clips, for each has a tone of its own and so is another file. Under the tone there is
some noise, as in any room: encoders behave oddly with a sine alone.

Run as `python bench/cut_clips.py FOLDER COUNT KEYED`: it writes 0.mp4 and on, and of the first so
many 0.keyed.mp4 and on. It is a process of its own, for whoever measures memory must stay small.
"""

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
from cut_ways import FPS, FRAMES, SIZE
from PIL import Image

from storyboard.adapters.media.conform import conform
from storyboard.model.story import Format

RATE = 48_000
ROOM = 0.003
"""How loud a quiet room is, of full scale: 50 dB below it."""
DIFFERENT = 10
_BT709, _LIMITED = 1, 1
_FORMAT = Format(*SIZE, Fraction(FPS), "16:9", "720p")


def main(folder: Path, count: int, keyed: int) -> None:
    for number in range(DIFFERENT):
        _shoot(number, folder / f"silent-{number}.mp4")
    for number in range(count):
        _dub(folder / f"silent-{number % DIFFERENT}.mp4", number, folder / f"{number}.mp4")
    for number in range(keyed):
        _conform(folder / f"{number}.mp4", folder / f"{number}.keyed.mp4")


def _conform(clip: Path, target: Path) -> None:
    """Have a clip conformed as any that does not suit: this one is marked as of another matrix."""
    other = clip.with_suffix(".601.mp4")
    marks = ["-bsf:v", "h264_metadata=matrix_coefficients=5"]
    ffmpeg = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-i", str(clip)]
    subprocess.run([*ffmpeg, "-c", "copy", *marks, str(other)], check=True)
    conform(str(other), str(target), _FORMAT)
    other.unlink()


def _shoot(number: int, path: Path) -> None:
    """Encode one picture's pan; the grain is drawn from a few fields, shifted about."""
    width, height = SIZE
    draw = np.random.default_rng(number)
    scene = _scene(draw, width + FRAMES * 3, height)
    grain = [draw.normal(0, 5, (height, width)).astype(np.int16) for _ in range(4)]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"preset": "medium"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.bit_rate = 6_000_000
        context = stream.codec_context
        context.color_range, context.colorspace = _LIMITED, _BT709
        context.color_primaries = context.color_trc = _BT709
        for place in range(FRAMES):
            shifted = np.roll(grain[place % 4], (37 * place, 91 * place), (0, 1))
            luma = scene[:, 3 * place : 3 * place + width] + shifted
            planes = np.full((height * 3 // 2, width), 128, np.uint8)
            planes[:height] = luma.clip(16, 235)
            frame = av.VideoFrame.from_ndarray(planes, "yuv420p")
            frame.pts, frame.time_base = place, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _scene(draw: np.random.Generator, width: int, height: int) -> np.ndarray:
    scene = np.full((height, width), 126.0)
    for cells in (4, 9, 20, 45, 100, 220):
        noise = Image.fromarray(draw.integers(0, 256, (cells, cells * 2), dtype=np.uint8))
        grown = noise.resize((width, height), Image.Resampling.BICUBIC)
        scene += (np.asarray(grown, float) - 128) * 2.5 / cells**0.6
    return scene.clip(16, 235).astype(np.int16)


def _dub(silent: Path, number: int, path: Path) -> None:
    """Copy a picture and lay a tone of its own under it."""
    count = FRAMES * RATE // FPS
    wave = 0.3 * np.sin(2 * np.pi * (200 + 7 * number) * np.arange(count) / RATE)
    room = np.random.default_rng(number).normal(0, ROOM, (2, count))
    heard = (wave + room).astype(np.float32)
    with av.open(str(silent)) as source, av.open(str(path), "w") as clip:
        picture = clip.add_stream_from_template(source.streams.video[0])
        sound = clip.add_stream("aac", rate=RATE)
        sound.layout, sound.bit_rate = "stereo", 192_000
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = picture
                clip.mux(packet)
        for start in range(0, count, 1024):
            part = np.ascontiguousarray(heard[:, start : start + 1024])
            frame = av.AudioFrame.from_ndarray(part, "fltp", "stereo")
            frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
            clip.mux(sound.encode(frame))
        clip.mux(sound.encode(None))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
