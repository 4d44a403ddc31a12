"""What an export wrote, for people and for programs."""

from collections.abc import Sequence
from pathlib import Path

from storyboard.compiler.suggest import first_few
from storyboard.report.cells import harmless
from storyboard.report.document import write_json

__all__ = ["SCHEMA", "render_export_json", "render_missing_text"]

SCHEMA = "storyboard/export-1"


def render_export_json(film: str, files: Sequence[tuple[str, Path]], missing: Sequence[str]) -> str:
    """Write one JSON object: each file with its format, and the shots that have no clip."""
    document = {
        "schema": SCHEMA,
        "film": film,
        "files": [{"format": form, "path": str(path)} for form, path in files],
        "missing": list(missing),
    }
    return write_json(document)


def render_missing_text(missing: Sequence[str]) -> str:
    """Say which shots have no clip, the first few by name."""
    named = first_few([harmless(shot) for shot in missing])
    have = "shot has no clip" if len(missing) == 1 else "shots have no clip"
    return f"{len(missing)} {have} yet and only a place: {named}"
