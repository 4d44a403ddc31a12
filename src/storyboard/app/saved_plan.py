"""Saved plans: `plan -o` writes one, and `build --plan` carries out that plan or refuses.

A saved plan says what is to be done. It is no leave to spend: that takes a yes, or --yes.
"""

import json
import os
import shlex
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import storyboard
from storyboard.adapters.durable import write_aside
from storyboard.adapters.files import read_bytes
from storyboard.app.compile import Compilation, FilmOptions
from storyboard.app.edition import film_basis
from storyboard.app.history import film_name
from storyboard.app.plan import plan_film
from storyboard.app.resources import resource
from storyboard.app.select import chosen_shots
from storyboard.compiler.edition import edition_value, read_edition
from storyboard.compiler.pipeline import Compiled
from storyboard.compiler.plan_changes import (
    changes_of_orders,
    changes_of_source,
    clips_of,
    lost_clips,
)
from storyboard.compiler.schema.check import fits
from storyboard.compiler.select import Kind, Selector, Term
from storyboard.model.errors import (
    EnvironmentFault,
    ErrorCode,
    InvalidStoryboard,
    SpendingRefused,
    Undecidable,
)
from storyboard.model.money import decimal_usd, micro_usd
from storyboard.model.plan import Plan, PlannedShot, step_name
from storyboard.model.request import ClipKey
from storyboard.model.saved import Basis, Part, SavedOptions, SavedOrder, SavedPlan
from storyboard.report.document import write_json

__all__ = [
    "Resumption",
    "film_options_of",
    "load_plan",
    "refuse_other_file",
    "resume_plan",
    "save_plan",
]

_LARGEST = 64 * 1024 * 1024
_SAVED = frozenset({"saved", "edition"})
"""What only a plan that was saved has, beside what `plan --json` prints."""


@dataclass(frozen=True, slots=True)
class Resumption:
    """A saved plan that may be carried out: what is still to be taken once more, and the check.

    `refuse` raises SpendingRefused where a plan made anew buys what the saved one does not list.
    """

    retakes: tuple[Selector, ...]
    refuse: Callable[[Plan], None]


def refuse_other_file(path: str) -> None:
    """Refuse to write a plan over anything but a saved plan; Undecidable says what is there."""
    if not os.path.lexists(path):
        return
    try:
        document = _document(path)
    except EnvironmentFault:
        document = None
    if not (isinstance(document, dict) and isinstance(document.get("saved"), dict)):
        message = f"{path} is there, and is no saved plan: it is not written over"
        raise Undecidable(message, hint="name a file that is not there yet, or remove this one")


def save_plan(
    path: str,
    compilation: Compilation,
    whole: Plan,
    plan: Plan,
    document: Mapping[str, object],
    retakes: Sequence[Selector] = (),
) -> None:
    """Write a plan with all that it was made from; `document` is what `plan --json` prints of it.

    It is the part of the `whole` film's plan that the command line chooses. Undecidable where
    another kind of file is in the way, EnvironmentFault where it cannot be written.
    """
    refuse_other_file(path)
    compiled = compilation.load()
    models = {offer.model for order in plan.orders for offer in order.offers}
    basis = film_basis(path, compilation, compiled, models)
    options = compilation.options
    saved = {
        "storyboard": storyboard.__version__,
        "film": film_name(compilation.path, compilation.settings),
        "options": {
            "variant": options.variant,
            "set": [list(pair) for pair in options.settings],
            "only": [each.text for each in options.only],
            "retake": [each.text for each in retakes],
        },
        "chosen": sorted(chosen_shots(compilation, options.only, whole, compiled.film) or ()),
        "retakes": sorted(_retaken(compilation, plan, compiled, retakes)),
        "stills": basis.stills,
        "sounds": basis.sounds,
        "cards": basis.cards,
        "orders": [_order_value(order) for order in plan.orders],
    }
    written = {**document, "edition": edition_value(basis.edition), "saved": saved}
    write_aside(Path(path), write_json(written).encode())


def _retaken(
    compilation: Compilation, plan: Plan, compiled: Compiled, retakes: Sequence[Selector]
) -> frozenset[str]:
    """Return the shots that are taken once more; of those that were left out, none is."""
    chosen = (chosen_shots(compilation, (each,), None, compiled.film) for each in retakes)
    return frozenset[str]().union(*(each or frozenset() for each in chosen)) & plan.ids


def _order_value(order: PlannedShot) -> dict[str, object]:
    return {
        "key": order.key,
        "shot": order.id,
        "take": order.request.take,
        "step": step_name(order.step),
        "model": order.model,
        "cost_usd": decimal_usd(order.cost),
        "fallbacks": [
            {"model": each.model, "bought_ms": each.bought, "cost_usd": decimal_usd(each.cost)}
            for each in order.fallbacks
        ],
        "fallback_keys": [each.key for each in order.fallbacks],
        "starts_from": list(clips_of(order.request)),
    }


def load_plan(path: str) -> SavedPlan:
    """Read a saved plan, which may be a stranger's; InvalidStoryboard where it is none.

    EnvironmentFault where the file cannot be read.
    """
    document = _document(path)
    schema = json.loads(resource("schemas", "plan.schema.json"))
    if isinstance(document, dict) and document.keys() >= _SAVED and fits(document, schema):
        with suppress(ValueError):
            return _read(path, document)
    message = f"{path} is no saved plan"
    raise InvalidStoryboard(message, hint="`storyboard plan FILM -o FILE` saves one in a new file")


