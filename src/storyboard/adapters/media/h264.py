"""How pictures become H.264, said once: one kind of stream for clips and for what joins them.

Streams that are cut together into one track have to agree on more than their size: on the shape of
their pixels, on range and matrix, and each picture on which numbered parameter sets it is read by.
"""

from dataclasses import dataclass
from fractions import Fraction

import av
from av.container import OutputContainer
from av.video.frame import PictureType

from storyboard.adapters.media.colour import Planes
from storyboard.adapters.media.planes import frame_of

__all__ = ["MUXER", "Encoding", "add_pictures", "picture_of"]

_BT709 = 1  # its number in ITU-T H.273: as primaries, as transfer and as matrix
_LIMITED = 1

MUXER = {"movie_timescale": "240000"}
"""240,000 counts whole frames of every usual rate, 1001sts too: the header rounds no duration."""

_QUICK = "subme=1"


@dataclass(frozen=True, slots=True)
class Encoding:
    """How much trouble x264 takes, and where it lets a decoder begin.

    `quick_search` spends less on finding motion: for a still under a camera, where looking longer
    gains nothing (0.01 dB) and costs a third of the encoder's time. `parameter_sets` numbers the
    stream's own, so that pictures of two encoders can share one track; with one thread, such a
    stream is the same to the byte whenever it is made. `every` puts a key frame at
    the first of every so many pictures, and nowhere else.
    """

    preset: str = "veryfast"
    crf: int = 20
    threads: int = 1
    quick_search: bool = False
    parameter_sets: int = 0
    every: int | None = None

    @property
    def options(self) -> dict[str, object]:
        """What the encoder is told; a forced picture must be one a decoder can start from."""
        special = self._special()
        said = {"x264-params": ":".join(special)} if special else {}
        return {"preset": self.preset, "crf": str(self.crf), "forced-idr": "1", **said}

    def _special(self) -> list[str]:
        said = [_QUICK] if self.quick_search else []
        if self.parameter_sets:
            # Stitchable: the sets do not depend on how well the pictures are to be encoded. Without
            # the tree, which differs from run to run on processors that have AVX-512 (x264 165).
            # Without pictures that refer to later ones: so the stream can be left at any, and the
            # encoder holds half as much.
            said.append(f"sps-id={self.parameter_sets}:stitchable=1:mbtree=0:bframes=0")
        if self.every is not None:
            said.append(f"keyint={self.every}:min-keyint={self.every}:scenecut=0")
        return said


def add_pictures(
    container: OutputContainer, size: tuple[int, int], fps: Fraction, encoding: Encoding
) -> av.VideoStream:
    """Add a stream of H.264, yuv420p in BT.709 and limited range, at an exact rate."""
    stream = container.add_stream("libx264", rate=fps)
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    stream.time_base = 1 / fps
    stream.options = encoding.options
    context = stream.codec_context
    context.profile = "High"
    context.time_base = 1 / fps
    context.thread_count = encoding.threads
    context.color_range = _LIMITED
    context.colorspace = _BT709
    context.color_primaries = _BT709
    context.color_trc = _BT709
    return stream


def picture_of(planes: Planes, number: int, fps: Fraction, *, key: bool = False) -> av.VideoFrame:
    """Return a picture for the encoder, in its place; `key` makes it one to start from."""
    frame = frame_of(planes)
    frame.pts, frame.time_base, frame.duration = number, 1 / fps, 1
    if key:
        frame.pict_type = PictureType.I
    return frame
