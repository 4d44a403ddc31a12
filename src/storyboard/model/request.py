"""What would be asked of a model for one clip, and the key that names the clip by what made it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NewType

from storyboard.model.money import Millis
from storyboard.model.tree import Plain

__all__ = ["ClipKey", "ClipRequest", "Still", "changed_inputs", "clip_key", "made_from"]

ClipKey = NewType("ClipKey", str)
"""Sixty-four hex digits: the SHA-256 of everything that makes the clip."""

_KEY_VERSION = 1


@dataclass(frozen=True, slots=True)
class Still:
    """A picture file: its path, its content's SHA-256, size in pixels and bytes, and format."""

    path: str
    sha256: str
    width: int
    height: int
    format: str
    bytes: int

    @property
    def size(self) -> str:
        """The picture's size for people."""
        return f"{self.width}x{self.height}"


@dataclass(frozen=True, slots=True)
class ClipRequest:
    """One order: the model's id, its inputs by name, the bought length, and the stills to upload.

    Inputs that hold a picture carry `sha256:…` of its bytes (or `url:…`, or `clip:KEY#last` in a
    chain); `pictures` names those inputs and `stills` says where the bytes are. `take` counts from
    1 the times that the same is ordered. Neither a shot's name nor its place is in here, so
    renaming or moving a shot leaves the request, and its key, as they were.
    """

    model: str
    inputs: tuple[tuple[str, Plain], ...]
    length: Millis
    stills: tuple[Still, ...] = ()
    pictures: tuple[str, ...] = ()
    take: int = 1


def clip_key(request: ClipRequest) -> ClipKey:
    """Name a clip by its content: the SHA-256 of the request as canonical JSON."""
    identity: dict[str, object] = {
        "version": _KEY_VERSION,
        "model": request.model,
        "length_ms": request.length,
        "inputs": dict(request.inputs),
    }
    if request.take > 1:  # a first take has the name it had before there were others
        identity["take"] = request.take
    text = json.dumps(identity, sort_keys=True, separators=(",", ":"))
    return ClipKey(hashlib.sha256(text.encode()).hexdigest())


def made_from(request: ClipRequest) -> dict[str, Plain]:
    """Return all that goes into a clip's key, by name, for saying later what has changed."""
    seconds = request.length / 1000
    return {"model": request.model, "duration": seconds, **dict(request.inputs)}


def changed_inputs(before: Mapping[str, object], now: Mapping[str, object]) -> tuple[str, ...]:
    """Name what differs between two orders, of which `made_from` tells, in alphabetical order."""
    return tuple(
        sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
    )
