"""What the world may refuse, the word each refusal is known by, and the exit codes it comes to.

StoryboardError            one sentence, perhaps a hint, and a code word with its exit code
├── InvalidStoryboard      findings with at least one error               1
├── Undecidable            a wish that makes no sense as things stand     2
├── ShotsFailed            some shots failed; running again resumes       4
├── SpendingRefused        over a cap, or not confirmed                   5
├── Locked                 another build holds the ledger                 6
└── EnvironmentFault       no key, no disk, no network, no ffmpeg         7
"""

from enum import IntEnum, StrEnum
from typing import Self

__all__ = [
    "EnvironmentFault",
    "ErrorCode",
    "ExitCode",
    "InvalidStoryboard",
    "Locked",
    "ShotsFailed",
    "SpendingRefused",
    "StoryboardError",
    "Undecidable",
]


class ExitCode(IntEnum):
    """What the process says when it ends; the README carries the same table."""

    OK = 0
    INVALID_STORYBOARD = 1
    USAGE = 2
    BUG = 3
    SHOTS_FAILED = 4
    SPENDING_REFUSED = 5
    LOCKED = 6
    ENVIRONMENT = 7
    CHANGES_PENDING = 8
    INTERRUPTED = 130


class ErrorCode(StrEnum):
    """The word a refusal is known by, and the exit code it ends with; docs/json.md explains each.

    There is one for each exit code that means trouble, and more where a script would want to know
    which. A word is never taken away and never changes its exit code.
    """

    exit_code: ExitCode

    def __new__(cls, word: str, exit_code: ExitCode) -> Self:
        member = str.__new__(cls, word)
        member._value_ = word
        member.exit_code = exit_code
        return member

    INVALID_STORYBOARD = "invalid-storyboard", ExitCode.INVALID_STORYBOARD
    USAGE = "usage", ExitCode.USAGE
    NOT_APPLICABLE = "not-applicable", ExitCode.USAGE
    UNKNOWN_SHOT = "unknown-shot", ExitCode.USAGE
    UNKNOWN_ATTEMPT = "unknown-attempt", ExitCode.USAGE
    BUG = "bug", ExitCode.BUG
    SHOTS_FAILED = "shots-failed", ExitCode.SHOTS_FAILED
    SPENDING_REFUSED = "spending-refused", ExitCode.SPENDING_REFUSED
    OVER_BUDGET = "over-budget", ExitCode.SPENDING_REFUSED
    OVER_RUN_LIMIT = "over-run-limit", ExitCode.SPENDING_REFUSED
    OVER_MONTH_LIMIT = "over-month-limit", ExitCode.SPENDING_REFUSED
    OVER_MAX_INCREASE = "over-max-increase", ExitCode.SPENDING_REFUSED
    NOT_CONFIRMED = "not-confirmed", ExitCode.SPENDING_REFUSED
    PRICE_CHANGED = "price-changed", ExitCode.SPENDING_REFUSED
    PLAN_CHANGED = "plan-changed", ExitCode.SPENDING_REFUSED
    BALANCE_TOO_LOW = "balance-too-low", ExitCode.SPENDING_REFUSED
    LOCKED = "locked", ExitCode.LOCKED
    ENVIRONMENT = "environment", ExitCode.ENVIRONMENT
    NO_KEY = "no-key", ExitCode.ENVIRONMENT
    KEY_REFUSED = "key-refused", ExitCode.ENVIRONMENT
    NO_CREDIT = "no-credit", ExitCode.ENVIRONMENT
    UNREACHABLE = "unreachable", ExitCode.ENVIRONMENT
    INTERRUPTED = "interrupted", ExitCode.INTERRUPTED


class StoryboardError(Exception):
    """The base of every refusal a user may meet.

    `message` is one sentence, `hint` what to do about it, `code` the word a script knows it by: the
    class's own, unless one that says more was given.
    """

    code = ErrorCode.BUG

    def __init__(
        self, message: str, *, hint: str | None = None, code: ErrorCode | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if code is not None:
            self.code = code

    @property
    def exit_code(self) -> ExitCode:
        """The exit code that its word ends with."""
        return self.code.exit_code


class InvalidStoryboard(StoryboardError):
    """The storyboard has errors; they have been shown."""

    code = ErrorCode.INVALID_STORYBOARD


class Undecidable(StoryboardError):
    """A decision or a wish that makes no sense as things stand; the hint is what to type."""

    code = ErrorCode.NOT_APPLICABLE


class ShotsFailed(StoryboardError):
    """At least one shot failed; its siblings are kept and running again resumes."""

    code = ErrorCode.SHOTS_FAILED


class SpendingRefused(StoryboardError):
    """The plan costs more than a cap allows, or nobody confirmed it."""

    code = ErrorCode.SPENDING_REFUSED


class Locked(StoryboardError):
    """Another build of the same project is running."""

    code = ErrorCode.LOCKED


class EnvironmentFault(StoryboardError):
    """The machine or the network cannot do what was asked."""

    code = ErrorCode.ENVIRONMENT
