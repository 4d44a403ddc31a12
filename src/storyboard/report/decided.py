"""What a person decided about an order, for programs: how the attempt is now, and what goes on."""

from storyboard.model.attempt import Attempt
from storyboard.model.money import decimal_usd
from storyboard.report.document import write_json

__all__ = ["ADOPTED", "FORGOTTEN", "render_adopted_json", "render_forgotten_json"]

ADOPTED = "storyboard/adopt-1"
FORGOTTEN = "storyboard/forget-1"


def render_adopted_json(attempt: Attempt, build: str) -> str:
    """Write which order an attempt is; `build` is the command that goes on with it."""
    return write_json({"schema": ADOPTED, **_attempt(attempt), "build": build})


def render_forgotten_json(attempt: Attempt, build: str) -> str:
    """Write that an attempt is given up; `build` is the command that orders its shot again."""
    return write_json({"schema": FORGOTTEN, **_attempt(attempt), "build": build})


def _attempt(attempt: Attempt) -> dict[str, object]:
    """Return the attempt: `counted_usd` is what it counts against every limit from now on."""
    return {
        "attempt": attempt.id,
        "film": attempt.order.film,
        "shot": attempt.order.shot,
        "model": attempt.order.model,
        "state": str(attempt.job.state),
        "prediction": attempt.job.prediction,
        "counted_usd": decimal_usd(attempt.counted),
    }
