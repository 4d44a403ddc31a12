"""Brings a film and its plan to what `--only` says: which shots are meant, and what that leaves."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from storyboard.app.compile import Compilation
from storyboard.app.models import list_cards
from storyboard.app.plan import plan_film
from storyboard.app.settings import Settings
from storyboard.compiler.pipeline import Compiled
from storyboard.compiler.planner import timed
from storyboard.cutting.excerpt import excerpt
from storyboard.model.diagnostic import Diagnostic, has_errors
from storyboard.model.errors import ErrorCode, Undecidable
from storyboard.model.placement import placements
from storyboard.model.plan import Plan, PlannedShot, Reuse
from storyboard.model.source import Span
from storyboard.model.story import Film, ImageFrom, Shot

if TYPE_CHECKING:
    from storyboard.compiler.select import Selectable, Selector

__all__ = [
    "ChosenFindings",
    "chosen_findings",
    "chosen_plan",
    "chosen_shots",
    "excerpt",
    "excerpted",
    "narrowed",
    "refuse_unchosen",
]


def chosen_shots(
    compilation: Compilation,
    selectors: "Sequence[Selector]",
    plan: Plan | None = None,
    film: Film | None = None,
) -> frozenset[str] | None:
    """Return the ids of the shots that selectors choose of a film; None, for all, without any.

    The film is loaded unless it is given, and planned unless its plan is given or not needed.
    Undecidable where nothing is chosen.
    """
    if not selectors:
        return None
    film = film or compilation.load().need_film()
    if plan is None and _need_states(selectors):
        plan, _ = plan_film(compilation)
    return _choose(selectors, film, plan)


def refuse_unchosen(compilation: Compilation, shot: str, plan: Plan, film: Film) -> None:
    """Refuse a shot that is named beside a choice which leaves it out: Undecidable."""
    chosen = chosen_shots(compilation, compilation.options.only, plan, film)
    if chosen is not None and shot not in chosen:
        message = f'"{shot}" is not among the shots that --only chooses'
        raise Undecidable(message, hint="leave --only away: the shot is named")


def _choose(selectors: "Sequence[Selector]", film: Film, plan: Plan | None) -> frozenset[str]:
    # Most commands choose nothing, and start sooner without.
    from storyboard.compiler.select import (  # noqa: PLC0415
        BadSelector,
        Selectable,
        UnknownName,
        choose,
        states_of,
    )

    states = states_of(plan) if plan is not None else {}

    def selectable(shot: Shot) -> Selectable:
        return Selectable(
            shot.id, shot.scene, shot.tags, shot.model, states.get(shot.id, frozenset())
        )

    try:
        return choose(selectors, [selectable(shot) for shot in film.shown])
    except BadSelector as error:
        skipped = _skipped(selectors, [selectable(shot) for shot in film.shots], film)
        if skipped is not None:
            raise Undecidable(skipped) from error
        code = ErrorCode.UNKNOWN_SHOT if isinstance(error, UnknownName) else None
        raise Undecidable(error.message, hint=error.hint, code=code) from error


def _skipped(selectors: "Sequence[Selector]", shots: "list[Selectable]", film: Film) -> str | None:
    """Say which skipped shots were asked for, if that is why nothing was chosen."""
    from storyboard.compiler.select import BadSelector, choose  # noqa: PLC0415

    try:
        wanted = choose(selectors, shots)
    except BadSelector:
        return None
    named = [shot.id for shot in film.shots if shot.skip and shot.id in wanted]
    if not named or _need_states(selectors):
        return None
    are = "is" if len(named) == 1 else "are"
    return f"{', '.join(named)} {are} skipped: `skip: true` keeps a shot out of the film"


@dataclass(frozen=True, slots=True)
class ChosenFindings:
    """The findings to show of some films, and how many more there are outside the chosen shots.

    `whole` are the films of which all are shown, for it cannot be told which lie in chosen shots.
    """

    shown: tuple[Diagnostic, ...]
    elsewhere: int = 0
    whole: tuple[str, ...] = ()


def chosen_findings(compilations: Sequence[Compilation]) -> ChosenFindings:
    """Return the findings that lie in the chosen shots of some films.

    All of a film's are shown while it has no shots to choose from, or cannot be planned as a state
    needs. Undecidable where no film has a shot that is chosen.
    """
    everything = [each for one in compilations for each in one.diagnostics]
    shown: list[Diagnostic] = []
    whole: list[str] = []
    refused: list[Undecidable] = []
    for one in compilations:
        try:
            places = _places(one)
        except Undecidable as error:
            refused.append(error)
            continue
        if places is None:
            whole.append(one.path)
        shown += (each for each in one.diagnostics if places is None or _in(places, each.span))
    if refused and len(refused) == len(compilations):
        raise refused[0]
    return ChosenFindings(tuple(shown), len(everything) - len(shown), tuple(whole))


def _places(compilation: Compilation) -> tuple[Span, ...] | None:
    """Return where the chosen shots are written; None where that cannot be told."""
    selectors = compilation.options.only
    if has_errors(compilation.settings.findings):
        return None
    draft = compilation.load().draft
    if draft is None or (_need_states(selectors) and not compilation.ok):
        return None
    chosen = chosen_shots(compilation, selectors, film=draft) or frozenset()
    return tuple(shot.origin.span for shot in draft.shown if shot.id in chosen)


def _need_states(selectors: "Sequence[Selector]") -> bool:
    return any(selector.needs_states for selector in selectors)


def _in(places: Sequence[Span], span: Span | None) -> bool:
    return span is not None and any(
        span.path == place.path and place.start <= span.start and span.end <= place.end
        for place in places
    )


def chosen_plan(compilation: Compilation, plan: Plan, film: Film | None) -> Plan:
    """Narrow a film's plan to what the command line chooses; the whole of it without any."""
    chosen = chosen_shots(compilation, compilation.options.only, plan, film)
    if chosen is None:
        return plan
    return narrowed(plan, chosen, film or compilation.load().need_film(), compilation.settings)


