"""The ways to have each shot made, take by take: an order of its model, and of each fallback."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from storyboard.compiler.request import AnimaticLook, order_animatic, order_clip
from storyboard.model.card import ModelCard, length_to_buy, price
from storyboard.model.money import MicroUsd
from storyboard.model.plan import Offer
from storyboard.model.request import ClipKey, ClipRequest, Still, clip_key
from storyboard.model.story import Film, ImageFrom, Shot

if TYPE_CHECKING:
    from storyboard.compiler.pipeline import Compiled

__all__ = ["ANIMATIC", "Script", "free_offer", "shot_offers", "starts_from"]

ANIMATIC = "animatic"
"""The id of the free model's card."""
_SEED = "seed"


@dataclass(frozen=True, slots=True)
class Script:
    """A compiled film ready to be planned: its prompts by shot, stills by path, cards by id."""

    film: Film
    prompts: Mapping[str, str]
    stills: Mapping[str, Still]
    cards: Mapping[str, ModelCard]

    @classmethod
    def of(cls, compiled: "Compiled", cards: Iterable[ModelCard]) -> "Script":
        """Return a film that compiled with the cards that there are."""
        return cls(
            compiled.need_film(),
            {prompt.shot: prompt.text for prompt in compiled.prompts},
            {still.path: still for still in compiled.stills},
            {card.id: card for card in cards},
        )


def shot_offers(
    script: Script, shot: Shot, clips: Mapping[str, ClipKey], take: int
) -> tuple[Offer, ...]:
    """Return the orders for one take of a shot, the wanted model's first.

    `clips` are by shot the clips that a chain starts from. A fallback that cannot make the shot is
    left out; there is none at all where the shot's own model is not known.
    """
    models = dict.fromkeys((shot.model, *shot.fallback))
    found = (_order(script, shot, model, clips) for model in models)
    return tuple(
        offer if take == 1 else _taken(offer, take, script.cards[offer.model])
        for offer in found
        if offer is not None
    )


def free_offer(script: Script, shot: Shot, look: AnimaticLook) -> Offer:
    """Return the order of a shot's animatic."""
    request = order_animatic(script.cards[ANIMATIC], shot, script.film, script.stills, look)
    return _offer(script.cards[ANIMATIC], request)


def starts_from(shot: Shot) -> tuple[str, ...]:
    """Name the shots that a shot's pictures are frames of."""
    images = (shot.image, shot.end_image)
    return tuple(image.shot for image in images if isinstance(image, ImageFrom))


def _order(script: Script, shot: Shot, model: str, clips: Mapping[str, ClipKey]) -> Offer | None:
    """Order a shot of a model; None of one that is not known or, as a fallback, cannot make it."""
    card = script.cards.get(model)
    if card is None:
        return None
    if card.provider == ANIMATIC:
        look = AnimaticLook()
        return _offer(card, order_animatic(card, shot, script.film, script.stills, look))
    length = length_to_buy(card, shot.clip_time)
    if length is None and model != shot.model:
        return None
    request = order_clip(
        card,
        shot,
        script.film,
        prompt=script.prompts.get(shot.id, ""),
        length=length or shot.clip_time,
        stills=script.stills,
        clips=clips,
    )
    return _offer(card, request)


def _offer(card: ModelCard, request: ClipRequest) -> Offer:
    cost = price(card, request.length, dict(request.inputs))
    return Offer(card.id, request.length, request, clip_key(request), MicroUsd(cost or 0))


def _taken(offer: Offer, take: int, card: ModelCard) -> Offer:
    """Return the offer for a later take. A seed moves on with it, or it would be the same clip."""
    seeds = {each.name for each in card.inputs if each.source == _SEED}
    inputs = tuple(
        (name, value + take - 1 if name in seeds and isinstance(value, int) else value)
        for name, value in offer.request.inputs
    )
    request = replace(offer.request, inputs=inputs, take=take)
    return replace(offer, request=request, key=clip_key(request))
