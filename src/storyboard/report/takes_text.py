"""Takes for people: a table for each shot, where each clip is, and in the end what they cost."""

import shlex
from collections.abc import Iterator

from storyboard.model.card import model_name
from storyboard.model.money import show_seconds, show_usd
from storyboard.report.cells import cut_end, harmless
from storyboard.report.paint import Paint, painter
from storyboard.report.table import GAP, lay_out
from storyboard.report.takes import Absence, ListedTake, ShotTakes, TakeList

__all__ = ["render_takes_text"]

_CIRCLED, _SHOWN = "●", "▸"
_STANDS = 6
_FIGURES = (1, 3, 4)
_GIVES_WAY = ((6, 12), (2, 12), (6, 5))
_INDENT = GAP * 4


def render_takes_text(listed: TakeList, *, colour: bool, width: int) -> str:
    """Show the takes shot by shot; the place of a clip is never cut, for it is to be copied."""
    paint = painter(colour=colour)
    lines = [paint(cut_end(harmless(listed.film), width), "strong")]
    if listed.rehearsal:
        told = f"a rehearsal at {harmless(listed.rehearsal)}: no money is real here"
        lines.append(cut_end(told, width))
    for shot in listed.shots:
        lines += ["", *_shot(shot, listed, paint, width)]
    lines += _left(listed)
    lines += ["", _last(listed), f"{_CIRCLED} circled   {_SHOWN} shown in the film"]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _shot(shot: ShotTakes, listed: TakeList, paint: Paint, width: int) -> Iterator[str]:
    yield paint(cut_end(harmless(shot.shot), width), "strong")
    if not shot.takes:
        yield f"{GAP}{_nothing(shot)}"
    rows = [_cells(each) for each in shot.takes]
    table = lay_out(rows, width - len(GAP), gives_way=_GIVES_WAY, figures=_FIGURES)
    for take, cells in zip(shot.takes, table, strict=True):
        if take.stale or take.clip is None:
            cells[_STANDS] = paint(cells[_STANDS], "warning")
        yield GAP + GAP.join(cells)
        yield _INDENT + paint(harmless(_place(take, shot, listed)), "quiet")
    if shot.lapsed is not None:
        yield f"{GAP}the circle around take {shot.lapsed} has lapsed: the shot has changed since"
    if shot.cost:
        yield f"{GAP}a build buys what it asks for now: {show_usd(shot.cost)}"


def _nothing(shot: ShotTakes) -> str:
    if shot.free:
        return "made on this machine, for nothing"
    if shot.unlisted:
        return (
            "its clip is owned and in no lock yet: `storyboard build` writes it down, for nothing"
        )
    return "nothing bought yet"


def _cells(listed: ListedTake) -> tuple[str, ...]:
    take = listed.take
    seen = take.seen if take.seen is not None and take.seen != take.model else None
    model = model_name(take.model)
    return (
        f"{_CIRCLED if listed.circled else ' '} {_SHOWN if listed.shown else ' '}",
        str(take.number),
        harmless(model if seen is None else f"{model}, seen {model_name(seen)}"),
        show_seconds(take.length),
        show_usd(take.price),
        f"{take.bought_at:%Y-%m-%d}",
        harmless(_stands(listed)),
    )


def _stands(listed: ListedTake) -> str:
    names = f": {', '.join(listed.changed)}" if listed.changed else ""
    stale = f"stale{names}" if listed.stale else ""
    return ", ".join(filter(None, ("missing" if listed.clip is None else "", stale)))


def _place(listed: ListedTake, shot: ShotTakes, takes: TakeList) -> str:
    """Say where a clip is or, where it is not here, what can be done."""
    match listed.absence:
        case None:
            return listed.clip or ""
        case Absence.FETCH:
            return f"the provider still has it: `{takes.build}` fetches it"
        case Absence.CIRCLE:
            circle = shlex.join(["storyboard", "circle", takes.film, shot.shot])
            return f"the provider still has it: `{circle} {listed.take.number}`, then build"
        case Absence.BUY:
            again = f"{takes.build} --again {shlex.quote(shot.shot)}"
            if not listed.circled and listed != _last_lost(shot):  # one order, of the newest
                circle = shlex.join(["storyboard", "circle", takes.film, shot.shot])
                again = f"{circle} {listed.take.number}`, then `{again}"
            return f"re-buying costs {show_usd(listed.take.price)}: `{again}`"
        case Absence.GONE:
            return "not on this machine, and the provider has it no more"


def _last_lost(shot: ShotTakes) -> ListedTake | None:
    lost = (each for each in reversed(shot.takes) if each.absence is Absence.BUY)
    return next(lost, None)


def _left(listed: TakeList) -> Iterator[str]:
    if listed.left:
        yield ""
        named = (f"{left.shot} ({_takes(len(left.takes))})" for left in listed.left)
        yield harmless(f"of shots that the film does not show: {', '.join(named)}")


def _last(listed: TakeList) -> str:
    shots = sum(bool(shot.takes) for shot in listed.shots)
    if not shots:
        return "no takes yet"
    of = f"{_takes(listed.count)} of {shots} shot{'' if shots == 1 else 's'}"
    return f"{of}, {show_usd(listed.paid)} paid{_of_it(listed)}"


def _of_it(listed: TakeList) -> str:
    """Say what was paid for more than is shown; where clips are missing, that comes first."""
    if listed.missing:
        return f"; {listed.missing} not on this machine"
    return f", {show_usd(listed.aside)} of it for takes that are not shown" if listed.aside else ""


def _takes(count: int) -> str:
    return "1 take" if count == 1 else f"{count} takes"
