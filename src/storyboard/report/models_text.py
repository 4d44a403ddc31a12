"""The model cards for people: what each model sells, costs and is worth relying on."""

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from textwrap import wrap

from storyboard.model.card import AnyLength, ListedLengths, ModelCard, PriceRow, Status
from storyboard.model.money import Millis, show_seconds, show_usd
from storyboard.report.cells import harmless
from storyboard.report.paint import Meaning, Paint, painter

__all__ = ["render_models_text"]

_INDENT = "  "
_A_FEW = 5
_STATUS: dict[Status, Meaning] = {"active": "good", "unstable": "warning", "retired": "error"}


def render_models_text(cards: Sequence[ModelCard], *, colour: bool, width: int) -> str:
    """Show a block per model: its id and status, what it sells, and what to know about it."""
    paint = painter(colour=colour)
    blocks = ["\n".join(_block(card, paint, width)) for card in cards]
    return "\n\n".join(blocks) + "\n" if blocks else ""


def _block(card: ModelCard, paint: Paint, width: int) -> Iterator[str]:
    yield f"{paint(harmless(card.id), 'strong')}  {paint(card.status, _STATUS[card.status])}"
    yield from _paragraph(f"{card.title}: {_lengths(card)}; {_prices(card)}", width)
    if card.notice is not None:
        yield from _paragraph(f"notice: {card.notice}", width)
    if card.alternatives:
        yield from _paragraph(f"instead: {', '.join(card.alternatives)}", width)
    yield from _paragraph(f"checked {card.checked}, {card.source} ({card.origin})", width)


def _paragraph(text: str, width: int) -> Iterator[str]:
    lines = wrap(
        harmless(" ".join(text.split())),
        width,
        initial_indent=_INDENT,
        subsequent_indent=_INDENT * 2,
        break_long_words=False,
        break_on_hyphens=False,
    )
    yield from lines


def _lengths(card: ModelCard) -> str:
    match card.lengths:
        case ListedLengths(lengths):
            return _listed(lengths)
        case AnyLength(shortest, longest):
            return f"{show_seconds(shortest)} to {show_seconds(longest)}"


def _listed(lengths: Sequence[Millis]) -> str:
    """List lengths one by one, or a long even row of them by its ends and its step."""
    steps = {later - earlier for earlier, later in pairwise(lengths)}
    if len(lengths) > _A_FEW and len(steps) == 1:
        ends = f"{show_seconds(lengths[0])} to {show_seconds(lengths[-1])}"
        return f"{ends} in steps of {show_seconds(Millis(steps.pop()))}"
    return ", ".join(map(show_seconds, lengths))


def _prices(card: ModelCard) -> str:
    """Say what a second costs; rows that cost the same are told once."""
    if card.free:
        return "free"
    grouped = groupby(card.prices, key=lambda row: row.per_second)
    told = [_price(list(rows)) for _, rows in grouped]
    return f"{', '.join(told)} a second"


def _price(rows: Sequence[PriceRow]) -> str:
    conditions = [_condition(row) for row in rows if row.when]
    when = f" at {' or '.join(conditions)}" if conditions else ""
    return f"{show_usd(rows[0].per_second)}{when}"


def _condition(row: PriceRow) -> str:
    return " and ".join(
        str(value) if name == "resolution" else f"{name} {value}" for name, value in row.when
    )
