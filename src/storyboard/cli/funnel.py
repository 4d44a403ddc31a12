"""The one way out: whatever happens in a command becomes an exit code and a sentence.

A refusal is told with its code word and its hint, an interrupt with how to go on; as a JSON
document where JSON was asked for. Anything unforeseen is our fault and leaves a log that can be
pasted into a report; no traceback is ever shown.
"""

from collections.abc import Callable
from functools import partial

import click

from storyboard.cli.console import (
    await_data,
    data_was_written,
    emit,
    flush,
    reader_left,
    refuse,
    say,
    silence_stdout,
)
from storyboard.model.errors import ErrorCode, ExitCode, StoryboardError
from storyboard.report.refusal import INTERRUPTED, Refusal, refusal_of, render_refusal_json

__all__ = ["Misuse", "run"]

_READER_LEFT = 141
"""128 + SIGPIPE: what a shell reports of any tool whose reader left early."""


class Misuse(click.UsageError):
    """A command line that makes no sense, and what to type instead."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


def run(program: Callable[[], int | None], *, as_json: bool = False) -> int:
    """Run a program and return its exit code; only SystemExit comes through.

    With `as_json` a refusal is a document on stdout, unless the program wrote one before.
    """
    await_data()
    try:
        code = program()
        flush()
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.ClickException as error:
        return _told(_misused(error), as_json=as_json)
    except (click.Abort, KeyboardInterrupt):
        return _told(INTERRUPTED, as_json=as_json)
    except Exception as error:  # noqa: BLE001  # this is where everything ends up
        if isinstance(error, BrokenPipeError) and reader_left():
            silence_stdout()
            return _READER_LEFT
        return _told(_refusal(error) or _bug(error), as_json=as_json)
    return ExitCode.OK if code is None else code


def _told(refusal: Refusal, *, as_json: bool) -> int:
    """Tell a refusal once, and return its exit code; a document is never spoilt by a second."""
    if as_json and not data_was_written():
        return run(partial(_written, refusal))  # what fails now is told in text
    if refusal is INTERRUPTED:
        say(f"\n{refusal.message}")
    else:
        refuse(refusal)
    return refusal.code.exit_code


def _written(refusal: Refusal) -> int:
    emit(render_refusal_json(refusal))
    return refusal.code.exit_code


def _misused(error: click.ClickException) -> Refusal:
    if not isinstance(error, click.UsageError):
        return Refusal(ErrorCode.USAGE, error.format_message())
    command = error.ctx.command_path if error.ctx is not None else "storyboard"
    hint = error.hint if isinstance(error, Misuse) else None
    advice = hint or f"`{command} --help` shows how it is used"
    return Refusal(ErrorCode.USAGE, error.format_message(), advice)


def _refusal(error: Exception) -> Refusal | None:
    """Return the refusal an error stands for; a group of nothing but refusals is its first one."""
    while isinstance(error, ExceptionGroup) and error.split(StoryboardError)[1] is None:
        error = error.exceptions[0]
    return refusal_of(error) if isinstance(error, StoryboardError) else None


def _bug(error: Exception) -> Refusal:
    from storyboard.cli.crash import write_log  # noqa: PLC0415  # needed once in a blue moon

    log = write_log(error)
    where = f"please report it with the log {log}" if log else "no log could be written"
    message = f"this is a bug in storyboard ({type(error).__name__})"
    return Refusal(ErrorCode.BUG, message, where, None if log is None else str(log))
