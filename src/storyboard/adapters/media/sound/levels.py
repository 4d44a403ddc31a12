"""How much louder or softer each sound of a film is made, so that all of them come out even."""

from collections.abc import Sequence
from dataclasses import dataclass

from storyboard.adapters.media.sound.loudness import Recording
from storyboard.model.timeline import Laid, Timeline

__all__ = ["NEAR", "NEARER", "LaidLevel", "Levels", "level", "off_target"]

_MOST, _LEAST = 24.0, -30.0
"""Decibels that a sound is changed by at most: past them there is noise, or a fault, not sound."""
NEAR, NEARER = 0.5, 0.1
"""Loudness units that a whole film may be off its target: left as it is, and once it is changed."""


@dataclass(frozen=True, slots=True)
class LaidLevel:
    """What a laid sound is changed by besides its own gain, in dB, and its length in samples."""

    gain: float = 0.0
    samples: int | None = None


@dataclass(frozen=True, slots=True)
class Levels:
    """What evens a film, in dB, one for each event and each laid sound, and `film` for all of it.

    Without any, every sound is left as it came.
    """

    shots: tuple[float, ...] = ()
    laid: tuple[LaidLevel, ...] = ()
    film: float = 0.0


def level(
    timeline: Timeline, shots: Sequence[float | None], recordings: Sequence[Recording]
) -> Levels:
    """Return what brings every shot to the film's loudness, and music as far from it as it says.

    `shots` are the loudness of the part of each event's clip that is used, in LUFS, None where it
    is silent; `recordings` are what is known of the laid sounds. Both are in the timeline's order.
    """
    target = timeline.loudness.target
    return Levels(
        shots=tuple(_evening(target, loudness) for loudness in shots),
        laid=tuple(
            LaidLevel(_evening(_wanted(target, laid), known.loudness), known.samples)
            for laid, known in zip(timeline.laid, recordings, strict=True)
        ),
    )


def off_target(target: float, loudness: float | None, near: float = NEAR) -> float:
    """Return what brings a whole film to its target, 0 where it is near enough or silent."""
    gain = _evening(target, loudness)
    return gain if abs(gain) > near else 0.0


def _wanted(target: float | None, laid: Laid) -> float | None:
    """Return the loudness a laid sound is brought to; all but music are played as they are."""
    return target if laid.role == "music" else None


def _evening(target: float | None, loudness: float | None) -> float:
    if target is None or loudness is None:
        return 0.0
    # In tenths, so that what nobody hears changes nothing.
    return round(min(max(target - loudness, _LEAST), _MOST), 1)
