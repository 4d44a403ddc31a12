"""What the world may refuse, and the exit codes that tell a script.

StoryboardError            one sentence, perhaps a hint, and an exit code
├── InvalidStoryboard      findings with at least one error               1
├── Undecidable            a wish that makes no sense as things stand     2
├── ShotsFailed            some shots failed; running again resumes       4
├── SpendingRefused        over a cap, or not confirmed                   5
├── Locked                 another build holds the ledger                 6
└── EnvironmentFault       no key, no disk, no network, no ffmpeg         7
"""

from enum import IntEnum

__all__ = [
    "EnvironmentFault",
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


class StoryboardError(Exception):
    """The base of every refusal a user may meet; `message` is one sentence, `hint` what to do."""

    exit_code = ExitCode.BUG

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InvalidStoryboard(StoryboardError):
    """The storyboard has errors; they have been shown."""

    exit_code = ExitCode.INVALID_STORYBOARD


class Undecidable(StoryboardError):
    """A decision or a wish that makes no sense as an order stands; the hint is what to type."""

    exit_code = ExitCode.USAGE


class ShotsFailed(StoryboardError):
    """At least one shot failed; its siblings are kept and running again resumes."""

    exit_code = ExitCode.SHOTS_FAILED


class SpendingRefused(StoryboardError):
    """The plan costs more than a cap allows, or nobody confirmed it."""

    exit_code = ExitCode.SPENDING_REFUSED


class Locked(StoryboardError):
    """Another build of the same project is running."""

    exit_code = ExitCode.LOCKED


class EnvironmentFault(StoryboardError):
    """The machine or the network cannot do what was asked."""

    exit_code = ExitCode.ENVIRONMENT
