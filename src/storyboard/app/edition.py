"""Makes what films are compared by: an edition and, of a plan's, the files and cards behind it."""

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from storyboard.adapters.durable import sha256_of
from storyboard.app.compile import Compilation
from storyboard.app.models import list_cards
from storyboard.compiler.edition import make_edition
from storyboard.compiler.offers import Script
from storyboard.compiler.pipeline import Compiled
from storyboard.compiler.plan_changes import card_fields
from storyboard.model.card import ModelCard
from storyboard.model.edition import Edition
from storyboard.model.errors import InvalidStoryboard
from storyboard.model.saved import Basis
from storyboard.model.story import Film, ImageFile

__all__ = ["film_basis", "film_edition"]


def film_edition(
    name: str, compilation: Compilation, compiled: Compiled, cards: Iterable[ModelCard]
) -> Edition:
    """Make an edition, called `name`; `cards` are the models that the film could use.

    InvalidStoryboard where a shot's model is not among them: its price cannot be told.
    """
    script = Script.of(compiled, cards)
    unknown = {shot.model for shot in script.film.shown} - script.cards.keys()
    if unknown:
        message = f"{name} asks for a model that no card tells of: {min(unknown)}"
        raise InvalidStoryboard(
            message, hint="a card in the project's cards/ folder makes it known"
        )
    return make_edition(name, compilation.path, script)


def film_basis(
    name: str, compilation: Compilation, compiled: Compiled, models: Collection[str]
) -> Basis:
    """Return what a film that compiled is made from; of its cards those of some models."""
    film = compiled.need_film()
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
