"""Estimates what a plan may come to, from what became of this project's earlier orders."""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil

from storyboard.app.clock import SystemClock
from storyboard.app.history import History
from storyboard.app.settings import Settings
from storyboard.model.attempt import Cap
from storyboard.model.estimate import Estimate, Limit, Retries
from storyboard.model.money import MicroUsd
from storyboard.model.plan import Plan

__all__ = ["estimate_plan"]

_CENT = 10_000


def estimate_plan(
    plan: Plan, history: History, settings: Settings, *, run: MicroUsd | None = None
) -> Estimate:
    """Estimate a plan that is to be bought; `run` is this run's limit, the project's unless given.

    The high end has each clip take as many orders as a clip of its model took in this project.
    """
    month = f"{SystemClock().now():%Y-%m}"
    run = settings.run if run is None else run
    models = sorted({order.model for order in plan.orders if order.cost})
    retries = tuple(history.retries.get(model, Retries(model)) for model in models)
    return Estimate(
        low=plan.cost,
        high=_high(plan, retries),
        retries=retries,
        limits=tuple(_limits(plan, run, settings.month, history.months.get(month, MicroUsd(0)))),
    )


def _high(plan: Plan, retries: tuple[Retries, ...]) -> MicroUsd | None:
    rates = {each.model: each.rate for each in retries}
    total = Fraction(0)
    for order in plan.orders:
        if order.cost:
            rate = rates[order.model]
            if rate is None:
                return None
            total += order.cost * rate
    if total == plan.cost:
        return plan.cost
    return MicroUsd(ceil(total / _CENT) * _CENT)


def _limits(
    plan: Plan, run: MicroUsd | None, month: MicroUsd | None, counted: MicroUsd
) -> Iterator[Limit]:
    if plan.budget_cost is not None:
        yield Limit(Cap.FILM, plan.budget_cost, MicroUsd(plan.budget_cost - plan.spent))
    if run is not None:
        yield Limit(Cap.RUN, run, run)
    if month is not None:
        yield Limit(Cap.MONTH, month, MicroUsd(month - counted))
