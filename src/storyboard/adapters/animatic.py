"""The free provider: clips drawn on this machine, behind the same port as the paid ones."""

import asyncio
import contextlib
import pathlib
import shutil
import uuid
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future, wait
from dataclasses import dataclass, field
from typing import Self, TypeAlias

from storyboard.engine.ports import Failed, Look, Ready, Running
from storyboard.model.errors import EnvironmentFault, StoryboardError
from storyboard.model.request import ClipRequest

__all__ = ["Animatic", "Render"]

Render: TypeAlias = Callable[[ClipRequest, str, Callable[[float], None]], None]
"""Writes the clip of a request to a path, telling how far it is."""


class _Gauge:
    """How far a render is, and the way to stop it; a copy in another process tells nobody."""

    def __init__(self) -> None:
        self.done = 0.0
        self.stopped = False

    def __call__(self, done: float) -> None:
        if self.stopped:
            raise CancelledError
        self.done = done


@dataclass(frozen=True, slots=True)
class _Job:
    path: str
    work: Future[None]
    gauge: _Gauge = field(compare=False)


class Animatic:
    """Renders orders in `executor`, into files under `scratch` until they are downloaded.

    Orders live as long as this object: a prediction of another run is unknown, and `look` says so.
    """

    def __init__(self, render: Render, executor: Executor, scratch: str) -> None:
        self._render = render
        self._executor = executor
        self._scratch = scratch
        self._jobs: dict[str, _Job] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Stop what is still being rendered, and take away what nobody has downloaded."""
        for job in self._jobs.values():
            job.gauge.stopped = True
            job.work.cancel()
        wait(job.work for job in self._jobs.values())
        for job in self._jobs.values():
            with contextlib.suppress(OSError):
                pathlib.Path(job.path).unlink(missing_ok=True)

    async def submit(self, request: ClipRequest) -> str:
        """Start rendering and return the name of the job."""
        prediction = f"animatic-{len(self._jobs) + 1}"
        path, gauge = _scratch_file(self._scratch), _Gauge()
        try:
            work = self._executor.submit(self._render, request, path, gauge)
        except RuntimeError as error:
            message = f"the animatic cannot start: {error}"
            raise EnvironmentFault(message) from error
        self._jobs[prediction] = _Job(path, work, gauge)
        return prediction

    async def look(self, prediction: str) -> Look:
        """Tell how a job stands."""
        job = self._jobs.get(prediction)
        if job is None:
            return Failed(f"no job is called {prediction}")
        if not job.work.done():
            return Running(job.gauge.done)
        reason = _failure(job.work)
        return Ready() if reason is None else Failed(reason)

    async def download(self, prediction: str, path: str) -> None:
        """Move the finished clip to `path`: it is there whole, or not at all."""
        job = self._jobs.get(prediction)
        if job is None or not job.work.done() or _failure(job.work) is not None:
            message = f"no finished clip is called {prediction}"
            raise EnvironmentFault(message)
        try:
            await asyncio.to_thread(_move, job.path, path)
        except OSError as error:
            message = f"could not write {path}: {error.strerror or error}"
            raise EnvironmentFault(message) from error


def _scratch_file(folder: str) -> str:
    """Return a path in the folder that no other job uses, of this process or another."""
    try:
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"could not write in {folder}: {error.strerror or error}"
        raise EnvironmentFault(message) from error
    return str(pathlib.Path(folder) / f"animatic-{uuid.uuid4().hex}.mp4")


def _failure(work: Future[None]) -> str | None:
    """Say why a finished job made no clip; None when it made one. A bug of ours is raised."""
    try:
        work.result()
    except CancelledError:
        return "the job was cancelled"
    except EnvironmentFault:
        raise  # a full disk, say, which the other shots would meet too
    except StoryboardError as error:
        return f"{error.message} ({error.hint})" if error.hint else error.message
    return None


def _move(source: str, target: str) -> None:
    """Rename, or across file systems copy aside first, so that `target` is never half there."""
    try:
        pathlib.Path(source).replace(target)
    except OSError:
        aside = f"{target}.part"
        try:
            shutil.copyfile(source, aside)
            pathlib.Path(aside).replace(target)
        finally:
            with contextlib.suppress(OSError):
                pathlib.Path(aside).unlink(missing_ok=True)
        pathlib.Path(source).unlink(missing_ok=True)
