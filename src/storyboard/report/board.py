"""A run as lines of a terminal: the shots in hand, what it all comes to, and what is said above."""

from collections.abc import Iterator, Sequence
from itertools import islice

from rich.console import ConsoleDimensions
from rich.text import Text

from storyboard.engine.events import Money, RunEvent, ShotFailed, Stage
from storyboard.model.money import Millis, show_clock, show_usd
from storyboard.report.cells import cut_end, cut_start, harmless, pad, width_of
from storyboard.report.run_words import notes, stage_words
from storyboard.report.standing import InHand, Standing

__all__ = ["board", "said_above"]

_SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_TURNS = 5  # of the spinner, a second
_GAP = "  "
_BAR = 20  # cells
_SHORT_BAR = 10
_SHORTEST_BAR = 4
_WIDE = 60  # a line with room for a bar beside the words
_ELAPSED = len("1:00:00")
_NAME = 3  # a shot's name may take a third of the line


def board(run: Standing, now: float, size: ConsoleDimensions) -> Text:
    """Draw a run: a line per shot in hand, as many as there is room for, then the totals."""
    width = size.width - 1  # a line that fills its row makes some terminals begin another
    totals = list(_totals(run, now, width)) if run.clips else []
    room = max(2, size.height - len(totals) - 1)
    hidden = len(run.in_hand) - room + 1 if len(run.in_hand) > room else 0
    shots = list(islice(run.in_hand.values(), room - 1 if hidden else room))
    more = [Text(f"{_GAP}and {hidden} more", "dim")] if hidden else []
    lines = [*_rows(shots, now, width), *more, *totals]
    return Text("\n", no_wrap=True, overflow="crop", end="").join(lines)


def _rows(shots: Sequence[InHand], now: float, width: int) -> Iterator[Text]:
    """Yield a line per shot: a spinner, its name, its stage in words, how far, for how long."""
    names = [cut_start(harmless(shot.shot), max(_SHORT_BAR, width // _NAME)) for shot in shots]
    column = max(map(width_of, names), default=0)
    spinner = _SPINNER[int(now * _TURNS) % len(_SPINNER)]
    for shot, name in zip(shots, names, strict=True):
        line = Text().append(f"{spinner} ", "progress.spinner")
        line.append(pad(name, column), "bold")
        line.append(_GAP)
        far = _how_far(shot, width)
        rest = width - line.cell_len - far.cell_len - len(_GAP) - _ELAPSED
        line.append(_fitted(harmless(stage_words(shot.stage, shot.detail)), rest))
        line.append(far)
        line.append(f"{_GAP}{_clock(now - shot.since):>{_ELAPSED}}", "progress.elapsed")
        line.truncate(width, overflow="ellipsis")
        yield line


def _fitted(text: str, width: int) -> str:
    return pad(cut_end(text, width), width) if width > 0 else ""


def _how_far(shot: InHand, width: int) -> Text:
    if shot.done is None or shot.stage is not Stage.MAKING:
        return Text()
    bar = _bar(shot.done, _SHORT_BAR) if width >= _WIDE else Text()
    return bar.append(f" {shot.done:>4.0%}", "progress.percentage")


def _bar(done: float, width: int) -> Text:
    full = round(min(1.0, max(0.0, done)) * width)
    return Text().append("━" * full, "bar.complete").append("━" * (width - full), "bar.back")


def _totals(run: Standing, now: float, width: int) -> Iterator[Text]:
    """Yield the count of clips and the time beside the bar of the whole, then the money."""
    counts = " · ".join(_counts(run, now))
    bar = min(_BAR, width - len(counts) - len(_GAP))
    line = _bar(run.share, bar).append(_GAP) if bar >= _SHORTEST_BAR else Text()
    yield line.append(cut_end(counts, width))
    if run.money is not None:
        yield Text(cut_end(_money(run.money), width))


def _counts(run: Standing, now: float) -> Iterator[str]:
    yield f"{run.kept}/{run.clips} kept"
    if run.failed:
        yield f"{run.failed} failed"
    if run.waiting:
        yield f"{run.waiting} waiting"
    yield f"{_clock(now - run.started)} elapsed"
    left = run.left(now)
    yield f"{'-' if left is None else _clock(left)} left"


def _money(money: Money) -> str:
    parts = (("spent", money.spent), ("reserved", money.reserved), ("to order", money.remaining))
    return " · ".join(f"{word} {show_usd(amount)}" for word, amount in parts)


def _clock(seconds: float) -> str:
    return show_clock(Millis(round(1000 * seconds)))


def said_above(event: RunEvent) -> Iterator[Text]:
    """Yield the lines of an event that are to stay readable when the board has gone."""
    if isinstance(event, ShotFailed):
        yield _said(event.word, "red", f"{event.shot}: {event.reason}")
    yield from (_said(label, "yellow", text) for label, text in notes(event))


def _said(label: str, style: str, text: str) -> Text:
    return Text().append(label, style).append(f": {harmless(text)}")
