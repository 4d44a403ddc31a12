"""Writes the film's file by copying: coded pictures and coded sound, in order, into one mp4.

Three things make a track of several encoders' pictures right for every player. All parameter sets
stand in the header, each under its own number, and none among the pictures, where some players do
not look. Decoding times follow one count over the whole film, so no join makes a step in them. And
what the file says it holds is read from it again when it is written: a strip that was not what it
was taken for would show in no decoder's errors.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, islice

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.stream import Stream

from storyboard.adapters.media.container import DamagedClip, opened, picture_stream, writing
from storyboard.adapters.media.cut.soft_captions import (
    add_captions,
    chapter_list,
    film_metadata,
)
from storyboard.adapters.media.cut.stock import Sample, read_samples
from storyboard.adapters.media.cut.verify import verify_film
from storyboard.adapters.media.encoder import PACKET, SOUND_RATE, add_sound
from storyboard.adapters.media.h264 import MUXER
from storyboard.adapters.media.parameter_sets import ParameterSets, avcc, strip
from storyboard.adapters.media.sound.cue_sheet import film_samples, samples_before
from storyboard.model.timeline import Timeline

__all__ = ["Reel", "Strip", "join"]

_RUN = 12
"""Frames that lie together in the file, before the sound that belongs to them."""

# What the header takes at most for a frame and for a packet of sound, in bytes: its size, its time,
# its place in the file and in a run; and for all the rest.
_HEADER_FRAME, _HEADER_PACKET, _HEADER_REST = 36, 24, 64_000
_CAPTIONS = 40  # packets that one line may become: it is broken to be read, with gaps between


@dataclass(frozen=True, slots=True)
class Strip:
    """Consecutive frames of a coded file, from its frame `first` on; they can be cut there."""

    path: str
    first: int
    frames: int


@dataclass(frozen=True, slots=True)
class Reel:
    """All that a film's file is made of, but for what is heard.

    `strips` make up the timeline's frames, and each is asked for when its turn comes. `sets` are
    the parameter sets that they are read by, and `delay` is by how many places a picture of any of
    them is decoded before it is shown. What the timeline says in words goes along.
    """

    timeline: Timeline
    strips: Iterable[Strip]
    sets: Sequence[ParameterSets]
    delay: int

    @property
    def fps(self) -> Fraction:
        return self.timeline.fps

    @property
    def frames(self) -> int:
        return self.timeline.length

    @property
    def samples(self) -> int:
        """How long the sound is, at 48 kHz: as long as the pictures."""
        return film_samples(self.timeline)


def join(
    reel: Reel,
    sound: Iterable[bytes],
    path: str,
    progress: Callable[[int], None] = lambda _done: None,
) -> None:
    """Write the film at `path`: the strips' frames, and `sound`, packet for packet.

    `progress` is told frames written. Raises DamagedClip for a strip that is not what it should
    be, EnvironmentFault when the disk does not take the film or does not hold all of it.
    """
    strips = iter(reel.strips)
    first = next(strips)
    with writing(path), av.open(path, "w", "mp4", options=_options(reel)) as film:
        with opened(first.path) as template:
            pictures = _picture_stream(film, picture_stream(template, path), reel)
        track = _SoundTrack(add_sound(film), iter(sound), reel.samples)
        words = _Words(film, reel.timeline)
        film.start_encoding()
        written = _pictures(pictures, chain([first], strips), reel)
        for done in range(_RUN, reel.frames + _RUN, _RUN):
            film.mux(list(islice(written, _RUN)))
            film.mux(track.until(samples_before(done, reel.fps)))
            film.mux(words.until(done / reel.fps))
            progress(min(done, reel.frames))
        film.mux([*written, *track.rest(), *words.rest()])
    verify_film(path, reel.frames, reel.samples)


def _options(reel: Reel) -> dict[str, str]:
    """Leave room for the header at the file's beginning, so that it is not written twice."""
    line, packets = reel.timeline, reel.samples // PACKET + 2
    told = sum(len(value) for _, value in line.metadata) + sum(
        len(each.title) for each in line.chapters
    )
    words = len(line.captions) * _CAPTIONS + len(line.chapters)
    size = _HEADER_FRAME * reel.frames + _HEADER_PACKET * (packets + words) + 8 * told
    return {**MUXER, "moov_size": str(size + _HEADER_REST)}


