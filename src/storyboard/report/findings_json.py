"""Findings for programs: one JSON object whose shape is named by `schema`."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from storyboard.model.diagnostic import Diagnostic, Severity
from storyboard.model.source import Source, Span
from storyboard.report.document import write_json

__all__ = ["SCHEMA", "FindingValue", "PlaceValue", "finding_value", "place_value", "render_json"]

SCHEMA = "storyboard/findings-1"


class PlaceValue(TypedDict):
    """A place in JSON; lines and columns count from 1, in characters, and the end is exclusive."""

    file: str | None
    line: int | None
    column: int | None
    end_line: int | None
    end_column: int | None


class RelatedValue(PlaceValue):
    """A second place, and what it has to do with the finding."""

    message: str


class FindingValue(PlaceValue):
    """A finding in JSON."""

    code: str
    severity: str
    message: str
    help: str | None
    related: list[RelatedValue]


def render_json(diagnostics: Sequence[Diagnostic], sources: Mapping[str, Source]) -> str:
    """Write all findings as one JSON document."""
    errors = sum(each.severity is Severity.ERROR for each in diagnostics)
    document = {
        "schema": SCHEMA,
        "findings": [finding_value(each, sources) for each in diagnostics],
        "errors": errors,
        "warnings": len(diagnostics) - errors,
    }
    return write_json(document)


def finding_value(finding: Diagnostic, sources: Mapping[str, Source]) -> FindingValue:
    """Turn a finding into the value that JSON shows."""
    return {
        "code": str(finding.code),
        "severity": str(finding.severity),
        "message": finding.message,
        "help": finding.help,
        **place_value(finding.span, sources),
        "related": [
            {"message": each.message, **place_value(each.span, sources)} for each in finding.related
        ],
    }


def place_value(span: Span | None, sources: Mapping[str, Source]) -> PlaceValue:
    """Turn a span into lines and columns; nulls where there is no place or no text to count in."""
    source = None if span is None else sources.get(span.path)
    if span is None or source is None:
        path = None if span is None else span.path
        return {"file": path, "line": None, "column": None, "end_line": None, "end_column": None}
    start, end = source.position(span.start), source.position(max(span.start, span.end))
    return {
        "file": span.path,
        "line": start.line,
        "column": start.column,
        "end_line": end.line,
        "end_column": end.column,
    }
