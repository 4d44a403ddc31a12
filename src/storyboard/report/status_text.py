"""A status for people: a row per shot, what is open and what to type, one line at the end."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from textwrap import wrap

from storyboard.model.job import OPEN, State
from storyboard.model.money import show_usd
from storyboard.report.advice import Advice, advise, headline
from storyboard.report.cells import cut_end, harmless
from storyboard.report.paint import Meaning, Paint, painter
from storyboard.report.plan_totals import model_name
from storyboard.report.status import Condition, Item, Status
from storyboard.report.table import GAP, lay_out

__all__ = ["render_status_text"]

_CONDITION = 1
_FIGURES = (3, 5)
_GIVES_WAY = ((4, 12), (0, 24), (2, 12), (4, 8), (0, 12), (2, 6))
_MEANINGS: dict[Condition, Meaning] = {
    Condition.OWNED: "good",
    Condition.IN_FLIGHT: "help",
    Condition.UNCLEAR: "warning",
    Condition.FAILED: "error",
    Condition.MISSING: "quiet",
}
_AGES = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
_FEW = 2


def render_status_text(status: Status, *, colour: bool, width: int) -> str:
    """Show how everything stands, then what to do about what is open."""
    paint = painter(colour=colour)
    lines = [*_head(status, paint, width)]
    lines += _table(status.shots, status, paint, width)
    lines += _stood_in(status, width)
    if status.shots:
        lines += _others(status, paint, width)
    else:
        lines += _table(status.others, status, paint, width)
    lines += _to_do(status, paint, width)
    lines += ["", _money(status), _last(status, paint)]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _head(status: Status, paint: Paint, width: int) -> Iterator[str]:
    name = status.film or status.elsewhere or "this project"
    yield paint(cut_end(harmless(name), width), "strong")
    if status.rehearsal:
        yield from _wrapped(f"a rehearsal at {status.rehearsal}: no money is real here", width)


def _table(items: Sequence[Item], status: Status, paint: Paint, width: int) -> Iterator[str]:
    if not items:
        return
    yield ""
    rows = [_cells(item, status) for item in items]
    for item, cells in zip(
        items, lay_out(rows, width, gives_way=_GIVES_WAY, figures=_FIGURES), strict=True
    ):
        cells[_CONDITION] = paint(cells[_CONDITION], _MEANINGS[item.condition])
        yield GAP + GAP.join(cells)


def _stood_in(status: Status, width: int) -> Iterator[str]:
    """Say which shots are seen as an older take until their own is there."""
    shots = [item for item in status.shots if item.stands_in is not None]
    for stale, word in ((True, "stale"), (False, "waiting for another take")):
        named = [f"take {e.stands_in} stands in for {e.shot}" for e in shots if e.stale is stale]
        if named:
            yield ""
            yield from _wrapped(f"{word}: {', '.join(named)}", width)


def _cells(item: Item, status: Status) -> tuple[str, ...]:
    attempt = item.attempt
    ago = "-" if attempt is None else _age(status.now - attempt.reserved_at)
    return (
        harmless(item.shot),
        item.condition,
        harmless(model_name(item.model)),
        show_usd(item.price) if item.price else "free",
        harmless(item.prediction or "-"),
        ago,
    )


def _age(passed: timedelta) -> str:
    """Say how long ago something was, in the largest unit of which there are a few."""
    seconds = max(0, round(passed.total_seconds()))
    for unit, word in _AGES:
        if seconds >= _FEW * unit:
            return f"{seconds // unit} {word} ago"
    return "now"


def _others(status: Status, paint: Paint, width: int) -> Iterator[str]:
    """Show what no shot asks for: what is open one by one, the rest in a line."""
    unsettled = [item for item in status.others if item.state in OPEN]
    settled = len(status.others) - len(unsettled)
    for further, heading in ((True, "Further takes:"), (False, "No shot asks for these any more:")):
        items = [item for item in unsettled if item.further is further]
        if items:
            yield ""
            yield heading
            yield from _table(items, status, paint, width)
    if settled:
        more = "1 earlier attempt" if settled == 1 else f"{settled} earlier attempts"
        yield ""
        yield from _wrapped(f"{more} for which no shot asks any more; `--json` lists them", width)


def _to_do(status: Status, paint: Paint, width: int) -> Iterator[str]:
    """Say what each open item waits for and what to type; what is told alike is told once."""
    told: dict[tuple[str, str, tuple[Advice, ...]], list[Item]] = {}
    for item in status.items:
        if _is_open(item, status):
            evidence = item.evidence if item.state is State.UNKNOWN else ""
            told.setdefault((headline(item), evidence, advise(item, status)), []).append(item)
    for (sentence, evidence, advices), items in told.items():
        yield ""
        yield from _wrapped(f"{', '.join(map(_name, items))}: {sentence}", width)
        if evidence:
            yield from _wrapped(f"in the provider's history: {evidence}", width, GAP)
        for advice in advices:
            yield from _wrapped(f"{advice.when}:" if advice.command else advice.when, width, GAP)
            if advice.command:  # never cut and never wrapped: it is there to be copied
                yield f"{GAP * 2}{paint(harmless(advice.command), 'strong')}"


def _is_open(item: Item, status: Status) -> bool:
    if item.condition is Condition.OWNED:
        return False
    if item.attempt is None:
        return bool(item.blocked) or item.fetched
    return item.state in OPEN if item not in status.shots else item.state is not State.WITHDRAWN


def _name(item: Item) -> str:
    return item.shot if item.attempt is None else f"{item.shot} (attempt {item.attempt.id})"


def _money(status: Status) -> str:
    spending = status.spending
    reserved = f", {show_usd(spending.reserved)} reserved" if spending.reserved else ""
    return f"{show_usd(spending.taken)} spent{reserved}"


def _last(status: Status, paint: Paint) -> str:
    counts = {each: status.counts[each] for each in Condition if status.counts[each]}
    owned = [f"{counts.pop(Condition.OWNED, 0)} of {len(status.shots)} shots owned"]
    parts = [*(owned if status.shots else ()), *(f"{n} {each}" for each, n in counts.items())]
    told = ", ".join(parts) or "nothing is open"
    if waiting := len(status.for_person):
        return paint(f"{told}: {waiting} need{'s' if waiting == 1 else ''} you", "warning")
    left = [item for item in status.items if item in status.shots or item.state in OPEN]
    going = next((item for item in left if item.condition is not Condition.OWNED), None)
    if going is None:
        return paint(told, "good")
    return f"{told}; next: `{harmless(going.build)}`"


def _wrapped(text: str, width: int, indent: str = "") -> list[str]:
    return wrap(
        harmless(" ".join(text.split())),
        width,
        initial_indent=indent,
        subsequent_indent=indent + GAP,
        break_on_hyphens=False,
    )
