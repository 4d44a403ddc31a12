"""The closing report of a build that bought: what is odd, what is missing, and what to do next."""

import shlex
from collections.abc import Iterator, Sequence

from storyboard.model.measure import Oddity, Remark
from storyboard.model.money import MicroUsd, decimal_usd, show_usd
from storyboard.model.receipt import Receipt
from storyboard.report.cells import harmless
from storyboard.report.paint import Paint, painter
from storyboard.report.plan_totals import model_name

__all__ = ["receipt_value", "render_bought_text", "render_uncut_text"]

_ODDITIES = tuple(Oddity)
_MOST_NAMED = 5


def render_bought_text(receipt: Receipt, film: str, *, colour: bool) -> str:
    """Say what to look at, by kind, then the money, and in a last line whether to run again."""
    paint = painter(colour=colour)
    lines = [
        *_notes(receipt, paint),
        *_missing(receipt, paint),
        *_unclear(receipt, film, paint),
        *_older(receipt, paint),
        *_stopped(receipt, paint),
        *_money(receipt),
        _last(receipt, paint),
    ]
    return "".join(f"{line}\n" for line in lines)


def render_uncut_text(lacking: Sequence[str], film: str) -> str:
    """Say why a build that got all it was to get has cut no film."""
    shots = "a shot of it is" if len(lacking) == 1 else f"{len(lacking)} of its shots are"
    named = ", ".join(lacking[:_MOST_NAMED]) + (" and more" if len(lacking) > _MOST_NAMED else "")
    rough = f"storyboard cut {shlex.quote(film)}"
    words = f"the film is not cut: {shots} not owned ({named}); `{rough}` makes a rough one"
    return harmless(words)


def _notes(receipt: Receipt, paint: Paint) -> Iterator[str]:
    """Yield the findings about clips, those of one kind together."""
    for shot, model in receipt.substitutes:
        text = f"made by its fallback, {model_name(model)}"
        yield _line(paint("note[fallback]", "warning"), shot, text)
    for shot, remark in sorted(receipt.remarks, key=_kind):
        yield _line(paint(f"note[{remark.oddity}]", "warning"), shot, remark.message)


def _kind(found: tuple[str, Remark]) -> int:
    return _ODDITIES.index(found[1].oddity)


def _missing(receipt: Receipt, paint: Paint) -> Iterator[str]:
    for shot, reason in receipt.failed:
        yield _line(paint("failed", "error"), shot, reason)
    for shot, prediction in receipt.in_flight:
        yield _line(paint("in flight", "help"), shot, f"ordered as {prediction}, not fetched yet")


def _unclear(receipt: Receipt, film: str, paint: Paint) -> Iterator[str]:
    for shot, attempt in receipt.unclear:
        text = f"nobody knows whether attempt {attempt} was taken, so it is not ordered again"
        yield _line(paint("unclear", "warning"), shot, text)
    if receipt.unclear:
        command = f"storyboard status {shlex.quote(film)}"
        yield f"{paint('help', 'help')}: `{harmless(command)}` says more, and what to do"


def _older(receipt: Receipt, paint: Paint) -> Iterator[str]:
    for attempt, reason in receipt.older:
        label = paint("earlier order", "warning")
        yield _line(label, f"attempt {attempt}, for a shot that has changed since", reason)


def _stopped(receipt: Receipt, paint: Paint) -> Iterator[str]:
    if receipt.stopped is not None:
        yield f"{paint('stopped', 'error')}: {harmless(receipt.stopped)}"


def _line(label: str, shot: str, text: str) -> str:
    return f"{label}: {harmless(shot)}: {harmless(text)}"


def _money(receipt: Receipt) -> Iterator[str]:
    """Yield the money's own line, unless all there is to say stands in the last one."""
    if _settled(receipt):
        return
    parts = [f"spent {show_usd(receipt.spent)}"]
    if receipt.reserved:
        parts.append(f"reserved {show_usd(receipt.reserved)}")
    if receipt.refunds_awaited:
        parts.append(f"refunds awaited {show_usd(receipt.refunds_awaited)}")
    yield " · ".join(parts)


def _settled(receipt: Receipt) -> bool:
    return receipt.complete and not receipt.reserved and not receipt.refunds_awaited


def _last(receipt: Receipt, paint: Paint) -> str:
    counts = (
        (len(receipt.failed), "failed"),
        (len(receipt.unclear), "unclear"),
        (len(receipt.in_flight), "in flight"),
        (len(receipt.not_ordered), "not ordered"),
    )
    owned = f"{len(receipt.kept)} of {receipt.clips} clips owned"
    said = ", ".join([owned, *(f"{count} {word}" for count, word in counts if count)])
    if receipt.resumable:
        return f"{paint(said, 'strong')}; run the same command again to resume"
    if not receipt.complete:
        return f"{paint(said, 'strong')}; change what failed, or order it again with --again SHOT"
    return paint(f"{said}, {_spent(receipt.spent)}" if _settled(receipt) else said, "good")


def _spent(amount: MicroUsd) -> str:
    return f"spent {show_usd(amount)}" if amount else "nothing spent"


def receipt_value(receipt: Receipt) -> dict[str, object]:
    """Return the receipt as JSON has it, for the build's document; money in decimal strings."""
    return {
        "clips": receipt.clips,
        "kept": list(receipt.kept),
        "failed": [{"shot": shot, "reason": reason} for shot, reason in receipt.failed],
        "unclear": [{"shot": shot, "attempt": attempt} for shot, attempt in receipt.unclear],
        "in_flight": [
            {"shot": shot, "prediction": prediction} for shot, prediction in receipt.in_flight
        ],
        "not_ordered": list(receipt.not_ordered),
        "older": [{"attempt": attempt, "reason": reason} for attempt, reason in receipt.older],
        "remarks": [
            {"shot": shot, "code": str(remark.oddity), "message": remark.message}
            for shot, remark in receipt.remarks
        ],
        "substitutes": [{"shot": shot, "model": model} for shot, model in receipt.substitutes],
        "spent_usd": decimal_usd(receipt.spent),
        "reserved_usd": decimal_usd(receipt.reserved),
        "refunds_awaited_usd": decimal_usd(receipt.refunds_awaited),
        "stopped": receipt.stopped,
    }
