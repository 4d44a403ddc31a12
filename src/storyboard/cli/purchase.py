"""The part of `storyboard build` that spends: it shows the plan, asks, buys, and says what came."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import click

from storyboard.app.build import Watchers
from storyboard.app.buy import Bid, Purchased, buy_film
from storyboard.app.clock import SystemClock
from storyboard.app.compile import Compilation
from storyboard.app.estimate import estimate_plan
from storyboard.app.history import project_history
from storyboard.app.plan import plan_findings
from storyboard.cli.console import emit, say, wants_colour, width
from storyboard.compiler.select import Selector
from storyboard.model.errors import ErrorCode, ExitCode, SpendingRefused
from storyboard.model.estimate import Estimate
from storyboard.model.money import MicroUsd, show_usd
from storyboard.model.plan import Plan
from storyboard.model.secret import Secret
from storyboard.report.bought import receipt_value, render_bought_text, render_uncut_text
from storyboard.report.built import build_value, built_value, render_built_text
from storyboard.report.document import write_json
from storyboard.report.findings_text import render_text
from storyboard.report.plan_text import render_plan_text
from storyboard.report.progress import frames_progress, run_progress
from storyboard.report.refusal import INTERRUPTED, Refusal, refusal_of, refusal_value

__all__ = ["Wishes", "purchase"]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for on the command line; `refuse` objects to a plan other than a saved one."""

    key: Secret | None
    yes: bool
    max_cost: MicroUsd | None
    again: frozenset[str]
    retakes: tuple[Selector, ...]
    as_json: bool
    refuse: Callable[[Plan], None] | None = None


def purchase(compilation: Compilation, wishes: Wishes) -> ExitCode:
    """Buy and cut a film that compiled; what went wrong decides the exit code."""
    watchers = Watchers(
        partial(run_progress, monotonic=SystemClock().monotonic),
        partial(frames_progress, "cutting the film"),
    )
    most = compilation.settings.run if wishes.max_cost is None else wishes.max_cost
    history = project_history(compilation)

    def confirm(plan: Plan) -> None:
        if wishes.refuse is not None:
            wishes.refuse(plan)
        estimate = estimate_plan(plan, history, compilation.settings, run=most)
        _confirm(compilation, plan, estimate, yes=wishes.yes)

    bid = Bid(wishes.key, confirm, most, wishes.again, wishes.retakes)
    bought = buy_film(compilation, bid, watchers)
    ended = _ended(bought)
    error = bought.error if ended is not None else None
    if isinstance(error, SpendingRefused) and not bought.receipt.spent:
        raise error  # there is nothing to report
    if wishes.as_json:
        _write(compilation, bought, ended)
    else:
        _report(compilation, bought)
        if error is not None:
            raise error
    return ExitCode.OK if ended is None else ended.code.exit_code


def _ended(bought: Purchased) -> Refusal | None:
    """Return what a build ended with that did not get every clip; None of one that did."""
    if bought.receipt.complete:
        return None
    if bought.error is not None:
        return refusal_of(bought.error)
    if bought.interrupted:
        return INTERRUPTED
    lacking = bought.receipt.clips - len(bought.receipt.kept)
    message = f"{lacking} of {bought.receipt.clips} clips are not owned"
    again = "run the same command again to resume"
    return Refusal(ErrorCode.SHOTS_FAILED, message, again if bought.receipt.resumable else None)


def _confirm(compilation: Compilation, plan: Plan, estimate: Estimate, *, yes: bool) -> None:
    """Show the plan, and ask before money is spent; without a terminal it takes --yes."""
    findings = plan_findings(compilation, plan)
    colour = wants_colour(sys.stderr)
    if findings:
        say(render_text(findings, compilation.sources, colour=colour, width=width()))
    if not plan.cost:
        return
    say(render_plan_text(plan, colour=colour, width=width(), estimate=estimate))
    if yes:
        return
    price = show_usd(plan.cost)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        message = f"the plan costs {price}, and nobody is there to confirm it"
        hint = "add --yes to spend it without being asked"
        raise SpendingRefused(message, hint=hint, code=ErrorCode.NOT_CONFIRMED)
    if not click.confirm(f"Spend {price}?", default=False, err=True):
        message = "not confirmed; nothing was spent"
        raise SpendingRefused(message, code=ErrorCode.NOT_CONFIRMED)


def _write(compilation: Compilation, bought: Purchased, ended: Refusal | None) -> None:
    """Write the build's one document: what it ended with stands in it, and is not told again."""
    built, film = bought.built, None
    if built is not None:
        film = built_value(built.path, built.plan, built.timeline, fresh=built.fresh)
    receipt = receipt_value(bought.receipt)
    error = None if ended is None else refusal_value(ended)
    emit(write_json(build_value(compilation.path, film, receipt, error)))


def _report(compilation: Compilation, bought: Purchased) -> None:
    receipt, built = bought.receipt, bought.built
    colour = wants_colour(sys.stderr)
    if bought.error is not None or receipt.complete:  # the error says it, or it did not matter
        receipt = replace(receipt, stopped=None)
    say(render_bought_text(receipt, compilation.path, colour=colour))
    if built is not None:
        say(render_built_text(built.plan, built.timeline, fresh=built.fresh))
        emit(f"{built.path}\n")
    elif receipt.complete:
        say(render_uncut_text(bought.lacking, compilation.path))
