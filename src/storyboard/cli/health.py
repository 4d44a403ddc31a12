"""The command that looks at what a build stands on, before one is started."""

import sys

import click

from storyboard.app.doctor import examine
from storyboard.cli.console import emit, wants_colour, width
from storyboard.cli.options import AS_JSON
from storyboard.model.errors import ExitCode
from storyboard.report.doctor import is_fit

__all__ = ["doctor"]


@click.command()
@click.argument(
    "folder", metavar="[FOLDER]", type=click.Path(exists=True, file_okay=False), default="."
)
@AS_JSON
def doctor(folder: str, as_json: bool) -> ExitCode:
    """Check the key, the balance, the disk, ffmpeg and the clock.

    FOLDER is in the project whose settings and ledger are checked too. The exit code is 7 when
    something is at fault, 0 when a build could do its work.
    """
    checks = examine(folder)
    if as_json:
        from storyboard.report.doctor_json import render_doctor_json  # noqa: PLC0415  only if asked

        emit(render_doctor_json(checks))
    else:
        from storyboard.report.doctor_text import render_doctor_text  # noqa: PLC0415

        emit(render_doctor_text(checks, colour=wants_colour(sys.stdout), width=width()))
    return ExitCode.OK if is_fit(checks) else ExitCode.ENVIRONMENT
