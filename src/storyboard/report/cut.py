"""The last lines of a cut: what the film is, how much is owned, what stands in for the rest."""

from collections.abc import Sequence
from pathlib import Path

from storyboard.model.plan import Plan
from storyboard.model.timeline import Timeline
from storyboard.report.built import film_value, film_words
from storyboard.report.cells import harmless
from storyboard.report.document import write_json

__all__ = ["SCHEMA", "render_cut_json", "render_cut_text"]

SCHEMA = "storyboard/cut-1"


def render_cut_text(
    plan: Plan,
    timeline: Timeline,
    stand_ins: Sequence[tuple[str, str]],
    shown_as: str,
    *,
    fresh: bool,
) -> str:
    """Say which shots are stand-ins, each with why, and in the last line what the film is."""
    shots, lacking = len(plan.shots), len(stand_ins)
    lines = []
    if stand_ins:
        named = ", ".join(f"{shot} ({why})" for shot, why in stand_ins)
        lines.append(f"not owned, shown as {shown_as}: {named}")
    owned = f"{shots - lacking} of {shots} shots owned"
    others = f", {lacking} stood in for" if lacking else ""
    done = "cut" if fresh else "nothing had changed"
    lines.append(f"{film_words(timeline)}, {timeline.length} frames; {owned}{others}; {done}")
    return "\n".join(map(harmless, lines))


def render_cut_json(
    path: Path,
    plan: Plan,
    timeline: Timeline,
    stand_ins: Sequence[tuple[str, str]],
    shown_as: str,
    *,
    fresh: bool,
) -> str:
    """Write what was cut as one JSON object; `why` says why a shot's clip is not owned."""
    missing = dict(stand_ins)
    shots = [
        {
            "id": shot.id,
            "shown_as": shown_as if shot.id in missing else "clip",
            "why": missing.get(shot.id),
        }
        for shot in plan.shots
    ]
    return write_json(
        {
            "schema": SCHEMA,
            "film": plan.film,
            "complete": not missing,
            **film_value(path, timeline, fresh=fresh),
            "shots": shots,
        }
    )
