"""Renders what cannot be copied, a span at a time, each kept by the name of all that goes into it.

A span is a few frames of the film: a dissolve, a fade, a shot at another speed. It is encoded by
one thread, so that the same span is the same bytes wherever and whenever it is made; and its name
says nothing of where in the film it stands, so that it is still good when shots before it change.
"""

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from io import BytesIO

import av

from storyboard.adapters.media.colour import Planes
from storyboard.adapters.media.container import writing
from storyboard.adapters.media.cut.overlay import Overlay
from storyboard.adapters.media.h264 import MUXER, Encoding, add_pictures, picture_of
from storyboard.adapters.media.kept import Kept
from storyboard.adapters.media.parameter_sets import ParameterSets
from storyboard.cutting.joins import coming, going, seen_in, shared
from storyboard.cutting.splice import Rendered
from storyboard.model.request import ClipKey
from storyboard.model.timeline import Event, Timeline

__all__ = ["Lab", "own_sets"]

_VERSION = 1
"""Goes up when the same span would come out as another picture."""

_START_CODE, _SETS = b"\0\0\0\1", frozenset({7, 8})
_ENCODING = Encoding(preset="superfast", crf=14, parameter_sets=1)


@lru_cache(maxsize=8)
def own_sets(size: tuple[int, int], fps: Fraction) -> ParameterSets:
    """Return the parameter sets by which our own pictures of that size and rate are read."""
    with av.open(BytesIO(), "w", "mp4") as container:
        stream = add_pictures(container, size, fps, _ENCODING)
        container.start_encoding()
        units = (stream.codec_context.extradata or b"").split(_START_CODE)
    sps, pps = (unit for unit in units if unit and unit[0] & 0x1F in _SETS)
    return ParameterSets(sps, pps)


def _encoder(line: Timeline) -> tuple[str, ...]:
    """Name the encoder: a span of an older one may not be read by the sets of this one."""
    sets = own_sets((line.width, line.height), line.fps)
    version = ".".join(map(str, av.library_versions["libavcodec"]))
    return version, sets.sps.hex(), sets.pps.hex()


@dataclass(frozen=True, slots=True)
class Lab:
    """Makes spans of one film, from clips given by key with the SHA-256 of each file.

    `go_on` is called before each picture: what it raises ends the work.
    """

    timeline: Timeline
    clips: Mapping[ClipKey, str]
    digests: Mapping[ClipKey, str]
    kept: Kept
    overlay: Overlay | None = None
    go_on: Callable[[], None] = lambda: None

    def make(self, span: Rendered) -> str:
        """Return where the span is, an mp4 of just its frames without sound; make it if need be.

        Raises DamagedClip or EnvironmentFault.
        """
        return self.kept.make(self._name(span), lambda path: self._write(span, path))

    def _write(self, span: Rendered, path: str) -> None:
        line = self.timeline
        with writing(path), av.open(path, "w", "mp4", options=MUXER) as container:
            stream = add_pictures(container, (line.width, line.height), line.fps, _ENCODING)
            for number, planes in enumerate(self._pictures(span)):
                picture = picture_of(planes, number, line.fps)
                container.mux(stream.encode(picture))
            container.mux(stream.encode(None))

    def _pictures(self, span: Rendered) -> Iterator[Planes]:
        # Brings moviepy, which a film of straight cuts has no use for.
        from storyboard.adapters.media.cut.projection import pictures  # noqa: PLC0415

        shown = pictures(self.timeline, self.clips, span.record_in, span.record_out)
        with contextlib.closing(shown):
            for number, planes in enumerate(shown, start=span.record_in):
                self.go_on()
                yield self.overlay.lay(number, planes) if self.overlay else planes

    def _name(self, span: Rendered) -> str:
        """Name a span by what is seen in it, and by nothing else."""
        line, seen = self.timeline, range(span.record_in, span.record_out)
        parts = {
            "version": (_VERSION, _ENCODING.options, _encoder(line)),
            "format": (line.width, line.height, line.fps, len(seen)),
            "events": [self._event(*each, span) for each in seen_in(seen, line.events)],
            "overlay": self.overlay and self.overlay.identity(span.record_in, span.record_out),
        }
        text = json.dumps(parts, default=str, sort_keys=True)
        return f"{hashlib.sha256(text.encode()).hexdigest()}.mp4"

    def _event(self, event: Event, after: Event | None, span: Rendered) -> tuple[object, ...]:
        """Name what is seen of an event: its frames, and of its joins those that show in them."""
        first, until = (place - event.record_in for place in (span.record_in, span.record_out))
        seen = range(max(0, first), min(until, event.length))
        frames = tuple(event.source_frame(number) for number in seen)
        rising, falling = coming(event), going(event, after)
        joins: list[object] = [seen.start - first]
        if seen.start < max(shared(event), rising.frames if rising else 0):
            joins += [seen.start, event.transition, event.overlap]
        if event.length - seen.stop < max(shared(after), falling.frames if falling else 0):
            joins += [seen.start, event.length, falling]
        return (self.digests[event.clip], frames, *joins)
