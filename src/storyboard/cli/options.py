"""Options that several commands take, each defined once."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from storyboard.app.compile import FilmOptions
from storyboard.model.money import MicroUsd, micro_usd

__all__ = ["AS_JSON", "amount", "film_options"]

Command = Callable[..., Any]

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Write JSON to stdout.")


def film_options(command: Command) -> Command:
    """Add what every command that reads a film takes, and hand it over as one value."""

    @wraps(command)
    def with_options(
        *arguments: object,
        settings: tuple[tuple[str, str], ...],
        variant: str | None,
        no_cache: bool,
        **named: object,
    ) -> object:
        options = FilmOptions(settings, variant, cache=not no_cache)
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
