"""A film whose clips are owned without having been bought: plain colours, put into its store.

film = write_film(tmp_path / "project", shots=2)
own(film, "s0")
assert colours(film.parent / "build" / "film.mp4")[0] == "white"
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import av
import numpy as np

from fakes.footage import film as write_clip
from fakes.ledger import MemoryLedger
from storyboard.app.compile import FilmOptions, compile_film_at
from storyboard.app.plan import clip_store, plan_film
from storyboard.app.recording import record_takes
from storyboard.model.story import Format

__all__ = ["SHOWN", "colours", "own", "write_down"]

_NOW: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)

SHOWN: Final = {
    "white": (255, 255, 255),
    "crimson": (220, 20, 60),
    "teal": (0, 128, 128),
}
"""The colour of every owned clip, and those of the stills that the first two shots start from."""


def own(film: Path, *shots: str) -> None:
    """Put a clip of each of these shots into the film's store: white, as long as is bought."""
    compilation = compile_film_at(str(film), FilmOptions())
    plan, compiled = plan_film(compilation)
    store = clip_store(compilation, plan, free=False)
    for shot in plan.shots:
        if shot.id in shots and compiled.film is not None:
            path = store.scratch(shot.key)
            _white(Path(path), compiled.film.format, shot.bought / 1000)
            store.keep(shot.key, path)


def write_down(film: Path) -> None:
    """Write what is owned of a film into its lock, as a build does."""
    compilation = compile_film_at(str(film), FilmOptions())
    plan, _ = plan_film(compilation)
    store = clip_store(compilation, plan, free=False)
    record_takes(compilation, plan, MemoryLedger(lambda: _NOW, "a build"), store, _NOW)


def _white(path: Path, wanted: Format, seconds: float) -> None:
    picture = np.full((wanted.height, wanted.width, 3), 255, np.uint8)
    write_clip(path, [picture] * round(seconds * wanted.fps), fps=wanted.fps)


def colours(film: Path) -> list[str]:
    """Return the name of the colour in the middle of each frame, the nearest of those SHOWN."""
    with av.open(str(film)) as opened:
        return [_nearest(frame) for frame in opened.decode(video=0)]


def _nearest(frame: av.VideoFrame) -> str:
    height, width = frame.height, frame.width
    middle = frame.to_ndarray(format="rgb24")[height // 2, width // 2].astype(float)
    return min(SHOWN, key=lambda name: float(np.abs(middle - SHOWN[name]).sum()))
