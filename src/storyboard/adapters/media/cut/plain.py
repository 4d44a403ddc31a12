"""The whole film with nothing but moviepy: the reference that ours is compared with, and the peer.

Slow and hungry, and meant to be: every clip keeps a reader's process and its buffers open until the
film is written, and every frame goes through RGB. What it shows is what the timeline says in the
words of a library that people know, so where the two differ ours has to explain itself.

It follows the timeline to the frame, and a few things less closely. Levels stay as they came:
evening them by EBU R128 is not moviepy's trade, so music is set against the files, and a clip of
one channel is 3 dB quieter on two. A shot that runs at another speed sounds as a tape would. Every
clip is shown whole, whatever its shape.
"""

import contextlib
import pathlib
import warnings
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

import moviepy
import numpy as np
import numpy.typing as npt
import proglog
from moviepy import vfx

from storyboard.adapters.durable import aside
from storyboard.adapters.media.container import DamagedClip
from storyboard.adapters.media.cut.plain_sound import plain_sound, shut
from storyboard.adapters.media.cut.verify import verify_film
from storyboard.adapters.media.encoder import SOUND_BITS, SOUND_RATE
from storyboard.cutting.joins import coming, followed, going, shared
from storyboard.model.errors import EnvironmentFault
from storyboard.model.request import ClipKey
from storyboard.model.timeline import Event, Timeline

__all__ = ["render_plain"]

_SOFT = 0.02  # how wide the edge of a wipe is, in parts of the picture's side
_COLOURS = {"black": (0, 0, 0), "white": (255, 255, 255)}
_BT709 = (
    "scale=out_color_matrix=bt709:out_range=tv,"
    "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv"
)


def render_plain(
    timeline: Timeline,
    clips: Mapping[ClipKey, str],
    path: str,
    progress: Callable[[int, int], None] | None = None,
    *,
    preset: str = "medium",
) -> None:
    """Write the film at `path` from clips given by key; raise DamagedClip or EnvironmentFault.

    `progress` is told frames done and frames in all; `preset` is x264's.
    """
    if not timeline.events:
        message = "a film without shots cannot be rendered"
        raise ValueError(message)
    with contextlib.ExitStack() as readers, _silence(), aside(path) as unfinished:
        sound = pathlib.Path(f"{unfinished}.m4a")  # moviepy's own, which it leaves if interrupted
        readers.callback(sound.unlink, missing_ok=True)
        pictures = _pictures(timeline, clips, readers)
        film = pictures.with_audio(plain_sound(timeline, clips, readers))
        with _writing(path):
            _write(film, timeline, unfinished, progress, preset)
        verify_film(unfinished, timeline.length)


def _pictures(
    timeline: Timeline, clips: Mapping[ClipKey, str], readers: contextlib.ExitStack
) -> moviepy.VideoClip:
    """Return the film's pictures, each composed at its middle, where no rounding can reach."""
    pairs = followed(timeline.events)
    shots = [
        _shot(event, after, timeline, _opened(clips[event.clip], readers)) for event, after in pairs
    ]
    size = (timeline.width, timeline.height)
    film = moviepy.CompositeVideoClip(shots, size=size, bg_color=(0, 0, 0))
    half = float(1 / timeline.fps / 2)
    film = film.time_transform(lambda time: time + half, keep_duration=True)
    # Half a frame longer, for what moviepy counts is the whole frames in a float.
    return film.with_duration(float((timeline.length + Fraction(1, 2)) / timeline.fps))


def _opened(path: str, readers: contextlib.ExitStack) -> moviepy.VideoFileClip:
    try:
        clip = moviepy.VideoFileClip(path, audio=False)
    except (OSError, KeyError, ValueError, IndexError) as error:
        reason = getattr(error, "strerror", None) or "moviepy cannot read it"
        message = f"could not read the clip {path}: {reason}"
        raise DamagedClip(message) from error
    readers.callback(shut, clip)
    return clip


