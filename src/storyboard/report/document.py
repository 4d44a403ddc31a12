"""JSON as every report writes it: readable in any script, harmless in a terminal."""

import json
import re

from storyboard.report.cells import HARMFUL

__all__ = ["write_json"]

_ESCAPED = re.compile(f"[{HARMFUL}]")


def write_json(value: object) -> str:
    """Write a document and its last newline, escaping what JSON leaves raw but a terminal obeys."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"
