"""What a fake provider does with each order it is sent: how it answers, and how the order ends."""

import random  # noqa: TID251 - from a seed alone
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from storyboard.engine.ports import Failed, Ready
from storyboard.engine.provider import Missing, NeverSent, PutOff, Refused, Unclear
from storyboard.model.job import Cause
from storyboard.model.tree import Plain

__all__ = ["LOST_ANSWER", "LOST_ORDER", "Fate", "Script", "Submission", "fate_of", "weather"]


_MADE: Final = Ready()


@dataclass(frozen=True, slots=True)
class Submission:
    """One call of `submit`: which one it is, from 0, and what was asked for."""

    number: int
    model: str
    inputs: Mapping[str, Plain]


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one order; as it stands here, it is taken and goes well.

    `taken` matters where the answer is unclear; anything else that is not None is not taken.
    """

    answer: Refused | PutOff | NeverSent | Unclear | None = None
    taken: bool = True
    end: Ready | Failed | Missing = _MADE
    refunded: bool = True  # where it fails
    latency: float | None = None  # the provider's own, where None
    unreachable: int = 0  # looks that go unanswered before the first that does not
    not_fetched: int = 0  # downloads that fail before the first that does not


Script: TypeAlias = Mapping[int, Fate] | Callable[[Submission], Fate]
"""The fate of the nth submission, or a function's choice; an order without one goes well."""

LOST_ANSWER: Final = Fate(Unclear("the connection was reset"))
LOST_ORDER: Final = Fate(Unclear("the connection was reset"), taken=False)
_BAD: Final = (
    LOST_ANSWER,
    LOST_ORDER,
    Fate(PutOff("too many requests")),
    Fate(PutOff("too many requests", 7.0)),
    Fate(NeverSent("connection refused")),
    Fate(Refused("try something else")),
    Fate(end=Failed("the model is unavailable", Cause.UPSTREAM)),
    Fate(latency=600.0),
    Fate(unreachable=5),
    Fate(not_fetched=1),
)


def fate_of(script: Script, submission: Submission) -> Fate:
    """Return what the script says of a submission."""
    if callable(script):
        return script(submission)
    return script.get(submission.number, Fate())


def weather(seed: int, *, share: float = 0.3, most: int = 20) -> Script:
    """Return a script of bad fates drawn from a seed: `most` at most, so perseverance is paid.

    Each keeps the sums true: what fails is refunded, and nothing that was paid for goes missing.
    """
    drawn = random.Random(seed)
    left = most

    def script(_: Submission) -> Fate:
        nonlocal left
        if left == 0 or drawn.random() >= share:
            return Fate()
        left -= 1
        return drawn.choice(_BAD)

    return script
