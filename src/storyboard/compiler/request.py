"""Turns a shot into the order a model understands: our fields to its inputs, as its card says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from storyboard.compiler.moves import move_meant
from storyboard.model.card import ModelCard
from storyboard.model.money import Millis
from storyboard.model.request import ClipKey, ClipRequest, Still
from storyboard.model.story import Film, ImageFile, ImageFrom, ImageSource, ImageUrl, Shot
from storyboard.model.tree import Plain

__all__ = [
    "SOURCES",
    "AnimaticLook",
    "animatic_still",
    "card_inputs",
    "order_animatic",
    "order_clip",
]

Reader = Callable[[Shot, Film], Plain]

_EDITION = 1
"""Which drawing of animatics this is; a new one makes clips anew that an old one drew."""


@dataclass(frozen=True, slots=True)
class AnimaticLook:
    """What an animatic shows beside its stills: ids and timecode burnt in, or slates for stills."""

    burn_in: bool = False
    slates: bool = False


def order_clip(
    card: ModelCard,
    shot: Shot,
    film: Film,
    *,
    prompt: str,
    length: Millis,
    stills: Mapping[str, Still],
    clips: Mapping[str, ClipKey],
) -> ClipRequest:
    """Make the order for one clip: what the model is sent, and nothing else.

    A still is named by its content, a frame of another shot by that shot's clip, as `clips` has it.
    `duration` is what is bought, whole seconds where it can be.
    """
    inputs = card_inputs(card, shot, film)
    used: list[Still] = []
    pictures: list[str] = []
    for each in card.inputs:
        if each.source == "prompt":
            inputs[each.name] = prompt
        elif each.source == "duration":
            inputs[each.name] = length // 1000 if length % 1000 == 0 else length / 1000
        elif each.source is not None and each.source in _PICTURES:
            picture = _PICTURES[each.source](shot)
            inputs[each.name], still = _picture(picture, stills, clips)
            used += [still] if still is not None else []
            pictures += [each.name] if inputs[each.name] is not None else []
    return ClipRequest(card.id, _written(inputs), length, tuple(used), tuple(pictures))


def order_animatic(
    card: ModelCard, shot: Shot, film: Film, stills: Mapping[str, Still], look: AnimaticLook
) -> ClipRequest:
    """Make the order for a free clip: the still that the shot's chain starts from, or a slate."""
    inputs = card_inputs(card, shot, film)
    picture = animatic_still(shot, film)
    still = stills.get(picture.path) if isinstance(picture, ImageFile) else None
    if look.slates:
        still = None
    inputs["image"] = f"sha256:{still.sha256}" if still is not None else None
    inputs["burn_in"] = look.burn_in or None
    inputs["edition"] = _EDITION
    if still is not None:
        inputs["action"] = None
        inputs["label"] = inputs["label"] if look.burn_in else None
    used = (still,) if still is not None else ()
    return ClipRequest(card.id, _written(inputs), shot.clip_time, used)


def card_inputs(card: ModelCard, shot: Shot, film: Film) -> dict[str, Plain]:
    """Return the inputs that need no picture or prompt: defaults, our fields, then `inputs:`."""
    inputs: dict[str, Plain] = {}
    written = dict(shot.inputs)
    for each in card.inputs:
        reader = SOURCES.get(each.source) if each.source is not None else None
        value = reader(shot, film) if reader is not None else None
        if value is not None and each.enum and value not in each.enum:
            value = None
        value = written.get(each.name, value)
        inputs[each.name] = each.default if value is None else value
    return inputs


def animatic_still(shot: Shot, film: Film) -> ImageSource | None:
    """Return the still that a chain of shots starts from: what an animatic can show of it."""
    if not isinstance(shot.image, ImageFrom):
        return shot.image
    shots = {each.id: each for each in film.shots}
    seen: set[str] = set()
    picture: ImageSource | None = shot.image
    while isinstance(picture, ImageFrom) and picture.shot in shots and picture.shot not in seen:
        seen.add(picture.shot)
        picture = shots[picture.shot].image
    return picture


def _written(inputs: Mapping[str, Plain]) -> tuple[tuple[str, Plain], ...]:
    return tuple((name, value) for name, value in inputs.items() if value is not None)


def _move(shot: Shot) -> str:
    """Return the move as the field says it or, failing that, as the prose does."""
    if shot.camera.moves or shot.camera.text is None:
        return shot.camera.move
    return move_meant(shot.camera.text) or shot.camera.move


def _picture(
    picture: ImageSource | None, stills: Mapping[str, Still], clips: Mapping[str, ClipKey]
) -> tuple[str | None, Still | None]:
    match picture:
        case ImageFile(path) if path in stills:
            return f"sha256:{stills[path].sha256}", stills[path]
        case ImageUrl(url):
            return f"url:{url}", None
        case ImageFrom(shot, frame):
            return f"clip:{clips[shot]}#{frame}" if shot in clips else None, None
        case _:
            return None, None


def _dialogue(shot: Shot, film: Film) -> Plain:
    lines: list[Plain] = []
    for line in shot.dialogue:
        character = film.character(line.character) if line.character else None
        speaker = character.name if character else line.character
        lines.append({"speaker": speaker, "text": line.text, "delivery": line.delivery})
    return lines


def _ambience(shot: Shot, film: Film) -> Plain:
    place = film.place(shot.location)
    heard = shot.sound.ambience or shot.sound.text
    return heard or (place.ambience if place else None)


SOURCES: Mapping[str, Reader] = MappingProxyType(
    {
        "seed": lambda shot, _: shot.seed,
        "aspect": lambda _, film: film.format.aspect,
        "resolution": lambda _, film: film.format.resolution,
        "width": lambda _, film: film.format.width,
        "height": lambda _, film: film.format.height,
        "fps": lambda _, film: str(film.format.fps),
        "action": lambda shot, _: shot.action,
        "move": lambda shot, _: _move(shot),
        "speed": lambda shot, _: shot.camera.speed,
        "support": lambda shot, _: shot.camera.support,
        "dialogue": _dialogue,
        "ambience": _ambience,
        "effects": lambda shot, _: list(shot.sound.effects),
        "music": lambda shot, _: shot.sound.music,
        "label": lambda shot, _: shot.id,
    }
)
"""How a card's `source` word reads our film; an order fills prompt, duration and pictures."""

_PICTURES: Mapping[str, Callable[[Shot], ImageSource | None]] = MappingProxyType(
    {"image": lambda shot: shot.image, "end_image": lambda shot: shot.end_image}
)
