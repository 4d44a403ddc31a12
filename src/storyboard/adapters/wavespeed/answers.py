"""What the provider's answers mean, where money is at stake: pure, and one table at a time.

An order counts as refused only where the provider itself says so, in its own JSON, with a status
that is a refusal. A gateway's page, half an answer or a surprise is unclear: the order may have
been taken.
"""

import re
from collections.abc import Mapping
from typing import Final

from storyboard.adapters.wavespeed.reply import (
    Envelope,
    Heard,
    Lost,
    Reply,
    Unsent,
    harmless,
    is_plain,
    is_url,
)
from storyboard.engine.ports import Failed, Ready, Running
from storyboard.engine.provider import (
    Answer,
    Missing,
    NeverSent,
    PaidLook,
    PutOff,
    Refused,
    Taken,
    Unclear,
    Unreachable,
)
from storyboard.model.job import Cause

__all__ = ["answer_to", "is_settled", "look_of", "not_accepted"]

_REFUSALS: Final = frozenset({400, 401, 402, 403, 404, 413, 422})
_PASSING: Final = frozenset({408, 409, 425, 429})
_CLIENT_ERRORS: Final = range(400, 500)
_KEY_REFUSED: Final = frozenset({401, 403})
_OK: Final = 200
_BAD_REQUEST: Final = 400
_PAYMENT_REQUIRED: Final = 402
_NOT_FOUND: Final = 404
_TOO_MANY: Final = 429
_MODERATED: Final = 1200
_NO_CREDIT: Final = 1407
_NO_CREDIT_WORDS: Final = re.compile(r"insufficient\s+(credit|balance|fund)", re.IGNORECASE)
_MODERATION_WORDS: Final = re.compile(r"moderat|sensitive|nsfw|safety", re.IGNORECASE)
_TASK_CAUSES: Final[Mapping[int, Cause]] = {
    _MODERATED: Cause.MODERATION,
    1400: Cause.INPUT,
    1401: Cause.INPUT,
    1402: Cause.INPUT,
    1403: Cause.UPSTREAM,
    1405: Cause.UPSTREAM,
    _NO_CREDIT: Cause.CREDIT,
}
_UPSTREAM: Final = range(5000, 6000)
_ENDED: Final = frozenset({"failed", "cancelled", "timeout", "deleted"})


def answer_to(heard: Heard | Unsent) -> Answer:
    """Say what became of an order from what came back; never more than is sure."""
    match heard:
        case Unsent(reason):
            return NeverSent(f"the order never left: {reason}")
        case Lost(reason):
            return Unclear(f"the order was sent, but {reason}")
        case Reply():
            return _answered(heard)


def _answered(reply: Reply) -> Answer:
    envelope = reply.envelope
    if reply.succeeded and envelope is not None:
        prediction = _field(envelope.data, "id")
        if isinstance(prediction, str) and is_plain(prediction):
            return Taken(prediction)
    elif envelope is not None and envelope.code != _OK:  # what says success refuses nothing
        if reply.status == _TOO_MANY:
            return PutOff(f"WaveSpeed takes no more orders just now ({reply})", reply.wait)
        if reply.status in _REFUSALS:
            cause = _refusal_cause(reply.status, envelope)
            return Refused(f"WaveSpeed refused the order ({reply})", cause)
    return Unclear(f"WaveSpeed's answer does not say whether it took the order ({reply})")


def _refusal_cause(status: int, envelope: Envelope) -> Cause:
    said = envelope.message
    if status in _KEY_REFUSED:
        return Cause.ACCOUNT
    poor = status == _BAD_REQUEST and _NO_CREDIT_WORDS.search(said)
    if status == _PAYMENT_REQUIRED or envelope.code == _NO_CREDIT or poor:
        return Cause.CREDIT
    if status == _NOT_FOUND:
        return Cause.MODEL
    if envelope.code == _MODERATED or _MODERATION_WORDS.search(said):
        return Cause.MODERATION
    return Cause.INPUT


def look_of(heard: Heard) -> PaidLook:
    """Say how an order stands from what came back; what says nothing about it is Unreachable."""
    match heard:
        case Lost(reason):
            return Unreachable(f"WaveSpeed cannot be reached: {reason}")
        case Reply(status=404, envelope=Envelope()):
            return Missing(f"WaveSpeed does not know the order ({heard})")
        case Reply() if not_accepted(heard):
            return Unreachable(f"WaveSpeed does not accept the key ({heard})", heard.wait)
        case Reply(envelope=Envelope(data=Mapping() as data)) if heard.succeeded:
            return _stands(data, str(heard))
        case Reply(wait=wait):
            return Unreachable(f"WaveSpeed cannot be reached: it answered {heard}", wait)


def not_accepted(reply: Reply) -> bool:
    """Tell whether the provider itself refuses the key, or what the key may do."""
    return reply.status in _KEY_REFUSED and reply.envelope is not None


def is_settled(reply: Reply) -> bool:
    """Tell whether asking the same again would bring the same: data, or the provider's own no."""
    if reply.envelope is None:
        return False
    if reply.succeeded:
        return reply.envelope.data is not None
    return reply.status in _CLIENT_ERRORS and reply.status not in _PASSING


def _stands(data: Mapping[str, object], answer: str) -> PaidLook:
    status = data.get("status")
    if status == "completed":
        return _completed(data)
    if status in _ENDED:
        return _failed(data, str(status))
    if isinstance(status, str) and status:
        return Running()  # also what no documentation has: only an ending ends an order
    return Unreachable(f"WaveSpeed cannot be reached: it answered {answer} without a status")


def _completed(data: Mapping[str, object]) -> Ready | Missing:
    """Find the clip; an order that was completed is billed, so without one it is not failed."""
    outputs = data.get("outputs")
    for output in outputs if isinstance(outputs, list) else ():
        if is_url(output):
            flags = data.get("has_nsfw_contents")
            flagged = isinstance(flags, list) and any(each is True for each in flags)
            model = data.get("model")
            return Ready(output, flagged, harmless(model) if isinstance(model, str) else "")
    return Missing("the order is completed, and there is no clip with it")


def _failed(data: Mapping[str, object], status: str) -> Failed:
    error, code = data.get("error"), data.get("code")
    number = code if type(code) is int else 0
    said = harmless(error) if isinstance(error, str) else ""
    shown = f" (code {number})" if number else ""
    return Failed(f"{said or f'the order ended as {status}'}{shown}", _cause(status, number, said))


def _cause(status: str, code: int, said: str) -> Cause:
    if code == _MODERATED or (code not in _UPSTREAM and _MODERATION_WORDS.search(said)):
        return Cause.MODERATION
    if code in _UPSTREAM or status == "timeout":
        return Cause.UPSTREAM
    return _TASK_CAUSES.get(code, Cause.OTHER)


def _field(data: object, name: str) -> object:
    return data.get(name) if isinstance(data, dict) else None
