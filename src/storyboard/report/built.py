"""The last line of a build: what was made, of how much, and where it is."""

from collections.abc import Mapping
from pathlib import Path

from storyboard.model.money import Millis, show_clock
from storyboard.model.plan import Generate, Plan
from storyboard.model.timeline import Timeline
from storyboard.report.cells import harmless
from storyboard.report.document import write_json

__all__ = [
    "SCHEMA",
    "build_value",
    "built_value",
    "film_value",
    "film_words",
    "render_built_json",
    "render_built_text",
]

SCHEMA = "storyboard/build-1"

_FILM = ("path", "fresh", "runtime_ms", "frames", "width", "height", "fps")
_NOTHING_CUT = dict.fromkeys((*_FILM, "shots"))


def render_built_text(plan: Plan, timeline: Timeline, *, fresh: bool) -> str:
    """Say in a line what the film is, and how much of it had to be made."""
    made = sum(1 for _ in plan.to_make())
    clips = f"{made} of {len(plan.orders)} clips made" if made else "no clip had to be made"
    cut = "cut" if fresh else "nothing had changed"
    return f"{film_words(timeline)}; {clips}; {cut}"


def film_words(timeline: Timeline) -> str:
    """Say what a film is: its title, running time, size and rate."""
    rate = f"{float(timeline.fps):.5g}"
    size = f"{timeline.width}x{timeline.height} at {rate} fps"
    return f"{harmless(timeline.title)}: {show_clock(_running_time(timeline))}, {size}"


def render_built_json(path: Path, plan: Plan, timeline: Timeline, *, fresh: bool) -> str:
    """Write what was built as one JSON object; `fresh` tells whether the film was cut anew."""
    return write_json(build_value(plan.film, built_value(path, plan, timeline, fresh=fresh)))


def build_value(
    film: str,
    built: Mapping[str, object] | None,
    receipt: Mapping[str, object] | None = None,
    error: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """Return a whole build's document; every field is there, null where there is nothing of it."""
    cut = _NOTHING_CUT if built is None else built
    return {"schema": SCHEMA, "film": film, **cut, "receipt": receipt, "error": error}


def built_value(path: Path, plan: Plan, timeline: Timeline, *, fresh: bool) -> dict[str, object]:
    """Return a film that was built, and what each shot came from, as JSON has it."""
    return {
        **film_value(path, timeline, fresh=fresh),
        "shots": [
            {"id": shot.id, "made": isinstance(shot.step, Generate), "key": shot.key}
            for shot in plan.shots
        ],
    }


def film_value(path: Path, timeline: Timeline, *, fresh: bool) -> dict[str, object]:
    """Return a film that lies on the disk as JSON has it."""
    return {
        "path": str(path),
        "fresh": fresh,
        "runtime_ms": _running_time(timeline),
        "frames": timeline.length,
        "width": timeline.width,
        "height": timeline.height,
        "fps": str(timeline.fps),
    }


def _running_time(timeline: Timeline) -> Millis:
    return Millis(round(timeline.length * 1000 / timeline.fps))
