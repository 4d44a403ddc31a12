"""JSON as every report writes it: readable in any script, harmless in a terminal."""

import json
import re

from storyboard.model.money import MicroUsd, decimal_usd
from storyboard.report.cells import HARMFUL

__all__ = ["usd_or_null", "write_json"]

_ESCAPED = re.compile(f"[{HARMFUL}]")


def write_json(value: object) -> str:
    """Write a document and its last newline, escaping what JSON leaves raw but a terminal obeys."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def usd_or_null(amount: MicroUsd | None) -> str | None:
    """Return an amount as a decimal string, null where it is not known."""
    return None if amount is None else decimal_usd(amount)
