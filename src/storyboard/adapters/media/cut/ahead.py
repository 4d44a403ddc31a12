"""Does what a cut will need before all of its clips are there.

The clips of a film come one by one, minutes apart. What a transition needs is there when both of
its clips are, and what a stretch of sound needs when the shots beside it are; so when the last clip
comes, little is left to do but to copy. All of it is a guess at what the cut will ask for: it finds
what is kept by name, and makes what is not there.
"""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Lock

from storyboard.adapters.durable import sha256_of
from storyboard.adapters.media.cut.material import choose, read_shape
from storyboard.adapters.media.cut.sound_track import SoundTrack, open_sound_track
from storyboard.adapters.media.cut.spans import Lab
from storyboard.adapters.media.cut.stock import Stock
from storyboard.adapters.media.kept import Kept
from storyboard.cutting.joins import seen_in
from storyboard.cutting.splice import Rendered, splice
from storyboard.model.request import ClipKey
from storyboard.model.timeline import Timeline

__all__ = ["Ahead"]

_UNKNOWN = ""
"""The digest of a clip that is not there yet."""


@dataclass(slots=True)
class Ahead:
    """A film that is prepared clip by clip, in the threads of who says that one has come.

    `go_on` is called between two pieces of work: what it raises ends it.
    """

    timeline: Timeline
    folder: Path
    go_on: Callable[[], None] = lambda: None
    _clips: dict[ClipKey, str] = field(default_factory=dict)
    _digests: dict[ClipKey, str] = field(default_factory=dict)
    _stocks: dict[ClipKey, Stock | None] = field(default_factory=dict)
    _begun: set[Hashable] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    def arrived(self, key: ClipKey, path: str) -> None:
        """Take a clip in, in the film's format, and make what can be made now that it is there.

        Raises DamagedClip or EnvironmentFault; the cut will meet the same, and tell it.
        """
        if key in self._clips or all(event.clip != key for event in self.timeline.events):
            return
        digest = sha256_of(Path(path))
        stock = read_shape(self.timeline, Kept(self.folder), path, digest)
        with self._lock:
            self._clips[key], self._digests[key], self._stocks[key] = path, digest, stock
            work = [make for name, make in self._due() if self._claim(name)]
        for make in work:
            self.go_on()
            make()

    def _claim(self, name: Hashable) -> bool:
        """Tell whether nobody has begun this yet, and begin it."""
        is_new = name not in self._begun
        self._begun.add(name)
        return is_new

    def _due(self) -> Iterator[tuple[Hashable, Callable[[], object]]]:
        yield from self._spans()
        yield from self._sound()

    def _spans(self) -> Iterator[tuple[Hashable, Callable[[], object]]]:
        """Yield every span of which all clips are there."""
        known = {key: stock for key, stock in self._stocks.items() if stock}
        material = choose(self.timeline, known)
        lab = Lab(
            self.timeline,
            dict(self._clips),
            dict(self._digests),
            Kept(self.folder),
            go_on=self.go_on,
        )
        for piece in splice(self.timeline, material.shapes):
            shown = range(piece.record_in, piece.record_out)
            events = [event for event, _ in seen_in(shown, self.timeline.events)]
            if isinstance(piece, Rendered) and all(event.clip in self._clips for event in events):
                yield piece, partial(lab.make, piece)

    def _sound(self) -> Iterator[tuple[Hashable, Callable[[], object]]]:
        """Yield every piece of sound of which all clips are there, and its loudness known.

        Where something is laid over the film, how loud all of it is can only be said at the end.
        """
        if self.timeline.laid or any(event.gain for event in self.timeline.events):
            return
        track = self._track()
        for chunk in track.chunks(track.early_levels(self._clips)):
            if all(cue.source in self._clips for cue in chunk.cues):
                yield chunk.key, partial(track.encode, chunk, track.clips)

    def _track(self) -> SoundTrack:
        unknown = {event.clip: _UNKNOWN for event in self.timeline.events}
        return open_sound_track(
            self.timeline, dict(self._clips), {**unknown, **self._digests}, Kept(self.folder)
        )
