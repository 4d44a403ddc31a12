"""Everything that can go wrong, by name: what an answer looks like, and how a clip ends."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

__all__ = [
    "DONE",
    "ENDINGS",
    "Ending",
    "Endpoint",
    "Face",
    "Fate",
    "Fault",
    "Faults",
    "read_faults",
]


class Endpoint(StrEnum):
    """What a request asks for."""

    SUBMIT = "submit"
    LOOK = "look"
    HISTORY = "history"
    DELETE = "delete"
    PRICE = "price"
    MODELS = "models"
    BALANCE = "balance"
    BILLINGS = "billings"
    TICKET = "ticket"
    PUT = "put"
    BINARY = "binary"
    UPLOADED = "uploaded"
    DOWNLOAD = "download"


class Face(StrEnum):
    """What a client sees instead of the answer."""

    RESET = "reset"  # the connection is reset before a byte of an answer
    HANG_UP = "hang-up"  # the connection is closed in an orderly way, without an answer
    HANG = "hang"  # nothing comes for a long time, then the connection is closed
    SLOW = "slow"  # the answer comes, late
    SERVER_ERROR = "500"  # JSON
    BAD_GATEWAY = "502"  # a gateway's HTML page
    UNAVAILABLE = "503"  # a gateway's HTML page
    GATEWAY_TIMEOUT = "504"  # a gateway's HTML page
    LIMITED = "429"  # JSON, with Retry-After
    LIMITED_SILENT = "429-silent"  # JSON, without Retry-After
    FORBIDDEN = "403"
    NOT_FOUND = "404"
    TOO_LARGE = "413"
    TRUNCATED = "truncated"  # JSON that ends too soon; a file shorter than its Content-Length
    NULL_DATA = "null-data"  # HTTP 200, success, and `data: null`
    ENVELOPE_ERROR = "envelope-error"  # HTTP 200 around a code that is not 200
    QUEUED = "queued"  # a status that no documentation has
    PENDING = "pending"  # a status that only some samples have


class Fate(StrEnum):
    """What becomes of a prediction."""

    COMPLETED = "completed"
    LONGER = "longer"  # the clip is 0.2 s longer than ordered
    WRONG_SIZE = "wrong-size"  # the clip's height is not the ordered one
    OTHER_MODEL = "other-model"  # another model answered, and shows it by its frame size
    MODERATED = "failed-1200"
    UNREACHABLE_MEDIA = "failed-1402"
    EXECUTION_FAILED = "failed-1403"
    TASK_FAILED = "failed-1405"
    INTERNAL = "failed-5000"
    UNAVAILABLE = "failed-5003"
    TIMED_OUT = "failed-5004"
    CANCELLED = "cancelled"
    TIMEOUT = "timeout"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a prediction that makes no clip ends: its status, its code, its words."""

    status: str
    code: int
    error: str


ENDINGS: Mapping[Fate, Ending] = MappingProxyType(
    {
        Fate.MODERATED: Ending("failed", 1200, "Content moderation: the request was rejected."),
        Fate.UNREACHABLE_MEDIA: Ending(
            "failed", 1402, "Failed to download image from the provided URL."
        ),
        Fate.EXECUTION_FAILED: Ending("failed", 1403, "Task execution failed."),
        Fate.TASK_FAILED: Ending("failed", 1405, "Task failed."),
        Fate.INTERNAL: Ending("failed", 5000, "Internal error."),
        Fate.UNAVAILABLE: Ending("failed", 5003, "Service unavailable."),
        Fate.TIMED_OUT: Ending("failed", 5004, "Task timed out."),
        Fate.CANCELLED: Ending("cancelled", 0, "Task cancelled."),
        Fate.TIMEOUT: Ending("timeout", 5004, "Task timeout."),
        Fate.DELETED: Ending("deleted", 0, "Task deleted."),
    }
)


@dataclass(frozen=True, slots=True)
class Fault:
    """A face, and whether the request was carried out behind it; a client cannot tell."""

    face: Face
    done: bool = False


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong by order: the nth request to an endpoint meets the nth of its faults.

    None lets a request pass, and whatever comes after the last is left to the weather. With
    `endless`, the last of each list goes on for ever.
    """

    requests: Mapping[Endpoint, tuple[Fault | None, ...]] = field(default_factory=dict)
    fates: tuple[Fate, ...] = ()
    endless: bool = False


DONE = "+done"
"""Ends the word for a fault whose request was carried out all the same."""

_FATE = "fate"
_Word = TypeVar("_Word", bound=StrEnum)


def read_faults(words: Iterable[str], *, endless: bool = False) -> Faults:
    """Read switches such as `submit=reset+done`, `look=503`, `fate=failed-1200`, in order.

    Raises ValueError, with the words there are, for one that is not known.
    """
    requests: dict[Endpoint, tuple[Fault | None, ...]] = {}
    fates: list[Fate] = []
    for word in words:
        name, _, what = word.partition("=")
        if name == _FATE:
            fates.append(_known(Fate, what))
        else:
            endpoint = _known(Endpoint, name)
            face = _known(Face, what.removesuffix(DONE))
            fault = Fault(face, done=what.endswith(DONE))
            requests[endpoint] = (*requests.get(endpoint, ()), fault)
    return Faults(requests, tuple(fates), endless)


def _known(words: type[_Word], written: str) -> _Word:
    try:
        return words(written)
    except ValueError as error:
        message = f'"{written}" is none of {", ".join(words)}'
        raise ValueError(message) from error
