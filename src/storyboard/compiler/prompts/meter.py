"""Counts the work a template does, so that one that would never end is stopped without a clock."""

import operator
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import lru_cache, wraps
from itertools import islice
from typing import Any

from jinja2 import TemplateRuntimeError, Undefined

__all__ = ["LONGEST_TEXT", "Exhausted", "Meter", "Refused", "calculate"]

LONGEST_TEXT = 64_000
"""Characters a prompt, or any text a template makes on the way, may have."""

_REMEMBERED = 4_096
_PIECES = 64  # put together at a time; none is longer than a prompt may be
_STEPS_A_PROMPT = 50_000
_STEPS_A_FILM = 150_000
_STEPS_A_SHOT = 2_500
_TEXT_A_FILM = 32_000_000
_LARGEST_NUMBER = 10**15
_LARGEST_EXPONENT = 64
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "**": operator.pow,
    "%": operator.mod,
}


class Refused(TemplateRuntimeError):
    """A template asked for something it cannot have; `advice` says what to write instead."""

    def __init__(self, message: str, advice: str | None = None) -> None:
        super().__init__(message)
        self.advice = advice


class Exhausted(Refused):
    """A template did more work than a prompt can need."""


class Meter:
    """What is left of the work and text a film's prompts may take.

    A step is roughly what Jinja needs for one expression or for 64 characters, so no step takes
    longer than a few microseconds and the sum bounds the time.
    """

    __slots__ = ("_film_steps", "_film_text", "_left")

    def __init__(self, shots: int) -> None:
        self._film_steps = _STEPS_A_FILM + _STEPS_A_SHOT * shots
        self._film_text = _TEXT_A_FILM
        self._left = 0

    def start(self) -> None:
        """Begin another prompt."""
        self._left = min(_STEPS_A_PROMPT, self._film_steps)
        self._film_steps -= self._left

    def finish(self) -> None:
        """End a prompt, and give back the work it did not need."""
        self._film_steps += max(0, self._left)
        self._left = 0

    def keep(self, text: int) -> None:
        """Take room for a finished prompt of so many characters, or refuse."""
        self._film_text -= text
        if self._film_text < 0:
            message = f"the film's prompts are longer than {_TEXT_A_FILM:,} characters together"
            raise Exhausted(message)

    def spend(self, steps: int) -> None:
        """Take so many steps, or refuse."""
        self._left -= steps
        if self._left < 0:
            message = "the template does more work than a prompt can need"
            raise Exhausted(message, "look for a loop in a loop, or a macro that calls itself")

    def weigh(self, value: object) -> None:
        """Take the steps that looking at all of a value would."""
        if type(value) is str:  # nearly all that a template handles, so not by way of `spend`
            self._left -= 1 + (len(value) >> 6)
            if self._left < 0:
                self.spend(0)
        elif isinstance(value, str):
            self.spend(1 + (len(value) >> 6))
        elif isinstance(value, (tuple, list, set)):
            self._weigh_each(value)
        elif isinstance(value, dict):
            self._weigh_each(value.values())
        else:
            self.spend(1 + len(value) if isinstance(value, range) else 1)

    def take(self, value: Any) -> Any:  # noqa: ANN401  any value of a template
        """Weigh a value and return it; what comes one by one is weighed one by one."""
        if type(value) is not str and hasattr(type(value), "__next__"):
            return self._one_by_one(value)
        self.weigh(value)
        return value

    def metered(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Make a filter or test pay for what it is given and for what it returns."""

        @wraps(function)
        def paying(*given: object, **named: object) -> object:
            if named:
                named = {key: self.take(each) for key, each in named.items()}
            result = function(*map(self.take, given), **named)
            self.weigh(result)
            return result

        return paying

    def metered_text(self, function: Callable[[object], str]) -> Callable[[object], str]:
        """Make a filter pay that returns no more text than it is given, give or take a few letters.

        Nearly all filters of a prompt are such, so this is the short way round.
        """
        remembered = lru_cache(_REMEMBERED)(function)

        def paying(value: object) -> str:
            if type(value) is str:
                self.spend(2 + (len(value) >> 5))
                return remembered(value)
            return function(self.take(value))

        return paying

    def metered_texts(self, function: Callable[[object], str]) -> Callable[[object], str]:
        """Make a filter pay that puts several texts together; those of a film often recur."""
        remembered = lru_cache(_REMEMBERED)(function)

        def paying(values: object) -> str:
            values = self.take(values)
            plain = type(values) is tuple and all(type(value) is str for value in values)
            result = remembered(values) if plain else function(values)
            self.weigh(result)
            return result

        return paying

    def together(self, pieces: Iterable[str]) -> str:
        """Join what a template wrote, as long as it is no longer than a prompt may be."""
        written, rest = "", iter(pieces)
        while some := list(islice(rest, _PIECES)):
            written += "".join(some)
            if len(written) > LONGEST_TEXT:
                message = f"the prompt grew past {LONGEST_TEXT:,} characters"
                raise Exhausted(message)
        self.spend(1 + (len(written) >> 6))
        return written

    def _weigh_each(self, values: Collection[object]) -> None:
        steps = 1
        for each in values:
            if type(each) is str:
                steps += 1 + (len(each) >> 6)
            else:
                self.weigh(each)
        self.spend(steps)

    def _one_by_one(self, values: Iterator[object]) -> Iterator[object]:
        for value in values:
            self.weigh(value)
            yield value


def calculate(sign: str, left: Any, right: Any) -> Any:  # noqa: ANN401  any value of a template
    """Do a template's sum, or refuse one whose result could be huge."""
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return _numbers(sign, left, right)
    if sign == "+" and type(left) is type(right) and isinstance(left, (str, tuple, list)):
        return _sized(len(left) + len(right), lambda: left + right)
    if sign == "*" and isinstance(left, (str, tuple, list)) and isinstance(right, int):
        return _sized(len(left) * max(0, right), lambda: left * right)
    if isinstance(left, Undefined) or isinstance(right, Undefined):
        return _OPERATORS[sign](left, right)  # which says what is not defined
    message = f"`{sign}` cannot be used on these values"
    raise Refused(message, "put texts together with ~, or use a filter")


def _numbers(sign: str, left: float, right: float) -> float:
    too_large = max(abs(left), abs(right)) > _LARGEST_NUMBER
    if too_large or (sign == "**" and abs(right) > _LARGEST_EXPONENT):
        message = f"`{sign}` would make a number too large for a prompt"
        raise Refused(message)
    result: float = _OPERATORS[sign](left, right)
    return result


def _sized(length: int, make: Callable[[], Any]) -> Any:  # noqa: ANN401  a text or a list
    if length > LONGEST_TEXT:
        message = f"a value grew past {LONGEST_TEXT:,} characters"
        raise Refused(message)
    return make()
