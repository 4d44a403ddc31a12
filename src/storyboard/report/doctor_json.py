"""The doctor's findings for programs: one JSON object whose shape is named by `schema`."""

from collections.abc import Sequence

from storyboard.report.doctor import Check
from storyboard.report.document import write_json

__all__ = ["SCHEMA", "render_doctor_json"]

SCHEMA = "storyboard/doctor-1"


def render_doctor_json(checks: Sequence[Check]) -> str:
    """Write every check as one JSON document."""
    found = [
        {"name": each.name, "state": str(each.state), "message": each.message, "help": each.help}
        for each in checks
    ]
    return write_json({"schema": SCHEMA, "checks": found})
