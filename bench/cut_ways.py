"""The ways to make one film that `bench/cut.py` measures, each as a process of its own.

Run as `python bench/cut_ways.py WAY ORDER`, ORDER being a JSON file: clips, the film's place, the
frames that neighbours share, and for ours where to keep what was made and what is known of clips.
What ffmpeg does alone is a command line and has no interpreter to start.
"""

import json
import os
import sys
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

FPS, FRAMES, SIZE = 24, 96, (1280, 720)
SHARED = 12
CRF = "20"
"""What the peers encode at; ours renders its spans at a better one, which costs more."""
SAME_PRESET = "veryfast"
"""The preset at which ours renders transitions."""


@dataclass(frozen=True)
class Order:
    """One film to make; `shared` frames are dissolved at each join, 0 is a straight cut."""

    clips: list[str]
    film: str
    shared: int = 0
    kept: str | None = None
    digests: dict[str, str] | None = None

    @property
    def frames(self) -> int:
        return len(self.clips) * FRAMES - (len(self.clips) - 1) * self.shared


def command(way: str, order: Order) -> list[str]:
    """Return the command line that makes a film in one of the ways."""
    if way in FFMPEG:
        import imageio_ffmpeg  # noqa: PLC0415  or our own way would pay for it

        start = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-y", "-v", "error"]
        return [*start, *FFMPEG[way](order), order.film]
    place = Path(order.film).with_suffix(".json")
    place.write_text(json.dumps(asdict(order)))
    return [sys.executable, __file__, way, str(place)]


# ffmpeg ----------------------------------------------------------------------------------------


def listed(order: Order) -> list[str]:
    listing = Path(order.film).with_suffix(".txt")
    listing.write_text("".join(f"file '{clip}'\n" for clip in order.clips))
    return ["-f", "concat", "-safe", "0", "-i", str(listing)]


def copied(order: Order) -> list[str]:
    """Join by copying both streams: quick, and its sound is wrong at every join."""
    return [*listed(order), "-c", "copy"]


def sound_anew(order: Order) -> list[str]:
    """Join by copying pictures and encoding the sound: right for clips that are all alike."""
    return [*listed(order), "-c:v", "copy", "-c:a", "aac", "-b:a", "192k"]


def crossed(order: Order) -> list[str]:
    """Dissolve every join in one graph of filters."""
    inputs = [word for clip in order.clips for word in ("-i", clip)]
    picture, sound, graph = "[0:v]", "[0:a]", []
    for place in range(1, len(order.clips)):
        offset = place * (FRAMES - order.shared) / FPS
        fade = f"duration={order.shared / FPS}"
        graph.append(f"{picture}[{place}:v]xfade=transition=fade:{fade}:offset={offset}[v{place}]")
        graph.append(f"{sound}[{place}:a]acrossfade={fade}[a{place}]")
        picture, sound = f"[v{place}]", f"[a{place}]"
    mapped = ["-map", picture, "-map", sound]
    encoded = ["-preset", SAME_PRESET, "-crf", CRF, "-c:a", "aac", "-b:a", "192k"]
    return [*inputs, "-filter_complex", ";".join(graph), *mapped, "-c:v", "libx264", *encoded]


FFMPEG = {"ffmpeg copy": copied, "ffmpeg sound anew": sound_anew, "ffmpeg xfade": crossed}


# moviepy ---------------------------------------------------------------------------------------


def moviepy(order: Order) -> None:
    """Join as its users do: concatenated, or each faded over the one before."""
    from moviepy import VideoFileClip, afx, concatenate_videoclips, vfx  # noqa: PLC0415

    clips = [VideoFileClip(clip, audio_fps=48_000) for clip in order.clips]
    if order.shared:
        length = order.shared / FPS
        effects = [vfx.CrossFadeIn(length), afx.AudioFadeIn(length), afx.AudioFadeOut(length)]
        faded = [clip.with_effects(effects) for clip in clips]
        film = concatenate_videoclips(faded, method="compose", padding=-length)
    else:
        film = concatenate_videoclips(clips)
    film.write_videofile(
        order.film,
        fps=FPS,
        preset=SAME_PRESET if order.shared else "ultrafast",
        threads=os.cpu_count(),
        audio_fps=48_000,
        audio_codec="aac",
        audio_bitrate="192k",
        temp_audiofile=f"{order.film}.m4a",
        ffmpeg_params=["-crf", CRF],
        logger=None,
    )


# Ours ------------------------------------------------------------------------------------------


def ours(order: Order) -> None:
    """Make the film with whatever was kept and is known of its clips: nothing, when it is cold."""
    from storyboard.adapters.media.cut.film import render_film  # noqa: PLC0415

    clips = {str(place): clip for place, clip in enumerate(order.clips)}
    known = {} if order.kept is None else {"folder": Path(order.kept), "digests": order.digests}
    render_film(timeline(order), clips, order.film, **known)


def timeline(order: Order):
    """Lay all of every clip; levels are left as they came, as the peers leave them."""
    from storyboard.model.post import Loudness  # noqa: PLC0415
    from storyboard.model.timeline import Event, Timeline  # noqa: PLC0415

    step = FRAMES - order.shared
    events = tuple(
        Event(
            shot=f"shot-{place}",
            scene="bench",
            clip=str(place),
            record_in=place * step,
            record_out=place * step + FRAMES,
            source_in=0,
            source_out=FRAMES,
            transition="dissolve" if place and order.shared else "cut",
            overlap=order.shared if place else 0,
            available=FRAMES,
        )
        for place in range(len(order.clips))
    )
    return Timeline("Bench", *SIZE, Fraction(FPS), events, loudness=Loudness(None))


def check(order: Order) -> None:
    """See that no frame is missing; not part of what is timed."""
    from storyboard.adapters.media.probe import probe  # noqa: PLC0415

    if probe(order.film).frames != order.frames:
        sys.exit(f"the film has another number of frames than {order.frames}")


if __name__ == "__main__":
    {"ours": ours, "moviepy": moviepy, "check": check}[sys.argv[1]](
        Order(**json.loads(Path(sys.argv[2]).read_text()))
    )
