"""The life of one attempt to buy a clip: its states, what may happen to it, one table of both.

INTENT is on disk before the order leaves, and each arrival in it is leave for one order: after an
unclear answer, or in a process that finds an INTENT it did not write, the attempt is UNKNOWN until
the provider's history has spoken.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from storyboard.model.money import MicroUsd

__all__ = [
    "AWAITS_REFUND",
    "BINDING",
    "COUNTED",
    "ENDED_UNANSWERED",
    "EVENTS",
    "FINAL",
    "OPEN",
    "RESERVED",
    "TABLE",
    "TAKEN",
    "Adopted",
    "Billed",
    "Cause",
    "ClipMissing",
    "Failed",
    "Finished",
    "Forgotten",
    "Gone",
    "IllegalEvent",
    "Job",
    "JobEvent",
    "Looked",
    "LostTrack",
    "NotTaken",
    "ProvedAbsent",
    "Refunded",
    "Refused",
    "Saved",
    "Sent",
    "State",
    "Table",
    "Withdrawn",
]


class State(StrEnum):
    """Where an attempt stands; whether its price counts depends on this alone."""

    INTENT = "intent"  # reserved and on disk: one order may leave
    UNKNOWN = "unknown"  # an order may have been taken: nobody knows
    SUBMITTED = "submitted"  # taken, under the provider's name for it
    READY = "ready"  # made, and not in the store
    OWNED = "owned"  # in the store
    REFUSED = "refused"  # surely not taken
    WITHDRAWN = "withdrawn"  # surely not taken, and no longer wanted
    FAILED = "failed"  # taken and broken; the money is not back
    REFUNDED = "refunded"  # taken and broken; the money is back
    LOST = "lost"  # taken, and the provider has it no more
    ABANDONED = "abandoned"  # given up by the user, whatever became of it


class Cause(StrEnum):
    """Why an order was refused or a clip failed; it decides what may be tried next."""

    MODERATION = "moderation"  # what was asked for is not made; asking again changes nothing
    ACCOUNT = "account"  # the key or the account: no other order would fare better
    CREDIT = "credit"  # the account has too little money left
    MODEL = "model"  # the model is not there, or not any more
    INPUT = "input"  # an input is wrong, or a picture could not be read
    UPSTREAM = "upstream"  # the provider's own trouble
    OTHER = ""

    @classmethod
    def of(cls, word: str) -> "Cause":
        """Read a cause as an event has it; a word of another version is OTHER."""
        return cls(word) if word in {*cls} else cls.OTHER


FINAL = frozenset({Cause.MODERATION, Cause.ACCOUNT, Cause.CREDIT})
"""What no other model would answer otherwise."""
RESERVED = frozenset({State.INTENT, State.UNKNOWN, State.ABANDONED})
"""The price counts because it may have been taken, or may be taken next."""
TAKEN = frozenset({State.SUBMITTED, State.READY, State.OWNED, State.FAILED, State.LOST})
"""The price counts because it was taken, and nobody saw it come back."""
COUNTED = RESERVED | TAKEN
"""The price counts, in full, against every cap."""
OPEN = frozenset({State.INTENT, State.UNKNOWN, State.SUBMITTED, State.READY})
"""A build has something left to do."""
AWAITS_REFUND = frozenset({State.FAILED, State.LOST, State.ABANDONED})
"""No clip comes of the order, and its money may come back."""
BINDING = OPEN | {State.OWNED}
"""The clip is bought, or may be: a second attempt for it could pay twice."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The provider took the order and named it."""

    prediction: str


@dataclass(frozen=True, slots=True)
class NotTaken:
    """The order surely never left, or was put off: it may be sent again as it is."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The order was surely refused; `cause` is one of `Cause`, or empty."""

    reason: str
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Surely nothing was taken, and nothing will be sent under this attempt."""

    reason: str


@dataclass(frozen=True, slots=True)
class LostTrack:
    """The answer was unclear, or the process that had sent the order ended before it."""

    reason: str


ENDED_UNANSWERED = LostTrack("the run that was ordering ended before it was answered")
"""What is known of an INTENT that the process which wrote it has left."""


@dataclass(frozen=True, slots=True)
class Looked:
    """History was searched and had no match; that alone proves nothing, for listing may lag."""

    evidence: str


@dataclass(frozen=True, slots=True)
class Adopted:
    """The order was found in history, or the user said which one it is."""

    prediction: str


@dataclass(frozen=True, slots=True)
class ProvedAbsent:
    """History was searched as often and as long as it takes: the order was never taken."""

    evidence: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The provider has made the clip; `model` is the one it says has made it, if it says so."""

    model: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """The provider says that no clip will come; `cause` is one of `Cause`, or empty."""

    reason: str
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Saved:
    """The clip is in the store, durably, under the SHA-256 of its bytes."""

    sha256: str


