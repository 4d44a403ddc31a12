"""The film's sound, as loud as it should be and coded: each finding and each piece kept.

How loud a sound is depends on nothing but its bytes, and a piece of the sound track on nothing but
what is heard in it. So both are found once, by several threads, and looked up after that.
"""

import hashlib
import json
from collections.abc import Callable, Container, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from storyboard.adapters.durable import sha256_of
from storyboard.adapters.media.cut.hands import digests_of, open_hands
from storyboard.adapters.media.kept import Kept
from storyboard.adapters.media.sound.chunks import Chunk, encode_chunk, plan_chunks
from storyboard.adapters.media.sound.cue_sheet import used_part
from storyboard.adapters.media.sound.levels import Levels, level
from storyboard.adapters.media.sound.loudness import (
    Recording,
    measure_loudness,
    measure_recording,
)
from storyboard.adapters.media.sound.mix import set_whole
from storyboard.adapters.media.sound.packets import read_packets, write_packets
from storyboard.adapters.media.sound.recording import copy_recording
from storyboard.adapters.media.sound.track import DamagedRecording
from storyboard.model.request import ClipKey
from storyboard.model.timeline import Event, Timeline

__all__ = ["SoundTrack", "film_levels", "open_sound_track"]


def open_sound_track(
    timeline: Timeline, clips: Mapping[ClipKey, str], digests: Mapping[ClipKey, str], kept: Kept
) -> "SoundTrack":
    """Return the sound of a film; DamagedRecording where a sound laid over it is missing."""
    laid = {each.path: _digest(each.path) for each in timeline.laid}
    known = {str(key): digest for key, digest in digests.items()} | laid
    return SoundTrack(timeline, {str(key): path for key, path in clips.items()}, known, kept)


def film_levels(timeline: Timeline, clips: Mapping[ClipKey, str], folder: Path) -> Levels:
    """Return what evens a film's sound; what is found is kept in a folder for the next time."""
    with open_hands() as hands:
        track = open_sound_track(timeline, clips, digests_of(clips), Kept(folder))
        return track.levels(hands)


def _name(chunk: Chunk) -> str:
    return f"{chunk.key}.aac"


def _digest(path: str) -> str:
    try:
        return sha256_of(Path(path))
    except OSError as error:
        message = f"could not read the sound {path}: {error.strerror or error}"
        raise DamagedRecording(message) from error


@dataclass(frozen=True, slots=True)
class SoundTrack:
    """One film's sound; `digests` gives the SHA-256 of each clip by key, and of each sound by path.

    Raises DamagedClip, DamagedRecording or EnvironmentFault wherever it reads or writes.
    """

    timeline: Timeline
    clips: Mapping[str, str]
    digests: Mapping[str, str]
    kept: Kept

    def levels(self, hands: Executor) -> Levels:
        """Return what evens the film's shots and sounds, and the film as a whole."""
        recordings = list(hands.map(self._recording, (laid.path for laid in self.timeline.laid)))
        shots = list(hands.map(self._loudness, self.timeline.events))
        return self._whole(level(self.timeline, shots, recordings))

    def early_levels(self, clips: Container[str]) -> Levels:
        """Return what evens the shots whose clips are there; nothing is laid over the film."""
        events = self.timeline.events
        shots = [self._loudness(event) if event.clip in clips else None for event in events]
        return level(self.timeline, shots, ())

    def chunks(self, levels: Levels) -> tuple[Chunk, ...]:
        """Return the pieces of the sound track, in order."""
        return plan_chunks(self.timeline, self.digests, levels)

    def packets(self, levels: Levels, hands: Executor) -> Iterator[bytes]:
        """Have every piece encoded, and yield the coded sound, each piece when it is there."""
        chunks = self.chunks(levels)
        found = list(hands.map(self._find, chunks))
        files = self.clips if all(found) else {**self.clips, **self._songs()}
        coded = [hands.submit(self.encode, chunk, files) for chunk in chunks]
        return (packet for each in coded for packet in read_packets(each.result()))

    def encode(self, chunk: Chunk, files: Mapping[str, str]) -> str:
        """Return where a piece is kept; it is encoded from those files if it is not."""

        def write(path: str) -> None:
            write_packets(path, encode_chunk(chunk, files))

        return self.kept.make(_name(chunk), write)

    def _find(self, chunk: Chunk) -> str | None:
        return self.kept.find(_name(chunk))

    def _songs(self) -> dict[str, str]:
        """Return copies of the film's music in which a piece can begin anywhere at once."""
        songs = {laid.path for laid in self.timeline.laid if laid.role == "music"}
        return {
            song: self.kept.make(f"{self.digests[song]}.wav", partial(copy_recording, song))
            for song in songs
        }

    def _loudness(self, event: Event) -> float | None:
        """Return how loud the part of a clip is that is heard, None where it is silent."""
        if event.mute or self.timeline.loudness.target is None:
            return None
        first, count = used_part(event, self.timeline.fps)
        name = f"{self.digests[event.clip]}.{first}-{count}.loudness"
        measure = partial(measure_loudness, self.clips[event.clip], first=first, count=count)
        found: float | None = self._found(name, lambda: measure().integrated)
        return found

    def _recording(self, path: str) -> Recording:
        name = f"{self.digests[path]}.recording"
        return Recording(**self._found(name, lambda: asdict(measure_recording(path))))

    def _whole(self, levels: Levels) -> Levels:
        """Add what brings the film as a whole to its loudness: it is listened to at most once."""
        if self.timeline.loudness.target is None:
            return levels
        keys = [chunk.key for chunk in self.chunks(levels)]
        said = json.dumps([keys, self.timeline.loudness.target])
        name = f"{hashlib.sha256(said.encode()).hexdigest()}.whole"
        gain = self._found(name, lambda: set_whole(self.timeline, self.clips, levels).film)
        return replace(levels, film=gain)

    def _found(self, name: str, find: Callable[[], Any]) -> Any:  # noqa: ANN401  # what JSON holds
        def write(path: str) -> None:
            Path(path).write_text(json.dumps(find()), encoding="utf-8")

        return json.loads(Path(self.kept.make(name, write)).read_text(encoding="utf-8"))
