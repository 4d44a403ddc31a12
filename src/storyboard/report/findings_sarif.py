"""Findings as SARIF 2.1.0, which code hosts and editors read as results of static analysis."""

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from types import MappingProxyType
from urllib.parse import quote

from storyboard import __version__
from storyboard.model.diagnostic import WARNINGS, Code, Diagnostic
from storyboard.model.source import Source, Span
from storyboard.model.tree import Plain
from storyboard.report.document import write_json
from storyboard.report.findings_json import place_value
from storyboard.report.pages import first_sentence

__all__ = ["render_sarif"]

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_NO_PAGES: Mapping[str, str] = MappingProxyType({})


def render_sarif(
    diagnostics: Sequence[Diagnostic],
    sources: Mapping[str, Source],
    pages: Mapping[str, str] = _NO_PAGES,
    *,
    version: str = __version__,
) -> str:
    """Write one SARIF run; `pages` holds the help page of each code, by code."""
    codes = sorted({each.code for each in diagnostics})
    document: Plain = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "storyboard",
                        "version": version,
                        "semanticVersion": version,
                        "rules": [_rule(code, pages.get(code)) for code in codes],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(each, codes, sources) for each in diagnostics],
            }
        ],
    }
    return write_json(document)


def _rule(code: Code, page: str | None) -> Plain:
    sentence = first_sentence(page or "") or f"{code.replace('-', ' ').capitalize()}."
    ask = f"Type `storyboard explain {code}`."
    return {
        "id": str(code),
        "shortDescription": {"text": sentence},
        "help": {"text": page or ask, "markdown": page or ask},
        "defaultConfiguration": {"level": "warning" if code in WARNINGS else "error"},
    }


def _result(finding: Diagnostic, codes: list[Code], sources: Mapping[str, Source]) -> Plain:
    text = finding.message if finding.help is None else f"{finding.message}\nhelp: {finding.help}"
    result: dict[str, Plain] = {
        "ruleId": str(finding.code),
        "ruleIndex": codes.index(finding.code),
        "level": str(finding.severity),
        "message": {"text": text},
    }
    if finding.span is not None:
        result["locations"] = [_location(finding.span, sources)]
    if finding.related:
        result["relatedLocations"] = [
            {"id": number, **_location(each.span, sources), "message": {"text": each.message}}
            for number, each in enumerate(finding.related, start=1)
        ]
    return result


def _location(span: Span, sources: Mapping[str, Source]) -> dict[str, Plain]:
    physical: dict[str, Plain] = {"artifactLocation": {"uri": _uri(span.path)}}
    place = place_value(span, sources)
    if place["line"] is not None:
        physical["region"] = {
            "startLine": place["line"],
            "startColumn": place["column"],
            "endLine": place["end_line"],
            "endColumn": place["end_column"],
        }
    return {"physicalLocation": physical}


def _uri(path: str) -> str:
    """Write a path as SARIF's URI reference: relative as it is, absolute with `file:`."""
    pure = PurePath(path)
    if pure.is_absolute():
        return "file://" + quote(pure.as_posix(), errors="replace")
    return quote(pure.as_posix(), errors="replace")
