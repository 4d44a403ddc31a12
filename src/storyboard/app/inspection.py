"""Holds every bought clip against its order: decoded once, remembered, compared with the card."""

from collections.abc import Mapping
from contextlib import suppress
from fractions import Fraction

from storyboard.adapters.clips import FolderClips
from storyboard.engine.ports import Clip, Inspector
from storyboard.model.card import ModelCard
from storyboard.model.errors import EnvironmentFault
from storyboard.model.measure import ClipMeasure, Oddity, Remark, compare
from storyboard.model.request import ClipRequest
from storyboard.model.story import Film

__all__ = ["make_inspector"]

_SOUND_INPUTS = frozenset({"audio", "generate_audio", "sound"})
"""What models call the input that orders a clip with sound or without."""


def make_inspector(store: FolderClips, cards: Mapping[str, ModelCard], film: Film) -> Inspector:
    """Return what tells how a clip of this film differs from its order.

    Nothing is claimed about what a model makes that has no card.
    """
    shape = Fraction(film.format.width, film.format.height)

    def inspect(clip: Clip, request: ClipRequest, /) -> tuple[Remark, ...]:
        try:
            measure = _measure(store, clip)
        except EnvironmentFault as fault:
            return (Remark(Oddity.UNREADABLE, fault.message),)
        card = cards.get(request.model)
        return compare(
            measure,
            ordered=request.length,
            sizes=card.sizes if card else (),
            rates=tuple(Fraction(rate) for rate in card.fps) if card else (),
            shape=shape,
            sound=card is not None and _includes_sound(card, request),
            model=request.model,
        )

    return inspect


def _measure(store: FolderClips, clip: Clip) -> ClipMeasure:
    """Return the clip's measure, from the store if it was taken before."""
    measure = store.measured(clip.sha256)
    if measure is None:
        from storyboard.adapters.media.measure import measure_clip  # noqa: PLC0415  # brings PyAV

        measure = measure_clip(clip.path)
        # A measure that cannot be kept is taken again; the clip is as good as it was.
        with suppress(EnvironmentFault):
            store.remember_measure(clip.sha256, measure)
    return measure


def _includes_sound(card: ModelCard, request: ClipRequest) -> bool:
    without = any(name in _SOUND_INPUTS and value is False for name, value in request.inputs)
    return card.sound and not without