def _shot(
    event: Event, after: Event | None, timeline: Timeline, reader: moviepy.VideoFileClip
) -> moviepy.VideoClip:
    """Return an event in its place in the film, coming and going as its joins say."""
    fps = timeline.fps
    clip = _played(event, fps, reader)
    clip = _fitted(clip, (timeline.width, timeline.height))
    if fade := coming(event):
        effect = vfx.FadeIn(float(fade.frames / fps), _COLOURS[fade.colour])
        clip = clip.with_effects([effect])
    if fade := going(event, after):
        effect = vfx.FadeOut(float(fade.frames / fps), _COLOURS[fade.colour])
        clip = clip.with_effects([effect])
    if overlap := float(shared(event) / fps):
        if event.transition == "dissolve":
            clip = clip.with_effects([vfx.CrossFadeIn(overlap)])
        else:
            clip = clip.with_mask(_wipe(event.transition, overlap, clip))
    return clip.with_start(float(event.record_in / fps))


def _played(event: Event, fps: Fraction, reader: moviepy.VideoFileClip) -> moviepy.VideoClip:
    """Trim, speed up or slow down, and hold: all of it is which frame is shown at a time.

    The frame is asked for at its middle, so that another rate's nearest one comes.
    """
    last = (event.available or event.source_out) - 1

    def shown(time: float) -> float:
        frame = min(event.source_frame(int(time * fps)), last)
        return float(frame / fps + Fraction(1, 2) / Fraction(reader.fps))

    return reader.time_transform(shown, keep_duration=True).with_duration(float(event.length / fps))


def _fitted(clip: moviepy.VideoClip, size: tuple[int, int]) -> moviepy.VideoClip:
    """Show the whole of a clip of another size in the middle of black."""
    if tuple(clip.size) == size:
        return clip
    scale = min(size[0] / clip.size[0], size[1] / clip.size[1])
    inner = clip.resized((round(clip.size[0] * scale), round(clip.size[1] * scale)))
    return moviepy.CompositeVideoClip(
        [inner.with_position("center")], size=size, bg_color=(0, 0, 0)
    )


def _wipe(kind: str, overlap: float, clip: moviepy.VideoClip) -> moviepy.VideoClip:
    """Return a mask whose soft edge crosses the picture, to the left in a `wipe-left`."""
    width, height = clip.size
    rows, columns = np.indices((height, width)) + 0.5
    places = {
        "wipe-right": columns / width,
        "wipe-left": 1 - columns / width,
        "wipe-down": rows / height,
        "wipe-up": 1 - rows / height,
    }[kind]

    def covered(time: float) -> npt.NDArray[np.float64]:
        edge = min(1.0, time / overlap) * (1 + _SOFT)
        mask: npt.NDArray[np.float64] = np.clip((edge - places) / _SOFT, 0, 1)
        return mask

    wipe = moviepy.VideoClip(covered, is_mask=True, duration=clip.duration)
    wipe.size = clip.size
    return wipe


def _write(
    film: moviepy.VideoClip,
    timeline: Timeline,
    path: str,
    progress: Callable[[int, int], None] | None,
    preset: str,
) -> None:
    """Encode; the filter gives pictures their exact times and the matrix that their marks name."""
    filters = f"setpts=N/({timeline.fps})/TB,{_BT709}"
    film.write_videofile(
        path,
        fps=float(timeline.fps),
        codec="libx264",
        preset=preset,
        audio_fps=SOUND_RATE,
        audio_codec="aac",
        audio_bitrate=str(SOUND_BITS),
        temp_audiofile=f"{path}.m4a",
        ffmpeg_params=["-vf", filters, "-r", str(timeline.fps), "-movflags", "+faststart"],
        logger=_Bridge(timeline.length, progress or (lambda _done, _total: None)),
    )


class _Bridge(proglog.ProgressBarLogger):  # type: ignore[misc]  # the library has no types
    """Hands moviepy's bar of frames on, and keeps what it would print."""

    def __init__(self, total: int, progress: Callable[[int, int], None]) -> None:
        super().__init__()
        self._total, self._progress = total, progress

    def bars_callback(
        self,
        bar: str,
        attr: str,
        value: int,
        old_value: int | None = None,  # noqa: ARG002  # as the library calls it
    ) -> None:
        """Tell frames done; the sound, which moviepy writes first, has another bar."""
        if bar == "frame_index" and attr == "index":
            self._progress(min(value, self._total), self._total)


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Keep moviepy's warnings in: a clip that ends a frame early holds its last one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def _writing(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"could not write {path}: moviepy says {error}"
        raise EnvironmentFault(message) from error
