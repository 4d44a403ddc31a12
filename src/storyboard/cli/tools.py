"""Commands that answer from what ships with storyboard: pages, schemas and model cards."""

import sys
from pathlib import Path

import click

from storyboard.app.resources import resource
from storyboard.cli.console import emit, wants_colour, width
from storyboard.cli.funnel import Misuse
from storyboard.compiler.suggest import did_you_mean
from storyboard.model.diagnostic import Code
from storyboard.model.errors import ExitCode
from storyboard.report.cells import cut_end
from storyboard.report.pages import first_sentence

__all__ = ["explain", "models", "schema"]

_SCHEMAS = (
    "storyboard",
    "scene",
    "card",
    "findings",
    "prompts",
    "plan",
    "why",
    "diff",
    "code",
    "takes",
    "sheet",
    "build",
    "circle",
    "cut",
    "export",
    "status",
    "costs",
    "adopt",
    "forget",
    "models",
    "doctor",
    "error",
)
"""What authors write first, the storyboard's before all; then what commands write with --json."""


@click.command()
@click.argument("code", required=False)
def explain(code: str | None) -> ExitCode:
    """Explain a finding by its CODE: why it matters and how to mend it.

    Without a code, list all of them.
    """
    if code is None:
        emit("".join(f"{line}\n" for line in _list()))
        return ExitCode.OK
    known = code.strip().lower().replace("_", "-")
    if known not in {*Code}:
        meant = did_you_mean(known, Code)
        hint = f"did you mean `storyboard explain {meant}`?" if meant else None
        message = f'no finding has the code "{code}"'
        raise Misuse(message, hint=hint or "`storyboard explain` lists every code")
    _show(resource("findings", f"{known}.md"))
    return ExitCode.OK


def _list() -> list[str]:
    column = max(map(len, Code)) + 2
    lines = [
        f"{code:<{column}}{first_sentence(resource('findings', f'{code}.md'))}" for code in Code
    ]
    return [cut_end(line, width()) for line in lines] if sys.stdout.isatty() else lines


def _show(page: str) -> None:
    """Print a page: set in type for a terminal, as it is written for everything else."""
    if not sys.stdout.isatty():
        emit(page)
        return
    from rich.console import Console  # noqa: PLC0415  # a terminal's page pays for setting it
    from rich.markdown import Markdown  # noqa: PLC0415

    Console(width=width(), no_color=not wants_colour(sys.stdout)).print(Markdown(page))


@click.command()
@click.argument("name", type=click.Choice(_SCHEMAS), default=_SCHEMAS[0])
def schema(name: str) -> ExitCode:
    """Print the JSON Schema of a storyboard, or of what a command writes with --json.

    A document names its schema first: `storyboard/plan-1` is version 1 of `plan`. What build and
    animatic write is a `build`, check's a `findings`; what any of them refuses is an `error`.
    """
    emit(resource("schemas", f"{name}.schema.json"))
    return ExitCode.OK


@click.command()
@click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path()
)
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def models(folder: Path, as_json: bool) -> ExitCode:
    """List the models with their lengths, prices and status.

    Cards in FOLDER's project (the current folder's unless given) add to those built in.
    """
    from storyboard.app.models import list_cards  # noqa: PLC0415  # reads YAML

    cards = list_cards(str(folder))
    if as_json:
        from storyboard.report.models_json import render_models_json  # noqa: PLC0415

        emit(render_models_json(cards))
    else:
        from storyboard.report.models_text import render_models_text  # noqa: PLC0415

        emit(render_models_text(cards, colour=wants_colour(sys.stdout), width=width()))
    return ExitCode.OK
