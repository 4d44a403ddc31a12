"""Findings as GitHub workflow commands, which a workflow run shows beside the changed lines."""

from collections.abc import Iterator, Mapping, Sequence

from storyboard.model.diagnostic import Diagnostic
from storyboard.model.source import Source
from storyboard.report.findings_json import PlaceValue, place_value
from storyboard.report.github_command import write_command

__all__ = ["render_github"]


def render_github(diagnostics: Sequence[Diagnostic], sources: Mapping[str, Source]) -> str:
    """Write one `::error …::message` or `::warning …::message` line per finding."""
    return "".join(f"{_command(each, sources)}\n" for each in diagnostics)


def _command(finding: Diagnostic, sources: Mapping[str, Source]) -> str:
    place = place_value(finding.span, sources)
    properties = [*_properties(place), ("title", finding.code)]
    return write_command(finding.severity, properties, _sentences(finding, sources))


def _properties(place: PlaceValue) -> Iterator[tuple[str, str | int | None]]:
    """Yield a place's properties; GitHub takes columns only for a range within one line."""
    yield "file", place["file"]
    yield "line", place["line"]
    one_line = place["line"] == place["end_line"]
    if one_line:
        yield "col", place["column"]
    yield "endLine", place["end_line"]
    if one_line:
        yield "endColumn", place["end_column"]


def _sentences(finding: Diagnostic, sources: Mapping[str, Source]) -> Iterator[str]:
    yield finding.message
    if finding.help is not None:
        yield from f"help: {finding.help}".splitlines()
    for each in finding.related:
        place = place_value(each.span, sources)
        where = place["file"] if place["line"] is None else f"{place['file']}:{place['line']}"
        yield f"note: {each.message} ({where})"
