"""What the camera stands on: a move, made on a support, as one framing per frame."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from storyboard.adapters.media.animatic.moves import MOVES, Framing, How, framed

__all__ = ["framings"]


@dataclass(frozen=True, slots=True)
class _Sway:
    """How a support floats: how far, in frames, and its hertz with the weight of each."""

    x: float
    y: float
    hertz: tuple[tuple[float, float], ...]


_SWAYS: Mapping[str, _Sway] = MappingProxyType(
    {
        "handheld": _Sway(0.008, 0.010, ((0.55, 0.45), (1.1, 0.3), (1.9, 0.17), (3.1, 0.08))),
        "steadicam": _Sway(0.008, 0.006, ((0.17, 0.6), (0.4, 0.4))),
        "gimbal": _Sway(0.005, 0.004, ((0.11, 0.6), (0.23, 0.4))),
        "drone": _Sway(0.010, 0.014, ((0.11, 0.6), (0.23, 0.4))),
    }
)


def framings(
    move: str, support: str | None, how: How, frames: int, seed: bytes
) -> tuple[Framing, ...]:
    """Return the framing of every frame; `seed`, eight bytes or more, decides the sway."""
    path = MOVES.get(move, MOVES["static"])
    sway = _SWAYS.get(support or "")
    found = []
    for number in range(frames):
        time = number / max(1, frames - 1)
        framing = path(time, how)
        if sway:
            framing = _swayed(framing, sway, seed, time * how.seconds)
        found.append(framed(framing, how.stage))
    return tuple(found)


def _swayed(framing: Framing, sway: _Sway, seed: bytes, time: float) -> Framing:
    """Float a framing, first closing in by as much as it may float."""
    closer = 1 / (1 - 2 * max(sway.x, sway.y))
    return replace(
        framing,
        zoom=framing.zoom * closer,
        x=framing.x + sway.x / framing.zoom * _wander(sway, time, seed[0:4]),
        y=framing.y + sway.y / framing.zoom * _wander(sway, time, seed[4:8]),
    )


def _wander(sway: _Sway, time: float, phases: bytes) -> float:
    """Add slow waves that never meet the same way twice, to between -1 and 1."""
    return sum(
        weight * math.sin(2 * math.pi * (hertz * time + phase / 256))
        for (hertz, weight), phase in zip(sway.hertz, phases, strict=False)
    )
