"""Makes a film's edition, of a compiled film or of its lock, and writes and reads it as JSON."""

from collections.abc import Mapping
from graphlib import TopologicalSorter
from typing import TypeVar

from storyboard.compiler.edition_fields import ShotFields, film_fields
from storyboard.compiler.offers import Script, shot_offers, starts_from
from storyboard.model.edition import Edition, EditionShot
from storyboard.model.lock import Lock
from storyboard.model.money import MicroUsd, Millis, decimal_usd, micro_usd
from storyboard.model.plan import Offer
from storyboard.model.request import ClipKey, made_from
from storyboard.model.story import Scene, Shot
from storyboard.model.tree import Plain

__all__ = ["edition_of_lock", "edition_value", "make_edition", "read_edition"]

Kind = TypeVar("Kind", bound=object)


def make_edition(name: str, path: str, script: Script) -> Edition:
    """Make the edition of a film that compiled, called `name`; `path` is the film's file.

    What is owned plays no part: a shot that starts from another one is known by what that one asks
    for, not by the take it has. Every shown shot's model has to have a card.
    """
    film = script.film
    offers, clips = _first_takes(script)
    fields = ShotFields(film, script.stills, _folder(path))

    def edition_shot(scene: Scene, shot: Shot) -> EditionShot:
        offer = offers[shot.id]
        takes = shot.takes if offer.cost else 1  # what is free is made once
        return EditionShot(
            id=shot.id,
            scene=scene.id,
            base=offer.key,
            model=offer.model,
            bought=offer.bought,
            price=offer.cost,
            takes=takes,
            runs=shot.screen_time,
            made_from=made_from(offer.request),
            fields=fields.read(scene, shot, offer.request),
            further=tuple(
                shot_offers(script, shot, clips, take)[0].key for take in range(2, takes + 1)
            ),
        )

    return Edition(
        name,
        tuple(
            edition_shot(scene, shot)
            for scene in film.scenes
            for shot in scene.shots
            if not shot.skip
        ),
        film_fields(film, _folder(path)),
        film.runtime,
    )


def _first_takes(script: Script) -> tuple[dict[str, Offer], dict[str, ClipKey]]:
    """Return by shot the order of its first take, and that one's key, which a chain starts from."""
    shots = {shot.id: shot for shot in script.film.shots}
    offers: dict[str, Offer] = {}
    clips: dict[str, ClipKey] = {}
    after = {name: starts_from(shot) for name, shot in shots.items()}
    for name in TopologicalSorter(after).static_order():
        found = shot_offers(script, shots[name], clips, 1)
        if found:
            offers[name], clips[name] = found[0], found[0].key
    return offers, clips


def _folder(path: str) -> str:
    """Return what the paths of files beside the film begin with."""
    folder, slash, _ = path.rpartition("/")
    return folder + slash


def edition_of_lock(name: str, lock: Lock) -> Edition:
    """Make the edition of a lock: what was bought for each shot, without the film's own story."""
    shots = []
    for slate in lock.slates:
        circled = slate.take(slate.circled) if slate.circled is not None else None
        shown = circled or slate.newest
        if shown is not None:
            shots.append(
                EditionShot(
                    id=slate.shot,
                    scene="",
                    base=shown.key,
                    model=shown.model,
                    bought=shown.length,
                    price=shown.price,
                    further=tuple(take.key for take in slate.takes if take.key != shown.key),
                )
            )
    return Edition(name, tuple(shots), ordered=False)


def edition_value(edition: Edition) -> dict[str, Plain]:
    """Return an edition as JSON holds it; `read_edition` reads it back as it was."""
    return {
        "name": edition.name,
        "ordered": edition.ordered,
        "runtime_ms": edition.runtime,
        "fields": _fields_value(edition.fields),
        "shots": [_shot_value(shot) for shot in edition.shots],
    }


def _shot_value(shot: EditionShot) -> dict[str, Plain]:
    return {
        "id": shot.id,
        "scene": shot.scene,
        "base": shot.base,
        "further": [*shot.further],
        "model": shot.model,
        "bought_ms": shot.bought,
        "price_usd": decimal_usd(shot.price),
        "takes": shot.takes,
        "runs_ms": shot.runs,
        "made_from": None if shot.made_from is None else dict(shot.made_from),
        "fields": _fields_value(shot.fields),
    }


def _fields_value(fields: Mapping[str, str] | None) -> Plain:
    return None if fields is None else dict(fields)


def read_edition(document: object) -> Edition:
    """Read what `edition_value` wrote; ValueError names what is not as it should be."""
    value = _mapping(document, "the edition")
    return Edition(
        name=_read(value, "name", str),
        shots=tuple(_read_shot(each) for each in _read(value, "shots", list)),
        fields=_read_fields(value),
        runtime=_read_time(value, "runtime_ms"),
        ordered=_read(value, "ordered", bool),
    )


def _mapping(document: object, what: str) -> Mapping[str, object]:
    if isinstance(document, dict):
        return document
    message = f"{what} is no mapping"
    raise ValueError(message)


def _read_shot(document: object) -> EditionShot:
    value = _mapping(document, "a shot")
    made: dict[str, Plain] | None = None
    if value.get("made_from") is not None:
        made = _read(value, "made_from", dict)
    return EditionShot(
        id=_read(value, "id", str),
        scene=_read(value, "scene", str),
        base=ClipKey(_read(value, "base", str)),
        model=_read(value, "model", str),
        bought=Millis(_read(value, "bought_ms", int)),
        price=_read_price(value),
        takes=_read(value, "takes", int),
        runs=_read_time(value, "runs_ms"),
        made_from=made,
        fields=_read_fields(value),
        further=tuple(ClipKey(str(key)) for key in _read(value, "further", list)),
    )


def _read_price(value: Mapping[str, object]) -> MicroUsd:
    text = _read(value, "price_usd", str)
    if not text.replace(".", "", 1).isdecimal():
        message = "`price_usd` is no price"
        raise ValueError(message)
    return micro_usd(text)


def _read_fields(value: Mapping[str, object]) -> dict[str, str] | None:
    if value.get("fields") is None:
        return None
    return {str(name): str(text) for name, text in _read(value, "fields", dict).items()}


def _read_time(value: Mapping[str, object], name: str) -> Millis | None:
    return None if value.get(name) is None else Millis(_read(value, name, int))


def _read(value: Mapping[str, object], name: str, kind: type[Kind]) -> Kind:
    found = value.get(name)
    counts = isinstance(found, int) and not isinstance(found, bool) and found >= 0
    if isinstance(found, kind) and (kind is not int or counts):
        return found
    message = f"`{name}` is no {kind.__name__}"
    raise ValueError(message)
