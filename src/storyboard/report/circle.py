"""What a circle came to: which take the film shows now, and what a build buys because of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from storyboard.model.lock import Take
from storyboard.model.money import MicroUsd, decimal_usd, show_usd
from storyboard.report.cells import harmless
from storyboard.report.document import write_json

__all__ = ["SCHEMA", "Circled", "render_circle_json", "render_circle_text"]

SCHEMA = "storyboard/circle-1"


@dataclass(frozen=True, slots=True)
class Circled:
    """A take that was circled, or with None a circle that was taken away.

    `written` is whether that was not so already. `stale` is whether the take was made from
    something that the shot no longer asks for, and `changed` names the inputs that differ, where
    they are known. `shows` is the take that the film shows now, None where it is in no lock or
    there is none; `owned` is whether the clip that the film is to show is here, `fetched` whether
    a build fetches it for nothing. `asks` are the shots for which a build would now order what it
    would not have before, with the price of each order; `cost_before` and `cost_after` what a
    build of the film costs in all.
    """

    film: str
    shot: str
    take: Take | None
    written: bool
    stale: bool
    changed: tuple[str, ...]
    shows: int | None
    owned: bool
    fetched: bool
    asks: tuple[tuple[str, MicroUsd], ...]
    cost_before: MicroUsd
    cost_after: MicroUsd


def render_circle_text(circled: Circled) -> str:
    """Say what the film shows now, and in a line each what a build would buy because of it."""
    return "\n".join(map(harmless, _lines(circled)))


def _lines(circled: Circled) -> Iterator[str]:
    yield f"{_done(circled)}: {_shows(circled)}"
    if circled.stale:
        names = f": {', '.join(circled.changed)}" if circled.changed else ""
        yield f"it was made from something that the shot no longer asks for{names}"
    for shot, cost in circled.asks:
        yield f"{shot} asks for a new clip now: {show_usd(cost)}"
    if circled.cost_before != circled.cost_after:
        before, after = _cost(circled.cost_before), _cost(circled.cost_after)
        yield f"a build costs {after} now; before, it cost {before}"


def _cost(amount: MicroUsd) -> str:
    return show_usd(amount) if amount else "nothing"


def _done(circled: Circled) -> str:
    if circled.take is None:
        return f"{circled.shot} has no circle {'any more' if circled.written else 'to take away'}"
    already = "" if circled.written else " already"
    return f"take {circled.take.number} of {circled.shot} is circled{already}"


def _shows(circled: Circled) -> str:
    seen = "no take yet" if circled.shows is None else f"take {circled.shows}"
    if circled.owned:
        return f"the film shows {'its clip' if circled.shows is None else seen}"
    if circled.fetched:
        return "its clip is not here, and `storyboard build` fetches it for nothing"
    if circled.take is not None:
        return "its clip is not here, and the provider has it no more"
    return f"the film shows {seen}"


def render_circle_json(circled: Circled) -> str:
    """Write the same as one JSON object; money in decimal strings."""
    return write_json(
        {
            "schema": SCHEMA,
            "film": circled.film,
            "shot": circled.shot,
            "circled": None if circled.take is None else circled.take.number,
            "written": circled.written,
            "shows": circled.shows,
            "owned": circled.owned,
            "stale": circled.stale,
            "changed": list(circled.changed),
            "asks": [{"shot": shot, "cost_usd": decimal_usd(cost)} for shot, cost in circled.asks],
            "cost_before_usd": decimal_usd(circled.cost_before),
            "cost_after_usd": decimal_usd(circled.cost_after),
        }
    )
