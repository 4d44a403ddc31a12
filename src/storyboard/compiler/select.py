"""Chooses shots by words: what a selector says, and which shots of a film it means."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import translate
from types import MappingProxyType

from storyboard.compiler.steps import BOUGHT_ELSEWHERE
from storyboard.compiler.suggest import did_you_mean, first_few
from storyboard.model.card import model_name
from storyboard.model.plan import (
    Blocked,
    Generate,
    Plan,
    Reconcile,
    Resume,
    Reuse,
    Step,
    Why,
)

__all__ = [
    "STATES",
    "BadSelector",
    "Kind",
    "Selectable",
    "Selector",
    "Term",
    "UnknownName",
    "choose",
    "parse",
    "states_of",
]

_GLOB = frozenset("*?[")
_WHYS: Mapping[Why, str] = MappingProxyType(
    {
        Why.NEW: "new",
        Why.CHANGED: "changed",
        Why.CLIP_MISSING: "missing",
        Why.FAILED_BEFORE: "failed",
        Why.RETAKE: "retake",
    }
)
_SYNONYMS: Mapping[str, str] = MappingProxyType({"owned": "cached"})

STATES = ("new", "changed", "stale", "failed", "cached", "missing", "flight", "retake")
"""How a plan can have a shot: what `state:` may be followed by, apart from synonyms."""


class Kind(StrEnum):
    """What of a shot a term is held against; the last four are written before a colon."""

    SHOT = "shot"
    ADDRESS = "address"
    SCENE = "scene"
    TAG = "tag"
    MODEL = "model"
    STATE = "state"


_PREFIXES = (Kind.SCENE, Kind.TAG, Kind.MODEL, Kind.STATE)
_NAMES_ONE = frozenset({Kind.SHOT, Kind.ADDRESS, Kind.SCENE})


class BadSelector(ValueError):
    """A selector that makes no sense, or chooses nothing; `hint` is what to type instead."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UnknownName(BadSelector):
    """A selector that names a shot or a scene which the film does not have."""


@dataclass(frozen=True, slots=True)
class Selectable:
    """All that a selector can ask of a shot; without a plan it has no `states`."""

    id: str
    scene: str
    tags: tuple[str, ...] = ()
    model: str = ""
    states: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Term:
    """One condition: what of a shot is held against which pattern; `text` is as it was written."""

    text: str
    kind: Kind
    pattern: str
    negated: bool = False

    @property
    def names_one(self) -> bool:
        """Whether it is the very name of a shot or scene: then the film has to have that."""
        return self.kind in _NAMES_ONE and not _GLOB & set(self.pattern)

    def of(self, shots: Iterable[Selectable]) -> frozenset[str]:
        """Return the ids of the shots that it describes, whether or not it is negated.

        A bare name is a shot's and, where no shot is called so, a scene's.
        """
        shots = tuple(shots)
        found = _matching(self.kind, self.pattern, shots)
        if found or self.kind is not Kind.SHOT or not self.names_one:
            return found
        return _matching(Kind.SCENE, self.pattern, shots)


@dataclass(frozen=True, slots=True)
class Selector:
    """Terms of which any chooses, less what the negated ones take away; see docs/selectors.md."""

    text: str
    terms: tuple[Term, ...]

    @property
    def needs_states(self) -> bool:
        """Whether it takes a plan to decide."""
        return any(term.kind is Kind.STATE for term in self.terms)


def parse(text: str) -> Selector:
    """Read a selector; BadSelector where it is none."""
    return Selector(text, tuple(_term(written.strip(), text) for written in text.split(",")))


def choose(selectors: Sequence[Selector], shots: Sequence[Selectable]) -> frozenset[str]:
    """Return the ids of the shots that every one of the selectors chooses.

    UnknownName where a selector names a shot or scene that is not there, BadSelector where one
    chooses nothing, or nothing is left of what each of them chooses.
    """
    chosen = frozenset(shot.id for shot in shots).intersection(
        *(_chosen(selector, shots) for selector in selectors)
    )
    if not chosen:
        named = " and ".join(f'"{selector.text}"' for selector in selectors)
        message = f"no shot is chosen by all of {named}"
        raise BadSelector(message, "each --only narrows what the others choose; a comma adds to it")
    return chosen


def states_of(plan: Plan) -> Mapping[str, frozenset[str]]:
    """Return by shot how the plan has it: a word for the step of each of its orders.

    A clip that the plan reuses only because another shot orders it before is as that one has it.
    """
    first = {order.key: order for order in reversed(plan.orders)}
    states: dict[str, set[str]] = defaultdict(set)
    for order in plan.orders:
        states[order.id].add(_state(first[order.key].step))
        if order.stale:
            states[order.id].add("stale")
    return {shot: frozenset(words) for shot, words in states.items()}


def _state(step: Step) -> str:
    match step:
        case Reuse():
            return "cached"
        case Generate(why):
            return _WHYS[why]
        case Resume() | Reconcile():
            return "flight"
        case Blocked(reason) if reason == BOUGHT_ELSEWHERE:
            return "missing"
        case Blocked():
            return "failed"


