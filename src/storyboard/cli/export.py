"""The command that exports a film for editors, players and spreadsheets."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from storyboard.app.compile import FilmOptions
from storyboard.cli.console import emit, say
from storyboard.cli.findings import show_findings
from storyboard.cli.options import AS_JSON, film_options
from storyboard.model.errors import ExitCode

if TYPE_CHECKING:
    from storyboard.app.export import Export

__all__ = ["export"]

_FORMS = ("otio", "fcpxml", "edl", "srt", "vtt", "csv", "md")
_OPEN = ("txt", "")


@click.command()
@click.argument("film", metavar="FILM", type=click.Path())
@click.option(
    "--format",
    "forms",
    multiple=True,
    type=click.Choice(_FORMS, case_sensitive=False),
    help="What to write, into build/; repeatable.",
)
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    type=click.Path(dir_okay=False),
    help="Where to write it; its ending says what. Repeatable.",
)
@click.option("--drop-frame", is_flag=True, help="Drop-frame timecode in the EDL, at 29.97 fps.")
@AS_JSON
@film_options
def export(
    film: str,
    forms: tuple[str, ...],
    outputs: tuple[str, ...],
    drop_frame: bool,
    as_json: bool,
    options: FilmOptions,
) -> ExitCode:
    """Write the cut for an editing program, the words as subtitles, or the shots as a list.

    otio, fcpxml and edl point at the clips that are owned; a shot without one keeps its place. srt
    and vtt are the dialogue, csv and md the shot list.
    """
    wanted = _wanted(forms, outputs)
    from storyboard.app.cut import compile_to_cut, cut_findings  # noqa: PLC0415

    compilation = compile_to_cut(film, options)
    show_findings(compilation, cut_findings(compilation), as_json=as_json and not compilation.ok)
    if not compilation.ok:
        return ExitCode.INVALID_STORYBOARD
    from storyboard.app.export import ExportForm, export_film  # noqa: PLC0415

    asked = [(ExportForm(form), output) for form, output in wanted]
    _tell(film, export_film(compilation, asked, drop_frame=drop_frame), as_json=as_json)
    return ExitCode.OK


def _wanted(forms: tuple[str, ...], outputs: tuple[str, ...]) -> list[tuple[str, str | None]]:
    """Say what goes where: an output's ending is its format, other formats go into build/.

    A lone format goes to a lone output whose ending says nothing: `.txt`, or none. Any other is of
    another file, a film perhaps, and refused. Each is written once.
    """
    if not forms and not outputs:
        message = f"say what to export: --format {'|'.join(_FORMS)}, or -o with such an ending"
        raise click.UsageError(message)
    if len(forms) == len(outputs) == 1 and _suffix(outputs[0]) in {forms[0], *_OPEN}:
        return [(forms[0], outputs[0])]
    wanted: list[tuple[str, str | None]] = [(form, None) for form in forms]
    for output in outputs:
        ending = _ending(output)
        if ending is None:
            message = f"{output!r} does not end in one of .{', .'.join(_FORMS)}"
            raise click.BadParameter(message)
        wanted.append((ending, output))
    return list(dict.fromkeys(wanted))


def _ending(output: str) -> str | None:
    """Return the format that a file's name ends in, if it does."""
    ending = _suffix(output)
    return ending if ending in _FORMS else None


def _suffix(output: str) -> str:
    return Path(output).suffix.lower().removeprefix(".")


def _tell(film: str, done: "Export", *, as_json: bool) -> None:
    from storyboard.report.exported import (  # noqa: PLC0415
        render_export_json,
        render_missing_text,
    )

    files = [(form.value, path) for form, path in done.files]
    if as_json:
        emit(render_export_json(film, files, done.missing))
        return
    if done.missing:
        say(render_missing_text(done.missing))
    for _, path in files:
        emit(f"{path}\n")