def _picture_stream(film: OutputContainer, like: av.VideoStream, reel: Reel) -> av.VideoStream:
    stream = film.add_stream_from_template(like, opaque=True)
    stream.time_base = 1 / reel.fps
    stream.codec_context.extradata = avcc(reel.sets)
    return stream


def _pictures(
    stream: av.VideoStream, strips: Iterable[Strip], reel: Reel
) -> Iterator["av.Packet[Stream]"]:
    """Yield every coded picture: decoded in the order of one count, shown in its frame's place."""
    decoded = 0
    for each in strips:
        shift = decoded - each.first
        for sample in _samples(each, reel.fps):
            packet = av.Packet(strip(sample.data))
            packet.stream, packet.time_base = stream, 1 / reel.fps
            packet.pts, packet.dts, packet.duration = sample.number + shift, decoded - reel.delay, 1
            packet.is_keyframe = sample.is_start
            yield packet
            decoded += 1


def _samples(each: Strip, fps: Fraction) -> Sequence[Sample]:
    """Return a strip's coded pictures; they have to be just the frames that it is to show."""
    samples = read_samples(each.path, fps)[each.first : each.first + each.frames]
    shown = sorted(sample.number for sample in samples)
    if shown != list(range(each.first, each.first + each.frames)) or not samples[0].is_start:
        message = f"{each.path} does not hold the {each.frames} frames from {each.first} on"
        raise DamagedClip(message)
    return samples


class _SoundTrack:
    """Coded sound on its way into the film, each packet at its time."""

    def __init__(self, stream: AudioStream, packets: Iterator[bytes], samples: int) -> None:
        self._stream, self._packets, self._samples = stream, packets, samples
        self._place = -PACKET  # the first packet is heard by the decoder alone

    def until(self, place: int) -> "list[av.Packet[Stream]]":
        """Return the packets that begin before a sample of the film."""
        due = max(0, -(-(place - self._place) // PACKET))
        return [self._timed(data) for data in islice(self._packets, due)]

    def rest(self) -> "list[av.Packet[Stream]]":
        """Return all that is left."""
        return [self._timed(data) for data in self._packets]

    def _timed(self, data: bytes) -> "av.Packet[Stream]":
        packet = av.Packet(data)
        packet.stream, packet.time_base = self._stream, Fraction(1, SOUND_RATE)
        packet.pts = packet.dts = self._place
        packet.duration = max(0, min(PACKET, self._samples - self._place))
        self._place += PACKET
        return packet


class _Words:
    """Captions on their way into the film, and what its header says of it."""

    def __init__(self, film: OutputContainer, timeline: Timeline) -> None:
        film.metadata.update(film_metadata(timeline))
        film.set_chapters([*chapter_list(timeline)])
        self._packets: Iterator[av.Packet[Stream]] = iter(())
        if timeline.shown_captions:
            track = add_captions(film, timeline.shown_captions, timeline.language)
            self._packets = track.packets()
        self._next = next(self._packets, None)

    def until(self, seconds: Fraction) -> "list[av.Packet[Stream]]":
        """Return the captions that begin before a time of the film."""
        due = []
        while self._next is not None and _seconds(self._next) < seconds:
            due.append(self._next)
            self._next = next(self._packets, None)
        return due

    def rest(self) -> "list[av.Packet[Stream]]":
        """Return all that is left."""
        return [*([self._next] if self._next else []), *self._packets]


def _seconds(packet: "av.Packet[Stream]") -> Fraction:
    return (packet.dts or 0) * (packet.time_base or Fraction(0))
