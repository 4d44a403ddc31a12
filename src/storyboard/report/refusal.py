"""Why a command did not do what was asked: a sentence for people, one JSON object for programs."""

from typing import NamedTuple

from storyboard.model.errors import ErrorCode, StoryboardError
from storyboard.report.cells import harmless
from storyboard.report.paint import painter

__all__ = [
    "INTERRUPTED",
    "SCHEMA",
    "Refusal",
    "refusal_of",
    "refusal_value",
    "render_refusal_json",
    "render_refusal_text",
]

SCHEMA = "storyboard/error-1"


class Refusal(NamedTuple):  # every start loads it, and dataclasses take a millisecond
    """What is told of a refusal, alike in text and JSON; `log` is the file a bug left, if any."""

    code: ErrorCode
    message: str
    hint: str | None = None
    log: str | None = None


INTERRUPTED = Refusal(
    ErrorCode.INTERRUPTED, "interrupted; nothing is lost, and the same command resumes"
)


def refusal_of(error: StoryboardError) -> Refusal:
    """Return what is told of an error."""
    return Refusal(error.code, error.message, error.hint)


def render_refusal_text(refusal: Refusal, *, colour: bool) -> str:
    """Say why something was not done, and after a blank line what to do about it."""
    paint = painter(colour=colour)
    text = f"{paint(f'error[{refusal.code}]', 'error')}: {_harmless_lines(refusal.message)}\n"
    if refusal.hint is not None:
        text += f"\n{paint('hint', 'help')}: {_harmless_lines(refusal.hint)}\n"
    return text


def render_refusal_json(refusal: Refusal) -> str:
    """Write a refusal as a document of its own, in the shape of schemas/error.schema.json."""
    from storyboard.report.document import write_json  # noqa: PLC0415  # only if asked

    return write_json({"schema": SCHEMA, "error": refusal_value(refusal)})


def refusal_value(refusal: Refusal) -> dict[str, object]:
    """Return a refusal as JSON has it; `log` is there only where a log is."""
    value: dict[str, object] = {
        "code": str(refusal.code),
        "message": refusal.message,
        "hint": refusal.hint,
        "exit_code": int(refusal.code.exit_code),
    }
    return value if refusal.log is None else {**value, "log": refusal.log}


def _harmless_lines(text: str) -> str:
    return "\n".join(map(harmless, text.split("\n")))
