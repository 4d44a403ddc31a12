"""The commands that read a film: check it, show its prompts, price it, make it."""

import sys
from dataclasses import replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

import click

from storyboard.app.compile import Compilation, FilmOptions, compile_film_at
from storyboard.cli.console import emit, say, wants_colour, width
from storyboard.cli.findings import show_findings
from storyboard.cli.options import AS_JSON, amount, film_options
from storyboard.model.diagnostic import Diagnostic, has_errors
from storyboard.model.errors import EnvironmentFault, ExitCode
from storyboard.model.money import MicroUsd

__all__ = ["animatic", "build", "check", "clean", "new", "plan", "prompts"]


class Format(StrEnum):
    """How findings are written."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"


_FILM = click.argument("film", metavar="FILM", type=click.Path())


@click.command()
@click.argument("films", metavar="FILM...", nargs=-1, required=True, type=click.Path())
@click.option(
    "--format",
    "form",
    type=click.Choice([each.value for each in Format]),
    default=Format.TEXT.value,
    help="How findings are written.",
)
@click.option("--json", "form", flag_value=Format.JSON.value, help="The same as --format json.")
@film_options
def check(
    films: tuple[str, ...],
    form: str,
    options: FilmOptions,
) -> ExitCode:
    """Find what is wrong with a storyboard: every finding at once, nothing spent."""
    compilations = [compile_film_at(film, options) for film in films]
    findings = tuple(each for one in compilations for each in one.diagnostics)
    sources = {name: each for one in compilations for name, each in one.sources.items()}
    emit(_written(Format(form), findings, sources))
    if form == Format.TEXT:
        for each in compilations:
            if not each.diagnostics:
                emit(f"{each.path}: no problems\n")
    return ExitCode.INVALID_STORYBOARD if has_errors(findings) else ExitCode.OK


def _written(form: Format, findings: tuple[Diagnostic, ...], sources: dict[str, Any]) -> str:
    match form:
        case Format.TEXT:
            if not findings:
                return ""
            from storyboard.report.findings_text import render_text  # noqa: PLC0415

            colour = wants_colour(sys.stdout)
            return render_text(findings, sources, colour=colour, width=width())
        case Format.JSON:
            from storyboard.report.findings_json import render_json  # noqa: PLC0415

            return render_json(findings, sources)
        case Format.GITHUB:
            from storyboard.report.findings_github import render_github  # noqa: PLC0415

            return render_github(findings, sources)
        case Format.SARIF:
            from storyboard.app.resources import finding_pages  # noqa: PLC0415
            from storyboard.report.findings_sarif import render_sarif  # noqa: PLC0415

            return render_sarif(findings, sources, finding_pages())


@click.command()
@_FILM
@click.argument("shot", required=False)
@AS_JSON
@film_options
def prompts(
    film: str,
    shot: str | None,
    as_json: bool,
    options: FilmOptions,
) -> ExitCode:
    """Print exactly what would be sent for each shot, or for one."""
    compilation = compile_film_at(film, options)
    show_findings(compilation, compilation.diagnostics, as_json=as_json and not compilation.ok)
    if not compilation.ok:
        return ExitCode.INVALID_STORYBOARD
    from storyboard.app.prompts import chosen_prompts  # noqa: PLC0415
    from storyboard.report.prompts import render_prompts_json, render_prompts_text  # noqa: PLC0415

    chosen = chosen_prompts(compilation, shot)
    emit(render_prompts_json(film, chosen) if as_json else render_prompts_text(chosen))
    return ExitCode.OK


@click.command()
@_FILM
@click.option("--animatic", "free", is_flag=True, help="Plan the free animatic instead.")
@AS_JSON
@film_options
def plan(
    film: str,
    free: bool,
    as_json: bool,
    options: FilmOptions,
) -> ExitCode:
    """Show every shot with its step, reason and price, and the totals; spend nothing."""
    options = replace(options, free=free)
    return _plan(compile_film_at(film, options), free=free, as_json=as_json)


def _plan(compilation: Compilation, *, free: bool, as_json: bool) -> ExitCode:
    if not compilation.ok:
        show_findings(compilation, compilation.diagnostics, as_json=as_json)
        return ExitCode.INVALID_STORYBOARD
    from storyboard.app.plan import plan_film, plan_findings  # noqa: PLC0415
    from storyboard.compiler.request import AnimaticLook  # noqa: PLC0415

    made, _ = plan_film(compilation, animatic=AnimaticLook() if free else None)
    findings = plan_findings(compilation, made)
    if as_json:
        from storyboard.report.plan_json import render_plan_json  # noqa: PLC0415

        emit(render_plan_json(made, findings, compilation.sources))
    else:
        from storyboard.report.plan_text import render_plan_text  # noqa: PLC0415

        show_findings(compilation, findings, as_json=False)
        emit(render_plan_text(made, colour=wants_colour(sys.stdout), width=width()))
    return ExitCode.SPENDING_REFUSED if made.over_budget else ExitCode.OK


@click.command()
@_FILM
@click.option("--dry-run", is_flag=True, help="The same as `storyboard plan`.")
@click.option("-y", "--yes", is_flag=True, help="Spend what the plan says without being asked.")
@click.option("--max-cost", metavar="USD", callback=amount, help="Spend no more in this run.")
@click.option(
    "--again",
    metavar="SHOT",
    multiple=True,
    help="Order a shot again that was refused by moderation or whose clip was lost; repeatable.",
)
@AS_JSON
@film_options
def build(
    film: str,
    dry_run: bool,
    yes: bool,
    max_cost: MicroUsd | None,
    again: tuple[str, ...],
    as_json: bool,
    options: FilmOptions,
) -> ExitCode:
    """Make the film: buy the clips that are missing, and cut them together.

    Nothing is ordered before the plan was shown and confirmed. Without a key it makes the free
    animatic. Stopped or failed, the same command goes on where it was: nothing is paid twice.
    """
    if dry_run:
        return _plan(compile_film_at(film, options), free=False, as_json=as_json)
    from storyboard.app.purse import find_key  # noqa: PLC0415

    key = find_key()
    compilation = compile_film_at(film, replace(options, free=key is None))
    if key is None and (yes or max_cost is not None or again):
        message = "there is no key to buy with, in WAVESPEED_API_KEY or the keyring"
        raise EnvironmentFault(message, hint="without --yes the free animatic is made instead")
    if key is None:
        if compilation.ok:
            say("No key in WAVESPEED_API_KEY or the keyring: making the free animatic.")
        return _animatic(compilation, as_json=as_json)
    from storyboard.cli.purchase import Wishes, purchase  # noqa: PLC0415

    wishes = Wishes(key, yes=yes, max_cost=max_cost, again=frozenset(again), as_json=as_json)
    if not compilation.ok:
        show_findings(compilation, compilation.diagnostics, as_json=as_json)
        return ExitCode.INVALID_STORYBOARD
    return purchase(compilation, wishes)


@click.command()
@_FILM
@click.option("--burn-in", is_flag=True, help="Show each shot's id and the timecode in a corner.")
@click.option("--slates", is_flag=True, help="Show slates with the action in place of stills.")
@AS_JSON
@film_options
def animatic(
    film: str,
    burn_in: bool,
    slates: bool,
    as_json: bool,
    options: FilmOptions,
) -> ExitCode:
    """Make the film from its stills, with moves, captions and scratch sound; it costs nothing."""
    compilation = compile_film_at(film, replace(options, free=True))
    return _animatic(compilation, as_json=as_json, burn_in=burn_in, slates=slates)


def _animatic(
    compilation: Compilation, *, as_json: bool, burn_in: bool = False, slates: bool = False
) -> ExitCode:
    if not compilation.ok:
        show_findings(compilation, compilation.diagnostics, as_json=as_json)
        return ExitCode.INVALID_STORYBOARD
    from storyboard.app.build import Watchers, build_animatic  # noqa: PLC0415
    from storyboard.app.plan import plan_film, plan_findings  # noqa: PLC0415
    from storyboard.compiler.request import AnimaticLook  # noqa: PLC0415
    from storyboard.report.built import render_built_json, render_built_text  # noqa: PLC0415
    from storyboard.report.progress import frames_progress, run_progress  # noqa: PLC0415

    made, compiled = plan_film(compilation, animatic=AnimaticLook(burn_in, slates))
    show_findings(compilation, plan_findings(compilation, made), as_json=False)
    watchers = Watchers(run_progress, partial(frames_progress, "cutting the film"))
    built = build_animatic(compilation, made, compiled, watchers)
    if as_json:
        emit(render_built_json(built.path, built.plan, built.timeline, fresh=built.fresh))
    else:
        say(render_built_text(built.plan, built.timeline, fresh=built.fresh))
        emit(f"{built.path}\n")
    return ExitCode.OK


@click.command()
@click.argument("folder", type=click.Path())
def new(folder: str) -> ExitCode:
    """Start a film in a new folder: a storyboard that builds, with stills to replace."""
    from storyboard.app.new import start_film  # noqa: PLC0415

    film = start_film(Path(folder))
    say(f"A film of two shots is in {folder}. Make it with:\n\n    storyboard build {film}\n")
    emit(f"{film}\n")
    return ExitCode.OK


@click.command()
@_FILM
def clean(film: str) -> ExitCode:
    """Delete what can be made again for nothing; bought clips and their ledger are never touched.

    That is the project's animatic clips, conformed copies and rehearsals, and this film's results.
    """
    from storyboard.app.clean import clean_film  # noqa: PLC0415

    freed = clean_film(film)
    say(f"freed {freed / 1e6:.1f} MB; bought clips are never touched")
    return ExitCode.OK
