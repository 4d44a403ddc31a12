"""The command that writes the request for one shot as code, for whoever wants to send it alone."""

from pathlib import Path

import click

from storyboard.app.compile import FilmOptions, compile_film_at
from storyboard.cli.console import emit
from storyboard.cli.findings import show_findings
from storyboard.cli.options import AS_JSON, film_options
from storyboard.model.errors import ExitCode
from storyboard.report.code import Lang

__all__ = ["code"]

_ENDINGS = {".sh": Lang.CURL, ".py": Lang.PYTHON, ".mjs": Lang.JS}


@click.command()
@click.argument("film", metavar="FILM", type=click.Path())
@click.argument("shot", metavar="SHOT")
@click.option(
    "--lang",
    type=click.Choice([each.value for each in Lang]),
    help="curl if nothing says otherwise; python and js use the provider's client.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False),
    help="Where to write it; .sh, .py or .mjs decides the language.",
)
@AS_JSON
@film_options
def code(
    film: str,
    shot: str,
    lang: str | None,
    output: str | None,
    as_json: bool,
    options: FilmOptions,
) -> ExitCode:
    """Print the request that a build would send for SHOT, as code that is ready to run.

    Nothing is sent. The key is not in the code, which reads it from WAVESPEED_API_KEY. Each run of
    the code buys a clip, which is in no ledger and in no film.
    """
    chosen = _language(lang, output)
    compilation = compile_film_at(film, options)
    show_findings(compilation, compilation.diagnostics, as_json=as_json and not compilation.ok)
    if not compilation.ok:
        return ExitCode.INVALID_STORYBOARD
    from storyboard.app.code import request_code, shot_request, write_code  # noqa: PLC0415

    request = shot_request(compilation, shot)
    text = request_code(request, chosen)
    if output is not None:
        write_code(output, text)
    if as_json:
        from storyboard.report.code_json import render_code_json  # noqa: PLC0415

        emit(render_code_json(request, chosen, text))
    else:
        emit(text if output is None else f"{output}\n")
    return ExitCode.OK


def _language(lang: str | None, output: str | None) -> Lang:
    """Choose by the file's name; one that ends otherwise is another file's, and refused."""
    if output is None:
        return Lang(lang or Lang.CURL)
    ending = Path(output).suffix.lower()
    if ending not in _ENDINGS:
        message = f"{output!r} does not end in .sh, .py or .mjs, as such code does"
        raise click.BadParameter(message)
    if lang not in {None, _ENDINGS[ending]}:
        message = f"{output!r} does not end as code for {lang} does"
        raise click.BadParameter(message)
    return _ENDINGS[ending]
