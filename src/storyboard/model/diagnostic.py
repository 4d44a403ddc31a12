"""Findings: what is wrong with a storyboard, as values that travel with a phase's result."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from storyboard.model.source import Span

__all__ = [
    "WARNINGS",
    "Code",
    "Diagnostic",
    "Outcome",
    "Related",
    "Severity",
    "failed",
    "has_errors",
]

Value = TypeVar("Value")


class Severity(StrEnum):
    """How bad a finding is: an error stops the next phase, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


class Code(StrEnum):
    """Every finding there is; each has a page of its name under docs/findings/."""

    # reading a file
    UNREADABLE_FILE = "unreadable-file"
    FILE_TOO_LARGE = "file-too-large"
    NOT_TEXT = "not-text"
    OUTSIDE_PROJECT = "outside-project"
    INCLUDE_CYCLE = "include-cycle"
    # YAML
    YAML_SYNTAX = "yaml-syntax"
    DUPLICATE_KEY = "duplicate-key"
    AMBIGUOUS_SCALAR = "ambiguous-scalar"
    TOO_DEEP = "too-deep"
    TOO_MANY_ALIASES = "too-many-aliases"
    UNSUPPORTED_YAML = "unsupported-yaml"
    # variables and variants
    UNKNOWN_VARIABLE = "unknown-variable"
    UNUSED_VARIABLE = "unused-variable"
    UNKNOWN_VARIANT = "unknown-variant"
    # the schema
    UNKNOWN_KEY = "unknown-key"
    MISSING_KEY = "missing-key"
    WRONG_TYPE = "wrong-type"
    WRONG_VALUE = "wrong-value"
    # names that refer to something
    DUPLICATE_ID = "duplicate-id"
    UNKNOWN_CHARACTER = "unknown-character"
    UNKNOWN_LOCATION = "unknown-location"
    UNKNOWN_SHOT = "unknown-shot"
    UNKNOWN_MODEL = "unknown-model"
    UNKNOWN_TEMPLATE = "unknown-template"
    UNKNOWN_INPUT = "unknown-input"
    CHAIN_CYCLE = "chain-cycle"
    UNUSED_CHARACTER = "unused-character"
    UNUSED_LOCATION = "unused-location"
    # time
    DURATION_NOT_SOLD = "duration-not-sold"
    BAD_TRIM = "bad-trim"
    TRANSITION_TOO_LONG = "transition-too-long"
    DIALOGUE_TOO_LONG = "dialogue-too-long"
    OVER_RUNTIME = "over-runtime"
    # pictures
    IMAGE_MISSING = "image-missing"
    IMAGE_UNREADABLE = "image-unreadable"
    IMAGE_RATIO = "image-ratio"
    IMAGE_SIZE = "image-size"
    # sound
    SOUND_MISSING = "sound-missing"
    SOUND_UNREADABLE = "sound-unreadable"
    LEAD_TOO_LONG = "lead-too-long"
    TRAIL_TOO_LONG = "trail-too-long"
    TRACK_TOO_LATE = "track-too-late"
    MUSIC_FADE_TOO_LONG = "music-fade-too-long"
    BAD_LOUDNESS = "bad-loudness"
    # prompts
    TEMPLATE_ERROR = "template-error"
    UNDEFINED_NAME = "undefined-name"
    PROMPT_TOO_LONG = "prompt-too-long"
    SEVERAL_MOVES = "several-moves"
    # models and money
    BAD_CARD = "bad-card"
    BAD_LOCK = "bad-lock"
    BAD_SETTINGS = "bad-settings"
    RETIRED_MODEL = "retired-model"
    UNSTABLE_MODEL = "unstable-model"
    OVER_BUDGET = "over-budget"
    # what this version does not do
    EMPTY_FILM = "empty-film"
    NOT_YET = "not-yet"


WARNINGS = frozenset(
    {
        Code.UNUSED_VARIABLE,
        Code.UNUSED_CHARACTER,
        Code.UNUSED_LOCATION,
        Code.DIALOGUE_TOO_LONG,
        Code.OVER_RUNTIME,
        Code.IMAGE_MISSING,
        Code.IMAGE_RATIO,
        Code.SEVERAL_MOVES,
        Code.UNSTABLE_MODEL,
        Code.OVER_BUDGET,
        Code.NOT_YET,
    }
)
"""The codes that warn; every other one is an error. A code has one severity, always."""


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that explains a finding, such as where an id was first used."""

    message: str
    span: Span


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: a sentence that stands alone, its narrowest place, and what to type."""

    code: Code
    message: str
    span: Span | None = None
    help: str | None = None
    related: tuple[Related, ...] = ()

    @property
    def severity(self) -> Severity:
        return Severity.WARNING if self.code in WARNINGS else Severity.ERROR


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Value]):
    """What a phase made, and what it found on the way; no value only when there are errors."""

    value: Value | None
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def ok(self) -> bool:
        return self.value is not None and not has_errors(self.diagnostics)


def failed(*diagnostics: Diagnostic) -> Outcome[Value]:
    """Make an outcome that has no value."""
    return Outcome(None, diagnostics)


def has_errors(diagnostics: tuple[Diagnostic, ...] | list[Diagnostic]) -> bool:
    """Tell whether any of the findings is an error."""
    return any(each.severity is Severity.ERROR for each in diagnostics)