@dataclass(frozen=True, slots=True)
class ClipMissing:
    """The store's clip is damaged or gone; the provider may still have it."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The provider no longer has the order or its clip."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refunded:
    """The provider's billing shows that the money came back, or that none was taken."""

    evidence: str


@dataclass(frozen=True, slots=True)
class Billed:
    """The provider's billing shows what was really taken."""

    amount: MicroUsd


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The user gave the attempt up, and may order the clip again."""


JobEvent: TypeAlias = (
    Sent
    | NotTaken
    | Refused
    | Withdrawn
    | LostTrack
    | Looked
    | Adopted
    | ProvedAbsent
    | Finished
    | Failed
    | Saved
    | ClipMissing
    | Gone
    | Refunded
    | Billed
    | Forgotten
)
Table: TypeAlias = Mapping[State, Mapping[type[JobEvent], State]]

EVENTS: Mapping[str, type[JobEvent]] = MappingProxyType(
    {
        "sent": Sent,
        "not-taken": NotTaken,
        "refused": Refused,
        "withdrawn": Withdrawn,
        "lost-track": LostTrack,
        "looked": Looked,
        "adopted": Adopted,
        "proved-absent": ProvedAbsent,
        "finished": Finished,
        "failed": Failed,
        "saved": Saved,
        "clip-missing": ClipMissing,
        "gone": Gone,
        "refunded": Refunded,
        "billed": Billed,
        "forgotten": Forgotten,
    }
)
"""Every event by the word it is written down as; a word is never given another meaning."""

TABLE: Table = MappingProxyType(
    {
        State.INTENT: {
            Sent: State.SUBMITTED,
            NotTaken: State.INTENT,
            Refused: State.REFUSED,
            Withdrawn: State.WITHDRAWN,
            LostTrack: State.UNKNOWN,
        },
        State.UNKNOWN: {
            Looked: State.UNKNOWN,
            Adopted: State.SUBMITTED,
            ProvedAbsent: State.INTENT,
            Forgotten: State.ABANDONED,
        },
        State.SUBMITTED: {
            Finished: State.READY,
            Failed: State.FAILED,
            Gone: State.LOST,
            Billed: State.SUBMITTED,
            Forgotten: State.ABANDONED,
        },
        State.READY: {
            Saved: State.OWNED,
            Gone: State.LOST,
            Billed: State.READY,
            Forgotten: State.ABANDONED,
        },
        State.OWNED: {ClipMissing: State.READY, Billed: State.OWNED},
        State.FAILED: {Refunded: State.REFUNDED, Billed: State.FAILED},
        State.LOST: {Refunded: State.REFUNDED, Billed: State.LOST},
        State.ABANDONED: {Refunded: State.REFUNDED, Billed: State.ABANDONED},
        State.REFUSED: {},
        State.WITHDRAWN: {},
        State.REFUNDED: {},
    }
)
"""What each event makes of each state; an event that is not under a state cannot happen in it."""


class IllegalEvent(ValueError):
    """An event that cannot happen to an attempt as it stands; nothing has changed."""


@dataclass(frozen=True, slots=True)
class Job:
    """An attempt's state, the provider's name for the order, and what billing says was taken."""

    state: State = State.INTENT
    prediction: str | None = None
    billed: MicroUsd | None = None

    def after(self, event: JobEvent, table: Table = TABLE) -> "Job":
        """Return the job as the event leaves it; IllegalEvent where the table has no such entry."""
        state = table[self.state].get(type(event))
        if state is None:
            message = f"{type(event).__name__} cannot happen to an attempt that is {self.state}"
            raise IllegalEvent(message)
        match event:
            case Sent(prediction) | Adopted(prediction):
                return replace(self, state=state, prediction=_named(prediction))
            case Billed(amount):
                return replace(self, state=state, billed=amount)
            case _:
                return replace(self, state=state)

    def counted(self, price: MicroUsd) -> MicroUsd:
        """Return what the attempt counts for against a cap: what was billed, else its price."""
        if self.state not in COUNTED:
            return MicroUsd(0)
        return price if self.billed is None else self.billed


def _named(prediction: str) -> str:
    if not prediction:
        message = "an order without a name cannot be followed"
        raise IllegalEvent(message)
    return prediction
