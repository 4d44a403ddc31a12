"""Models: whether they exist, live, and take a shot's inputs; and what all of it would cost."""

from collections.abc import Iterator

from storyboard.compiler.checks.subject import Subject
from storyboard.compiler.request import card_inputs
from storyboard.compiler.suggest import did_you_mean
from storyboard.model.card import CardInput, ModelCard, length_to_buy, price
from storyboard.model.diagnostic import Code, Diagnostic
from storyboard.model.money import MicroUsd, show_usd
from storyboard.model.source import Span
from storyboard.model.story import Shot
from storyboard.model.tree import Plain

__all__ = ["CHECKS"]


def known_models(subject: Subject) -> Iterator[Diagnostic]:
    """Every model named has a card, and is still sold."""
    for name, place in _named_models(subject):
        card = subject.cards.get(name)
        if card is None:
            nearest = did_you_mean(name, subject.cards)
            advice = f'did you mean "{nearest}"?' if nearest else "see `storyboard models`"
            yield Diagnostic(Code.UNKNOWN_MODEL, f'no model is called "{name}"', place, advice)
        elif card.status != "active":
            yield _ailing(card, place)


def _named_models(subject: Subject) -> Iterator[tuple[str, Span]]:
    for shot in subject.film.shown:
        written = shot.origin.has("model")
        yield shot.model, shot.origin.at("model") if written else subject.film.origin.key("title")
        for index, name in enumerate(shot.fallback):
            yield name, shot.origin.at("fallback", index)


def _ailing(card: ModelCard, place: Span) -> Diagnostic:
    code = Code.RETIRED_MODEL if card.status == "retired" else Code.UNSTABLE_MODEL
    state = "is no longer sold" if card.status == "retired" else "may stop or change unannounced"
    notice = f": {card.notice}" if card.notice else ""
    others = " or ".join(card.alternatives)
    advice = f"ready alternative: {others}" if others else "see `storyboard models`"
    return Diagnostic(code, f"{card.id} {state}{notice}", place, advice)


def known_inputs(subject: Subject) -> Iterator[Diagnostic]:
    """`inputs:` holds inputs the model has, with values it takes, that have no field of ours."""
    for shot in subject.film.shown:
        card = subject.card(shot)
        if card is not None:
            for name, value in shot.inputs:
                yield from _input(shot, card, name, value)


def _input(shot: Shot, card: ModelCard, name: str, value: Plain) -> Iterator[Diagnostic]:
    place = shot.origin.at("inputs", name)
    known = {each.name: each for each in card.inputs}
    if name not in known:
        nearest = did_you_mean(name, known)
        advice = f'did you mean "{nearest}"?' if nearest else f"it takes: {', '.join(known)}"
        message = f'{card.id} has no input "{name}"'
        yield Diagnostic(Code.UNKNOWN_INPUT, message, shot.origin.key("inputs", name), advice)
    elif instead := _OURS.get(known[name].source or ""):
        message = f'the input "{name}" of {card.id} is filled from the shot, not from `inputs:`'
        yield Diagnostic(Code.UNKNOWN_INPUT, message, shot.origin.key("inputs", name), instead)
    elif fault := _fault(known[name], value):
        message = f'the input "{name}" of {card.id} {fault}'
        yield Diagnostic(Code.WRONG_VALUE, message, place, "see `storyboard models`")


_OURS = {
    "prompt": "write it in the shot's own fields; its template makes the prompt of them",
    "duration": "write the shot's `duration:`",
    "image": "write the shot's `image:`",
    "end_image": "write the shot's `end_image:`",
}
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
}


def _fault(each: CardInput, value: Plain) -> str | None:
    types = _TYPES.get(each.type)
    boolean = isinstance(value, bool)
    if types and (not isinstance(value, types) or (boolean and each.type != "boolean")):
        return f"has to be {'an' if each.type[0] in 'aeio' else 'a'} {each.type}"
    if each.enum and value not in each.enum:
        return f"has to be one of {', '.join(str(word) for word in each.enum)}"
    if isinstance(value, (int, float)) and not boolean:
        if each.minimum is not None and value < each.minimum:
            return f"has to be at least {each.minimum:g}"
        if each.maximum is not None and value > each.maximum:
            return f"may be at most {each.maximum:g}"
    return None


def priced(subject: Subject) -> Iterator[Diagnostic]:
    """Every shot has a price: one that a card does not know is never taken for nothing."""
    for shot in subject.film.shown:
        card = subject.card(shot)
        length = length_to_buy(card, shot.clip_time) if card else None
        if card is None or length is None:
            continue
        inputs = card_inputs(card, shot, subject.film)
        if price(card, length, inputs) is None:
            message = f'the card of {card.id} has no price for these inputs of "{shot.id}"'
            advice = "add a row to its `prices:`, or change the film's resolution"
            place = subject.place(shot, "model")
            yield Diagnostic(Code.BAD_CARD, message, place, advice)


def over_budget(subject: Subject) -> Iterator[Diagnostic]:
    """Buying every shot anew keeps to the film's budget."""
    limit = subject.film.budget.cost
    if limit is None:
        return
    total = MicroUsd(sum(_full_price(subject, shot) for shot in subject.film.shown))
    if total > limit:
        message = f"buying every shot costs {show_usd(total)}, over the budget of {show_usd(limit)}"
        place = subject.film.origin.at("budget", "cost")
        advice = "shorten shots, choose a cheaper model, or raise `budget.cost`"
        yield Diagnostic(Code.OVER_BUDGET, message, place, advice)


def _full_price(subject: Subject, shot: Shot) -> int:
    card = subject.card(shot)
    length = length_to_buy(card, shot.clip_time) if card else None
    if card is None or length is None:
        return 0
    return price(card, length, card_inputs(card, shot, subject.film)) or 0


CHECKS = (known_models, known_inputs, priced, over_budget)
