"""The `storyboard` command: a table of its commands, each loaded only when it is called.

`--help` and completion read this table and load nothing else, so they answer at once.
"""

import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from itertools import pairwise, takewhile
from typing import NamedTuple, NoReturn, cast

import click
from click.shell_completion import CompletionItem

from storyboard import __version__
from storyboard.cli.console import speak_utf8
from storyboard.cli.environment import variable
from storyboard.cli.funnel import Misuse, run
from storyboard.model.errors import ExitCode

__all__ = ["COMMANDS", "Entry", "Section", "main", "process", "program"]

_NAME = "storyboard"
_COMPLETE = "_STORYBOARD_COMPLETE"
_COMPLETION_NOTE = (
    'For completion in the shell: eval "$(_STORYBOARD_COMPLETE=bash_source storyboard)"'
    " (or zsh_source, fish_source)."
)


class Entry(NamedTuple):
    """Where a command is, and its line in the help."""

    module: str
    attribute: str
    help: str


class Section(NamedTuple):
    """Commands that belong together, by name."""

    title: str
    entries: dict[str, Entry]


_BUILD = "storyboard.cli.build"
_TOOLS = "storyboard.cli.tools"
_MONEY = "storyboard.cli.money"

COMMANDS: tuple[Section, ...] = (
    Section(
        "Write",
        {
            "new": Entry(_BUILD, "new", "Start a film that already builds."),
            "check": Entry(_BUILD, "check", "Find what is wrong with a storyboard."),
            "explain": Entry(_TOOLS, "explain", "Explain a finding and how to mend it."),
        },
    ),
    Section(
        "Look",
        {
            "prompts": Entry(_BUILD, "prompts", "Show what would be sent for each shot."),
            "plan": Entry(
                "storyboard.cli.plan", "plan", "Show each shot's step and price; spend nothing."
            ),
            "why": Entry("storyboard.cli.why", "why", "Show why a shot would be made anew."),
            "diff": Entry("storyboard.cli.diff", "diff", "Show what changed, and what that costs."),
            "code": Entry("storyboard.cli.code", "code", "Print the request for a shot as code."),
            "takes": Entry("storyboard.cli.takes", "takes", "Show the takes of each shot."),
            "sheet": Entry("storyboard.cli.sheet", "sheet", "Draw the film's contact sheet."),
        },
    ),
    Section(
        "Make",
        {
            "animatic": Entry(_BUILD, "animatic", "Make the film from its stills, for free."),
            "build": Entry(_BUILD, "build", "Make the clips that are missing and cut the film."),
            "circle": Entry("storyboard.cli.takes", "circle", "Choose the take the film shows."),
            "cut": Entry("storyboard.cli.cut", "cut", "Cut the film from whatever is owned."),
            "export": Entry("storyboard.cli.export", "export", "Write the cut for other programs."),
            "clean": Entry(_BUILD, "clean", "Delete what can be made again for free."),
        },
    ),
    Section(
        "Money",
        {
            "status": Entry(_MONEY, "status", "Show what is owned, in flight, unclear or failed."),
            "costs": Entry(_MONEY, "costs", "Show what was spent, by shot, film and month."),
            "adopt": Entry(
                _MONEY, "adopt", "Say which order of the provider an unclear attempt is."
            ),
            "forget": Entry(
                _MONEY, "forget", "Give an attempt up, so that its shot can be ordered again."
            ),
        },
    ),
    Section(
        "Tools",
        {
            "models": Entry(_TOOLS, "models", "List models with lengths, prices and status."),
            "schema": Entry(_TOOLS, "schema", "Print a JSON Schema, for editors and scripts."),
            "simulate": Entry(
                "storyboard.cli.rehearse",
                "simulate",
                "Rehearse a build: a stand-in for the paid API on this machine.",
            ),
            "doctor": Entry(
                "storyboard.cli.health",
                "doctor",
                "Check the key, the balance, the disk, ffmpeg and the clock.",
            ),
        },
    ),
)


class LazyGroup(click.Group):
    """A group whose commands come out of the table."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(_entries())

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002  # click's signature
        cmd_name: str,
    ) -> click.Command | None:
        entry = _entries().get(cmd_name)
        if entry is None:
            return None
        return cast("click.Command", getattr(import_module(entry.module), entry.attribute))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in _entries() and not name.startswith("-") and not ctx.resilient_parsing:
            raise _unknown(name)
        return super().resolve_command(ctx, args)

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002  # click's signature
        formatter: click.HelpFormatter,
    ) -> None:
        column = max(map(len, _entries()))
        for section in COMMANDS:
            with formatter.section(section.title):
                rows = [(name.ljust(column), each.help) for name, each in section.entries.items()]
                formatter.write_dl(rows)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        commands = [
            CompletionItem(name, help=entry.help)
            for name, entry in _entries().items()
            if name.startswith(incomplete)
        ]
        return commands + click.Command.shell_complete(self, ctx, incomplete)


def _entries() -> dict[str, Entry]:
    return {name: entry for section in COMMANDS for name, entry in section.entries.items()}


def _unknown(name: str) -> Misuse:
    from storyboard.compiler.suggest import did_you_mean  # noqa: PLC0415  # only for a slip

    meant = did_you_mean(name, _entries())
    hint = f"did you mean `storyboard {meant}`?" if meant else None
    return Misuse(f'no command is called "{name}"', hint=hint)


@click.group(
    _NAME,
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_COMPLETION_NOTE,
)
@click.version_option(__version__, message="storyboard %(version)s")
@click.pass_context
def program(ctx: click.Context) -> ExitCode | None:
    """Compile a film: a storyboard in YAML becomes prompts, a price, clips and one film."""
    if ctx.invoked_subcommand is not None:
        return None
    click.echo(ctx.get_help(), err=True)
    return ExitCode.USAGE


def process() -> NoReturn:
    """Run as a process of its own: leave at once, without taking a large film's values apart.

    Freeing a film of a thousand shots value by value takes longer than reading it warm.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: nothing is left behind
    try:
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Run the command line, and leave with its exit code."""
    speak_utf8()
    words = list(sys.argv[1:] if args is None else args)
    sys.exit(run(lambda: _run(words), as_json=_asks_for_json(words)))


def _asks_for_json(words: Sequence[str]) -> bool:
    """Tell whether a command line asks for JSON, even one that is not understood otherwise."""
    options = list(takewhile(lambda word: word != "--", words))
    return (
        "--json" in options
        or "--format=json" in options
        or ("--format", "json") in pairwise(options)
    )


def _run(words: list[str]) -> int | None:
    if instruction := variable(_COMPLETE):
        from click.shell_completion import shell_complete  # noqa: PLC0415

        return shell_complete(program, {}, _NAME, _COMPLETE, instruction)
    with program.make_context(_NAME, words) as ctx:
        return cast("int | None", program.invoke(ctx))
