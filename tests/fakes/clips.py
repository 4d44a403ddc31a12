"""A clip store in memory: `files` is its disk, which a test or a fake provider writes to."""

import hashlib

from storyboard.engine.ports import Clip, ClipStore
from storyboard.model.errors import EnvironmentFault
from storyboard.model.request import ClipKey

__all__ = ["MemoryClips"]


class MemoryClips:
    """Keeps clips by key; verifies their bytes whenever they are looked for."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self._kept: dict[ClipKey, Clip] = {}

    @property
    def keys(self) -> frozenset[ClipKey]:
        """The keys whose clips would be found."""
        return frozenset(key for key in self._kept if self.find(key) is not None)

    def find(self, key: ClipKey) -> Clip | None:
        clip = self._kept.get(key)
        data = self.files.get(clip.path) if clip is not None else None
        return clip if clip and data is not None and _sha256(data) == clip.sha256 else None

    def recorded(self, key: ClipKey) -> str | None:
        clip = self.find(key)
        return None if clip is None else clip.sha256

    def scratch(self, key: ClipKey) -> str:
        return f"scratch/{key}"

    def keep(self, key: ClipKey, path: str) -> Clip:
        if path not in self.files:
            message = f"there is no file {path} to keep"
            raise EnvironmentFault(message)
        data = self.files.pop(path)
        clip = Clip(key, f"clips/{_sha256(data)}", _sha256(data))
        self.files[clip.path] = data
        self._kept[key] = clip
        return clip


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _is_a_store(fake: MemoryClips) -> ClipStore:
    return fake