def _document(path: str) -> object:
    """Read a file of JSON; None where it holds something else, EnvironmentFault where it cannot."""
    # Unlike what a film names, it may lie anywhere: the user has named it.
    found = read_bytes(path, Path("/"), None, _LARGEST)
    if found.value is None:
        refusal = found.diagnostics[0]
        raise EnvironmentFault(refusal.message, hint=refusal.help)
    try:
        document: object = json.loads(found.value)
    except (ValueError, RecursionError):
        return None
    return document


def _read(path: str, document: Mapping[str, Any]) -> SavedPlan:
    saved = document["saved"]
    options = saved["options"]
    return SavedPlan(
        path=path,
        film=saved["film"],
        options=SavedOptions(
            options["variant"],
            tuple((name, value) for name, value in options["set"]),
            tuple(options["only"]),
            tuple(options["retake"]),
        ),
        basis=Basis(
            read_edition(document["edition"]), saved["stills"], saved["sounds"], saved["cards"]
        ),
        orders=tuple(_read_order(each) for each in saved["orders"]),
        chosen=tuple(saved["chosen"]),
        retakes=tuple(saved["retakes"]),
    )


def _read_order(value: Mapping[str, Any]) -> SavedOrder:
    fallbacks = {each["model"]: micro_usd(each["cost_usd"]) for each in value["fallbacks"]}
    return SavedOrder(
        part=Part(value["shot"], value["take"]),
        step=value["step"],
        prices={**fallbacks, value["model"]: micro_usd(value["cost_usd"])},
        keys=(ClipKey(value["key"]), *map(ClipKey, value["fallback_keys"])),
        starts_from=tuple(map(ClipKey, value["starts_from"])),
    )


def film_options_of(
    saved: SavedPlan, given: FilmOptions, retakes: Sequence[Selector], again: frozenset[str]
) -> FilmOptions:
    """Return the options that a saved plan was made with; Undecidable where others were given.

    The shots are those that were chosen then, whatever `--only` would choose now.
    """
    if again:
        message = "--again does not go with --plan: a saved plan orders again what it lists alone"
        hint = "leave --plan out to order a shot again"
        raise Undecidable(message, hint=hint, code=ErrorCode.USAGE)
    options = saved.options
    same = {
        "--variant": given.variant in {None, options.variant},
        "--set": given.settings in {(), options.settings},
        "--only": tuple(each.text for each in given.only) in {(), options.only},
        "--retake": tuple(each.text for each in retakes) in {(), options.retake},
    }
    wrong = [name for name, agrees in same.items() if not agrees]
    if wrong:
        message = f"{saved.path} was saved with another {wrong[0]}, or without it"
        hint = "leave it out, for the plan has its options, or save another plan"
        raise Undecidable(message, hint=hint, code=ErrorCode.USAGE)
    only = (_by_name(saved.chosen),) if saved.chosen else ()
    return replace(given, settings=options.settings, variant=options.variant, only=only)


def _by_name(shots: Sequence[str]) -> Selector:
    return Selector(", ".join(shots), tuple(Term(shot, Kind.SHOT, shot) for shot in shots))


def resume_plan(saved: SavedPlan, compilation: Compilation) -> Resumption:
    """Hold a saved plan against the film as it is; SpendingRefused names every difference.

    What it lists and is owned or under way by now is none, so that the same command resumes.
    """
    plan, compiled = plan_film(compilation)
    today = film_basis(saved.path, compilation, compiled, frozenset(saved.basis.cards))
    source = tuple(changes_of_source(saved.basis, today))
    orders = (lost_clips if source else changes_of_orders)(saved, _listed(saved, plan))
    _refuse(saved, compilation, (*source, *orders))
    taken = {offer.key for order in plan.orders for offer in order.asked}
    wanted = [
        order.part.shot
        for order in saved.orders
        if order.part.shot in saved.retakes and order.to_make and taken.isdisjoint(order.keys)
    ]

    def refuse(part: Plan) -> None:
        _refuse(saved, compilation, tuple(changes_of_orders(saved, part)))

    return Resumption((_by_name(wanted),) if wanted else (), refuse)


def _listed(saved: SavedPlan, plan: Plan) -> Plan:
    """Leave of today's plan the orders that the saved one has: the others it was not asked for."""
    parts = {order.part for order in saved.orders}

    def kept(orders: Sequence[PlannedShot]) -> tuple[PlannedShot, ...]:
        return tuple(each for each in orders if Part(each.id, each.request.take) in parts)

    return replace(plan, shots=kept(plan.shots), takes=kept(plan.takes))


def _refuse(saved: SavedPlan, compilation: Compilation, changes: Sequence[str]) -> None:
    if not changes:
        return
    film = film_name(compilation.path, compilation.settings)
    of = "" if film == saved.film else f", which is of {saved.film}"
    listed = "\n".join(f"  {change}" for change in changes)
    message = f"the film is not as it was planned in {saved.path}{of}:\n{listed}"
    again = shlex.join(["storyboard", "plan", compilation.path, "-o", saved.path])
    hint = f"save the plan again: `{again}`"
    raise SpendingRefused(message, hint=hint, code=ErrorCode.PLAN_CHANGED)
