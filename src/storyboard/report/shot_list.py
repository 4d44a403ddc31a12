"""The shot list, in the trade's columns: as CSV for spreadsheets, and as a Markdown table.

A shot is a row. Scene, setup, what is seen and heard, when it is in the film, and how its clip
stands: what an assistant director, an editor and a producer look for.
"""

import csv
import io
import re
from collections.abc import Iterator

from storyboard.model.money import MicroUsd, decimal_usd, timecode
from storyboard.model.sheet import Sheet, SheetShot
from storyboard.model.story import Film, ImageFile, ImageFrom, ImageUrl, Scene, Shot, Sound
from storyboard.model.timeline import Event, Timeline
from storyboard.report.cells import harmless

__all__ = ["COLUMNS", "render_shot_list_csv", "render_shot_list_markdown"]

COLUMNS = (
    "Scene",
    "Shot",
    "Heading",
    "Location",
    "Time of day",
    "Size",
    "Composition",
    "Angle",
    "Move",
    "Support",
    "Lens",
    "Lighting",
    "Cast",
    "Action",
    "Dialogue",
    "Sound",
    "Image",
    "Transition",
    "In",
    "Out",
    "Seconds",
    "Model",
    "Bought seconds",
    "Cost USD",
    "Status",
    "Take",
    "Tags",
    "Notes",
)
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What makes a spreadsheet calculate a cell, and so run what a stranger wrote; also in full width,
which some read as the plain sign.
"""
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>|~#&])")


def render_shot_list_csv(film: Film, timeline: Timeline, sheet: Sheet) -> str:
    """Write the list as RFC 4180 has it, with the mark by which spreadsheets know UTF-8.

    A text that a spreadsheet would calculate begins with an apostrophe, which makes it a text.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([_inert(cell) for cell in row] for row in _rows(film, timeline, sheet))
    return f"\ufeff{text.getvalue()}"


def render_shot_list_markdown(film: Film, timeline: Timeline, sheet: Sheet) -> str:
    """Write the list as a page with a table; columns that are empty throughout are left out."""
    rows = list(_rows(film, timeline, sheet))
    used = [place for place in range(len(COLUMNS)) if any(row[place] for row in rows)]
    lines = [f"# {_escaped(film.title)}", "", " · ".join(map(_escaped, sheet.facts)), ""]
    lines.append(_line([COLUMNS[place] for place in used]))
    lines.append(_line(["---"] * len(used)))
    lines += [_line([_escaped(row[place]) for place in used]) for row in rows]
    return "\n".join(lines) + "\n"


def _rows(film: Film, timeline: Timeline, sheet: Sheet) -> Iterator[tuple[str, ...]]:
    events = {event.shot: event for event in timeline.events if event.scene}
    clips = {shot.id: shot for shot in sheet.shots}
    for scene in film.scenes:
        for shot in scene.shots:
            if shot.id in events:
                seen, made = _seen(film, scene, shot), _made(shot, clips[shot.id])
                row = (*seen, *_placed(events[shot.id], timeline), *made)
                yield tuple(_clean(cell) for cell in row)


def _seen(film: Film, scene: Scene, shot: Shot) -> tuple[str, ...]:
    """Return what is seen and heard: the columns from the scene to the transition."""
    camera = shot.camera
    cast = (film.character(each) for each in shot.characters)
    lines = (_spoken(film, line.character, line.text, line.delivery) for line in shot.dialogue)
    return (
        scene.id,
        shot.id,
        scene.heading or "",
        shot.location or scene.location or "",
        scene.time_of_day or "",
        (camera.size or "").upper(),
        camera.composition or "",
        camera.angle or "",
        ", ".join(camera.moves) or camera.text or "static",
        camera.support or "",
        camera.lens or "",
        shot.lighting or "",
        ", ".join(each.name for each in cast if each),
        shot.action or "",
        "\n".join(lines),
        _sound(shot.sound),
        _image(shot),
        shot.transition.kind,
    )


def _spoken(film: Film, speaker: str | None, text: str, delivery: str) -> str:
    character = film.character(speaker) if speaker else None
    name = character.name if character else speaker or ""
    manner = "" if delivery == "on-screen" else f"({delivery.upper()})"
    cue = " ".join(filter(None, (name, manner)))
    return f"{cue}: {text}" if cue else text


def _sound(sound: Sound) -> str:
    parts = (sound.text, sound.ambience, *sound.effects, sound.foley, sound.music, sound.room_tone)
    return "; ".join(part for part in parts if part)


def _image(shot: Shot) -> str:
    match shot.image:
        case ImageFile(path):
            return path
        case ImageUrl(url):
            return url
        case ImageFrom(source, frame):
            return f"{frame} frame of {source}"
        case None:
            return ""


def _placed(event: Event, timeline: Timeline) -> tuple[str, ...]:
    """Return when a shot is in the film: timecode as it is burnt into review copies."""
    seconds = float(event.length / timeline.fps)
    stamps = (timecode(each, timeline.fps) for each in (event.record_in, event.record_out))
    return (*stamps, f"{seconds:.3f}".rstrip("0").rstrip("."))


def _made(shot: Shot, clip: SheetShot) -> tuple[str, ...]:
    """Return how a shot's clip stands: the columns from the model to the notes."""
    cost: MicroUsd | None = clip.price or None if clip.paid is None else clip.paid
    return (
        clip.model,
        f"{clip.bought / 1000:g}",
        "" if cost is None else decimal_usd(cost),
        clip.standing.value,
        "" if clip.take is None else str(clip.take),
        ", ".join(shot.tags),
        shot.notes or "",
    )


def _clean(cell: str) -> str:
    return "\n".join(harmless(line) for line in cell.splitlines())


def _inert(cell: str) -> str:
    if cell.lstrip().startswith(_FORMULA) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def _escaped(cell: str) -> str:
    return _MARKDOWN.sub(r"\\\1", cell).replace("\n", "<br>")


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
