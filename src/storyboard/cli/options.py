"""Options that several commands take, each defined once."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from storyboard.app.compile import FilmOptions
from storyboard.cli.funnel import Misuse
from storyboard.model.money import MicroUsd, micro_usd

if TYPE_CHECKING:
    from storyboard.compiler.select import Selector

__all__ = ["AS_JSON", "ONLY", "RETAKE", "amount", "film_options", "selectors"]

Command = Callable[..., Any]

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Write JSON to stdout.")


def selectors(
    _context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]
) -> "tuple[Selector, ...]":
    """Read selectors; a misuse where one makes no sense."""
    if not given:
        return ()
    from storyboard.compiler.select import BadSelector, parse  # noqa: PLC0415  only if asked

    try:
        return tuple(parse(each) for each in given)
    except BadSelector as error:
        raise Misuse(error.message, hint=error.hint) from error


ONLY = click.option(
    "--only",
    metavar="SELECTOR",
    multiple=True,
    callback=selectors,
    help="Only these shots: ids, globs, scenes, tag:, model:, state:; repeatable, each narrows.",
)


RETAKE = click.option(
    "--retake",
    "retakes",
    metavar="SHOT",
    multiple=True,
    callback=selectors,
    help="Buy one more take of a shot; a selector, repeatable.",
)


def film_options(command: Command) -> Command:
    """Add what every command that reads a film takes, and hand it over as one value."""

    @wraps(command)
    def with_options(
        *arguments: object,
        settings: tuple[tuple[str, str], ...],
        variant: str | None,
        no_cache: bool,
        only: "tuple[Selector, ...]",
        **named: object,
    ) -> object:
        options = FilmOptions(settings, variant, cache=not no_cache, only=only)
        return command(*arguments, options=options, **named)

    for option in (
        click.option("--no-cache", is_flag=True, help="Compile anew; remember nothing."),
        click.option("--variant", metavar="NAME", help="Build a variant of the film."),
        click.option(
            "--set",
            "settings",
            metavar="NAME=VALUE",
            multiple=True,
            callback=_settings,
            help="Give a variable of the film another value; may be repeated.",
        ),
        ONLY,
    ):
        with_options = option(with_options)
    return with_options


def amount(
    _context: click.Context, _parameter: click.Parameter, written: str | None
) -> MicroUsd | None:
    """Read an amount of dollars; None where none was given."""
    if written is None:
        return None
    try:
        read = micro_usd(written.removeprefix("$"))
    except ValueError as error:
        message = f"{written!r} is no amount of dollars, such as 4.80"
        raise click.BadParameter(message) from error
    if read < 0:
        message = "a limit cannot be less than nothing"
        raise click.BadParameter(message)
    return read


def _settings(
    _context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    pairs = []
    for each in given:
        name, equals, value = each.partition("=")
        if not equals or not name.strip():
            message = f"{each!r} is not NAME=VALUE"
            raise click.BadParameter(message)
        pairs.append((name.strip(), value))
    return tuple(pairs)