def narrowed(plan: Plan, chosen: AbstractSet[str], film: Film, settings: Settings) -> Plan:
    """Return a plan of the chosen shots, and of those that they start from and that are not owned.

    Of the latter only the take that is shown: that is what a chain starts from. What the film runs
    and has spent stays as it is.
    """
    needed = _chained(plan, chosen, film)
    cards = {card.id: card for card in list_cards(str(settings.root))}
    return timed(_holding(plan, chosen, needed), cards, settings.account)


def _chained(plan: Plan, chosen: AbstractSet[str], film: Film) -> frozenset[str]:
    """Return the chosen shots and all that have to be made before one of them can."""
    shots = {shot.id: shot for shot in film.shots}
    keys = {order.key for order in plan.orders if not isinstance(order.step, Reuse)}
    to_make = {order.id for order in plan.orders if order.key in keys}
    unmade = {order.id for order in plan.shots if order.key in keys}
    needed, waiting = set(chosen), [name for name in chosen if name in to_make]
    while waiting:
        shot = shots[waiting.pop()]
        images = (shot.image, shot.end_image)
        before = {image.shot for image in images if isinstance(image, ImageFrom)}
        new = (before & unmade) - needed
        needed |= new
        waiting += new
    return frozenset(needed)


def _holding(plan: Plan, chosen: AbstractSet[str], needed: AbstractSet[str]) -> Plan:
    """Keep the needed shots of a plan, and of the chosen ones the other takes.

    A plan reuses a clip that it orders for another shot before: where that one is left out, the
    first that is kept orders it.
    """
    first = {order.key: order for order in reversed(plan.orders)}
    kept: set[str] = set()

    def held(order: PlannedShot) -> PlannedShot:
        earlier = first[order.key]
        if isinstance(order.step, Reuse) and order.key not in kept:
            order = replace(order, step=earlier.step, fallbacks=earlier.fallbacks)
        kept.add(order.key)
        return order

    shots = tuple(held(order) for order in plan.shots if order.id in needed)
    takes = tuple(held(order) for order in plan.takes if order.id in chosen)
    return replace(plan, shots=shots, takes=takes)


def excerpted(compilation: Compilation, plan: Plan, compiled: Compiled) -> tuple[Plan, Compiled]:
    """Return what is to be cut: the excerpt of the chosen shots with its plan, or all there is.

    Undecidable where a chosen shot is so short that it does not show at its new place.
    """
    film = compiled.film
    chosen = chosen_shots(compilation, compilation.options.only, plan, film)
    if chosen is None or film is None:
        return plan, compiled
    alone = excerpt(film, chosen)
    for placed in placements(alone):
        if not placed.moves(alone.format.fps):
            message = f"{placed.item.id} is too short to be seen in this excerpt"
            raise Undecidable(message, hint="choose other shots beside it, or leave it out")
    return _holding(plan, chosen, chosen), replace(compiled, film=alone)
