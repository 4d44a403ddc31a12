"""From a timeline to the film's file: decode, compose what joins, mix, encode, all as a stream.

moviepy composes what has to be rendered (`opticals`), and nothing else. Sent through it whole,
every clip would cost a reader process and about 118 MB for the length of the film, its frames would
be told apart by a rounded float, and its colour would be converted twice by a pipe that is told of
no matrix. So a frame that only one clip shows is decoded and encoded as planes.

The film is built beside its place, flushed to disk and renamed: whatever interrupts a build, a
film is either whole or not there. Nothing is kept from one frame to the next, so memory is the same
for ten shots and for a thousand.
"""

import contextlib
import os
import pathlib
from collections.abc import Callable, Iterator, Mapping

from storyboard.adapters.durable import make_folder, settle
from storyboard.adapters.media.cut.mix import Mix, samples_before
from storyboard.adapters.media.cut.projection import pictures
from storyboard.adapters.media.encoder import ClipWriter
from storyboard.model.errors import EnvironmentFault
from storyboard.model.request import ClipKey
from storyboard.model.timeline import Timeline

__all__ = ["render_film"]

_BATCH = 12
"""Frames between two words of progress."""
_THREADS = 4
"""Encoder threads at most: one film is made at a time, and each thread holds frames of its own."""


def render_film(
    timeline: Timeline,
    clips: Mapping[ClipKey, str],
    path: str,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write the film at `path` from clips given by key; raise DamagedClip or EnvironmentFault.

    `progress` is told frames done and frames in all, now and then and at the end. The film has as
    many frames as the timeline, and its sound is as long as its picture to the sample.
    """
    if not timeline.events:
        message = "a film without shots cannot be rendered"
        raise ValueError(message)
    told = progress or (lambda _done, _total: None)
    with _aside(path) as unfinished, _writer(timeline, unfinished) as writer:
        _project(timeline, clips, writer, told)


def _writer(timeline: Timeline, path: str) -> ClipWriter:
    """Open the encoder, with a key frame at every join: players and a later splice start there."""
    return ClipWriter(
        path,
        width=timeline.width,
        height=timeline.height,
        fps=timeline.fps,
        threads=min(os.cpu_count() or 1, _THREADS),
        keyframes=frozenset(event.record_in for event in timeline.events),
    )


def _project(
    timeline: Timeline,
    clips: Mapping[ClipKey, str],
    writer: ClipWriter,
    progress: Callable[[int, int], None],
) -> None:
    total, heard = timeline.length, 0
    with (
        contextlib.closing(pictures(timeline, clips)) as frames,
        contextlib.closing(Mix(timeline, clips)) as mix,
    ):
        for done, planes in enumerate(frames, start=1):
            writer.write_planes(planes.y, planes.u, planes.v)
            due = samples_before(done, timeline.fps)
            writer.write_sound(mix.read(due - heard))
            heard = due
            if done % _BATCH == 0 or done == total:
                progress(done, total)


@contextlib.contextmanager
def _aside(path: str) -> Iterator[str]:
    """Give a path to write to; when the body ends well, flush it and put it in place of `path`."""
    target = pathlib.Path(path)
    unfinished = target.with_name(f".{target.stem}.{os.getpid()}.unfinished{target.suffix}")
    with _disk_faults(path):
        make_folder(target.parent)
    try:
        yield str(unfinished)
        with _disk_faults(path):
            settle(unfinished, target)
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)


@contextlib.contextmanager
def _disk_faults(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"could not write {path}: {error.strerror or error}"
        raise EnvironmentFault(message) from error
