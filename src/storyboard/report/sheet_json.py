"""The contact sheet for programs: where it is, and every shot on it with what its clip is."""

from pathlib import Path

from storyboard.model.money import decimal_usd
from storyboard.model.sheet import Sheet, SheetShot
from storyboard.report.document import write_json

__all__ = ["SCHEMA", "render_sheet_json"]

SCHEMA = "storyboard/sheet-1"


def render_sheet_json(film: str, path: Path, sheet: Sheet) -> str:
    """Write the sheet as one JSON object; money in decimal strings, null where it is not known."""
    scenes = [
        {"heading": scene.heading, "shots": [_shot(shot) for shot in scene.shots]}
        for scene in sheet.scenes
    ]
    document = {
        "schema": SCHEMA,
        "film": film,
        "path": str(path),
        "runtime_ms": sheet.runtime,
        "paid_usd": decimal_usd(sheet.paid),
        "cost_usd": decimal_usd(sheet.price),
        "scenes": scenes,
    }
    return write_json(document)


def _shot(shot: SheetShot) -> dict[str, object]:
    return {
        "id": shot.id,
        "standing": shot.standing.value,
        "take": shot.take,
        "stands_in": shot.stands_in,
        "stale": shot.stale,
        "model": shot.model,
        "screen_ms": shot.length,
        "bought_ms": shot.bought,
        "paid_usd": None if shot.paid is None else decimal_usd(shot.paid),
        "cost_usd": decimal_usd(shot.price),
        "still": shot.still,
        "clip": shot.clip,
        "key": shot.key,
    }
