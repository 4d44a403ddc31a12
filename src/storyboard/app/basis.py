"""Gathers what a plan is made from: the film field by field, its files by content, its cards."""

from collections.abc import Collection, Iterator
from pathlib import Path

from storyboard.adapters.durable import sha256_of
from storyboard.app.compile import Compilation
from storyboard.app.edition import film_edition
from storyboard.app.models import list_cards
from storyboard.compiler.pipeline import Compiled
from storyboard.compiler.plan_changes import card_fields
from storyboard.model.saved import Basis
from storyboard.model.story import Film, ImageFile

__all__ = ["film_basis"]


def film_basis(
    name: str, compilation: Compilation, compiled: Compiled, models: Collection[str]
) -> Basis:
    """Return what a film that compiled is made from; of its cards those of some models."""
    film = compiled.film
    if film is None:
        message = "only a film without errors can be compared"
        raise ValueError(message)
    cards = {card.id: card for card in list_cards(str(compilation.settings.root))}
    stills = {still.path: still.sha256 for still in compiled.stills}
    folder = "".join(compilation.path.rpartition("/")[:2])
    return Basis(
        edition=film_edition(name, compilation, compiled, cards.values()),
        stills={
            path.removeprefix(folder): stills[path] for path in _pictures(film) if path in stills
        },
        sounds={
            path.removeprefix(folder): digest
            for path in _sounds(film)
            if (digest := _digest(path)) is not None
        },
        cards={model: card_fields(cards[model]) for model in sorted(models) if model in cards},
    )


def _pictures(film: Film) -> Iterator[str]:
    images = (image for shot in film.shown for image in (shot.image, shot.end_image))
    return (image.path for image in images if isinstance(image, ImageFile))


def _sounds(film: Film) -> Iterator[str]:
    if film.music is not None:
        yield film.music.path
    yield from (track.path for shot in film.shown for track in shot.mix.tracks)


def _digest(path: str) -> str | None:
    try:
        return sha256_of(Path(path))
    except OSError:
        return None
