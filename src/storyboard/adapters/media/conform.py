"""Brings a clip to the film's format ahead of the cut, its picture as the cut would have shown it.

What is as it should be stays as it is: a clip that conforms is not touched at all, and where only
its sound does not, its picture is copied to the bit, which takes a tenth of the time.
"""

import contextlib
import os
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.video.reformatter import ColorRange, Colorspace

from storyboard.adapters.durable import make_folder, settle
from storyboard.adapters.media.container import DamagedClip, opened, picture_stream
from storyboard.adapters.media.cut.footage import Footage, matrix_of, range_of
from storyboard.adapters.media.cut.mix import samples_before
from storyboard.adapters.media.cut.sound import Soundtrack
from storyboard.adapters.media.encoder import SOUND_RATE, ClipWriter
from storyboard.adapters.media.probe import probe
from storyboard.adapters.media.remux import remux
from storyboard.model.errors import EnvironmentFault
from storyboard.model.money import Frames, Millis, frames
from storyboard.model.story import Format

__all__ = ["conform", "conforms"]

# The cut encodes the picture once more, so this generation must not show: at worst, in heavy grain,
# 47 dB are left. A slower preset makes smaller files, and looks ahead at frames it has to hold.
_PRESET = "superfast"
_CRF = 8
_LONGEST = Millis(10 * 60_000)
"""A header that claims more is damaged: nobody sells such clips, and it would fill the disk."""
_STEREO = 2


def conforms(path: str, wanted: Format) -> bool:
    """Tell whether the cut would show and play a clip as it is; DamagedClip where it is none.

    That is H.264 of the film's size and rate, each picture at its time, in square pixels, yuv420p,
    BT.709 and limited range, with AAC sound in stereo at 48 kHz.
    """
    with opened(path) as container:
        return _sound_conforms(container) and _picture_conforms(container, path, wanted)


def conform(
    path: str, target: str, wanted: Format, go_on: Callable[[], None] = lambda: None
) -> None:
    """Write a clip in the film's format at `target`; raise DamagedClip or EnvironmentFault.

    It is as long as the clip, to the nearest frame, and its sound as long as its picture. `go_on`
    is called now and then: what it raises ends the work, and leaves nothing behind.
    """
    with opened(path) as container:
        has_picture = _picture_conforms(container, path, wanted)
    with _aside(target) as unfinished:
        if has_picture:
            remux(path, unfinished, wanted.fps, go_on)
        else:
            _encode(path, unfinished, wanted, go_on)


def _sound_conforms(container: InputContainer) -> bool:
    if not container.streams.audio:
        return False
    sound = container.streams.audio[0]
    codec, layout = sound.codec_context.name, (sound.rate, sound.channels)
    return codec == "aac" and layout == (SOUND_RATE, _STEREO)


def _picture_conforms(container: InputContainer, path: str, wanted: Format) -> bool:
    """Tell by its first frame, for headers may say less than the picture itself."""
    stream = picture_stream(container, path)
    frame = next(container.decode(stream), None)
    if frame is None:
        message = f"there is not one frame in {path}"
        raise DamagedClip(message)
    return (
        stream.codec_context.name == "h264"
        and (frame.width, frame.height) == (wanted.width, wanted.height)
        and (stream.sample_aspect_ratio or 1) == 1
        and frame.format.name == "yuv420p"
        and matrix_of(frame) == Colorspace.ITU709
        and range_of(frame) == ColorRange.MPEG
        and _keeps_time(container, stream, frame.pts, wanted.fps)
    )


def _keeps_time(
    container: InputContainer, stream: av.VideoStream, first: int | None, fps: Fraction
) -> bool:
    """Tell whether every picture from the first on is in its place, to a tick of the clip's clock.

    An average rate says nothing of a picture that is late, or missing.
    """
    container.seek(0)
    packets = (packet for packet in container.demux(stream) if packet.size)
    times = [packet.pts for packet in packets]
    if first is None or stream.time_base is None or None in times:
        return False
    tick, known = stream.time_base, sorted(time for time in times if time is not None)
    late = (abs((time - first) * tick - place / fps) for place, time in enumerate(known))
    return all(each <= tick for each in late)


def _encode(path: str, target: str, wanted: Format, go_on: Callable[[], None]) -> None:
    fps, heard = wanted.fps, 0
    with (
        contextlib.closing(Footage(path, size=(wanted.width, wanted.height), fps=fps)) as footage,
        contextlib.closing(Soundtrack(path)) as sound,
        ClipWriter(
            target, width=wanted.width, height=wanted.height, fps=fps, preset=_PRESET, crf=_CRF
        ) as writer,
    ):
        for number in range(_length(path, fps)):
            go_on()
            planes = footage.planes(number)
            writer.write_planes(planes.y, planes.u, planes.v)
            due = samples_before(number + 1, fps)
            writer.write_sound(sound.read(due - heard))
            heard = due


def _length(path: str, fps: Fraction) -> Frames:
    duration = probe(path).duration
    if duration > _LONGEST:
        message = f"the clip {path} claims to last {duration / 60_000:.0f} minutes"
        raise DamagedClip(message)
    return Frames(max(1, frames(duration, fps)))


@contextlib.contextmanager
def _aside(target: str) -> Iterator[str]:
    """Give a path to write to; when the body ends well, put it in the target's place, durably."""
    place = Path(target)
    unfinished = place.with_name(f".{place.stem}.{os.getpid()}.unfinished{place.suffix}")
    try:
        make_folder(place.parent)
        yield str(unfinished)
        settle(unfinished, place)
    except OSError as error:
        message = f"could not write {target}: {error.strerror or error}"
        raise EnvironmentFault(message) from error
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
