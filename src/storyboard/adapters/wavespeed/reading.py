"""Questions to the API that change nothing: asked until there is an answer, which is then told.

What is no answer, and what the provider refuses to tell, is an EnvironmentFault.
"""

from collections.abc import Collection, Mapping
from typing import Final

from storyboard.adapters.wavespeed.answers import is_settled, not_accepted
from storyboard.adapters.wavespeed.patience import Later, persist
from storyboard.adapters.wavespeed.reply import Lost, Reply
from storyboard.adapters.wavespeed.transport import Transport
from storyboard.engine.ports import Clock
from storyboard.model.errors import EnvironmentFault, ErrorCode

__all__ = ["Declined", "Reader", "unreadable"]

_RESUMES: Final = "nothing is lost: the same command resumes"


class Declined(EnvironmentFault):
    """The provider answered, and will not tell; `status` is its answer's."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Reader:
    """Asks the API, as often as is sensible."""

    def __init__(self, transport: Transport, clock: Clock) -> None:
        self._transport = transport
        self._clock = clock

    async def data(
        self, what: str, method: str, path: str, body: Mapping[str, object] | None = None
    ) -> tuple[object, Reply]:
        """Return an answer's data, and the answer; `what` is asked for, in words for people."""
        heard = await self.ask(method, path, body)
        if isinstance(heard, Later):
            message = f"WaveSpeed cannot be reached: {heard.reason}"
            raise EnvironmentFault(message, hint=_RESUMES, code=ErrorCode.UNREACHABLE)
        if not_accepted(heard):
            message = f"WaveSpeed does not accept the key ({heard})"
            hint = "check WAVESPEED_API_KEY"
            raise EnvironmentFault(message, hint=hint, code=ErrorCode.KEY_REFUSED)
        if heard.envelope is None or not heard.succeeded:
            message = f"WaveSpeed does not tell {what} ({heard})"
            raise Declined(message, heard.status)
        return heard.envelope.data, heard

    async def ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        settling: Collection[int] = (404, 405),
    ) -> Reply | Later:
        """Ask until asking again would tell nothing new; `settling` do so whoever answers them."""

        async def once() -> Reply | Later:
            heard = await self._transport.ask(method, path, body)
            if isinstance(heard, Lost):
                return Later(heard.reason)
            if heard.status in settling or is_settled(heard):
                return heard
            return Later(f"it answered {heard}", heard.wait)

        return await persist(self._clock, once)


def unreadable(what: str) -> EnvironmentFault:
    """Say that an answer came which is not as the provider's documentation has it."""
    message = f"WaveSpeed's answer about {what} cannot be read"
    return EnvironmentFault(message, hint="its API may have changed: look for a newer storyboard")
