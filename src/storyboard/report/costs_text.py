"""Costs for people: a table of sums, what is not settled yet, and the month against its limit."""

from collections.abc import Iterator

from storyboard.model.attempt import Attempt
from storyboard.model.money import MicroUsd, show_usd
from storyboard.report.cells import cut_end, harmless
from storyboard.report.costs import Costs, Sums
from storyboard.report.paint import Paint, painter
from storyboard.report.table import GAP, lay_out

__all__ = ["render_costs_text"]

_HEADS = ("orders", "estimate", "billed", "refunded", "reserved", "spent")
_FIGURES = range(1, len(_HEADS) + 1)
_GIVES_WAY = ((0, 12),)


def render_costs_text(costs: Costs, *, colour: bool, width: int) -> str:
    """Show the sums row by row, then what is still open and how the month stands."""
    paint = painter(colour=colour)
    lines = [
        *_head(costs, paint, width),
        "",
        *_table(costs, paint, width),
        *_unsettled(costs, paint),
        "",
        _last(costs, paint),
    ]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _head(costs: Costs, paint: Paint, width: int) -> Iterator[str]:
    narrowed = [each for each in (costs.film, costs.month) if each]
    name = ", ".join(narrowed) or "this project"
    yield paint(cut_end(harmless(name), width), "strong")
    if costs.rehearsal:
        yield cut_end(f"a rehearsal at {harmless(costs.rehearsal)}: no money is real here", width)


def _table(costs: Costs, paint: Paint, width: int) -> Iterator[str]:
    rows = costs.rows
    if not rows:
        yield f"{GAP}nothing was ordered"
        return
    cells: list[tuple[str, ...]] = [(str(costs.by), *_HEADS)]
    cells += [(harmless(name), *_figures(sums)) for name, sums in rows.items()]
    if len(rows) > 1:
        cells.append(("total", *_figures(costs.total)))
    table = lay_out(cells, width, gives_way=_GIVES_WAY, figures=_FIGURES)
    lines = [GAP + GAP.join(row) for row in table]
    yield paint(lines[0], "quiet")
    yield from lines[1 : len(rows) + 1]
    yield from (paint(line, "strong") for line in lines[len(rows) + 1 :])


def _figures(sums: Sums) -> tuple[str, ...]:
    return (
        str(sums.orders),
        show_usd(sums.estimate),
        _billed(sums),
        _amount(sums.refunded),
        _amount(sums.reserved),
        show_usd(sums.spent),
    )


def _billed(sums: Sums) -> str:
    """Show what was billed and, where that is not all, for how many orders."""
    if not sums.bills:
        return "-"
    known = show_usd(sums.billed)
    return known if sums.bills == sums.orders else f"{known} of {sums.bills}"


def _amount(amount: MicroUsd) -> str:
    return show_usd(amount) if amount else "-"


def _unsettled(costs: Costs, paint: Paint) -> Iterator[str]:
    lines = [paint(_unlike(each), "warning") for each in costs.unlike]
    awaited = costs.refunds_awaited
    if awaited:
        amount = show_usd(MicroUsd(sum(each.counted for each in awaited)))
        lines.append(f"{_orders(len(awaited))} brought no clip: {amount} may come back")
    if costs.without_bill:
        lines.append(f"{_orders(costs.without_bill)} without a bill yet: the estimate counts")
    if awaited or costs.without_bill:
        lines.append(f"`{harmless(costs.refresh)}` asks the provider's billing")
    if lines:
        yield ""
        yield from lines


def _unlike(attempt: Attempt) -> str:
    billed = show_usd(attempt.job.billed or MicroUsd(0))
    expected = show_usd(attempt.order.price)
    return f"{harmless(attempt.order.shot)} (attempt {attempt.id}): billed {billed}, not {expected}"


def _orders(count: int) -> str:
    return "1 order" if count == 1 else f"{count} orders"


def _last(costs: Costs, paint: Paint) -> str:
    against = costs.against
    counted = against.spending.counted
    line = f"{against.month}, the whole project: {show_usd(counted)}"
    if against.limit is None:
        return f"{line}, no monthly limit set"
    left = against.limit - counted
    if left < 0:
        over = show_usd(MicroUsd(-left))
        return paint(f"{line}, over the limit of {show_usd(against.limit)} by {over}", "error")
    return f"{line} of {show_usd(against.limit)}, {show_usd(MicroUsd(left))} left"
