"""Gives a clip the sound that the cut wants, and leaves its picture as it is to the bit.

An encoder takes thirteen times as long as copying the picture does.
"""

import contextlib
from collections.abc import Callable
from fractions import Fraction

import av
from av.container import InputContainer

from storyboard.adapters.media.container import opened, picture_stream, writing
from storyboard.adapters.media.encoder import CLIP_MUXER, PACKET, add_sound
from storyboard.adapters.media.sound.cue_sheet import samples_before
from storyboard.adapters.media.sound.track import Soundtrack, audio_frame

__all__ = ["remux"]


def remux(path: str, target: str, fps: Fraction, go_on: Callable[[], None]) -> None:
    """Copy the picture of a clip at `fps`, and encode its sound, or silence, as long as that.

    Raises DamagedClip or EnvironmentFault; what is unfinished then is left at `target`.
    """
    with opened(path) as source, contextlib.closing(Soundtrack(path)) as sound:
        stream = picture_stream(source, path)
        packets = _packets(source, stream)
        total, written = samples_before(len(packets), fps), 0
        with writing(target), av.open(target, "w", "mp4", options=CLIP_MUXER) as clip:
            picture, track = clip.add_stream_from_template(stream), add_sound(clip)
            for number, packet in enumerate(packets, start=1):
                go_on()
                packet.stream = picture
                clip.mux(packet)
                while written < samples_before(number, fps):
                    samples = sound.read(min(PACKET, total - written))
                    clip.mux(track.encode(audio_frame(samples, written)))
                    written += len(samples)
            clip.mux(track.encode(None))


def _packets(source: InputContainer, stream: av.VideoStream) -> "list[av.Packet[av.VideoStream]]":
    """Read the whole picture, a few megabytes, its first frame at zero."""
    begin = stream.start_time or 0
    packets = [packet for packet in source.demux(stream) if packet.size]
    for packet in packets:
        packet.pts = None if packet.pts is None else packet.pts - begin
        packet.dts = None if packet.dts is None else packet.dts - begin
    return packets
