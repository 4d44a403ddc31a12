"""What may be laid over the film's pictures: captions, timecode, a shot's name."""

from typing import Protocol

from storyboard.adapters.media.colour import Planes
from storyboard.cutting.splice import Range

__all__ = ["Overlay"]


class Overlay(Protocol):
    """Something drawn over the film; frames are numbered from the film's first."""

    def busy(self) -> tuple[Range, ...]:
        """Return the frames in which it changes the picture, in order and apart."""

    def lay(self, number: int, planes: Planes) -> Planes:
        """Return the picture of a frame with it on top; the picture given is not changed."""

    def identity(self, first: int, until: int) -> str:
        """Name all that it draws in these frames, counted from the first of them."""
