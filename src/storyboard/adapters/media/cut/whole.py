"""A film of which every frame is rendered, at the size and in the codec of its delivery.

What is smaller than the film is small from the start: clips are scaled as they are decoded, and
what joins them, or is laid over them, is drawn at the size it will be seen at.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from storyboard.adapters.durable import aside
from storyboard.adapters.media.colour import Planes
from storyboard.adapters.media.cut.delivery import FilmWriter, open_writer
from storyboard.adapters.media.cut.overlay import Overlay
from storyboard.adapters.media.cut.projection import pictures
from storyboard.adapters.media.cut.verify import verify_film
from storyboard.adapters.media.sound.cue_sheet import film_samples, samples_before
from storyboard.adapters.media.sound.levels import Levels
from storyboard.adapters.media.sound.mix import Mix
from storyboard.model.delivery import Delivery
from storyboard.model.request import ClipKey
from storyboard.model.timeline import Timeline

__all__ = ["render_whole"]

_BATCH = 12
"""Frames between two words of progress."""


def render_whole(
    timeline: Timeline,
    clips: Mapping[ClipKey, str],
    path: str,
    delivery: Delivery,
    *,
    overlay: Overlay | None = None,
    levels: Levels | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write the film at `path` from clips given by key; raise DamagedClip or EnvironmentFault.

    It has as many frames as the timeline, at `delivery.size` of the film's; an overlay is one for
    that size. Its sound, made even by `levels`, is as long as its picture to the sample. `progress`
    is told frames done and frames in all, now and then and at the end.
    """
    if not timeline.events:
        message = "a film without shots cannot be rendered"
        raise ValueError(message)
    width, height = delivery.size(timeline.width, timeline.height)
    scaled = replace(timeline, width=width, height=height)
    told = progress or (lambda _done, _total: None)
    files = {str(key): file for key, file in clips.items()}
    with aside(path) as unfinished:
        with (
            open_writer(delivery, scaled, unfinished) as writer,
            contextlib.closing(Mix(timeline, files, levels)) as mix,
            contextlib.closing(pictures(scaled, clips)) as frames,
        ):
            shown = (overlay.lay(*each) if overlay else each[1] for each in enumerate(frames))
            for done in _project(shown, mix, writer, timeline.fps):
                if done % _BATCH == 0 or done == timeline.length:
                    told(done, timeline.length)
        verify_film(unfinished, timeline.length, film_samples(timeline))


def _project(shown: Iterable[Planes], mix: Mix, writer: FilmWriter, fps: Fraction) -> Iterator[int]:
    """Write pictures, each with its sound, and yield how many there are so far."""
    heard = 0
    for done, planes in enumerate(shown, start=1):
        writer.write_planes(planes.y, planes.u, planes.v)
        due = samples_before(done, fps)
        writer.write_sound(mix.read(due - heard))
        heard = due
        yield done
