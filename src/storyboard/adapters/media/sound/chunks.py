"""The film's sound track in pieces that are encoded apart, kept, and joined as one.

Packets cannot be copied from clips, for a join falls in the middle of one, and each was made to
follow another. So the mix is encoded, in pieces that end where packets do: one for each shot, or
for each part of a long one. A piece is encoded from eight packets before its first one, which are
dropped: by then the encoder knows what it would have known. Where two pieces meet, both encode the
same samples, so the decoder adds up what belongs together.

A piece is all that is heard in it and around it, on a clock of its own. Its key is the SHA-256 of
just that: a shot that moves in the film as it is keeps its piece, if it moves by whole packets.
"""

import contextlib
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from storyboard.adapters.media.encoder import PACKET
from storyboard.adapters.media.sound.aac import SETTINGS, decoded, encoded
from storyboard.adapters.media.sound.cue import Cue
from storyboard.adapters.media.sound.cue_sheet import cue_sheet, film_samples, samples_before
from storyboard.adapters.media.sound.levels import Levels
from storyboard.adapters.media.sound.limiter import (
    AFTER,
    BEFORE,
    DECIBEL,
    Limiter,
    Steps,
    eased,
    excess,
    lowered,
)
from storyboard.adapters.media.sound.mix import Bus, ceiling
from storyboard.adapters.media.sound.track import Samples
from storyboard.model.timeline import Timeline

__all__ = ["Chunk", "encode_chunk", "plan_chunks", "track_packets"]

_VERSION = 1
"""Counted up when the same cues come to sound different."""
_ROLL = 8
"""Packets encoded and dropped before a piece."""
_AHEAD = 2
"""Packets that the encoder looks ahead, itself and the one that what it says belongs to."""
_LONGEST = 20 * 48_000 // PACKET
"""Packets in a piece at most, so that a long shot takes no more memory than a short one."""
_PART = 48_000
_PROOFS = 8
"""How often a piece whose packets are over the true peak is turned down and encoded again."""
_HARMLESS = 0.35
"""The share of the true peak that nothing goes over which is under it when it is encoded."""
_SAFE = DECIBEL // 2  # the encoder makes other peaks next time
_EDGE = 256  # samples in which what is changed gives way to what is not


@dataclass(frozen=True, slots=True)
class Chunk:
    """Packets `first` to `first + count` of the film's sound track.

    Packet n decodes to the `PACKET` samples that end at sample n x `PACKET`. `cues` are all that is
    heard around it, counted from `BEFORE` samples before the first packet that is encoded, of which
    `roll` are then dropped. `true_peak` is in dBTP.
    """

    key: str
    first: int
    count: int
    roll: int
    true_peak: float
    cues: tuple[Cue, ...]


def track_packets(timeline: Timeline) -> int:
    """Return how many packets a film's sound track has, the first of which is heard before it."""
    return 1 + -(-film_samples(timeline) // PACKET)


def plan_chunks(
    timeline: Timeline, digests: Mapping[str, str], levels: Levels | None = None
) -> tuple[Chunk, ...]:
    """Return the pieces of a film's sound track in order; together they are all its packets.

    `digests` gives the SHA-256 of every clip by its key, and of every laid sound by its path.
    """
    cues = cue_sheet(timeline, levels or Levels())
    named = [(cue, digests[cue.source]) for cue in cues]
    return tuple(
        _chunk(first, until, named, timeline.loudness.true_peak)
        for first, until in pairwise(_borders(timeline))
    )


def _borders(timeline: Timeline) -> Iterator[int]:
    """Yield where pieces begin, and where the last one ends."""
    last = 0
    starts = [samples_before(event.record_in, timeline.fps) for event in timeline.events[1:]]
    for border in (*(1 + -(-start // PACKET) for start in starts), track_packets(timeline)):
        parts = max(1, -(-(border - last) // _LONGEST)) if border > last else 0
        yield from (last + (border - last) * part // parts for part in range(parts))
        last = border
    yield last


def _chunk(first: int, until: int, named: Sequence[tuple[Cue, str]], true_peak: float) -> Chunk:
    roll = min(_ROLL, first)
    start = (first - roll) * PACKET - BEFORE
    end = (until + _AHEAD) * PACKET + AFTER
    heard = [
        (cue.within(start, end), digest)
        for cue, digest in named
        if cue.start < end and start < cue.end
    ]
    said = (_VERSION, SETTINGS, until - first, roll, true_peak)
    sound = [replace(cue, source=digest) for cue, digest in heard]
    key = hashlib.sha256(repr((said, sound)).encode()).hexdigest()
    cues = tuple(cue for cue, _ in heard)
    return Chunk(key, first, until - first, roll, true_peak, cues)


def encode_chunk(chunk: Chunk, files: Mapping[str, str]) -> list[bytes]:
    """Return a piece's packets, the same bytes each time; several threads may each encode one.

    `files` gives the file of each clip by its key, and may give one for a laid sound by its path.
    Raises DamagedClip or DamagedRecording.
    """
    sound = _mixed(chunk, files)
    packets = _encoded(chunk, sound)
    for _ in range(_PROOFS):
        over = _over(chunk, sound, packets)
        if not over.any():
            break
        sound = lowered(sound, over)
        packets = _encoded(chunk, sound)
    return packets[chunk.roll :]


def _encoded(chunk: Chunk, sound: Samples) -> list[bytes]:
    parts = (sound[start : start + _PART] for start in range(0, len(sound), _PART))
    return encoded(parts, chunk.roll + chunk.count)


def _mixed(chunk: Chunk, files: Mapping[str, str]) -> Samples:
    """Return what is encoded: the piece, what comes before it and what the encoder looks at."""
    with contextlib.closing(Bus(chunk.cues, files)) as bus:
        limiter = Limiter(bus.read, ceiling(chunk.true_peak))
        return limiter.read((chunk.roll + chunk.count + _AHEAD) * PACKET)


def _over(chunk: Chunk, sound: Samples, packets: list[bytes]) -> Steps:
    """Return by how much to turn the sound down for its packets to stay under the true peak.

    What a neighbour encodes as well is left alone, for the two must be of one mind there.
    """
    over = np.zeros(len(sound), np.int64)
    limit = 10 ** (chunk.true_peak / 20)
    if np.abs(sound).max() > limit * _HARMLESS:
        heard = decoded(packets)[PACKET:]
        over[: len(heard)] = excess(heard, limit)
    first, until = chunk.roll * PACKET, (chunk.roll + chunk.count - 1) * PACKET
    places = np.arange(len(sound))
    inside = np.minimum(places - first, until - 1 - places).clip(0, _EDGE)
    lowering: Steps = eased(np.where(over, over + _SAFE, 0)) * inside // _EDGE
    return lowering
