"""The commands that read a film: check it, show its prompts, make it."""

import sys
from dataclasses import replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from storyboard.app.compile import Compilation, FilmOptions, compile_film_at
from storyboard.cli.console import emit, say, wants_colour, width
from storyboard.cli.findings import show_findings
from storyboard.cli.options import AS_JSON, RETAKE, amount, film_options
from storyboard.model.diagnostic import Diagnostic, has_errors
from storyboard.model.errors import ExitCode
from storyboard.model.money import MicroUsd
from storyboard.report.cells import harmless

if TYPE_CHECKING:
    from storyboard.compiler.select import Selector

__all__ = ["animatic", "build", "check", "clean", "new", "prompts"]


class Format(StrEnum):
    """How findings are written."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"


_FILM = click.argument("film", metavar="FILM", type=click.Path())


@click.command()
@click.argument("films", metavar="[FILM...]", nargs=-1, required=False, type=click.Path())
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
    """Find what is wrong with storyboards: every finding at once, nothing spent.

    FILM may be a folder, for every film below it; without one, every film below here is checked.
    """
    from storyboard.app.films import find_films  # noqa: PLC0415

    compilations = [compile_film_at(film, options) for film in find_films(films)]
    if options.only:
        return _check_chosen(Format(form), compilations)
    findings = tuple(each for one in compilations for each in one.diagnostics)
    sources = {name: each for one in compilations for name, each in one.sources.items()}
    emit(_written(Format(form), findings, sources))
    if form == Format.TEXT:
        for each in compilations:
            if not each.diagnostics:
                emit(f"{each.path}: no problems\n")
    return ExitCode.INVALID_STORYBOARD if has_errors(findings) else ExitCode.OK


def _check_chosen(form: Format, compilations: list[Compilation]) -> ExitCode:
    """Show what was found in the chosen shots, and say on stderr how much more there is."""
    from storyboard.app.select import chosen_findings  # noqa: PLC0415  only if asked

    found = chosen_findings(compilations)
    sources = {name: each for one in compilations for name, each in one.sources.items()}
    emit(_written(form, found.shown, sources))
    if form == Format.TEXT and not found.shown:
        emit("no problems in the chosen shots\n")
    for film in found.whole:
        say(f"{harmless(film)}: shots cannot be chosen before it is mended, so all findings show")
    if found.elsewhere:
        findings = "finding is" if found.elsewhere == 1 else "findings are"
        say(f"{found.elsewhere} {findings} elsewhere, outside the chosen shots")
    return ExitCode.INVALID_STORYBOARD if has_errors(found.shown) else ExitCode.OK


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
@click.option("--dry-run", is_flag=True, help="The same as `storyboard plan`.")
@click.option("-y", "--yes", is_flag=True, help="Spend what the plan says without being asked.")
@click.option("--max-cost", metavar="USD", callback=amount, help="Spend no more in this run.")
@click.option(
    "--again",
    metavar="SHOT",
    multiple=True,
    help="Order a shot again that was refused by moderation or whose clip was lost; repeatable.",
)
@click.option(
    "--plan",
    "plan_file",
    metavar="FILE",
    help="Carry out a plan that was saved with `plan -o`, or refuse if it has changed.",
)
@RETAKE
@AS_JSON
@film_options
def build(  # noqa: PLR0913  # one for each option
    *,
    film: str,
    dry_run: bool,
    yes: bool,
    max_cost: MicroUsd | None,
    again: tuple[str, ...],
    plan_file: str | None,
    retakes: "tuple[Selector, ...]",
    as_json: bool,
    options: FilmOptions,
) -> ExitCode:
    """Make the film: buy the clips that are missing, and cut them together.

    Nothing is ordered before the plan was shown and confirmed. Without a key it makes the free
    animatic. Stopped or failed, the same command goes on where it was: nothing is paid twice.
    """
    saved = None
    if plan_file is not None:
        from storyboard.app.saved_plan import film_options_of, load_plan  # noqa: PLC0415

        saved = load_plan(plan_file)
        options = film_options_of(saved, options, retakes, frozenset(again))
    compilation = compile_film_at(film, options)
    resumption = None
    if saved is not None and compilation.ok:
        from storyboard.app.saved_plan import resume_plan  # noqa: PLC0415

        resumption = resume_plan(saved, compilation)
        retakes = resumption.retakes
    if dry_run:
        from storyboard.cli.plan import Shown, show_plan  # noqa: PLC0415

        shown = Shown(as_json=as_json, max_cost=max_cost)
        return show_plan(compilation, shown, free=False, retakes=retakes)
    from storyboard.app.purse import find_key, no_key  # noqa: PLC0415

    key = find_key()
    if key is None and (again or retakes or not _is_owned(compilation)):
        if again or retakes or saved is not None:
            raise no_key()
        if yes or max_cost is not None:
            hint = "without --yes and --max-cost the free animatic is made instead"
            raise no_key(hint)
        return _free_instead(film, options, as_json=as_json)
    from storyboard.cli.purchase import Wishes, purchase  # noqa: PLC0415

    wishes = Wishes(
        key,
        yes=yes,
        max_cost=max_cost,
        again=frozenset(again),
        retakes=retakes,
        as_json=as_json,
        refuse=resumption.refuse if resumption is not None else None,
    )
    if not compilation.ok:
        show_findings(compilation, compilation.diagnostics, as_json=as_json)
        return ExitCode.INVALID_STORYBOARD
    return purchase(compilation, wishes)


def _is_owned(compilation: Compilation) -> bool:
    from storyboard.app.scope import is_owned  # noqa: PLC0415  only without a key

    return compilation.ok and is_owned(compilation)


def _free_instead(film: str, options: FilmOptions, *, as_json: bool) -> ExitCode:
    """Make the animatic, as nothing can be bought without a key, and say so."""
    compilation = compile_film_at(film, replace(options, free=True))
    if compilation.ok:
        say("No key in WAVESPEED_API_KEY or the keyring: making the free animatic.")
    return _animatic(compilation, as_json=as_json)


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
    from storyboard.app.select import excerpted  # noqa: PLC0415
    from storyboard.compiler.request import AnimaticLook  # noqa: PLC0415
    from storyboard.report.built import render_built_json, render_built_text  # noqa: PLC0415
    from storyboard.report.progress import frames_progress, run_progress  # noqa: PLC0415

    planned = plan_film(compilation, animatic=AnimaticLook(burn_in, slates))
    made, compiled = excerpted(compilation, *planned)
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
