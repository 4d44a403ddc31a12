"""A maker of clips that does as its script says, and remembers what was asked of it."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from storyboard.engine.ports import Failed, Look, Ready, VideoApi
from storyboard.model.request import ClipRequest, clip_key

__all__ = ["Answer", "FakeApi"]

Answer: TypeAlias = Look | Exception
"""What a look at an order tells; an exception is raised."""


class FakeApi:
    """Answers looks at the nth order from `scripts[n]`, the last answer for ever; else it is ready.

    A finished clip is written into `files`. `open` counts orders neither failed nor downloaded.
    """

    def __init__(
        self,
        files: dict[str, bytes],
        scripts: Mapping[int, Sequence[Answer]] | None = None,
        *,
        refuse: Mapping[int, Exception] | None = None,
    ) -> None:
        self.submitted: list[ClipRequest] = []
        self.downloaded: list[str] = []
        self.open = 0
        self.most_open = 0
        self._files = files
        self._scripts = {n: list(script) for n, script in (scripts or {}).items()}
        self._refuse = dict(refuse or {})

    async def submit(self, request: ClipRequest) -> str:
        number = len(self.submitted)
        self.submitted.append(request)
        await asyncio.sleep(0)
        if number in self._refuse:
            raise self._refuse[number]
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        return f"order-{number}"

    async def look(self, prediction: str) -> Look:
        await asyncio.sleep(0)
        script = self._scripts.get(_number(prediction), [Ready()])
        answer = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Failed):
            self.open -= 1
        return answer

    async def download(self, prediction: str, path: str) -> None:
        await asyncio.sleep(0)
        self._files[path] = f"clip {clip_key(self.submitted[_number(prediction)])}".encode()
        self.downloaded.append(prediction)
        self.open -= 1


def _number(prediction: str) -> int:
    return int(prediction.removeprefix("order-"))


def _is_an_api(fake: FakeApi) -> VideoApi:
    return fake
