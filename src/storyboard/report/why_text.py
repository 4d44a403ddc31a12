"""Why a build would do what it does, for people: a paragraph for each shot, and what it costs."""

import shlex
from collections.abc import Iterator, Sequence

from storyboard.model.lock import Take
from storyboard.model.money import MicroUsd, show_seconds, show_usd
from storyboard.model.plan import Blocked, Generate, PlannedShot, Reuse
from storyboard.model.reason import InputChange, Reason
from storyboard.report.cells import harmless
from storyboard.report.paint import Meaning, Paint, painter
from storyboard.report.plan_text import step_words
from storyboard.report.plan_totals import model_name

__all__ = ["render_why_text"]

_INDENT = "  "
_SIGNS: dict[str, Meaning] = {"+": "good", "-": "error", "@": "quiet"}


def render_why_text(film: str, reasons: Sequence[Reason], *, colour: bool) -> str:
    """Explain shots one after the other and, where there are several, add up what they cost."""
    paint = painter(colour=colour)
    lines = [line for reason in reasons for line in (*_shot(film, reason, paint), "")]
    if len(reasons) > 1:
        total = MicroUsd(sum(reason.cost for reason in reasons))
        lines.append(f"cost      {show_usd(total) if total else 'nothing'}")
    else:
        lines.pop()
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _shot(film: str, reason: Reason, paint: Paint) -> Iterator[str]:
    shot = reason.shot
    yield _headline(shot, harmless(shot.id), paint)
    yield f"{_INDENT}{harmless(reason.why)}"
    yield from (f"{_INDENT}{line}" for line in _against(film, reason))
    yield from (f"{_INDENT}{line}" for change in reason.inputs for line in _input(change, paint))
    if reason.prompt:
        yield f"{_INDENT}prompt"
        told = (line for line in reason.prompt if line.strip())
        yield from (f"{_INDENT * 2}{_signed(line, paint)}" for line in told)
    for take in reason.takes:
        yield _headline(take, f"{_INDENT}take {take.called}", paint)
    if isinstance(shot.step, Blocked):
        again = shlex.join(["storyboard", "build", film, "--again", shot.id])
        yield f"{_INDENT}to order it again for {show_usd(shot.step.cost)}: {harmless(again)}"
    cost = show_usd(reason.cost) if reason.cost else "nothing"
    yield f"{_INDENT}cost  {cost}"


def _headline(shot: PlannedShot, name: str, paint: Paint) -> str:
    words, meaning = step_words(shot)
    made = f"{harmless(model_name(shot.model))}  {show_seconds(shot.bought)}"
    price = f"  {show_usd(shot.cost)}" if isinstance(shot.step, Generate) and shot.cost else ""
    return f"{name}  {paint(harmless(words), meaning)}  {made}{price}"


def _against(film: str, reason: Reason) -> Iterator[str]:
    """Say which take is meant, how it is known, and whether what made it can be told."""
    take = reason.against
    if take is not None:
        same = isinstance(reason.shot.step, Reuse) or take.key == reason.shot.key
        yield _taken(take) if same else f"the last clip it had is {_taken(take)}"
    if reason.renamed_from is not None:
        yield f"found in the lock under its old id, {harmless(reason.renamed_from)}"
    if not reason.recorded:
        yield "this machine has no record of what that was made from;"
        compare = f"storyboard diff {shlex.quote(film)} --against REV"
        yield f"`{harmless(compare)}` tells what has changed since"


def _taken(take: Take) -> str:
    when = f"{take.bought_at:%Y-%m-%d %H:%M} UTC"
    return f"take {take.number}, bought {when} for {show_usd(take.price)}"


def _input(change: InputChange, paint: Paint) -> Iterator[str]:
    name = harmless(change.name)
    if change.start is not None:
        yield f"{name}  {harmless(change.start)}, which it starts from, has another clip"
    elif change.path is not None:
        yield f"{name}  {harmless(change.path)}"
    else:
        yield f"{name}"
    for sign, text, size in (
        ("-", change.before, change.size_before),
        ("+", change.after, change.size_after),
    ):
        shown = "(none)" if text is None else text
        yield _INDENT + _signed(f"{sign} {shown}{f'  {size}' if size else ''}", paint)


def _signed(line: str, paint: Paint) -> str:
    return paint(harmless(line), _SIGNS.get(line[:1], "quiet"))
