"""Asks a film that was written what it holds.

What was taken for something else shows in no decoder's errors: a film that is whole can still be
another film.
"""

from storyboard.adapters.media.container import opened, picture_stream
from storyboard.adapters.media.encoder import SOUND_RATE
from storyboard.model.errors import EnvironmentFault

__all__ = ["verify_film"]


def verify_film(path: str, frames: int, samples: int | None = None) -> None:
    """Raise EnvironmentFault unless the file holds so many frames and, if given, so much sound."""
    with opened(path, coded=True) as film:
        held = picture_stream(film, path).frames
        sound = film.streams.audio[0]
        length = round((sound.duration or 0) * (sound.time_base or 0) * SOUND_RATE)
    if held != frames or samples not in {None, length}:
        message = f"{path} holds {held} frames and {length} samples of sound"
        wanted = f"{frames} frames" + ("" if samples is None else f" and {samples} samples")
        raise EnvironmentFault(message, hint=f"it should be {wanted}; run again, and report it")
