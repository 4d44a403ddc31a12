"""The clips of predictions: rendered while the prediction is being made, by whoever is injected."""

from collections.abc import Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from storyboard.simulator.catalogue import Inputs, Model
from storyboard.simulator.clock import Seconds
from storyboard.simulator.faults import Fate

__all__ = ["Clip", "Clips", "Renderer"]


class Renderer(Protocol):
    """Writes a clip; runs in a thread, more than one at a time."""

    def __call__(
        self, inputs: Inputs, width: int, height: int, seconds: Seconds, path: str
    ) -> None:
        """Write a real mp4 to `path`.

        `inputs` are those of the order, defaults filled in, but with the path of the file in place
        of the URL of each picture that was uploaded here. What it raises fails the prediction.
        """
        ...


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip that is ready when `work` is done."""

    path: Path
    width: int
    height: int
    seconds: Seconds
    work: Future[None]


_LONGER: Seconds = 0.2
_OTHER_HEIGHTS: Mapping[Fate, int] = MappingProxyType({Fate.WRONG_SIZE: 16, Fate.OTHER_MODEL: 32})
"""Pixels that are missing at the bottom."""


class Clips:
    """Has clips rendered into a folder."""

    def __init__(self, render: Renderer, executor: Executor, folder: Path) -> None:
        self._render = render
        self._executor = executor
        self._folder = folder

    def order(
        self,
        prediction: str,
        model: Model,
        inputs: Inputs,
        picture: tuple[int, int] | None,
        fate: Fate,
    ) -> Clip:
        """Start rendering the clip of a prediction."""
        whole = model.completed(inputs)
        width, height = model.frame_size(inputs, picture)
        height -= _OTHER_HEIGHTS.get(fate, 0)
        seconds = whole["duration"] + (_LONGER if fate is Fate.LONGER else 0)
        path = self._folder / f"{prediction}.mp4"
        work = self._executor.submit(self._render, whole, width, height, seconds, str(path))
        return Clip(path, width, height, seconds, work)
