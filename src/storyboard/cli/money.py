"""The commands about what was bought: how it stands, what it cost, and what a person decides."""

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from storyboard.app.compile import FilmOptions, compile_film_at
from storyboard.cli.console import emit, say, wants_colour, width
from storyboard.cli.findings import show_findings
from storyboard.cli.funnel import Misuse
from storyboard.cli.options import AS_JSON, ONLY, film_options
from storyboard.model.attempt import Attempt
from storyboard.model.errors import ErrorCode, ExitCode, SpendingRefused
from storyboard.model.job import State
from storyboard.model.money import show_usd
from storyboard.report.cells import harmless

if TYPE_CHECKING:
    from storyboard.compiler.select import Selector

__all__ = ["adopt", "costs", "forget", "status"]

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)

_WHERE = click.argument("where", metavar="[FILM|FOLDER]", type=click.Path(), default=".")
_ATTEMPT = click.argument("attempt", metavar="ATTEMPT")
_FOLDER = click.argument(
    "folder", metavar="[FOLDER]", type=click.Path(exists=True, file_okay=False), default="."
)


@click.command()
@_WHERE
@AS_JSON
@film_options
def status(where: str, as_json: bool, options: FilmOptions) -> ExitCode:
    """Show what is owned, in flight, unclear or failed, and what to do about it.

    Of a FILM, every shot as the film is now; of a project's FOLDER, every order that is open.
    """
    from storyboard.app.books import film_status, project_status  # noqa: PLC0415

    if Path(where).is_dir():
        if options.settings or options.variant or options.only:
            _refuse_folder("--set, --variant and --only choose")
        found = project_status(where)
    else:
        compilation = compile_film_at(where, options)
        if not compilation.ok:
            show_findings(compilation, compilation.diagnostics, as_json=as_json)
            return ExitCode.INVALID_STORYBOARD
        found = film_status(compilation)
    if as_json:
        from storyboard.report.status_json import render_status_json  # noqa: PLC0415

        emit(render_status_json(found))
    else:
        from storyboard.report.status_text import render_status_text  # noqa: PLC0415

        emit(render_status_text(found, colour=wants_colour(sys.stdout), width=width()))
    return ExitCode.SHOTS_FAILED if found.for_person else ExitCode.OK


def _refuse_folder(options: str) -> NoReturn:
    message = f"{options} among a film's shots, and no film is named"
    raise Misuse(message, hint="name the film in place of the folder")


def _month(_context: click.Context, _parameter: click.Parameter, given: str | None) -> str | None:
    if given is not None and _MONTH.fullmatch(given) is None:
        message = f"{given!r} is no month; write it as 2026-11"
        raise click.BadParameter(message)
    return given


@click.command()
@_WHERE
@click.option("--month", metavar="YYYY-MM", callback=_month, help="Only this month's (UTC).")
@click.option(
    "--by",
    type=click.Choice(["shot", "film", "month"]),
    help="Add up by this; by shot for a film, by film for a folder if not said.",
)
@click.option("--refresh", is_flag=True, help="Ask the provider's billing first.")
@AS_JSON
@ONLY
def costs(
    where: str,
    month: str | None,
    by: str | None,
    refresh: bool,
    as_json: bool,
    only: "tuple[Selector, ...]",
) -> ExitCode:
    """Show what was spent: the estimate beside what was billed, refunds, and what is reserved.

    With --only, of the shots that the FILM as it is now has by these ids.
    """
    from storyboard.app.books import film_costs  # noqa: PLC0415
    from storyboard.report.costs import By  # noqa: PLC0415

    shots = None
    if only:
        if Path(where).is_dir():
            _refuse_folder("--only chooses")
        compilation = compile_film_at(where, FilmOptions(only=only))
        if not compilation.ok:
            show_findings(compilation, compilation.diagnostics, as_json=as_json)
            return ExitCode.INVALID_STORYBOARD
        from storyboard.app.select import chosen_shots  # noqa: PLC0415  only if asked

        shots = chosen_shots(compilation, only)
    found = film_costs(
        where, month=month, by=None if by is None else By(by), refresh=refresh, shots=shots
    )
    if as_json:
        from storyboard.report.costs_json import render_costs_json  # noqa: PLC0415

        emit(render_costs_json(found))
    else:
        from storyboard.report.costs_text import render_costs_text  # noqa: PLC0415

        emit(render_costs_text(found, colour=wants_colour(sys.stdout), width=width()))
    return ExitCode.OK


@click.command()
@_ATTEMPT
@click.argument("prediction", metavar="PREDICTION")
@_FOLDER
@AS_JSON
def adopt(attempt: str, prediction: str, folder: str, as_json: bool) -> ExitCode:
    """Say which order of the provider an unclear ATTEMPT is, so that a build goes on with it.

    `storyboard status` names the attempt, and the orders in the provider's history it may be.
    """
    from storyboard.app.decide import adopt_order  # noqa: PLC0415

    decided = adopt_order(folder, attempt, prediction)
    if as_json:
        from storyboard.report.decided import render_adopted_json  # noqa: PLC0415

        emit(render_adopted_json(decided.attempt, decided.build))
        return ExitCode.OK
    say(
        f"attempt {decided.attempt.id} ({harmless(decided.attempt.order.shot)}) is the order"
        f" {prediction}; this goes on with it:\n\n    {harmless(decided.build)}"
    )
    return ExitCode.OK


@click.command()
@_ATTEMPT
@_FOLDER
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@AS_JSON
def forget(attempt: str, folder: str, yes: bool, as_json: bool) -> ExitCode:
    """Give an ATTEMPT up, so that its shot can be ordered again; it may then be paid twice."""
    from storyboard.app.decide import find_forgettable, forget_order  # noqa: PLC0415

    found = find_forgettable(folder, attempt)
    if not yes:
        _confirm(found)
    decided = forget_order(folder, attempt)
    if as_json:
        from storyboard.report.decided import render_forgotten_json  # noqa: PLC0415

        emit(render_forgotten_json(decided.attempt, decided.build))
        return ExitCode.OK
    say(
        f"attempt {decided.attempt.id} ({harmless(decided.attempt.order.shot)}) is given up; its"
        f" {show_usd(decided.attempt.counted)} counts until billing shows a refund."
        f" This orders the shot again:\n\n    {harmless(decided.build)}"
    )
    return ExitCode.OK


def _confirm(attempt: Attempt) -> None:
    """Ask whether money may be lost; SpendingRefused without a yes, or without anybody to ask."""
    risk = _risk(attempt)
    stays = f"attempt {attempt.id} stays as it is"
    if not sys.stdin.isatty():
        message = f"{risk}; {stays}"
        hint = "with `--yes` it is given up all the same"
        raise SpendingRefused(message, hint=hint, code=ErrorCode.NOT_CONFIRMED)
    say(risk)
    if not click.confirm("Give it up?", err=True):
        message = f"not confirmed: {stays}"
        raise SpendingRefused(message, code=ErrorCode.NOT_CONFIRMED)


def _risk(attempt: Attempt) -> str:
    price = show_usd(attempt.counted)
    if attempt.job.state in {State.SUBMITTED, State.READY}:
        return f"this order is paid for ({price}), and its clip would not be fetched"
    return f"if this order was taken after all, ordering it again pays {price} twice"
