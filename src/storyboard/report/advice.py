"""What to do about an order that is not settled: in words, and exactly what to type."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from storyboard.model.job import Cause, State
from storyboard.model.money import show_usd
from storyboard.report.status import Item, Status

__all__ = ["Advice", "advise", "headline"]

_CAUSES = {
    Cause.ACCOUNT: "mend the key or the account, then run the build again",
    Cause.CREDIT: "top the account up, then run the build again",
    Cause.MODEL: "give the shot another model, or a fallback",
    Cause.INPUT: "mend the shot's inputs; a shot that has changed is a new order",
}
_WORDS = {
    State.INTENT: ("reserved", "its order may be leaving now, or its build has ended"),
    State.UNKNOWN: ("nobody knows whether this order was taken", ""),
    State.SUBMITTED: ("paid for, and being made", ""),
    State.READY: ("paid for and made, and not fetched yet", ""),
    State.OWNED: ("bought, and its file is damaged or gone", ""),
    State.REFUSED: ("refused", "nothing was charged"),
    State.WITHDRAWN: ("surely not ordered", ""),
    State.FAILED: ("failed", "its refund is awaited, which takes up to 3 hours"),
    State.REFUNDED: ("failed", "the money is back"),
    State.LOST: ("paid for, and the provider has it no more", ""),
    State.ABANDONED: ("given up", "if it was taken, nobody has seen its money come back"),
}
_EXPLAINED = frozenset({State.UNKNOWN, State.REFUSED, State.FAILED, State.REFUNDED, State.LOST})


@dataclass(frozen=True, slots=True)
class Advice:
    """One way on: when it is the right one, and the command, if it is one."""

    when: str
    command: str = ""


def headline(item: Item) -> str:
    """Say in one sentence how an order stands."""
    if item.state is None or item.gone:
        fetched = "bought, and not on this machine; a build fetches it for nothing"
        return item.blocked or (fetched if item.fetched else "not ordered yet")
    said, then = _WORDS[item.state]
    because = f": {item.reason}" if item.state in _EXPLAINED and item.reason else ""
    return f"{said}{because}; {then}" if then else f"{said}{because}"


def advise(item: Item, status: Status) -> tuple[Advice, ...]:
    """Say what to do about an item; nothing where nothing is open."""
    return tuple(_advise(item, status))


def _advise(item: Item, status: Status) -> Iterator[Advice]:
    match item.state:
        case _ if item.gone:
            words = ["storyboard", "circle", status.film or "FILM", item.shot, "--clear"]
            yield Advice("to show what the shot asks for in its place", shlex.join(words))
        case None if item.blocked:
            yield _anew(item, "to order it again, and pay again")
        case State.UNKNOWN:
            yield from _unclear(item, status)
        case State.INTENT:
            yield Advice("if no build is running, this one looks it up", item.build)
        case State.SUBMITTED | State.READY:
            yield Advice("the same build command resumes", item.build)
        case State.OWNED:
            yield Advice("fetched again for nothing while the provider has it", item.build)
        case State.LOST:
            yield _anew(item, "to order it again, and pay again")
        case State.REFUSED | State.FAILED | State.REFUNDED:
            yield from _failed(item, status)
        case State.ABANDONED | State.WITHDRAWN | None:
            when = "while the provider has it" if item.fetched else "to order it"
            yield Advice(when, item.build)


def _unclear(item: Item, status: Status) -> Iterator[Advice]:
    number = "" if item.attempt is None else item.attempt.id
    price = show_usd(item.price)
    yield Advice("to look in the provider's history once more", item.build)
    yield Advice(
        "if an order there is this one",
        _words(f"storyboard adopt {number} PREDICTION", status.elsewhere),
    )
    yield Advice(
        f"to be able to order it again; if it was taken after all, {price} is paid twice",
        _words(f"storyboard forget {number}", status.elsewhere),
    )


def _failed(item: Item, status: Status) -> Iterator[Advice]:
    if item.cause is Cause.MODERATION:
        part = f"{item.suspect}, most likely" if item.suspect else "the shot"
        yield Advice(f"change {part}; it is not tried again as it is")
        yield _anew(item, "to try it again unchanged")
    elif item.cause in _CAUSES:
        yield Advice(_CAUSES[item.cause], item.build)
    else:
        yield Advice("to order it again", item.build)
    if item.state is State.FAILED:
        where = status.film or status.elsewhere
        yield Advice(
            "to see whether the money is back", _words("storyboard costs --refresh", where)
        )


def _anew(item: Item, when: str) -> Advice:
    again = f"{item.build} --again {shlex.quote(item.shot)}"
    return Advice(f"{when} ({show_usd(item.price)})", again)


def _words(command: str, argument: str) -> str:
    return f"{command} {shlex.quote(argument)}" if argument else command
