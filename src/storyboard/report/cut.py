"""The last lines of a cut: what the film is, how much is owned, what stands in for the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from storyboard.model.lock import Take
from storyboard.model.plan import Plan, PlannedShot
from storyboard.model.timeline import Timeline
from storyboard.report.built import film_value, film_words
from storyboard.report.cells import harmless
from storyboard.report.document import write_json

__all__ = ["SCHEMA", "Lacking", "render_cut_json", "render_cut_text"]

SCHEMA = "storyboard/cut-1"


@dataclass(frozen=True, slots=True)
class Lacking:
    """A shot whose clip is not owned, why not, and the older take it is shown as, if it is.

    `stale` is whether that take was made from something that the shot no longer asks for.
    """

    shot: str
    why: str
    take: Take | None = None
    stale: bool = False

    def __str__(self) -> str:
        if self.take is None:
            return f"{self.shot} ({self.why})"
        older = "older than the shot" if self.stale else "until the next is there"
        return f"{self.shot}: take {self.take.number}, {older} ({self.why})"


def render_cut_text(
    plan: Plan, timeline: Timeline, lacking: Sequence[Lacking], drawn_as: str, *, fresh: bool
) -> str:
    """Say which shots are stand-ins, each with why, and in the last line what the film is.

    `drawn_as` is what a shot is shown as for which no older take stands in.
    """
    lines = [str(each) for each in lacking if each.take is not None]
    drawn = [str(each) for each in lacking if each.take is None]
    if drawn:
        lines.append(f"not owned, shown as {drawn_as}: {', '.join(drawn)}")
    owned = f"{len(plan.shots) - len(lacking)} of {len(plan.shots)} shots owned"
    others = f", {len(lacking)} stood in for" if lacking else ""
    done = "cut" if fresh else "nothing had changed"
    lines.append(f"{film_words(timeline)}, {timeline.length} frames; {owned}{others}; {done}")
    return "\n".join(map(harmless, lines))


def render_cut_json(
    path: Path,
    plan: Plan,
    timeline: Timeline,
    lacking: Sequence[Lacking],
    drawn_as: str,
    *,
    fresh: bool,
) -> str:
    """Write what was cut as one JSON object; `why` says why a shot's clip is not owned."""
    missing = {each.shot: each for each in lacking}
    return write_json(
        {
            "schema": SCHEMA,
            "film": plan.film,
            "complete": not missing,
            **film_value(path, timeline, fresh=fresh),
            "shots": [_shot(shot, missing.get(shot.id), drawn_as) for shot in plan.shots],
        }
    )


def _shot(shot: PlannedShot, lacking: Lacking | None, drawn_as: str) -> dict[str, object]:
    if lacking is None:
        return {"id": shot.id, "shown_as": "clip", "take": shot.number, "why": None}
    take = None if lacking.take is None else lacking.take.number
    shown_as = drawn_as if take is None else "take"
    return {"id": shot.id, "shown_as": shown_as, "take": take, "why": lacking.why}
