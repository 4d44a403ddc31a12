"""From a timeline to the film's file: copy what can be copied, render the rest, join them.

Most of a film is its clips as they came. Those are never decoded: their coded pictures are copied,
which is a hundred times quicker than encoding them and loses nothing. Only what joins them is
rendered (`spans`), and the sound is made anew, because coded sound cannot be cut without a dip.
Both are kept by content, so a film that was cut once is cut again at the speed of copying; and it
is the same to the byte whether or not anything was kept.

The film is built beside its place, flushed to disk and renamed: whatever interrupts a build, a film
is either whole or not there. Everything is asked for in the order of the film and nothing is held
for long, so memory is the same for ten shots and for a thousand.
"""

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from pathlib import Path

from storyboard.adapters.durable import aside
from storyboard.adapters.media.cut.hands import digests_of, open_hands
from storyboard.adapters.media.cut.join import Reel, Strip, join
from storyboard.adapters.media.cut.material import read_material
from storyboard.adapters.media.cut.overlay import Overlay
from storyboard.adapters.media.cut.sound_track import open_sound_track
from storyboard.adapters.media.cut.spans import Lab
from storyboard.adapters.media.kept import Kept
from storyboard.cutting.splice import Copied, Piece, splice
from storyboard.model.request import ClipKey
from storyboard.model.timeline import Timeline

__all__ = ["render_film"]


def render_film(
    timeline: Timeline,
    clips: Mapping[ClipKey, str],
    path: str,
    progress: Callable[[int, int], None] | None = None,
    *,
    folder: Path | None = None,
    digests: Mapping[ClipKey, str] | None = None,
    overlay: Overlay | None = None,
) -> None:
    """Write the film at `path` from clips given by key; raise DamagedClip or EnvironmentFault.

    `progress` is told frames done and frames in all, now and then and at the end. In `folder` what
    was rendered is kept for the next time; `digests` are the clips' SHA-256, read if not given. The
    film has as many frames as the timeline, and its sound is as long as its picture to the sample.
    """
    if not timeline.events:
        message = "a film without shots cannot be rendered"
        raise ValueError(message)
    told = progress or (lambda _done, _total: None)
    known = digests or digests_of(clips)
    with aside(path) as unfinished, _room(folder, path) as kept, open_hands() as hands:
        material = read_material(timeline, clips, known, kept, hands)
        pieces = splice(timeline, material.shapes, overlay.busy() if overlay else ())
        lab = Lab(timeline, clips, known, kept, overlay, hands.go_on)
        strips = _strips(pieces, clips, lab, hands)
        track = open_sound_track(timeline, clips, known, kept)
        sound = track.packets(track.levels(hands), hands)
        reel = Reel(timeline, strips, material.sets, material.delay)
        join(reel, sound, unfinished, lambda done: told(done, timeline.length))


def _strips(
    pieces: Sequence[Piece], clips: Mapping[ClipKey, str], lab: Lab, hands: Executor
) -> Iterator[Strip]:
    """Have every span rendered, and yield what the film consists of, each when it is there."""
    spans: dict[Piece, Future[str]] = {
        piece: hands.submit(lab.make, piece) for piece in pieces if not isinstance(piece, Copied)
    }
    return (_strip(piece, clips, spans) for piece in pieces)


def _strip(piece: Piece, clips: Mapping[ClipKey, str], spans: Mapping[Piece, Future[str]]) -> Strip:
    frames = piece.record_out - piece.record_in
    if isinstance(piece, Copied):
        return Strip(clips[piece.clip], piece.source_in, frames)
    return Strip(spans[piece].result(), 0, frames)


@contextlib.contextmanager
def _room(folder: Path | None, path: str) -> Iterator[Kept]:
    """Give a place to keep what is made: that folder, or one that goes when the film is done."""
    if folder is not None:
        yield Kept(folder)
        return
    with tempfile.TemporaryDirectory(prefix=".cut-", dir=Path(path).parent) as passing:
        yield Kept(Path(passing))
