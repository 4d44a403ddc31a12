"""The part of `storyboard build` that spends: it shows the plan, asks, buys, and says what came."""

import sys
from dataclasses import dataclass, replace
from functools import partial

import click

from storyboard.app.build import Watchers
from storyboard.app.buy import Bid, Purchased, buy_film
from storyboard.app.clock import SystemClock
from storyboard.app.compile import Compilation
from storyboard.app.plan import plan_findings
from storyboard.cli.console import emit, say, wants_colour, width
from storyboard.model.errors import ExitCode, SpendingRefused
from storyboard.model.money import MicroUsd, show_usd
from storyboard.model.plan import Plan
from storyboard.model.secret import Secret
from storyboard.report.bought import receipt_value, render_bought_text
from storyboard.report.built import SCHEMA, built_value, render_built_text
from storyboard.report.document import write_json
from storyboard.report.findings_text import render_text
from storyboard.report.plan_text import render_plan_text
from storyboard.report.progress import frames_progress, run_progress

__all__ = ["Wishes", "purchase"]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for on the command line."""

    key: Secret
    yes: bool
    max_cost: MicroUsd | None
    again: frozenset[str]
    as_json: bool


def purchase(compilation: Compilation, wishes: Wishes) -> ExitCode:
    """Buy and cut a film that compiled; what went wrong decides the exit code."""
    watchers = Watchers(
        partial(run_progress, monotonic=SystemClock().monotonic),
        partial(frames_progress, "cutting the film"),
    )
    confirm = partial(_confirm, compilation, yes=wishes.yes)
    bid = Bid(wishes.key, confirm, wishes.max_cost, wishes.again)
    bought = buy_film(compilation, bid, watchers)
    refused = isinstance(bought.error, SpendingRefused) and not bought.receipt.spent
    if wishes.as_json or not refused:
        _report(compilation, bought, as_json=wishes.as_json)
    if bought.receipt.complete:
        return ExitCode.OK
    if bought.error is not None:
        raise bought.error
    return ExitCode.INTERRUPTED if bought.interrupted else ExitCode.SHOTS_FAILED


def _confirm(compilation: Compilation, plan: Plan, *, yes: bool) -> None:
    """Show the plan, and ask before money is spent; without a terminal it takes --yes."""
    findings = plan_findings(compilation, plan)
    colour = wants_colour(sys.stderr)
    if findings:
        say(render_text(findings, compilation.sources, colour=colour, width=width()))
    if not plan.cost:
        return
    say(render_plan_text(plan, colour=colour, width=width()))
    if yes:
        return
    price = show_usd(plan.cost)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        message = f"the plan costs {price}, and nobody is there to confirm it"
        raise SpendingRefused(message, hint="add --yes to spend it without being asked")
    if not click.confirm(f"Spend {price}?", default=False, err=True):
        message = "not confirmed; nothing was spent"
        raise SpendingRefused(message)


def _report(compilation: Compilation, bought: Purchased, *, as_json: bool) -> None:
    receipt, built = bought.receipt, bought.built
    if as_json:
        document: dict[str, object] = {"schema": SCHEMA, "film": compilation.path}
        if built is not None:
            document |= built_value(built.path, built.plan, built.timeline, fresh=built.fresh)
        emit(write_json({**document, "receipt": receipt_value(receipt)}))
        return
    colour = wants_colour(sys.stderr)
    if bought.error is not None or receipt.complete:  # the error says it, or it did not matter
        receipt = replace(receipt, stopped=None)
    say(render_bought_text(receipt, compilation.path, colour=colour))
    if built is not None:
        say(render_built_text(built.plan, built.timeline, fresh=built.fresh))
        emit(f"{built.path}\n")
