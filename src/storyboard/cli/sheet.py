"""The command that draws a film's contact sheet: for the wall, the printer or the browser."""

from pathlib import Path

import click

from storyboard.app.compile import FilmOptions, compile_film_at
from storyboard.cli.console import emit
from storyboard.cli.findings import show_findings
from storyboard.cli.options import AS_JSON, film_options
from storyboard.model.errors import ExitCode

__all__ = ["sheet"]

_FORMS = ("png", "pdf", "html")
_PAPERS = ("a4", "letter")


@click.command()
@click.argument("film", metavar="FILM", type=click.Path())
@click.option("-o", "--output", type=click.Path(), help="Where to write it; decides the format.")
@click.option("--format", "form", type=click.Choice(_FORMS), help="png if nothing says otherwise.")
@click.option("--columns", type=click.IntRange(1, 8), help="Shots in a row, on a PNG or a PDF.")
@click.option(
    "--paper", type=click.Choice(_PAPERS), default=_PAPERS[0], help="What a PDF is printed on."
)
@AS_JSON
@film_options
def sheet(
    film: str,
    output: str | None,
    form: str | None,
    columns: int | None,
    paper: str,
    as_json: bool,
    options: FilmOptions,
) -> ExitCode:
    """Draw the film's contact sheet: every shot's still, words and price, and its clip's ends.

    One picture as PNG, pages to print and search as PDF, or one HTML file with everything in it,
    the prompts too.
    """
    chosen = _form(output, form)
    compilation = compile_film_at(film, options)
    show_findings(compilation, compilation.diagnostics, as_json=as_json and not compilation.ok)
    if not compilation.ok:
        return ExitCode.INVALID_STORYBOARD
    from storyboard.app.sheet import SheetForm, draw_film_sheet  # noqa: PLC0415

    path, drawn = draw_film_sheet(compilation, SheetForm(chosen), output, columns, paper)
    if as_json:
        from storyboard.report.sheet_json import render_sheet_json  # noqa: PLC0415

        emit(render_sheet_json(film, path, drawn))
    else:
        emit(f"{path}\n")
    return ExitCode.OK


def _form(output: str | None, form: str | None) -> str:
    """Choose the format by the file's name; one that names none is another file's, and refused."""
    if output is None:
        return form or _FORMS[0]
    ending = Path(output).suffix.lower().removeprefix(".")
    if ending not in _FORMS:
        message = f"{output!r} does not end in .png, .pdf or .html, as a sheet does"
        raise click.BadParameter(message)
    if form not in {None, ending}:
        message = f"{output!r} does not end in .{form}"
        raise click.BadParameter(message)
    return ending
