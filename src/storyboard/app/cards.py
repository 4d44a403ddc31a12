"""Makes the cards that a film begins and ends with: each once, kept by what is on it."""

import hashlib
from pathlib import Path

from storyboard.adapters.media.kept import Kept
from storyboard.engine.ports import Clip
from storyboard.model.post import Card
from storyboard.model.request import ClipKey
from storyboard.model.story import Film, Format

__all__ = ["card_clips"]


def card_clips(film: Film, folder: Path) -> dict[ClipKey, Clip]:
    """Return the clips of a film's cards, in its format; those not in the folder are made there."""
    cards = (card for card in (film.title_card, film.credits) if card is not None)
    clips = (_clip(card, film.format, Kept(folder)) for card in cards)
    return {clip.key: clip for clip in clips}


def _clip(card: Card, wanted: Format, kept: Kept) -> Clip:
    # Brings PyAV and Pillow.
    from storyboard.adapters.media.cut.cards import card_identity, render_card  # noqa: PLC0415

    size = (wanted.width, wanted.height)

    def write(path: str) -> None:
        render_card(card, path, size=size, fps=wanted.fps)

    name = hashlib.sha256(card_identity(card, size, wanted.fps).encode()).hexdigest()
    return Clip(ClipKey(f"card:{card.id}"), kept.make(f"{name}.mp4", write), name)
