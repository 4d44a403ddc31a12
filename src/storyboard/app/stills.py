"""Finds the pictures that orders start from: stills as they were planned, frames of owned clips."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from storyboard.adapters.durable import make_folder, sha256_of, write_aside
from storyboard.engine.ports import ClipStore
from storyboard.engine.provider import NotFetched
from storyboard.model.errors import EnvironmentFault
from storyboard.model.request import ClipKey, ClipRequest

__all__ = ["ProjectPictures"]


@dataclass(frozen=True, slots=True)
class ProjectPictures:
    """The pictures of one project; frames are drawn once into `folder`."""

    root: Path
    stores: tuple[ClipStore, ...]
    folder: Path

    def file(self, reference: str, request: ClipRequest) -> str:
        """Return the path of `sha256:…` or `clip:KEY#frame`; NotFetched where it is not there."""
        kind, _, name = reference.partition(":")
        if kind == "clip":
            key, _, frame = name.partition("#")
            return self._frame(ClipKey(key), frame)
        stills: Mapping[str, str] = {still.sha256: still.path for still in request.stills}
        return self._still(stills.get(name, ""), name)

    def _still(self, path: str, sha256: str) -> str:
        """Return a still whose bytes are those that were planned, and that lies in the project."""
        place = Path(os.path.realpath(path))
        if not path or not place.is_relative_to(os.path.realpath(self.root)):
            message = f"{path or 'its still'} is not in the project"
            raise NotFetched(message)
        try:
            same = sha256_of(place) == sha256
        except OSError as error:
            message = f"{path} cannot be read: {error.strerror or error}"
            raise NotFetched(message) from error
        if not same:
            message = f"{path} has changed since the plan was made; run again to plan with it"
            raise NotFetched(message)
        return str(place)

    def _frame(self, key: ClipKey, frame: str) -> str:
        clip = next((found for store in self.stores if (found := store.find(key))), None)
        if clip is None:
            message = "the clip that it starts from is not there"
            raise NotFetched(message)
        name = hashlib.sha256(f"{clip.sha256}#{frame}".encode()).hexdigest()
        path = self.folder / f"{name}.png"
        if not path.exists():
            _draw_frame(clip.path, frame, path)
        return str(path)


def _draw_frame(clip: str, frame: str, path: Path) -> None:
    import io  # noqa: PLC0415

    from storyboard.adapters.media.stills import LAST, frame_at  # noqa: PLC0415  brings PyAV

    index = {"last": LAST, "first": 0}.get(frame)
    drawn = io.BytesIO()
    try:
        make_folder(path.parent)
        frame_at(clip, int(frame) if index is None else index).save(drawn, "PNG")
    except (EnvironmentFault, OSError, ValueError) as error:
        message = f"frame {frame} of the clip it starts from cannot be drawn: {error}"
        raise NotFetched(message) from error
    write_aside(path, drawn.getvalue())
