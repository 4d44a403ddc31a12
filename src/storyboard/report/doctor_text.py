"""The doctor's findings for people: a line for each check, and under it what to do."""

from collections.abc import Iterator, Sequence
from textwrap import wrap

from storyboard.report.cells import harmless
from storyboard.report.doctor import Check, Health
from storyboard.report.paint import Meaning, Paint, painter

__all__ = ["render_doctor_text"]

_COLOURS: dict[Health, Meaning] = {
    Health.OK: "good",
    Health.WARNING: "warning",
    Health.FAULT: "error",
}
_STATE = max(map(len, Health))
_GAP = "  "
_NARROWEST = 20


def render_doctor_text(checks: Sequence[Check], *, colour: bool, width: int) -> str:
    """Show the checks in columns, then how many are not well."""
    paint = painter(colour=colour)
    column = max((len(each.name) for each in checks), default=0)
    lines = [line for each in checks for line in _lines(each, column, paint, width)]
    return "\n".join([*lines, "", paint(_summary(checks), "strong")]) + "\n"


def _lines(check: Check, column: int, paint: Paint, width: int) -> Iterator[str]:
    state = paint(check.state, _COLOURS[check.state]) + " " * (_STATE - len(check.state))
    margin = " " * (_STATE + len(_GAP) + column + len(_GAP))
    room = max(_NARROWEST, width - len(margin))
    first, *rest = _wrapped(check.message, room) or [""]
    yield f"{state}{_GAP}{check.name:<{column}}{_GAP}{first}"
    for line in rest:
        yield margin + line
    if check.help is not None:
        label, *more = _wrapped(f"help: {check.help}", room)
        yield margin + label.replace("help", paint("help", "help"), 1)
        for line in more:
            yield margin + line


def _wrapped(text: str, room: int) -> list[str]:
    return wrap(harmless(text), room, break_long_words=False, break_on_hyphens=False)


def _summary(checks: Sequence[Check]) -> str:
    counts = [
        _count(sum(each.state is state for each in checks), state)
        for state in (Health.FAULT, Health.WARNING)
    ]
    return ", ".join(filter(None, counts)) or "all is well"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}" if number else ""
