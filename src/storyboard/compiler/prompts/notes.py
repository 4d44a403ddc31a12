"""The findings that templates give rise to: what is wrong, where, and what to write instead."""

from dataclasses import dataclass

from jinja2 import TemplateRuntimeError, TemplateSyntaxError

from storyboard.compiler.prompts.names import Use
from storyboard.compiler.prompts.places import place_of_line, place_of_name, place_of_quote
from storyboard.compiler.suggest import did_you_mean
from storyboard.model.diagnostic import Code
from storyboard.model.source import Source, Span

__all__ = ["Note", "Unreadable", "syntax_note", "undefined_note"]


@dataclass(frozen=True, slots=True)
class Note:
    """A finding in the making, before it is known which shots it touches."""

    code: Code
    message: str
    span: Span | None
    advice: str | None = None


class Unreadable(TemplateRuntimeError):
    """A template that only a shot turns out to use cannot be read; `note` says why."""

    def __init__(self, note: Note) -> None:
        super().__init__(note.message)
        self.note = note


def undefined_note(use: Use, name: str, source: Source) -> Note:
    """Make the finding for a name that nothing provides."""
    line = f'line {use.line} of template "{name}"'
    spelled = f"{use.owner}.{use.name}" if use.owner else use.name
    message = {
        "name": f'"{spelled}" is not defined: {line} uses it',
        "field": f'"{spelled}" is not defined: {line} uses it',
        "filter": f'there is no filter "{spelled}": {line} uses it',
        "test": f'there is no test "{spelled}": {line} uses it',
    }[use.sort]
    span = place_of_name(source, use.line, use.name, use.owner)
    return Note(Code.UNDEFINED_NAME, message, span, _instead(use))


def syntax_note(error: Exception, name: str, source: Source) -> Note:
    """Make the finding for a template that Jinja, or Python behind it, cannot take."""
    if isinstance(error, TemplateSyntaxError):
        reason = (error.message or "it is not a Jinja template").rstrip(".")
        span = place_of_quote(source, error.lineno, reason)
        message = f'template "{name}" cannot be read: {reason[:1].lower()}{reason[1:]}'
        return Note(Code.TEMPLATE_ERROR, message, span)
    if isinstance(error, ValueError):
        reason = "a number in it is too long"
    else:  # the ways that Python says so: RecursionError, MemoryError, SyntaxError
        reason = "it is nested too deeply"
    message = f'template "{name}" cannot be read: {reason}'
    return Note(Code.TEMPLATE_ERROR, message, place_of_line(source, 1))


def _instead(use: Use) -> str | None:
    meant = did_you_mean(use.name, use.known)
    if meant is not None:
        return f'did you mean "{use.owner}.{meant}"?' if use.owner else f'did you mean "{meant}"?'
    shown = sorted(each for each in use.known if not each.startswith("_"))
    whose = f"{use.owner} has" if use.owner else "known here"
    return f"{whose}: {', '.join(shown)}" if shown else None
