"""Findings for people: the sentence, the line with its guilty words marked, and what to type."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from storyboard.model.diagnostic import Diagnostic, Severity
from storyboard.model.source import Source, Span
from storyboard.report.cells import harmless
from storyboard.report.excerpt import excerpt
from storyboard.report.paint import Meaning, Paint, painter

__all__ = ["render_text", "summary"]


@dataclass(frozen=True, slots=True)
class _Look:
    """How one finding is laid out: `margin` is how many digits its largest line number has."""

    paint: Paint
    margin: int
    width: int


def render_text(
    diagnostics: Sequence[Diagnostic],
    sources: Mapping[str, Source],
    *,
    colour: bool,
    width: int = 100,
) -> str:
    """Show every finding in a block of its own, and count them in a last line."""
    if not diagnostics:
        return ""
    paint = painter(colour=colour)
    blocks = ["\n".join(_block(each, sources, paint, width)) for each in diagnostics]
    return "\n\n".join([*blocks, paint(summary(diagnostics), "strong")]) + "\n"


def summary(diagnostics: Sequence[Diagnostic]) -> str:
    """Count findings in a sentence: `3 errors, 1 warning in film.yaml`."""
    errors = sum(each.severity is Severity.ERROR for each in diagnostics)
    warnings = len(diagnostics) - errors
    counts = [_count(errors, "error")] if errors or not warnings else []
    if warnings:
        counts.append(_count(warnings, "warning"))
    paths = dict.fromkeys(each.span.path for each in diagnostics if each.span is not None)
    match tuple(paths):
        case ():
            return ", ".join(counts)
        case (path,):
            return f"{', '.join(counts)} in {harmless(path)}"
        case _:
            return f"{', '.join(counts)} in {len(paths)} files"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _block(
    finding: Diagnostic, sources: Mapping[str, Source], paint: Paint, width: int
) -> Iterator[str]:
    look = _Look(paint, _margin(finding, sources), width)
    severity: Meaning = "error" if finding.severity is Severity.ERROR else "warning"
    title = paint(f"{finding.severity}[{finding.code}]", severity)
    yield f"{title}{paint(f': {harmless(finding.message)}', 'strong')}"
    if finding.span is not None:
        yield from _place(finding.span, sources, severity, look)
    if finding.help is not None:
        yield from _help(finding.help, look)
    for related in finding.related:
        yield f"{paint('note', 'note')}: {harmless(related.message)}"
        yield from _place(related.span, sources, "note", look)


def _margin(finding: Diagnostic, sources: Mapping[str, Source]) -> int:
    spans = [finding.span, *(related.span for related in finding.related)]
    lines = [
        sources[span.path].position(span.start).line
        for span in spans
        if span is not None and span.path in sources
    ]
    return len(str(max(lines, default=1)))


def _place(
    span: Span, sources: Mapping[str, Source], meaning: Meaning, look: _Look
) -> Iterator[str]:
    """Yield `--> file:line:column` and the line; the file alone where its text is unknown."""
    margin, paint = look.margin, look.paint
    arrow = paint(" " * margin + "-->", "frame")
    source = sources.get(span.path)
    if source is None:
        yield f"{arrow} {harmless(span.path)}"
        return
    line, column = source.position(span.start)
    shown = excerpt(source, span, look.width - margin - 3)
    bar = paint(" " * margin + " |", "frame")
    yield f"{arrow} {harmless(span.path)}:{line}:{column}"
    yield bar
    yield f"{paint(f'{line:>{margin}} |', 'frame')} {shown.text}".rstrip()
    yield f"{bar} {' ' * shown.indent}{paint('^' * shown.length, meaning)}"


def _help(text: str, look: _Look) -> Iterator[str]:
    first, *others = [harmless(line) for line in text.splitlines()] or [""]
    bar = look.paint(" " * look.margin + " =", "frame")
    yield f"{bar} {look.paint('help', 'help')}: {first}"
    indent = " " * (look.margin + len(" = help: "))
    yield from (f"{indent}{line}" for line in others)
