"""Stills: right shape for the film, and a size, weight and format the model takes."""

from collections.abc import Iterator

from storyboard.compiler.checks.subject import Subject
from storyboard.compiler.suggest import first_few
from storyboard.model.card import ModelCard
from storyboard.model.diagnostic import Code, Diagnostic
from storyboard.model.request import Still
from storyboard.model.story import ImageFile, Shot

__all__ = ["CHECKS", "PAID"]

_TOLERANCE = 0.02


def stills(subject: Subject) -> Iterator[Diagnostic]:
    """Every shot whose model starts from a still has one; those that lack it make one finding."""
    lacking = [
        shot
        for shot in subject.film.shown
        if shot.image is None and _starts_from_a_still(subject, shot)
    ]
    if lacking:
        listed = first_few([f'"{shot.id}"' for shot in lacking])
        verb = "has" if len(lacking) == 1 else "have"
        message = f"{listed} {verb} no still"
        advice = "the animatic shows a slate; to be bought a shot needs one: image: stills/….png"
        yield Diagnostic(Code.IMAGE_MISSING, message, lacking[0].origin.at("id"), advice)


def _starts_from_a_still(subject: Subject, shot: Shot) -> bool:
    card = subject.card(shot)
    return card is not None and any(
        each.source == "image" and each.required for each in card.inputs
    )


def ratios(subject: Subject) -> Iterator[Diagnostic]:
    """A still has the film's shape; otherwise its edges are cropped away."""
    shape = subject.film.format
    for shot, still, field in _stills(subject):
        ratio = still.width / still.height
        if abs(ratio / shape.ratio - 1) > _TOLERANCE:
            message = (
                f"{still.path} is {still.size}, "
                f"and the film is {shape.aspect}: its edges will be cropped"
            )
            advice = f"crop it yourself, best to {shape.size}"
            yield Diagnostic(Code.IMAGE_RATIO, message, shot.origin.at(field), advice)


def sizes(subject: Subject) -> Iterator[Diagnostic]:
    """A still is neither smaller nor heavier than the model takes, and not too long or tall."""
    for shot, still, field in _stills(subject):
        card = subject.card(shot)
        if card is not None:
            for fault, advice in _faults(still, card):
                message = f"{still.path} {fault} for {card.id}"
                yield Diagnostic(Code.IMAGE_SIZE, message, shot.origin.at(field), advice)


def _faults(still: Still, card: ModelCard) -> Iterator[tuple[str, str]]:
    limits = card.image
    ratio = still.width / still.height
    if limits.smallest_side is not None and min(still.width, still.height) < limits.smallest_side:
        yield (
            f"is {still.size}, too small",
            f"its shorter side has to be at least {limits.smallest_side} pixels",
        )
    if limits.largest_bytes is not None and still.bytes > limits.largest_bytes:
        yield (
            f"weighs {still.bytes / 1e6:.1f} MB, too much",
            f"it may weigh {limits.largest_bytes / 1e6:.0f} MB at most",
        )
    if limits.formats and still.format not in limits.formats:
        listed = " or ".join(name.upper() for name in limits.formats)
        yield f"is {still.format.upper()}, a format that does not do", f"save it as {listed}"
    if limits.narrowest is not None and ratio < limits.narrowest:
        yield "is too tall", f"its width over its height has to be at least {limits.narrowest:g}"
    if limits.widest is not None and ratio > limits.widest:
        yield "is too wide", f"its width over its height may be {limits.widest:g} at most"


def _stills(subject: Subject) -> Iterator[tuple[Shot, Still, str]]:
    for shot in subject.film.shown:
        for field, image in (("image", shot.image), ("end_image", shot.end_image)):
            if isinstance(image, ImageFile) and image.path in subject.stills:
                yield shot, subject.stills[image.path], field


CHECKS = (stills, ratios, sizes)
PAID = (sizes,)
