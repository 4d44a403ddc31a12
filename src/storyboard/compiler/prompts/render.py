"""Renders one prompt per shot through the film's templates, and says what is wrong with those."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Final

from jinja2 import Template, TemplateNotFound, TemplateSyntaxError

from storyboard.compiler.prompts.environment import (
    GLOBALS,
    PromptEnvironment,
    UnknownName,
    template_name,
)
from storyboard.compiler.prompts.library import Library, TemplateSource
from storyboard.compiler.prompts.meter import Exhausted, Meter, Refused
from storyboard.compiler.prompts.names import Use
from storyboard.compiler.prompts.notes import Note, Unreadable, syntax_note, undefined_note
from storyboard.compiler.prompts.places import place_of_line
from storyboard.compiler.prompts.variables import variables
from storyboard.compiler.prompts.views import FIELDS, ROOTS
from storyboard.model.diagnostic import Code, Diagnostic, Outcome, Related
from storyboard.model.story import Film, Shot

__all__ = ["Prompt", "TemplateSource", "render_prompts"]

_MOST_FAILURES: Final = 20
_UNSENDABLE: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Prompt:
    """What would be sent for a shot, and the template that made it."""

    shot: str
    text: str
    template: str


def render_prompts(film: Film, templates: TemplateSource) -> Outcome[tuple[Prompt, ...]]:
    """Render every shot, skipped ones too; whatever a template does ends in a finding."""
    rendering = _Rendering(film, Library(templates))
    prompts = tuple(rendering.prompts())
    diagnostics = tuple(rendering.diagnostics())
    return Outcome(None if diagnostics else prompts, diagnostics)


@dataclass(slots=True)
class _Rendering:
    """One film's prompts in the making; a note is kept once, with the shots it touches."""

    film: Film
    library: Library
    notes: dict[Note, list[Shot]] = field(default_factory=dict)
    meter: Meter = field(init=False)
    environment: PromptEnvironment = field(init=False)
    ready: dict[str, Template | list[Note]] = field(default_factory=dict)
    failures: Counter[Template] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.meter = Meter(len(self.film.shots))
        self.environment = PromptEnvironment(self.library, self.meter, self.film.format.fps)

    def prompts(self) -> Iterator[Prompt]:
        for shot, names in variables(self.film):
            name = template_name(shot.template)
            template = self._template(name)
            if template is None:
                self._note(shot, self._unknown(shot))
            elif isinstance(template, list):
                self._note(shot, *template)
            else:
                text = self._render(template, shot, names)
                if text is not None:
                    yield Prompt(shot.id, text, name)

    def diagnostics(self) -> Iterator[Diagnostic]:
        for note, shots in self.notes.items():
            first = shots[0]
            many = f", {len(shots)} shots in all" if len(shots) > 1 else ""
            met = f'first met in shot "{first.id}"{many}' if many else f'in shot "{first.id}"'
            message = f"{note.message} ({met})"
            related = (Related(f'shot "{first.id}" is rendered with it', first.origin.span),)
            yield Diagnostic(note.code, message, note.span, note.advice, related)

    def _template(self, name: str) -> Template | list[Note] | None:
        """Return a template checked and compiled, what is wrong with it, or None for no such."""
        if name.startswith("_") or self.library.source(name) is None:
            return None
        if name not in self.ready:
            self.meter.start()
            notes = self.library.check(self.environment, name)
            self.ready[name] = notes or self.environment.get_template(name)
            self.meter.finish()
        return self.ready[name]

    def _unknown(self, shot: Shot) -> Note:
        origin = shot.origin if shot.origin.has("template") else self.film.origin
        message = f'no template is called "{shot.template}"'
        advice = self.library.suggestion(shot.template, parts=False)
        return Note(Code.UNKNOWN_TEMPLATE, message, origin.at("template"), advice)

    def _render(self, template: Template, shot: Shot, names: dict[str, object]) -> str | None:
        self.meter.start()
        try:
            written = self.meter.together(template.root_render_func(template.new_context(names)))
            text = _tidied(written)
            self.meter.keep(len(text))
            _sendable(text)
        except Exception as error:  # noqa: BLE001  a template is data: whatever it causes is a finding
            note = self._explained(error, template)
            self._note(shot, note)
            self.failures[template] += 1
            hopeless = isinstance(error, (Exhausted, RecursionError, MemoryError))
            if hopeless or self.failures[template] > _MOST_FAILURES:
                self.ready[template_name(shot.template)] = [note]
            return None
        finally:
            self.meter.finish()
        return text

    def _note(self, shot: Shot, *notes: Note) -> None:
        for note in dict.fromkeys(notes):
            self.notes.setdefault(note, []).append(shot)

    def _explained(self, error: Exception, template: Template) -> Note:
        """Say what went wrong, and where in which template."""
        name, line = _place(error.__traceback__) or (template.name or "", 1)
        if isinstance(error, TemplateSyntaxError) and error.name is not None:
            name = error.name
        source = self.library.source(name)
        assert source is not None  # noqa: S101  every template that runs came from there
        if isinstance(error, Unreadable):
            return error.note
        if isinstance(error, UnknownName) and error.name is not None:
            note = undefined_note(_use(error.owner, error.name, line), name, source)
            return replace(note, advice=_advice(error) or note.advice)
        if isinstance(error, TemplateSyntaxError):
            return syntax_note(error, name, source)
        where = f'line {line} of template "{name}"'
        span = place_of_line(source, line)
        if isinstance(error, TemplateNotFound) and error.name is not None:
            message = f'{where} uses "{error.name}", and there is no such template'
            suggestion = self.library.suggestion(str(error.name), parts=True)
            return Note(Code.UNKNOWN_TEMPLATE, message, span, suggestion)
        message = f"{where} cannot be rendered: {_reason(error)}"
        advice = error.advice if isinstance(error, Refused) else None
        return Note(Code.TEMPLATE_ERROR, message, span, advice)


def _use(owner: object, name: str, line: int) -> Use:
    """Describe a name that was not there when a shot was rendered."""
    if owner is None:
        return Use("name", name, line, known=tuple(sorted((*ROOTS, *GLOBALS))))
    fields = FIELDS.get(type(owner), frozenset[str]())
    variable = next((root for root, view in ROOTS.items() if view is type(owner)), None)
    return Use("field", name, line, variable, tuple(sorted(fields)))


def _advice(error: UnknownName) -> str | None:
    if isinstance(error.owner, str):
        return "a text has no fields; use a filter, such as {{ shot.action | upper }}"
    if error.owner is None and error.name in ROOTS:
        return "an imported template sees the shot when it is imported `with context`"
    return None


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it goes too deep; does it use itself?"
    return str(error).rstrip(".") or type(error).__name__


def _place(traceback: TracebackType | None) -> tuple[str, int] | None:
    """Return the template and line that an error came from: the innermost frame of a template."""
    place = None
    while traceback is not None:
        template = traceback.tb_frame.f_globals.get("__jinja_template__")
        if isinstance(template, Template):
            place = (template.name or "", template.get_corresponding_lineno(traceback.tb_lineno))
        traceback = traceback.tb_next
    return place


def _sendable(text: str) -> None:
    """Refuse a prompt with a character that no request can carry."""
    if found := _UNSENDABLE.search(text):
        message = f"the prompt holds a character that cannot be sent, U+{ord(found[0]):04X}"
        raise Refused(message, "look for it in the template and in the shot's own texts")


def _tidied(text: str) -> str:
    """Take out trailing spaces, and all but one of any blank lines in a row."""
    kept: list[str] = []
    for line in (each.rstrip() for each in text.split("\n")):
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip()