def _term(written: str, selector: str) -> Term:
    negated = written.startswith("!")
    bare = written.removeprefix("!").strip()
    if not bare:
        message = f'the selector "{selector}" has an empty term'
        raise BadSelector(message, "separate terms with single commas: parlour,tag:hero,!pounce")
    if bare.startswith("!"):
        message = f'"{written}" is negated twice'
        raise BadSelector(message, f'a term has one "!" before it, or none: "!{bare.lstrip("! ")}"')
    prefix, colon, pattern = bare.partition(":")
    if not colon:
        kind = Kind.ADDRESS if "/" in bare else Kind.SHOT
        return Term(written, kind, bare, negated)
    kind, pattern = _kind(prefix.strip(), written), pattern.strip()
    if not pattern:
        message = f'"{written}" names no {kind.value}'
        raise BadSelector(message, f"say which, such as {kind.value}:{_EXAMPLES[kind]}")
    if kind is Kind.STATE:
        pattern = _known_state(pattern)
    return Term(written, kind, pattern, negated)


_EXAMPLES: Mapping[Kind, str] = MappingProxyType(
    {Kind.SCENE: "parlour", Kind.TAG: "hero", Kind.MODEL: "sora-2", Kind.STATE: "failed"}
)


def _kind(prefix: str, written: str) -> Kind:
    if prefix not in _PREFIXES:
        near = did_you_mean(prefix, _PREFIXES)
        offered = ", ".join(f"{kind.value}:" for kind in _PREFIXES)
        hint = f'did you mean "{near}:"?' if near else f"it is one of {offered}"
        message = f'"{written}" begins with no word that selects'
        raise BadSelector(message, hint)
    return Kind(prefix)


def _known_state(word: str) -> str:
    known = (*STATES, *_SYNONYMS)
    if word not in known:
        near = did_you_mean(word, known)
        hint = f'did you mean "state:{near}"?' if near else f"it is one of {', '.join(known)}"
        message = f'no state is called "{word}"'
        raise BadSelector(message, hint)
    return _SYNONYMS.get(word, word)


def _chosen(selector: Selector, shots: Sequence[Selectable]) -> frozenset[str]:
    found = {term: term.of(shots) for term in selector.terms}
    for term, ids in found.items():
        if term.names_one and not ids:
            raise UnknownName(_unknown(term), _hint(term, shots))
    wanted = [ids for term, ids in found.items() if not term.negated]
    unwanted = [ids for term, ids in found.items() if term.negated]
    everything = frozenset(shot.id for shot in shots)
    chosen = frozenset[str]().union(*wanted) if wanted else everything
    chosen = chosen.difference(*unwanted)
    if not chosen:
        lost = next((term for term, ids in found.items() if not ids and not term.negated), None)
        hint = "its negated terms take everything away" if lost is None else _hint(lost, shots)
        message = f'no shot is chosen by "{selector.text}"'
        raise BadSelector(message, hint)
    return chosen


def _unknown(term: Term) -> str:
    kinds = {Kind.SHOT: "shot or scene", Kind.ADDRESS: "shot", Kind.SCENE: "scene"}
    return f'no {kinds[term.kind]} is called "{term.pattern}"'


def _hint(term: Term, shots: Iterable[Selectable]) -> str:
    """Say what could have been meant by a term that describes nothing, or what there is."""
    shots = tuple(shots)
    kinds = (Kind.SCENE, Kind.SHOT) if term.kind is Kind.SHOT else (term.kind,)
    known = {kind: _words(kind, shots) for kind in kinds}
    near = _near(term, [word for words in known.values() for word in words])
    if near is not None:
        prefix = f"{term.kind.value}:" if term.kind in _PREFIXES else ""
        return f'did you mean "{prefix}{near}"?'
    return "; ".join(
        f"its {_PLURALS[kind]} are {first_few(words)}" if words else f"it has no {_PLURALS[kind]}"
        for kind, words in known.items()
    )


def _near(term: Term, known: Sequence[str]) -> str | None:
    """Return the word that was most likely meant: a shot's own name before any that is alike."""
    if term.kind is Kind.ADDRESS:
        _, _, shot = term.pattern.rpartition("/")
        there = next((word for word in known if word.endswith(f"/{shot}")), None)
        if shot and there is not None:
            return there
    return did_you_mean(term.pattern, known)


_PLURALS: Mapping[Kind, str] = MappingProxyType(
    {kind: f"{kind.value}s" for kind in Kind} | {Kind.ADDRESS: "shots"}
)


def _words(kind: Kind, shots: Iterable[Selectable]) -> tuple[str, ...]:
    """List what a term of a kind could have named, in film order, each once."""
    return tuple(dict.fromkeys(word for shot in shots for word in _FACETS[kind](shot)))


def _matching(kind: Kind, pattern: str, shots: Iterable[Selectable]) -> frozenset[str]:
    matches = re.compile(translate(pattern)).match
    return frozenset(shot.id for shot in shots if any(map(matches, _FACETS[kind](shot))))


_FACETS: Mapping[Kind, Callable[[Selectable], Sequence[str]]] = MappingProxyType(
    {
        Kind.SHOT: lambda shot: (shot.id,),
        Kind.ADDRESS: lambda shot: (f"{shot.scene}/{shot.id}",),
        Kind.SCENE: lambda shot: (shot.scene,),
        Kind.TAG: lambda shot: shot.tags,
        Kind.MODEL: lambda shot: (model_name(shot.model), shot.model),
        Kind.STATE: lambda shot: sorted(shot.states),
    }
)
