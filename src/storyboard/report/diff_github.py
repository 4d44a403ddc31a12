"""The difference as GitHub annotations: one line for each shot that changed, beside its source."""

from collections.abc import Iterator, Mapping

from storyboard.model.difference import Difference, MaxIncrease, ShotChange
from storyboard.model.source import Source, Span
from storyboard.report.diff_words import cost_line, cost_of, over_limit, what_became
from storyboard.report.findings_json import place_value
from storyboard.report.github_command import write_command

__all__ = ["render_diff_github"]


def render_diff_github(
    difference: Difference,
    places: Mapping[str, Span],
    sources: Mapping[str, Source],
    limit: MaxIncrease | None = None,
) -> str:
    """Write a notice for each changed shot, a warning where it costs, an error over the limit.

    `places` are by id those of the shots in the new version's files.
    """
    lines = [_shot(difference, shot, places, sources) for shot in difference.shots if not shot.same]
    return "".join(f"{line}\n" for line in (*lines, *_film(difference, limit)))


def _shot(
    difference: Difference,
    shot: ShotChange,
    places: Mapping[str, Span],
    sources: Mapping[str, Source],
) -> str:
    place = place_value(places.get(shot.id), sources)
    cost = f"; costs {cost_of(shot)}" if shot.cost else ""
    properties = (
        ("file", place["file"] or difference.film),
        ("line", place["line"]),
        ("title", f"shot {shot.id}"),
    )
    kind = "warning" if shot.cost else "notice"
    return write_command(kind, properties, [f"{what_became(shot)}{cost}"])


def _film(difference: Difference, limit: MaxIncrease | None) -> Iterator[str]:
    """Yield a line for what is the film's own, and one for a limit that is exceeded."""
    properties = [("file", difference.film), ("title", "the film")]
    if difference.fields:
        names = ", ".join(each.name for each in difference.fields)
        yield write_command("notice", properties, [f"changed: {names}; {cost_line(difference)}"])
    if limit is not None and limit.exceeded(difference):
        yield write_command("error", properties, [over_limit(difference, limit.most(difference))])
