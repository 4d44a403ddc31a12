"""What a clip is, measured from the file itself and not believed from an order."""

from dataclasses import dataclass
from fractions import Fraction

import av
from av.container import InputContainer

from storyboard.adapters.media.container import DamagedClip, opened, picture_stream
from storyboard.model.money import Millis

__all__ = ["ClipFacts", "probe"]


@dataclass(frozen=True, slots=True)
class ClipFacts:
    """A clip's measured facts; `duration` is the picture's. Of sound it may have none."""

    width: int
    height: int
    fps: Fraction
    frames: int
    duration: Millis
    video_codec: str
    has_sound: bool = False
    sound_rate: int = 0
    sound_channels: int = 0
    sound_codec: str | None = None
    sound_duration: Millis | None = None


def probe(path: str) -> ClipFacts:
    """Measure a clip from its headers; DamagedClip when it is missing, empty or no clip."""
    with opened(path) as container:
        picture = picture_stream(container, path)
        rate = picture.average_rate or picture.guessed_rate
        count = picture.frames or _count_packets(container, picture)
        if not rate or not count:
            message = f"there is not one frame in {path}"
            raise DamagedClip(message)
        sound = container.streams.audio[0] if container.streams.audio else None
        length = _length(picture) or Fraction(count) / rate
        return ClipFacts(
            width=picture.width,
            height=picture.height,
            fps=Fraction(rate),
            frames=count,
            duration=_millis(length),
            video_codec=picture.codec_context.name,
            has_sound=sound is not None,
            sound_rate=sound.rate if sound else 0,
            sound_channels=sound.channels if sound else 0,
            sound_codec=sound.codec_context.name if sound else None,
            sound_duration=_millis(_length(sound) or length) if sound else None,
        )


def _count_packets(container: InputContainer, stream: av.VideoStream) -> int:
    """Count frames where the header does not say, as in webm; a packet is a frame."""
    return sum(1 for packet in container.demux(stream) if packet.size)


def _length(stream: av.VideoStream | av.AudioStream) -> Fraction:
    if stream.duration is None or stream.time_base is None:
        return Fraction(0)
    return stream.duration * stream.time_base


def _millis(seconds: Fraction) -> Millis:
    return Millis(round(seconds * 1000))
