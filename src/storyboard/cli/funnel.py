"""The one way out: whatever happens in a command becomes an exit code and a sentence.

A refusal is told with its hint, an interrupt with how to go on. Anything unforeseen is our fault
and leaves a log that can be pasted into a report; no traceback is ever shown.
"""

from collections.abc import Callable

import click

from storyboard.cli.console import flush, reader_left, refuse, say, silence_stdout
from storyboard.model.errors import ExitCode, StoryboardError

__all__ = ["Misuse", "run"]

_READER_LEFT = 141
"""128 + SIGPIPE: what a shell reports of any tool whose reader left early."""


class Misuse(click.UsageError):
    """A command line that makes no sense, and what to type instead."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


def run(program: Callable[[], int | None]) -> int:
    """Run a program and return its exit code; only SystemExit comes through."""
    try:
        code = program()
        flush()
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.UsageError as error:
        return _misused(error)
    except click.ClickException as error:
        refuse(error.format_message())
        return ExitCode.USAGE
    except (click.Abort, KeyboardInterrupt):
        return _interrupted()
    except Exception as error:  # noqa: BLE001  # this is where everything ends up
        return _failed(error)
    return ExitCode.OK if code is None else code


def _misused(error: click.UsageError) -> int:
    command = error.ctx.command_path if error.ctx is not None else "storyboard"
    hint = error.hint if isinstance(error, Misuse) else None
    refuse(error.format_message(), hint or f"`{command} --help` shows how it is used")
    return ExitCode.USAGE


def _interrupted() -> int:
    say("\ninterrupted; nothing is lost, and the same command resumes")
    return ExitCode.INTERRUPTED


def _failed(error: Exception) -> int:
    refusal = _refusal(error)
    if refusal is not None:
        refuse(refusal.message, refusal.hint)
        return refusal.exit_code
    if isinstance(error, BrokenPipeError) and reader_left():
        silence_stdout()
        return _READER_LEFT
    return _bug(error)


def _refusal(error: Exception) -> StoryboardError | None:
    """Return the refusal an error stands for; a group of nothing but refusals is its first one."""
    while isinstance(error, ExceptionGroup) and error.split(StoryboardError)[1] is None:
        error = error.exceptions[0]
    return error if isinstance(error, StoryboardError) else None


def _bug(error: Exception) -> int:
    from storyboard.cli.crash import write_log  # noqa: PLC0415  # needed once in a blue moon

    log = write_log(error)
    where = f"please report it with the log {log}" if log else "no log could be written"
    refuse(f"this is a bug in storyboard ({type(error).__name__})", where)
    return ExitCode.BUG
