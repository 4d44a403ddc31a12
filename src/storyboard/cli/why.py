"""The command that says why a build would make a shot anew, or would not."""

import sys

import click

from storyboard.app.compile import FilmOptions, compile_film_at
from storyboard.cli.console import emit, wants_colour
from storyboard.cli.findings import show_findings
from storyboard.cli.funnel import Misuse
from storyboard.cli.options import AS_JSON, film_options
from storyboard.model.errors import ExitCode

__all__ = ["why"]


@click.command()
@click.argument("film", metavar="FILM", type=click.Path())
@click.argument("shot", metavar="SHOT")
@AS_JSON
@film_options
def why(film: str, shot: str, *, as_json: bool, options: FilmOptions) -> ExitCode:
    """Show what a build would do about a shot, why, and what it costs; spend nothing.

    SHOT is an id or any other selector. A shot is held against the last clip that it had: what of
    its order differs, down to the lines of its prompt and the bytes of its still.
    """
    from storyboard.compiler.select import BadSelector, parse  # noqa: PLC0415

    try:
        selector = parse(shot)
    except BadSelector as error:
        raise Misuse(error.message, hint=error.hint) from error
    compilation = compile_film_at(film, options)
    if not compilation.ok:
        show_findings(compilation, compilation.diagnostics, as_json=as_json)
        return ExitCode.INVALID_STORYBOARD
    from storyboard.app.why import explain_shots  # noqa: PLC0415

    reasons = explain_shots(compilation, selector)
    if as_json:
        from storyboard.report.why_json import render_why_json  # noqa: PLC0415

        emit(render_why_json(film, reasons))
    else:
        from storyboard.report.why_text import render_why_text  # noqa: PLC0415

        emit(render_why_text(film, reasons, colour=wants_colour(sys.stdout)))
    return ExitCode.OK
