"""Finds the request that a build would send for a shot, and writes it as code to run elsewhere."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from storyboard.adapters.durable import sha256_of, write_aside
from storyboard.app.books import build_command
from storyboard.app.compile import Compilation
from storyboard.app.models import list_cards
from storyboard.app.plan import clip_store, plan_film
from storyboard.app.purse import load_purse
from storyboard.app.refusals import planned_shot
from storyboard.app.select import refuse_unchosen
from storyboard.app.stills import ProjectPictures
from storyboard.compiler.planner import ANIMATIC
from storyboard.engine.provider import NotFetched
from storyboard.model.card import ModelCard
from storyboard.model.errors import EnvironmentFault, ShotsFailed, Undecidable
from storyboard.model.plan import Plan, PlannedShot
from storyboard.model.tree import Plain
from storyboard.report.cells import harmless
from storyboard.report.code import Lang, Picture, ShotRequest
from storyboard.report.code_curl import render_curl
from storyboard.report.code_js import render_js
from storyboard.report.code_python import render_python

__all__ = ["request_code", "shot_request", "write_code"]

_RENDERERS: Final = {Lang.CURL: render_curl, Lang.PYTHON: render_python, Lang.JS: render_js}
_LARGEST: Final = 2**53 - 1
_FRAME: Final = "png"


def shot_request(compilation: Compilation, shot: str) -> ShotRequest:
    """Return what a build would send for a shot, whether its clip is owned or not.

    A frame that the shot starts from is drawn, as a build does. Undecidable for a shot that no
    build orders, ShotsFailed where the clip that it starts from is not owned, EnvironmentFault for
    a picture that cannot be read.
    """
    plan, compiled = plan_film(compilation)
    film = compiled.need_film()
    planned = planned_shot(plan, film, shot)
    refuse_unchosen(compilation, shot, plan, film)
    _refuse_unsendable(planned, _card(compilation, planned))
    inputs = dict(planned.request.inputs)
    pictures = tuple(
        _picture(compilation, plan, planned, name) for name in planned.request.pictures
    )
    handed_in = {each.input: each.url for each in pictures}
    purse = load_purse(compilation.settings)
    return ShotRequest(
        film=compilation.path,
        shot=planned.id,
        model=planned.request.model,
        price=planned.price,
        base_url=purse.base_url,
        rehearsal=purse.rehearsal,
        inputs=_known(inputs, handed_in),
        pictures=pictures,
    )


def request_code(request: ShotRequest, lang: Lang) -> str:
    """Write a request in a language; Undecidable where the language cannot say it exactly."""
    if lang is Lang.JS and not _exact_in_javascript(dict(request.inputs)):
        message = "an input is a whole number that JavaScript would round"
        raise Undecidable(message, hint="use --lang curl or --lang python")
    if lang is Lang.CURL and any(file != harmless(file) for file in request.files):
        message = "the path of a picture has a character that a terminal would act on"
        raise Undecidable(message, hint="rename it, or use --lang python or --lang js")
    return _RENDERERS[lang](request)


def write_code(path: str, code: str) -> None:
    """Write code to a file, whole or not at all; EnvironmentFault where the disk refuses."""
    write_aside(Path(path), code.encode())


def _card(compilation: Compilation, planned: PlannedShot) -> ModelCard:
    cards = list_cards(str(compilation.settings.root))
    return next(card for card in cards if card.id == planned.request.model)


def _refuse_unsendable(planned: PlannedShot, card: ModelCard) -> None:
    """Refuse a shot that is made on this machine, or that its model would take no order for."""
    if card.provider == ANIMATIC:
        message = f'"{planned.id}" is made on this machine, and no request is sent for it'
        raise Undecidable(message, hint="`storyboard models` lists what clips are bought from")
    sent = dict(planned.request.inputs)
    lacking = [each.name for each in card.inputs if each.required and sent.get(each.name) is None]
    if lacking:
        message = f'"{planned.id}" has no {lacking[0]}, and {card.id} takes no order without it'
        raise Undecidable(message, hint="`storyboard check` says what is missing")


def _picture(compilation: Compilation, plan: Plan, planned: PlannedShot, name: str) -> Picture:
    """Find a picture of an order, as the order is written: its address, or its file."""
    reference = str(dict(planned.request.inputs)[name])
    kind, _, address = reference.partition(":")
    if kind == "url":
        return Picture(name, url=address)
    try:
        file = _pictures(compilation).file(reference, planned.request)
    except NotFetched as error:
        if kind != "clip":
            raise EnvironmentFault(str(error)) from error
        raise _without_frame(compilation, plan, planned, address) from error
    sha256 = sha256_of(Path(file))
    formats = {still.sha256: still.format for still in planned.request.stills}
    return Picture(name, file=file, sha256=sha256, format=formats.get(sha256, _FRAME))


def _pictures(compilation: Compilation) -> ProjectPictures:
    settings = compilation.settings
    stores = (clip_store(compilation, free=False), clip_store(compilation, free=True))
    frames = settings.inside(load_purse(settings).folder / "frames")
    return ProjectPictures(settings.root, stores, frames)


def _without_frame(
    compilation: Compilation, plan: Plan, planned: PlannedShot, address: str
) -> ShotsFailed:
    key = address.partition("#")[0]
    source = next(
        (each.id for each in plan.orders for offer in each.offers if offer.key == key), None
    )
    if source is None:
        message = f'"{planned.id}" needs a frame of a shot that is skipped and not owned'
        return ShotsFailed(message, hint="take its `skip: true` away, and build it first")
    message = f'"{planned.id}" needs a frame of "{source}", whose clip is not owned'
    return ShotsFailed(message, hint=f"build it first: `{build_command(compilation)}`")


def _known(inputs: Mapping[str, Plain], pictures: Mapping[str, str | None]) -> Mapping[str, Plain]:
    """Return what is known of the inputs, in the order that an order has them in."""
    known = {name: pictures.get(name, value) for name, value in sorted(inputs.items())}
    return {name: value for name, value in known.items() if value is not None}


def _exact_in_javascript(value: Plain) -> bool:
    match value:
        case list():
            return all(map(_exact_in_javascript, value))
        case dict():
            return all(map(_exact_in_javascript, value.values()))
        case int():
            return -_LARGEST <= value <= _LARGEST
        case _:
            return True
