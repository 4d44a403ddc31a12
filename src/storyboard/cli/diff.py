"""The command that says what changed between two versions of a film, and what that costs."""

import sys
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

import click

from storyboard.app.compile import FilmOptions
from storyboard.cli.console import emit, flush, wants_colour, width
from storyboard.cli.findings import show_findings
from storyboard.cli.options import amount, film_options
from storyboard.model.difference import MaxIncrease
from storyboard.model.errors import ErrorCode, ExitCode, InvalidStoryboard, SpendingRefused

if TYPE_CHECKING:
    from storyboard.app.diff import Compared, Versions

__all__ = ["diff"]


class Format(StrEnum):
    """How the difference is written."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    GITHUB = "github"


def _increase(
    context: click.Context, parameter: click.Parameter, written: str | None
) -> MaxIncrease | None:
    """Read an amount of dollars, or a percentage; None where none was given."""
    if written is None or not written.strip().endswith("%"):
        read = amount(context, parameter, written)
        return None if read is None else MaxIncrease(read)
    try:
        percent = Decimal(written.strip().removesuffix("%").strip())
    except InvalidOperation:
        percent = Decimal("NaN")
    if not percent.is_finite() or percent < 0:
        message = f"{written!r} is no amount of dollars such as 2.00, and no share such as 10%"
        raise click.BadParameter(message)
    return MaxIncrease(share=Fraction(percent) / 100)


@click.command()
@click.argument("film", metavar="FILM", type=click.Path())
@click.option(
    "--against",
    metavar="VERSION",
    default="HEAD",
    show_default=True,
    help="The older version: a revision of git's, a saved plan (.json) or a lock (.lock.yaml).",
)
@click.option(
    "--format",
    "form",
    type=click.Choice([each.value for each in Format]),
    default=Format.TEXT.value,
    help="How the difference is written; markdown is for a comment on a pull request.",
)
@click.option("--json", "form", flag_value=Format.JSON.value, help="The same as --format json.")
@click.option(
    "--prompts/--no-prompts", default=True, help="Show what changed in the prompts, or leave it."
)
@click.option("--detailed-exitcode", is_flag=True, help="End with 8 if anything has changed.")
@click.option(
    "--max-increase",
    metavar="USD|PERCENT",
    callback=_increase,
    help="Refuse a change that costs more, in dollars or as a share of the old film's price.",
)
@film_options
def diff(
    *,
    film: str,
    against: str,
    form: str,
    prompts: bool,
    detailed_exitcode: bool,
    max_increase: MaxIncrease | None,
    options: FilmOptions,
) -> ExitCode:
    """Show what changed in a film, shot by shot, and what the change costs; spend nothing.

    The film is compared as it is now with an older version of itself. A shot that was only renamed
    or moved costs nothing, and neither does what is only cut differently.
    """
    from storyboard.app.diff import compare_versions, open_versions  # noqa: PLC0415

    versions = open_versions(film, against, options)
    if not _both_compiled(versions, as_json=form == Format.JSON):
        return ExitCode.INVALID_STORYBOARD
    compared = compare_versions(versions)
    emit(_written(Format(form), versions, compared, max_increase, prompts=prompts))
    difference = compared.difference
    if max_increase is not None and max_increase.exceeded(difference):
        from storyboard.report.diff_words import over_limit  # noqa: PLC0415

        flush()
        message = over_limit(difference, max_increase.most(difference))
        hint = "allow more with --max-increase, or change less"
        raise SpendingRefused(message, hint=hint, code=ErrorCode.OVER_MAX_INCREASE)
    if detailed_exitcode and not difference.same:
        return ExitCode.CHANGES_PENDING
    return ExitCode.OK


def _both_compiled(versions: "Versions", *, as_json: bool) -> bool:
    """Show the errors of today's film; those of the older version end in a refusal."""
    today, broken = versions.today, versions.broken
    if not today.ok:
        show_findings(today, today.diagnostics, as_json=as_json)
        return False
    if broken is not None:
        show_findings(broken, broken.diagnostics, as_json=as_json)
        message = f"{today.path} does not compile as it was in {versions.name}"
        raise InvalidStoryboard(message, hint="compare with a revision in which it has no errors")
    return True


def _written(
    form: Format,
    versions: "Versions",
    compared: "Compared",
    limit: MaxIncrease | None,
    *,
    prompts: bool,
) -> str:
    difference = compared.difference
    match form:
        case Format.TEXT:
            from storyboard.report.diff_text import render_diff_text  # noqa: PLC0415

            colour = wants_colour(sys.stdout)
            return render_diff_text(difference, prompts=prompts, colour=colour, width=width())
        case Format.JSON:
            from storyboard.report.diff_json import render_diff_json  # noqa: PLC0415

            return render_diff_json(difference, limit)
        case Format.MARKDOWN:
            from storyboard.report.diff_markdown import render_diff_markdown  # noqa: PLC0415

            return render_diff_markdown(difference, limit, prompts=prompts)
        case Format.GITHUB:
            from storyboard.report.diff_github import render_diff_github  # noqa: PLC0415

            sources = versions.today.sources
            return render_diff_github(difference, compared.places, sources, limit)
