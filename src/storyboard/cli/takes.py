"""The commands about takes: which ones a film has, and which of them it shows."""

import sys

import click

from storyboard.app.compile import Compilation, FilmOptions, compile_film_at
from storyboard.cli.console import emit, say, wants_colour, width
from storyboard.cli.findings import show_findings
from storyboard.cli.funnel import Misuse
from storyboard.cli.options import AS_JSON, film_options
from storyboard.model.errors import ExitCode

__all__ = ["circle", "takes"]

_FILM = click.argument("film", metavar="FILM", type=click.Path())


@click.command()
@_FILM
@click.argument("shots", metavar="[SHOT...]", nargs=-1)
@AS_JSON
@film_options
def takes(film: str, shots: tuple[str, ...], as_json: bool, options: FilmOptions) -> ExitCode:
    """Show the takes that were bought of each SHOT, or of all: what they are, and where.

    Circled is the take that a person has chosen; shown is the one that the film shows now. A stale
    take was made from something that its shot no longer asks for.
    """
    compilation = _compiled(film, options, as_json=as_json)
    if compilation is None:
        return ExitCode.INVALID_STORYBOARD
    from storyboard.app.takes import list_takes  # noqa: PLC0415  after what costs no time

    listed = list_takes(compilation, shots)
    if as_json:
        from storyboard.report.takes_json import render_takes_json  # noqa: PLC0415

        emit(render_takes_json(listed))
    else:
        from storyboard.report.takes_text import render_takes_text  # noqa: PLC0415

        emit(render_takes_text(listed, colour=wants_colour(sys.stdout), width=width()))
    return ExitCode.OK


@click.command()
@_FILM
@click.argument("shot", metavar="SHOT")
@click.argument("number", metavar="[N]", type=click.IntRange(min=1), required=False)
@click.option("--clear", is_flag=True, help="Take the shot's circle away.")
@AS_JSON
@film_options
def circle(
    film: str, shot: str, number: int | None, clear: bool, as_json: bool, options: FilmOptions
) -> ExitCode:
    """Choose take N of SHOT for the film; free, at once, and while a build is running too.

    The circle holds as long as the shot stays as it is: once it asks for something else, the film
    shows what it asks for. Without a circle the film shows the newest take.
    """
    if clear == (number is not None):
        message = (
            "give the number of a take, or --clear" if not clear else "--clear takes no number"
        )
        raise Misuse(message, hint="`storyboard takes` shows which takes there are")
    compilation = _compiled(film, options, as_json=as_json)
    if compilation is None:
        return ExitCode.INVALID_STORYBOARD
    from storyboard.app.circle import circle_take  # noqa: PLC0415  after what costs no time
    from storyboard.report.circle import render_circle_json, render_circle_text  # noqa: PLC0415

    circled = circle_take(compilation, shot, number)
    if as_json:
        emit(render_circle_json(circled))
    else:
        say(render_circle_text(circled))
    return ExitCode.OK


def _compiled(film: str, options: FilmOptions, *, as_json: bool) -> Compilation | None:
    """Compile a film; None where it has errors, which are shown."""
    compilation = compile_film_at(film, options)
    if compilation.ok:
        return compilation
    show_findings(compilation, compilation.diagnostics, as_json=as_json)
    return None
