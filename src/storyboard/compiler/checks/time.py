"""Time: lengths that are sold, trims and transitions that fit, words that can be spoken."""

from collections.abc import Iterator
from itertools import pairwise, zip_longest
from math import ceil

from storyboard.compiler.checks.subject import Subject
from storyboard.model.card import AnyLength, ListedLengths, ModelCard, length_to_buy
from storyboard.model.diagnostic import Code, Diagnostic
from storyboard.model.money import Millis, show_seconds
from storyboard.model.pacing import LEAD, WIDE_CHARACTERS_A_SECOND, WORDS_A_SECOND
from storyboard.model.post import Card
from storyboard.model.source import Span
from storyboard.model.story import Line, Shot

__all__ = ["CHECKS", "PAID", "speaking_time"]

_FEW = 6
_SECOND = 1000
_WITHOUT_SPACES = frozenset({"zh", "ja", "ko", "th"})


def sold_lengths(subject: Subject) -> Iterator[Diagnostic]:
    """The model sells a clip long enough for the shot."""
    for shot in subject.film.shown:
        card = subject.card(shot)
        if card is not None and length_to_buy(card, shot.clip_time) is None:
            handles = " with its handles" if shot.handles else ""
            message = (
                f'"{shot.id}" wants {show_seconds(shot.clip_time)}{handles}, '
                f"and the longest clip of {card.id} is {show_seconds(_longest(card))}"
            )
            advice = f"split the shot in two, or shorten it; {_sold(card)}"
            yield Diagnostic(
                Code.DURATION_NOT_SOLD, message, subject.place(shot, "duration"), advice
            )


def _longest(card: ModelCard) -> Millis:
    match card.lengths:
        case ListedLengths(lengths):
            return lengths[-1]
        case AnyLength(longest=longest):
            return longest


def _sold(card: ModelCard) -> str:
    match card.lengths:
        case ListedLengths(lengths):
            return f"it sells {_listed(lengths)}"
        case AnyLength(shortest, longest):
            return f"it makes {show_seconds(shortest)} to {show_seconds(longest)}"


def _listed(lengths: tuple[Millis, ...]) -> str:
    """Name the lengths; a long even row by its ends."""
    steps = {after - before for before, after in pairwise(lengths)}
    if len(lengths) > _FEW and len(steps) == 1:
        step = show_seconds(Millis(steps.pop()))
        return f"{show_seconds(lengths[0])} to {show_seconds(lengths[-1])} in steps of {step}"
    return ", ".join(show_seconds(length) for length in lengths)


def trims(subject: Subject) -> Iterator[Diagnostic]:
    """A trim keeps something, and only what is there."""
    for shot in subject.film.shots:
        if shot.trim is None:
            continue
        start, end = shot.trim.start, shot.trim.end
        if end is not None and end > shot.duration:
            message = f"the trim ends at {show_seconds(end)}, after the shot's end"
            advice = f"the shot is {show_seconds(shot.duration)} long: `out` is at most that"
            yield Diagnostic(Code.BAD_TRIM, message, shot.origin.at("trim", "out"), advice)
        if start >= (shot.duration if end is None else end):
            message = f'the trim leaves nothing of "{shot.id}"'
            advice = "`in` comes before `out`, and both within the duration"
            yield Diagnostic(Code.BAD_TRIM, message, shot.origin.at("trim"), advice)


def frames_to_show(subject: Subject) -> Iterator[Diagnostic]:
    """Each shot and card runs for a frame at least, before its last one is held."""
    rate = subject.film.format.fps
    for placed in subject.placed:
        item = placed.item
        shot = item if isinstance(item, Shot) else None
        trimmed = shot is not None and shot.trim is not None
        if placed.moves(rate) or (shot and trimmed and shot.used_time <= 0):
            continue
        lasting = show_seconds(Millis(placed.end - placed.start - (shot.hold if shot else 0)))
        message = f"{_named(item)} runs for {lasting}, too short for a frame at {rate} a second"
        code = Code.BAD_TRIM if trimmed else Code.WRONG_VALUE
        yield Diagnostic(code, message, _length_place(subject, item), "let it last longer")


def _named(item: Shot | Card) -> str:
    if isinstance(item, Shot):
        return f'"{item.id}"'
    return "the title card" if item.id == "title" else "the credits"


def _length_place(subject: Subject, item: Shot | Card) -> Span:
    if isinstance(item, Shot):
        written = (name for name in ("trim", "speed", "duration") if item.origin.has(name))
        return item.origin.at(next(written, "id"))
    return subject.film.origin.at("title_card" if item.id == "title" else "credits", "duration")


def transitions(subject: Subject) -> Iterator[Diagnostic]:
    """Each shot is on screen at least as long as the transitions at its two ends."""
    for placed, after in zip_longest(subject.placed, subject.placed[1:]):
        if placed.fits:
            continue
        spent, lasting = Millis(ceil(placed.spent)), Millis(placed.end - placed.start)
        message = (
            f"the transitions around {_named(placed.item)} take {show_seconds(spent)}, "
            f"and it is on screen for {show_seconds(lasting)}"
        )
        around = (each.item for each in (placed, after) if each is not None)
        shots = (each for each in around if isinstance(each, Shot))
        guilty = next(shot for shot in shots if shot.transition.duration)
        advice = "shorten the transition, or lengthen the shot"
        place = subject.place(guilty, "transition")
        yield Diagnostic(Code.TRANSITION_TOO_LONG, message, place, advice)


def speaking_time(line: Line, language: str) -> Millis:
    """Estimate how long a line takes to say: 2.5 words a second, or 5 characters without spaces."""
    if language.split("-", maxsplit=1)[0].lower() in _WITHOUT_SPACES:
        count = sum(character.isalnum() for character in line.text)
        return Millis(round(count / WIDE_CHARACTERS_A_SECOND * _SECOND))
    return Millis(round(len(line.text.split()) / WORDS_A_SECOND * _SECOND))


def dialogue(subject: Subject) -> Iterator[Diagnostic]:
    """What is said in a shot can be said in it, after a second of lead."""
    language = subject.film.language
    for shot in subject.film.shown:
        spoken = sum(speaking_time(line, language) for line in shot.dialogue)
        needed = Millis(round(LEAD * _SECOND) + spoken)
        if shot.dialogue and needed > shot.duration:
            message = (
                f'the dialogue of "{shot.id}" needs about {show_seconds(needed)}, '
                f"and the shot is {show_seconds(shot.duration)} long"
            )
            advice = "shorten the lines, lengthen the shot, or move a line to the next one"
            place = shot.origin.at("dialogue")
            yield Diagnostic(Code.DIALOGUE_TOO_LONG, message, place, advice)


def runtime(subject: Subject) -> Iterator[Diagnostic]:
    """The film is not longer than it was meant to be."""
    film = subject.film
    if film.budget.runtime is not None and film.runtime > film.budget.runtime:
        message = (
            f"the film runs {show_seconds(film.runtime)}, "
            f"over the {show_seconds(film.budget.runtime)} it was given"
        )
        advice = "shorten or skip shots, or raise `budget.runtime`"
        place = film.origin.at("budget", "runtime")
        yield Diagnostic(Code.OVER_RUNTIME, message, place, advice)


CHECKS = (sold_lengths, trims, frames_to_show, transitions, dialogue, runtime)
PAID = (sold_lengths,)
