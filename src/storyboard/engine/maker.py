"""Makes one clip that costs nothing: order, look until it is ready, keep."""

import asyncio
from dataclasses import dataclass

from storyboard.engine.events import Kept, RunEvent, ShotFailed, Submitted, Working
from storyboard.engine.ports import ClipStore, Clock, Failed, Listener, Ready, Running, VideoApi
from storyboard.model.plan import PlannedShot

__all__ = ["Limits", "Maker"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How many orders may be open at once, and how many seconds lie between two looks at one."""

    at_once: int
    between_looks: float


class Maker:
    """Makes clips of a provider that is free, so many at once; what is lost is made again."""

    def __init__(
        self, api: VideoApi, store: ClipStore, clock: Clock, listen: Listener, limits: Limits
    ) -> None:
        self.store = store
        self._api = api
        self._clock = clock
        self._listen = listen
        self._limits = limits
        self._gate = asyncio.Semaphore(limits.at_once)

    async def make(self, shot: PlannedShot) -> str | None:
        """Make one clip; return None when it is kept, or the reason it failed."""
        await self._gate.acquire()
        prediction = await self._api.submit(shot.request)
        self._listen(Submitted(shot.id, prediction))
        reason = await self._follow(shot, prediction)
        if reason is None:
            await self._keep(shot, prediction)
        # In no `finally`: what a shot raises ends the run, and no other may go out in its place.
        self._gate.release()
        self._listen(Kept(shot.id) if reason is None else ShotFailed(shot.id, reason))
        return reason

    async def _follow(self, shot: PlannedShot, prediction: str) -> str | None:
        """Look until the clip is ready (None) or has failed (why)."""
        while True:
            match await self._api.look(prediction):
                case Ready():
                    return None
                case Failed(reason):
                    return reason
                case Running(done):
                    event: RunEvent = Working(shot.id, done)
                    self._listen(event)
            await self._clock.sleep(self._limits.between_looks)

    async def _keep(self, shot: PlannedShot, prediction: str) -> None:
        path = self.store.scratch(shot.key)
        await self._api.download(prediction, path)
        await asyncio.to_thread(self.store.keep, shot.key, path)
