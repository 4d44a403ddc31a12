"""Makes the edition of a film that compiled: of today's, or of one that another revision holds."""

from collections.abc import Iterable

from storyboard.app.compile import Compilation
from storyboard.compiler.edition import make_edition
from storyboard.compiler.offers import Script
from storyboard.compiler.pipeline import Compiled
from storyboard.model.card import ModelCard
from storyboard.model.edition import Edition
from storyboard.model.errors import InvalidStoryboard

__all__ = ["film_edition"]


def film_edition(
    name: str, compilation: Compilation, compiled: Compiled, cards: Iterable[ModelCard]
) -> Edition:
    """Make an edition, called `name`; `cards` are the models that the film could use.

    InvalidStoryboard where a shot's model is not among them: its price cannot be told.
    """
    if compiled.film is None:
        message = "only a film without errors has an edition"
        raise ValueError(message)
    known = {card.id: card for card in cards}
    unknown = {shot.model for shot in compiled.film.shown} - known.keys()
    if unknown:
        message = f"{name} asks for a model that no card tells of: {min(unknown)}"
        raise InvalidStoryboard(
            message, hint="a card in the project's cards/ folder makes it known"
        )
    script = Script(
        compiled.film,
        {prompt.shot: prompt.text for prompt in compiled.prompts},
        {still.path: still for still in compiled.stills},
        known,
    )
    return make_edition(name, compilation.path, script)
