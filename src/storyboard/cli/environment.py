"""What the shell of the program asks the process's environment; settings are app's business."""

import os
import re

__all__ = ["secrets", "variable"]

_SECRET = re.compile(r"key|token|secret|passw|credential", re.IGNORECASE)
_SHORTEST_SECRET = 6


def variable(name: str) -> str:
    """Return a variable's value; empty when it is not set, as the terminal's switches count it."""
    return os.environ.get(name, "")  # noqa: TID251  # the terminal's switches are no settings


def secrets() -> tuple[str, ...]:
    """Return the values that no log may show: those of variables that are named like keys."""
    variables = os.environ.items()  # noqa: TID251  # read to be left out, never kept
    values = {value for name, value in variables if _SECRET.search(name)}
    return tuple(sorted((v for v in values if len(v) >= _SHORTEST_SECRET), key=len, reverse=True))
