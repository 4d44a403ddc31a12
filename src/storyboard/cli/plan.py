"""The command that plans: every shot with its step, reason and price, shown and perhaps saved."""

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import click

from storyboard.app.compile import Compilation, FilmOptions, compile_film_at
from storyboard.cli.console import emit, wants_colour, width
from storyboard.cli.findings import show_findings
from storyboard.cli.funnel import Misuse
from storyboard.cli.options import AS_JSON, RETAKE, film_options
from storyboard.model.errors import ExitCode
from storyboard.model.money import MicroUsd

if TYPE_CHECKING:
    from storyboard.compiler.select import Selector
    from storyboard.model.plan import Plan

__all__ = ["Shown", "plan", "show_plan"]


@click.command()
@click.argument("film", metavar="FILM", type=click.Path())
@click.option("--animatic", "free", is_flag=True, help="Plan the free animatic instead.")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="Save the plan too, for `build --plan FILE`, such as film.plan.json.",
)
@click.option("--detailed-exitcode", is_flag=True, help="End with 8 if anything is to be done.")
@RETAKE
@AS_JSON
@film_options
def plan(
    *,
    film: str,
    free: bool,
    output: str | None,
    detailed_exitcode: bool,
    retakes: "tuple[Selector, ...]",
    as_json: bool,
    options: FilmOptions,
) -> ExitCode:
    """Show every shot with its step, reason and price, and the totals; spend nothing."""
    if free and output is not None:
        message = "only a plan that buys is saved, and an animatic is free"
        raise Misuse(message, hint="leave out --animatic or --output")
    compilation = compile_film_at(film, replace(options, free=free))
    shown = Shown(as_json=as_json, output=output, detailed=detailed_exitcode)
    return show_plan(compilation, shown, free=free, retakes=retakes)


class Shown(NamedTuple):
    """How a plan is shown and saved, and whether its exit code says that it has something to do."""

    as_json: bool
    output: str | None = None
    detailed: bool = False
    max_cost: MicroUsd | None = None


def show_plan(
    compilation: Compilation,
    shown: Shown,
    *,
    free: bool,
    retakes: "tuple[Selector, ...]" = (),
) -> ExitCode:
    """Plan a film, or its free animatic, and show the plan; save it where that is wanted."""
    if not compilation.ok:
        show_findings(compilation, compilation.diagnostics, as_json=shown.as_json)
        return ExitCode.INVALID_STORYBOARD
    from storyboard.app.estimate import estimate_plan  # noqa: PLC0415
    from storyboard.app.history import project_history  # noqa: PLC0415
    from storyboard.app.plan import Known, plan_film, plan_findings  # noqa: PLC0415
    from storyboard.app.scope import plan_retakes  # noqa: PLC0415
    from storyboard.app.select import chosen_plan  # noqa: PLC0415
    from storyboard.compiler.request import AnimaticLook  # noqa: PLC0415

    history = None
    if free:
        whole, compiled = plan_film(compilation, animatic=AnimaticLook())
    else:
        history = project_history(compilation)
        whole, compiled, _ = plan_retakes(compilation, retakes, Known(history))
    made = chosen_plan(compilation, whole, compiled.film)
    estimate = None
    if history is not None:
        estimate = estimate_plan(made, history, compilation.settings, run=shown.max_cost)
    findings = plan_findings(compilation, made)
    if shown.output is not None:
        from storyboard.app.saved_plan import save_plan  # noqa: PLC0415
        from storyboard.report.plan_json import plan_value  # noqa: PLC0415

        document = plan_value(made, findings, compilation.sources, estimate)
        save_plan(shown.output, compilation, whole, made, document, retakes)
    if shown.as_json:
        from storyboard.report.plan_json import render_plan_json  # noqa: PLC0415

        emit(render_plan_json(made, findings, compilation.sources, estimate))
    else:
        from storyboard.report.plan_text import render_plan_text  # noqa: PLC0415

        show_findings(compilation, findings, as_json=False)
        colour = wants_colour(sys.stdout)
        emit(render_plan_text(made, colour=colour, width=width(), estimate=estimate))
    return _verdict(made, detailed=shown.detailed)


def _verdict(plan: "Plan", *, detailed: bool) -> ExitCode:
    if plan.over_budget:
        return ExitCode.SPENDING_REFUSED
    from storyboard.model.plan import Reuse  # noqa: PLC0415

    done = all(isinstance(order.step, Reuse) for order in plan.orders)
    return ExitCode.CHANGES_PENDING if detailed and not done else ExitCode.OK
