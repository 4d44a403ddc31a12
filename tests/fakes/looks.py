"""A provider that can only be asked how its orders stand, and answers as its script says."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any, TypeAlias

from fakes.virtual import VirtualClock, run_virtual
from storyboard.engine.poller import Poller
from storyboard.engine.ports import Failed, Ready, Running
from storyboard.engine.provider import Missing, PaidLook, Unreachable

__all__ = ["ScriptedLooks"]

Script: TypeAlias = float | Sequence[PaidLook | BaseException]
"""When the order is made; or the answers, of which the last is given for ever."""


class ScriptedLooks:
    """Follows orders in virtual time; `looked` holds when each was asked for. A look takes time."""

    def __init__(self, scripts: Mapping[str, Script], *, seconds: float = 0.0) -> None:
        self.clock = VirtualClock()
        self.looked: dict[str, list[float]] = {name: [] for name in scripts}
        self.told: dict[str, list[Running | Unreachable]] = {name: [] for name in scripts}
        self.looking = 0
        self.most_looking = 0
        self._seconds = seconds
        self._scripts = {
            name: script if isinstance(script, float) else list(script)
            for name, script in scripts.items()
        }

    async def look(self, prediction: str) -> PaidLook:
        self.looked[prediction].append(self.clock.monotonic())
        self.looking += 1
        self.most_looking = max(self.looking, self.most_looking)
        try:
            await self.clock.sleep(self._seconds)
        finally:
            self.looking -= 1
        return self._answer(prediction)

    def _answer(self, prediction: str) -> PaidLook:
        script = self._scripts[prediction]
        if isinstance(script, float):
            return Ready() if self.clock.monotonic() >= script else Running()
        answer = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def poller(self, **options: Any) -> Poller:
        """Make a poller that asks here."""
        return Poller(self.look, self.clock, **options)

    def follow(
        self, poller: Poller, prediction: str, *, model: str = "m", since: float | None = None
    ) -> Coroutine[Any, Any, Ready | Failed | Missing]:
        """Wait for an order that was sent now, or at another time."""
        since = self.clock.monotonic() if since is None else since
        told = self.told[prediction].append
        return poller.outcome(prediction, model=model, since=since, told=told)

    def run(self, **options: Any) -> dict[str, Ready | Failed | Missing | BaseException]:
        """Follow all orders from now to their ends, which are outcomes or exceptions."""

        async def main() -> dict[str, Ready | Failed | Missing | BaseException]:
            async with self.poller(**options) as poller:
                follows = [self.follow(poller, name) for name in self._scripts]
                ends = await asyncio.gather(*follows, return_exceptions=True)
            return dict(zip(self._scripts, ends, strict=True))

        return run_virtual(main)
