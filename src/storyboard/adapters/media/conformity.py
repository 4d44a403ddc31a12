"""Tells whether a clip is in the film's format as it is."""

from fractions import Fraction

import av
from av.container import InputContainer
from av.video.reformatter import ColorRange, Colorspace

from storyboard.adapters.media.container import DamagedClip, opened, picture_stream
from storyboard.adapters.media.encoder import SOUND_RATE
from storyboard.adapters.media.framing import matrix_of, range_of
from storyboard.model.story import Format

__all__ = ["conforms", "picture_conforms"]

_STEREO = 2


def conforms(path: str, wanted: Format) -> bool:
    """Tell whether the cut would show and play a clip as it is; DamagedClip where it is none.

    That is H.264 of the film's size and rate, each picture at its time, in square pixels, yuv420p,
    BT.709 and limited range, with AAC sound in stereo at 48 kHz.
    """
    with opened(path, coded=True) as container:
        return _sound_conforms(container) and _picture_conforms(container, path, wanted)


def picture_conforms(path: str, wanted: Format) -> bool:
    """Tell whether that is so of a clip's picture, whatever its sound is like."""
    with opened(path, coded=True) as container:
        return _picture_conforms(container, path, wanted)


def _sound_conforms(container: InputContainer) -> bool:
    if not container.streams.audio:
        return False
    sound = container.streams.audio[0]
    codec, layout = sound.codec_context.name, (sound.rate, sound.channels)
    return codec == "aac" and layout == (SOUND_RATE, _STEREO)


def _picture_conforms(container: InputContainer, path: str, wanted: Format) -> bool:
    """Tell by its first frame, for headers may say less than the picture itself."""
    stream = picture_stream(container, path)
    frame = _first_picture(container, stream)
    if frame is None:
        message = f"there is not one frame in {path}"
        raise DamagedClip(message)
    return (
        stream.codec_context.name == "h264"
        and (frame.width, frame.height) == (wanted.width, wanted.height)
        and (stream.sample_aspect_ratio or 1) == 1
        and not frame.rotation
        and frame.format.name == "yuv420p"
        and matrix_of(frame) == Colorspace.ITU709
        and range_of(frame) == ColorRange.MPEG
        and _keeps_time(container, stream, frame.pts, wanted.fps)
    )


def _first_picture(container: InputContainer, stream: av.VideoStream) -> av.VideoFrame | None:
    """Decode the first picture and none after it, which a decoder would like to see first.

    Where an edit list leaves that one out, those are decoded that come before the first shown.
    """
    packets, decoder = container.demux(stream), stream.codec_context
    packet = next(packets, None)
    if packet is None or not packet.size:
        return None
    if packet.is_discard:
        return next((frame for each in (packet, *packets) for frame in decoder.decode(each)), None)
    return next(iter([*decoder.decode(packet), *decoder.decode(None)]), None)


def _keeps_time(
    container: InputContainer, stream: av.VideoStream, first: int | None, fps: Fraction
) -> bool:
    """Tell whether every picture from the first on is in its place, to a tick of the clip's clock.

    An average rate says nothing of a picture that is late, or missing.
    """
    container.seek(0)
    packets = (packet for packet in container.demux(stream) if packet.size)
    times = [packet.pts for packet in packets]
    if first is None or stream.time_base is None or None in times:
        return False
    tick, known = stream.time_base, sorted(time for time in times if time is not None)
    late = (abs((time - first) * tick - place / fps) for place, time in enumerate(known))
    return all(each <= tick for each in late)
