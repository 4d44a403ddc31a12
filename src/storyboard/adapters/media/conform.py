"""Brings a clip to the film's format ahead of the cut, its picture as the cut would have shown it.

What is as it should be stays as it is: a clip that conforms is not touched at all, and where only
its sound does not, its picture is copied to the bit, which takes a tenth of the time. What is
encoded is what the film will show: it is copied into it, and can be cut into each half second.
"""

import contextlib
from collections.abc import Callable
from fractions import Fraction

from storyboard.adapters.media.conformity import picture_conforms
from storyboard.adapters.media.container import DamagedClip
from storyboard.adapters.media.encoder import ClipWriter
from storyboard.adapters.media.footage import Footage
from storyboard.adapters.media.parameter_sets import spliceable
from storyboard.adapters.media.probe import probe
from storyboard.adapters.media.remux import remux
from storyboard.adapters.media.sound.cue_sheet import samples_before
from storyboard.adapters.media.sound.track import Soundtrack
from storyboard.model.delivery import Framing
from storyboard.model.money import Frames, Millis, frames
from storyboard.model.story import Format

__all__ = ["conform"]

# This is what the film will show: at worst, in heavy grain, 45 dB are left. What joins two clips is
# encoded by its own preset, but both are read by the same parameter sets.
_PRESET = "superfast"
_CRF = 12
_SETS = 1
_LEAST_EVERY = 3  # pictures; nearer together, key frames would change the parameter sets
_LONGEST = Millis(10 * 60_000)
"""A header that claims more is damaged: nobody sells such clips, and it would fill the disk."""


def conform(
    path: str,
    target: str,
    wanted: Format,
    go_on: Callable[[], None] = lambda: None,
    *,
    framing: Framing | None = None,
) -> None:
    """Write a clip in the film's format at `target`; raise DamagedClip or EnvironmentFault.

    It is as long as the clip, to the nearest frame, and its sound as long as its picture; the same
    clip gives the same bytes. The picture is copied where it can be spliced as it is. `go_on` is
    called now and then: what it raises ends the work, and leaves at `target` what is unfinished.
    """
    if picture_conforms(path, wanted) and spliceable(path):
        remux(path, target, wanted.fps, go_on)
    else:
        _encode(path, target, wanted, framing, go_on)


def _encode(
    path: str, target: str, wanted: Format, framing: Framing | None, go_on: Callable[[], None]
) -> None:
    size, fps, heard = (wanted.width, wanted.height), wanted.fps, 0
    with (
        contextlib.closing(Footage(path, size=size, fps=fps, framing=framing)) as footage,
        contextlib.closing(Soundtrack(path)) as sound,
        _writer(target, wanted) as writer,
    ):
        for number in range(_length(path, fps)):
            go_on()
            planes = footage.planes(number)
            writer.write_planes(planes.y, planes.u, planes.v)
            due = samples_before(number + 1, fps)
            writer.write_sound(sound.read(due - heard))
            heard = due


def _writer(target: str, wanted: Format) -> ClipWriter:
    """Open an encoder that leaves a place to cut at in each half second, and no trace of chance."""
    return ClipWriter(
        target,
        width=wanted.width,
        height=wanted.height,
        fps=wanted.fps,
        preset=_PRESET,
        crf=_CRF,
        threads=1,
        parameter_sets=_SETS,
        every=max(_LEAST_EVERY, round(wanted.fps / 2)),
    )


def _length(path: str, fps: Fraction) -> Frames:
    duration = probe(path).duration
    if duration > _LONGEST:
        message = f"the clip {path} claims to last {duration / 60_000:.0f} minutes"
        raise DamagedClip(message)
    return Frames(max(1, frames(duration, fps)))
